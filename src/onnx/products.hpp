// SPDX-License-Identifier: BSL-1.0
// NumPy's product, of which that of quantized numbers is made, too.
#pragma once

#include "importing.hpp"

namespace AMBIT_NAMESPACE::onnx_parts {

/// Vectors are rows on the left and columns on the right, and their axis is left out of the result.
tensor product(const tensor& a, const tensor& b);

}  // namespace ambit::onnx_parts
