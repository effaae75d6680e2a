// SPDX-License-Identifier: BSL-1.0
// A value that the dtype does not have.
// expect: error: .*\[ambit\] initializer_unfit: the initializer cannot fill a variable of this shape and dtype
// expect: initializer_unfit<.*"count"
// expect: asked uint8\[4\]
// expect: "an element is 300, .*not a value of uint8"
// expect: asked at .*initializer_value\.cpp:16
// lines: 2
// errors: 1
#include <ambit/graphs.hpp>
using namespace ambit;

struct net {
    constexpr tensor operator()(scope& s, tensor x) const {
#ifdef AMBIT_MISTAKE
        return x + s.get_variable("count", {4}, {.initializer = constant(300), .dtype = uint8});
#else
        return x + s.get_variable("count", {4}, {.initializer = constant(200), .dtype = uint8});
#endif
    }
};
static_assert(expect_valid<net, input<std::uint8_t, 2, 4>>());
