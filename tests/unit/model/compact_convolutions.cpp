// SPDX-License-Identifier: BSL-1.0
// Convolutions with kernels stored as bfloat16 and int8: how far they are off by their definition, and that all else in
// their models is what it is with floats, to the bit where weights are scaled and not sums.
#include <ambit/model/compact_weights.hpp>
#include <ambit/model/memory.hpp>
#include <ambit/nn/dense.hpp>

#include "../../support/numbers.hpp"
#include "weight_bounds.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

using namespace ambit;
using namespace ambit_test;

namespace {

using enum weight_format;
using list = std::vector<float>;

constexpr conv2d_options is_valid{}, is_same{.padding = same}, has_strides{.strides = {2, 3}};
constexpr conv2d_options is_apart{.padding = same, .dilations = {2, 1}}, has_pads{.padding = explicit_pads(2, 0, 1, 3)};

/// One layer: what follows the convolution is part of its kernel.
template <const conv2d_options& Options, int Height, int Width, int In, int Out> struct layer {
    constexpr tensor operator()(scope& s, const tensor& x) const {
        const variable w = s.get_variable("w", {Height, Width, In, Out});
        return relu(conv2d(x, w, Options) + s.get_variable("b", {Out}, {.initializer = constant(0.25)}));
    }
};

/// A convolution in double: of elements of the image times weights, both changed by a function.
struct convolution {
    shape image, kernel, result;
    std::int64_t strides[2], pads[2], apart[2];

    template <class Function> double at(std::int64_t n, std::int64_t y, std::int64_t x, std::int64_t channel,
                                        const Function& product) const {
        double sum = 0;
        for (std::int64_t ky = 0; ky < kernel[0]; ++ky)
            for (std::int64_t kx = 0; kx < kernel[1]; ++kx) {
                const std::int64_t from_y = y * strides[0] - pads[0] + ky * apart[0];
                const std::int64_t from_x = x * strides[1] - pads[1] + kx * apart[1];
                if (from_y < 0 || from_x < 0 || from_y >= image[1] || from_x >= image[2]) continue;
                for (std::int64_t c = 0; c < kernel[2]; ++c)
                    sum += product(((n * image[1] + from_y) * image[2] + from_x) * image[3] + c,
                                   ((ky * kernel[1] + kx) * kernel[2] + c) * kernel[3] + channel);
            }
        return sum;
    }
};

template <weight_format Format, class Net, int... Image> void check_layer(const convolution& by) {
    using in = input<float, Image...>;
    model<Net, in> exact(seed{1});
    model<weights_as<Format, Net>, in> rounded(seed{1});
    const list w = numbers<float>(by.kernel.elements(), 2, -1.5, 1), x = numbers<float>(in::spec.extents, 3, -1, 1);
    exact.template set<"w">(w);
    take_weights(rounded, exact);

    const list is = float_weights<"w">(rounded), bound = bound_of_weights(Format, w, by.kernel[3]);
    REQUIRE(is.size() == w.size());
    for (std::size_t i = 0; i < w.size(); ++i)
        REQUIRE(std::abs(double{w[i]} - double{is[i]}) <= double{bound[i]} * (1 + 1e-6));

    const auto y = rounded(x);
    REQUIRE(y.size() == std::size_t(by.result.elements()));
    std::int64_t i = 0;
    for (std::int64_t n = 0; n < by.result[0]; ++n)
        for (std::int64_t row = 0; row < by.result[1]; ++row)
            for (std::int64_t column = 0; column < by.result[2]; ++column)
                for (std::int64_t channel = 0; channel < by.result[3]; ++channel, ++i) {
                    const auto sum_of = [&](const auto& product) { return by.at(n, row, column, channel, product); };
                    const auto products = [&](const list& weights) {
                        return [&](std::int64_t a, std::int64_t b) {
                            return double{x[std::size_t(a)]} * double{weights[std::size_t(b)]};
                        };
                    };
                    const auto sizes = [&](const list& weights) {
                        return [&](std::int64_t a, std::int64_t b) {
                            return std::abs(double{x[std::size_t(a)]} * double{weights[std::size_t(b)]});
                        };
                    };
                    const double of_floats = std::max(0.0, sum_of(products(w)) + 0.25);
                    const double of_rounded = std::max(0.0, sum_of(products(is)) + 0.25);
                    const double of_sums = 2e-6 * (sum_of(sizes(is)) + 0.25), off = sum_of(sizes(bound));
                    const double value = double{y.data()[i]};
                    CAPTURE(Format == int8, n, row, column, channel);
                    REQUIRE(std::abs(value - of_rounded) <= of_sums);
                    REQUIRE(std::abs(value - of_floats) <= off * (1 + 1e-6) + of_sums);
                }

    if (Format == int8 && by.result[0] * by.result[1] * by.result[2] < 64) return;  // sums are scaled
    // The floats that they stand for give the same bits.
    exact.template set<"w">(is);
    REQUIRE(same_bits(elements(exact(x)), elements(rounded(x))));
}
template <class Net, int... Image> void check_layers(const convolution& by) {
    check_layer<bfloat16, Net, Image...>(by);
    check_layer<int8, Net, Image...>(by);
}

/// An image's way to logits.
struct classifier {
    constexpr tensor operator()(scope& s, const tensor& x) const {
        tensor h = max_pool(relu(conv2d(x, s.get_variable("first", {5, 5, 1, 16}), {.padding = same})));
        h = max_pool(relu(conv2d(h, s.get_variable("second", {3, 3, 16, 40}), {.padding = same})));
        return dense(s, "logits", reshape(h, {-1, 3 * 3 * 40}), 10);
    }
};
template <int Batch> using picture = input<float, Batch, 12, 12, 1>;

/// Steps of a signal.
struct signal {
    constexpr tensor operator()(scope& s, const tensor& x) const {
        const tensor h = tanh(conv1d(x, s.get_variable("w", {3, 5, 37}), {.stride = 2, .padding = same}));
        return conv1d(h, s.get_variable("v", {4, 37, 3}), {.dilation = 2});
    }
};

template <class To, class From>
constexpr bool finds_all = model_parts::variables_without_source<typename To::graph, typename From::graph>().empty();
template <int Height, int Width> using layer_of = layer<is_valid, Height, Width, 4, 6>;
using six = input<float, 1, 6, 6, 4>;
static_assert(finds_all<model<weights_as<int8, layer_of<2, 3>>, six>, model<layer_of<2, 3>, six>>);
static_assert(!finds_all<model<weights_as<int8, layer_of<2, 3>>, six>, model<layer_of<3, 2>, six>>);
static_assert(!finds_all<model<weights_as<int8, layer_of<2, 3>>, six>, model<weights_as<int8, layer_of<3, 2>>, six>>);

// Of extents that need no padding between variables.
using wide = layer<is_valid, 4, 4, 4, 16>;
using of_floats = memory_of<model<wide, six>>;
static_assert(of_floats::parameters - memory_of<model<weights_as<bfloat16, wide>, six>>::parameters == 2 * 1024);
static_assert(of_floats::parameters - memory_of<model<weights_as<int8, wide>, six>>::parameters == 3 * 1024 - 4 * 16);

}  // namespace

TEST_CASE("convolutions with compact kernels are as far off as their format says", "[model]") {
    check_layers<layer<is_same, 3, 3, 2, 5>, 2, 7, 5, 2>(
        {{2, 7, 5, 2}, {3, 3, 2, 5}, {2, 7, 5, 5}, {1, 1}, {1, 1}, {1, 1}});
    check_layers<layer<has_strides, 2, 3, 3, 19>, 1, 9, 11, 3>(
        {{1, 9, 11, 3}, {2, 3, 3, 19}, {1, 4, 3, 19}, {2, 3}, {0, 0}, {1, 1}});
    check_layers<layer<is_apart, 3, 3, 9, 37>, 1, 9, 8, 9>(
        {{1, 9, 8, 9}, {3, 3, 9, 37}, {1, 9, 8, 37}, {1, 1}, {2, 1}, {2, 1}});
    check_layers<layer<has_pads, 3, 2, 4, 70>, 1, 5, 4, 4>(
        {{1, 5, 4, 4}, {3, 2, 4, 70}, {1, 5, 7, 70}, {1, 1}, {2, 1}, {1, 1}});
    check_layers<layer<is_same, 3, 3, 8, 75>, 1, 9, 8, 8>(
        {{1, 9, 8, 8}, {3, 3, 8, 75}, {1, 9, 8, 75}, {1, 1}, {1, 1}, {1, 1}});
    check_layers<layer<is_valid, 1, 1, 33, 7>, 1, 3, 3, 33>(
        {{1, 3, 3, 33}, {1, 1, 33, 7}, {1, 3, 3, 7}, {1, 1}, {0, 0}, {1, 1}});
}

TEST_CASE("convolutions along one axis have compact kernels", "[model]") {
    using in = input<float, 3, 70, 5>;
    const auto check = [](auto rounded) {
        model<signal, in> exact(seed{1});
        take_weights(rounded, exact);
        const list x = numbers<float>(3 * 70 * 5, 4, -1, 1), before = elements(exact(x)), is = elements(rounded(x));
        for (std::size_t i = 0; i < is.size(); ++i) CHECK(std::abs(is[i] - before[i]) < 0.05f);
        CHECK_FALSE(same_bits(is, before));
        exact.template set<"w">(float_weights<"w">(rounded));
        exact.template set<"v">(float_weights<"v">(rounded));
        CHECK(same_bits(is, elements(exact(x))));
    };
    check(model<weights_as<int8, signal>, in>(seed{2}));
    check(model<weights_as<bfloat16, signal>, in>(seed{2}));
}

TEST_CASE("nets with compact kernels compute what those of the rounded floats do, at any batch", "[model]") {
    model<classifier, picture<5>> exact(seed{1});
    model<weights_as<int8, classifier>, picture<5>> early(seed{2});
    model<weights_as<int8, classifier>, input<float, any_size, 12, 12, 1>> late(largest_batch{7}, seed{3});
    take_weights(early, exact);
    take_weights(late, exact);
    exact.set<"first">(float_weights<"first">(early));
    exact.set<"second">(float_weights<"second">(early));
    exact.set<"logits/weights">(float_weights<"logits/weights">(early));
    const list x = numbers<float>(5 * 144, 4, -1, 1);
    const list expected = elements(exact(x)), is = elements(early(x)), of_any = elements(late(list(x)));
    REQUIRE(is.size() == 50);
    REQUIRE(of_any.size() == 50);
    for (std::size_t i = 0; i < is.size(); ++i) {
        CHECK(is[i] == Approx(expected[i]).margin(1e-5));
        CHECK(of_any[i] == Approx(expected[i]).margin(1e-5));
    }

    // The second layer has less than 64 pixels then.
    const list of_one = elements(late(list(x.begin(), x.begin() + 144)));
    REQUIRE(of_one.size() == 10);
    for (std::size_t i = 0; i < of_one.size(); ++i) CHECK(of_one[i] == Approx(expected[i]).margin(1e-5));

    // A kernel is read anew each time: there is no older value of it.
    model<classifier, picture<5>> other(seed{9});
    take_weights(early, other);
    CHECK_FALSE(same_bits(elements(early(x)), is));
}

TEST_CASE("a kernel that is no finite number is refused, and its channels have scales of their own", "[model]") {
    using net = layer<is_valid, 2, 2, 3, 2>;
    model<net, input<float, 1, 4, 4, 3>> exact(seed{1});
    model<weights_as<int8, net>, input<float, 1, 4, 4, 3>> small(seed{1});
    list w(24);
    for (std::size_t i = 0; i < w.size(); ++i) w[i] = i % 2 == 0 ? 127e-6f * float(i) / 22 : -127e6f * float(i) / 23;
    exact.set<"w">(w);
    take_weights(small, exact);
    const list is = float_weights<"w">(small);
    for (std::size_t i = 0; i < w.size(); ++i)
        CHECK(std::abs(double{is[i]} - double{w[i]}) <= (i % 2 == 0 ? 0.5e-6 : 0.5e6) * (1 + 1e-6));

    w[13] = std::numeric_limits<float>::infinity();
    exact.set<"w">(w);
    CHECK_THROWS_WITH(take_weights(small, exact), Catch::Contains("weights 'w': element 13 is inf"));
    CHECK(same_bits(float_weights<"w">(small), is));
}
