// SPDX-License-Identifier: BSL-1.0
// No call operator at all.
// expect: error: .*\[ambit\] module_call: a module has operator\(\)\(scope&, tensor, \.\.\.\) const, with a tensor for each input
// expect: module_call<.*"module net".*"it has no call operator that takes .*scope& and 1 tensor"
// lines: 2
// errors: 1
#include <ambit/graphs.hpp>
using namespace ambit;

struct net {
#ifdef AMBIT_MISTAKE
    constexpr tensor forward(scope&, tensor x) const { return x; }
#else
    constexpr tensor operator()(scope&, tensor x) const { return x; }
#endif
};
static_assert(expect_valid<net, input<float, 2, 4>>());
