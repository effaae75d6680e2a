// SPDX-License-Identifier: BSL-1.0
// A small model computed by the compiler with the scalar references, in a static_assert, which finds
// undefined behaviour on the way; and the same model at run time.
#include <ambit/kernels/vectors/scalar.hpp>
#include <ambit/model/model.hpp>
#include <ambit/ops/all.hpp>

#include "../support/numbers.hpp"

#include <catch2/catch.hpp>

#include <array>

using namespace ambit;
using namespace ambit::op_parts;
using namespace ambit_test;

namespace {

struct classifier {
    struct outputs {
        tensor hidden, probabilities, best;
    };
    constexpr outputs operator()(scope& s, const tensor& x) const {
        const tensor hidden =
            ambit::tanh(matmul(x, s.get_variable("w", {3, 4})) +
                        s.get_variable("b", {4}, {.initializer = constant({0.1, -0.2, 0.3, 0})}));
        const tensor probabilities = softmax(matmul(hidden, s.get_variable("v", {4, 3})));
        return {hidden, probabilities, argmax(probabilities, -1)};
    }
};
using net = model<classifier, input<float, 2, 3>>;

constexpr std::array<float, 6> x{0.5F, -1, 2, 1.5F, 0, -0.25F};
constexpr std::uint64_t seed_of_all = 11;

template <std::size_t Size> constexpr std::array<float, Size> initial(int variable) {
    std::array<float, Size> values{};
    const variable_info& v = net::variables[static_cast<std::size_t>(variable)];
    fill(v.initializer, v.extents, philox_key(seed_of_all, v.path), std::span<float>(values));
    return values;
}

struct results {
    std::array<float, 8> hidden{};
    std::array<float, 6> probabilities{};
    std::array<std::int32_t, 2> best{};
};

constexpr results computed = [] {
    results r;
    const auto w = initial<12>(0), v = initial<12>(2);
    const auto b = initial<4>(1);
    kernel_parts::scalar::gemm<double>(gemm_geometry{.m = 2, .n = 4, .k = 3}, x.data(), w.data(), r.hidden.data());
    for (std::size_t i = 0; i < 8; ++i) r.hidden[i] = tanh_op::apply(add_op::apply(r.hidden[i], b[i % 4]));
    std::array<float, 6> scores{};
    kernel_parts::scalar::gemm<double>(gemm_geometry{.m = 2, .n = 3, .k = 4}, r.hidden.data(), v.data(),
                                  scores.data());
    kernel_parts::scalar::softmax(axis_geometry{2, 3, 1}, scores.data(), r.probabilities.data(),
                             [](double e) { return math::exp(e); });
    kernel_parts::scalar::argmax(axis_geometry{2, 3, 1}, r.probabilities.data(), r.best.data());
    return r;
}();

constexpr bool sums_to_one(int row) {
    double sum = 0;
    for (int i = 0; i < 3; ++i) sum += double(computed.probabilities[static_cast<std::size_t>(3 * row + i)]);
    return math::fabs(sum - 1) < 1e-6;
}
static_assert(sums_to_one(0) && sums_to_one(1));
static_assert(computed.probabilities[static_cast<std::size_t>(computed.best[0])] >= 1.0F / 3);

}  // namespace

TEST_CASE("a model at run time is what the compiler computes", "[laws]") {
    net n(seed{seed_of_all});
    const auto [hidden, probabilities, best] = n(x);
    for (std::size_t i = 0; i < 8; ++i) CHECK(hidden.data()[i] == Approx(computed.hidden[i]).epsilon(1e-5));
    for (std::size_t i = 0; i < 6; ++i)
        CHECK(probabilities.data()[i] == Approx(computed.probabilities[i]).epsilon(1e-5));
    CHECK(elements(best) == std::vector<std::int32_t>(computed.best.begin(), computed.best.end()));
}
