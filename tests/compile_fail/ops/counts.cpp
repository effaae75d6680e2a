// SPDX-License-Identifier: BSL-1.0
// Numbers with a fraction where something is counted or numbered, and arguments in another order: a sentence each, at the
// user's own line. Taken for integers they would make another net.
// expect: counts\.cpp:48:.* error: .*\[ambit\] extents and places are counted, by integers: {2, 3}
// expect: counts\.cpp:49:.* error: .*\[ambit\] the name comes first: get_variable
// expect: counts\.cpp:50:.* error: .*\[ambit\] a name is text, in double quotes: get_variable
// expect: counts\.cpp:51:.* error: .*\[ambit\] mean and deviation are options: random_normal
// expect: counts\.cpp:52:.* error: .*\[ambit\] the limits are options: random_uniform
// expect: counts\.cpp:53:.* error: .*\[ambit\] mean and deviation are options: truncated_normal
// expect: counts\.cpp:54:.* error: .*\[ambit\] this is counted or numbered, by an integer: 2, and neither 2\.0 nor 1\.5
// expect: counts\.cpp:55:.* error: .*\[ambit\] windows, strides and dilations are counted, by integers: {\.strides = {2, 2}}
// expect: counts\.cpp:56:.* error: .*\[ambit\] windows, strides and dilations are counted
// expect: counts\.cpp:57:.* error: .*\[ambit\] this is counted or numbered
// expect: counts\.cpp:58:.* error: .*\[ambit\] this is counted or numbered
// expect: counts\.cpp:59:.* error: .*\[ambit\] this is counted or numbered
// expect: counts\.cpp:60:.* error: .*\[ambit\] this is counted or numbered
// expect: counts\.cpp:61:.* error: .*\[ambit\] windows, strides and dilations are counted
// expect: counts\.cpp:62:.* error: .*\[ambit\] this is counted or numbered
// expect: counts\.cpp:63:.* error: .*\[ambit\] this is counted or numbered
// expect: counts\.cpp:64:.* error: .*\[ambit\] this is counted or numbered
// expect: counts\.cpp:65:.* error: .*\[ambit\] this is counted or numbered
// expect: counts\.cpp:66:.* error: .*\[ambit\] this is counted or numbered
// expect: counts\.cpp:67:.* error: .*\[ambit\] this is counted or numbered
// expect: counts\.cpp:68:.* error: .*\[ambit\] this is counted or numbered
// expect: counts\.cpp:69:.* error: .*\[ambit\] this is counted or numbered
// expect: counts\.cpp:70:.* error: .*\[ambit\] extents and places are counted
// expect: counts\.cpp:71:.* error: .*\[ambit\] extents and places are counted
// expect: counts\.cpp:72:.* error: .*\[ambit\] extents and places are counted
// expect: counts\.cpp:73:.* error: .*\[ambit\] axes and places are numbered, by integers: {\.axes = {0, 1}}
// expect: counts\.cpp:74:.* error: .*\[ambit\] this is counted or numbered
// expect: counts\.cpp:75:.* error: .*\[ambit\] this is counted or numbered
// expect: counts\.cpp:76:.* error: .*\[ambit\] this is counted or numbered
// expect: counts\.cpp:77:.* error: .*\[ambit\] parts of a tensor are made by slice
// reject: no match|no viable|candidate|narrow
// allow: ambit::core_parts
#include <ambit/graphs.hpp>
#include <ambit/nn/conv.hpp>
#include <ambit/nn/conv_transpose.hpp>
#include <ambit/nn/group_normalization.hpp>
#include <ambit/nn/separable_conv.hpp>
#include <ambit/ops/all.hpp>
using namespace ambit;

enum { filters = 8 };  // an integer, whatever its kind
struct net {
    constexpr tensor operator()(scope& s, tensor x, tensor image, tensor labels) const {
#ifdef AMBIT_MISTAKE
        (void)(s.get_variable("v", {4.5, 3}));
        (void)(s.get_variable({4, 3}, "v"));
        (void)(s.get_variable('v', {4, 3}));
        (void)(s.get_variable("u", {4}, {.initializer = random_normal(0, 0.1)}));
        (void)(s.get_variable("t", {4}, {.initializer = random_uniform(-1, 1)}));
        (void)(s.get_variable("r", {4}, {.initializer = truncated_normal(0.1)}));
        (void)(conv(s, "c", image, 1.5, {3, 3}));
        (void)(conv(s, "d", image, 8, 3.5));
        (void)(conv(s, "e", image, 8, {3, 3}, {.strides = {1.5, 1}}));
        (void)(conv(s, "f", image, 8, {3, 3}, {.groups = 1.5}));
        (void)(separable_conv(s, "g", image, 2.5, {3, 3}));
        (void)(conv_transpose(s, "h", image, 2.5, {3, 3}));
        (void)(group_normalization(s, "i", x, {.groups = 2.5}));
        (void)(max_pool(image, {.window = {2.0, 2}}));
        (void)(one_hot(labels, 2.5));
        (void)(top_k(x, 1.5));
        (void)(argmax(x, 0.5) + argmin(x, 0.5));
        (void)(cumsum(x, 1.5) + cumprod(x, 1.5));
        (void)(concat({x, x}, 1.5) + stack({x, x}, 0.5));
        (void)(expand_dims(x, 0.5));
        (void)(split(x, 2, 1.5));
        (void)(softmax(x, {.axis = 0.5}));
        (void)(reshape(x, {2.0, 3}));
        (void)(tile(x, {1.5, 2}) + slice(x, {0.5, 0}, {1, 1}));
        (void)(zeros(s, {2.5}) + random_normal(s, {2.5, 3}));
        (void)(reduce_sum(x, {.axes = 1.0}) + transpose(x, {1.0, 0.0}));
        (void)(pad(x, {{1.5, 1}, {0, 0}}));
        (void)(resize_nearest(image, 2.5, 4));
        (void)(space_to_depth(image, 1.5));
        (void)(x[0.5]);
        return x;
#else
        const short three = 3;
        const std::size_t two = 2;
        image = conv(s, "c", image, filters, {three, 3}, {.strides = {1, 1}, .padding = same, .groups = 1});
        image = separable_conv(s, "d", image, filters, {3, 3}, {.padding = same});
        image = group_normalization(s, "g", conv_transpose(s, "e", image, 8u, {2, 2}), {.groups = 2});
        x = concat({x, one_hot(labels, two), expand_dims(reduce_max(x, {.axes = 1}), -1)}, 1L);
        return x + reduce_sum(image);
#endif
    }
};
static_assert(expect_valid<net, input<float, 2, 4>, input<float, 1, 8, 8, 3>, input<std::int32_t, 2>>());
