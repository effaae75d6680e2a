// SPDX-License-Identifier: BSL-1.0
// Every op. The families' pages declare the functions that users call; what lies behind them defines those. So whoever
// calls an op includes this header (or graphs.hpp, or ambit.hpp, which include it) and reads the page:
//
//     ops/arithmetic.hpp    a + b, a * b, maximum, clip, floor
//     ops/comparison.hpp    a < b, equal, where, logical_and
//     ops/functions.hpp     exp, relu, tanh, softmax
//     ops/arrays.hpp        reshape, concat, split, slice, pad, constant
//     ops/lookup.hpp        gather, scatter, one_hot, argmax, top_k
//     ops/reductions.hpp    reduce_sum, moments, norm, cumsum
//     ops/products.hpp      matmul, einsum
//     ops/images.hpp        conv2d, max_pool, resize_bilinear
//     ops/losses.hpp        softmax_cross_entropy, huber, in_top_k
//     ops/random.hpp        random_normal, random_uniform
//     ops/control.hpp       assign, group, check_finite, cond, scan
#pragma once

#include <ambit/ops/arithmetic.hpp>
#include <ambit/ops/comparison.hpp>
#include <ambit/ops/functions.hpp>
#include <ambit/ops/arrays.hpp>
#include <ambit/ops/lookup.hpp>
#include <ambit/ops/reductions.hpp>
#include <ambit/ops/products.hpp>
#include <ambit/ops/images.hpp>
#include <ambit/ops/losses.hpp>
#include <ambit/ops/random.hpp>
#include <ambit/ops/control.hpp>

#include <ambit/ops/arithmetic/abs.hpp>
#include <ambit/ops/arithmetic/add.hpp>
#include <ambit/ops/arithmetic/bias_add.hpp>
#include <ambit/ops/arithmetic/clip.hpp>
#include <ambit/ops/arithmetic/div.hpp>
#include <ambit/ops/arithmetic/floor_div.hpp>
#include <ambit/ops/arithmetic/maximum.hpp>
#include <ambit/ops/arithmetic/minimum.hpp>
#include <ambit/ops/arithmetic/mul.hpp>
#include <ambit/ops/arithmetic/neg.hpp>
#include <ambit/ops/arithmetic/rounding.hpp>
#include <ambit/ops/arithmetic/sign.hpp>
#include <ambit/ops/arithmetic/sub.hpp>
#include <ambit/ops/arithmetic/sum_to.hpp>
#include <ambit/ops/comparison/classification.hpp>
#include <ambit/ops/comparison/comparison.hpp>
#include <ambit/ops/comparison/logical.hpp>
#include <ambit/ops/comparison/where.hpp>
#include <ambit/ops/comparison/where_greater.hpp>
#include <ambit/ops/functions/arcs.hpp>
#include <ambit/ops/functions/elu.hpp>
#include <ambit/ops/functions/erf.hpp>
#include <ambit/ops/functions/exp.hpp>
#include <ambit/ops/functions/expm1.hpp>
#include <ambit/ops/functions/gelu.hpp>
#include <ambit/ops/functions/hard_units.hpp>
#include <ambit/ops/functions/hyperbolic.hpp>
#include <ambit/ops/functions/leaky_relu.hpp>
#include <ambit/ops/functions/log.hpp>
#include <ambit/ops/functions/log_softmax.hpp>
#include <ambit/ops/functions/pow.hpp>
#include <ambit/ops/functions/relu.hpp>
#include <ambit/ops/functions/rsqrt.hpp>
#include <ambit/ops/functions/sigmoid.hpp>
#include <ambit/ops/functions/sin.hpp>
#include <ambit/ops/functions/softmax.hpp>
#include <ambit/ops/functions/softplus.hpp>
#include <ambit/ops/functions/sqrt.hpp>
#include <ambit/ops/functions/square.hpp>
#include <ambit/ops/functions/tanh.hpp>
#include <ambit/ops/arrays/band_part.hpp>
#include <ambit/ops/arrays/broadcast_to.hpp>
#include <ambit/ops/arrays/cast.hpp>
#include <ambit/ops/arrays/concat.hpp>
#include <ambit/ops/arrays/constant.hpp>
#include <ambit/ops/arrays/diag.hpp>
#include <ambit/ops/arrays/expand_dims.hpp>
#include <ambit/ops/arrays/numbers.hpp>
#include <ambit/ops/arrays/pad.hpp>
#include <ambit/ops/arrays/paddings.hpp>
#include <ambit/ops/arrays/range.hpp>
#include <ambit/ops/arrays/reshape.hpp>
#include <ambit/ops/arrays/reverse.hpp>
#include <ambit/ops/arrays/reverse_sequence.hpp>
#include <ambit/ops/arrays/slice.hpp>
#include <ambit/ops/arrays/split.hpp>
#include <ambit/ops/arrays/tile.hpp>
#include <ambit/ops/arrays/transpose.hpp>
#include <ambit/ops/arrays/view.hpp>
#include <ambit/ops/lookup/argmax.hpp>
#include <ambit/ops/lookup/argmin.hpp>
#include <ambit/ops/lookup/batch_gather.hpp>
#include <ambit/ops/lookup/first_positions.hpp>
#include <ambit/ops/lookup/gather.hpp>
#include <ambit/ops/lookup/gather_nd.hpp>
#include <ambit/ops/lookup/indices.hpp>
#include <ambit/ops/lookup/one_hot.hpp>
#include <ambit/ops/lookup/scatter.hpp>
#include <ambit/ops/lookup/scatter_update.hpp>
#include <ambit/ops/lookup/top_k.hpp>
#include <ambit/ops/reductions/axes.hpp>
#include <ambit/ops/reductions/count_nonzero.hpp>
#include <ambit/ops/reductions/cumulative.hpp>
#include <ambit/ops/reductions/moments.hpp>
#include <ambit/ops/reductions/norm.hpp>
#include <ambit/ops/reductions/reduce.hpp>
#include <ambit/ops/reductions/reduce_logical.hpp>
#include <ambit/ops/reductions/reduce_logsumexp.hpp>
#include <ambit/ops/reductions/reduce_prod.hpp>
#include <ambit/ops/products/einsum.hpp>
#include <ambit/ops/products/matmul.hpp>
#include <ambit/ops/images/conv1d.hpp>
#include <ambit/ops/images/conv2d.hpp>
#include <ambit/ops/images/conv2d_gradients.hpp>
#include <ambit/ops/images/conv2d_transpose.hpp>
#include <ambit/ops/images/convolution.hpp>
#include <ambit/ops/images/crop_and_resize.hpp>
#include <ambit/ops/images/depthwise_conv2d.hpp>
#include <ambit/ops/images/local_response_normalization.hpp>
#include <ambit/ops/images/pool.hpp>
#include <ambit/ops/images/pool1d.hpp>
#include <ambit/ops/images/pool_gradients.hpp>
#include <ambit/ops/images/pooling.hpp>
#include <ambit/ops/images/resize.hpp>
#include <ambit/ops/images/resize_bicubic.hpp>
#include <ambit/ops/images/space_to_depth.hpp>
#include <ambit/ops/images/window.hpp>
#include <ambit/ops/losses/confusion_matrix.hpp>
#include <ambit/ops/losses/huber.hpp>
#include <ambit/ops/losses/in_top_k.hpp>
#include <ambit/ops/losses/negative_log_likelihood.hpp>
#include <ambit/ops/losses/sigmoid_cross_entropy.hpp>
#include <ambit/ops/losses/softmax_cross_entropy.hpp>
#include <ambit/ops/losses/sparse_softmax_cross_entropy.hpp>
#include <ambit/ops/random/random.hpp>
#include <ambit/ops/control/assign.hpp>
#include <ambit/ops/control/check.hpp>
#include <ambit/ops/control/cond.hpp>
#include <ambit/ops/control/identity.hpp>
#include <ambit/ops/control/moving_average.hpp>
#include <ambit/ops/control/scan.hpp>
#include <ambit/ops/control/scheduled.hpp>
#include <ambit/ops/control/stop_gradient.hpp>
#include <ambit/ops/control/while_loop.hpp>
