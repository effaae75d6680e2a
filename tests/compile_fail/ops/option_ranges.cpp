// SPDX-License-Identifier: BSL-1.0
// Options of ops, layers, losses, schedules and initializers out of their ranges: value, range and the user's line.
// expect: op dropout.*at option_ranges\.cpp:21.*"rate is 1: from 0 to below 1"
// expect: op norm/batch_normalization.*at option_ranges\.cpp:22.*"momentum is 1\.5: from 0 to 1"
// expect: op max_pool\(.*at option_ranges\.cpp:23.*"window is 0: at least 1"
// expect: op resize_nearest\(.*at option_ranges\.cpp:24.*"height is 0: at least 1"
// expect: op leaky_relu\(.*at option_ranges\.cpp:25.*"alpha is infinity: a finite number"
// expect: op huber\(.*at option_ranges\.cpp:26.*"delta is 0: above 0"
// expect: op scheduled\(.*at option_ranges\.cpp:27.*"initial is -0\.1: at least 0"
// expect: op l2_normalize.*at option_ranges\.cpp:28.*"epsilon is -1: at least 0"
// expect: "w".*at option_ranges\.cpp:29.*asked float32\[2\].*"standard_deviation is -1: from 
// errors: 9
#include <ambit/ambit.hpp>
using namespace ambit;

struct net {
    constexpr tensor operator()(scope& s, tensor x) const {
        const variable step = s.variable("step", 0);
        tensor y = x;
#ifdef AMBIT_MISTAKE
        y = y + dropout(s, x, {.rate = 1});
        y = y + batch_normalization(s, "norm", x, {.momentum = 1.5});
        max_pool(x, {.window = {2, 0}});
        resize_nearest(x, 0, 4);
        y = y + leaky_relu(x, {.alpha = math::infinity});
        huber_loss(x, x, {.delta = 0});
        scheduled(constant_rate(-0.1), step);
        y = y + l2_normalize(x, {.epsilon = -1});
        s.variable("w", {2}, {.initializer = random_normal({.standard_deviation = -1})});
#else
        y = y + dropout(s, x, {.rate = 0.5});
        y = y + batch_normalization(s, "norm", x, {.momentum = 0.5});
        scheduled(constant_rate(0.1), step);
        s.variable("w", {2}, {.initializer = random_normal({.standard_deviation = 1})});
#endif
        return y;
    }
};
static_assert(expect_valid<net, input<float, 1, 4, 4, 2>>());
