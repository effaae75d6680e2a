// SPDX-License-Identifier: BSL-1.0
// What a contender's result must be: sums in double precision, and how far a float result may be from each.
//
//     expectation right;
//     right.add_sum(products, squares, terms);
//     std::string why = right.mismatch(result, right.size());   // empty if it agrees
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdio>
#include <limits>
#include <string>
#include <vector>

namespace bench {

class expectation {
public:
    std::size_t size() const { return values_.size(); }
    double operator[](std::size_t i) const { return values_[i]; }

    void reserve(std::size_t count) {
        values_.reserve(count);
        bounds_.reserve(count);
    }

    void add(double value, double bound) {
        values_.push_back(value);
        bounds_.push_back(bound);
    }

    /// A value computed element by element: within `ulps` float steps of it, or of `scale` where that is
    /// larger.
    void add_near(double value, double ulps, double scale = 0) {
        add(value, ulps * epsilon * std::fmax(std::fabs(value), scale));
    }

    /// A sum of `terms` products whose squares add up to `squares`. Rounding errors of a float sum walk
    /// randomly, 0.35 ε √(terms · squares) in the mean; the bound is 11 of those. The guaranteed bound, ε
    /// terms Σ|aᵢbᵢ|, is so wide for long sums that half precision would pass.
    void add_sum(double value, double squares, double terms) {
        add(value, 4 * epsilon * std::sqrt(terms * squares) + std::numeric_limits<float>::min());
    }

    /// What is wrong with `count` results, the first of which is number `first` of the expected ones.
    /// `tolerance` multiplies the bounds.
    std::string mismatch(const float* results, std::size_t count, std::size_t first = 0,
                         double tolerance = 1) const {
        for (std::size_t i = 0; i < count; ++i) {
            const double had = static_cast<double>(results[i]);
            // Also false for NaN.
            if (std::fabs(had - values_[first + i]) <= tolerance * bounds_[first + i]) continue;
            char text[120];
            std::snprintf(text, sizeof text, "element %zu is %.9g, should be %.9g within %.2g", first + i,
                          had, values_[first + i], tolerance * bounds_[first + i]);
            return text;
        }
        return {};
    }

private:
    static constexpr double epsilon = static_cast<double>(std::numeric_limits<float>::epsilon());

    std::vector<double> values_, bounds_;
};

}  // namespace bench
