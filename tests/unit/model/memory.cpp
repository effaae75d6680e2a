// SPDX-License-Identifier: BSL-1.0
// Whose memory a call reads and writes: inputs that overlap outputs, outputs that are inputs, variables or
// each other.
#include <ambit/model/model.hpp>
#include <ambit/ops/all.hpp>
#include <ambit/optim/minimize.hpp>
#include <ambit/optim/sgd.hpp>

#include "../../support/numbers.hpp"

#include <catch2/catch.hpp>

#include <xtensor/xmanipulation.hpp>
#include <xtensor/xview.hpp>

#include <algorithm>
#include <array>
#include <span>
#include <string>
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

// ---- what is handed in, and what a call writes ------------------------------------------------------------------------

namespace {

// Everything is [4, 4]. Each operation writes something else; `y` reads the input after them.
struct writer {
    struct outputs {
        tensor y;
        operation give, add, train, keep, both;
    };
    constexpr outputs operator()(scope& s, const tensor& x) const {
        const shape all{4, 4};
        const variable w = s.get_variable("w", all, {.initializer = random_normal()});
        const variable v = s.get_variable("v", all, {.initializer = random_normal()});
        const variable kept = s.get_local_variable("kept", all, {.initializer = random_normal()});
        const tensor mixed = matmul(x, w), flipped = transpose(x);
        outputs made;
        made.give = assign(w, mixed);
        made.add = assign_add(v, flipped);
        made.keep = assign(kept, mixed + flipped);
        made.train = minimize(s, reduce_sum(square(matmul(mixed, v))), momentum{.learning_rate = 0.01, .momentum = 0.9});
        made.both = group({assign(v, mixed), assign(w, flipped)});
        made.y = matmul(x, kept) + flipped;
        return made;
    }
};
using writing_net = model<writer, f<4, 4>>;

list variables_of(const writing_net& net) {
    list all;
    for (std::size_t v = 0; v < writing_net::variables.size(); ++v) {
        const auto* const data = reinterpret_cast<const float*>(net.addresses_of_variables()[v]);
        all.insert(all.end(), data, data + writing_net::variables[v].elements());
    }
    return all;
}

template <class X> xt::xtensor<float, 2> as_tensor(const X& x) {
    if constexpr (xt::is_xexpression<X>::value) return x;
    else return xt::adapt(x.data(), x.size(), xt::no_ownership(), std::array<std::size_t, 2>{4, 4});
}

// After a call with an argument that looks into the model, and after one with a copy of it.
template <auto Operation, class Look> void check_one(const Look& look) {
    writing_net net(seed{3}), other(seed{3});
    writing_net sharing(net.parameters(), seed{3});
    const xt::xtensor<float, 2> copied = as_tensor(look(other, other));
    for (writing_net* const looked_at : {&net, &sharing}) {
        const list before = variables_of(net);
        const float y = net.run<Operation, &writer::outputs::y>(look(net, *looked_at))(1, 2);
        other.initialize(seed{3});
        const float wanted = other.run<Operation, &writer::outputs::y>(copied)(1, 2);
        CHECK(y == wanted);
        CHECK(variables_of(net) == variables_of(other));
        CHECK(variables_of(net) != before);
        net.initialize(seed{3});
    }
}
template <class Look> void check_all(const Look& look) {
    using o = writer::outputs;
    check_one<&o::give>(look);
    check_one<&o::add>(look);
    check_one<&o::train>(look);
    check_one<&o::keep>(look);
    check_one<&o::both>(look);
}

}  // namespace

TEST_CASE("an input may look into whatever the call writes", "[model]") {
    const auto memory = [](const writing_net& net, std::size_t v, std::ptrdiff_t shift = 0) {
        return std::span<const float, 16>(reinterpret_cast<const float*>(net.addresses_of_variables()[v]) + shift, 16);
    };
    SECTION("a view of a variable") {
        check_all([](auto&, auto& it) { return it.template get<"w">(); });
        check_all([](auto&, auto& it) { return it.template get<"v">(); });
    }
    SECTION("the memory of a variable, and memory that overlaps it") {
        check_all([&](auto&, auto& it) { return memory(it, 0); });
        check_all([&](auto&, auto& it) { return memory(it, 0, 7); });
        check_all([&](auto&, auto& it) { return memory(it, 1, -5); });
    }
    SECTION("a local variable, which no other model has") {
        check_all([](auto& net, auto&) { return net.template get<"kept">(); });
        check_all([&](auto& net, auto&) { return memory(net, 2); });
    }
    SECTION("a part of a view, and an expression of one") {
        check_all([](auto&, auto& it) { return xt::view(it.template get<"w">(), xt::all(), xt::all()); });
        check_all([](auto&, auto& it) { return xt::transpose(it.template get<"v">()); });
        check_all([](auto&, auto& it) { return it.template get<"w">() * 1.5F; });
    }
    SECTION("a result of the last call") {
        check_all([](auto& net, auto&) { return net.template run<&writer::outputs::y>(net.template get<"v">()); });
    }
}

namespace {

struct replacing {
    struct outputs {
        tensor first, second;
    };
    constexpr outputs operator()(scope& s, const tensor& x) const {
        const variable w = s.get_variable("w", {4, 4}, {.initializer = random_normal()});
        const variable count = s.get_local_variable("count", {4, 4}, {.initializer = zeros()});
        const tensor next = with_dependencies({assign_add(count, x)}, matmul(x, w));
        return {next, matmul(w, next)};
    }
};

template <class Call> mistake refused_as(const Call& call, std::string& words) {
    try {
        call();
    } catch (const model_error& e) {
        words = e.what();
        return e.kind();
    }
    return mistake::none;
}

}  // namespace

TEST_CASE("an output may replace a variable, and nothing else that the call writes", "[model]") {
    using net_type = model<replacing, f<4, 4>>;
    using values = std::span<float, 16>;
    net_type net(seed{1}), other(seed{1});
    const list x = numbers<float>(16);
    const auto [first, second] = other(x);
    list memory(40), plain(16);
    const auto variable_at = [&](std::size_t v) { return values(reinterpret_cast<float*>(net.addresses_of_variables()[v]), 16); };
    std::string words;

    // Over a variable that is only read: computed of its old value, then in its place.
    net.run_into(values(plain), variable_at(0), x);
    CHECK(plain == elements(first));
    CHECK(elements(net.get<"w">()) == elements(second));
    net.initialize(seed{1});
    net.run_into(variable_at(0), values(plain), x);
    CHECK(elements(net.get<"w">()) == elements(first));
    CHECK(plain == elements(second));
    // The input is the variable, too.
    net.initialize(seed{1});
    other.initialize(seed{1});
    const list squared = elements(std::get<0>(other(list(elements(other.get<"w">())))));
    net.run_into(variable_at(0), values(plain), net.get<"w">());
    CHECK(elements(net.get<"w">()) == squared);

    // Outputs over each other, by one element.
    CHECK(refused_as([&] { net.run_into(values(memory.data(), 16), values(memory.data() + 15, 16), x); }, words) ==
          mistake::output_overlap);
    CHECK(words.find("output 0") != std::string::npos);
    CHECK(words.find("output 1") != std::string::npos);
    CHECK(refused_as([&] { net.run_into(values(memory.data() + 16, 16), values(memory.data(), 16), x); }, words) ==
          mistake::none);
    // Over a variable that the call writes, and over the arena.
    CHECK(refused_as([&] { net.run_into(values(plain), variable_at(1), x); }, words) == mistake::output_overlap);
    CHECK(words.find("count") != std::string::npos);
    auto* const in_arena = const_cast<float*>(std::get<0>(net(x)).data());
    CHECK(refused_as([&] { net.run_into(values(plain), values(in_arena, 16), x); }, words) == mistake::output_overlap);
    CHECK(words.find("temporary memory") != std::string::npos);
}
