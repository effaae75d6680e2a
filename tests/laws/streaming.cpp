// SPDX-License-Identifier: BSL-1.0
// Sequences that come in step by step, with their state kept in the model, against whole ones: bit for bit.
#include <ambit/nn/causal_conv1d.hpp>
#include <ambit/nn/recurrent.hpp>

#include <ambit/ambit.hpp>
#include <ambit/registry/dynamic_model.hpp>

#include "../support/numbers.hpp"

#include <catch2/catch.hpp>

#include <xtensor/xadapt.hpp>

#include <array>
#include <vector>

using namespace ambit;
using namespace ambit_test;

namespace {

using list = std::vector<float>;

constexpr std::int64_t steps = 9, in = 3;

constexpr auto layers() {
    return multi_rnn_cell(lstm_cell(19, {.use_peepholes = true}), gru_cell(8),
                          gru_cell(33, {.reset = gru_reset::after_product}), basic_rnn_cell(5));
}

template <bool ProductsInLoop> struct whole {
    constexpr tensor operator()(scope& s, const tensor& xs) const {
        return dynamic_rnn(s, layers(), xs, {.products_in_loop = ProductsInLoop}).outputs;
    }
};

struct streaming {
    struct outputs {
        tensor y;
        operation keep;
    };
    constexpr outputs operator()(scope& s, const tensor& x) const {
        auto cell = layers();
        const auto memory = kept_state(s, cell, 1);
        auto rnn = s.variable_scope("rnn");
        const auto [state, y] = cell(rnn, x, memory.state);
        return {y, memory.keep(state)};
    }
};

template <bool ProductsInLoop> using whole_net = model<whole<ProductsInLoop>, input<float, 1, steps, in>>;
using streaming_net = model<streaming, input<float, 1, in>>;
using out = streaming::outputs;

list row(const list& all, std::int64_t t, std::int64_t width) {
    return {all.begin() + t * width, all.begin() + (t + 1) * width};
}

}  // namespace

TEST_CASE("a net that reads step by step computes what one does that reads all steps, bit for bit", "[laws][recurrent]") {
    whole_net<true> all(seed{4});
    streaming_net one(all.parameters()), other(all.parameters());
    const list xs = numbers<float>(steps * in, 3, -2, 2);
    const list wanted = elements(all(xs));
    list had;
    for (std::int64_t t = 0; t < steps; ++t) {
        const list y = elements(one.run<&out::y, &out::keep>(row(xs, t, in)));
        had.insert(had.end(), y.begin(), y.end());
    }
    CHECK(same_bits(had, wanted));
    // One product for all steps has the same sums in another order.
    whole_net<false> at_once(all.parameters());
    const list other_order = elements(at_once(xs));
    for (std::size_t i = 0; i < wanted.size(); ++i) CHECK(other_order[i] == Approx(wanted[i]).epsilon(1e-4).margin(1e-6));
    // Weights are shared, states are not; and a call that does not keep changes nothing.
    for (int again = 0; again < 2; ++again)
        CHECK(same_bits(elements(other.run<&out::y>(row(xs, 0, in))), row(wanted, 0, 5)));
    // States are values: another model goes on from where this one was, and begins anew.
    one.reset();
    for (std::int64_t t = 0; t < 4; ++t) static_cast<void>(one.run<&out::y, &out::keep>(row(xs, t, in)));
    other.set<"state/cell_0/cell">(one.get<"state/cell_0/cell">());
    other.set<"state/cell_0/hidden">(one.get<"state/cell_0/hidden">());
    other.set<"state/cell_1/hidden">(one.get<"state/cell_1/hidden">());
    other.set<"state/cell_2/hidden">(one.get<"state/cell_2/hidden">());
    other.set<"state/cell_3/hidden">(one.get<"state/cell_3/hidden">());
    CHECK(same_bits(elements(other.run<&out::y, &out::keep>(row(xs, 4, in))), row(wanted, 4, 5)));
    other.reset();
    CHECK(same_bits(elements(other.run<&out::y>(row(xs, 0, in))), row(wanted, 0, 5)));
}

namespace {

constexpr std::int64_t piece = 3;

struct filter {
    constexpr tensor operator()(scope& s, const tensor& xs) const {
        const causal_conv1d_options first{.steps_at_once = piece, .activation = ambit::tanh};
        const tensor h = causal_conv1d(s, "conv1", xs, 8, 3, first);
        return causal_conv1d(s, "conv2", h, 5, 4, {.dilation = 2, .steps_at_once = piece});
    }
};
struct live_filter {
    using outputs = streamed_steps;
    constexpr streamed_steps operator()(scope& s, const tensor& x) const {
        const auto [h, keep1] = streaming_conv1d(s, "conv1", x, 8, 3, {.activation = ambit::tanh});
        const auto [y, keep2] = streaming_conv1d(s, "conv2", h, 5, 4, {.dilation = 2});
        return {y, group({keep1, keep2})};
    }
};

}  // namespace

TEST_CASE("a convolution of pieces as they come in is that of the whole in such pieces, bit for bit",
          "[laws][causal_conv1d]") {
    model<filter, input<float, 2, 12, 2>> all(seed{4});
    model<live_filter, input<float, 2, piece, 2>> live(all.parameters());
    const list xs = numbers<float>(2 * 12 * 2, 3, -2, 2), wanted = elements(all(xs));
    for (std::int64_t t = 0; t < 12; t += piece) {
        list x, here;
        for (std::int64_t b = 0; b < 2; ++b) {
            for (std::int64_t i = 0; i < piece * 2; ++i) x.push_back(xs[std::size_t((b * 12 + t) * 2 + i)]);
            for (std::int64_t i = 0; i < piece * 5; ++i) here.push_back(wanted[std::size_t((b * 12 + t) * 5 + i)]);
        }
        CHECK(same_bits(elements(live.run<&streamed_steps::outputs, &streamed_steps::keep>(x)), here));
    }
}

TEST_CASE("a recurrent net with a batch of the call is the net of that batch", "[laws][recurrent]") {
    using any_net = model<whole<false>, input<float, any_size, steps, in>>;
    whole_net<true> one(seed{4});
    any_net any(largest_batch{3}, one.parameters());
    const list xs = numbers<float>(3 * steps * in, 3, -2, 2);
    const list had = elements(any(xt::adapt(xs, std::array<std::size_t, 3>{3, steps, in})));
    for (std::int64_t b = 0; b < 3; ++b) {
        const list wanted = elements(one(row(xs, b, steps * in)));
        for (std::size_t i = 0; i < wanted.size(); ++i)
            CHECK(had[std::size_t(b) * wanted.size() + i] == Approx(wanted[i]).epsilon(1e-4).margin(1e-6));
    }
}

TEST_CASE("recurrent nets on a registry are those of the compiler, too", "[laws][recurrent]") {
    whole_net<true> compiled(seed{4});
    registry reg(seed{4});
    dynamic_model whole_there(reg, whole<false>{}, {spec(float32, {1, steps, in})});
    dynamic_model one_there(reg, streaming{}, {spec(float32, {1, in})}, {.reuse = auto_reuse});
    const list xs = numbers<float>(steps * in, 3, -2, 2);
    const list wanted = elements(compiled(xs));
    const auto result = whole_there(xs);
    const auto had = result[0].elements<float>();
    REQUIRE(had.size() == wanted.size());
    for (std::size_t i = 0; i < wanted.size(); ++i) CHECK(had[i] == Approx(wanted[i]).epsilon(1e-4).margin(1e-6));
    for (std::int64_t t = 0; t < steps; ++t) {
        const auto step = one_there.run({"y", "keep"}, row(xs, t, in));
        const auto y = step["y"].elements<float>();
        for (std::size_t i = 0; i < y.size(); ++i)
            CHECK(y[i] == Approx(wanted[std::size_t(t) * y.size() + i]).epsilon(1e-4).margin(1e-6));
    }
}
