// SPDX-License-Identifier: BSL-1.0
#include <ambit/nn/causal_conv1d.hpp>

#include <ambit/ambit.hpp>

#include "../../support/gradient_check.hpp"
#include "../../support/numbers.hpp"
#include "../../support/op_function.hpp"
#include "../../support/shape_rule.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

using namespace ambit;
using namespace ambit_test;
using Catch::Contains;

namespace {

using list = std::vector<float>;

list row(const list& all, std::int64_t t, std::int64_t width) {
    return {all.begin() + t * width, all.begin() + (t + 1) * width};
}

constexpr std::int64_t taps = 3;

struct whole_filter {
    constexpr tensor operator()(scope& s, const tensor& xs) const {
        const tensor h = causal_conv1d(s, "conv1", xs, 8, taps, {.activation = ambit::tanh, .biases = constant(0.1)});
        return causal_conv1d(s, "conv2", h, 5, taps, {.dilation = 4, .use_bias = false});
    }
};
template <std::int64_t Steps> struct streaming_filter {
    struct outputs {
        tensor y;
        operation keep;
    };
    constexpr outputs operator()(scope& s, const tensor& x) const {
        const auto [h, keep1] =
            streaming_conv1d(s, "conv1", x, 8, taps, {.activation = ambit::tanh, .biases = constant(0.1)});
        const auto [y, keep2] = streaming_conv1d(s, "conv2", h, 5, taps, {.dilation = 4, .use_bias = false});
        return {y, group({keep1, keep2})};
    }
};
using filter_net = model<whole_filter, input<float, 1, 12, 2>>;

template <std::int64_t Steps> list in_pieces(const filter_net& all, const list& xs) {
    using piece = streaming_filter<Steps>::outputs;
    model<streaming_filter<Steps>, input<float, 1, Steps, 2>> net(all.parameters());
    list had;
    for (std::int64_t t = 0; t < 12; t += Steps) {
        const list y = elements(net.template run<&piece::y, &piece::keep>(row(xs, t / Steps, 2 * Steps)));
        had.insert(had.end(), y.begin(), y.end());
    }
    return had;
}

}  // namespace

TEST_CASE("a causal convolution of what comes in is that of the whole", "[nn][causal_conv1d]") {
    filter_net all(seed{4});
    const list xs = numbers<float>(12 * 2, 3, -2, 2);
    const list y = elements(all(xs));
    for (const list& had : {in_pieces<1>(all, xs), in_pieces<4>(all, xs)}) {
        REQUIRE(had.size() == y.size());
        for (std::size_t i = 0; i < y.size(); ++i) CHECK(had[i] == Approx(y[i]).epsilon(1e-5).margin(1e-6));
    }
    // By the formula: taps that lie 0, 4 and 8 steps back, the last one first.
    const auto first = all.get<"conv1/weights">();
    const auto second = all.get<"conv2/weights">();
    const auto x_at = [&](std::int64_t t, std::int64_t c) { return t < 0 ? 0.0 : double(xs[std::size_t(t * 2 + c)]); };
    const auto h_at = [&](std::int64_t t, std::int64_t f) {
        if (t < 0) return 0.0;
        double sum = 0.1F;
        for (std::int64_t k = 0; k < taps; ++k)
            for (std::int64_t c = 0; c < 2; ++c) sum += x_at(t - (taps - 1 - k), c) * double(first(k, c, f));
        return std::tanh(sum);
    };
    for (std::int64_t t = 0; t < 12; ++t)
        for (std::int64_t f = 0; f < 5; ++f) {
            double sum = 0;
            for (std::int64_t k = 0; k < taps; ++k)
                for (std::int64_t c = 0; c < 8; ++c) sum += h_at(t - 4 * (taps - 1 - k), c) * double(second(k, c, f));
            CHECK(double(y[std::size_t(t * 5 + f)]) == Approx(sum).epsilon(1e-5).margin(1e-6));
        }
}

TEST_CASE("gradients of causal convolutions are the differences, in pieces too", "[nn][causal_conv1d]") {
    for (const std::int64_t at_once : {0, 2}) {
        gradient_check c(5);
        const tensor x = c.parameter({2, 6, 2}, -1, 1);
        const tensor y = causal_conv1d(c.root(), "conv", x, 3, 3, {.dilation = 2, .steps_at_once = at_once});
        c.take_variables(-1.5, 1.5);
        REQUIRE_NOTHROW(c.holds(c.weighed(y)));
    }
}

TEST_CASE("what does not fit a causal convolution is refused", "[nn][causal_conv1d]") {
    const auto whole = [](const causal_conv1d_options& o, tensor_spec of) {
        return refusal([o](scope& s, auto& x) { return causal_conv1d(s, "conv", x[0], 8, 3, o); }, {of});
    };
    const auto streamed = [](const causal_conv1d_options& o, tensor_spec of) {
        return refusal([o](scope& s, auto& x) { return streaming_conv1d(s, "conv", x[0], 8, 3, o).outputs; }, {of});
    };
    CHECK(whole({}, f32(2, 5, 4)) == "accepted");
    CHECK(streamed({.groups = 2}, f32(2, 5, 4)) == "accepted");
    CHECK(whole({.groups = 2, .steps_at_once = 2}, f32(2, 6, 4)) == "accepted");
    CHECK_THAT(whole({.steps_at_once = 2}, f32(2, 5, 4)), Contains("pieces of steps_at_once divide the sequence"));
    CHECK_THAT(whole({.steps_at_once = -1}, f32(2, 5, 4)), Contains("pieces of steps_at_once divide the sequence"));
    for (const auto& told : {whole({}, f32(5, 4)), streamed({}, f32(5, 4))})
        CHECK_THAT(told, Contains("the operand is [batch, time, channels]"));
    for (const auto& told : {whole({.dilation = 0}, f32(2, 5, 4)), streamed({.dilation = 0}, f32(2, 5, 4)),
                             whole({.groups = 3}, f32(2, 5, 4)), streamed({.groups = 3}, f32(2, 5, 4))})
        CHECK_THAT(told, Contains("[ambit] op_"));
}
