// SPDX-License-Identifier: BSL-1.0
// One mistake silences all that depends on it: nothing is said of the ops that read the missing variable.
// expect: \[ambit\] variable_missing: 
// expect: "weights"
// reject: op_shape|op_dtype
// lines: 2
// errors: 1
#include <ambit/graphs.hpp>
using namespace ambit;

struct net {
    constexpr tensor operator()(scope& s, tensor x) const {
#ifdef AMBIT_MISTAKE
        s.reuse_variables();
#endif
        variable weights = s.get_variable("weights", {4, 8});
        tensor h = matmul(x, weights);
#ifdef AMBIT_MISTAKE
        h = matmul(h, h) + cast(h, int32);
        h = reshape(h, {17}) / 3;
#endif
        return relu(h);
    }
};
static_assert(expect_valid<net, input<float, 2, 4>>());
