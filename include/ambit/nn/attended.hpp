// SPDX-License-Identifier: BSL-1.0
// What an attention gives.
//
//     auto [outputs, weights] = dot_product_attention(s, queries, keys, values);
#pragma once

#include <ambit/graph/tensor.hpp>

namespace AMBIT_NAMESPACE {

/// The means, and the weights that they were taken with, which make a picture.
struct attended {
    tensor outputs, weights;
};

}  // namespace ambit
