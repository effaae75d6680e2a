// SPDX-License-Identifier: BSL-1.0
// Random numbers for integers.
// expect: error: .*\[ambit\] initializer_unfit: the initializer cannot fill a variable of this shape and dtype
// expect: initializer_unfit<.*"count"
// expect: asked int32\[4\]
// expect: random values need float32 or .*float64
// expect: asked at .*initializer_random\.cpp:16
// lines: 2
// errors: 1
#include <ambit/graphs.hpp>
using namespace ambit;

struct net {
    constexpr tensor operator()(scope& s, tensor x) const {
#ifdef AMBIT_MISTAKE
        return x + s.get_variable("count", {4}, {.initializer = random_normal(), .dtype = int32});
#else
        return x + s.get_variable("count", {4}, {.initializer = zeros(), .dtype = int32});
#endif
    }
};
static_assert(expect_valid<net, input<std::int32_t, 2, 4>>());
