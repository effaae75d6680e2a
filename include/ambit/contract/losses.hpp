// SPDX-License-Identifier: BSL-1.0
// What losses and metrics of classes and their kernels agree on.
#pragma once

#include <ambit/contract/kernel_tags.hpp>
#include <ambit/contract/rows.hpp>

namespace AMBIT_NAMESPACE::kernel_tag {

struct softmax_cross_entropy : without_epilogue {};  ///< axis_geometry; logits and labels
struct softmax_cross_entropy_gradient : without_epilogue {};  ///< axis_geometry; logits, labels and upstream
struct softmax_cross_entropy_of_probabilities : without_epilogue {};  ///< axis_geometry; logits and probabilities
struct in_top_k : without_epilogue {};  ///< pick_geometry; predictions and labels
struct confusion_matrix : without_epilogue {};  ///< axis_geometry: `outer` examples, `extent` classes; two arrays

}  // namespace ambit::kernel_tag
