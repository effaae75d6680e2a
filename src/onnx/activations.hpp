// SPDX-License-Identifier: BSL-1.0
// Activations by their names in ONNX.
#pragma once

#include "importing.hpp"

namespace AMBIT_NAMESPACE::onnx_parts {

/// Those of nodes of these names and of recurrent layers, with ONNX's alpha and beta where none are said.
tensor activated(const node_call& call, const std::string& name, const tensor& x, std::optional<double> alpha = {},
                 std::optional<double> beta = {});

}  // namespace ambit::onnx_parts
