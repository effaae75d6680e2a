// SPDX-License-Identifier: BSL-1.0
// Two images through one filter, but the line that shares its variables is missing: four would be made twice.
// expect: error: .*\[ambit\] variable_exists: set reuse on the scope, or give the variable another name
// expect: variable_exists<.*"image_filters/conv1/weights"
// expect: variable_exists<.*"image_filters/conv1/biases"
// expect: variable_exists<.*"image_filters/conv2/weights"
// expect: variable_exists<.*"image_filters/conv2/biases"
// expect: first at .*image_filter_without_reuse\.cpp:16, .*in image_filters/conv1, .*opened at .*image_filter_without_reuse\.cpp:22".*again at .*image_filter_without_reuse\.cpp:16, .*in image_filters/conv1_1, .*opened at .*image_filter_without_reuse\.cpp:22"
// expect: first at .*image_filter_without_reuse\.cpp:17, .*in image_filters/conv2, .*opened at .*image_filter_without_reuse\.cpp:23".*again at .*image_filter_without_reuse\.cpp:17, .*in image_filters/conv2_1, .*opened at .*image_filter_without_reuse\.cpp:23"
// errors: 4
// lines: 8
#include <ambit/ambit.hpp>
using namespace ambit;

constexpr tensor conv_relu(scope& s, tensor x, shape kernel, shape bias) {
    variable weights = s.get_variable("weights", kernel, {.initializer = random_normal()});
    variable biases  = s.get_variable("biases", bias, {.initializer = constant(0)});
    return relu(conv2d(x, weights, {.strides = {1, 1}, .padding = same}) + biases);
}

constexpr tensor image_filter(scope& s, tensor image) {
    { auto conv1 = s.variable_scope("conv1"); image = conv_relu(conv1, image, {5, 5, 32, 32}, {32}); }
    { auto conv2 = s.variable_scope("conv2"); return conv_relu(conv2, image, {5, 5, 32, 32}, {32}); }
}

struct two_images {
    struct outputs { tensor first, second; };
    constexpr outputs operator()(scope& s, tensor image1, tensor image2) const {
        auto filters = s.variable_scope("image_filters");
        tensor first = image_filter(filters, image1);
#ifndef AMBIT_MISTAKE
        filters.reuse_variables();
#endif
        return {first, image_filter(filters, image2)};
    }
};

using net = model<two_images, input<float, 1, 32, 32, 32>, input<float, 1, 32, 32, 32>>;
net filter(seed{42});
