// SPDX-License-Identifier: BSL-1.0
// Functions that are made of several ops: their gradients against central differences, and numbers that were worked out
// by hand, with extents of the call and of the compiler.
#include "../support/gradient_laws.hpp"
#include "../support/numbers.hpp"

#include <ambit/model/model.hpp>
#include <ambit/ops/all.hpp>
#include <ambit/registry/dynamic_model.hpp>

#include <catch2/catch.hpp>

#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <string>
#include <vector>

using namespace ambit;
using namespace ambit_test;

namespace {

template <class F> void for_rounds(F f) {
    for (unsigned round = 0; round < 12; ++round) {
        CAPTURE(round);
        gradient_check c(round);
        const tensor y = f(c);
        REQUIRE_NOTHROW(c.holds(c.weighed(y)));
    }
}

using list = std::vector<float>;
constexpr float no_number = std::numeric_limits<float>::quiet_NaN();

bool equal_but_nan(const list& a, const list& b) {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i)
        if (!(a[i] == b[i] || (std::isnan(a[i]) && std::isnan(b[i])))) return false;
    return true;
}

struct lookups {
    using outputs = std::array<tensor, 7>;
    constexpr outputs operator()(scope&, const tensor& x, const tensor& tuples, const tensor& rows) const {
        const tensor picked = gather_nd(x, tuples);
        const tensor lines = gather_nd(x, rows);
        const tensor sums = scatter_nd(tuples, picked + 1, {3, 2});
        const tensor at = reshape(rows, {4});
        const tensor replaced = scatter_update(x, at, lines * 10);
        const tensor loss = negative_log_likelihood(x, reshape(rows, {4})) ;
        return {picked, lines, sums, replaced, loss, gather(x, at), scatter(at, lines, {4, 2})};
    }
};

}  // namespace

TEST_CASE("gradients of lookups and bands made of several ops", "[laws][autodiff]") {
    for_rounds([](gradient_check& c) {
        const tensor x = c.parameter({3, 2, 2});
        const tensor tuples = c.labels({4, 2}, 4);  // some outside
        return gather_nd(square(x), tuples);
    });
    for_rounds([](gradient_check& c) {
        const tensor updates = c.parameter({5, 2});
        return scatter_nd(c.labels({5, 2}, 4), square(updates), {3, 2, 2});
    });
    for_rounds([](gradient_check& c) {
        const tensor x = c.parameter({2, 3, 4});
        return band_part(square(x), c.pick(-1, 2), c.pick(-1, 3));
    });
    for_rounds([](gradient_check& c) {
        const tensor logits = c.parameter({2, 3, 4});
        return negative_log_likelihood(log_softmax(logits), c.labels({2, 3}, 4));
    });
}

TEST_CASE("gradients of units made of several ops", "[laws][autodiff]") {
    for_rounds([](gradient_check& c) { return mish(c.parameter(c.any_shape())); });
    for_rounds([](gradient_check& c) { return hard_swish(c.parameter(c.any_shape(), -4, 4)); });
    for_rounds([](gradient_check& c) { return log_sigmoid(c.parameter(c.any_shape(), -4, 4)); });
    for_rounds([](gradient_check& c) { return celu(c.parameter(c.any_shape()), {.alpha = 0.5}); });
    for_rounds([](gradient_check& c) { return ambit::tan(c.parameter(c.any_shape(), -1, 1)); });
}

TEST_CASE("lookups of a few numbers, inside of the array and outside", "[laws]") {
    model<lookups, input<float, 4, 2>, input<std::int32_t, 3, 2>, input<std::int32_t, 4, 1>> known(seed{});
    const list x{1, 2, 3, 4, 5, 6, 7, 8};
    const std::vector<std::int32_t> tuples{2, 1, 0, 2, -1, 0}, rows{1, -1, 4, 1};
    const auto results = known(x, tuples, rows);
    const std::array<list, 7> wanted{
        list{6, 0, 0},                                // the others lie outside of one axis each
        list{3, 4, 0, 0, 0, 0, 3, 4},                 // -1 does not count from the end
        list{0, 0, 0, 0, 0, 7},
        list{1, 2, 30, 40, 5, 6, 7, 8},
        list{-2, no_number, no_number, -8},
        list{3, 4, 0, 0, 0, 0, 3, 4},
        list{0, 0, 6, 8, 0, 0, 0, 0}};
    registry reg(seed{});
    dynamic_model late(reg, lookups{}, {spec(float32, {4, 2}), spec(int32, {3, 2}), spec(int32, {4, 1})});
    const auto again = late(x, tuples, rows);
    [&]<std::size_t... K>(std::index_sequence<K...>) {
        (
            [&] {
                CAPTURE(K);
                CHECK(equal_but_nan(elements(std::get<K>(results)), wanted[K]));
                const auto late_elements = again[K].template elements<float>();
                CHECK(equal_but_nan(list(late_elements.begin(), late_elements.end()), wanted[K]));
            }(),
            ...);
    }(std::make_index_sequence<7>{});
}

TEST_CASE("the last of several updates of a place stays, and gets the gradient", "[laws]") {
    registry reg(seed{});
    const auto module = [](scope& s, const tensor& updates) {
        const tensor x = ones(s, {3, 2});
        return scatter_update(x, constant(s, {2, 0, 2, 7}, {4}), updates);
    };
    dynamic_model net(reg, module, {spec(float32, {4, 2})});
    const auto y = net(list{1, 2, 3, 4, 5, 6, 7, 8});
    const auto got = y.elements<float>();
    CHECK(list(got.begin(), got.end()) == list{3, 4, 1, 1, 5, 6});
    for_rounds([](gradient_check& c) {
        const tensor x = c.parameter({3, 2}), updates = c.parameter({6, 2});
        return scatter_update(square(x), c.labels({6}, 4), square(updates));
    });
}

TEST_CASE("bands of a few numbers", "[laws]") {
    struct module {
        using outputs = std::array<tensor, 5>;
        constexpr outputs operator()(scope&, const tensor& x) const {
            return {band_part(x, -1, 0), band_part(x, 0, -1), band_part(x, 0, 0), band_part(x, 1, 1),
                    band_part(x, -1, -1)};
        }
    };
    model<module, input<float, 3, 4>> net(seed{});
    const auto [lower, upper, diagonal, three, all] = net(list{1, 2, 3, 4, 5, 6, 7, 8, 9, no_number, 11, 12});
    CHECK(equal_but_nan(elements(lower), {1, 0, 0, 0, 5, 6, 0, 0, 9, no_number, 11, 0}));
    CHECK(elements(upper) == list{1, 2, 3, 4, 0, 6, 7, 8, 0, 0, 11, 12});  // no NaN where a zero comes
    CHECK(elements(diagonal) == list{1, 0, 0, 0, 0, 6, 0, 0, 0, 0, 11, 0});
    CHECK(equal_but_nan(elements(three), {1, 2, 0, 0, 5, 6, 7, 0, 0, no_number, 11, 12}));
    CHECK(equal_but_nan(elements(all), {1, 2, 3, 4, 5, 6, 7, 8, 9, no_number, 11, 12}));
}

namespace {

/// Σ over all letters, of products of elements, from the formula alone.
std::vector<double> summed(const std::string& formula, const std::vector<shape>& extents,
                           const std::vector<std::vector<float>>& values) {
    const std::string left = formula.substr(0, formula.find('-')), result = formula.substr(formula.find('>') + 1);
    std::map<char, std::int64_t> extent;
    std::vector<std::string> operands(1);
    for (const char c : left) {
        if (c == ',') operands.emplace_back();
        else operands.back() += c;
    }
    std::string letters;
    for (std::size_t i = 0; i < operands.size(); ++i)
        for (std::size_t k = 0; k < operands[i].size(); ++k) {
            const char c = operands[i][k];
            if (extent.count(c) == 0) letters += c;
            extent[c] = extents[i][static_cast<int>(k)];
        }
    std::int64_t all = 1, kept = 1;
    for (const auto& [c, e] : extent) all *= e;
    for (const char c : result) kept *= extent[c];
    std::vector<double> sums(static_cast<std::size_t>(kept));
    std::map<char, std::int64_t> at;
    for (std::int64_t step = 0; step < all; ++step) {
        std::int64_t rest = step;
        for (const char c : letters) {
            at[c] = rest % extent[c];
            rest /= extent[c];
        }
        const auto place = [&](const std::string& of) {
            std::int64_t p = 0;
            for (const char c : of) p = p * extent[c] + at[c];
            return static_cast<std::size_t>(p);
        };
        double term = 1;
        for (std::size_t i = 0; i < operands.size(); ++i) term *= double(values[i][place(operands[i])]);
        sums[place(result)] += term;
    }
    return sums;
}

}  // namespace

TEST_CASE("einsum is the sum that its formula says", "[laws][einsum]") {
    const auto check = [](const std::string& formula, const std::vector<shape>& extents) {
        CAPTURE(formula);
        registry reg(seed{});
        std::vector<std::vector<float>> values;
        for (std::size_t i = 0; i < extents.size(); ++i) values.push_back(numbers<float>(extents[i], unsigned(i) + 1));
        const auto compare = [&](const auto& got) {
            const std::vector<double> wanted = summed(formula, extents, values);
            const auto elements_of = got.template elements<float>();
            REQUIRE(elements_of.size() == wanted.size());
            for (std::size_t i = 0; i < wanted.size(); ++i)
                REQUIRE(std::fabs(double(elements_of[i]) - wanted[i]) <= 1e-5);
        };
        if (extents.size() == 1) {
            dynamic_model net(reg, [&](scope&, const tensor& a) { return einsum(formula, {a}); },
                              {spec(float32, extents[0])});
            compare(net(values[0]));
        } else if (extents.size() == 2) {
            dynamic_model net(reg, [&](scope&, const tensor& a, const tensor& b) { return einsum(formula, {a, b}); },
                              {spec(float32, extents[0]), spec(float32, extents[1])});
            compare(net(values[0], values[1]));
        } else {
            dynamic_model net(
                reg,
                [&](scope&, const tensor& a, const tensor& b, const tensor& c) { return einsum(formula, {a, b, c}); },
                {spec(float32, extents[0]), spec(float32, extents[1]), spec(float32, extents[2])});
            compare(net(values[0], values[1], values[2]));
        }
    };
    check("ij,jk->ik", {{2, 3}, {3, 4}});
    check("ji,kj->ki", {{3, 2}, {4, 3}});
    check("bij,bjk->bik", {{5, 2, 3}, {5, 3, 4}});
    check("bji,bkj->kbi", {{5, 3, 2}, {5, 4, 3}});
    check("bqhd,bkhd->bhqk", {{2, 3, 2, 4}, {2, 5, 2, 4}});
    check("bhqk,bkhd->bqhd", {{2, 2, 3, 5}, {2, 5, 2, 4}});
    check("abc,cbd->ad", {{2, 3, 4}, {4, 3, 5}});
    check("ij,ij->i", {{2, 3}, {2, 3}});
    check("ij,ij->", {{2, 3}, {2, 3}});
    check("ij,ij->ij", {{2, 3}, {2, 3}});
    check("ij,kl->ljki", {{2, 3}, {4, 5}});
    check("ij,k->j", {{2, 3}, {4}});
    check("ii,i->i", {{3, 3}, {3}});
    check("iij->j", {{3, 3, 2}});
    check("iji->ji", {{3, 2, 3}});
    check("iiii->i", {{2, 2, 2, 2}});
    check("abcd->dbca", {{2, 3, 4, 5}});
    check("abcd->ca", {{2, 3, 4, 5}});
    check("ij,jk,kl->il", {{2, 3}, {3, 4}, {4, 5}});
    check("i,ij,j->", {{2}, {2, 3}, {3}});
    check("ij,ik,il->jkl", {{4, 2}, {4, 3}, {4, 5}});
}

TEST_CASE("gradients of einsum", "[laws][autodiff][einsum]") {
    for_rounds([](gradient_check& c) {
        const tensor a = c.parameter({2, 2, 3}), b = c.parameter({2, 3, 2});
        switch (c.pick(0, 5)) {
            case 0: return einsum("bij,bjk->kib", {a, b});
            case 1: return einsum("bij,cjb->ic", {a, b});
            case 2: return einsum("abc,dcb->ad", {a, b});
            case 3: return einsum("bbj,bjk->bk", {square(a), b});
            case 4: return einsum("bij,bjk,kl->il", {a, b, c.parameter({2, 2})});
            default: return einsum("bij,kjl->", {a, b}) + einsum("bij->jb", {a}) ;
        }
    });
}
