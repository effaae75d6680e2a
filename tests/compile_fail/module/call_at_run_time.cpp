// SPDX-License-Identifier: BSL-1.0
// A call operator that is not constexpr.
// expect: error: .*\[ambit\] module_not_constant: mend other errors first; else the one above names the line that stops the compiler: call constexpr functions only, as name\(.*, i\) and ambit::sqrt, or raise its limit, -fconstexpr-depth
// expect(gcc): error: call to non-.constexpr. function .ambit::tensor net::operator\(\)\(ambit::scope&, ambit::tensor\) const.
// expect(clang): note: non-constexpr function 'operator\(\)' cannot be used in a constant expression
// expect: call_at_run_time\.cpp:15:[0-9]+: note: 
// others(gcc): 2
// others(clang): 1
// lines: 9
#include <ambit/graphs.hpp>
using namespace ambit;

struct net {
#ifdef AMBIT_MISTAKE
    tensor operator()(scope&, tensor x) const { return x; }
#else
    constexpr tensor operator()(scope&, tensor x) const { return x; }
#endif
};
static_assert(expect_valid<net, input<float, 2, 4>>());
