// SPDX-License-Identifier: BSL-1.0
// A module that cannot be made without values.
// expect: error: .*\[ambit\] module_value: a model makes its module itself: say the values that it needs with configured<module{\.\.\.}>
// expect: module_value<.*"module layers".*"it has no default constructor"
// lines: 2
// errors: 1
#include <ambit/graphs.hpp>
using namespace ambit;

struct layers {
    int count;
    constexpr explicit layers(int n) : count(n) {}
    constexpr tensor operator()(scope&, tensor x) const {
        for (int i = 0; i < count; ++i) x = relu(x);
        return x;
    }
};
#ifdef AMBIT_MISTAKE
static_assert(expect_valid<layers, input<float, 2, 4>>());
#else
static_assert(expect_valid<configured<layers(3)>, input<float, 2, 4>>());
#endif
