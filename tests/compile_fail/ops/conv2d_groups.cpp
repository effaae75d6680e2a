// SPDX-License-Identifier: BSL-1.0
// A function that is made of several ops refuses in its own name, once.
// expect: error: .*\[ambit\] op_option: an option of this op is out of its range
// expect: op_option<.*op edges/conv2d\(.*input float32\[1, 8, 8, 4\], .*edges/weights .*float32\[3, 3, 2, 6\]\)
// expect: the number of groups must divide .*the channels of image and result
// expect: at .*conv2d_groups\.cpp:17, .*in edges, .*opened at .*conv2d_groups\.cpp:14
// lines: 2
// errors: 1
#include <ambit/graphs.hpp>
using namespace ambit;

struct net {
    constexpr tensor operator()(scope& s, tensor x) const {
        auto edges = s.variable_scope("edges");
        variable weights = edges.get_variable("weights", {3, 3, 2, 6});
#ifdef AMBIT_MISTAKE
        return conv2d(x, weights, {.groups = 3});
#else
        return conv2d(x, weights, {.groups = 2});
#endif
    }
};
static_assert(expect_valid<net, input<float, 1, 8, 8, 4>>());
