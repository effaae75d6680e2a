// SPDX-License-Identifier: BSL-1.0
// Gradients of conv2d, max_pool and avg_pool, and their own gradients, against central differences in float64.
#include <ambit/autodiff/gradients.hpp>

#include <ambit/model/model.hpp>
#include <ambit/ops/all.hpp>

#include "../../support/numbers.hpp"

#include <catch2/catch.hpp>

#include <array>

using namespace ambit;
using namespace ambit::mistake_parts;
using namespace ambit_test;

namespace {

using list = std::vector<double>;

constexpr variable double_variable(scope& s, std::string_view name, const shape& extents) {
    return s.get_variable(name, extents, {.initializer = random_normal(), .dtype = float64});
}

// A loss of the third degree, and as a second loss the squares of its gradients.
template <std::int64_t H, std::int64_t W, std::int64_t I, std::int64_t KH, std::int64_t KW, std::int64_t O,
          std::int64_t SH, std::int64_t SW, padding_mode Padding>
struct convolution {
    struct outputs {
        tensor loss, by_image, by_kernel, second_loss, second_by_image, second_by_kernel;
    };
    constexpr outputs operator()(scope& s) const {
        const tensor image = double_variable(s, "image", {2, H, W, I});
        const tensor kernel = double_variable(s, "kernel", {KH, KW, I, O});
        const tensor result = conv2d(image, kernel, {.strides = {SH, SW}, .padding = Padding});
        const tensor loss = reduce_sum(square(result) + result * 0.5);
        const buffer<tensor> by = gradients(loss, s.trainable_variables());
        const tensor of_image = reduce_sum(square(by[0]));
        const tensor second = of_image + reduce_sum(square(by[1]));
        const buffer<tensor> again = gradients(second, s.trainable_variables());
        return {loss, by[0], by[1], second, again[0], again[1]};
    }
};

template <bool Largest, std::int64_t H, std::int64_t W, std::int64_t WH, std::int64_t WW, std::int64_t SH,
          std::int64_t SW, padding_mode Padding>
struct pooling {
    struct outputs {
        tensor loss, by_image, second_loss, second_by_image;
    };
    constexpr outputs operator()(scope& s) const {
        const tensor image = double_variable(s, "image", {2, H, W, 5});
        constexpr pool_options options{.window = {WH, WW}, .strides = {SH, SW}, .padding = Padding};
        const tensor result = Largest ? max_pool(image, options) : avg_pool(image, options);
        const tensor loss = reduce_sum(square(result) + result * 0.5);
        const buffer<tensor> by = gradients(loss, s.trainable_variables());
        const tensor second = reduce_sum(square(by[0]) * by[0]);
        const buffer<tensor> again = gradients(second, s.trainable_variables());
        return {loss, by[0], second, again[0]};
    }
};

// Whether `by` is how `loss()` changes with each element of a variable.
template <fixed_string Path, class Net, class Loss> bool are_differences(Net& net, const list& by, Loss loss) {
    constexpr double step = 1e-4;
    double largest = 0;
    for (const double x : by) largest = std::max(largest, std::fabs(x));
    bool everywhere = by.size() == net.template get<Path>().size() && largest > 0;
    for (std::size_t i = 0; i < by.size(); ++i) {
        const auto loss_at = [&](double change) {
            net.template edit<Path>([&](auto&& values) { values.data()[i] += change; });
            const double value = loss();
            net.template edit<Path>([&](auto&& values) { values.data()[i] -= change; });
            return value;
        };
        const double difference = (loss_at(step) - loss_at(-step)) / (2 * step);
        everywhere = everywhere && std::fabs(by[i] - difference) <= 1e-6 * largest;
    }
    return everywhere;
}

template <class Module> void check_convolution() {
    model<Module> net(seed{3});
    const auto [loss, by_image, by_kernel, second, second_by_image, second_by_kernel] = net();
    const std::array<list, 4> by = {elements(by_image), elements(by_kernel), elements(second_by_image),
                                    elements(second_by_kernel)};
    const auto first_loss = [&] { return std::get<0>(net()); };
    const auto second_loss = [&] { return std::get<3>(net()); };
    CHECK(are_differences<"image">(net, by[0], first_loss));
    CHECK(are_differences<"kernel">(net, by[1], first_loss));
    CHECK(are_differences<"image">(net, by[2], second_loss));
    CHECK(are_differences<"kernel">(net, by[3], second_loss));
}

template <class Module> void check_pooling() {
    model<Module> net(seed{5});
    const auto [loss, by_image, second, second_by_image] = net();
    const list by = elements(by_image), second_by = elements(second_by_image);
    CHECK(are_differences<"image">(net, by, [&] { return std::get<0>(net()); }));
    CHECK(are_differences<"image">(net, second_by, [&] { return std::get<2>(net()); }));
}

}  // namespace

TEST_CASE("gradients of conv2d are its differences", "[autodiff]") {
    check_convolution<convolution<4, 5, 3, 3, 2, 4, 1, 1, same>>();
    check_convolution<convolution<5, 6, 2, 3, 3, 2, 2, 2, same>>();
    check_convolution<convolution<6, 7, 9, 2, 3, 3, 3, 2, valid>>();
}

TEST_CASE("gradients of pooling are its differences", "[autodiff]") {
    check_pooling<pooling<true, 4, 6, 2, 2, 2, 2, valid>>();
    check_pooling<pooling<true, 5, 5, 3, 2, 2, 1, same>>();
    check_pooling<pooling<false, 4, 6, 2, 2, 2, 2, valid>>();
    check_pooling<pooling<false, 5, 6, 3, 2, 2, 3, same>>();
}

namespace {

struct first_of_equals {
    constexpr tensor operator()(scope& s) const {
        const tensor image = s.get_variable("image", {1, 3, 3, 1}, {.initializer = zeros()});
        const tensor largest = max_pool(image, {.window = {2, 2}, .strides = {1, 1}});
        return gradients(reduce_sum(largest), s.trainable_variables())[0];
    }
};

}  // namespace

TEST_CASE("the gradient of max_pool goes to the first maximum or NaN of each window", "[autodiff]") {
    model<first_of_equals> net(seed{});
    REQUIRE(elements(net()) == std::vector<float>{1, 1, 0, 1, 1, 0, 0, 0, 0});
    net.set<"image">(std::array<float, 9>{5, 1, 1, 1, 5, 5, 1, 1, 5});
    REQUIRE(elements(net()) == std::vector<float>{1, 0, 0, 0, 3, 0, 0, 0, 0});
    constexpr float nan = std::numeric_limits<float>::quiet_NaN();
    net.set<"image">(std::array<float, 9>{5, 1, 1, 1, nan, nan, 1, 1, 5});
    REQUIRE(elements(net()) == std::vector<float>{0, 0, 0, 0, 4, 0, 0, 0, 0});
}

namespace {

// On the way back relu is fused with the second convolution's gradient by its image, whose pixels come in four phases.
struct two_layers {
    constexpr tensor operator()(scope& s, const tensor& x) const {
        const tensor first = double_variable(s, "first", {3, 3, 1, 4});
        const tensor second = double_variable(s, "second", {3, 3, 4, 2});
        const tensor hidden = max_pool(relu(conv2d(x, first, {.padding = same})));
        const tensor result = relu(conv2d(relu(hidden - 1), second, {.strides = {2, 2}, .padding = same}));
        return reduce_sum(square(result));
    }
};
struct trained {
    struct outputs {
        tensor loss, by_first, by_second;
    };
    constexpr outputs operator()(scope& s, const tensor& x) const {
        const tensor loss = two_layers{}(s, x);
        const buffer<tensor> by = gradients(loss, s.trainable_variables());
        return {loss, by[0], by[1]};
    }
};

}  // namespace

TEST_CASE("gradients pass through layers of convolution, relu and pooling", "[autodiff]") {
    model<trained, input<double, 2, 6, 6, 1>> net(seed{7});
    const list x = numbers<double>(2 * 6 * 6);
    const auto [loss, by_first, by_second] = net(x);
    const list first = elements(by_first), second = elements(by_second);
    CHECK(are_differences<"first">(net, first, [&] { return std::get<0>(net(x)); }));
    CHECK(are_differences<"second">(net, second, [&] { return std::get<0>(net(x)); }));
}
