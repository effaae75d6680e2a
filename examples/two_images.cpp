// SPDX-License-Identifier: BSL-1.0
// Two images through the same two-layer filter: the first program of the README, word for word.
#include <ambit/ambit.hpp>

#include <iostream>

#include <xtensor/xrandom.hpp>

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

struct two_images {                                        // a module is a type
    struct outputs { tensor first, second; };
    constexpr outputs operator()(scope& s, tensor image1, tensor image2) const {
        auto filters = s.variable_scope("image_filters");
        tensor first = image_filter(filters, image1);
        filters.reuse_variables();                         // without this line: a compile error, see below
        return {first, image_filter(filters, image2)};
    }
};

using net = model<two_images, input<float, 1, 32, 32, 32>, input<float, 1, 32, 32, 32>>;
static_assert(net::variables.size() == 4);

int main() {
    net filter(seed{42});
    xt::xtensor<float, 4> image1 = xt::random::rand<float>({1, 32, 32, 32});
    xt::xtensor<float, 4> image2 = 1 - image1;
    auto [a, b] = filter(image1, image2);                          // xtensor in, xtensor views out
    auto weights = filter.get<"image_filters/conv1/weights">();    // a wrong name does not compile
    save(filter, "filter.safetensors");

    std::cout << summary(filter) << "first    mean " << xt::mean(a)() << '\n'
              << "second   mean " << xt::mean(b)() << '\n'
              << "weights  mean " << xt::mean(weights)() << '\n';
}
