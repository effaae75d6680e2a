// SPDX-License-Identifier: BSL-1.0
// Windows with pads by number and with places rounded up, as dynamic models compute them, against loops in double that
// know PyTorch's formulas alone; and the same with extents that the compiler knows.
#include "../support/gradient_check.hpp"
#include "../support/numbers.hpp"

#include <ambit/model/model.hpp>
#include <ambit/ops/all.hpp>
#include <ambit/registry/dynamic_model.hpp>

#include <catch2/catch.hpp>

#include <xtensor/xarray.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <random>
#include <vector>

using namespace ambit;
using namespace ambit_test;

namespace {

struct pads {
    std::int64_t top, bottom, left, right;
    padding_option option() const { return explicit_pads(top, bottom, left, right); }
};

xt::xarray<float> array_of(const shape& extents, unsigned seed) {
    std::vector<std::size_t> all;
    for (int axis = 0; axis < extents.rank(); ++axis) all.push_back(static_cast<std::size_t>(extents[axis]));
    xt::xarray<float> made = xt::zeros<float>(all);
    const std::vector<float> values = numbers<float>(extents, seed);
    std::copy(values.begin(), values.end(), made.begin());
    return made;
}

/// floor or ceil of (in + before + after - window) / stride, plus 1; rounded up, the last one must not begin in the
/// padding behind.
std::int64_t places(std::int64_t in, std::int64_t window, std::int64_t stride, std::int64_t before, std::int64_t after,
                    bool rounds_up) {
    const double steps = double(in + before + after - window) / double(stride);
    std::int64_t count = std::int64_t(rounds_up ? std::ceil(steps) : std::floor(steps)) + 1;
    if (rounds_up && (count - 1) * stride >= in + before) --count;
    return count;
}

class random_windows {
public:
    explicit random_windows(unsigned seed) : engine_(seed) {}
    std::int64_t pick(int low, int high) { return std::uniform_int_distribution<int>(low, high)(engine_); }
    pads any(std::int64_t most) {
        const int last = int(most);
        return {pick(0, last), pick(0, last), pick(0, last), pick(0, last)};
    }

private:
    std::mt19937 engine_;
};

}  // namespace

TEST_CASE("pools with pads and places rounded up", "[laws]") {
    random_windows random(1);
    for (unsigned round = 0; round < 60; ++round) {
        const std::int64_t height = random.pick(1, 4), width = random.pick(1, 4);
        const std::int64_t down = random.pick(1, 4), right = random.pick(1, 4);
        const pads p = random.any(std::min(height, width) - 1);
        const bool rounds_up = random.pick(0, 1) == 1;
        const shape image{random.pick(1, 2), random.pick(4, 9), random.pick(4, 9), random.pick(1, 18)};
        CAPTURE(round, height, width, down, right, rounds_up);
        registry reg(seed{1});
        const pool_options o{.window = {height, width}, .strides = {down, right}, .padding = p.option(),
                             .ceil_mode = rounds_up};
        dynamic_model largest(reg, [o](scope&, const tensor& x) { return max_pool(x, o); }, {spec(float32, image)});
        dynamic_model mean(reg, [o](scope&, const tensor& x) { return avg_pool(x, o); }, {spec(float32, image)});
        const xt::xarray<float> x = array_of(image, round);
        const xt::xarray<float> most = largest(x).as<float>(), average = mean(x).as<float>();
        const std::int64_t lines = places(image[1], height, down, p.top, p.bottom, rounds_up);
        const std::int64_t columns = places(image[2], width, right, p.left, p.right, rounds_up);
        REQUIRE(most.shape(1) == std::size_t(lines));
        REQUIRE(average.shape(2) == std::size_t(columns));
        for (std::int64_t n = 0; n < image[0]; ++n)
            for (std::int64_t r = 0; r < lines; ++r)
                for (std::int64_t c = 0; c < columns; ++c)
                    for (std::int64_t k = 0; k < image[3]; ++k) {
                        double peak = -1e300, sum = 0;
                        int count = 0;
                        for (std::int64_t i = 0; i < height; ++i)
                            for (std::int64_t j = 0; j < width; ++j) {
                                const std::int64_t y = r * down - p.top + i, z = c * right - p.left + j;
                                if (y < 0 || y >= image[1] || z < 0 || z >= image[2]) continue;
                                peak = std::max(peak, double(x(n, y, z, k)));
                                sum += double(x(n, y, z, k));
                                ++count;
                            }
                        REQUIRE(count > 0);
                        REQUIRE(double(most(n, r, c, k)) == peak);
                        REQUIRE(std::fabs(double(average(n, r, c, k)) - sum / count) <= 1e-6);
                    }
    }
}

TEST_CASE("convolutions with pads, dilations and groups", "[laws]") {
    random_windows random(2);
    for (unsigned round = 0; round < 60; ++round) {
        const std::int64_t height = random.pick(1, 4), width = random.pick(1, 4);
        const bool dilated = random.pick(0, 2) == 0;
        const std::int64_t apart = dilated ? random.pick(2, 3) : 1, stride = dilated ? 1 : random.pick(1, 3);
        const pads p = random.any(5);
        const std::int64_t groups = random.pick(1, 3), in = random.pick(1, 5), out = random.pick(1, 9);
        const shape image{random.pick(1, 2), random.pick(10, 12), random.pick(10, 12), in * groups};
        const shape kernel{height, width, in, out * groups};
        CAPTURE(round, height, width, apart, stride, groups, in, out);
        registry reg(seed{1});
        const conv2d_options o{
            .strides = {stride, stride}, .padding = p.option(), .dilations = {apart, apart}, .groups = groups};
        dynamic_model net(reg, [o](scope&, const tensor& x, const tensor& w) { return conv2d(x, w, o); },
                          {spec(float32, image), spec(float32, kernel)});
        const xt::xarray<float> x = array_of(image, round), w = array_of(kernel, round + 1);
        const xt::xarray<float> got = net(x, w).as<float>();
        const std::int64_t lines = places(image[1], (height - 1) * apart + 1, stride, p.top, p.bottom, false);
        const std::int64_t columns = places(image[2], (width - 1) * apart + 1, stride, p.left, p.right, false);
        REQUIRE(got.shape(1) == std::size_t(lines));
        REQUIRE(got.shape(2) == std::size_t(columns));
        for (std::int64_t n = 0; n < image[0]; ++n)
            for (std::int64_t r = 0; r < lines; ++r)
                for (std::int64_t c = 0; c < columns; ++c)
                    for (std::int64_t k = 0; k < out * groups; ++k) {
                        double sum = 0, magnitude = 0;
                        for (std::int64_t i = 0; i < height; ++i)
                            for (std::int64_t j = 0; j < width; ++j)
                                for (std::int64_t e = 0; e < in; ++e) {
                                    const std::int64_t y = r * stride - p.top + i * apart;
                                    const std::int64_t z = c * stride - p.left + j * apart;
                                    if (y < 0 || y >= image[1] || z < 0 || z >= image[2]) continue;
                                    const double term = double(x(n, y, z, k / out * in + e)) * double(w(i, j, e, k));
                                    sum += term;
                                    magnitude += std::fabs(term);
                                }
                        REQUIRE(std::fabs(double(got(n, r, c, k)) - sum) <= 1e-5 * magnitude);
                    }
    }
}

TEST_CASE("transposed convolutions with pads, dilations, groups and output padding", "[laws]") {
    random_windows random(3);
    for (unsigned round = 0; round < 60; ++round) {
        const std::int64_t height = random.pick(1, 3), width = random.pick(1, 3);
        const bool dilated = random.pick(0, 2) == 0;
        const std::int64_t apart = dilated ? random.pick(2, 3) : 1, stride = dilated ? 1 : random.pick(1, 3);
        const pads p = random.any(1);
        const std::int64_t groups = random.pick(1, 3), in = random.pick(1, 3), out = random.pick(1, 3);
        const std::int64_t besides = random.pick(0, int(stride) - 1);
        const shape small{random.pick(1, 2), random.pick(3, 5), random.pick(3, 5), in * groups};
        const shape kernel{height, width, out, in * groups};
        CAPTURE(round, height, width, apart, stride, groups, in, out, besides);
        // PyTorch's words for ConvTranspose2d.
        const std::int64_t lines =
            (small[1] - 1) * stride - p.top - p.bottom + apart * (height - 1) + besides + 1;
        const std::int64_t columns =
            (small[2] - 1) * stride - p.left - p.right + apart * (width - 1) + besides + 1;
        if (lines < 1 || columns < 1) continue;
        registry reg(seed{1});
        const conv2d_transpose_options o{.strides = {stride, stride}, .padding = p.option(),
                                         .dilations = {apart, apart}, .groups = groups,
                                         .output_padding = {besides, besides}};
        dynamic_model net(
            reg, [o](scope&, const tensor& x, const tensor& w) { return conv2d_transpose(x, w, any_shape, o); },
            {spec(float32, small), spec(float32, kernel)});
        const xt::xarray<float> x = array_of(small, round), w = array_of(kernel, round + 1);
        const xt::xarray<float> got = net(x, w).as<float>();
        REQUIRE(got.shape(1) == std::size_t(lines));
        REQUIRE(got.shape(2) == std::size_t(columns));
        REQUIRE(got.shape(3) == std::size_t(out * groups));
        xt::xarray<double> wanted = xt::zeros<double>(got.shape()), magnitude = xt::zeros<double>(got.shape());
        for (std::int64_t n = 0; n < small[0]; ++n)
            for (std::int64_t r = 0; r < small[1]; ++r)
                for (std::int64_t c = 0; c < small[2]; ++c)
                    for (std::int64_t e = 0; e < in * groups; ++e)
                        for (std::int64_t i = 0; i < height; ++i)
                            for (std::int64_t j = 0; j < width; ++j)
                                for (std::int64_t k = 0; k < out; ++k) {
                                    const std::int64_t y = r * stride - p.top + i * apart;
                                    const std::int64_t z = c * stride - p.left + j * apart;
                                    if (y < 0 || y >= lines || z < 0 || z >= columns) continue;
                                    const double term = double(x(n, r, c, e)) * double(w(i, j, k, e));
                                    wanted(n, y, z, e / in * out + k) += term;
                                    magnitude(n, y, z, e / in * out + k) += std::fabs(term);
                                }
        for (std::size_t i = 0; i < got.size(); ++i)
            REQUIRE(std::fabs(double(got.data()[i]) - wanted.data()[i]) <= 1e-5 * magnitude.data()[i]);
    }
}

TEST_CASE("pads are the same to extents of the compiler and of the call", "[laws]") {
    struct module {
        struct outputs {
            tensor convolved, along, largest, mean;
        };
        constexpr outputs operator()(scope&, const tensor& x, const tensor& w) const {
            const tensor convolved = relu(conv2d(x, w, {.strides = {2, 2}, .padding = explicit_pads(1, 2, 3, 0)}) + 0.5);
            const tensor along = conv1d(reshape(x, {2, 48, 3}), reshape(w, {9, 3, 5}), {.padding = explicit_pads(8, 0)});
            const pool_options o{.window = {3, 2}, .strides = {2, 2}, .padding = explicit_pads(1, 0, 1, 1),
                                 .ceil_mode = true};
            return {convolved, along, max_pool(x, o), avg_pool(x, o)};
        }
    };
    model<module, input<float, 2, 8, 6, 3>, input<float, 3, 3, 3, 5>> known(seed{});
    registry reg(seed{});
    const shape image{2, 8, 6, 3}, kernel{3, 3, 3, 5};
    dynamic_model late(reg, module{}, {spec(float32, image), spec(float32, kernel)});
    const xt::xarray<float> x = array_of(image, 1), w = array_of(kernel, 2);
    const auto [convolved, along, largest, mean] = known(x, w);
    const auto b = late(x, w);
    const auto are_equal = [](const auto& left, const auto& right, double bound) {
        REQUIRE(left.size() == right.size());
        return std::equal(left.begin(), left.end(), right.begin(),
                          [&](float p, float q) { return std::fabs(double(p) - double(q)) <= bound; });
    };
    CHECK(are_equal(convolved, b[0].elements<float>(), 1e-5));
    CHECK(are_equal(along, b[1].elements<float>(), 1e-5));
    CHECK(are_equal(largest, b[2].elements<float>(), 0));
    CHECK(are_equal(mean, b[3].elements<float>(), 1e-6));
}

TEST_CASE("gradients of boxes, by images and by boxes", "[laws][autodiff]") {
    for (unsigned round = 0; round < 12; ++round) {
        CAPTURE(round);
        gradient_check c(round);
        const tensor image = c.parameter({2, 3, 4, 2});
        const tensor boxes = c.parameter({3, 4}, 0.05, 0.95);
        const tensor y = crop_and_resize(square(image), boxes, c.labels({3}, 3), c.pick(1, 3), c.pick(1, 3));
        REQUIRE_NOTHROW(c.holds(c.weighed(y)));
    }
}

namespace {

struct modes_of_a_batch {
    using outputs = std::array<tensor, 10>;
    constexpr outputs operator()(scope&, const tensor& x, const tensor& w, const tensor& boxes,
                                 const tensor& numbers) const {
        const tensor apart =
            relu(conv2d(x, w, {.padding = explicit_pads(1, 2, 3, 0), .dilations = {2, 1}}) + 0.5);
        const tensor along =
            conv1d(reshape(x, {-1, 48, 3}), reshape(w, {9, 3, 5}), {.padding = explicit_pads(16, 0), .dilation = 2});
        const pool_options o{.window = {3, 2}, .strides = {2, 2}, .padding = explicit_pads(1, 0, 1, 1),
                             .ceil_mode = true};
        const tensor large = conv2d_transpose(apart, w, any_shape, {.strides = {2, 1}, .output_padding = {1, 0}});
        const tensor cells = gather_nd(x, reshape(numbers, {1, 2}));
        return {apart,
                along,
                avg_pool(x, o),
                large,
                resize_bicubic(x, 5, 9, {.half_pixel_centers = true}),
                crop_and_resize(x, boxes, numbers, 3, 4),
                einsum("bhwc,hwcd->bd", {x, reshape(constant_of(w), {8, 6, 3, 2})}),
                band_part(x, 0, 1),
                scatter_update(x, numbers, broadcast_to(reshape(cells, {1, 1, 6, 3}), {2, 8, 6, 3})),
                cells};
    }
    /// 288 numbers of what has 135.
    static constexpr tensor constant_of(const tensor& w) {
        const tensor flat = reshape(w, {135});
        return slice(concat({flat, flat, flat}, 0), {0}, {288});
    }
};

}  // namespace

TEST_CASE("modes of ops are the same to a batch that the call settles", "[laws]") {
    model<modes_of_a_batch, input<float, any_size, 8, 6, 3>, input<float, 3, 3, 3, 5>, input<float, 2, 4>,
          input<std::int32_t, 2>>
        known(largest_batch{5}, seed{});
    registry reg(seed{});
    const shape kernel{3, 3, 3, 5};
    const xt::xarray<float> w = array_of(kernel, 2);
    const std::vector<float> boxes{0, 0, 1, 1, 0.9F, 0.2F, -0.1F, 0.6F};
    const std::vector<std::int32_t> numbers{0, 1};
    for (const std::int64_t batch : {2, 5, 3}) {
        CAPTURE(batch);
        const shape image{batch, 8, 6, 3};
        dynamic_model late(reg, modes_of_a_batch{},
                           {spec(float32, image), spec(float32, kernel), spec(float32, {2, 4}), spec(int32, {2})});
        const xt::xarray<float> x = array_of(image, unsigned(batch));
        const auto a = known(x, w, boxes, numbers);
        const auto b = late(x, w, boxes, numbers);
        [&]<std::size_t... K>(std::index_sequence<K...>) {
            (
                [&] {
                    CAPTURE(K);
                    const auto& left = std::get<K>(a);
                    const auto right = b[K].template elements<float>();
                    REQUIRE(left.size() == right.size());
                    CHECK(std::equal(left.begin(), left.end(), right.begin(), [](float p, float q) {
                        return std::fabs(double(p) - double(q)) <= 1e-4 * (1 + std::fabs(double(q)));
                    }));
                }(),
                ...);
        }(std::make_index_sequence<10>{});
    }
}
