// SPDX-License-Identifier: BSL-1.0
// What a stranger writes first.
#include <ambit/core/shape.hpp>

static_assert(ambit::core_parts::broadcast(ambit::shape{8, 1}, ambit::shape{3}) == ambit::shape{8, 3});

int main() {
    const ambit::shape images{32, 28, 28, 1};
    return images.elements() == 25'088 ? 0 : 1;
}
