// SPDX-License-Identifier: BSL-1.0
// Pooling, reductions, softmax and argmax, as a model computes them, against loops in double.
#include <ambit/model/model.hpp>
#include <ambit/ops/all.hpp>

#include "../../../support/numbers.hpp"

#include <catch2/catch.hpp>

using namespace ambit;
using namespace ambit_test;

namespace {

template <std::int64_t H, std::int64_t W, std::int64_t SH, std::int64_t SW, padding_mode Padding>
struct pools {
    struct outputs {
        tensor largest, mean;
    };
    constexpr outputs operator()(scope&, const tensor& x) const {
        return {max_pool(x, {.window = {H, W}, .strides = {SH, SW}, .padding = Padding}),
                avg_pool(x, {.window = {H, W}, .strides = {SH, SW}, .padding = Padding})};
    }
};

template <class Image, std::int64_t H, std::int64_t W, std::int64_t SH, std::int64_t SW, padding_mode Padding>
void check_pool() {
    using T = typename Image::element_type;
    static constexpr shape image = extents_of<Image>;
    model<pools<H, W, SH, SW, Padding>, Image> net(seed{});
    const std::vector<T> x = numbers<T>(image, 1);
    auto [largest, mean] = net(x);
    const std::int64_t height = Padding == same ? (image[1] + SH - 1) / SH : (image[1] - H) / SH + 1;
    const std::int64_t width = Padding == same ? (image[2] + SW - 1) / SW : (image[2] - W) / SW + 1;
    const std::int64_t top =
        Padding == same ? std::max<std::int64_t>((height - 1) * SH + H - image[1], 0) / 2 : 0;
    const std::int64_t left =
        Padding == same ? std::max<std::int64_t>((width - 1) * SW + W - image[2], 0) / 2 : 0;
    REQUIRE(std::int64_t(largest.size()) == image[0] * height * width * image[3]);
    REQUIRE(largest.shape(1) == height);
    REQUIRE(mean.shape(2) == width);
    std::size_t at = 0;
    for (std::int64_t n = 0; n < image[0]; ++n)
        for (std::int64_t r = 0; r < height; ++r)
            for (std::int64_t c = 0; c < width; ++c)
                for (std::int64_t k = 0; k < image[3]; ++k, ++at) {
                    double peak = -1e300, sum = 0, magnitude = 0;
                    int count = 0;
                    for (std::int64_t i = std::max<std::int64_t>(0, r * SH - top);
                         i < std::min(image[1], r * SH - top + H); ++i)
                        for (std::int64_t j = std::max<std::int64_t>(0, c * SW - left);
                             j < std::min(image[2], c * SW - left + W); ++j) {
                            const double e = double(x[static_cast<std::size_t>(
                                ((n * image[1] + i) * image[2] + j) * image[3] + k)]);
                            peak = std::max(peak, e);
                            sum += e;
                            magnitude += std::fabs(e);
                            ++count;
                        }
                    CAPTURE(n, r, c, k);
                    CHECK(largest.data()[at] == static_cast<T>(peak));
                    CHECK(std::fabs(double(mean.data()[at]) - sum / count) <=
                          2 * (count + 1) * double(std::numeric_limits<T>::epsilon()) * magnitude / count);
                }
}

}  // namespace

TEST_CASE("pooling", "[ops]") {
    check_pool<input<float, 1, 4, 4, 1>, 2, 2, 2, 2, valid>();
    check_pool<input<float, 2, 5, 7, 17>, 3, 2, 2, 1, same>();
    check_pool<input<float, 1, 7, 5, 3>, 3, 3, 2, 2, valid>();
    check_pool<input<double, 1, 3, 3, 9>, 5, 4, 1, 2, same>();  // larger than the image
}

TEST_CASE("a pool takes NaN for the largest and for the mean", "[ops]") {
    model<pools<2, 2, 2, 2, valid>, input<float, 1, 2, 4, 1>> net(seed{});
    const float nan = std::numeric_limits<float>::quiet_NaN();
    auto [largest, mean] = net(std::array<float, 8>{1, nan, 1, 2, 3, 4, 3, 4});
    CHECK(std::isnan(largest(0, 0, 0, 0)));
    CHECK(std::isnan(mean(0, 0, 0, 0)));
    CHECK(largest(0, 0, 1, 0) == 4);
    CHECK(mean(0, 0, 1, 0) == 2.5F);
}

namespace {

template <bool Keep, int... Axis> struct reductions {
    struct outputs {
        tensor sum, largest, mean;
    };
    constexpr outputs operator()(scope&, const tensor& x) const {
        const reduce_options o{.axes = {Axis...}, .keep_dims = Keep};
        return {reduce_sum(x, o), reduce_max(x, o), reduce_mean(x, o)};
    }
};
template <bool Keep, int... Axis> struct integer_reductions {
    struct outputs {
        tensor sum, largest;
    };
    constexpr outputs operator()(scope&, const tensor& x) const {
        const reduce_options o{.axes = {Axis...}, .keep_dims = Keep};
        return {reduce_sum(x, o), reduce_max(x, o)};
    }
};

template <class Input, bool Keep, int... Axis> void check_reduce() {
    using T = typename Input::element_type;
    using module = std::conditional_t<std::is_integral_v<T>, integer_reductions<Keep, Axis...>,
                                      reductions<Keep, Axis...>>;
    static constexpr shape extents = extents_of<Input>;
    model<module, Input> net(seed{});
    const std::vector<T> x = numbers<T>(extents, 1, std::is_unsigned_v<T> ? 0 : -100, 100);
    // The result with its reduced axes kept as 1, which is an operand that broadcasts to x.
    shape kept = extents;
    std::int64_t count = 1;
    for (int axis = 0; axis < extents.rank(); ++axis) {
        bool reduced = sizeof...(Axis) == 0;
        for (const int a : std::initializer_list<int>{Axis...})
            reduced = reduced || (a < 0 ? a + extents.rank() : a) == axis;
        if (!reduced) continue;
        count *= extents[axis];
        kept.set(axis, 1);
    }
    const auto size = static_cast<std::size_t>(kept.elements());
    std::vector<double> sums(size, 0), magnitudes(size, 0), peaks(size, -1e300);
    for (std::int64_t i = 0; i < extents.elements(); ++i) {
        const auto to = static_cast<std::size_t>(source_of(kept, extents, i));
        const auto e = static_cast<double>(x[static_cast<std::size_t>(i)]);
        sums[to] += e;
        magnitudes[to] += std::fabs(e);
        peaks[to] = std::max(peaks[to], e);
    }
    const auto results = net(x);
    const auto sum = elements(std::get<0>(results)), largest = elements(std::get<1>(results));
    REQUIRE(sum.size() == size);
    REQUIRE(largest.size() == size);
    for (std::size_t i = 0; i < size; ++i) {
        CAPTURE(i, count);
        CHECK(largest[i] == static_cast<T>(peaks[i]));
        if constexpr (std::is_integral_v<T>) {
            CHECK(sum[i] == static_cast<T>(static_cast<std::int64_t>(sums[i])));
        } else {
            const double bound = 2 * static_cast<double>(count + 1) *
                                 double(std::numeric_limits<T>::epsilon()) * magnitudes[i];
            CHECK(std::fabs(double(sum[i]) - sums[i]) <= bound);
            CHECK(std::fabs(double(elements(std::get<2>(results))[i]) * double(count) - sums[i]) <= bound);
        }
    }
    if constexpr (Keep) CHECK(std::get<0>(results).dimension() == static_cast<std::size_t>(extents.rank()));
}

}  // namespace

TEST_CASE("reductions over all axes", "[ops]") {
    check_reduce<input<float>, false>();
    check_reduce<input<float, 1>, false>();
    check_reduce<input<float, 33>, false>();
    check_reduce<input<float, 3, 5, 17>, true>();
    check_reduce<input<double, 15>, false>();
}

TEST_CASE("reductions over some axes", "[ops]") {
    check_reduce<input<float, 3, 17>, false, 0>();
    check_reduce<input<float, 3, 17>, false, -1>();
    check_reduce<input<float, 2, 3, 8>, true, 1>();
    check_reduce<input<float, 2, 3, 8>, false, 0, 2>();
    check_reduce<input<float, 2, 1, 5>, false, 1>();  // nothing to sum
    check_reduce<input<double, 2, 3, 2, 3>, true, -2, 0>();
}

TEST_CASE("reductions of integers", "[ops]") {
    check_reduce<input<std::int32_t, 3, 17>, false, 0>();
    check_reduce<input<std::int32_t, 3, 17>, false, 1>();
    check_reduce<input<std::uint8_t, 40>, false>();
    check_reduce<input<std::int64_t, 2, 3>, false, 1>();
}

TEST_CASE("the largest of anything with NaN is NaN", "[ops]") {
    model<reductions<false, 1>, input<float, 2, 20>> net(seed{});
    for (std::size_t at = 0; at < 20; ++at) {
        std::vector<float> x = numbers<float>(40);
        x[20 + at] = std::numeric_limits<float>::quiet_NaN();
        auto [sum, largest, mean] = net(x);
        CHECK(largest(0) == *std::max_element(x.begin(), x.begin() + 20));
        CHECK(std::isnan(largest(1)));
        CHECK(std::isnan(sum(1)));
        CHECK(std::isnan(mean(1)));
    }
    std::vector<float> x(40, -std::numeric_limits<float>::infinity());
    CHECK(net.template run<&reductions<false, 1>::outputs::largest>(x)(1) == x[0]);
}

namespace {

template <int Axis> struct normalized {
    constexpr tensor operator()(scope&, const tensor& x) const { return softmax(x, {.axis = Axis}); }
};
template <int Axis> struct largest_place {
    constexpr tensor operator()(scope&, const tensor& x) const { return argmax(x, Axis); }
};

// exp and the sum of powers are good for a few units in the last place, so is their quotient.
template <class Input, int Axis> void check_softmax() {
    using T = typename Input::element_type;
    static constexpr shape extents = extents_of<Input>;
    constexpr int axis = Axis < 0 ? Axis + extents.rank() : Axis;
    shape kept = extents;
    kept.set(axis, 1);
    model<normalized<Axis>, Input> net(seed{});
    for (const double scale : {1.0, 30.0, 1e4}) {
        const std::vector<T> x = numbers<T>(extents, 7, -scale, scale);
        std::vector<double> peaks(static_cast<std::size_t>(kept.elements()), -1e300), sums(peaks.size(), 0);
        const auto at = [&](std::size_t i) {
            return static_cast<std::size_t>(source_of(kept, extents, std::int64_t(i)));
        };
        for (std::size_t i = 0; i < x.size(); ++i) peaks[at(i)] = std::max(peaks[at(i)], double(x[i]));
        for (std::size_t i = 0; i < x.size(); ++i) sums[at(i)] += std::exp(double(x[i]) - peaks[at(i)]);
        const std::vector<T> y = elements(net(x));
        for (std::size_t i = 0; i < x.size(); ++i) {
            const double wanted = std::exp(double(x[i]) - peaks[at(i)]) / sums[at(i)];
            const double bound =
                2 * double(std::numeric_limits<T>::epsilon()) * (4 + double(extents[axis])) * wanted;
            CAPTURE(i, scale, wanted);
            CHECK(std::fabs(double(y[i]) - wanted) <= bound + double(std::numeric_limits<T>::min()));
        }
    }
}

template <class Input, int Axis> void check_argmax() {
    using T = typename Input::element_type;
    static constexpr shape extents = extents_of<Input>;
    constexpr int axis = Axis < 0 ? Axis + extents.rank() : Axis;
    std::int64_t inner = 1;
    for (int i = axis + 1; i < extents.rank(); ++i) inner *= extents[i];
    model<largest_place<Axis>, Input> net(seed{});
    for (unsigned round = 0; round < 8; ++round) {
        std::vector<T> x = numbers<T>(extents, round, 0, 4 + round);  // integers have many equal ones
        if constexpr (std::is_floating_point_v<T>)
            if (round % 2 == 1)
                for (std::size_t i = round; i < x.size(); i += 5) x[i] = std::numeric_limits<T>::quiet_NaN();
        const auto places = elements(net(x));
        static_assert(std::is_same_v<decltype(places), const std::vector<std::int32_t>>);
        REQUIRE(std::int64_t(places.size()) * extents[axis] == extents.elements());
        for (std::size_t o = 0; o < places.size(); ++o) {
            const std::int64_t first =
                std::int64_t(o) / inner * inner * extents[axis] + std::int64_t(o) % inner;
            std::int64_t best = 0;
            for (std::int64_t i = extents[axis] - 1; i >= 0;
                 --i) {  // backwards, so that the first of equals wins
                const T e = x[static_cast<std::size_t>(first + i * inner)],
                        m = x[static_cast<std::size_t>(first + best * inner)];
                if (i == extents[axis] - 1 || e != e || (m == m && e >= m)) best = i;
            }
            CAPTURE(o, round);
            CHECK(places[o] == best);
        }
    }
}

}  // namespace

TEST_CASE("softmax", "[ops]") {
    check_softmax<input<float, 1>, 0>();
    check_softmax<input<float, 3, 10>, -1>();
    check_softmax<input<float, 2, 33>, 1>();
    check_softmax<input<float, 5, 17>, 0>();
    check_softmax<input<double, 2, 3, 8>, 1>();
    check_softmax<input<double, 15>, 0>();
}

TEST_CASE("argmax", "[ops]") {
    check_argmax<input<float, 1>, 0>();
    check_argmax<input<float, 3, 40>, -1>();
    check_argmax<input<float, 5, 17>, 0>();
    check_argmax<input<double, 2, 33, 3>, 1>();
    check_argmax<input<std::int32_t, 2, 33>, 1>();
    check_argmax<input<std::uint8_t, 3, 40>, 1>();
}
