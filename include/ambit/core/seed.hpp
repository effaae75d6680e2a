// SPDX-License-Identifier: BSL-1.0
// What random values begin with.
//
//     net filter(seed{42});
//     batches<32, 784> training(digits, {.shuffle = seed{1}});
#pragma once

#include <ambit/core/namespaces.hpp>

#include <cstdint>

namespace AMBIT_NAMESPACE {

/// Of a model's random values, of an order of examples: the same number, the same values.
struct seed {
    std::uint64_t value = 0;
};

}  // namespace ambit
