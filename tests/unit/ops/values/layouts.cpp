// SPDX-License-Identifier: BSL-1.0
// reshape, transpose and cast, as a model computes them.
#include <ambit/model/model.hpp>
#include <ambit/ops/all.hpp>

#include "../../../support/numbers.hpp"

#include <catch2/catch.hpp>

#include <xtensor/xmanipulation.hpp>

using namespace ambit;
using namespace ambit_test;

namespace {

template <int... Axis> struct permuted {
    constexpr tensor operator()(scope&, const tensor& x) const { return transpose(x, {Axis...}); }
};
struct reversed {
    constexpr tensor operator()(scope&, const tensor& x) const { return transpose(x); }
};

// xtensor's own transposition is the reference.
template <class Input, class Module, class... Axis> void check_transpose(Axis... axis) {
    using T = typename Input::element_type;
    static constexpr shape extents = extents_of<Input>;
    std::vector<std::size_t> sizes, permutation{static_cast<std::size_t>(axis)...};
    for (int i = 0; i < extents.rank(); ++i) sizes.push_back(static_cast<std::size_t>(extents[i]));
    for (std::size_t i = sizes.size(); permutation.size() < sizes.size();) permutation.push_back(--i);
    model<Module, Input> net(seed{});
    xt::xarray<T> x = xt::zeros<T>(sizes);
    const std::vector<T> values = numbers<T>(extents, 3, 0, 250);
    std::copy(values.begin(), values.end(), x.begin());
    const xt::xarray<T> wanted = xt::transpose(x, permutation);
    const auto y = net(x);
    REQUIRE(std::equal(y.shape().begin(), y.shape().end(), wanted.shape().begin(), wanted.shape().end()));
    CHECK(std::equal(y.begin(), y.end(), wanted.begin()));
}

}  // namespace

TEST_CASE("transpose", "[ops]") {
    check_transpose<input<float, 17>, reversed>();
    check_transpose<input<float, 3, 8>, reversed>();
    check_transpose<input<float, 17, 33>, permuted<1, 0>>(1, 0);
    check_transpose<input<float, 2, 3, 5>, reversed>();
    check_transpose<input<float, 2, 3, 5>, permuted<0, 2, 1>>(0, 2, 1);
    check_transpose<input<float, 2, 3, 4, 5>, permuted<0, 3, 1, 2>>(0, 3, 1, 2);
    check_transpose<input<float, 2, 3, 4, 5>, permuted<-1, -3, 0, -2>>(3, 1, 0, 2);
    check_transpose<input<double, 9, 16>, reversed>();
    check_transpose<input<std::int32_t, 2, 15, 3>, permuted<2, 0, 1>>(2, 0, 1);
    check_transpose<input<std::uint8_t, 5, 33>, reversed>();
}

namespace {

struct reshaped {
    constexpr tensor operator()(scope&, const tensor& x) const { return reshape(x, {2, -1, 5}) + 0; }
};
struct to_scalar {
    constexpr tensor operator()(scope&, const tensor& x) const { return reshape(x, {}) * 2; }
};

}  // namespace

TEST_CASE("reshape keeps the elements in order", "[ops]") {
    model<reshaped, input<float, 5, 6>> net(seed{});
    const std::vector<float> x = numbers<float>(30);
    const auto y = net(x);
    CHECK(y.shape(0) == 2);
    CHECK(y.shape(1) == 3);
    CHECK(y.shape(2) == 5);
    CHECK(elements(y) == x);
    CHECK(model<to_scalar, input<float, 1, 1>>(seed{})(std::array<float, 1>{4}) == 8);
}

namespace {

template <dtype To> struct converted {
    constexpr tensor operator()(scope&, const tensor& x) const { return cast(x, To); }
};
template <dtype To, class From, std::size_t Count> auto converts(const std::array<From, Count>& x) {
    model<converted<To>, input<From, std::int64_t(Count)>> net(seed{});
    return elements(net(x));
}

constexpr float nan32 = std::numeric_limits<float>::quiet_NaN();
constexpr float infinity32 = std::numeric_limits<float>::infinity();

}  // namespace

TEST_CASE("cast from floats drops the fraction and stays in range", "[ops]") {
    const std::array<float, 17> x{nan32, infinity32, -infinity32, -0.9F, 0.9F,  2.5F, -2.5F, 255.5F, 256,
                                  300,   -1,         2147483520,  3e9F,  -3e9F, 1e30F, -1e30F, 7};
    CHECK(converts<int32>(x) == std::vector<std::int32_t>{0, 2147483647, -2147483647 - 1, 0, 0, 2, -2, 255,
                                                          256, 300, -1, 2147483520, 2147483647,
                                                          -2147483647 - 1, 2147483647, -2147483647 - 1, 7});
    CHECK(converts<uint8>(x) ==
          std::vector<std::uint8_t>{0, 255, 0, 0, 0, 2, 0, 255, 255, 255, 0, 255, 255, 0, 255, 0, 7});
    CHECK(converts<int64>(x)[12] == 3'000'000'000);
    CHECK(converts<int64>(std::array<double, 3>{1e19, -1e19, 9007199254740993.0}) ==
          std::vector<std::int64_t>{std::numeric_limits<std::int64_t>::max(),
                                    std::numeric_limits<std::int64_t>::min(), 9007199254740992});
    CHECK(converts<int32>(std::array<double, 3>{2147483647.5, -2147483648.5, -2147483649.0}) ==
          std::vector<std::int32_t>{2147483647, -2147483647 - 1, -2147483647 - 1});
}

TEST_CASE("cast to floats rounds to nearest", "[ops]") {
    CHECK(converts<float32>(std::array<std::int32_t, 3>{16777217, -5, 2147483647}) ==
          std::vector<float>{16777216, -5, 2147483648.0F});
    CHECK(converts<float32>(std::array<std::uint8_t, 5>{0, 1, 127, 128, 255}) ==
          std::vector<float>{0, 1, 127, 128, 255});
    CHECK(converts<float64>(std::array<float, 2>{0.1F, -infinity32}) ==
          std::vector<double>{double(0.1F), -std::numeric_limits<double>::infinity()});
    CHECK(converts<float32>(std::array<double, 2>{0.1, 1e300}) == std::vector<float>{0.1F, infinity32});
    CHECK(converts<float32>(std::array<bool, 2>{true, false}) == std::vector<float>{1, 0});
}

TEST_CASE("cast between integers wraps around, and anything but zero is true", "[ops]") {
    CHECK(converts<uint8>(std::array<std::int32_t, 4>{-1, 255, 256, 513}) ==
          std::vector<std::uint8_t>{255, 255, 0, 1});
    CHECK(converts<int32>(std::array<std::int64_t, 2>{4294967297, -1}) == std::vector<std::int32_t>{1, -1});
    CHECK(converts<int32>(std::array<std::uint8_t, 2>{200, 3}) == std::vector<std::int32_t>{200, 3});
    model<converted<boolean>, input<float, 4>> net(seed{});
    const auto bits = net(std::array<float, 4>{0, -0.0F, 0.25F, nan32});
    CHECK_FALSE(bits(0));
    CHECK_FALSE(bits(1));
    CHECK(bits(2));
    CHECK(bits(3));
}
