// SPDX-License-Identifier: BSL-1.0
// A result that is no tensor.
// expect: error: .*\[ambit\] module_result: a module returns a tensor, a std::array of them, or a struct of 1 to 16 tensors and operations
// expect: module_result<.*"module net".*"it returns ambit::variable"
// lines: 2
// errors: 1
#include <ambit/graphs.hpp>
using namespace ambit;

struct net {
#ifdef AMBIT_MISTAKE
    constexpr variable operator()(scope& s, tensor) const { return s.get_variable("gain", {4}); }
#else
    constexpr tensor operator()(scope& s, tensor) const { return s.get_variable("gain", {4}); }
#endif
};
static_assert(expect_valid<net, input<float, 2, 4>>());
