// SPDX-License-Identifier: BSL-1.0
// A scope is used after its end.
// expect: error: .*\[ambit\] scope_out_of_order: use the innermost open scope; close the scopes opened after this one first
// expect: scope_out_of_order<.*"name gain"
// expect: asked at .*closed_scope_used\.cpp:19, .*in layer"
// expect: still open: \(root\)"
// lines: 2
// errors: 1
#include <ambit/graphs.hpp>
using namespace ambit;

struct net {
    constexpr tensor operator()(scope& s, tensor x) const {
        auto layer = s.variable_scope("layer");
        variable gain = layer.get_variable("gain", {4});
#ifdef AMBIT_MISTAKE
        layer.close();
        layer.reuse_variables();
        return x * gain * layer.get_variable("gain", {4});
#else
        layer.reuse_variables();
        return x * gain * layer.get_variable("gain", {4});
#endif
    }
};
static_assert(expect_valid<net, input<float, 2, 4>>());
