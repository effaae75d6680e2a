// SPDX-License-Identifier: BSL-1.0
// Every differentiable op with a random use of it: shapes, broadcast patterns, attributes.
//
//     for (const gradient_law& it : gradient_laws) check.holds(check.weighed(it.use(check)));
#pragma once

#include "gradient_check.hpp"
#include "gradient_laws/arrays.hpp"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>
#include <vector>

namespace ambit_test {

namespace gradient_uses {

using namespace ambit;
using namespace ambit::op_parts;

constexpr bool twice_differentiable = true, once = false;

// Two operands that are broadcast with each other, or one of them a number.
template <class F> tensor binary(gradient_check& c, F f, double low_of_second = -2) {
    const shape extents = c.any_shape();
    const tensor a = c.parameter(c.coin() ? extents : c.narrowed(extents));
    if (c.pick(0, 5) == 0) return f(operand(a), operand(1.25));
    const tensor b = c.parameter(c.coin() ? extents : c.narrowed(extents), low_of_second);
    if (c.pick(0, 5) == 0) return f(operand(0.75), operand(b)) + a;
    return f(operand(a), operand(b));
}

template <class F> tensor unary(gradient_check& c, F f, double low = -2) {
    return f(c.parameter(c.any_shape(), low));
}

// Some axes in any order, counted from either end; none are all.
inline axes some_axes(gradient_check& c, int rank) {
    std::vector<int> all;
    for (int axis = 0; axis < rank; ++axis) all.push_back(axis);
    for (int i = rank - 1; i > 0; --i)
        std::swap(all[static_cast<std::size_t>(i)], all[static_cast<std::size_t>(c.pick(0, i))]);
    const auto axis = [&](std::size_t i) { return all[i] - (c.coin() ? rank : 0); };
    switch (c.pick(0, std::min(rank, 3))) {
        case 0: return {};
        case 1: return {axis(0)};
        case 2: return {axis(0), axis(1)};
        default: return {axis(0), axis(1), axis(2)};
    }
}

template <class F> tensor reduction(gradient_check& c, F f) {
    const tensor x = c.parameter(c.any_shape());
    const axes over = some_axes(c, x.shape().rank());
    const bool keep_dims = c.coin();
    return f(x, reduce_options{.axes = over, .keep_dims = keep_dims});
}

inline tensor transposed(gradient_check& c) {
    const tensor x = c.parameter(c.any_shape());
    std::vector<int> to;
    for (int axis = 0; axis < x.shape().rank(); ++axis) to.push_back(axis);
    for (int i = x.shape().rank() - 1; i > 0; --i)
        std::swap(to[static_cast<std::size_t>(i)], to[static_cast<std::size_t>(c.pick(0, i))]);
    switch (c.coin() ? to.size() : 0) {
        case 2: return transpose(x, {to[0], to[1] - 2});
        case 3: return transpose(x, {to[0] - 3, to[1], to[2]});
        case 4: return transpose(x, {to[0], to[1], to[2] - 4, to[3]});
        default: return transpose(x);
    }
}

inline tensor product(gradient_check& c) {
    const int m = c.pick(1, 5), n = c.pick(1, 5), k = c.pick(1, 5);
    const bool transpose_a = c.coin(), transpose_b = c.coin();
    const tensor a = c.parameter(transpose_a ? shape{k, m} : shape{m, k});
    const tensor b = c.parameter(transpose_b ? shape{n, k} : shape{k, n});
    return matmul(a, b, {.transpose_a = transpose_a, .transpose_b = transpose_b});
}

inline tensor averaged(gradient_check& c) {
    const shape extents = c.any_shape();
    const tensor mean = c.parameter(c.coin() ? extents : c.narrowed(extents));
    return moving_average(mean, c.parameter(c.narrowed(extents)), c.pick(1, 9) / 10.0);
}

inline tensor biased(gradient_check& c) {
    const tensor x = c.parameter(c.any_shape(1));
    return bias_add(x, c.parameter({x.shape()[-1]}));
}

inline tensor reshaped(gradient_check& c) {
    const tensor x = c.parameter(c.any_shape());
    switch (c.pick(0, 2)) {
        case 0: return reshape(x, {-1});
        case 1: return reshape(x, {1, -1, 1});
        default: return x.shape().elements() % 2 == 0 ? reshape(x, {-1, 2}) : reshape(x, {-1, 1});
    }
}

inline tensor broadcast_wide(gradient_check& c) {
    const shape extents = c.any_shape();
    return broadcast_to(c.parameter(c.narrowed(extents)), extents);
}

// Compared are variables, or data; what is chosen is one of the variables, too, at times.
template <class F> tensor chosen(gradient_check& c, F f) {
    const shape extents = c.any_shape();
    const tensor x = c.parameter(c.coin() ? extents : c.narrowed(extents));
    const shape narrow = c.narrowed(extents);
    const tensor other = c.coin() ? c.data(narrow) : c.parameter(narrow) * 1.0;
    const tensor left = c.coin() ? other : x;
    const tensor all = c.coin() ? f(left, operand(other), x) : f(left, operand(0.25), x);
    return all + other;
}

inline tensor over_classes(gradient_check& c) {
    const shape extents = c.any_shape(1);
    shape rows;
    for (int axis = 0; axis + 1 < extents.rank(); ++axis) rows.append(extents[axis]);
    const tensor logits = c.parameter(extents);
    return sparse_softmax_cross_entropy(logits, c.labels(rows, static_cast<int>(extents[-1])));
}

inline tensor over_an_axis(gradient_check& c) {
    const tensor x = c.parameter(c.any_shape(1));
    return softmax(x, {.axis = c.pick(-x.shape().rank(), x.shape().rank() - 1)});
}

// Of a value whose operation changes a variable, by what the variable was.
inline tensor depending(gradient_check& c) {
    const variable v = c.variable(c.any_shape());
    const tensor old = v;
    const operation change = assign(v, old * 2);
    const tensor squared = square(old);
    return c.coin() ? identity(squared) : with_dependencies({change}, squared);
}

// A convolution of random extents; strides and padding as well.
struct random_convolution {
    shape image, kernel, result;
    conv2d_options options;
    explicit random_convolution(gradient_check& c) {
        options.strides.height = c.pick(1, 3);
        options.strides.width = c.pick(1, 3);
        options.padding = c.any_padding(2);
        const int kernel_height = c.pick(1, 3), kernel_width = c.pick(1, 3);
        const bool may_be_less = options.padding == same;
        const int height = c.pick(may_be_less ? 1 : kernel_height, 4);
        const int width = c.pick(may_be_less ? 1 : kernel_width, 4);
        const int channels = c.pick(1, 2);
        image = {c.pick(1, 2), height, width, channels};
        kernel = {kernel_height, kernel_width, channels, c.pick(1, 2)};
        options.dilations.height = c.any_dilation(options.strides.height, kernel_height, height);
        options.dilations.width = c.any_dilation(options.strides.width, kernel_width, width);
        const conv2d_geometry g =
            convolution_geometry(image, kernel, options.strides, options.padding, options.dilations);
        result = {g.batch, g.out_height, g.out_width, g.out_channels};
    }
};

inline tensor convolution(gradient_check& c) {
    const random_convolution r(c);
    const tensor image = c.parameter(r.image);
    return conv2d(image, c.parameter(r.kernel), r.options);
}
inline tensor image_gradient(gradient_check& c) {
    const random_convolution r(c);
    const tensor kernel = c.parameter(r.kernel);
    return conv2d_image_gradient(kernel, c.parameter(r.result), {r.image[1], r.image[2]}, r.options);
}
inline tensor kernel_gradient(gradient_check& c) {
    const random_convolution r(c);
    const tensor image = c.parameter(r.image);
    return conv2d_kernel_gradient(image, c.parameter(r.result), {r.kernel[0], r.kernel[1]}, r.options);
}

// A pooling of random extents; windows overlap, touch or leave gaps.
struct random_pooling {
    shape image, result;
    pool_options options;
    explicit random_pooling(gradient_check& c) {
        options.window = {c.pick(1, 3), c.pick(1, 3)};
        options.strides = {c.pick(1, 3), c.pick(1, 3)};
        options.padding = c.any_padding(static_cast<int>(std::min(options.window.height, options.window.width)) - 1);
        options.ceil_mode = c.coin();
        const bool may_be_less = options.padding == same;
        const int height = c.pick(may_be_less ? 1 : static_cast<int>(options.window.height), 5);
        const int width = c.pick(may_be_less ? 1 : static_cast<int>(options.window.width), 5);
        image = {c.pick(1, 2), height, width, c.pick(1, 2)};
        result = pool_op::pooled({image, float64}, pool_op::attributes_from(options)).result.extents;
    }
};

inline tensor pooled_maximum(gradient_check& c) {
    const random_pooling r(c);
    return max_pool(c.parameter(r.image), r.options);
}
inline tensor pooled_mean(gradient_check& c) {
    const random_pooling r(c);
    return avg_pool(c.parameter(r.image), r.options);
}
inline tensor pooled_maximum_gradient(gradient_check& c) {
    const random_pooling r(c);
    const tensor image = c.parameter(r.image);
    return max_pool_gradient(image, c.parameter(r.result), r.options) + image;
}
inline tensor picked(gradient_check& c) {
    const random_pooling r(c);
    const tensor image = c.parameter(r.image);
    const tensor values = c.coin() ? image : c.parameter(r.image);
    const tensor chosen_values = max_pool_pick(image, values, r.options);
    return reduce_sum(square(chosen_values)) + image;
}
inline tensor pooled_mean_gradient(gradient_check& c) {
    const random_pooling r(c);
    return avg_pool_gradient(c.parameter(r.result), {r.image[1], r.image[2]}, r.options);
}

/// An op and a random use of it.
struct gradient_law {
    std::string_view op;
    const op_info* info;
    bool has_second;
    tensor (*use)(gradient_check&);
};

inline const gradient_law all[] = {
    {"add", &add_info, twice_differentiable,
     [](gradient_check& c) { return binary(c, [](auto a, auto b) { return add(a, b); }); }},
    {"sub", &sub_info, twice_differentiable,
     [](gradient_check& c) { return binary(c, [](auto a, auto b) { return sub(a, b); }); }},
    {"mul", &mul_info, twice_differentiable,
     [](gradient_check& c) { return binary(c, [](auto a, auto b) { return mul(a, b); }); }},
    {"div", &div_info, twice_differentiable,
     [](gradient_check& c) {
         return binary(
             c, [](auto a, auto b) { return div(a, b); }, 0.4);
     }},
    {"maximum", &maximum_info, twice_differentiable,
     [](gradient_check& c) { return binary(c, [](auto a, auto b) { return maximum(a, b); }); }},
    {"minimum", &minimum_info, twice_differentiable,
     [](gradient_check& c) { return binary(c, [](auto a, auto b) { return minimum(a, b); }); }},
    {"moving_average", &moving_average_info, twice_differentiable, averaged},
    {"bias_add", &bias_add_info, twice_differentiable, biased},
    {"abs", &abs_info, twice_differentiable,
     [](gradient_check& c) { return unary(c, [](const tensor& x) { return ambit::abs(x); }); }},
    {"cast", &cast_info, twice_differentiable,
     [](gradient_check& c) { return unary(c, [](const tensor& x) { return cast(square(x), float64); }); }},
    {"clip", &clip_info, twice_differentiable,
     [](gradient_check& c) { return unary(c, [](const tensor& x) { return clip(x, -1.25, 0.5); }); }},
    {"exp", &exp_info, twice_differentiable,
     [](gradient_check& c) { return unary(c, [](const tensor& x) { return ambit::exp(x); }); }},
    {"log", &log_info, twice_differentiable,
     [](gradient_check& c) {
         return unary(
             c, [](const tensor& x) { return ambit::log(x); }, 0.3);
     }},
    {"neg", &neg_info, twice_differentiable,
     [](gradient_check& c) { return unary(c, [](const tensor& x) { return neg(x); }); }},
    {"relu", &relu_info, twice_differentiable,
     [](gradient_check& c) { return unary(c, [](const tensor& x) { return relu(x); }); }},
    {"sigmoid", &sigmoid_info, twice_differentiable,
     [](gradient_check& c) { return unary(c, [](const tensor& x) { return sigmoid(x); }); }},
    {"sqrt", &sqrt_info, twice_differentiable,
     [](gradient_check& c) {
         return unary(
             c, [](const tensor& x) { return ambit::sqrt(x); }, 0.3);
     }},
    {"square", &square_info, twice_differentiable,
     [](gradient_check& c) { return unary(c, [](const tensor& x) { return square(x); }); }},
    {"tanh", &tanh_info, twice_differentiable,
     [](gradient_check& c) { return unary(c, [](const tensor& x) { return ambit::tanh(x); }); }},
    {"snapshot", &snapshot_info, twice_differentiable,
     [](gradient_check& c) {
         return unary(c,
                      [](const tensor& x) { return make_op(snapshot_info, {x}, no_attributes{}, {}, {}); });
     }},
    {"broadcast_to", &broadcast_to_info, twice_differentiable, broadcast_wide},
    {"where_greater", &where_greater_info, twice_differentiable,
     [](gradient_check& c) {
         return chosen(c, [](auto a, auto b, auto x) { return where_greater(a, b, x); });
     }},
    {"where_greater_equal", &where_greater_equal_info, twice_differentiable,
     [](gradient_check& c) {
         return chosen(c, [](auto a, auto b, auto x) { return where_greater_equal(a, b, x); });
     }},
    {"matmul", &matmul_info, twice_differentiable, product},
    {"reduce_sum", &reduce_sum_info, twice_differentiable,
     [](gradient_check& c) {
         return reduction(c, [](auto x, auto options) { return reduce_sum(x, options); });
     }},
    {"reduce_mean", &reduce_mean_info, twice_differentiable,
     [](gradient_check& c) {
         return reduction(c, [](auto x, auto options) { return reduce_mean(x, options); });
     }},
    {"reduce_max", &reduce_max_info, twice_differentiable,
     [](gradient_check& c) {
         return reduction(c, [](auto x, auto options) { return reduce_max(x, options); });
     }},
    {"softmax", &softmax_info, twice_differentiable, over_an_axis},
    {"sparse_softmax_cross_entropy", &sparse_softmax_cross_entropy_info, once, over_classes},
    {"conv2d", &conv2d_info, twice_differentiable, convolution},
    {"conv2d_image_gradient", &conv2d_image_gradient_info, twice_differentiable, image_gradient},
    {"conv2d_kernel_gradient", &conv2d_kernel_gradient_info, twice_differentiable, kernel_gradient},
    {"max_pool", &max_pool_info, twice_differentiable, pooled_maximum},
    {"max_pool_gradient", &max_pool_gradient_info, twice_differentiable, pooled_maximum_gradient},
    {"max_pool_pick", &max_pool_pick_info, twice_differentiable, picked},
    {"avg_pool", &avg_pool_info, twice_differentiable, pooled_mean},
    {"avg_pool_gradient", &avg_pool_gradient_info, twice_differentiable, pooled_mean_gradient},
    {"transpose", &transpose_info, twice_differentiable, transposed},
    {"reshape", &reshape_info, twice_differentiable, reshaped},
    {"slice", &slice_info, twice_differentiable, array_uses::sliced},
    {"strided_slice", &strided_slice_info, twice_differentiable, array_uses::strided},
    {"split", &split_info, twice_differentiable, array_uses::in_parts},
    {"pad", &pad_info, twice_differentiable, array_uses::padded},
    {"concat", &concat_info, twice_differentiable, array_uses::joined},
    {"expand_dims", &expand_dims_info, twice_differentiable, array_uses::expanded},
    {"squeeze", &squeeze_info, twice_differentiable, array_uses::squeezed},
    {"tile", &tile_info, twice_differentiable, array_uses::tiled},
    {"reverse", &reverse_info, twice_differentiable, array_uses::reversed},
    {"reverse_sequence", &reverse_sequence_info, twice_differentiable, array_uses::reversed_sequences},
    {"gather", &gather_info, twice_differentiable, array_uses::gathered_slices},
    {"scatter", &scatter_info, twice_differentiable, array_uses::scattered},
    {"scatter_add", &scatter_add_info, twice_differentiable, array_uses::added_slices},
    {"scatter_update", &scatter_update_info, twice_differentiable, array_uses::replaced_slices},
    {"diag", &diag_info, twice_differentiable, array_uses::diagonal},
    {"diag_part", &diag_part_info, twice_differentiable, array_uses::diagonal_part},
    {"space_to_depth", &space_to_depth_info, twice_differentiable, array_uses::deepened},
    {"depth_to_space", &depth_to_space_info, twice_differentiable, array_uses::widened},
    {"identity", &identity_info, twice_differentiable, depending},
};

}  // namespace gradient_uses

}  // namespace ambit_test

// Families of ops: each has the uses of its ops, written with what stands above.
#include "gradient_laws/convolutions.hpp"
#include "gradient_laws/elementwise.hpp"
#include "gradient_laws/reductions.hpp"

namespace ambit_test {

using gradient_uses::gradient_law;
inline const std::vector<gradient_law> gradient_laws = [] {
    std::vector<gradient_law> every;
    const auto add = [&](const auto& family) { every.insert(every.end(), std::begin(family), std::end(family)); };
    add(gradient_uses::all);
    add(gradient_uses::convolution_laws);
    add(gradient_uses::elementwise_laws);
    add(gradient_uses::reduction_laws);
    return every;
}();

}  // namespace ambit_test
