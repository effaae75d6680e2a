// SPDX-License-Identifier: BSL-1.0
// A function that is not constexpr: its line is named, and little follows.
// expect: error: .*\[ambit\] module_not_constant: mend other errors first; else the one above names the line that stops the compiler: call constexpr functions only, as name\(.*, i\) and ambit::sqrt, or raise its limit, -fconstexpr-depth
// expect(gcc): calls_at_run_time\.cpp:16:[0-9]+: error: call to non-.constexpr. function .int read_units\(\)
// expect(clang): calls_at_run_time\.cpp:16:[0-9]+: note: non-constexpr function 'read_units' cannot be used in a constant expression
// others(gcc): 2
// others(clang): 1
// lines: 9
#include <ambit/graphs.hpp>
using namespace ambit;

int read_units();
struct net {
    constexpr tensor operator()(scope& s, tensor x) const {
#ifdef AMBIT_MISTAKE
        return x * s.get_variable("gain", {read_units()});
#else
        return x * s.get_variable("gain", {4});
#endif
    }
};
static_assert(expect_valid<net, input<float, 2, 4>>());
