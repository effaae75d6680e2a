// SPDX-License-Identifier: BSL-1.0
// Undefined behaviour does not compile: its line is named.
// expect: error: .*\[ambit\] module_not_constant: mend other errors first; else the one above names the line that stops the compiler: call constexpr functions only, as name\(.*, i\) and ambit::sqrt, or raise its limit, -fconstexpr-depth
// expect(gcc): divides_by_zero\.cpp:17:[0-9]+: error: .\(8 / 0\). is not a constant expression
// expect(clang): divides_by_zero\.cpp:17:[0-9]+: note: division by zero
// others: 1
// lines: 9
#include <ambit/graphs.hpp>
using namespace ambit;

struct net {
    constexpr tensor operator()(scope& s, tensor x) const {
        std::int64_t units = 2;
#ifdef AMBIT_MISTAKE
        units = 0;
#endif
        return x * s.get_variable("gain", {8 / units});
    }
};
static_assert(expect_valid<net, input<float, 2, 4>>());
