// SPDX-License-Identifier: BSL-1.0
// No operand belongs to a graph, so there is none to report to: the compilers name the call.
// (The options are a variable here, since g++ spells temporaries out as objects of the standard library.)
// expect(gcc): error: call to non-.constexpr. function .*an_op_was_called_with_a_tensor_that_belongs_to_no_graph
// expect(clang): note: non-constexpr function .an_op_was_called_with_a_tensor_that_belongs_to_no_graph. cannot be used in a constant expression
// expect: tensor_of_no_graph\.cpp:23:.*relu\(
// expect: error: .*\[ambit\] module_not_constant: 
// lines: 13
// allow: ambit::core_parts
// allow: ambit::op_parts
// others: 1
#include <ambit/graphs.hpp>
using namespace ambit;

struct net {
    constexpr tensor operator()(scope& s, tensor x) const {
        const op_options options = {};
#ifdef AMBIT_MISTAKE
        tensor y;
#else
        tensor y = x;
#endif
        return relu(y, options);
    }
};
static_assert(expect_valid<net, input<float, 2, 4>>());
