// SPDX-License-Identifier: BSL-1.0
// A module that takes another number of tensors than the model has inputs.
// expect: error: .*\[ambit\] module_call: a module has operator\(\)\(scope&, tensor, \.\.\.\) const, with a tensor for each input
// expect: module_call<.*"module net".*its call operator takes 2 tensors, .*the model has 1 input"
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
