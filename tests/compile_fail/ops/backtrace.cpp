// SPDX-License-Identifier: BSL-1.0
// With -DAMBIT_BACKTRACE the compiler shows who called the op that was the first mistake; the others follow as always.
// expect: the_first_mistake_of_this_model_is_made_here
// expect: backtrace\.cpp:19:.*operator\+
// expect: backtrace\.cpp:24:.*shifted\(
// expect: op_shape<.*"op add\(.*input float32\[2, 4\], .*shift float32\[3\]\)".*"at backtrace\.cpp:19"
// expect: op_option<.*"op clip\(
// flags: -DAMBIT_BACKTRACE
// allow: basic_string_view
// allow: ambit::core_parts
// allow: ambit::op_parts
// lines: 18
// errors(gcc): 4
// errors(clang): 3
#include <ambit/graphs.hpp>
using namespace ambit;

constexpr tensor shifted(const tensor& x, const tensor& shift) {
    return x + shift;
}
struct net {
    constexpr tensor operator()(scope& s, const tensor& x) const {
#ifdef AMBIT_MISTAKE
        const tensor y = shifted(x, s.get_variable("shift", {3}));
        return y + clip(x, 6, 0);
#else
        const tensor y = shifted(x, s.get_variable("shift", {4}));
        return y + clip(x, 0, 6);
#endif
    }
};
static_assert(expect_valid<net, input<float, 2, 4>>());
// others(gcc): 2
// others(clang): 1
