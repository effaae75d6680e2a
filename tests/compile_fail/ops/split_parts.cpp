// SPDX-License-Identifier: BSL-1.0
// Parts that do not fill the axis: one mistake, however many parts there are.
// expect: error: .*\[ambit\] op_option: an option of this op is out of its range
// expect: op split\(.*input float32\[2, 4\]\)
// expect(gcc): the number of parts divides the extent of the axis
// expect(clang): the number of parts divides the .*extent of the axis
// expect: at .*split_parts\.cpp:15
// errors: 1
#include <ambit/graphs.hpp>
using namespace ambit;

struct net {
    constexpr tensor operator()(scope& s, tensor x) const {
#ifdef AMBIT_MISTAKE
        const auto [a, b, c] = split<3>(x, 1);
        return a + b * c;
#else
        const auto [a, b] = split<2>(x, 1);
        return a + b;
#endif
    }
};
static_assert(expect_valid<net, input<float, 2, 4>>());
