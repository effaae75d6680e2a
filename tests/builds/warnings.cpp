// SPDX-License-Identifier: BSL-1.0
// A user's unit with more warnings than our own build has, each of them an error, and headers that are no system
// headers: none comes from ambit, whether a template is only parsed or used. One op of each kind, in each dtype of its
// kernels, with gradients; layers, optimizers, schedules, files.
#include <ambit/ambit.hpp>
#include <ambit/checkpoint/load.hpp>
#include <ambit/config/document.hpp>
#include <ambit/io/batches.hpp>
#include <ambit/io/cifar10.hpp>
#include <ambit/io/csv.hpp>
#include <ambit/io/idx.hpp>
#include <ambit/io/images.hpp>
#include <ambit/io/prefetch.hpp>
#include <ambit/io/progress_bar.hpp>
#include <ambit/io/raw_image.hpp>
#include <ambit/model/hana_view.hpp>

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace {

using namespace ambit;

// ---- ops of numbers -----------------------------------------------------------------------------------------------

template <dtype Type> struct arithmetic {
    struct outputs {
        tensor sum, flags, positions, moved;
    };
    constexpr outputs operator()(scope&, tensor x, tensor y) const {
        tensor z = abs(x) + sign(y) * square(x) - maximum(x, minimum(y, clip(x, 1, 3)));
        z = z + floor_div(x, y) + floor_mod(x, y) + where(x > y, x, y) + relu(x) + pow_of(x, y);
        const tensor sums = reduce_sum(z, {.axes = {1}}) + reduce_max(z, {.axes = {1}}) - reduce_min(z, {.axes = {1}}) +
                            reduce_prod(z, {.axes = {1}});
        const tensor products = matmul(x, y, {.transpose_b = true});
        const tensor moved = cumsum(transpose(concat({x, tile(y, {1, 2})}, 1)), 0);
        return {reduce_sum(sums) + reduce_sum(products),
                logical_or(reduce_any(logical_and(equal(x, y), not_equal(x, z))), reduce_all(logical_not(x < y))),
                argmax(z, 1) + argmin(z, 1), moved + cast(cast(moved, int32), Type)};
    }
    static constexpr tensor pow_of(const tensor& x, const tensor& y) {
        if constexpr (Type == float32 || Type == float64) return pow(x, y);
        else return x * y;
    }
};

// ---- functions, and their gradients -------------------------------------------------------------------------------

template <dtype Type> struct functions {
    struct outputs {
        tensor value, gradient, flags;
    };
    constexpr outputs operator()(scope& s, tensor x) const {
        const variable w = s.get_variable("w", {4, 6}, {.initializer = random_normal(), .dtype = Type});
        tensor y =
            exp(w) + log(square(w) + 1) + tanh(w) + sigmoid(w) + sin(w) + cos(w) + sqrt(abs(w)) + rsqrt(square(w) + 1);
        y = y + gelu(w) + gelu(w, {.approximate = true}) + elu(w) + selu(w) + softplus(w) + softsign(w) + swish(w);
        y = y + erf(w) + expm1(w) + log1p(square(w)) + leaky_relu(w) + huber(w, 1) + pow(abs(w) + 1, x) +
            floor_mod(w, x);
        y = y + asin(x) + acos(x) + atan(w) + atan2(w, x) + sinh(w) + cosh(w) + asinh(w) + acosh(abs(w) + 1) + atanh(x);
        y = y + hard_swish(w) + mish(w) + log_sigmoid(w) + celu(w) + tan(w) + einsum("ij,kj,kl->il", {w, w, w}) +
            band_part(w, 1, 0);
        y = y + floor(w) + ceil(w) + round(w) + sigmoid_cross_entropy(w, sigmoid(x));
        y = y + softmax(w) + log_softmax(w) + cumprod(w, 1) + reverse(w, {0});
        const tensor loss = reduce_mean(y) + reduce_logsumexp(w) + reduce_sum(reduce_variance_of(w)) + norm(w);
        return {loss, gradients(loss, s.trainable_variables())[0],
                logical_or(is_nan(y), logical_or(is_inf(y), is_finite(y)))};
    }
    static constexpr tensor reduce_variance_of(const tensor& x) { return moments(x, {.axes = {0}}).variance; }
};

// ---- images and layers --------------------------------------------------------------------------------------------

struct images {
    struct outputs {
        tensor loss, logits, right, top;
        operation train;
    };
    constexpr outputs operator()(scope& s, tensor image, tensor labels) const {
        tensor x = conv(s, "edges", image, 4, {3, 3});
        x = batch_normalization(s, "bn", x, {.training = true});
        x = max_pool(x) + avg_pool(local_response_normalization(x));
        x = separable_conv(s, "separable", x, 4, {3, 3});
        x = resize_bilinear(x, 8, 8) + resize_nearest(x, 8, 8);
        x = conv2d_transpose_of(s, x);
        x = dropout(s, layer_normalization(s, "ln", x), {.rate = 0.5});
        x = group_normalization(s, "gn", x, {.groups = 2});
        const tensor rows = pad(reshape(x, {2, -1}), {{0, 0}, {1, 1}});
        const tensor h = dense(s, "hidden", rows, 8);
        const tensor logits = dense(s, "logits", gather(h, constant(s, {1, 0}, {2}), {.axis = 0}), 10);
        const tensor loss = check_finite(reduce_mean(sparse_softmax_cross_entropy(logits, labels)));
        return {loss, logits, accuracy(logits, labels), top_k(logits, 3).values, minimize(s, loss, adamw(1e-3, 1e-4))};
    }
    static constexpr tensor conv2d_transpose_of(scope& s, const tensor& x) {
        return conv_transpose(s, "up", x, 2, {3, 3});
    }
};

struct optimizers {
    struct outputs {
        tensor loss;
        operation by_sgd, by_momentum, by_adagrad, by_rmsprop, by_adam;
    };
    constexpr outputs operator()(scope& s, tensor x) const {
        const tensor loss = reduce_mean(square(dense(s, "d", x, 2)));
        const variable step = s.get_variable("step", {}, {.initializer = zeros(), .dtype = int64, .trainable = false});
        const tensor rate = scheduled(exponential_decay({.initial = 1e-3}), step);
        return {loss,
                minimize(s, loss, sgd{.learning_rate = rate}, {.global_step = step, .clip = clip_by_global_norm(1)}),
                minimize(s, loss, momentum{.learning_rate = 0.1, .nesterov = true}),
                minimize(s, loss, adagrad{}),
                minimize(s, loss, rmsprop{.momentum = 0.9, .centered = true}),
                minimize(s, loss, adam{})};
    }
};

// A loop that knows the number of its iteration, among more steps than are expanded inline.
struct loops {
    constexpr tensor operator()(scope& s, tensor x) const {
        for (int layer = 0; layer < 18; ++layer) x = softmax(x);
        const auto body = [](scope&, const tensor& sum, const tensor& number) {
            const tensor next = softmax(sum) * cast(number, float32);
            return scan_step{next, reduce_sum(next)};
        };
        return scan(s, body, 5, x).outputs;
    }
};

template <class Model, class... Inputs> void run(const Inputs&... inputs) {
    Model net(seed{1});
    net(inputs...);
}

}  // namespace

// Compiled, never called.
void users_unit_under_all_warnings(const std::string& path) {
    const std::array<float, 24> f{};
    const std::array<double, 24> d{};
    const std::array<std::int32_t, 24> i{};
    const std::array<std::int64_t, 24> l{};
    run<model<arithmetic<float32>, input<float, 4, 6>, input<float, 4, 6>>>(f, f);
    run<model<arithmetic<float64>, input<double, 4, 6>, input<double, 4, 6>>>(d, d);
    run<model<arithmetic<int32>, input<std::int32_t, 4, 6>, input<std::int32_t, 4, 6>>>(i, i);
    run<model<arithmetic<int64>, input<std::int64_t, 4, 6>, input<std::int64_t, 4, 6>>>(l, l);
    run<model<functions<float32>, input<float, 4, 6>>>(f);
    run<model<functions<float64>, input<double, 4, 6>>>(d);
    run<model<loops, input<float, 4, 6>>>(f);

    model<images, input<float, 2, 8, 8, 1>, input<std::int32_t, 2>> net(seed{1});
    const xt::xtensor<float, 4> pictures = xt::ones<float>({2, 8, 8, 1});
    const std::array<std::int32_t, 2> labels{1, 2};
    const auto results =
        net.run<&images::outputs::train, &images::outputs::loss, &images::outputs::right>(pictures, labels);
    std::string text = summary(net).text() + std::to_string(std::get<0>(results));
    net.set<"hidden/biases">(std::array<float, 8>{});
    net.edit<"hidden/biases">([](auto view) { view += 1.0F; });
    save(net, path);
    text += to_string(load(net, path));

    const xt::xtensor<float, 2> x = xt::ones<float>({2, 3});
    model<optimizers, input<float, 2, 3>> steps(seed{1});
    using o = optimizers::outputs;
    steps.run<&o::by_sgd, &o::by_momentum, &o::by_adagrad, &o::by_rmsprop, &o::by_adam, &o::loss>(x);
}
