// SPDX-License-Identifier: BSL-1.0
// A model that the package's `ambit_freeze` has frozen ahead.
#include "net.hpp"

#include <array>

static_assert(requires { typename net::graph::ahead; });

int main() {
    net sums(ambit::seed{1});
    const auto rows = sums(std::array<float, 6>{1, 2, 3, 4, 5, 6});
    return rows(0, 0) == 6.f && rows(1, 0) == 15.f ? 0 : 1;
}
