// SPDX-License-Identifier: BSL-1.0
// Random uses of losses, and of ops along an axis: part of tests/support/gradient_laws.hpp, which includes this.
#pragma once

namespace ambit_test::gradient_uses {

inline tensor of_probabilities(gradient_check& c) {
    const shape extents = c.any_shape(1);
    const tensor logits = c.parameter(extents);
    if (c.coin()) return softmax_cross_entropy(logits, c.data(extents, 0.1, 1));
    return softmax_cross_entropy(logits, c.parameter(extents));
}

template <class F> tensor running_total(gradient_check& c, F f) {
    const tensor x = c.parameter(c.any_shape(1));
    const bool exclusive = c.coin(), reverse = c.coin();
    return f(x, c.pick(-x.shape().rank(), x.shape().rank() - 1),
             cumulative_options{.exclusive = exclusive, .reverse = reverse});
}

// Values and their indices: some of a row, some of them several times.
struct random_rows {
    shape rows, taken;
    explicit random_rows(gradient_check& c) : rows(c.any_shape(1)), taken(rows) { taken.set(-1, c.pick(1, 4)); }
};
inline tensor gathered(gradient_check& c) {
    const random_rows r(c);
    const tensor rows = c.parameter(r.rows);
    if (c.coin()) return top_k(rows, c.pick(1, static_cast<int>(r.rows[-1]))).values;
    return batch_gather(rows, c.labels(r.taken, static_cast<int>(r.rows[-1])));
}
inline tensor scattered(gradient_check& c) {
    const random_rows r(c);
    const tensor indices = c.labels(r.taken, static_cast<int>(r.rows[-1]));
    return batch_scatter(indices, c.parameter(r.taken), r.rows[-1]);
}

// Batches that are equal, broadcast with each other, or missing on one side.
inline tensor products(gradient_check& c) {
    const int m = c.pick(1, 3), n = c.pick(1, 3), k = c.pick(1, 3);
    const bool transpose_a = c.coin(), transpose_b = c.coin();
    const shape batch = c.coin() ? shape{c.pick(1, 3)} : shape{c.pick(1, 2), c.pick(1, 3)};
    shape of_a = batch, of_b = c.narrowed(batch);
    if (c.coin()) std::swap(of_a, of_b);
    of_a.append(transpose_a ? k : m);
    of_a.append(transpose_a ? m : k);
    of_b.append(transpose_b ? n : k);
    of_b.append(transpose_b ? k : n);
    const tensor a = c.parameter(of_a);
    return matmul(a, c.parameter(of_b), {.transpose_a = transpose_a, .transpose_b = transpose_b});
}

inline const gradient_law reduction_laws[] = {
    {"batch_matmul", &batch_matmul_info, twice_differentiable, products},
    {"reduce_min", &reduce_min_info, twice_differentiable,
     [](gradient_check& c) { return reduction(c, [](auto x, auto options) { return reduce_min(x, options); }); }},
    {"reduce_prod", &reduce_prod_info, twice_differentiable,
     [](gradient_check& c) { return reduction(c, [](auto x, auto options) { return reduce_prod(x, options); }); }},
    {"reduce_logsumexp", &reduce_logsumexp_info, twice_differentiable,
     [](gradient_check& c) { return reduction(c, [](auto x, auto options) { return reduce_logsumexp(x, options); }); }},
    {"reduce_variance", &reduce_variance_info, twice_differentiable,
     [](gradient_check& c) {
         return reduction(c, [](auto x, auto options) {
             const mean_and_variance both = moments(x, options);
             return both.mean * both.variance;
         });
     }},
    {"cumsum", &cumsum_info, twice_differentiable,
     [](gradient_check& c) {
         return running_total(c, [](auto x, auto axis, auto options) { return cumsum(x, axis, options); });
     }},
    {"cumprod", &cumprod_info, once,
     [](gradient_check& c) {
         return running_total(c, [](auto x, auto axis, auto options) { return cumprod(x, axis, options); });
     }},
    {"batch_gather", &batch_gather_info, twice_differentiable, gathered},
    {"batch_scatter", &batch_scatter_info, twice_differentiable, scattered},
    {"huber", &huber_info, twice_differentiable,
     [](gradient_check& c) { return unary(c, [](const tensor& x) { return huber(x, 1.25); }); }},
    {"log_softmax", &log_softmax_info, twice_differentiable,
     [](gradient_check& c) {
         const tensor x = c.parameter(c.any_shape(1));
         return log_softmax(x, {.axis = c.pick(-x.shape().rank(), x.shape().rank() - 1)});
     }},
    {"softmax_cross_entropy", &softmax_cross_entropy_info, twice_differentiable, of_probabilities},
    {"sigmoid_cross_entropy", &sigmoid_cross_entropy_info, twice_differentiable,
     [](gradient_check& c) { return binary(c, [](auto a, auto b) { return sigmoid_cross_entropy(a, b); }); }},
};

}  // namespace ambit_test::gradient_uses
