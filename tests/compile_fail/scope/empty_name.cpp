// SPDX-License-Identifier: BSL-1.0
// A variable has a name.
// expect: error: .*\[ambit\] invalid_name: names have letters, digits, .*, and begin with no 
// expect: invalid_name<.*"name \(empty\)"
// expect: asked at .*empty_name\.cpp:14
// lines: 2
// errors: 1
#include <ambit/graphs.hpp>
using namespace ambit;

struct net {
    constexpr tensor operator()(scope& s, tensor x) const {
#ifdef AMBIT_MISTAKE
        return x * s.get_variable("", {4});
#else
        return x * s.get_variable("gain", {4});
#endif
    }
};
static_assert(expect_valid<net, input<float, 2, 4>>());
