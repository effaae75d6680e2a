// SPDX-License-Identifier: BSL-1.0
// Every op, in reading order.
#pragma once

#include <ambit/ops/add.hpp>
#include <ambit/ops/sub.hpp>
#include <ambit/ops/mul.hpp>
#include <ambit/ops/div.hpp>
#include <ambit/ops/maximum.hpp>
#include <ambit/ops/minimum.hpp>
#include <ambit/ops/bias_add.hpp>
#include <ambit/ops/floor_div.hpp>
#include <ambit/ops/moving_average.hpp>
#include <ambit/ops/pow.hpp>

#include <ambit/ops/comparison.hpp>
#include <ambit/ops/logical.hpp>
#include <ambit/ops/where.hpp>

#include <ambit/ops/abs.hpp>
#include <ambit/ops/classification.hpp>
#include <ambit/ops/clip.hpp>
#include <ambit/ops/elu.hpp>
#include <ambit/ops/erf.hpp>
#include <ambit/ops/exp.hpp>
#include <ambit/ops/huber.hpp>
#include <ambit/ops/expm1.hpp>
#include <ambit/ops/gelu.hpp>
#include <ambit/ops/leaky_relu.hpp>
#include <ambit/ops/log.hpp>
#include <ambit/ops/neg.hpp>
#include <ambit/ops/relu.hpp>
#include <ambit/ops/rounding.hpp>
#include <ambit/ops/rsqrt.hpp>
#include <ambit/ops/sigmoid.hpp>
#include <ambit/ops/sign.hpp>
#include <ambit/ops/sin.hpp>
#include <ambit/ops/softplus.hpp>
#include <ambit/ops/sqrt.hpp>
#include <ambit/ops/square.hpp>
#include <ambit/ops/tanh.hpp>

#include <ambit/ops/conv1d.hpp>
#include <ambit/ops/conv2d.hpp>
#include <ambit/ops/conv2d_transpose.hpp>
#include <ambit/ops/depthwise_conv2d.hpp>
#include <ambit/ops/matmul.hpp>
#include <ambit/ops/pool.hpp>
#include <ambit/ops/pool1d.hpp>
#include <ambit/ops/resize.hpp>

#include <ambit/ops/argmax.hpp>
#include <ambit/ops/argmin.hpp>
#include <ambit/ops/batch_gather.hpp>
#include <ambit/ops/confusion_matrix.hpp>
#include <ambit/ops/count_nonzero.hpp>
#include <ambit/ops/cumulative.hpp>
#include <ambit/ops/in_top_k.hpp>
#include <ambit/ops/local_response_normalization.hpp>
#include <ambit/ops/log_softmax.hpp>
#include <ambit/ops/moments.hpp>
#include <ambit/ops/norm.hpp>
#include <ambit/ops/reduce.hpp>
#include <ambit/ops/reduce_logical.hpp>
#include <ambit/ops/reduce_logsumexp.hpp>
#include <ambit/ops/reduce_prod.hpp>
#include <ambit/ops/sigmoid_cross_entropy.hpp>
#include <ambit/ops/softmax.hpp>
#include <ambit/ops/softmax_cross_entropy.hpp>
#include <ambit/ops/sparse_softmax_cross_entropy.hpp>
#include <ambit/ops/top_k.hpp>

#include <ambit/ops/broadcast_to.hpp>
#include <ambit/ops/sum_to.hpp>
#include <ambit/ops/where_greater.hpp>

#include <ambit/ops/assign.hpp>
#include <ambit/ops/check.hpp>
#include <ambit/ops/identity.hpp>
#include <ambit/ops/random.hpp>

#include <ambit/ops/concat.hpp>
#include <ambit/ops/constant.hpp>
#include <ambit/ops/diag.hpp>
#include <ambit/ops/expand_dims.hpp>
#include <ambit/ops/gather.hpp>
#include <ambit/ops/one_hot.hpp>
#include <ambit/ops/pad.hpp>
#include <ambit/ops/range.hpp>
#include <ambit/ops/reverse.hpp>
#include <ambit/ops/reverse_sequence.hpp>
#include <ambit/ops/scatter.hpp>
#include <ambit/ops/slice.hpp>
#include <ambit/ops/space_to_depth.hpp>
#include <ambit/ops/split.hpp>
#include <ambit/ops/tile.hpp>
#include <ambit/ops/stop_gradient.hpp>

#include <ambit/ops/cast.hpp>
#include <ambit/ops/reshape.hpp>
#include <ambit/ops/transpose.hpp>

#include <ambit/ops/cond.hpp>
#include <ambit/ops/scan.hpp>
#include <ambit/ops/while_loop.hpp>
