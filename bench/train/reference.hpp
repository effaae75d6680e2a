// SPDX-License-Identifier: BSL-1.0
// Training in double precision, straight from the definitions: convolutions as products of all windows laid out in
// rows, gradients by the chain rule layer by layer.
//
//     std::vector<double> losses = reference_losses(work, 5);   // before each of five steps
#pragma once

#include <bench/train/problem.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

namespace bench::train {

using doubles = std::vector<double>;

/// [rows, inner] · [inner, columns]
inline doubles product(const doubles& a, const doubles& b, std::size_t inner) {
    const std::size_t rows = a.size() / inner, columns = b.size() / inner;
    doubles c(rows * columns);
    for (std::size_t i = 0; i < rows; ++i)
        for (std::size_t s = 0; s < inner; ++s)
            if (const double left = a[i * inner + s]; left != 0)
                for (std::size_t j = 0; j < columns; ++j) c[i * columns + j] += left * b[s * columns + j];
    return c;
}

inline doubles transposed(const doubles& a, std::size_t columns) {
    const std::size_t rows = a.size() / columns;
    doubles t(a.size());
    for (std::size_t i = 0; i < rows; ++i)
        for (std::size_t j = 0; j < columns; ++j) t[j * rows + i] = a[i * columns + j];
    return t;
}

/// y = x · weights + biases
struct reference_layer {
    doubles weights, biases;
    doubles weight_gradient = {}, bias_gradient = {};
    std::array<doubles, 4> moments = {};  // m and v of the weights, then of the biases

    std::size_t out() const { return biases.size(); }
    std::size_t in() const { return weights.size() / out(); }

    doubles forward(const doubles& x) const {
        doubles y = product(x, weights, in());
        for (std::size_t i = 0; i < y.size(); ++i) y[i] += biases[i % out()];
        return y;
    }
    /// Keeps its own gradients; that of `x`.
    doubles backward(const doubles& x, const doubles& upstream) {
        weight_gradient = product(transposed(x, in()), upstream, x.size() / in());
        bias_gradient.assign(out(), 0);
        for (std::size_t i = 0; i < upstream.size(); ++i) bias_gradient[i % out()] += upstream[i];
        return product(upstream, transposed(weights, out()), out());
    }
    void update(optimizer by, int step) {
        update(by, step, weights, weight_gradient, moments[0], moments[1]);
        update(by, step, biases, bias_gradient, moments[2], moments[3]);
    }

private:
    static void update(optimizer by, int step, doubles& values, const doubles& gradient, doubles& m, doubles& v) {
        m.resize(values.size());
        v.resize(values.size());
        for (std::size_t i = 0; i < values.size(); ++i) {
            const double g = gradient[i];
            if (by == optimizer::sgd) {
                values[i] -= sgd_rate * g;
                continue;
            }
            m[i] = beta1 * m[i] + (1 - beta1) * g;
            v[i] = beta2 * v[i] + (1 - beta2) * g * g;
            const double mean = m[i] / (1 - std::pow(beta1, step)), square = v[i] / (1 - std::pow(beta2, step));
            values[i] -= adam_rate * mean / (std::sqrt(square) + epsilon);
        }
    }
};

inline void relu(doubles& x) {
    for (double& each : x) each = std::max(each, 0.0);
}
inline void relu_backward(const doubles& y, doubles& gradient) {
    for (std::size_t i = 0; i < y.size(); ++i)
        if (y[i] <= 0) gradient[i] = 0;
}

/// Calls `f(tap, pixel)` for each element of each window 5 x 5 of square images [n, width, width, channels] that lies
/// within the image; both are indices.
template <class F> void for_each_tap(std::size_t n, std::size_t width, std::size_t channels, F&& f) {
    const int w = int(width), half = int(kernel) / 2;
    std::size_t row = 0;
    for (int b = 0; b < int(n); ++b)
        for (int y = 0; y < w; ++y)
            for (int x = 0; x < w; ++x, ++row)
                for (int i = -half; i <= half; ++i)
                    for (int j = -half; j <= half; ++j) {
                        if (y + i < 0 || y + i >= w || x + j < 0 || x + j >= w) continue;
                        const std::size_t within = std::size_t((i + half) * int(kernel) + j + half);
                        const std::size_t tap = row * kernel * kernel + within;
                        const std::size_t pixel = std::size_t((b * w + y + i) * w + x + j);
                        for (std::size_t c = 0; c < channels; ++c) f(tap * channels + c, pixel * channels + c);
                    }
}

inline doubles windows(const doubles& images, std::size_t width, std::size_t channels) {
    const std::size_t n = images.size() / (width * width * channels);
    doubles rows(images.size() * kernel * kernel);
    for_each_tap(n, width, channels, [&](std::size_t tap, std::size_t pixel) { rows[tap] = images[pixel]; });
    return rows;
}
inline doubles windows_backward(const doubles& upstream, std::size_t width, std::size_t channels) {
    const std::size_t n = upstream.size() / (width * width * channels * kernel * kernel);
    doubles gradient(n * width * width * channels);
    for_each_tap(n, width, channels, [&](std::size_t tap, std::size_t pixel) { gradient[pixel] += upstream[tap]; });
    return gradient;
}

/// The maximum of each 2 x 2 pixels, and which element it is.
inline std::pair<doubles, std::vector<std::size_t>> pool(const doubles& x, std::size_t width, std::size_t channels) {
    const std::size_t half = width / 2;
    std::pair<doubles, std::vector<std::size_t>> result;
    for (std::size_t i = 0; i < x.size() / 4; ++i) {
        const std::size_t c = i % channels, column = i / channels % half, row = i / channels / half;
        const std::size_t first = (row * 2 * width + column * 2) * channels + c;
        std::size_t best = first;
        for (const std::size_t other : {first + channels, first + width * channels, first + (width + 1) * channels})
            if (x[other] > x[best]) best = other;
        result.first.push_back(x[best]);
        result.second.push_back(best);
    }
    return result;
}
inline doubles pool_backward(const std::vector<std::size_t>& from, const doubles& upstream) {
    doubles gradient(upstream.size() * 4);
    for (std::size_t i = 0; i < upstream.size(); ++i) gradient[from[i]] += upstream[i];
    return gradient;
}

/// Mean cross-entropy; turns logits into its gradient.
inline double cross_entropy(doubles& logits, const std::vector<std::int32_t>& labels) {
    double loss = 0;
    for (std::size_t i = 0; i < labels.size(); ++i) {
        double* const row = logits.data() + i * classes;
        const double largest = *std::max_element(row, row + classes);
        double sum = 0;
        for (std::size_t c = 0; c < classes; ++c) sum += std::exp(row[c] - largest);
        const double of_all = largest + std::log(sum);
        loss += of_all - row[labels[i]];
        for (std::size_t c = 0; c < classes; ++c)
            row[c] = (std::exp(row[c] - of_all) - (c == std::size_t(labels[i]) ? 1 : 0)) / double(labels.size());
    }
    return loss / double(labels.size());
}

class reference_net {
public:
    explicit reference_net(const problem& work) : work_(&work) {
        for (const layer& l : work.layers)
            layers_.push_back({doubles(l.weights.begin(), l.weights.end()), doubles(l.biases.begin(), l.biases.end())});
    }
    double step() {
        const batch& next = work_->batches[std::size_t(steps_++) % batch_count];
        const doubles images(next.images.begin(), next.images.end());
        const double loss = work_->net == network::mlp ? mlp(images, next.labels) : conv(images, next.labels);
        for (reference_layer& l : layers_) l.update(work_->by, steps_);
        return loss;
    }

private:
    double mlp(const doubles& images, const std::vector<std::int32_t>& labels) {
        return dense(images, labels, 0).first;
    }

    double conv(const doubles& images, const std::vector<std::int32_t>& labels) {
        const doubles rows1 = windows(images, side, 1);
        doubles y1 = layers_[0].forward(rows1);
        relu(y1);
        const auto [pooled1, from1] = pool(y1, side, channels1);
        const doubles rows2 = windows(pooled1, side / 2, channels1);
        doubles y2 = layers_[1].forward(rows2);
        relu(y2);
        const auto [pooled2, from2] = pool(y2, side / 2, channels2);
        const auto [loss, gradient] = dense(pooled2, labels, 2);

        doubles upstream2 = pool_backward(from2, gradient);
        relu_backward(y2, upstream2);
        const doubles of_rows2 = layers_[1].backward(rows2, upstream2);
        doubles upstream1 = pool_backward(from1, windows_backward(of_rows2, side / 2, channels1));
        relu_backward(y1, upstream1);
        layers_[0].backward(rows1, upstream1);
        return loss;
    }

    /// Two dense layers; the loss, and the gradient of `x`.
    std::pair<double, doubles> dense(const doubles& x, const std::vector<std::int32_t>& labels, std::size_t first) {
        doubles hidden = layers_[first].forward(x);
        relu(hidden);
        doubles logits = layers_[first + 1].forward(hidden);
        const double loss = cross_entropy(logits, labels);
        doubles upstream = layers_[first + 1].backward(hidden, logits);
        relu_backward(hidden, upstream);
        return {loss, layers_[first].backward(x, upstream)};
    }

    const problem* work_;
    std::vector<reference_layer> layers_;
    int steps_ = 0;
};

inline doubles reference_losses(const problem& work, std::size_t steps) {
    reference_net net(work);
    doubles losses;
    for (std::size_t step = 0; step < steps; ++step) losses.push_back(net.step());
    return losses;
}

}  // namespace bench::train
