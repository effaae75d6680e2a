// SPDX-License-Identifier: BSL-1.0
// What functions that go along an axis and their kernels agree on.
#pragma once

#include <ambit/contract/kernel_tags.hpp>
#include <ambit/contract/rows.hpp>

namespace AMBIT_NAMESPACE::kernel_tag {

struct softmax : without_epilogue {};  ///< axis_geometry
struct log_softmax : without_epilogue {};  ///< axis_geometry

}  // namespace ambit::kernel_tag
