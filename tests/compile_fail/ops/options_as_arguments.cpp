// SPDX-License-Identifier: BSL-1.0
// Options without their names, and members with lists in braces: a sentence each, at the user's own line.
// expect: options_as_arguments\.cpp:21:.* error: .*\[ambit\] strides and padding are options: conv2d\(image, kernel, {
// expect: options_as_arguments\.cpp:22:.* error: .*\[ambit\] strides and padding are options
// expect: options_as_arguments\.cpp:23:.* error: .*\[ambit\] which factor is transposed is an option: matmul\(a, b
// expect: options_as_arguments\.cpp:24:.* error: .*\[ambit\] which factor is transposed is an option
// expect: options_as_arguments\.cpp:25:.* error: .*\[ambit\] the op is reshape\(x, {2, 3}\)
// expect: options_as_arguments\.cpp:26:.* error: .*\[ambit\] the op is reshape\(x, {2, 3}\)
// expect: options_as_arguments\.cpp:27:.* error: .*\[ambit\] the op is transpose\(x, {1, 0}\)
// expect: options_as_arguments\.cpp:28:.* error: .*\[ambit\] the op is transpose\(x, {0, 2, 1}\)
// reject: no match|no viable|candidate|ambiguous
#include <ambit/graphs.hpp>
using namespace ambit;

struct net {
    constexpr tensor operator()(scope& s, tensor x, tensor image) const {
        const variable w = s.get_variable("w", {2, 4});
        const variable taps = s.get_variable("taps", {3, 3, 1, 1});
#ifdef AMBIT_MISTAKE
        image = image +
            conv2d(image, taps, {1, 1}, same) +
            conv2d(image, taps, 1, same);
        x = matmul(x, w, false);
        x = matmul(x, w, false, true);
        x = x.reshape({2, -1});
        x = x.view({2, -1});
        x = x.transpose({1, 0});
        x = x.permute({0, 1});
#else
        const location here = location::current();
        image = image + conv2d(image, taps, {.padding = same});
        image = conv2d(image, taps, {.strides = {1, 1}, .padding = same}, here);
        x = matmul(x, w, {.transpose_b = true}, here);
        x = transpose(reshape(x, {2, -1}), {1, 0});
#endif
        return x + reduce_sum(image);
    }
};
static_assert(expect_valid<net, input<float, 2, 4>, input<float, 1, 8, 8, 1>>());
