// SPDX-License-Identifier: BSL-1.0
#include <ambit/ops/all.hpp>

#include <ambit/ambit.hpp>

#include "../../../support/shape_rule.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <cstddef>
#include <limits>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace ambit;
using namespace ambit::model_parts;
using namespace ambit_test;
using enum mistake;

namespace {

constexpr double no_number = std::numeric_limits<double>::quiet_NaN();
constexpr float infinite = std::numeric_limits<float>::infinity();
constexpr tensor_spec finding{{3}, dtype::int64};

// Passes x through a check; another output needs none.
struct guarded {
    struct outputs {
        tensor checked, plain;
    };
    constexpr outputs operator()(scope& s, const tensor& x) const {
        auto layer = s.variable_scope("layer");
        const tensor y = check_finite(x * 2, {.name = "doubled"});
        return {y + 1, x - 1};
    }
};
using net = model<guarded, input<float, 2, 3>>;

// A step of training whose loss is checked, that counts, draws noise, and keeps what it saw.
struct trained {
    struct outputs {
        tensor loss;
        operation train, count;
    };
    constexpr outputs operator()(scope& s, const tensor& x, const tensor& labels) const {
        const variable w = s.get_variable("w", {4}, {.initializer = constant(1)});
        const variable seen = s.get_variable("seen", {4}, {.initializer = zeros(), .trainable = false});
        const variable step = s.get_variable("step", {}, {.dtype = int64, .trainable = false});
        s.add_to_collection(collections::updates, assign(seen, x));
        const tensor kept = dropout(s, x, {.rate = 0.5});
        const tensor wanted = cast(check_range(labels, {.low = 0, .high = 10}), float32);
        const tensor loss = check_finite(reduce_sum(square(kept * w - wanted)));
        const operation train = minimize(s, loss, adam{.learning_rate = 0.01}, {.global_step = step});
        return {loss, train, assign_add(step, 10)};
    }
};
using trainer = model<trained, input<float, 4>, input<std::int32_t, 4>>;

constexpr std::array<float, 4> numbers{1, 2, 3, 4};
constexpr std::array<std::int32_t, 4> labels{0, 3, 9, 1};

// Every byte of every variable but findings, which are for the call alone.
template <class Net> std::vector<std::byte> state_of(const Net& t) {
    std::vector<std::byte> all;
    for (std::size_t v = 0; v < Net::variables.size(); ++v) {
        if (Net::variables[v].path.find("/found") != std::string_view::npos) continue;
        const std::byte* const from = t.addresses_of_variables()[v];
        all.insert(all.end(), from, from + Net::variables[v].bytes());
    }
    return all;
}

template <class Error, class F> Error thrown_by(F&& f) {
    try {
        f();
    } catch (const Error& e) {
        return e;
    }
    throw std::logic_error("nothing was thrown");
}

}  // namespace

TEST_CASE("shape rules of checks", "[ops][check]") {
    STATIC_REQUIRE(gives<check_finite_op>({f32(2, 3)}, {}, finding));
    STATIC_REQUIRE(gives<check_finite_op>({f64()}, {}, finding));
    STATIC_REQUIRE(refuses<check_finite_op>({i32(2)}, {}, op_dtype, "the operand must be float32 or float64"));
    STATIC_REQUIRE(gives<check_range_op>({i32(2)}, {0, 10}, finding));
    STATIC_REQUIRE(gives<check_range_op>({u8(2)}, {0, 10}, finding));
    STATIC_REQUIRE(gives<check_range_op>({f32(2)}, {-0.5, math::infinity}, finding));
    STATIC_REQUIRE(refuses<check_range_op>({flags(2)}, {0, 1}, op_dtype, "the operand must be a number"));
    STATIC_REQUIRE(refuses<check_range_op>({i64(2)}, {0, 0x1p53}, op_option,
                                           "high is 9007199254740992: above -9007199254740992 "
                                           "and below 9007199254740992"));
    STATIC_REQUIRE(infer<check_range_op>({i64(2)}, {-math::infinity, 0x1p53 - 1}).fault == mistake::none);
    STATIC_REQUIRE(refuses<check_range_op>({i32(2)}, {1, 1}, op_option, "low is 1: below 1"));
    STATIC_REQUIRE(refuses<check_range_op>({i32(2)}, {0, no_number}, op_option, "low is 0: a finite number"));
}

TEST_CASE("a check passes values through, and throws what it finds", "[ops][check]") {
    net n(seed{1});
    std::array<float, 6> x{1, 2, 3, 4, 5, 6};
    REQUIRE(std::get<0>(n(x))(1, 2) == 13);
    x[4] = infinite;
    x[5] = static_cast<float>(no_number);
    const auto e = thrown_by<non_finite_error>([&] { n(x); });
    CHECK(e.op() == "layer/doubled");
    CHECK(e.count() == 2);
    CHECK(e.first() == 4);
    CHECK(e.value() == infinite);
    CHECK(e.what() == std::string("[ambit] layer/doubled: 2 of 6 elements of a float32[2, 3] are NaN or infinite; the "
                                  "first is inf at [1, 1]"));
    CHECK_THROWS_AS(n(x), ambit::error);
    // What does not need the check does not do it; a right call is right again.
    REQUIRE(n.run<&guarded::outputs::plain>(x)(0, 0) == 0);
    x[4] = x[5] = 0;
    REQUIRE(std::get<0>(n(x))(1, 1) == 1);
    x[0] = 3e38f;  // overflows before the check
    CHECK(thrown_by<non_finite_error>([&] { static_cast<void>(n.run<&guarded::outputs::checked>(x)); }).first() == 0);
    std::array<float, 6> checked{}, plain{};
    CHECK_THROWS_AS(n.run_into(std::span(checked), std::span(plain), x), non_finite_error);
}

TEST_CASE("only a call that checks may throw", "[ops][check]") {
    using fixed = std::array<float, 6>;
    STATIC_REQUIRE(noexcept(std::declval<net&>().run<&guarded::outputs::plain>(std::declval<fixed>())));
    STATIC_REQUIRE_FALSE(noexcept(std::declval<net&>().run<&guarded::outputs::checked>(std::declval<fixed>())));
    STATIC_REQUIRE_FALSE(noexcept(std::declval<net&>()(std::declval<fixed>())));
    STATIC_REQUIRE(noexcept(std::declval<trainer&>().run<&trained::outputs::count>()));
}

TEST_CASE("a call whose check fails has no effect", "[ops][check]") {
    trainer t(seed{1}), untouched(seed{1});
    t.run<&trained::outputs::train>(numbers, labels);
    untouched.run<&trained::outputs::train>(numbers, labels);
    REQUIRE(*t.get<"step">().data() == 1);
    const std::vector<std::byte> before = state_of(t);

    std::array<float, 4> broken = numbers;
    broken.fill(infinite);
    const auto of_loss =
        thrown_by<non_finite_error>([&] { t.run<&trained::outputs::train, &trained::outputs::loss>(broken, labels); });
    CHECK(of_loss.op() == "check_finite");
    CHECK(of_loss.count() == 1);
    CHECK(std::string(of_loss.what()).find("1 of 1 elements of a float32[] are NaN or infinite; the first is") !=
          std::string::npos);
    REQUIRE(state_of(t) == before);

    auto wrong_labels = labels;
    wrong_labels[2] = 10;
    wrong_labels[3] = -1;
    const auto of_labels =
        thrown_by<out_of_range_error>([&] { t.run<&trained::outputs::train>(numbers, wrong_labels); });
    CHECK(of_labels.op() == "check_range");
    CHECK(of_labels.count() == 2);
    CHECK(of_labels.first() == 2);
    CHECK(of_labels.value() == 10);
    CHECK(std::string(of_labels.what()).find("are out of range; the first is 10 at [2]") != std::string::npos);
    REQUIRE(state_of(t) == before);

    // Two checks fail: the first of the program is told.
    CHECK_THROWS_AS((t.run<&trained::outputs::train, &trained::outputs::count>(broken, wrong_labels)),
                    out_of_range_error);
    REQUIRE(state_of(t) == before);

    // From here on all goes as if nothing had happened, random numbers included.
    for (int i = 0; i < 3; ++i) {
        const float loss =
            t.run<&trained::outputs::train, &trained::outputs::count, &trained::outputs::loss>(numbers, labels);
        const float wanted =
            untouched.run<&trained::outputs::train, &trained::outputs::count, &trained::outputs::loss>(numbers, labels);
        REQUIRE(loss == wanted);
        REQUIRE(state_of(t) == state_of(untouched));
    }
    REQUIRE(*t.get<"step">().data() == 34);
}

TEST_CASE("a step along the slope of what is checked needs the check", "[ops][check]") {
    // All slopes are finite, whatever x is: nothing but the checks notices. Each variable has a loss of its own.
    struct only_trained {
        struct outputs {
            operation at_the_end, in_the_middle, before_a_scan, behind_a_scan, around_a_cond, beside;
            tensor second_slope;
        };
        constexpr outputs operator()(scope& s, const tensor& x) const {
            const auto w = [&](std::string_view name) { return s.get_variable(name, {4}, {.initializer = constant(1)}); };
            const auto slope = [&](const tensor& loss, std::string_view of) {
                return gradients(loss, s.trainable_variables(of))[0];
            };
            const auto step = [&](const tensor& loss, std::string_view of) {
                return minimize(s, loss, sgd{.learning_rate = 1}, {.variables = s.trainable_variables(of)});
            };
            const auto repeated = [&](const tensor& each) {
                return scan(s, [&](scope&, const tensor& h, const tensor&) { return h + each; }, 3, constant(s, 0.0f, {4}));
            };
            const variable a = w("a"), b = w("b"), c = w("c"), d = w("d"), e = w("e"), f = w("f"), g = w("g");
            const tensor of_c = check_finite(c + x), of_e = check_finite(e + x);
            const tensor chosen = cond(s, less(reduce_sum(d), 0), [&](scope&) { return of_e * 2; }, [&](scope&) { return of_e; });
            const tensor checked_slope = slope(check_finite(reduce_sum(square(g) + x)), "g");
            return {step(check_finite(reduce_sum(a * 2 + x)), "a"),
                    step(reduce_sum(check_finite(b + x) * 3), "b"),
                    step(reduce_sum(repeated(of_c)), "c"),
                    step(reduce_sum(check_finite(repeated(d + x))), "d"),
                    step(reduce_sum(chosen), "e"),
                    step(reduce_sum(f + x + check_finite(stop_gradient(x))), "f"),
                    slope(reduce_sum(checked_slope), "g")};
        }
    };
    using o = only_trained::outputs;
    model<only_trained, input<float, 4>> t(seed{1});
    std::array<float, 4> broken = numbers;
    broken[2] = infinite;
    const std::vector<std::byte> before = state_of(t);
    CHECK_THROWS_AS(t.run<&o::at_the_end>(broken), non_finite_error);
    CHECK_THROWS_AS(t.run<&o::in_the_middle>(broken), non_finite_error);
    CHECK_THROWS_AS(t.run<&o::before_a_scan>(broken), non_finite_error);
    CHECK_THROWS_AS(t.run<&o::behind_a_scan>(broken), non_finite_error);
    CHECK_THROWS_AS(t.run<&o::around_a_cond>(broken), non_finite_error);
    CHECK_THROWS_AS(t.run<&o::second_slope>(broken), non_finite_error);
    CHECK(state_of(t) == before);
    t.run<&o::beside>();  // its slope has passed through no check, and needs neither
    CHECK(t.get<"f">()(2) == 0);

    t.run<&o::at_the_end, &o::in_the_middle, &o::before_a_scan, &o::behind_a_scan, &o::around_a_cond>(numbers);
    CHECK(t.get<"a">()(2) == -1);
    CHECK(t.get<"b">()(2) == -2);
    CHECK(t.get<"c">()(2) == -5);  // 1 - (1 + 2 + 3)
    CHECK(t.get<"d">()(2) == -5);
    CHECK(t.get<"e">()(2) == 0);
    CHECK(t.run<&o::second_slope>(numbers)(2) == 2);
}

TEST_CASE("a checked model trains as one without checks", "[ops][check]") {
    struct checked {
        struct outputs {
            tensor loss;
            operation train;
        };
        constexpr outputs operator()(scope& s, const tensor& x, const tensor& given) const {
            const variable w = s.get_variable("w", {4}, {.initializer = constant(1)});
            const tensor wanted = cast(check_range(given, {.high = 10}), float32);
            const tensor product = check_finite(x * w);
            const tensor loss = check_finite(reduce_sum(square(product - wanted)));
            return {loss, minimize(s, loss, adam{.learning_rate = 0.01})};
        }
    };
    struct unchecked {
        constexpr checked::outputs operator()(scope& s, const tensor& x, const tensor& given) const {
            const variable w = s.get_variable("w", {4}, {.initializer = constant(1)});
            const tensor wanted = cast(given, float32);
            const tensor loss = reduce_sum(square(x * w - wanted));
            return {loss, minimize(s, loss, adam{.learning_rate = 0.01})};
        }
    };
    model<checked, input<float, 4>, input<std::int32_t, 4>> a(seed{1});
    model<unchecked, input<float, 4>, input<std::int32_t, 4>> b(seed{1});
    for (int i = 0; i < 5; ++i) {
        const float loss_a = a.run<&checked::outputs::train, &checked::outputs::loss>(numbers, labels);
        const float loss_b = b.run<&checked::outputs::train, &checked::outputs::loss>(numbers, labels);
        REQUIRE(loss_a == loss_b);
        for (std::size_t e = 0; e < 4; ++e) REQUIRE(a.get<"w">()(e) == b.get<"w">()(e));
    }
}

TEST_CASE("names and mistakes of checks", "[ops][check]") {
    graph_builder builder(on_mistake::collect);
    scope s(builder);
    auto layer = s.variable_scope("layer");
    const tensor x = builder.input({{2, 3}, float32});
    CHECK(check_finite(x).op_name() == "layer/check_finite");
    CHECK(check_finite(x).op_name() == "layer/check_finite_1");
    CHECK(check_range(x, {.high = 1, .name = "share"}).op_name() == "layer/share");
    CHECK(s.local_variables().size() == 3);
    CHECK(s.local_variables()[1].name() == "layer/check_finite_1/found:0");
    REQUIRE(builder.mistakes().empty());
    const tensor wrong = check_range(x, {.low = 2, .high = 1});
    static_cast<void>(wrong + x);
    static_cast<void>(check_finite(builder.input({{2}, int32})));
    REQUIRE(builder.mistakes().size() == 2);
    CHECK(builder.mistakes()[0].kind == op_option);
    CHECK(builder.mistakes()[1].kind == op_dtype);
    static_cast<void>(check_finite(x, {.name = "two words"}));
    REQUIRE(builder.mistakes().size() == 3);
    CHECK(builder.mistakes()[2].kind == invalid_name);
    static_cast<void>(scan(
        layer, [](scope&, const tensor& h, const tensor& i) { return h + check_range(i, {.high = 2}); }, 3,
        builder.constant(0, int32)));
    REQUIRE(builder.mistakes().size() == 4);
    CHECK(builder.mistakes()[3].kind == loop_assignment);
}

TEST_CASE("a failing value is told with the digits that it needs", "[check]") {
    CHECK(shortest_text(word_of_element(1e-30F), float32) == "1e-30");
    CHECK(shortest_text(word_of_element(0.1F), float32) == "0.1");
    CHECK(shortest_text(word_of_element(1e-300), float64) == "1e-300");
    CHECK(shortest_text(word_of_element(-0.5), float64) == "-0.5");
    CHECK(shortest_text(word_of_element(std::int64_t{9007199254740993}), int64) == "9007199254740993");
}
