// SPDX-License-Identifier: BSL-1.0
// Compact weights for tests of the kernels that read them.
//
//     const auto of = compact_weights<weight_format::int8>(k, n);       // of.bytes, of.floats
#pragma once

#include <ambit/contract/compact_weights.hpp>
#include <ambit/math/bfloat16.hpp>

#include "../../support/numbers.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace kernel_test {

/// Bytes of weights, and the floats that they stand for.
struct weights_and_floats {
    std::vector<std::byte> bytes;
    std::vector<float> floats;
};

template <ambit::weight_format Format> weights_and_floats compact_weights(std::int64_t k, std::int64_t n) {
    weights_and_floats all;
    const auto add = [&all](const auto& value) {
        const auto* const first = reinterpret_cast<const std::byte*>(&value);
        all.bytes.insert(all.bytes.end(), first, first + sizeof value);
    };
    const std::vector<float> scales = ambit_test::numbers<float>(n, 5, 0.01, 0.1);
    if (Format == ambit::weight_format::int8)
        for (const float scale : scales) add(scale);
    for (std::int64_t i = 0; i < k * n; ++i) {
        if constexpr (Format == ambit::weight_format::int8) {
            const auto weight = static_cast<std::int8_t>(i * 37 % 255 - 127);
            add(weight);
            all.floats.push_back(static_cast<float>(weight) * scales[static_cast<std::size_t>(i % n)]);
        } else {
            const auto bits = static_cast<std::uint16_t>(0x3F00 + i * 37 % 300 + (i % 3 == 0 ? 0x8000 : 0));
            add(bits);
            all.floats.push_back(ambit::math::from_bfloat16(bits));
        }
    }
    return all;
}

}  // namespace kernel_test
