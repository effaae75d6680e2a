// SPDX-License-Identifier: BSL-1.0
// Gradients of the convolutions that are made of several ops, against central differences: with dilations, groups and
// multipliers, along one axis, transposed.
#include "../support/gradient_laws.hpp"

#include <catch2/catch.hpp>

using namespace ambit;
using namespace ambit::op_parts;
using namespace ambit_test;

namespace {

// Image and kernel of random extents that fit, as the options are; `groups` of the channels.
struct random_use {
    shape image, kernel;
    conv2d_options options;
    random_use(gradient_check& c, int groups, bool dilated) {
        options.padding = c.any_padding(2);
        options.groups = groups;
        if (dilated) options.dilations = {c.pick(1, 3), c.pick(1, 2)};
        else options.strides = {c.pick(1, 2), c.pick(1, 2)};
        const int height = c.pick(1, 2), width = c.pick(1, 3), in = c.pick(1, 2), out = c.pick(1, 2);
        kernel = {height, width, in, out * groups};
        image = {c.pick(1, 2), c.pick((height - 1) * 3 + 1, 5), c.pick((width - 1) * 2 + 1, 5), in * groups};
        if (image.elements() + kernel.elements() > 100) image.set(0, 1);
    }
};

template <class F> void for_rounds(F f) {
    for (unsigned round = 0; round < 12; ++round) {
        CAPTURE(round);
        gradient_check c(round);
        const tensor y = f(c);
        REQUIRE_NOTHROW(c.holds(c.weighed(y)));
    }
}

}  // namespace

TEST_CASE("gradients of dilated convolutions", "[laws][autodiff]") {
    for_rounds([](gradient_check& c) {
        const random_use r(c, 1, true);
        const tensor image = c.parameter(r.image);
        return conv2d(image, c.parameter(r.kernel), r.options);
    });
}

TEST_CASE("gradients of convolutions of groups", "[laws][autodiff]") {
    for_rounds([](gradient_check& c) {
        const random_use r(c, c.pick(2, 3), c.coin());
        const tensor image = c.parameter(r.image);
        return conv2d(image, c.parameter(r.kernel), r.options);
    });
}

TEST_CASE("gradients of depthwise convolutions with multipliers and dilations", "[laws][autodiff]") {
    for_rounds([](gradient_check& c) {
        const random_use r(c, 1, true);
        const tensor image = c.parameter(r.image);
        return depthwise_conv2d(image, c.parameter(r.kernel),
                                {.padding = r.options.padding, .dilations = r.options.dilations});
    });
}

TEST_CASE("gradients of convolutions and pools along one axis", "[laws][autodiff]") {
    for_rounds([](gradient_check& c) {
        const int width = c.pick(1, 3), in = c.pick(1, 2);
        const tensor x = c.parameter({c.pick(1, 2), c.pick(2 * width, 7), in});
        const line_padding_option padding = c.coin() ? line_padding_option(explicit_pads(c.pick(0, 2), 1)) : same;
        const tensor y = conv1d(x, c.parameter({width, in, c.pick(1, 2)}), {.stride = c.pick(1, 2), .padding = padding});
        return c.coin() ? max_pool1d(y, {.window = 3, .stride = 2, .padding = explicit_pads(2, 1), .ceil_mode = true})
                        : avg_pool1d(y, {.window = 2, .stride = 1, .padding = same});
    });
}

TEST_CASE("gradients of transposed convolutions with dilations and groups", "[laws][autodiff]") {
    for_rounds([](gradient_check& c) {
        const int groups = c.pick(1, 3);
        const bool dilated = c.coin();
        const tensor small = c.parameter({1, c.pick(2, 3), c.pick(2, 3), groups * c.pick(1, 2)});
        const tensor kernel = c.parameter({c.pick(1, 2), c.pick(1, 3), c.pick(1, 2), small.shape()[3]});
        return conv2d_transpose(small, kernel, any_shape,
                                {.strides = dilated ? window_extents{1, 1} : window_extents{2, 1},
                                 .padding = c.coin() ? padding_option(same) : padding_option(valid),
                                 .dilations = dilated ? window_extents{2, 3} : window_extents{1, 1},
                                 .groups = groups});
    });
}

TEST_CASE("gradients of transposed convolutions", "[laws][autodiff]") {
    for_rounds([](gradient_check& c) {
        const random_use r(c, 1, false);
        const conv2d_geometry g = convolution_geometry(r.image, r.kernel, r.options.strides, r.options.padding);
        const tensor small = c.parameter({g.batch, g.out_height, g.out_width, g.out_channels});
        return conv2d_transpose(small, c.parameter(r.kernel), r.image,
                                {.strides = r.options.strides, .padding = r.options.padding});
    });
}
