// SPDX-License-Identifier: BSL-1.0
#include <ambit/plan/homes.hpp>

#include <ambit/ops/all.hpp>
#include <ambit/plan/plan.hpp>

#include <catch2/catch.hpp>

using namespace ambit;
using namespace ambit::plan_parts;

namespace {

template <std::int64_t... Extent> using f = input<float, Extent...>;
template <class Module, class... Inputs> using whole = plan_of<graph_of<Module, Inputs...>, all_outputs>;

constexpr bool same_place(const value_place& a, const value_place& b) {
    return a.space == b.space && a.index == b.index && a.offset == b.offset;
}

// The steps between begin and end of the first loop, of one kind.
template <class Plan> constexpr int steps_in_body(step_kind kind) {
    int count = 0;
    for (int s = Plan::value.loops[0].begin + 1; s < Plan::value.loops[0].end; ++s)
        count += Plan::value.steps[s].kind == kind ? 1 : 0;
    return count;
}

template <class Body> struct last_of {
    constexpr tensor operator()(scope& s, const tensor& xs, const tensor& start) const {
        return scan(s, [](scope& in, const tensor& h, const tensor& x) {
            return scan_step{Body{}(in, h, x), x};
        }, xs, start).state;
    }
};

struct adds {
    constexpr tensor operator()(scope&, const tensor& h, const tensor& x) const { return h + x; }
};
struct multiplies {
    constexpr tensor operator()(scope& s, const tensor& h, const tensor& x) const {
        return matmul(h, s.get_variable("w", {3, 3})) + x;
    }
};
// The old state is read once more behind the step that would write the new one.
struct reads_later {
    constexpr tensor operator()(scope&, const tensor& h, const tensor& x) const {
        const tensor next = softmax(x) * h;
        return next + reduce_sum(softmax(h));
    }
};
struct turned {
    constexpr tensor operator()(scope&, const tensor& h, const tensor& x) const { return transpose(h) + x; }
};

}  // namespace

TEST_CASE("a state that is read element by element is written over", "[plan]") {
    using plan = whole<last_of<adds>, f<5, 3, 3>, f<3, 3>>;
    STATIC_REQUIRE(steps_in_body<plan>(ambit::plan_parts::step_kind::copy) == 0);
    STATIC_REQUIRE(steps_in_body<plan>(step_kind::elementwise) == 1);
    constexpr const plan_step& step = plan::value.steps[plan::value.loops[0].begin + 1];
    STATIC_REQUIRE(same_place(plan::value.operands[step.first_operand], plan::value.operands[step.first_operand + 1]));
    // The last state is the output: it lies there from the beginning.
    STATIC_REQUIRE(plan::value.operands[step.first_operand].space == memory_space::output);
}

TEST_CASE("a state that a kernel reads as a whole, or in another order, is copied at the end", "[plan]") {
    using product = whole<last_of<multiplies>, f<5, 3, 3>, f<3, 3>>;
    STATIC_REQUIRE(steps_in_body<product>(step_kind::copy) == 1);
    STATIC_REQUIRE(product::value.steps[product::value.loops[0].end - 1].kind == step_kind::copy);
    using order = whole<last_of<turned>, f<5, 3, 3>, f<3, 3>>;
    STATIC_REQUIRE(steps_in_body<order>(step_kind::copy) == 0);  // the transpose is a copy already
    STATIC_REQUIRE(steps_in_body<order>(step_kind::elementwise) == 1);
}

TEST_CASE("a state that is read again later waits for that", "[plan]") {
    using plan = whole<last_of<reads_later>, f<5, 3, 3>, f<3, 3>>;
    STATIC_REQUIRE(plan::counts.loops == 1);
    // All that reads the old state has run when the sum is added to the product.
    constexpr const auto& p = plan::value;
    int last_reader = -1, writer = -1;
    for (int s = p.loops[0].begin + 1; s < p.loops[0].end; ++s) {
        const plan_step& step = p.steps[s];
        for (int i = 0; i < step.outputs; ++i)
            if (p.operands[step.first_operand + i].space == memory_space::output) writer = s;
        for (int i = step.outputs; i < step.outputs + step.root_operands + step.inputs; ++i)
            if (p.operands[step.first_operand + i].space == memory_space::output) last_reader = s;
    }
    CHECK(writer >= last_reader);
}

TEST_CASE("a value that is stacked is written to its place in the stack", "[plan]") {
    struct states {
        constexpr tensor operator()(scope& s, const tensor& xs, const tensor& start) const {
            return scan(s, [](scope&, const tensor& h, const tensor& x) { return softmax(h + x); }, xs, start);
        }
    };
    using plan = whole<states, f<5, 3>, f<3>>;
    STATIC_REQUIRE(plan::counts.places == 2);  // of the elements and of the stack
    STATIC_REQUIRE(steps_in_body<plan>(step_kind::copy) == 1);  // from there to the state
    bool is_written = false;
    for (int s = plan::value.loops[0].begin + 1; s < plan::value.loops[0].end; ++s) {
        const plan_step& step = plan::value.steps[s];
        if (step.kind == step_kind::compute)
            is_written = plan::value.operands[step.first_operand].space == memory_space::moving;
    }
    CHECK(is_written);
    STATIC_REQUIRE(plan::value.places[0].stride == 12);
    STATIC_REQUIRE(plan::value.places[1].stride == 12);
}

TEST_CASE("a state stays what it is if the loop ends at its test", "[plan]") {
    // The next state is at hand before the test, in the kernel that computes what the condition is about.
    struct doubled {
        constexpr tensor operator()(scope& s, const tensor& x) const {
            tensor next;
            return while_loop(s, [&](scope&, const tensor& h) {
                next = h * 2;
                return less(reduce_sum(next), 100);
            }, [&](scope&, const tensor&) { return next; }, x);
        }
    };
    using plan = whole<doubled, f<3>>;
    STATIC_REQUIRE(steps_in_body<plan>(step_kind::copy) == 1);
    STATIC_REQUIRE(plan::value.loops[0].test >= 0);
    STATIC_REQUIRE(plan::value.loops[0].test < plan::value.loops[0].end - 1);
}
