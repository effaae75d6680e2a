// SPDX-License-Identifier: BSL-1.0
// A list of values of another size than the variable.
// expect: error: .*\[ambit\] initializer_unfit: the initializer cannot fill a variable of this shape and dtype
// expect: initializer_unfit<.*"blur"
// expect: asked float32\[4\]
// expect: a list has exactly as many values .*as the shape has elements
// expect: asked at .*initializer_size\.cpp:16
// lines: 2
// errors: 1
#include <ambit/graphs.hpp>
using namespace ambit;

struct net {
    constexpr tensor operator()(scope& s, tensor x) const {
#ifdef AMBIT_MISTAKE
        return x * s.get_variable("blur", {4}, {.initializer = constant({0.25, 0.5, 0.25})});
#else
        return x * s.get_variable("blur", {4}, {.initializer = constant({0.25, 0.5, 0.25, 0.5})});
#endif
    }
};
static_assert(expect_valid<net, input<float, 2, 4>>());
