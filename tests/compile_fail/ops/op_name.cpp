// SPDX-License-Identifier: BSL-1.0
// The name of an op follows the rules of names.
// expect: error: .*\[ambit\] invalid_name: names have letters, digits, .*, and begin with no 
// expect: invalid_name<.*"name first layer"
// expect: at .*op_name\.cpp:14
// lines: 2
// errors: 1
#include <ambit/graphs.hpp>
using namespace ambit;

struct net {
    constexpr tensor operator()(scope& s, tensor x) const {
#ifdef AMBIT_MISTAKE
        return relu(x, {.name = "first layer"});
#else
        return relu(x, {.name = "first_layer"});
#endif
    }
};
static_assert(expect_valid<net, input<float, 2, 4>>());
