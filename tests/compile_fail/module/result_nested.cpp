// SPDX-License-Identifier: BSL-1.0
// Outputs are tensors themselves, not arrays of them.
// expect: error: .*\[ambit\] module_result: a module returns a tensor, a std::array of them, or a struct of 1 to 16 tensors and operations
// expect: module_result<.*"module net".*"it returns net::outputs, .*whose member 1 is no tensor"
// lines: 2
// errors: 1
#include <ambit/graphs.hpp>
using namespace ambit;

struct net {
#ifdef AMBIT_MISTAKE
    struct outputs { std::array<tensor, 2> heads; tensor loss; };
    constexpr outputs operator()(scope&, tensor x) const { return {{x, x}, x}; }
#else
    struct outputs { tensor first, second, loss; };
    constexpr outputs operator()(scope&, tensor x) const { return {x, x, x}; }
#endif
};
static_assert(expect_valid<net, input<float, 2, 4>>());
