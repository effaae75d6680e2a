// SPDX-License-Identifier: BSL-1.0
// An output that is no tensor.
// expect: error: .*\[ambit\] module_result: a module returns a tensor, a std::array of them, or a struct of 1 to 16 tensors and operations
// expect: module_result<.*"module net".*"it returns net::outputs, .*whose member 2 is no tensor"
// lines: 2
// errors: 1
#include <ambit/graphs.hpp>
using namespace ambit;

struct net {
#ifdef AMBIT_MISTAKE
    struct outputs { tensor y; int count; };
#else
    struct outputs { tensor y, count; };
#endif
    constexpr outputs operator()(scope& s, tensor x) const {
#ifdef AMBIT_MISTAKE
        return {x * s.get_variable("gain", {4}), 1};
#else
        return {x * s.get_variable("gain", {4}), x};
#endif
    }
};
static_assert(expect_valid<net, input<float, 2, 4>>());
