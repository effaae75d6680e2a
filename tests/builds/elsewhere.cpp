// SPDX-License-Identifier: BSL-1.0
// Uses a model whose kernels elsewhere_kernels.cpp compiles.
#include "elsewhere.hpp"

#include <array>
#include <cmath>

// Neither a header of kernels nor xtensor has come along.
#ifdef AMBIT_UNROLL
#error "a unit that only uses a model parses kernels"
#endif
#ifdef XTENSOR_VERSION_MAJOR
#error "a unit that only uses a model parses xtensor"
#endif

int main() {
    using heads = two_heads::outputs;
    two_heads_net net(seed{1});
    const float numbers[] = {1, 0, -1};
    const std::array<float, 3> x = std::to_array(numbers);
    const float product = second_product(net, numbers);
    const float sum = net.run<&heads::sum, &heads::count>(x);
    const bool right = std::fabs(product + 4) < 1e-6f &&
                       std::fabs(sum - (std::exp(1.0f) + 1 + std::exp(-1.0f))) < 1e-5f;
    return right && std::fabs(count_of_calls(net) - 1) < 1e-6f ? 0 : 1;
}
