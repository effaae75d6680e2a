// SPDX-License-Identifier: BSL-1.0
// matmul and conv2d, as a model computes them, against loops in double. The kernels have tests of their own
// at every tail; here every extent and option must arrive at the right place.
#include <ambit/model/model.hpp>
#include <ambit/ops/all.hpp>

#include "../../../support/numbers.hpp"

#include <catch2/catch.hpp>

using namespace ambit;
using namespace ambit::op_parts;
using namespace ambit_test;

namespace {

// Within 2 k epsilon sum |a b| of the exact sum, as ops/products/matmul.hpp states; integers are equal.
template <class T> bool is_close(T value, double exact, double magnitude, std::int64_t terms) {
    if constexpr (std::is_integral_v<T>) return value == static_cast<T>(static_cast<std::int64_t>(exact));
    else
        return std::fabs(static_cast<double>(value) - exact) <=
               2 * static_cast<double>(terms) * static_cast<double>(std::numeric_limits<T>::epsilon()) *
                   magnitude;
}

template <bool TransposeA, bool TransposeB> struct product {
    constexpr tensor operator()(scope&, const tensor& a, const tensor& b) const {
        return matmul(a, b, {.transpose_a = TransposeA, .transpose_b = TransposeB});
    }
};

template <class T, std::int64_t M, std::int64_t N, std::int64_t K, bool TransposeA = false,
          bool TransposeB = false>
void check_matmul() {
    using left = std::conditional_t<TransposeA, input<T, K, M>, input<T, M, K>>;
    using right = std::conditional_t<TransposeB, input<T, N, K>, input<T, K, N>>;
    using net = model<product<TransposeA, TransposeB>, left, right>;
    net n(seed{});
    const std::vector<T> a = numbers<T>(M * K, 1, std::is_unsigned_v<T> ? 0 : -9, 9);
    const std::vector<T> b = numbers<T>(K * N, 2, std::is_unsigned_v<T> ? 0 : -9, 9);
    const auto c = n(a, b);
    REQUIRE(c.shape(0) == M);
    REQUIRE(c.shape(1) == N);
    for (std::int64_t i = 0; i < M; ++i)
        for (std::int64_t j = 0; j < N; ++j) {
            double exact = 0, magnitude = 0;
            for (std::int64_t k = 0; k < K; ++k) {
                const auto x =
                    static_cast<double>(a[static_cast<std::size_t>(TransposeA ? k * M + i : i * K + k)]);
                const auto y =
                    static_cast<double>(b[static_cast<std::size_t>(TransposeB ? j * K + k : k * N + j)]);
                exact += x * y;
                magnitude += std::fabs(x * y);
            }
            const T is = c(static_cast<std::size_t>(i), static_cast<std::size_t>(j));
            if (!is_close(is, exact, magnitude, K))
                FAIL_CHECK(M << 'x' << N << 'x' << K << " at " << i << ", " << j << ": " << +is
                             << ", should be " << exact);
        }
    SUCCEED();
}

}  // namespace

TEST_CASE("matmul of float32", "[ops]") {
    check_matmul<float, 1, 1, 1>();
    check_matmul<float, 3, 8, 5>();
    check_matmul<float, 2, 17, 33>();
    check_matmul<float, 5, 3, 7, true, false>();
    check_matmul<float, 5, 3, 7, false, true>();
    check_matmul<float, 3, 17, 2, true, true>();
    check_matmul<float, 1, 6, 40, false, true>();  // inner products
}

TEST_CASE("matmul of other dtypes", "[ops]") {
    check_matmul<double, 3, 9, 4>();
    check_matmul<double, 2, 3, 5, true, true>();
    check_matmul<std::int32_t, 3, 17, 4>();
    check_matmul<std::int32_t, 3, 2, 4, true, true>();
    check_matmul<std::uint8_t, 3, 5, 15, false, true>();
    check_matmul<std::int64_t, 3, 2, 4, true, false>();
}

namespace {

// Element by element in double, the batch of each operand found by broadcasting.
template <class Left, class Right, bool TransposeA = false, bool TransposeB = false> void check_batch_matmul() {
    using T = typename Left::element_type;
    model<product<TransposeA, TransposeB>, Left, Right> net(seed{});
    static constexpr shape left = extents_of<Left>, right = extents_of<Right>;
    const std::vector<T> a = numbers<T>(left, 1, std::is_unsigned_v<T> ? 0 : -9, 9);
    const std::vector<T> b = numbers<T>(right, 2, std::is_unsigned_v<T> ? 0 : -9, 9);
    const std::vector<T> c = elements(net(a, b));
    const shape batch = broadcast(batch_matmul_op::batch_of(left), batch_matmul_op::batch_of(right));
    const std::int64_t m = left[TransposeA ? -1 : -2], k = left[TransposeA ? -2 : -1], n = right[TransposeB ? -2 : -1];
    REQUIRE(static_cast<std::int64_t>(c.size()) == batch.elements() * m * n);
    std::size_t at = 0;
    for (std::int64_t p = 0; p < batch.elements(); ++p) {
        const std::int64_t from_a = source_of(batch_matmul_op::batch_of(left), batch, p) * m * k;
        const std::int64_t from_b = source_of(batch_matmul_op::batch_of(right), batch, p) * k * n;
        for (std::int64_t i = 0; i < m; ++i)
            for (std::int64_t j = 0; j < n; ++j, ++at) {
                double exact = 0, magnitude = 0;
                for (std::int64_t e = 0; e < k; ++e) {
                    const auto x = static_cast<double>(a[static_cast<std::size_t>(from_a + (TransposeA ? e * m + i : i * k + e))]);
                    const auto y = static_cast<double>(b[static_cast<std::size_t>(from_b + (TransposeB ? j * k + e : e * n + j))]);
                    exact += x * y;
                    magnitude += std::fabs(x * y);
                }
                if (!is_close(c[at], exact, magnitude, k))
                    FAIL_CHECK("product " << p << " at " << i << ", " << j << ": " << +c[at] << ", should be " << exact);
            }
    }
    SUCCEED();
}

}  // namespace

TEST_CASE("matmul of batches", "[ops]") {
    check_batch_matmul<input<float, 3, 4, 5>, input<float, 3, 5, 17>>();
    check_batch_matmul<input<float, 2, 3, 5, 4>, input<float, 3, 7, 5>, true, true>();
    check_batch_matmul<input<float, 2, 1, 4, 20>, input<float, 3, 9, 20>, false, true>();
    check_batch_matmul<input<float, 5, 4>, input<float, 3, 4, 6>>();
    check_batch_matmul<input<float, 3, 2, 5, 4>, input<float, 4, 33>>();
    check_batch_matmul<input<float, 3, 4, 5>, input<float, 4, 6>, true>();
    check_batch_matmul<input<double, 2, 3, 4>, input<double, 2, 4, 9>>();
    check_batch_matmul<input<std::int32_t, 2, 3, 4>, input<std::int32_t, 2, 5, 4>, false, true>();
    check_batch_matmul<input<std::int64_t, 2, 2, 3>, input<std::int64_t, 3, 2>>();
    check_batch_matmul<input<std::uint8_t, 2, 1, 3>, input<std::uint8_t, 2, 3, 1>>();
}

namespace {

// The ops that follow become the end of the kernel.
struct attention {
    constexpr tensor operator()(scope&, const tensor& queries, const tensor& keys, const tensor& bias) const {
        return relu(matmul(queries, keys, {.transpose_b = true}) * 0.5 + bias);
    }
};

}  // namespace

TEST_CASE("ops that follow the product of batches are fused with it", "[ops]") {
    using net = model<attention, input<float, 2, 3, 4>, input<float, 2, 5, 4>, input<float, 5>>;
    net n(seed{});
    const std::vector<float> q = numbers<float>(24, 1), k = numbers<float>(40, 2), bias = numbers<float>(5, 3);
    const std::vector<float> y = elements(n(q, k, bias));
    for (std::size_t i = 0; i < 30; ++i) {
        const std::size_t p = i / 15, row = i / 5 % 3, column = i % 5;
        double sum = 0;
        for (std::size_t e = 0; e < 4; ++e)
            sum += double(q[(p * 3 + row) * 4 + e]) * double(k[(p * 5 + column) * 4 + e]);
        CHECK(double(y[i]) == Approx(std::max(0.0, sum * 0.5 + double(bias[column]))).margin(1e-5));
    }
}

namespace {

template <std::int64_t StrideHeight, std::int64_t StrideWidth, padding_mode Padding> struct convolution {
    constexpr tensor operator()(scope&, const tensor& image, const tensor& kernel) const {
        return conv2d(image, kernel, {.strides = {StrideHeight, StrideWidth}, .padding = Padding});
    }
};

template <class T, class Image, class Kernel, std::int64_t StrideHeight, std::int64_t StrideWidth,
          padding_mode Padding>
void check_conv2d() {
    using net = model<convolution<StrideHeight, StrideWidth, Padding>, Image, Kernel>;
    static constexpr shape image = extents_of<Image>, kernel = extents_of<Kernel>;
    net n(seed{});
    const std::vector<T> x = numbers<T>(image, 1), w = numbers<T>(kernel, 2);
    const auto y = n(x, w);
    // TensorFlow's definition: `same` gives ceil(in / stride) places, half of the padding before, the odd one
    // after.
    const auto places = [](std::int64_t in, std::int64_t window, std::int64_t stride) {
        return Padding == same ? (in + stride - 1) / stride : (in - window + stride) / stride;
    };
    const auto before = [&](std::int64_t in, std::int64_t window, std::int64_t stride) {
        return Padding == same
                   ? std::max<std::int64_t>((places(in, window, stride) - 1) * stride + window - in, 0) / 2
                   : 0;
    };
    const std::int64_t height = places(image[1], kernel[0], StrideHeight),
                       width = places(image[2], kernel[1], StrideWidth);
    const std::int64_t top = before(image[1], kernel[0], StrideHeight),
                       left = before(image[2], kernel[1], StrideWidth);
    REQUIRE(y.dimension() == 4);
    REQUIRE(y.shape(0) == image[0]);
    REQUIRE(y.shape(1) == height);
    REQUIRE(y.shape(2) == width);
    REQUIRE(y.shape(3) == kernel[3]);
    std::size_t at = 0;
    for (std::int64_t b = 0; b < image[0]; ++b)
        for (std::int64_t r = 0; r < height; ++r)
            for (std::int64_t c = 0; c < width; ++c)
                for (std::int64_t o = 0; o < kernel[3]; ++o) {
                    double exact = 0, magnitude = 0;
                    for (std::int64_t i = 0; i < kernel[0]; ++i)
                        for (std::int64_t j = 0; j < kernel[1]; ++j)
                            for (std::int64_t k = 0; k < kernel[2]; ++k) {
                                const std::int64_t row = r * StrideHeight + i - top,
                                                   column = c * StrideWidth + j - left;
                                if (row < 0 || row >= image[1] || column < 0 || column >= image[2]) continue;
                                const double p =
                                    double(x[static_cast<std::size_t>(
                                        ((b * image[1] + row) * image[2] + column) * image[3] + k)]) *
                                    double(w[static_cast<std::size_t>(
                                        ((i * kernel[1] + j) * kernel[2] + k) * kernel[3] + o)]);
                                exact += p;
                                magnitude += std::fabs(p);
                            }
                    const T is = y.data()[at++];
                    if (!is_close(is, exact, magnitude, kernel[0] * kernel[1] * kernel[2]))
                        FAIL_CHECK("at " << b << ", " << r << ", " << c << ", " << o << ": " << is
                                         << ", should be " << exact);
                }
    SUCCEED();
}

}  // namespace

TEST_CASE("conv2d", "[ops]") {
    check_conv2d<float, input<float, 1, 1, 1, 1>, input<float, 1, 1, 1, 1>, 1, 1, valid>();
    check_conv2d<float, input<float, 2, 5, 7, 3>, input<float, 3, 2, 3, 17>, 1, 1, same>();
    check_conv2d<float, input<float, 1, 6, 9, 2>, input<float, 3, 4, 2, 3>, 2, 3, valid>();
    check_conv2d<float, input<float, 1, 4, 7, 1>, input<float, 5, 5, 1, 8>, 2, 1,
                 same>();  // larger than the image
    check_conv2d<double, input<double, 1, 5, 4, 2>, input<double, 2, 3, 2, 3>, 1, 2, same>();
}
