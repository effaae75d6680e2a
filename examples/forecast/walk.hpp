// SPDX-License-Identifier: BSL-1.0
// Walking forward: each year is forecast, month by month, by a net that has learned from the years before it alone.
#pragma once

#include "net.hpp"
#include "series.hpp"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

namespace forecast {

/// What one year came to: mean absolute errors of the logarithm of the price, a month ahead.
struct year_result {
    int year;
    double net, naive;  ///< naive: the price stays as it is
    std::size_t forecasts;
};

/// One forecast price of the series that is drawn.
struct forecast_price {
    std::size_t month;
    double log_price;
};

/// The changes before a month as the net takes them; false if a price is missing.
inline bool copy_window(const price_series& of, std::size_t month, float* to) {
    constexpr auto months = static_cast<std::size_t>(window);
    if (month <= months || month > of.log_price.size()) return false;
    for (std::size_t i = 0; i < months; ++i) {
        const std::size_t place = month - months + i;
        const double change = of.log_price[place] - of.log_price[place - 1];
        if (std::isnan(change)) return false;
        to[i] = static_cast<float>(change / scale);
    }
    return true;
}

class walk {
public:
    walk(trainer& net, const prices& all, std::uint64_t seed)
        : net_(net), oracle_(net.parameters()), all_(all), seed_(seed) {}

    /// So many steps of learning from all months before `end`.
    void learn(std::size_t end, std::int64_t steps) {
        struct example {
            std::size_t series, month;
        };
        std::vector<example> examples;
        std::vector<float> seen(static_cast<std::size_t>(window));
        for (std::size_t s = 0; s < all_.series.size(); ++s)
            for (std::size_t month = 0; month < end; ++month)
                if (copy_window(all_.series[s], month, seen.data()) && !std::isnan(all_.series[s].log_price[month]))
                    examples.push_back({s, month});
        if (examples.empty())
            throw error("no name has " + std::to_string(window + 2) + " prices in a row before the first year");
        std::seed_seq both{seed_, std::uint64_t{end}};
        std::mt19937_64 engine(both);
        std::vector<float> changes(static_cast<std::size_t>(batch * window)), wanted(static_cast<std::size_t>(batch));
        for (std::int64_t step = 0; step < steps; ++step) {
            for (std::size_t i = 0; i < wanted.size(); ++i) {
                const example& drawn =
                    examples[std::uniform_int_distribution<std::size_t>(0, examples.size() - 1)(engine)];
                const price_series& of = all_.series[drawn.series];
                copy_window(of, drawn.month, changes.data() + i * static_cast<std::size_t>(window));
                wanted[i] = static_cast<float>((of.log_price[drawn.month] - of.log_price[drawn.month - 1]) / scale);
            }
            net_.run<&learner::outputs::train>(changes, wanted);
        }
    }

    /// Forecasts of one year; those of the first series are kept.
    year_result judge(int year) {
        year_result result{year, 0, 0, 0};
        const auto begin = static_cast<std::size_t>((year - all_.first_year) * 12);
        std::vector<float> seen(static_cast<std::size_t>(window));
        for (std::size_t s = 0; s < all_.series.size(); ++s)
            for (std::size_t month = begin; month < begin + 12 && month < all_.series[s].log_price.size(); ++month) {
                const price_series& of = all_.series[s];
                if (!copy_window(of, month, seen.data()) || std::isnan(of.log_price[month])) continue;
                const double change = scale * static_cast<double>(oracle_(seen)(0));
                const double real = of.log_price[month] - of.log_price[month - 1];
                result.net += std::fabs(change - real);
                result.naive += std::fabs(real);
                ++result.forecasts;
                if (s == 0) first_.push_back({month, of.log_price[month - 1] + change});
            }
        if (result.forecasts > 0) {
            result.net /= static_cast<double>(result.forecasts);
            result.naive /= static_cast<double>(result.forecasts);
        }
        return result;
    }

    const std::vector<forecast_price>& of_first_series() const { return first_; }

private:
    trainer& net_;
    oracle oracle_;
    const prices& all_;
    std::uint64_t seed_;
    std::vector<forecast_price> first_;
};

}  // namespace forecast
