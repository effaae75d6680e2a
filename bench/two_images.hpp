// SPDX-License-Identifier: BSL-1.0
// The filter of the README: two images through two shared layers of convolution, bias and relu.
#pragma once

#include <ambit/ambit.hpp>

#include <bench/convolution.hpp>
#include <bench/expectation.hpp>
#include <bench/numbers.hpp>

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace bench {

struct two_images {
    static constexpr extents shape{1, 32, 32, 32, 5};
    static constexpr double operations = 4 * shape.operations();
    static std::string name() { return "image_filter/two_images"; }

    std::array<numbers, 2> images{uniform(shape.image(), -1, 1, 1), uniform(shape.image(), -1, 1, 2)};
    std::array<layer_parameters, 2> layers{layer_parameters{shape, 3}, layer_parameters{shape, 5}};
    expectation right;

    two_images() {
        for (const numbers& image : images) {
            std::vector<double> hidden;
            reference(shape, image.data(), layers[0], [&](double value, double) { hidden.push_back(value); });
            // The second layer also sums the rounding of the first.
            reference(shape, hidden.data(), layers[1], [&](double value, double squares) {
                right.add_sum(value, 2 * squares, static_cast<double>(shape.depth()));
            });
        }
    }
};

constexpr ambit::tensor conv_relu(ambit::scope& s, ambit::tensor x, ambit::shape kernel, ambit::shape bias) {
    ambit::variable weights = s.get_variable("weights", kernel, {.initializer = ambit::random_normal()});
    ambit::variable biases = s.get_variable("biases", bias, {.initializer = ambit::constant(0)});
    return relu(conv2d(x, weights, {.strides = {1, 1}, .padding = ambit::same}) + biases);
}
constexpr ambit::tensor image_filter(ambit::scope& s, ambit::tensor image) {
    {
        auto conv1 = s.variable_scope("conv1");
        image = conv_relu(conv1, image, {5, 5, 32, 32}, {32});
    }
    {
        auto conv2 = s.variable_scope("conv2");
        return conv_relu(conv2, image, {5, 5, 32, 32}, {32});
    }
}
struct shared_filter {
    struct outputs {
        ambit::tensor first, second;
    };
    constexpr outputs operator()(ambit::scope& s, ambit::tensor image1, ambit::tensor image2) const {
        auto filters = s.variable_scope("image_filters");
        ambit::tensor first = image_filter(filters, image1);
        filters.reuse_variables();
        return {first, image_filter(filters, image2)};
    }
};

class two_images_by_ambit {
public:
    explicit two_images_by_ambit(const two_images& work) : first_(work.images[0]), second_(work.images[1]) {
        net_.set<"image_filters/conv1/weights">(
            std::span<const float, two_images::shape.weights()>(work.layers[0].weights));
        net_.set<"image_filters/conv1/biases">(std::span<const float, 32>(work.layers[0].biases));
        net_.set<"image_filters/conv2/weights">(
            std::span<const float, two_images::shape.weights()>(work.layers[1].weights));
        net_.set<"image_filters/conv2/biases">(std::span<const float, 32>(work.layers[1].biases));
    }
    std::array<const float*, 2> operator()() {
        auto [a, b] = net_(first_, second_);
        return {a.data(), b.data()};
    }

private:
    using image = ambit::input<float, 1, 32, 32, 32>;
    ambit::model<shared_filter, image, image> net_{ambit::seed{1}};
    std::span<const float, two_images::shape.image()> first_, second_;
};

}  // namespace bench
