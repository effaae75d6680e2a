// SPDX-License-Identifier: BSL-1.0
// Names of kernel families. An op says which one computes it (`using kernel = gemm`) and computes its
// geometry; the executor (model/) joins tag and kernel, so that ops need not know kernels.
#pragma once

#include <ambit/core/namespaces.hpp>

namespace AMBIT_NAMESPACE::kernel_tag {

/// A family whose kernel hands each finished element to an elementwise epilogue, and one whose kernel does not.
struct with_epilogue {
    static constexpr bool takes_epilogue = true;
};
struct without_epilogue {
    static constexpr bool takes_epilogue = false;
};

struct gemm : with_epilogue {};          ///< gemm_geometry
struct batch_gemm : with_epilogue {};    ///< batch_gemm_geometry
struct conv2d : with_epilogue {};        ///< conv2d_geometry
struct max_pool : without_epilogue {};   ///< pool_geometry
struct mean_pool : without_epilogue {};  ///< pool_geometry
struct conv2d_image_gradient : with_epilogue {};      ///< conv2d_geometry, that of the convolution
struct conv2d_kernel_gradient : without_epilogue {};  ///< conv2d_geometry, that of the convolution
struct depthwise_conv2d : without_epilogue {};          ///< conv2d_geometry, as many channels out as in
struct depthwise_image_gradient : without_epilogue {};   ///< conv2d_geometry, that of the convolution
struct depthwise_kernel_gradient : without_epilogue {};  ///< conv2d_geometry, that of the convolution
struct max_pool_gradient : without_epilogue {};       ///< pool_geometry, that of the pooling
struct max_pool_pick : without_epilogue {};           ///< pool_geometry, that of the pooling
struct mean_pool_gradient : without_epilogue {};      ///< pool_geometry, that of the pooling
struct resize_nearest : without_epilogue {};           ///< resize_geometry
struct resize_nearest_gradient : without_epilogue {};  ///< resize_geometry, that of the resizing
struct resize_bilinear : without_epilogue {};           ///< resize_geometry
struct resize_bilinear_gradient : without_epilogue {};  ///< resize_geometry, that of the resizing
struct sum : without_epilogue {};        ///< reduce_geometry
struct mean : without_epilogue {};       ///< reduce_geometry
struct maximum : without_epilogue {};    ///< reduce_geometry
struct minimum : without_epilogue {};    ///< reduce_geometry
struct product : without_epilogue {};    ///< reduce_geometry
struct any : without_epilogue {};        ///< reduce_geometry
struct all : without_epilogue {};        ///< reduce_geometry
struct logsumexp : without_epilogue {};  ///< reduce_geometry
struct variance : without_epilogue {};   ///< reduce_geometry; values and their means
struct cumulative_sum : without_epilogue {};               ///< cumulative_geometry
struct cumulative_product : without_epilogue {};           ///< cumulative_geometry
struct cumulative_product_gradient : without_epilogue {};  ///< cumulative_geometry, that of the product
struct window_sum : without_epilogue {};    ///< window_sum_geometry
struct softmax : without_epilogue {};    ///< axis_geometry
struct log_softmax : without_epilogue {};  ///< axis_geometry
struct argmax : without_epilogue {};     ///< axis_geometry
struct argmin : without_epilogue {};     ///< axis_geometry
struct top_k : without_epilogue {};          ///< pick_geometry
struct batch_gather : without_epilogue {};   ///< pick_geometry; values and indices
struct batch_scatter : without_epilogue {};  ///< pick_geometry, that of batch_gather; indices and updates
struct softmax_cross_entropy : without_epilogue {};           ///< axis_geometry; logits and labels
struct softmax_cross_entropy_gradient : without_epilogue {};  ///< axis_geometry; logits, labels and upstream
struct softmax_cross_entropy_of_probabilities : without_epilogue {};  ///< axis_geometry; logits and probabilities
struct in_top_k : without_epilogue {};         ///< pick_geometry; predictions and labels
struct confusion_matrix : without_epilogue {};  ///< axis_geometry: `outer` examples, `extent` classes; two arrays
struct transpose : without_epilogue {};  ///< transpose_geometry
struct view : without_epilogue {};       ///< view_geometry
struct pad : without_epilogue {};        ///< pad_geometry
struct tile : without_epilogue {};       ///< tile_geometry
struct concat : without_epilogue {};     ///< concat_geometry; up to max_joined operands
struct gather : without_epilogue {};     ///< gather_geometry; an array and positions
struct scatter : without_epilogue {};    ///< gather_geometry; updates and positions
struct scatter_add : without_epilogue {};  ///< gather_geometry; an array, positions and updates
struct one_hot : without_epilogue {};    ///< one_hot_geometry; from positions
struct range : without_epilogue {};      ///< range_geometry; no operand
struct reverse_sequence : without_epilogue {};  ///< sequence_geometry; an array and lengths
struct cast : without_epilogue {};       ///< element count; from the operand's dtype to the result's
struct random : without_epilogue {};     ///< random_geometry; a key and the number of the call
struct schedule : without_epilogue {};   ///< schedule_geometry (contract/schedule.hpp); a scalar step
struct check : without_epilogue {};      ///< check_geometry (contract/control.hpp); gives a check_finding
struct custom : without_epilogue {};     ///< the op's own `run`, see ops/op.hpp

}  // namespace ambit::kernel_tag
