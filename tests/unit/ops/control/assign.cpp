// SPDX-License-Identifier: BSL-1.0
// Operations: what happens in a call that asks for them, and what in one that does not.

#include <ambit/model/model.hpp>
#include <ambit/ops/all.hpp>

#include <catch2/catch.hpp>

#include <array>
#include <cstdint>
#include <limits>

using namespace ambit;
using namespace ambit::graph_parts;

namespace {

struct counter {
    struct outputs {
        tensor before, after, twice;
        operation step;
    };
    constexpr outputs operator()(scope& s, const tensor& by) const {
        const variable total = s.variable("total", 0.0f);
        const tensor before = identity(total);
        const operation step = assign_add(total, by);
        const tensor after = identity(total);
        return {before, after, after + total, step};
    }
};
using out = counter::outputs;

struct exchange {
    struct outputs {
        tensor sum;
        operation swap;
    };
    constexpr outputs operator()(scope& s) const {
        const variable a = s.variable("a", std::array{1.0f, 2.0f});
        const variable b = s.variable("b", std::array{3.0f, 4.0f});
        const tensor old_a = a;
        const operation first = assign(a, b);
        const operation second = assign(b, old_a);
        const tensor now_a = a;
        return {now_a + b, group({first, second})};
    }
};

// A value that depends on an operation, an assignment whose value is used elsewhere too, a variable assigned to twice.
struct dependent {
    struct outputs {
        tensor checked, doubled, old;
        operation last;
    };
    constexpr outputs operator()(scope& s, const tensor& x) const {
        const variable v = s.get_variable("v", {2, 3}, {.initializer = ones()});
        const tensor old = v;
        const tensor sum = old + x;
        const operation first = assign(v, sum);
        const tensor doubled = sum * 2;
        const tensor read = v;
        const operation last = assign(v, read * 10);
        return {with_dependencies({first}, reduce_sum(doubled)), doubled, old, last};
    }
};
using chosen = dependent::outputs;

// The value's old readers run after the assignment in the program.
struct late_reader {
    struct outputs {
        tensor y;
        operation step;
    };
    constexpr outputs operator()(scope& s, const tensor& x) const {
        const variable v = s.get_variable("v", {2}, {.initializer = constant({1, 2})});
        const tensor old = v;
        const operation step = assign(v, old * 2);
        const tensor t = transpose(reshape(x, {1, 2}));
        return {reshape(t, {2}) + old, step};
    }
};

// Which of two assignments happened is for the call to say: the reader runs behind both values, whichever is made last.
struct either {
    struct outputs {
        tensor y;
        operation first, second;
    };
    constexpr outputs operator()(scope& s, const tensor& x) const {
        const variable v = s.get_variable("v", {1, 2}, {.initializer = zeros()});
        const variable w = s.get_variable("w", {2, 2}, {.initializer = constant({1, 2, 3, 4})});
        const tensor early = matmul(x, w);
        const tensor middle = matmul(early, w);
        const tensor late = matmul(middle, w);
        const operation first = assign(v, late);
        const operation second = assign(v, relu(early));
        return {middle + v, first, second};
    }
};

// Whole numbers that no double is, through every door.
constexpr std::int64_t odd = (std::int64_t{1} << 53) + 1, least = std::numeric_limits<std::int64_t>::min();
struct large_numbers {
    struct outputs {
        tensor sum, is_least, chosen, scalar, filled, list, nested, read;
        operation set, added;
    };
    constexpr outputs operator()(scope& s, const tensor& x) const {
        const variable v = s.variable("v", std::int64_t{0});
        const operation set = assign(v, odd), added = assign_add(v, odd - 1);
        const tensor read = v;
        return {x + odd,
                x <= least,
                where(x > 0, odd, x),
                constant(s, odd + 2),
                constant(s, odd, {3}),
                constant(s, {odd, least}),
                constant(s, std::array{std::array{least, odd}}),
                read,
                set,
                added};
    }
};
using large = large_numbers::outputs;

}  // namespace

TEST_CASE("an operation happens in the calls that ask for it, once", "[ops][assign]") {
    model<counter, input<float>> n(seed{1});
    n.run<&out::step>(2.0f);
    REQUIRE(n.get<"total">()() == 2);
    REQUIRE(n.run<&out::before>() == 2);
    REQUIRE(n.run<&out::after>() == 2);  // nobody asked for the step: what is there
    REQUIRE(n.run<&out::twice>() == 4);
    n.run<&out::step>(5.0f);
    REQUIRE(n.get<"total">()() == 7);
}

TEST_CASE("one call reads a variable before and after an assignment", "[ops][assign]") {
    model<counter, input<float>> n(seed{1});
    const auto [before, after, twice] = n.run<&out::before, &out::step, &out::after, &out::twice>(3.0f);
    REQUIRE(before == 0);
    REQUIRE(after == 3);
    REQUIRE(twice == 6);
    REQUIRE(n.get<"total">()() == 3);
    REQUIRE(n.run<&out::step, &out::after>(1.0f) == 4);
}

TEST_CASE("variables are exchanged", "[ops][assign]") {
    model<exchange> n(seed{1});
    const auto sum = n.run<&exchange::outputs::swap, &exchange::outputs::sum>();
    REQUIRE(sum(0) == 4);
    REQUIRE(n.get<"a">()(0) == 3);
    REQUIRE(n.get<"b">()(1) == 2);
    const auto as_it_is = n.run<&exchange::outputs::sum>();
    REQUIRE(as_it_is(1) == 6);
    REQUIRE(n.get<"a">()(0) == 3);
}

TEST_CASE("a value may depend on an operation; effects are in program order", "[ops][assign]") {
    using net = model<dependent, input<float, 2, 3>>;
    const std::array<float, 6> x{1, 1, 1, 1, 1, 1};
    net n(seed{1});
    REQUIRE(n.run<&chosen::checked>(x) == 24);
    REQUIRE(n.get<"v">()(1, 2) == 2);
    const auto [doubled, old] = n.run<&chosen::doubled, &chosen::old>(x);
    REQUIRE(doubled(0, 0) == 6);
    REQUIRE(old(0, 0) == 2);
    REQUIRE(n.get<"v">()(0, 0) == 2);
    n.run<&chosen::last>();  // the first assignment does not happen, so the last one starts from what is there
    REQUIRE(n.get<"v">()(0, 0) == 20);
    const auto [both, before] = n.run<&chosen::checked, &chosen::old, &chosen::last>(x);
    REQUIRE(both == 252);
    REQUIRE(before(1, 1) == 20);
    REQUIRE(n.get<"v">()(1, 1) == 210);
}

TEST_CASE("whatever reads the old value runs before it is gone", "[ops][assign]") {
    model<late_reader, input<float, 2>> n(seed{1});
    const auto y = n.run<&late_reader::outputs::step, &late_reader::outputs::y>(std::array{10.0f, 20.0f});
    REQUIRE(y(0) == 11);
    REQUIRE(y(1) == 22);
    REQUIRE(n.get<"v">()(1) == 4);
}

TEST_CASE("a value is read after it is made, whichever assignments happened", "[ops][assign]") {
    using chosen_of_either = either::outputs;
    const std::array<float, 2> x{1, 0};  // early = {1, 2}, middle = {7, 10}, late = {37, 54}
    model<either, input<float, 1, 2>> n(seed{1});
    const auto from_first = n.run<&chosen_of_either::first, &chosen_of_either::y>(x);
    REQUIRE(from_first(0, 0) == 44);
    REQUIRE(from_first(0, 1) == 64);
    const auto from_both = n.run<&chosen_of_either::first, &chosen_of_either::second, &chosen_of_either::y>(x);
    REQUIRE(from_both(0, 0) == 8);
    REQUIRE(from_both(0, 1) == 12);
    REQUIRE(n.get<"v">()(0, 1) == 2);
}

TEST_CASE("int64 keeps every digit of the source", "[ops][assign]") {
    model<large_numbers, input<std::int64_t, 3>> n(seed{1});
    const auto [sum, is_least, chosen, scalar, filled, list, nested, read] =
        n.run<&large::sum, &large::is_least, &large::chosen, &large::scalar, &large::filled, &large::list,
              &large::nested, &large::read, &large::set, &large::added>(
            std::array<std::int64_t, 3>{1, least, least + 1});
    CHECK(sum(0) == odd + 1);
    CHECK(sum(1) == least + odd);
    CHECK_FALSE(is_least(0));
    CHECK(is_least(1));
    CHECK_FALSE(is_least(2));
    CHECK(chosen(0) == odd);
    CHECK(chosen(2) == least + 1);
    CHECK(scalar == odd + 2);
    CHECK(filled(2) == odd);
    CHECK(list(0) == odd);
    CHECK(list(1) == least);
    CHECK(nested(0, 1) == odd);
    CHECK(read == 2 * odd - 1);
    CHECK(n.get<"v">()() == 2 * odd - 1);
}

TEST_CASE("a number that is assigned is a value of the variable's dtype", "[ops][assign]") {
    graph_builder builder;
    scope s(builder);
    const variable count = s.variable("count", 0), rate = s.variable("rate", 0.5F);
    static_cast<void>(assign(count, 0.5));
    static_cast<void>(assign(count, std::int64_t{1} << 31));
    static_cast<void>(assign(rate, 1e300));
    static_cast<void>(assign_sub(rate, -1e300));
    const tensor where_two = where(greater(rate, 0), std::int64_t{1} << 31, 0);
    REQUIRE(builder.mistakes().size() == 5);
    for (int i = 0; i < 5; ++i) CHECK(builder.mistakes()[i].kind == mistake::op_dtype);
    CHECK(where_two.dtype() == int32);
    const auto& all = builder.mistakes();
    CHECK(all.text(all.detail(all[1].first_detail + 2)) == "2147483648 is not a value of int32");
    CHECK(all.text(all.detail(all[2].first_detail + 1)) == "rate");
    CHECK(all.text(all.detail(all[2].first_detail + 2)) == "1e300 is not a value of float32");
}

TEST_CASE("a variable keeps its shape and dtype", "[ops][assign]") {
    graph_builder builder;
    scope s(builder);
    const variable v = s.get_variable("v", {2});
    const variable count = s.variable("count", 0);
    static_cast<void>(assign(v, s.get_variable("w", {3})));
    static_cast<void>(assign(count, s.get_variable("x", {})));
    static_cast<void>(assign(v, 1));
    REQUIRE(builder.mistakes().size() == 3);
    REQUIRE(builder.mistakes()[0].kind == mistake::op_shape);
    REQUIRE(builder.mistakes()[1].kind == mistake::op_dtype);
    REQUIRE(builder.mistakes()[2].kind == mistake::op_shape);
    REQUIRE(assign_add(count, 1).op_name() == "assign_add");
    REQUIRE(assign(count, 0).op_name() == "assign");
    graph_builder other;
    scope o(other);
    static_cast<void>(assign(v, o.get_variable("v", {2})));
    REQUIRE(builder.mistakes()[3].kind == mistake::foreign_tensor);
}
