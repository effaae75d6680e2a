// SPDX-License-Identifier: BSL-1.0
// Uses a model whose kernels elsewhere_kernels.cpp compiles.
#include "elsewhere.hpp"

#include <array>
#include <cmath>

// No header of kernels has come along.
#ifdef AMBIT_UNROLL
#error "a unit that only uses a model parses kernels"
#endif

int main() {
    using heads = two_heads::outputs;
    two_heads_net net(seed{1});
    const std::array<float, 3> x{1, 0, -1};
    const auto products = net.run<&heads::products>(x);
    const float sum = net.run<&heads::sum, &heads::count>(x);
    const bool right = std::fabs(products(0, 0) + 4) < 1e-6f && std::fabs(products(0, 1) + 4) < 1e-6f &&
                       std::fabs(sum - (std::exp(1.0f) + 1 + std::exp(-1.0f))) < 1e-5f;
    return right && std::fabs(net.get<"calls">()() - 1) < 1e-6f ? 0 : 1;
}
