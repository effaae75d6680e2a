// SPDX-License-Identifier: BSL-1.0
// An output that is set on one way through the module only.
// expect: error: .*\[ambit\] foreign_tensor: operands and outputs are tensors of this module.s scope, each set before it is used
// expect: foreign_tensor<.*"output 1".*"net::outputs::auxiliary was .*never .*set"
// reject: net::outputs::logits
// lines: 2
// errors: 1
#include <ambit/graphs.hpp>
using namespace ambit;

struct net {
    bool is_trained = false;
    struct outputs { tensor logits, auxiliary; operation step; };
    constexpr outputs operator()(scope& s, tensor x) const {
        outputs all;
        all.step = assign_add(s.get_variable("calls", {}, {.dtype = int32}), 1);
        all.logits = relu(x);
#ifdef AMBIT_MISTAKE
        if (is_trained)
#endif
            all.auxiliary = reduce_sum(x);
        return all;
    }
};
static_assert(expect_valid<net, input<float, 2, 4>>());
