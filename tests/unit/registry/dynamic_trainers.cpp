// SPDX-License-Identifier: BSL-1.0
// Nets of several kinds train at run time as they do in the compiler: convolutions with normalization and dropout, and
// a recurrent net; optimizers with their slots.
#include <ambit/registry/dynamic_model.hpp>

#include <ambit/checkpoint/saver.hpp>
#include <ambit/model/model.hpp>
#include <ambit/nn/batch_normalization.hpp>
#include <ambit/nn/dense.hpp>
#include <ambit/nn/dropout.hpp>
#include <ambit/nn/embedding.hpp>
#include <ambit/ops/all.hpp>
#include <ambit/optim/adam.hpp>
#include <ambit/optim/minimize.hpp>
#include <ambit/optim/rmsprop.hpp>
#include <ambit/optim/schedules.hpp>
#include <ambit/optim/sgd.hpp>
#include <ambit/registry/bridges.hpp>

#include "../../support/numbers.hpp"
#include "../../support/temporary_directory.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

using namespace ambit;
using namespace ambit_test;

namespace {

struct conv_net {
    struct outputs {
        tensor loss;
        operation train;
    };
    constexpr outputs operator()(scope& s, const tensor& images, const tensor& labels) const {
        tensor x = conv2d(images, s.get_variable("filters", {3, 3, 2, 8}), {.padding = same});
        x = max_pool(relu(batch_normalization(s, "norm", x, {.training = true})));
        x = conv2d(x, s.get_variable("wide", {3, 3, 8, 5}), {.strides = {2, 2}, .padding = same});
        x = dropout(s, ambit::tanh(reshape(x, {-1, 20})), {.rate = 0.25, .training = true});
        const tensor loss = reduce_mean(sparse_softmax_cross_entropy(dense(s, "logits", x, 3), labels));
        return {loss, minimize(s, loss, momentum{.learning_rate = 0.05, .momentum = 0.9})};
    }
};

// An LSTM over 5 time steps, after TensorFlow's BasicLSTMCell.
struct recurrent_net {
    struct outputs {
        tensor loss;
        operation train;
    };
    constexpr outputs operator()(scope& s, const tensor& xs, const tensor& wanted) const {
        const tensor zero = broadcast_to(xs.builder()->constant(0, float32), {xs.shape()[1], 6});
        const auto cell = [](scope& in, const std::array<tensor, 2>& state, const tensor& x) {
            const tensor all = matmul(concat({x, state[1]}, 1), in.get_variable("kernel", {10, 24})) +
                               in.get_variable("bias", {24}, {.initializer = zeros()});
            const auto gates = split<4>(all, 1);
            const tensor c = state[0] * sigmoid(gates[2] + 1) + sigmoid(gates[0]) * ambit::tanh(gates[1]);
            return std::array{c, ambit::tanh(c) * sigmoid(gates[3])};
        };
        const auto last = scan(s, cell, xs, std::array{zero, zero});
        const tensor loss = reduce_mean(square(dense(s, "out", last[1], 1) - wanted));
        return {loss, minimize(s, loss, rmsprop{.learning_rate = 0.01})};
    }
};

struct scheduled_net {
    struct outputs {
        tensor loss;
        operation train;
    };
    constexpr outputs operator()(scope& s, const tensor& x, const tensor& wanted) const {
        const tensor h = ambit::tanh(dense(s, "hidden", x, 11));
        const tensor loss = reduce_mean(square(dense(s, "out", h, 1) - wanted));
        const variable step = s.get_variable("step", {}, {.dtype = int64, .trainable = false});
        const schedule rate = exponential_decay({.initial = 0.02, .steps = 10, .rate = 0.5});
        return {loss, minimize(s, loss, adam{.learning_rate = scheduled(rate, step)},
                               {.global_step = step, .clip = clip_by_global_norm(1)})};
    }
};

// Words of which some come twice, and one is in no vocabulary: rows alone are updated.
struct word_net {
    struct outputs {
        tensor loss;
        operation train;
    };
    constexpr outputs operator()(scope& s, const tensor& ids, const tensor& wanted) const {
        const tensor words = embedding(s, "words", ids, 40, 5);
        const tensor loss = reduce_mean(square(dense(s, "out", words, 1) - wanted));
        return {loss, minimize(s, loss, adam{.learning_rate = 0.02, .lazy = true})};
    }
};

template <class Module, class... Inputs, class... X> void train_both(double tolerance, const X&... x) {
    model<Module, Inputs...> compiled(seed{5});
    registry reg(seed{5});
    dynamic_model net(reg, Module{}, {Inputs::spec...});
    using out = typename Module::outputs;
    float first = 0, last = 0;
    for (int step = 0; step < 12; ++step) {
        CAPTURE(step);
        last = net.run({"loss", "train"}, x...).template number<float>();
        const float wanted = compiled.template run<&out::loss, &out::train>(x...);
        CHECK(last == Approx(wanted).epsilon(tolerance).margin(1e-6));
        if (step == 0) first = last;
    }
    CHECK(last < first);
    for (const registry::found& v : reg.variables()) CHECK(v->elements() > 0);
    CHECK(net.variables().size() == compiled.variables.size());
}

}  // namespace

TEST_CASE("a conv net trains at run time as in the compiler", "[dynamic]") {
    const std::vector<float> images = numbers<float>(4 * 8 * 8 * 2, 1, -1, 1);
    const std::vector<std::int32_t> labels{0, 2, 1, 2};
    train_both<conv_net, input<float, 4, 8, 8, 2>, input<std::int32_t, 4>>(1e-3, images, labels);
}

TEST_CASE("a recurrent net trains at run time as in the compiler", "[dynamic]") {
    const std::vector<float> xs = numbers<float>(5 * 3 * 4, 2, -1, 1), wanted = numbers<float>(3, 3, -1, 1);
    train_both<recurrent_net, input<float, 5, 3, 4>, input<float, 3, 1>>(1e-4, xs, wanted);
}

TEST_CASE("rows of a table are updated at run time as in the compiler", "[dynamic]") {
    const std::vector<std::int32_t> ids{3, 39, 3, 40, 0, 39, 3};
    const std::vector<float> wanted = numbers<float>(7, 8, -1, 1);
    train_both<word_net, input<std::int32_t, 7>, input<float, 7, 1>>(1e-4, ids, wanted);
}

TEST_CASE("schedules and clipping are those of the compiler", "[dynamic]") {
    const std::vector<float> x = numbers<float>(7 * 3, 4, -1, 1), wanted = numbers<float>(7, 6, -1, 1);
    train_both<scheduled_net, input<float, 7, 3>, input<float, 7, 1>>(1e-4, x, wanted);
}

TEST_CASE("a training at run time goes on with the same bits, at run time or in the compiler", "[dynamic]") {
    const std::vector<float> images = numbers<float>(4 * 8 * 8 * 2, 1, -1, 1);
    const std::vector<std::int32_t> labels{0, 2, 1, 2};
    const tensor_spec images_spec = spec(float32, {4, 8, 8, 2}), labels_spec = spec(int32, {4});
    const temporary_directory directory;
    registry reg(seed{5}), other(seed{6}), lonely(seed{7});
    dynamic_model net(reg, conv_net{}, {{"images", images_spec}, {"labels", labels_spec}});
    dynamic_model next(other, conv_net{}, {{"images", images_spec}, {"labels", labels_spec}});
    const auto train = [&](auto& model, int steps) {
        for (int step = 0; step < steps; ++step) static_cast<void>(model.run({"train"}, images, labels));
    };
    train(net, 3);
    saver checkpoints({.asynchronous = true});
    const std::string file = checkpoints.save(net, (directory / "m").string(), 3);
    train(net, 4);  // while it is written
    checkpoints.wait();
    REQUIRE(restore(next, file).step == 3);
    train(next, 4);
    using compiled = model<conv_net, input<float, 4, 8, 8, 2>, input<std::int32_t, 4>>;
    compiled built(seed{9});
    restore(built, file);
    const auto all = checkpoint_parts::trained_variables(net), again = checkpoint_parts::trained_variables(next);
    REQUIRE(all.size() == compiled::variables.size());
    REQUIRE(again.size() == all.size());
    int locals = 0;
    for (std::size_t v = 0; v < all.size(); ++v) {
        CAPTURE(all[v].path);
        REQUIRE(again[v].path == all[v].path);
        REQUIRE(std::memcmp(again[v].data, all[v].data, static_cast<std::size_t>(all[v].spec.bytes())) == 0);
        locals += all[v].is_local ? 1 : 0;
    }
    REQUIRE(locals == 1);

    // A registry that shows one model twice: its variables are stored once, and told under both names.
    mount(lonely, "a", built);
    mount(lonely, "b", built);
    checkpoints.save(lonely, (directory / "twice").string());
    checkpoints.wait();
    const auto twice = open_checkpoint((directory / "twice.safetensors").string());
    REQUIRE(twice->find("a/filters") != nullptr);
    REQUIRE(twice->find("b/filters") == nullptr);
    REQUIRE(twice->metadata().at("b/filters") == "a/filters");
    save(lonely, (directory / "plain").string());
    REQUIRE(open_checkpoint((directory / "plain").string())->tensors().size() == twice->tensors().size());
    const std::byte* const first = built.parameters().variables()[0];
    const std::vector<std::byte> before(first, first + compiled::variables[0].bytes());
    built.initialize(seed{4});
    REQUIRE(load(lonely, (directory / "plain").string()).count(load_outcome::tied) == lonely.variables("b").size());
    REQUIRE(std::memcmp(first, before.data(), before.size()) == 0);
}
