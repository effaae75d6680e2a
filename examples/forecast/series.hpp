// SPDX-License-Identifier: BSL-1.0
// Prices at the first of each month: from a table of them, or made by a known rule.
#pragma once

#include <ambit/io/csv.hpp>

#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace forecast {

/// One name's prices, from month 0 on; NaN where there was none.
struct price_series {
    std::string name;
    std::vector<double> log_price;
};

struct prices {
    int first_year = 0;  ///< its January is month 0
    std::size_t months = 0;
    std::vector<price_series> series;
    double best_possible = 0;  ///< of a made set: the error of the best forecast as a share of the naive one's; else 0
};

/// A table as of Yahoo Finance: a date in the first column, in the others a name and its prices, which may be missing.
/// Only rows of a first of a month count, in order and without gaps.
inline prices read_prices(const std::filesystem::path& file) {
    prices all;
    std::vector<std::string> names;
    std::size_t row_month = 0;
    bool counts = false;
    static_cast<void>(ambit::io_parts::for_each_csv_field(
        file, {.header = ambit::csv_header::present, .comment = '#'}, names,
        [&](const ambit::io_parts::csv_field& field) {
            const std::string_view text = field.text;
            if (field.column == 0) {
                int year = 0, month = 0;
                const bool is_date = text.size() == 10 && text[4] == '-' && text[7] == '-' &&
                                     std::from_chars(text.data(), text.data() + 4, year).ptr == text.data() + 4 &&
                                     std::from_chars(text.data() + 5, text.data() + 7, month).ptr == text.data() + 7 &&
                                     year > 0 && month >= 1 && month <= 12;
                if (!is_date)
                    throw field.error(ambit::file_fault::not_a_number, "is no date", "dates look like 1990-01-31");
                counts = text.ends_with("-01");
                if (!counts) return;
                if (all.months == 0) all.first_year = year;
                if ((year - all.first_year) * 12 + month - 1 != static_cast<int>(all.months))
                    throw field.error(ambit::file_fault::out_of_range, "is not the month after the last, or no January",
                                      "each month has one row, and the first is a January");
                row_month = all.months++;
                return;
            }
            if (!counts) return;
            if (all.series.size() < field.column) all.series.push_back({"", {}});
            std::vector<double>& log_price = all.series[field.column - 1].log_price;
            log_price.resize(row_month + 1, std::numeric_limits<double>::quiet_NaN());
            if (text.empty()) return;
            const double price = ambit::io_parts::parse_csv_number<double>(field);
            if (!(price > 0)) throw field.error(ambit::file_fault::out_of_range, "is no price", "prices are above 0");
            log_price[row_month] = std::log(price);
        }));
    for (std::size_t i = 0; i < all.series.size(); ++i) all.series[i].name = i + 1 < names.size() ? names[i + 1] : "";
    return all;
}

/// Ten series whose changes follow those of the last two months and chance: x = 0.9 x' - 0.5 x'' + e. The best forecast
/// errs by e, the naive one by x, which is 1.443 times as large (the variance of such a process, G. E. P. Box, G. M.
/// Jenkins, "Time series analysis", 1970, equation 3.2.28).
inline prices make_prices(std::uint64_t seed) {
    prices all{1990, 33 * 12, {}, 1 / std::sqrt(1.5 / (0.5 * (1.5 * 1.5 - 0.9 * 0.9)))};
    std::mt19937_64 engine(seed);
    std::normal_distribution<double> chance(0, 0.05);
    for (int number = 0; number < 10; ++number) {
        price_series made{"made " + std::to_string(number), {}};
        double log_price = 3, last = 0, before = 0;
        for (std::size_t month = 0; month < all.months; ++month) {
            const double change = 0.9 * last - 0.5 * before + chance(engine);
            before = last;
            last = change;
            made.log_price.push_back(log_price += change);
        }
        all.series.push_back(made);
    }
    return all;
}

}  // namespace forecast
