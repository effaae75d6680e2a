// SPDX-License-Identifier: BSL-1.0
// A recurrent layer and its training, and attention, in double precision: what contenders are checked with.
#pragma once

#include <bench/sequence/problem.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace bench::sequence {

using doubles = std::vector<double>;

inline double logistic(double x) { return 1 / (1 + std::exp(-x)); }

class reference_layer {
public:
    explicit reference_layer(const layer& work)
        : kind_(work.kind),
          n_(work.units),
          batch_(work.batch),
          in_(work.in),
          columns_(work.gates() * n_),
          rate_(work.rate()),
          w_(work.of_input.begin(), work.of_input.end()),
          r_(work.of_state.begin(), work.of_state.end()),
          b_(work.bias.begin(), work.bias.end()),
          d_(work.state_bias.begin(), work.state_bias.end()),
          xs_(work.xs.begin(), work.xs.end()),
          targets_(work.targets.begin(), work.targets.end()) {}

    /// [time, batch, units].
    const doubles& outputs() {
        const std::size_t rows = xs_.size() / in_, length = rows / batch_, state = batch_ * n_;
        a_.assign(rows * columns_, 0);
        for (std::size_t row = 0; row < rows; ++row) std::copy(b_.begin(), b_.end(), &a_[row * columns_]);
        add_product(xs_.data(), w_.data(), a_.data(), rows, in_, columns_);
        h_.assign((length + 1) * state, 0);  // the first is the state in front of the sequence
        c_.assign((length + 1) * state, 0);
        q_.assign(length * state, 0);
        doubles of_state(batch_ * columns_);
        for (std::size_t t = 0; t < length; ++t) {
            std::fill(of_state.begin(), of_state.end(), 0);
            add_product(&h_[t * state], r_.data(), of_state.data(), batch_, n_, columns_);
            for (std::size_t b = 0; b < batch_; ++b)
                for (std::size_t u = 0; u < n_; ++u) {
                    double* const a = &a_[(t * batch_ + b) * columns_ + u];
                    const double* const s = &of_state[b * columns_ + u];
                    const std::size_t before = t * state + b * n_ + u, after = before + state;
                    if (kind_ == cell::lstm) {
                        for (std::size_t g = 0; g < 4; ++g) {
                            const double sum = a[g * n_] + s[g * n_];
                            a[g * n_] = g == 1 ? std::tanh(sum) : logistic(sum);
                        }
                        c_[after] = a[2 * n_] * c_[before] + a[0] * a[n_];
                        h_[after] = a[3 * n_] * std::tanh(c_[after]);
                    } else {
                        q_[before] = s[2 * n_] + d_[u];
                        a[0] = logistic(a[0] + s[0]);
                        a[n_] = logistic(a[n_] + s[n_]);
                        a[2 * n_] = std::tanh(a[2 * n_] + a[0] * q_[before]);
                        h_[after] = a[n_] * h_[before] + (1 - a[n_]) * a[2 * n_];
                    }
                }
        }
        outputs_.assign(h_.begin() + std::ptrdiff_t(state), h_.end());
        return outputs_;
    }

    /// One step of gradient descent; the loss before it.
    double step() {
        const doubles& y = outputs();
        const std::size_t rows = xs_.size() / in_, length = rows / batch_, state = batch_ * n_;
        double loss = 0;
        for (std::size_t i = 0; i < y.size(); ++i) loss += (y[i] - targets_[i]) * (y[i] - targets_[i]);
        const double scale = 2 / static_cast<double>(y.size());
        doubles dh(state), dc(state), da(rows * columns_), ds(rows * columns_);
        doubles transposed(r_.size());
        for (std::size_t k = 0; k < n_; ++k)
            for (std::size_t j = 0; j < columns_; ++j) transposed[j * n_ + k] = r_[k * columns_ + j];
        for (std::size_t t = length; t-- > 0;) {
            for (std::size_t b = 0; b < batch_; ++b)
                for (std::size_t u = 0; u < n_; ++u) {
                    const std::size_t first = (t * batch_ + b) * columns_ + u;
                    const double* const a = &a_[first];
                    const std::size_t here = b * n_ + u, before = t * state + here, after = before + state;
                    double& h = dh[here];
                    h += scale * (y[before] - targets_[before]);
                    if (kind_ == cell::lstm) {
                        const double shown = std::tanh(c_[after]), i = a[0], j = a[n_], f = a[2 * n_], o = a[3 * n_];
                        double& c = dc[here];
                        c += h * o * (1 - shown * shown);
                        da[first] = c * j * i * (1 - i);
                        da[first + n_] = c * i * (1 - j * j);
                        da[first + 2 * n_] = c * c_[before] * f * (1 - f);
                        da[first + 3 * n_] = h * shown * o * (1 - o);
                        c *= f;
                        h = 0;
                        for (std::size_t g = 0; g < 4; ++g) ds[first + g * n_] = da[first + g * n_];
                    } else {
                        const double r = a[0], z = a[n_], candidate = a[2 * n_];
                        const double of_candidate = h * (1 - z) * (1 - candidate * candidate);
                        ds[first] = da[first] = of_candidate * q_[before] * r * (1 - r);
                        ds[first + n_] = da[first + n_] = h * (h_[before] - candidate) * z * (1 - z);
                        da[first + 2 * n_] = of_candidate;
                        ds[first + 2 * n_] = of_candidate * r;
                        h *= z;
                    }
                }
            add_product(&ds[t * batch_ * columns_], transposed.data(), dh.data(), batch_, columns_, n_);
        }
        update(w_, xs_.data(), da, in_);
        update(r_, h_.data(), ds, n_);
        for (std::size_t row = 0; row < rows; ++row)
            for (std::size_t j = 0; j < columns_; ++j) b_[j] -= rate_ * da[row * columns_ + j];
        if (kind_ == cell::gru)
            for (std::size_t row = 0; row < rows; ++row)
                for (std::size_t u = 0; u < n_; ++u) d_[u] -= rate_ * ds[row * columns_ + 2 * n_ + u];
        return loss / static_cast<double>(y.size());
    }

private:
    static void add_product(const double* a, const double* b, double* sum, std::size_t rows, std::size_t inner,
                            std::size_t columns) {
        for (std::size_t k = 0; k < inner; ++k)
            for (std::size_t r = 0; r < rows; ++r)
                for (std::size_t j = 0; j < columns; ++j) sum[r * columns + j] += a[r * inner + k] * b[k * columns + j];
    }
    /// weights -= rate · xᵀ d.
    void update(doubles& weights, const double* x, const doubles& d, std::size_t rows) {
        for (std::size_t step = 0; step < d.size() / columns_; ++step)
            for (std::size_t k = 0; k < rows; ++k)
                for (std::size_t j = 0; j < columns_; ++j)
                    weights[k * columns_ + j] -= rate_ * x[step * rows + k] * d[step * columns_ + j];
    }

    cell kind_;
    std::size_t n_, batch_, in_, columns_;
    double rate_;
    doubles w_, r_, b_, d_, xs_, targets_;
    doubles a_, h_, c_, q_, outputs_;
};

inline doubles attended(const attention& work) {
    constexpr std::size_t length = attention::length, units = attention::units, each = units / attention::heads;
    const auto projected = [&](const doubles& x, std::size_t which) {
        doubles y(length * units);
        for (std::size_t t = 0; t < length; ++t)
            for (std::size_t j = 0; j < units; ++j) {
                double sum = static_cast<double>(work.biases[which][j]);
                for (std::size_t k = 0; k < units; ++k)
                    sum += x[t * units + k] * static_cast<double>(work.weights[which][k * units + j]);
                y[t * units + j] = sum;
            }
        return y;
    };
    const doubles x(work.x.begin(), work.x.end());
    const doubles q = projected(x, 0), k = projected(x, 1), v = projected(x, 2);
    doubles means(length * units);
    for (std::size_t head = 0; head < units; head += each)
        for (std::size_t t = 0; t < length; ++t) {
            doubles weights(length);
            double sum = 0;
            for (std::size_t other = 0; other < length; ++other) {
                double score = 0;
                for (std::size_t j = head; j < head + each; ++j) score += q[t * units + j] * k[other * units + j];
                weights[other] = std::exp(score / std::sqrt(static_cast<double>(each)));
                sum += weights[other];
            }
            for (std::size_t other = 0; other < length; ++other)
                for (std::size_t j = head; j < head + each; ++j)
                    means[t * units + j] += weights[other] / sum * v[other * units + j];
        }
    return projected(means, 3);
}

}  // namespace bench::sequence
