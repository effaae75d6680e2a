// SPDX-License-Identifier: BSL-1.0
// Integers of a model compiled for AVX-512 without optimization, as for a debugger. It is compiled alone: not every
// processor runs it.
#include <ambit/ambit.hpp>

#include <array>
#include <cstdint>

using namespace ambit;

struct chosen {
    struct outputs {
        tensor larger, smaller, kept;
    };
    constexpr outputs operator()(scope&, tensor x, tensor y) const {
        return {maximum(x, 3), minimum(y, 7), where(x > 2, x, 0 * x)};
    }
};

void choose(const std::array<std::int32_t, 40>& x, const std::array<std::int64_t, 40>& y) {
    model<chosen, input<std::int32_t, 40>, input<std::int64_t, 40>> net(seed{1});
    net(x, y);
}
