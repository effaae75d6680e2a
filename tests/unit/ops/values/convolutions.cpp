// SPDX-License-Identifier: BSL-1.0
// Convolutions with dilations, groups and multipliers, as a model computes them, against loops in double.
#include <ambit/model/model.hpp>
#include <ambit/ops/all.hpp>

#include "../../../support/numbers.hpp"

#include <catch2/catch.hpp>

using namespace ambit;
using namespace ambit::op_parts;
using namespace ambit_test;

namespace {

struct use {
    std::int64_t kernel_height = 3, kernel_width = 3, out_each = 1;  // channels of the result for each group
    std::int64_t groups = 1, stride = 1, dilation_height = 1, dilation_width = 1;
    padding_option padding = valid;
    std::int64_t is_depthwise = 0;
};

template <use Use> struct convolution {
    constexpr tensor operator()(scope&, const tensor& x, const tensor& w) const {
        const window_extents strides{Use.stride, Use.stride}, dilations{Use.dilation_height, Use.dilation_width};
        if (Use.is_depthwise != 0)
            return depthwise_conv2d(x, w, {.strides = strides, .padding = Use.padding, .dilations = dilations});
        return conv2d(x, w, {.strides = strides, .padding = Use.padding, .dilations = dilations, .groups = Use.groups});
    }
};

// Whether y is the convolution of x, an image of these extents, with w.
template <class T>
void compare(const shape& image, const use& how, const std::vector<T>& x, const std::vector<T>& w,
             const std::vector<T>& y) {
    const std::int64_t groups = how.is_depthwise != 0 ? image[3] : how.groups, each = image[3] / groups;
    const auto places = [&](std::int64_t extent, std::int64_t taps, std::int64_t dilation,
                            const line_padding_option& padding) {
        const std::int64_t window = (taps - 1) * dilation + 1;
        return places_of_window(extent, window, how.stride, padding);
    };
    const window_places lines = places(image[1], how.kernel_height, how.dilation_height, how.padding.lines());
    const window_places columns = places(image[2], how.kernel_width, how.dilation_width, how.padding.columns());
    const std::int64_t out = how.out_each * groups;
    REQUIRE(std::int64_t(y.size()) == image[0] * lines.count * columns.count * out);
    const auto at = [](const std::vector<T>& all, std::int64_t i) { return double(all[std::size_t(i)]); };
    std::size_t element = 0;
    for (std::int64_t n = 0; n < image[0]; ++n)
        for (std::int64_t r = 0; r < lines.count; ++r)
            for (std::int64_t c = 0; c < columns.count; ++c)
                for (std::int64_t k = 0; k < out; ++k, ++element) {
                    double sum = 0, magnitude = 0;
                    const std::int64_t group = k / how.out_each;
                    for (std::int64_t i = 0; i < how.kernel_height; ++i)
                        for (std::int64_t j = 0; j < how.kernel_width; ++j)
                            for (std::int64_t e = 0; e < each; ++e) {
                                const std::int64_t py = r * how.stride - lines.before + i * how.dilation_height;
                                const std::int64_t px = c * how.stride - columns.before + j * how.dilation_width;
                                if (py < 0 || py >= image[1] || px < 0 || px >= image[2]) continue;
                                const std::int64_t pixel = (n * image[1] + py) * image[2] + px;
                                const std::int64_t tap = i * how.kernel_width + j;
                                const double weight =
                                    how.is_depthwise != 0 ? at(w, tap * out + k) : at(w, (tap * each + e) * out + k);
                                const double term = at(x, pixel * image[3] + group * each + e) * weight;
                                sum += term;
                                magnitude += std::fabs(term);
                            }
                    const double bound = 2.0 * double(how.kernel_height * how.kernel_width * each + 1) *
                                         double(std::numeric_limits<T>::epsilon()) * magnitude;
                    if (!(std::fabs(double(y[element]) - sum) <= bound))
                        FAIL_CHECK(n << ", " << r << ", " << c << ", " << k << ": " << y[element] << ", should be "
                                     << sum);
                }
    SUCCEED();
}

template <class Image, use Use> void check() {
    using T = typename Image::element_type;
    static constexpr shape image = extents_of<Image>;
    static constexpr std::int64_t groups = Use.is_depthwise != 0 ? image[3] : Use.groups, each = image[3] / groups;
    static constexpr std::int64_t in = Use.is_depthwise != 0 ? image[3] : each;
    static constexpr std::int64_t last = Use.is_depthwise != 0 ? Use.out_each : Use.out_each * groups;
    model<convolution<Use>, Image, input<T, Use.kernel_height, Use.kernel_width, in, last>> net(seed{});
    const std::vector<T> x = numbers<T>(image, 1), w = numbers<T>(Use.kernel_height * Use.kernel_width * in * last, 2);
    compare<T>(image, Use, x, w, elements(net(x, w)));
}

}  // namespace

TEST_CASE("dilated convolutions", "[ops]") {
    check<input<float, 2, 9, 8, 3>, use{.out_each = 5, .dilation_height = 2, .dilation_width = 3}>();
    check<input<float, 1, 7, 10, 4>, use{.out_each = 17, .dilation_height = 3, .dilation_width = 2, .padding = same}>();
    check<input<double, 1, 4, 5, 2>,
          use{.out_each = 3, .dilation_height = 9, .padding = same}>();  // further than the image
    check<input<float, 1, 6, 6, 2>, use{.kernel_height = 2, .kernel_width = 1, .out_each = 3, .dilation_height = 2}>();
}

TEST_CASE("convolutions with explicit pads", "[ops]") {
    check<input<float, 2, 8, 6, 3>, use{.out_each = 17, .stride = 2, .padding = explicit_pads(1)}>();
    check<input<float, 1, 4, 5, 3>, use{.out_each = 4, .padding = explicit_pads(0, 5, 4, 1)}>();  // beyond the kernel
    check<input<double, 1, 5, 6, 2>,
          use{.out_each = 3, .dilation_height = 2, .dilation_width = 3, .padding = explicit_pads(3, 0, 1, 2)}>();
    check<input<float, 1, 6, 7, 9>, use{.out_each = 2, .stride = 2, .padding = explicit_pads(1), .is_depthwise = 1}>();
}

TEST_CASE("convolutions of groups", "[ops]") {
    check<input<float, 2, 6, 5, 6>, use{.out_each = 4, .groups = 2}>();
    check<input<float, 1, 6, 7, 20>, use{.out_each = 1, .groups = 10, .stride = 2, .padding = same}>();
    check<input<double, 1, 6, 7, 6>, use{.out_each = 2, .groups = 3, .dilation_height = 2, .padding = same}>();
    check<input<float, 1, 6, 7, 6>,
          use{.out_each = 3, .groups = 6, .stride = 2, .padding = same}>();  // one channel each
}

TEST_CASE("depthwise convolutions", "[ops]") {
    check<input<float, 2, 6, 7, 21>, use{.is_depthwise = 1}>();
    check<input<float, 2, 7, 6, 3>, use{.out_each = 4, .stride = 2, .padding = same, .is_depthwise = 1}>();
    check<input<double, 1, 7, 9, 5>,
          use{.out_each = 2, .dilation_height = 2, .dilation_width = 3, .padding = same, .is_depthwise = 1}>();
}
