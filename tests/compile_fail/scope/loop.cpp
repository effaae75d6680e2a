// SPDX-License-Identifier: BSL-1.0
// One wrong line in a loop is one mistake, however often it runs.
// expect: \[ambit\] op_dtype: 
// expect: op_dtype<.*"op mul\(input int32\[2, 4\]\)".*"at .*loop\.cpp:17"
// expect: \[ambit\] invalid_name: 
// expect: invalid_name<.*"name hid den".*"asked at .*loop\.cpp:16"
// lines: 4
// errors: 2
#include <ambit/graphs.hpp>
using namespace ambit;

struct net {
    constexpr tensor operator()(scope& s, tensor x) const {
#ifdef AMBIT_MISTAKE
        for (int i = 0; i < 100; ++i) {
            static_cast<void>(s.get_variable("hid den", {4}));
            static_cast<void>(x * 0.5);
        }
#endif
        return x * s.get_variable("gain", {4}, {.dtype = int32});
    }
};
static_assert(expect_valid<net, input<std::int32_t, 2, 4>>());
