// SPDX-License-Identifier: BSL-1.0
// A scope that is not kept ends at once; the compiler warns.
// expect(gcc): error: ignoring return value of .*variable_scope.*nodiscard
// expect(clang): error: ignoring return value of function declared with .nodiscard.
// expect: a scope ends with its object: auto layer = s\.variable_scope\(\.\.\.\)
// flags: -Werror=unused-result
// lines: 4
// others: 1
#include <ambit/graphs.hpp>
using namespace ambit;

struct net {
    constexpr tensor operator()(scope& s, tensor x) const {
#ifdef AMBIT_MISTAKE
        s.variable_scope("layer");
#endif
        auto layer = s.variable_scope("layer");
        return x * layer.get_variable("gain", {4});
    }
};
static_assert(expect_valid<net, input<float, 2, 4>>());
