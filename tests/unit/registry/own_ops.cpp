// SPDX-License-Identifier: BSL-1.0
// Users' own ops in dynamic models.
#include <ambit/registry/dynamic_model.hpp>
#include <ambit/registry/run_time_op.hpp>

#include <ambit/model/model.hpp>
#include <ambit/ops/all.hpp>

#include "../../../examples/own_op/cumulative_sum.hpp"
#include "../../../examples/own_op/swish.hpp"
#include "../../support/numbers.hpp"
#include "support.hpp"

#include <catch2/catch.hpp>

#include <cstdint>
#include <span>
#include <vector>

using namespace ambit;
using namespace ambit_test;

namespace {

template <class T> std::vector<T> list(std::span<const T> elements) { return {elements.begin(), elements.end()}; }

// A user's ops: one that has its line, one that has not, and one with a kernel of its own for both worlds.
inline const at_run_time<&neural::swish_info> swish_at_run_time;

struct halves_op : compute_op {
    static constexpr std::string_view name = "halves";
    using kernel = kernel_tag::custom;
    struct attributes {
        double by;
    };
    static constexpr inferred infer(const op_call& call) { return yields(call.operand(0)); }
    template <class T> static void run(const custom_call& call, T* out, const T* in) noexcept {
        const std::int64_t count = call.result.extents.elements();
        for (std::int64_t i = 0; i < count; ++i) out[i] = in[i] / static_cast<T>(call.attributes<attributes>().by);
    }
};
inline constexpr op_info halves_info = describe<halves_op>();
constexpr tensor halves(const tensor& x) {
    return make_op(halves_info, {x}, halves_op::attributes{2}, {}, location::current());
}

}  // namespace

template <> struct ambit::op_of<&halves_info> {
    using type = halves_op;
};

namespace {

const at_run_time<&halves_info> halves_at_run_time;

struct own_ops {
    constexpr tensor operator()(scope&, const tensor& x) const { return halves(neural::swish(x, {.beta = 1.5})) + 1; }
};

}  // namespace

TEST_CASE("a user's op joins by one line", "[dynamic]") {
    registry reg(seed{1});
    dynamic_model net(reg, own_ops{}, {spec(float32, {5, 7})});
    model<own_ops, input<float, 5, 7>> compiled(seed{1});
    const std::vector<float> x = numbers<float>(35);
    CHECK(same_bits(list(net(x).elements<float>()), elements(compiled(x))));
    dynamic_model wide(reg, own_ops{}, {spec(float64, {3})});
    CHECK(wide(std::vector<double>{0, 0, 0}).elements<double>()[1] == 1);
}

TEST_CASE("an op that was not compiled for run time is told, and leaves no trace", "[dynamic]") {
    registry reg(seed{1});
    const auto unready = thrown_by([&] {
        dynamic_model(reg,
                      [](scope& s, const tensor& x) { return neural::cumulative_sum(x + s.get_variable("b", {3})); },
                      {spec(float32, {2, 3})});
    });
    CHECK(unready.kind() == mistake::op_uncompiled);
    CHECK(says(unready, "cumulative_sum"));
    CHECK(says(unready, "at_run_time"));
    CHECK(says(unready, "own_ops.cpp"));
    CHECK(reg.size() == 0);
    const auto other = thrown_by([&] { dynamic_model(reg, own_ops{}, {spec(int32, {3})}); });
    CHECK(other.kind() == mistake::op_dtype);
}
