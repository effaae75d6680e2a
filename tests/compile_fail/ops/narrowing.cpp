// SPDX-License-Identifier: BSL-1.0
// Numbers that their dtype does not have, through every door: literals, assigned ones, constants, initial values.
// expect: op mul\(.*input float32\[4\]\).*at narrowing\.cpp:21.*"1e300 is not a value of float32"
// expect: op add\(.*input_1 int64\[4\]\).*at narrowing\.cpp:22.*is not a value .*of int64
// expect: op assign\(.*count int32\[\]\).*at narrowing\.cpp:23.*"2147483648 is not a value of int32"
// expect: op constant.*at narrowing\.cpp:24.*"an element is 256, .*not a value of .*uint8"
// expect: op constant.*at narrowing\.cpp:25.*"an element is 1e-60, .*not a value of .*float32"
// expect: op range.*at narrowing\.cpp:26.*not a value of int64 between .*-2\^53 .*and 2\^53"
// expect: "odd".*at narrowing\.cpp:27.*asked int64\[\].*"a whole number would be rounded: .*initial values are doubles"
// expect: op clip\(.*input_2 int64\[4\]\).*at narrowing\.cpp:28.*between .*-2\^53 .*and 2\^53"
// errors: 8
#include <ambit/graphs.hpp>

#include <array>
using namespace ambit;

struct net {
    constexpr tensor operator()(scope& s, tensor x, tensor n, tensor m) const {
        const variable count = s.variable("count", 0);
#ifdef AMBIT_MISTAKE
        x = x * 1e300;
        n = n + 18446744073709551615U;
        assign(count, 2147483648);
        constant(s, {1, 256}, {2}, {.dtype = uint8});
        constant(s, std::array{std::array{1.0, 1e-60}}, {.dtype = float32});
        range(s, 9007199254740993);
        s.variable("odd", std::int64_t{9007199254740993});
        clip(m, 0, 9007199254740993);
#else
        x = x * 1e30 + 16777216;
        n = n + 9223372036854775807;
        assign(count, 2147483647);
        constant(s, {1, 255}, {2}, {.dtype = uint8});
        constant(s, std::array{std::array{1.0, 1e-30}}, {.dtype = float32});
        constant(s, 9007199254740993);
        s.variable("odd", std::int64_t{9007199254740992});
        clip(m, 0, 9007199254740991);
#endif
        return x + cast(n, float32) + cast(m, float32);
    }
};
static_assert(expect_valid<net, input<float, 4>, input<std::int64_t, 4>, input<std::int64_t, 4>>());
