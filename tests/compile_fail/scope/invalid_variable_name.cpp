// SPDX-License-Identifier: BSL-1.0
// A name with a space.
// expect: error: .*\[ambit\] invalid_name: names have letters, digits, .*, and begin with no 
// expect: invalid_name<.*"name kernel size"
// expect: asked at .*invalid_variable_name\.cpp:14
// lines: 2
// errors: 1
#include <ambit/graphs.hpp>
using namespace ambit;

struct net {
    constexpr tensor operator()(scope& s, tensor x) const {
#ifdef AMBIT_MISTAKE
        return x * s.get_variable("kernel size", {4});
#else
        return x * s.get_variable("kernel_size", {4});
#endif
    }
};
static_assert(expect_valid<net, input<float, 2, 4>>());
