// SPDX-License-Identifier: BSL-1.0
// More than 16 outputs.
// expect: error: .*\[ambit\] module_result: a module returns a tensor, a std::array of them, or a struct of 1 to 16 tensors and operations
// expect: module_result<.*"module net".*"it returns net::outputs, .*which has more than 16 members"
// lines: 2
// errors: 1
#include <ambit/graphs.hpp>
using namespace ambit;

struct net {
#ifdef AMBIT_MISTAKE
    struct outputs { tensor a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q; };
#else
    struct outputs { tensor a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p; };
#endif
    constexpr outputs operator()(scope&, tensor x) const { return {x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x}; }
};
static_assert(expect_valid<net, input<float, 2, 4>>());
