// SPDX-License-Identifier: BSL-1.0
// A handle of another graph does not lead anywhere in this one.
// expect: error: .*\[ambit\] foreign_handle: a handle leads back within its own graph: take one from a scope of this module
// expect: asked at .*foreign_handle\.cpp:18"
// lines: 2
// errors: 1
#include <ambit/graphs.hpp>
using namespace ambit;

struct net {
    constexpr tensor operator()(scope& s, tensor x) const {
        scope_handle here = s.handle();
#ifdef AMBIT_MISTAKE
        graph_builder another;
        scope elsewhere(another);
        here = elsewhere.handle();
#endif
        auto again = s.variable_scope(here);
        return x * again.get_variable("gain", {4});
    }
};
static_assert(expect_valid<net, input<float, 2, 4>>());
