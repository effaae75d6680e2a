// SPDX-License-Identifier: BSL-1.0
// Padding by number: as many numbers as there are sides, none negative, less than the window of a pool.
// expect: explicit_pads\.cpp:18:.* error: .*\[ambit\] an image has four sides: explicit_pads\(top, bottom, left, right\)
// expect: explicit_pads\.cpp:19:.* error: .*\[ambit\] along one axis there are two pads: explicit_pads\(before, after\)
// expect: explicit_pads\.cpp:20:.* error: .*\[ambit\] padding is same, valid or explicit_pads\(1\), no number
// expect: op conv2d\(.*at explicit_pads\.cpp:21.*"padding is -1: at least 0"
// expect: op max_pool\(.*at explicit_pads\.cpp:22.*"padding is 2: below 2"
// reject: no match|no viable|candidate|ambiguous
// allow: ambit::op_parts
#include <ambit/graphs.hpp>
using namespace ambit;

struct net {
    constexpr tensor operator()(scope& s, tensor image, tensor line) const {
        const variable w = s.get_variable("w", {3, 3, 2, 2});
        tensor x = reduce_sum(image);
#ifdef AMBIT_MISTAKE
        x = x + reduce_sum(conv2d(image, w, {.padding = explicit_pads(1, 0)}));
        x = x + reduce_sum(max_pool1d(line, {.padding = explicit_pads(1, 1, 1, 1)}));
        x = x + reduce_sum(conv2d(image, w, {.padding = 1}));
        conv2d(image, w, {.padding = explicit_pads(-1)});
        max_pool(image, {.padding = explicit_pads(0, 2, 0, 0)});
#else
        x = x + reduce_sum(conv2d(image, w, {.padding = explicit_pads(1, 0, 1, 0)}));
        x = x + reduce_sum(max_pool1d(line, {.padding = explicit_pads(1, 1)}));
        x = x + reduce_sum(conv2d(image, w, {.padding = explicit_pads(1)}));
        max_pool(image, {.padding = explicit_pads(0, 1, 0, 0)});
#endif
        return x;
    }
};
static_assert(expect_valid<net, input<float, 1, 4, 4, 2>, input<float, 1, 8, 2>>());
