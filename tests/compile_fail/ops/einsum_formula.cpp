// SPDX-License-Identifier: BSL-1.0
// Formulas that do not fit: told with their place, or with what the operands have, at the line of the call.
// expect: op einsum.*at einsum_formula\.cpp:18.*ij,jk->i>z<
// expect: op einsum.*at einsum_formula\.cpp:19.*axis j has extents 3 and 4: 
// expect: op einsum.*at einsum_formula\.cpp:20.*of the call: 1: ij,jk->ik
// expect: einsum_formula\.cpp:21:.* error: .*\[ambit\] the operands are a list: einsum\("ij,jk->ik", {a, b}\)
// errors(gcc): 5
// errors(clang): 4
#include <ambit/graphs.hpp>
using namespace ambit;

struct net {
    constexpr tensor operator()(scope& s, tensor x) const {
        const tensor a = s.get_variable("a", {2, 3}), b = s.get_variable("b", {3, 2});
        const tensor c = s.get_variable("c", {4, 2});
        tensor y = x;
#ifdef AMBIT_MISTAKE
        einsum("ij,jk->iz", {a, b});
        einsum("ij,jk->ik", {a, c});
        einsum("ij,jk->ik", {a});
        einsum("ij,jk->ik", a, b);
#else
        einsum("ij,jk->ik", {a, b});
        einsum("ij,kj->ik", {a, s.get_variable("d", {4, 3})});
        einsum("ij->i", {c});
        y = y + einsum("ij,jk->ik", {a, b});
#endif
        return y;
    }
};
static_assert(expect_valid<net, input<float, 2, 2>>());
