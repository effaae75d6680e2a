// SPDX-License-Identifier: BSL-1.0
// -DAMBIT_BACKTRACE adds nothing to what is said of a type that is no module.
// expect: error: .*\[ambit\] module_call: 
// expect: module_call<.*"module net".*its call operator takes 2 tensors, .*the model has 1 input"
// flags: -DAMBIT_BACKTRACE
// lines: 2
// errors: 1
#include <ambit/graphs.hpp>
using namespace ambit;

struct net {
#ifdef AMBIT_MISTAKE
    constexpr tensor operator()(scope&, tensor x, tensor y) const { return x + y; }
#else
    constexpr tensor operator()(scope&, tensor x) const { return x + x; }
#endif
};
static_assert(expect_valid<net, input<float, 2, 4>>());
