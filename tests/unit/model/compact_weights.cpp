// SPDX-License-Identifier: BSL-1.0
// Weights stored as bfloat16 and int8: which are, how far they and the products with them are off, and what a model
// with them has in common with all others.
#include <ambit/model/compact_weights.hpp>
#include <ambit/model/memory.hpp>
#include <ambit/nn/conv.hpp>
#include <ambit/nn/dense.hpp>

#include "../../support/numbers.hpp"
#include "weight_bounds.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <tuple>
#include <vector>

using namespace ambit;
using namespace ambit_test;

namespace {

using enum weight_format;
using list = std::vector<float>;

/// One product.
template <int K, int N> struct product {
    constexpr tensor operator()(scope& s, const tensor& x) const { return matmul(x, s.get_variable("w", {K, N})); }
};
template <int M, int K, int N> struct sizes {
    static constexpr int m = M, k = K, n = N;
};
template <int N> struct per_row {
    constexpr tensor operator()(scope& s, const tensor& x) const {
        return relu(dense(s, "layer", x, N, {.biases = constant(0.25)}));
    }
};

template <weight_format Format, class Sizes> void check_product() {
    constexpr int m = Sizes::m, k = Sizes::k, n = Sizes::n;
    CAPTURE(m, k, n, Format == int8);
    model<product<k, n>, input<float, m, k>> exact(seed{1});
    model<weights_as<Format, product<k, n>>, input<float, m, k>> rounded(seed{1});
    const list w = numbers<float>(k * n, 2, -1.5, 1), x = numbers<float>(m * k, 3, -1, 1);
    exact.template set<"w">(w);
    take_weights(rounded, exact);

    const list is = float_weights<"w">(rounded), bound = bound_of_weights(Format, w, n);
    REQUIRE(is.size() == w.size());
    for (std::size_t i = 0; i < w.size(); ++i)
        REQUIRE(std::abs(double{w[i]} - double{is[i]}) <= double{bound[i]} * (1 + 1e-6));

    const list y = elements(rounded(x));
    for (int row = 0; row < m; ++row)
        for (int column = 0; column < n; ++column) {
            double of_floats = 0, of_rounded = 0, size = 0, may_differ = 0;
            for (int i = 0; i < k; ++i) {
                const double a = double{x[std::size_t(row * k + i)]};
                const auto at = std::size_t(i * n + column);
                of_floats += a * double{w[at]};
                of_rounded += a * double{is[at]};
                size += std::abs(a * double{is[at]});
                may_differ += std::abs(a) * double{bound[at]};
            }
            CAPTURE(row, column);
            const double sum = double{y[std::size_t(row * n + column)]};
            REQUIRE(std::abs(sum - of_rounded) <= 2e-6 * size);
            REQUIRE(std::abs(sum - of_floats) <= may_differ * (1 + 1e-6) + 2e-6 * size);
        }
}
template <class... Sizes> void check_products() {
    (check_product<bfloat16, Sizes>(), ...);
    (check_product<int8, Sizes>(), ...);
}

/// Weights of each kind: read by products, and in other ways.
struct all_kinds {
    struct outputs {
        tensor y, table;
    };
    constexpr outputs operator()(scope& s, const tensor& x) const {
        const variable shared = s.get_variable("shared", {24, 24});
        const variable tied = s.get_variable("tied", {24, 24});
        const variable returned = s.get_variable("returned", {24, 24});
        tensor h = matmul(matmul(x, shared), shared);
        h = matmul(h, tied);
        h = matmul(h, tied, {.transpose_b = true});
        h = matmul(h, returned);
        const tensor sequences = reshape(h, {2, 2, 24});
        h = reshape(matmul(sequences, s.get_variable("rows", {24, 24})), {4, 24});
        h = matmul(h, s.get_local_variable("local", {24, 24}));
        h = matmul(h, s.get_variable("thin", {1, 24}) * s.get_variable("scaled", {24, 1}), {.transpose_b = true});
        tensor image = conv2d(reshape(h, {1, 4, 4, 6}), s.get_variable("kernel", {3, 2, 6, 6}), {.padding = same});
        image = conv2d(image, s.get_variable("groups", {3, 3, 3, 6}), {.padding = same, .groups = 2});
        image = depthwise_conv2d(image, s.get_variable("depthwise", {3, 3, 6, 1}), {.padding = same});
        const variable both_ways = s.get_variable("both_ways", {3, 3, 6, 6});
        image = conv2d(image, both_ways, {.padding = same});
        image = conv2d_transpose(image, both_ways, {1, 4, 4, 6}, {.padding = same});
        h = conv1d(reshape(image, {2, 8, 6}), s.get_variable("line", {3, 6, 6}), {.padding = same});
        return {matmul(reshape(h, {4, 24}), s.get_variable("last", {24, 5})), returned};
    }
};
using kinds = model<all_kinds, input<float, 4, 24>>;
template <weight_format Format> using compact_kinds = model<weights_as<Format, all_kinds>, input<float, 4, 24>>;

template <class Net> constexpr tensor_spec spec_of(std::string_view path) {
    for (const variable_info& v : Net::variables)
        if (v.path == path) return {v.extents, v.dtype};
    return {};
}
constexpr tensor_spec bytes(const shape& extents) { return {extents, uint8}; }

static_assert(spec_of<compact_kinds<int8>>("shared") == bytes({28, 24}));
static_assert(spec_of<compact_kinds<int8>>("rows") == bytes({28, 24}));
static_assert(spec_of<compact_kinds<int8>>("last") == bytes({28, 5}));
static_assert(spec_of<compact_kinds<bfloat16>>("shared") == bytes({24, 24, 2}));
static_assert(spec_of<compact_kinds<bfloat16>>("last") == bytes({24, 5, 2}));
static_assert(spec_of<compact_kinds<int8>>("kernel") == bytes({4 + 3 * 2 * 6, 6}));
static_assert(spec_of<compact_kinds<bfloat16>>("kernel") == bytes({3 * 2 * 6, 6, 2}));
static_assert(spec_of<compact_kinds<int8>>("line") == bytes({4 + 3 * 6, 6}));
constexpr bool others_stay() {
    for (const std::string_view path :
         {"tied", "returned", "local", "thin", "scaled", "groups", "depthwise", "both_ways"})
        if (spec_of<compact_kinds<int8>>(path) != spec_of<kinds>(path) ||
            spec_of<compact_kinds<bfloat16>>(path) != spec_of<kinds>(path))
            return false;
    return true;
}
static_assert(others_stay());

// The model's memory says what is stored.
using wide = product<64, 32>;
using one_row = input<float, 1, 64>;
using of_floats = memory_of<model<wide, one_row>>;
using of_bfloat16 = memory_of<model<weights_as<bfloat16, wide>, one_row>>;
using of_int8 = memory_of<model<weights_as<int8, wide>, one_row>>;
static_assert(of_floats::parameters - of_bfloat16::parameters == 64 * 32 * 2);
static_assert(of_floats::parameters - of_int8::parameters == 64 * 32 * 3 - 4 * 32);
static_assert(of_bfloat16::packed_weights == 0 && of_int8::packed_weights == 0);

/// A recurrent cell: its product stands in the body of a loop.
struct recurrent {
    constexpr tensor operator()(scope& s, const tensor& x) const {
        const variable w = s.get_variable("w", {8, 8});
        const auto step = [&](scope&, const tensor& state, const tensor& in) { return tanh(matmul(state, w) + in); };
        return scan(s, step, x, zeros_like_of_rows(x));
    }
    static constexpr tensor zeros_like_of_rows(const tensor& x) { return reduce_sum(x, {.axes = {0}}) * 0; }
};

}  // namespace

TEST_CASE("compact weights and products with them are as far off as their format says", "[model]") {
    check_products<sizes<1, 1, 9>, sizes<1, 7, 1>, sizes<1, 20, 3>, sizes<1, 33, 16>, sizes<1, 300, 37>>();
    check_products<sizes<2, 40, 17>, sizes<3, 65, 31>, sizes<5, 6, 70>, sizes<13, 29, 50>, sizes<30, 520, 33>>();
}

TEST_CASE("compact weights may be zeros, tiny and huge", "[model]") {
    model<product<6, 3>, input<float, 1, 6>> exact(seed{1});
    model<weights_as<int8, product<6, 3>>, input<float, 1, 6>> small(seed{1});
    constexpr float tiny = std::numeric_limits<float>::denorm_min(), huge = std::numeric_limits<float>::max();
    list w(18, 0.0f);
    for (std::size_t row = 0; row < 6; ++row) {
        w[row * 3 + 1] = row == 4 ? -tiny : 0;
        w[row * 3 + 2] = row == 1 ? -huge : huge / 3;
    }
    exact.set<"w">(w);
    take_weights(small, exact);
    const list is = float_weights<"w">(small);
    for (std::size_t i = 0; i < w.size(); ++i) {
        CAPTURE(i);
        if (i % 3 == 0) CHECK(same_bits(is[i], 0.0f));
        else if (i % 3 == 1) CHECK(std::abs(is[i] - w[i]) <= std::numeric_limits<float>::min() / 2);
        else CHECK(std::abs(double{is[i]} - double{w[i]}) <= double{huge} / 127 / 2 * (1 + 1e-6));
    }
    const list y = elements(small(list{0, 0, 1, 0, 0, 0}));
    CHECK(same_bits(y[0], 0.0f));
    CHECK(same_bits(y[2], is[2 * 3 + 2]));
}

TEST_CASE("a weight that is no finite number is refused, with its variable, and nothing is written", "[model]") {
    using net = model<per_row<8>, input<float, 1, 16>>;
    const auto refused = [](auto& to, float value) {
        net from(seed{2});
        list w = elements(from.get<"layer/weights">());
        w[37] = value;
        from.set<"layer/weights">(w);
        const auto before = elements(to.template get<"layer/weights">());
        const list biases = elements(to.template get<"layer/biases">());
        try {
            take_weights(to, from);
        } catch (const non_finite_error& e) {
            CHECK(e.op() == "layer/weights");
            CHECK(e.first() == 37);
            CHECK(elements(to.template get<"layer/weights">()) == before);
            CHECK(same_bits(elements(to.template get<"layer/biases">()), biases));
            return std::string(e.what());
        }
        return std::string("nothing was thrown");
    };
    model<weights_as<int8, per_row<8>>, input<float, 1, 16>> small(seed{1});
    model<weights_as<bfloat16, per_row<8>>, input<float, 1, 16>> half(seed{1});
    constexpr float infinity = std::numeric_limits<float>::infinity();
    CHECK_THAT(refused(small, std::nanf("")), Catch::Contains("weights 'layer/weights': element 37 is NaN"));
    CHECK_THAT(refused(small, -infinity), Catch::Contains("element 37 is -inf"));
    CHECK_THAT(refused(half, infinity), Catch::Contains("element 37 is inf"));
    CHECK_THAT(refused(half, std::numeric_limits<float>::max()), Catch::Contains("bfloat16 rounds to infinity"));
}

TEST_CASE("all else in a model is what it is with floats", "[model]") {
    kinds exact(seed{1});
    compact_kinds<int8> small(seed{1});  // of one seed: local variables are not taken
    compact_kinds<bfloat16> half(seed{1});
    take_weights(small, exact);
    take_weights(half, exact);
    CHECK(same_bits(elements(small.get<"tied">()), elements(exact.get<"tied">())));
    CHECK(same_bits(float_weights<"groups">(small), elements(exact.get<"groups">())));

    // A model of floats with the rounded weights computes the same, but for the order of sums.
    const auto with_weights_of = [&](const auto& rounded) {
        kinds floats = exact.copy();
        floats.set<"shared">(float_weights<"shared">(rounded));
        floats.set<"rows">(float_weights<"rows">(rounded));
        floats.set<"kernel">(float_weights<"kernel">(rounded));
        floats.set<"line">(float_weights<"line">(rounded));
        floats.set<"last">(float_weights<"last">(rounded));
        return floats;
    };
    const list x = numbers<float>(4 * 24);
    const auto check_alike = [&](auto& rounded) {
        kinds floats = with_weights_of(rounded);
        const auto [y, table] = rounded(x);
        const list is = elements(y), copy = elements(table);
        const auto [expected, expected_table] = floats(x);
        double largest = 0;
        for (const float e : elements(expected)) largest = std::max(largest, std::abs(double{e}));
        REQUIRE(largest > 0);
        for (std::size_t i = 0; i < is.size(); ++i)
            CHECK(std::abs(double{is[i]} - double{elements(expected)[i]}) <= 1e-4 * largest);
        CHECK(same_bits(copy, elements(expected_table)));
    };
    check_alike(small);
    check_alike(half);

    SECTION("models share compact weights, and take them from each other") {
        compact_kinds<int8> other(small.parameters(), seed{1});
        CHECK(same_bits(elements(std::get<0>(other(x))), elements(std::get<0>(small(x)))));
        compact_kinds<int8> third(seed{1});
        CHECK_FALSE(same_bits(elements(std::get<0>(third(x))), elements(std::get<0>(small(x)))));
        take_weights(third, small);
        CHECK(same_bits(elements(std::get<0>(third(x))), elements(std::get<0>(small(x)))));
    }
}

TEST_CASE("compact weights are read in loops, and at any batch", "[model]") {
    using input_of_steps = input<float, 5, 3, 8>;
    model<recurrent, input_of_steps> exact(seed{1});
    model<weights_as<bfloat16, recurrent>, input_of_steps> half(seed{1});
    static_assert(spec_of<decltype(half)>("w") == bytes({8, 8, 2}));
    take_weights(half, exact);
    exact.set<"w">(float_weights<"w">(half));
    const list steps = numbers<float>(5 * 3 * 8, 1, -1, 1);
    const list expected = elements(exact(steps)), is = elements(half(steps));
    for (std::size_t i = 0; i < is.size(); ++i) CHECK(is[i] == Approx(expected[i]).margin(1e-5));

    model<weights_as<int8, per_row<37>>, input<float, any_size, 19>> late(largest_batch{9}, seed{1});
    model<weights_as<int8, per_row<37>>, input<float, 7, 19>> early(seed{1});
    model<per_row<37>, input<float, 7, 19>> floats(seed{3});
    take_weights(late, floats);
    take_weights(early, floats);
    const list x = numbers<float>(7 * 19, 4, -1, 1);
    const list of_seven = elements(early(x));
    const list of_any = elements(late(std::vector<float>(x)));
    REQUIRE(of_any.size() == of_seven.size());
    for (std::size_t i = 0; i < of_any.size(); ++i) CHECK(of_any[i] == Approx(of_seven[i]).margin(1e-5));
}
