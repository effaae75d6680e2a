// SPDX-License-Identifier: BSL-1.0
// What a layer returns whose sequences come in step by step.
//
//     auto [y, keep] = streaming_conv1d(s, "conv1", x, 16, 3);
//     return {y, keep};                                         // run<&out::y, &out::keep>(x)
#pragma once

#include <ambit/graph/operation.hpp>
#include <ambit/graph/tensor.hpp>

namespace AMBIT_NAMESPACE {

/// The outputs, and what remembers for the next call what it needs of this one, in calls that ask for it.
struct streamed_steps {
    tensor outputs;
    operation keep;
};

}  // namespace ambit
