// SPDX-License-Identifier: BSL-1.0
// What a call takes for an input, and what it refuses at run time.
#include <ambit/model/model.hpp>
#include <ambit/ops/all.hpp>

#include "../../support/numbers.hpp"

#include <catch2/catch.hpp>

#include <xtensor/xarray.hpp>
#include <xtensor/xbuilder.hpp>
#include <xtensor/xmanipulation.hpp>
#include <xtensor/xmasked_view.hpp>
#include <xtensor/xmath.hpp>
#include <xtensor/xstrided_view.hpp>
#include <xtensor/xview.hpp>

#include <array>
#include <span>
#include <string>
#include <vector>

using namespace ambit;
using namespace ambit_test;

namespace {

struct plus_one {
    constexpr tensor operator()(scope&, const tensor& x) const { return x + 1; }
};
using matrix_net = model<plus_one, input<float, 2, 3>>;
const std::vector<float> two_to_seven{2, 3, 4, 5, 6, 7};

// The net's answer to an argument whose elements in row-major order are 1 … 6.
template <class X> std::vector<float> answer(const X& x) {
    matrix_net net(seed{});
    return elements(net(x));
}

template <class X>
constexpr bool is_noexcept = noexcept(std::declval<matrix_net&>()(std::declval<const X&>()));

}  // namespace

TEST_CASE("containers of xtensor", "[model]") {
    const xt::xtensor<float, 2> rows{{1, 2, 3}, {4, 5, 6}};
    const xt::xtensor<float, 2, xt::layout_type::column_major> columns = rows;
    const xt::xarray<float> any = rows;
    const xt::xarray<float, xt::layout_type::column_major> any_columns = rows;
    const xt::xtensor_fixed<float, xt::xshape<2, 3>> fixed = rows;
    const xt::xtensor<float, 2, xt::layout_type::dynamic> dynamic(rows);
    CHECK(answer(rows) == two_to_seven);
    CHECK(answer(columns) == two_to_seven);
    CHECK(answer(any) == two_to_seven);
    CHECK(answer(any_columns) == two_to_seven);
    CHECK(answer(fixed) == two_to_seven);
    CHECK(answer(dynamic) == two_to_seven);
}

TEST_CASE("adaptors of memory", "[model]") {
    std::vector<float> v{1, 2, 3, 4, 5, 6};
    const std::vector<std::size_t> extents{2, 3};
    CHECK(answer(xt::adapt(v, std::array<std::size_t, 2>{2, 3})) == two_to_seven);
    CHECK(answer(xt::adapt(v, extents)) == two_to_seven);
    CHECK(answer(xt::adapt(v.data(), 6, xt::no_ownership(), extents)) == two_to_seven);
    std::vector<float> by_columns{1, 4, 2, 5, 3, 6};
    CHECK(answer(xt::adapt<xt::layout_type::column_major>(by_columns, std::array<std::size_t, 2>{2, 3})) ==
          two_to_seven);
}

TEST_CASE("views, contiguous and strided", "[model]") {
    const xt::xtensor<float, 3> cube{{{0, 0, 0}, {0, 0, 0}}, {{1, 2, 3}, {4, 5, 6}}};
    CHECK(answer(xt::view(cube, 1)) == two_to_seven);
    CHECK(answer(xt::view(cube, 1, xt::all(), xt::all())) == two_to_seven);
    const xt::xtensor<float, 2> wide{{1, 9, 2, 9, 3}, {4, 9, 5, 9, 6}};
    CHECK(answer(xt::view(wide, xt::all(), xt::range(0, 5, 2))) == two_to_seven);
    const xt::xtensor<float, 2> broad{{0, 1, 2, 3}, {0, 4, 5, 6}};
    CHECK(answer(xt::view(broad, xt::all(), xt::range(1, 4))) == two_to_seven);
    const xt::xtensor<float, 2> tall{{1, 4}, {2, 5}, {3, 6}};
    CHECK(answer(xt::transpose(tall)) == two_to_seven);
    CHECK(answer(xt::strided_view(cube, {1, xt::ellipsis()})) == two_to_seven);
    const xt::xarray<float> backwards{{6, 5, 4}, {3, 2, 1}};
    CHECK(answer(xt::flip(xt::flip(backwards, 0), 1)) == two_to_seven);
    const xt::xtensor<float, 1> line{1, 2, 3, 4, 5, 6};
    CHECK(answer(xt::reshape_view(line, std::array<std::size_t, 2>{2, 3})) == two_to_seven);
}

TEST_CASE("lazy expressions are evaluated into the input", "[model]") {
    const xt::xtensor<float, 2> doubled{{2, 4, 6}, {8, 10, 12}};
    CHECK(answer(doubled * 0.5F) == two_to_seven);
    CHECK(answer((doubled - doubled / 2.0F) * 1.0F) == two_to_seven);
    const xt::xtensor<double, 2> wide{{1, 2, 3}, {4, 5, 6}};
    CHECK(answer(xt::cast<float>(wide)) == two_to_seven);
    CHECK(answer(xt::reshape_view(xt::arange<float>(1, 7), std::array<std::size_t, 2>{2, 3})) ==
          two_to_seven);
    const xt::xtensor<float, 1> row{1, 2, 3};
    const xt::xtensor<float, 2> column{{0}, {3}};
    CHECK(answer(row + column) == two_to_seven);
    CHECK(answer(xt::broadcast(row, {2, 3}) + column) == two_to_seven);
    const xt::xarray<float> dynamic{{2, 4, 6}, {8, 10, 12}};
    CHECK(answer(dynamic / 2.0F) == two_to_seven);
    const xt::xtensor<float, 2, xt::layout_type::column_major> columns = doubled;
    CHECK(answer(columns / 2.0F) == two_to_seven);
}

TEST_CASE("what is an expression is known as xtensor knows it", "[model]") {
    const auto agrees = []<class... X>(const X&...) {
        return (true && ... && (model_parts::xtensor_expression<X> == xt::is_xexpression<X>::value));
    };
    xt::xtensor<float, 2> matrix{{1, 2}, {3, 4}};
    const xt::xarray<float> dynamic(matrix);
    const xt::xtensor_fixed<float, xt::xshape<2, 2>> fixed(matrix);
    CHECK(agrees(matrix, dynamic, fixed, xt::xtensor<double, 0>{}, xt::adapt(matrix.data(), {2, 2})));
    CHECK(agrees(xt::view(matrix, 0, xt::all()), xt::strided_view(matrix, {0}), xt::transpose(matrix)));
    CHECK(agrees(matrix * 2.0f, xt::exp(dynamic), xt::ones<float>({2, 2}), xt::linspace<double>(0, 1, 3)));
    CHECK(agrees(xt::sum(matrix, {0}), xt::broadcast(matrix, {3, 2, 2}), xt::cast<int>(fixed), matrix < dynamic));
    CHECK(agrees(xt::masked_view(matrix, matrix > 1.0f), xt::make_xshared(xt::xtensor<float, 1>{1, 2})));
    CHECK(agrees(1.0f, true, std::vector<float>{}, std::array<float, 2>{}, std::span<float>{}, shape{2, 2}));
    STATIC_REQUIRE(model_parts::xtensor_expression<xt::xtensor<float, 2>>);
    STATIC_REQUIRE_FALSE(model_parts::xtensor_expression<std::vector<float>>);
}

TEST_CASE("memory of the standard library, in row-major order", "[model]") {
    const std::vector<float> v{1, 2, 3, 4, 5, 6};
    const std::array<float, 6> a{1, 2, 3, 4, 5, 6};
    std::array<float, 6> writable = a;
    CHECK(answer(v) == two_to_seven);
    CHECK(answer(a) == two_to_seven);
    CHECK(answer(std::span(a)) == two_to_seven);
    CHECK(answer(std::span(writable)) == two_to_seven);
    CHECK(answer(std::span<const float>(v)) == two_to_seven);
    CHECK(answer(std::span<const float, 6>(a)) == two_to_seven);
}

TEST_CASE("a call whose shapes the compiler knows throws nothing", "[model]") {
    STATIC_REQUIRE(is_noexcept<std::array<float, 6>>);
    STATIC_REQUIRE(is_noexcept<std::span<const float, 6>>);
    STATIC_REQUIRE(is_noexcept<xt::xtensor_fixed<float, xt::xshape<2, 3>>>);
    STATIC_REQUIRE(
        is_noexcept<decltype(std::declval<matrix_net&>()(std::array<float, 6>{}))>);  // net(net(x))
    STATIC_REQUIRE_FALSE(is_noexcept<std::vector<float>>);
    STATIC_REQUIRE_FALSE(is_noexcept<std::span<const float>>);
    STATIC_REQUIRE_FALSE(is_noexcept<xt::xtensor<float, 2>>);
    STATIC_REQUIRE_FALSE(is_noexcept<xt::xarray<float>>);
}

namespace {

// What the error for an argument says that it had; the shape that was asked for is always that of the input.
template <class X> std::string refused_shape(const X& x) {
    matrix_net net(seed{});
    try {
        net(x);
    } catch (const model_error& e) {
        const std::string text = e.what(), asked = "asked float32[2, 3]";
        REQUIRE(e.kind() == mistake::input_shape);
        REQUIRE(text.find(std::string("[ambit] input_shape: ")) == 0);
        REQUIRE(text.find("input 0") != std::string::npos);
        REQUIRE(text.find(asked + "\n") != std::string::npos);
        const std::size_t had = text.find("had float32");
        REQUIRE(had != std::string::npos);
        return text.substr(had + 11, text.find(']', had) - had - 10);
    }
    return "accepted";
}

}  // namespace

TEST_CASE("a wrong shape that is known at run time only is thrown", "[model]") {
    CHECK(refused_shape(xt::xtensor<float, 2>(xt::zeros<float>({2, 2}))) == "[2, 2]");
    CHECK(refused_shape(xt::xtensor<float, 2>(xt::zeros<float>({3, 2}))) == "[3, 2]");
    CHECK(refused_shape(xt::xtensor<float, 1>(xt::zeros<float>({6}))) == "[6]");
    CHECK(refused_shape(xt::xarray<float>(xt::zeros<float>({1, 2, 3}))) == "[1, 2, 3]");
    CHECK(refused_shape(xt::xarray<float>(1.0F)) == "[]");
    CHECK(refused_shape(xt::xarray<float>::from_shape({1, 1, 1, 1, 1, 1, 1, 2, 3})) ==
          "[1, 1, 1, 1, 1, 1, 1, 2]");  // cut
    CHECK(refused_shape(std::vector<float>(5)) == "[5]");
    CHECK(refused_shape(std::vector<float>{}) == "[0]");
    CHECK(refused_shape(std::span<const float>(two_to_seven).first(4)) == "[4]");
    const xt::xtensor<float, 2> x = xt::zeros<float>({2, 4});
    CHECK(refused_shape(x + 1.0F) == "[2, 4]");
    CHECK(refused_shape(xt::view(x, xt::all(), xt::range(0, 2))) == "[2, 2]");
}

namespace {

struct affine {
    constexpr tensor operator()(scope&, const tensor& x, const tensor& a, const tensor& b) const {
        return x * a + b;
    }
};
struct of_scalars {
    struct outputs {
        tensor sum, twice;
    };
    constexpr outputs operator()(scope&, const tensor& a, const tensor& b) const { return {a + b, b * 2}; }
};

}  // namespace

TEST_CASE("numbers are scalar inputs and scalar outputs", "[model]") {
    model<affine, input<float, 3>, input<float>, input<float>> net(seed{});
    CHECK(elements(net(std::array<float, 3>{1, 2, 3}, 10.0F, 0.5F)) ==
          std::vector<float>{10.5F, 20.5F, 30.5F});
    STATIC_REQUIRE(noexcept(net(std::array<float, 3>{}, 1.0F, 2.0F)));

    model<of_scalars, input<double>, input<double>> scalars(seed{});
    const std::tuple<double, double> result = scalars(1.5, 2.0);
    CHECK(result == std::tuple(3.5, 4.0));
    double sum = 0, twice = 0;
    scalars.run_into(sum, twice, 3.0, 4.0);
    CHECK(sum == 7);
    CHECK(twice == 8);

    // Also from anything with one element.
    const xt::xtensor<double, 0> three = 3.0;
    const std::tuple<double, double> again = scalars(three, std::array<double, 1>{4});
    CHECK(again == std::tuple(7.0, 8.0));
    const xt::xarray<double> lazy = 1.0;
    const std::tuple<double, double> third = scalars(lazy + 1.0, std::vector<double>{4});
    CHECK(third == std::tuple(6.0, 8.0));
}

TEST_CASE("other element types go in and out", "[model]") {
    model<plus_one, input<std::int32_t, 3>> integers(seed{});
    CHECK(elements(integers(xt::xtensor<int, 1>{1, -2, 3})) == std::vector<std::int32_t>{2, -1, 4});
    model<plus_one, input<std::uint8_t, 3>> bytes_net(seed{});
    CHECK(elements(bytes_net(std::vector<std::uint8_t>{1, 2, 255})) == std::vector<std::uint8_t>{2, 3, 0});
    model<plus_one, input<double, 3>> doubles(seed{});
    CHECK(elements(doubles(xt::linspace<double>(0, 1, 3))) == std::vector<double>{1, 1.5, 2});
}

TEST_CASE("views that are returned have the shape of the output in their type", "[model]") {
    matrix_net net(seed{});
    const auto y = net(std::array<float, 6>{});
    STATIC_REQUIRE(model_parts::fixed_shape_of<typename std::remove_cvref_t<decltype(y)>::shape_type>::value ==
                   shape{2, 3});
    CHECK(y.dimension() == 2);
    CHECK(y.shape(0) == 2);
    CHECK(y.shape(1) == 3);
    CHECK(xt::sum(y)() == 6);
    STATIC_REQUIRE(std::is_same_v<decltype(y.data()), const float*>);
}

TEST_CASE("memory ranges overlap if they share a byte", "[model]") {
    std::array<std::byte, 16> memory{};
    using range = model_parts::memory_range;
    const auto at = [&](int offset, std::int64_t count) { return range{memory.data() + offset, count}; };
    CHECK(overlap(at(0, 8), at(0, 8)));
    CHECK(overlap(at(0, 8), at(7, 1)));
    CHECK(overlap(at(4, 4), at(0, 16)));
    CHECK_FALSE(overlap(at(0, 8), at(8, 8)));
    CHECK_FALSE(overlap(at(8, 8), at(0, 8)));
    CHECK_FALSE(overlap(at(4, 0), at(4, 0)));
}
