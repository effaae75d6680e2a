// SPDX-License-Identifier: BSL-1.0
// A variable of the program, which may change: its name is named.
// expect: error: .*\[ambit\] module_not_constant: mend other errors first; else the one above names the line that stops the compiler: call constexpr functions only, as name\(.*, i\) and ambit::sqrt, or raise its limit, -fconstexpr-depth
// expect(gcc): error: the value of .units. is not usable in a constant expression
// expect(clang): reads_at_run_time\.cpp:19:[0-9]+: note: read of non-const variable 'units' is not allowed
// others(gcc): 2
// others(clang): 1
// lines: 9
#include <ambit/graphs.hpp>
using namespace ambit;

#ifdef AMBIT_MISTAKE
int units = 4;
#else
constexpr int units = 4;
#endif
struct net {
    constexpr tensor operator()(scope& s, tensor x) const {
        return x * s.get_variable("gain", {units});
    }
};
static_assert(expect_valid<net, input<float, 2, 4>>());
