// SPDX-License-Identifier: BSL-1.0
// Whose memory a call reads and writes: inputs that overlap outputs, outputs that are inputs, variables or
// each other.
#include <ambit/model/model.hpp>
#include <ambit/ops/all.hpp>

#include "../../support/numbers.hpp"

#include <catch2/catch.hpp>

#include <xtensor/xview.hpp>

#include <algorithm>
#include <array>
#include <span>
#include <tuple>
#include <vector>

using namespace ambit;
using namespace ambit_test;

namespace {

template <std::int64_t... Extent> using f = input<float, Extent...>;
using list = std::vector<float>;

}  // namespace

namespace {

struct mixed {  // every element of y depends on several of x
    constexpr tensor operator()(scope& s, const tensor& x) const {
        return relu(matmul(x, s.get_variable("w", {4, 4}, {.initializer = random_normal()})) + 0.5) - x;
    }
};
using mixed_net = model<mixed, f<3, 4>>;

struct mixed_pair {
    struct outputs {
        tensor p, q;
    };
    constexpr outputs operator()(scope&, const tensor& a, const tensor& b) const {
        return {matmul(a, b) + a, matmul(b, a, {.transpose_a = true}) - b};
    }
};
using pair_net = model<mixed_pair, f<3, 3>, f<3, 3>>;

}  // namespace

TEST_CASE("a result is an argument of the next call", "[model]") {
    mixed_net net(seed{1});
    const list x = numbers<float>(12);
    const list once = elements(net(x)), twice = elements(net(once)), thrice = elements(net(twice));
    CHECK(elements(net(net(x))) == twice);
    CHECK(elements(net(net(net(x)))) == thrice);
    // Also a part of it, and an expression of it.
    CHECK(elements(net(xt::view(net(x), xt::all()))) == twice);
    const list shifted = elements(net(xt::adapt(once, std::array<std::size_t, 2>{3, 4}) * 2.0F));
    CHECK(elements(net(net(x) * 2.0F)) == shifted);
}

TEST_CASE("outputs may be written over the inputs", "[model]") {
    mixed_net net(seed{1});
    const list x = numbers<float>(12), y = elements(net(x));
    list in_place = x;
    net.run_into(std::span(in_place), std::span<const float>(in_place));
    CHECK(in_place == y);
    // Overlapping by one element only.
    list shared(23);
    std::copy(x.begin(), x.end(), shared.begin());
    net.run_into(std::span(shared).subspan(11), std::span<const float>(shared).first(12));
    CHECK(list(shared.begin() + 11, shared.end()) == y);
    std::copy(x.begin(), x.end(), shared.begin() + 11);
    net.run_into(std::span(shared).first(12), std::span<const float>(shared).subspan(11));
    CHECK(list(shared.begin(), shared.begin() + 12) == y);
}

TEST_CASE("several inputs that overlap what is written", "[model]") {
    pair_net net(seed{});
    const list a = numbers<float>(9, 1), b = numbers<float>(9, 2);
    const auto first = net(a, b);
    const list p = elements(std::get<0>(first)), q = elements(std::get<1>(first));
    const auto second = net(p, q);
    const list pp = elements(std::get<0>(second)), qq = elements(std::get<1>(second));
    const auto third = net(q, p);
    const list pq = elements(std::get<0>(third)), qp = elements(std::get<1>(third));
    const auto fourth = net(p, p);
    const list same_p = elements(std::get<0>(fourth)), same_q = elements(std::get<1>(fourth));

    const auto again = [&] { return net(a, b); };
    {
        const auto [x, y] = again();
        const auto result = net(x, y);
        CHECK(elements(std::get<0>(result)) == pp);
        CHECK(elements(std::get<1>(result)) == qq);
    }
    {
        const auto [x, y] = again();
        const auto result = net(y, x);
        CHECK(elements(std::get<0>(result)) == pq);
        CHECK(elements(std::get<1>(result)) == qp);
    }
    {
        const auto [x, y] = again();
        const auto result = net(x, x);
        CHECK(elements(std::get<0>(result)) == same_p);
        CHECK(elements(std::get<1>(result)) == same_q);
    }
    {
        list x = p, y = q;
        net.run_into(std::span(y), std::span(x), std::span<const float>(x), std::span<const float>(y));
        CHECK(y == pp);
        CHECK(x == qq);
    }
}

namespace {

struct aliases {
    struct outputs {
        tensor input, variable, reshaped, value, same_value, number;
    };
    constexpr outputs operator()(scope& s, const tensor& x) const {
        const tensor h = x * 2;
        return {x,
                s.get_variable("v", {2}, {.initializer = constant({5, 6})}),
                reshape(h, {2, 2}),
                h,
                h,
                reshape(reduce_sum(x), {1})};
    }
};
struct only_a_constant {
    constexpr tensor operator()(scope& s, const tensor&) const {
        return s.get_variable("c", {}, {.initializer = constant(4)});
    }
};

}  // namespace

TEST_CASE("outputs that are inputs, variables or other outputs are copied", "[model]") {
    model<aliases, f<4>> net(seed{});
    list x{1, 2, 3, 4};
    const auto [input_again, variable_again, reshaped, value, same_value, number] = net(x);
    x.assign(4, 0);
    net.set<"v">(std::array<float, 2>{0, 0});
    CHECK(elements(input_again) == list{1, 2, 3, 4});
    CHECK(elements(variable_again) == list{5, 6});
    CHECK(elements(reshaped) == list{2, 4, 6, 8});
    CHECK(reshaped.dimension() == 2);
    CHECK(elements(value) == list{2, 4, 6, 8});
    CHECK(elements(same_value) == list{2, 4, 6, 8});
    CHECK(number(0) == 10);
    CHECK(value.data() != same_value.data());

    std::array<float, 4> to_input{}, to_shape{}, to_value{}, to_same{};
    std::array<float, 2> to_variable{};
    float to_number = 0;
    net.run_into(to_input, to_variable, to_shape, to_value, to_same, std::span(&to_number, 1),
                 std::array<float, 4>{1, 2, 3, 4});
    CHECK(to_same == std::array<float, 4>{2, 4, 6, 8});
    CHECK(to_shape == to_same);
    CHECK(to_number == 10);
    CHECK(elements(net.run<&aliases::outputs::same_value>(std::array<float, 4>{1, 1, 1, 1})) ==
          list{2, 2, 2, 2});
    CHECK(elements(net.run<&aliases::outputs::reshaped>(std::array<float, 4>{1, 1, 1, 3})) ==
          list{2, 2, 2, 6});

    model<only_a_constant, f<1>> fixed(seed{});
    CHECK(fixed() == 4);
}
