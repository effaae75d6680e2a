// SPDX-License-Identifier: BSL-1.0
// A convolution with bias and relu in double precision, for images [n, h, w, c] with padding `same`, stride
// 1.
//
//     constexpr extents e{.batch = 1, .side = 32, .in = 32, .out = 32, .kernel = 5};
//     const layer_parameters layer(e, 2);
//     reference(e, image.data(), layer, [&](double value, double squares) { … });
#pragma once

#include <bench/numbers.hpp>

#include <algorithm>
#include <cstddef>
#include <vector>

namespace bench {

/// Of a layer; images are square, so are kernels.
struct extents {
    int batch, side, in, out, kernel;

    constexpr std::size_t image() const {
        return std::size_t(batch) * std::size_t(side) * std::size_t(side) * std::size_t(in);
    }
    constexpr std::size_t result() const {
        return std::size_t(batch) * std::size_t(side) * std::size_t(side) * std::size_t(out);
    }
    constexpr std::size_t depth() const {
        return std::size_t(kernel) * std::size_t(kernel) * std::size_t(in);
    }
    constexpr std::size_t weights() const { return depth() * std::size_t(out); }
    /// Each array once.
    constexpr double bytes() const {
        return 4.0 * static_cast<double>(image() + weights() + std::size_t(out) + result());
    }
    /// Nominal: taps outside of the image count.
    constexpr double operations() const {
        return 2.0 * static_cast<double>(result()) * static_cast<double>(depth());
    }
};

struct layer_parameters {
    numbers weights, biases;
    layer_parameters(const extents& e, unsigned seed)
        : weights(uniform(e.weights(), -0.1f, 0.1f, seed)),
          biases(uniform(std::size_t(e.out), -0.1f, 0.1f, seed + 1)) {}
};

/// The layer in double precision. `emit(value, squares)` for every element, with the sum of the squared
/// products.
template <class T, class Emit>
void reference(const extents& e, const T* image, const layer_parameters& layer, Emit&& emit) {
    const std::size_t in = std::size_t(e.in), out = std::size_t(e.out);
    std::vector<double> sums(out), squares(out);
    for (int b = 0; b < e.batch; ++b)
        for (int y = 0; y < e.side; ++y)
            for (int x = 0; x < e.side; ++x) {
                for (std::size_t o = 0; o < out; ++o) sums[o] = static_cast<double>(layer.biases[o]);
                squares.assign(out, 0);
                for (int i = 0; i < e.kernel; ++i)
                    for (int j = 0; j < e.kernel; ++j) {
                        const int row = y + i - e.kernel / 2, column = x + j - e.kernel / 2;
                        if (row < 0 || row >= e.side || column < 0 || column >= e.side) continue;
                        const T* pixel = image + std::size_t((b * e.side + row) * e.side + column) * in;
                        const float* tap = layer.weights.data() + std::size_t(i * e.kernel + j) * in * out;
                        for (std::size_t c = 0; c < in; ++c)
                            for (std::size_t o = 0; o < out; ++o) {
                                const double term =
                                    static_cast<double>(pixel[c]) * static_cast<double>(tap[c * out + o]);
                                sums[o] += term;
                                squares[o] += term * term;
                            }
                    }
                for (std::size_t o = 0; o < out; ++o) emit(std::max(sums[o], 0.0), squares[o]);
            }
}

}  // namespace bench
