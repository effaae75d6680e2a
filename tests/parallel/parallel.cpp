// SPDX-License-Identifier: BSL-1.0
// Threads that share the steps of a call: the bits of a call without them, on 1, 2, 3 and 4 threads.
#include <ambit/model/compact_weights.hpp>
#include <ambit/ops/all.hpp>
#include <ambit/optim/adam.hpp>
#include <ambit/optim/minimize.hpp>
#include <ambit/parallel.hpp>

#include "../support/numbers.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <cstdint>
#include <cstring>
#include <limits>
#include <span>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

using namespace ambit;
using namespace ambit_test;

#ifdef __SANITIZE_THREAD__
// TBB's own nodes, and what it hands to a thread in one, which it orders where the sanitizer does not look.
extern "C" const char* __tsan_default_suppressions() {
    return "race_top:tbb::detail\nrace_top:oneapi/tbb\n"
           "race_top:bits/atomic_base.h\nrace_top:parallel/thread_pool.hpp\n";
}
#endif

namespace {

constexpr std::int64_t batch = 16, side = 16, channels = 8, classes = 10;

/// Has products, convolutions, pooling and loops that are large enough to be split, and some of each that are not.
struct classifier {
    struct outputs {
        tensor scores, loss;
        operation train;
    };
    constexpr outputs operator()(scope& s, const tensor& images, const tensor& labels) const {
        const tensor first = s.get_variable("first", {5, 5, channels, 16});
        const tensor second = s.get_variable("second", {3, 3, 16, 40});
        tensor x = relu(conv2d(images, first, {.padding = same}));
        x = max_pool(tanh(x) + reduce_mean(x));  // a loop that joins no kernel
        x = max_pool(relu(conv2d(x, second, {.padding = same})));
        x = reshape(x, {batch, side / 4 * (side / 4) * 40});
        x = relu(matmul(x, s.get_variable("third", {side / 4 * (side / 4) * 40, 200})));
        const tensor scores = matmul(x, s.get_variable("last", {200, classes}));
        const tensor loss = reduce_mean(sparse_softmax_cross_entropy(scores, labels));
        return {scores, loss, minimize(s, loss, adam{.learning_rate = 0.01})};
    }
};
using trainer = model<classifier, input<float, batch, side, side, channels>, input<std::int32_t, batch>>;
using outputs = classifier::outputs;

// How many steps of a training call are split whose kernel is that of an op; of elementwise loops, without one.
using plan = plan_of<trainer::graph, plan_parts::all_outputs>;
constexpr auto parts_of_steps = []<int... Step>(std::integer_sequence<int, Step...>) {
    return std::array{parallel_parts::split_kernel_of<plan, Step>().parts...};
}(std::make_integer_sequence<int, plan::counts.steps>{});
constexpr int split_steps_of(std::string_view op) {
    int count = 0;
    for (int s = 0; s < plan::counts.steps; ++s) {
        const int root = plan::value.steps[s].root;
        const bool is_loop = plan::value.steps[s].kind == plan_parts::step_kind::elementwise;
        if (is_loop ? op.empty() : root >= 0 && plan::view.node(root).op->name == op)
            count += parts_of_steps[std::size_t(s)] > 1 ? 1 : 0;
    }
    return count;
}
static_assert(split_steps_of("conv2d") == 2 && split_steps_of("conv2d_image_gradient") == 1);
static_assert(split_steps_of("conv2d_kernel_gradient") == 2);
static_assert(split_steps_of("matmul") == 3, "those of the last layer are too small");
static_assert(split_steps_of("max_pool") >= 1 && split_steps_of("max_pool_gradient") >= 1);
static_assert(split_steps_of("") >= 1);

/// Weights that a model keeps as its kernels read them, a loop, many products at once, and a check.
struct served {
    constexpr tensor operator()(scope& s, const tensor& x) const {
        const variable w = s.get_variable("w", {300, 300});
        const tensor deep = scan(s, [&](scope&, const tensor& h, const tensor&) { return tanh(matmul(h, w)); }, 3, x);
        const tensor heads = reshape(deep, {12, 20, 300});
        return check_finite(matmul(heads, heads, {.transpose_b = true}));
    }
};
using server = model<served, input<float, 80, 300>>;

/// Layers whose weights become floats in memory, once for all threads, and in registers.
struct compact {
    constexpr tensor operator()(scope& s, const tensor& x) const {
        tensor h = relu(conv2d(x, s.get_variable("first", {5, 5, channels, 40}), {.strides = {2, 2}}));
        h = relu(conv2d(h, s.get_variable("second", {3, 3, 40, 100})));
        h = conv2d(h, s.get_variable("third", {4, 4, 100, 200}));
        return matmul(reshape(h, {2, 200}), s.get_variable("last", {200, 300}));
    }
};
using compact_input = input<float, 2, side, side, channels>;

// Whether the variables of two models have the same bits, those of the optimizer among them.
template <class Model> bool have_same_variables(const Model& a, const Model& b) {
    bool same = true;
    for (std::size_t v = 0; v < Model::variables.size(); ++v)
        same = same && std::memcmp(a.addresses_of_variables()[v], b.addresses_of_variables()[v],
                                   static_cast<std::size_t>(Model::variables[v].elements()) * sizeof(float)) == 0;
    return same;
}

}  // namespace

TEST_CASE("a step of training has the same bits on any number of threads") {
    const std::vector<float> pixels = numbers<float>(batch * side * side * channels, 1, 0, 1);
    const std::span<const float, batch * side * side * channels> images(pixels);
    const std::array<std::int32_t, batch> labels{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1, 2, 3, 4, 5};
    trainer alone(seed{1});
    std::array<float, 3> losses{};
    for (float& loss : losses) loss = alone.run<&outputs::train, &outputs::loss>(images, labels);
    CHECK(losses[2] < losses[0]);
    for (const int threads : {1, 2, 3, 4}) {
        trainer net(seed{1});
        thread_pool pool(threads);
        parallel_model<trainer> shared(net, pool);
        for (const float loss : losses)
            CHECK(same_bits(loss, shared.run<&outputs::train, &outputs::loss>(images, labels)));
        CHECK(have_same_variables(alone, net));
    }
}

// As the guide has it.
TEST_CASE("a step is shared out in one line more") {
    const std::vector<float> images(batch * side * side * channels, 0.5F);
    const std::vector<std::int32_t> labels(batch, 3);
    trainer t(seed{1});
    thread_pool pool(2);                                           // this thread and another one
    parallel_model<trainer> shared(t, pool);
    const float loss = shared.run<&outputs::train, &outputs::loss>(images, labels);    // as t.run, with the same bits
    trainer alone(seed{1});
    CHECK(loss == alone.run<&outputs::train, &outputs::loss>(images, labels));
}

TEST_CASE("a parallel model calls the model that it was made of") {
    server net(seed{1});
    thread_pool pool(2);
    CHECK(pool.size() == 2);
    parallel_model<server> shared(net, pool);
    CHECK(&shared.net() == &net);
    std::vector<float> x = numbers<float>(80 * 300, 1, -1, 1);
    const std::span<const float, 80 * 300> in(x);
    const std::vector<float> before = elements(net(in));
    CHECK(same_bits(before, elements(shared(in))));
    // Weights that kernels keep packed are those of the last write, whichever way the next call goes.
    net.edit<"w">([](auto w) { w *= 2; });
    const std::vector<float> after = elements(shared(in));
    CHECK(!same_bits(before, after));
    CHECK(same_bits(after, elements(net(in))));
    // What a check finds is thrown to whoever called.
    x[7] = std::numeric_limits<float>::infinity();
    x[8] = -std::numeric_limits<float>::infinity();
    net.edit<"w">([](auto w) { w = xt::ones_like(w); });
    CHECK_THROWS_AS(shared(in), check_error);
}

TEST_CASE("compact weights give the same bits on any number of threads") {
    using net = model<weights_as<weight_format::int8, compact>, compact_input>;
    net small(seed{1});
    take_weights(small, model<compact, compact_input>(seed{1}));
    const std::vector<float> x = numbers<float>(2 * side * side * channels, 1, -1, 1);
    const std::span<const float, 2 * side * side * channels> in(x);
    const std::vector<float> alone = elements(small(in));
    CHECK(alone[7] != 0);
    for (const int threads : {1, 2, 3}) {
        thread_pool pool(threads);
        CHECK(same_bits(alone, elements(parallel_model<net>(small, pool)(in))));
    }
}

TEST_CASE("threads with models of their own share a pool") {
    const std::vector<float> x = numbers<float>(80 * 300, 1, -1, 1);
    const std::span<const float, 80 * 300> in(x);
    server net(seed{1});
    const std::vector<float> wanted = elements(net(in));
    thread_pool pool(2);
    std::array<std::vector<float>, 3> found;
    std::vector<std::thread> callers;
    for (std::vector<float>& result : found)
        callers.emplace_back([&result, &pool, &in] {
            server own(seed{1});
            parallel_model<server> shared(own, pool);
            for (int i = 0; i < 5; ++i) result = elements(shared(in));
        });
    for (std::thread& caller : callers) caller.join();
    for (const std::vector<float>& result : found) CHECK(same_bits(wanted, result));
}

TEST_CASE("a pool has a thread at least") {
    CHECK(thread_pool().size() >= 1);
    const auto of = [](int threads) { return thread_pool(threads).size(); };
    CHECK_THROWS_WITH(of(0), "[ambit] a pool of 0 threads: from 1 to 1024, the calling thread among them");
    CHECK_THROWS_AS(of(1025), thread_pool_error);
    CHECK_THROWS_AS(of(-1), error);
}
