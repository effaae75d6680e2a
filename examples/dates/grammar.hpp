// SPDX-License-Identifier: BSL-1.0
// Dates as people write them, and as ISO 8601 has them.
//
//     const written_date date = any_date(engine, dates_of::training); // {"Tuesday, the 3rd of May 1960", "1960-05-03"}
//
// Every 16th day is left to the test: no training has seen it, in whatever words.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>

namespace dates {

struct written_date {
    std::string words, iso;
};

enum class dates_of { training, test };

inline constexpr std::array<std::string_view, 12> months{"january",   "february", "march",    "april",
                                                         "may",       "june",     "july",     "august",
                                                         "september", "october",  "november", "december"};
inline constexpr std::array<std::string_view, 7> weekdays{"sunday",   "monday", "tuesday", "wednesday",
                                                          "thursday", "friday", "saturday"};
inline constexpr std::array<std::string_view, 31> ordinals{
    "first",         "second",       "third",         "fourth",       "fifth",        "sixth",          "seventh",
    "eighth",        "ninth",        "tenth",         "eleventh",     "twelfth",      "thirteenth",     "fourteenth",
    "fifteenth",     "sixteenth",    "seventeenth",   "eighteenth",   "nineteenth",   "twentieth",      "twenty-first",
    "twenty-second", "twenty-third", "twenty-fourth", "twenty-fifth", "twenty-sixth", "twenty-seventh", "twenty-eighth",
    "twenty-ninth",  "thirtieth",    "thirty-first"};

/// A day of the years 1900 to 2099, in some words.
template <class Engine> written_date any_date(Engine& engine, dates_of which) {
    using std::chrono::days, std::chrono::sys_days, std::chrono::year;
    const auto below = [&](std::size_t count) {
        return std::uniform_int_distribution<std::size_t>(0, count - 1)(engine);
    };
    constexpr sys_days first = year{1900} / 1 / 1;
    constexpr auto count = static_cast<std::size_t>((sys_days(year{2100} / 1 / 1) - first).count());
    const auto is_left_to_the_test = [](std::size_t number) { return (number * 2'654'435'761U >> 7) % 16 == 0; };
    std::size_t number = below(count);
    while (is_left_to_the_test(number) != (which == dates_of::test)) number = below(count);
    const sys_days date = first + days(static_cast<int>(number));
    const std::chrono::year_month_day parts(date);
    const std::size_t day = unsigned(parts.day()), month = unsigned(parts.month());
    const std::string y = std::to_string(int(parts.year())), d = std::to_string(day), m = std::to_string(month);
    const auto padded = [](const std::string& digits) { return digits.size() < 2 ? "0" + digits : digits; };
    const std::string month_name(months[month - 1]), short_name = month_name.substr(0, 3);
    const std::string weekday(weekdays[std::chrono::weekday(date).c_encoding()]);
    const std::string ending = day / 10 == 1   ? "th"
                               : day % 10 == 1 ? "st"
                               : day % 10 == 2 ? "nd"
                               : day % 10 == 3 ? "rd"
                                               : "th";
    const std::string ordinal(ordinals[day - 1]);
    const std::array<std::string, 12> ways{
        d + ' ' + month_name + ' ' + y,
        month_name + ' ' + d + ", " + y,
        weekday + ", " + d + ' ' + month_name + ' ' + y,
        "the " + ordinal + " of " + month_name + ' ' + y,
        "the " + d + ending + " day of " + month_name + " in " + y,
        short_name + ' ' + d + ending + " '" + y.substr(2) + (y < "2000" ? " (last century)" : " (this century)"),
        padded(d) + '.' + padded(m) + '.' + y,
        m + '/' + d + '/' + y,
        weekday.substr(0, 3) + ' ' + short_name + ' ' + d + ' ' + y,
        y + ", " + month_name + " the " + ordinal,
        "on " + weekday + " the " + d + ending + " of " + short_name + ", " + y,
        ordinal + ' ' + short_name + ". " + y,
    };
    return {ways[below(ways.size())], y + '-' + padded(m) + '-' + padded(d)};
}

inline constexpr std::size_t longest = 44;  ///< letters of a date in words
inline constexpr std::size_t iso_length = 10;

// ---- letters as numbers --------------------------------------------------------------------------------------------

/// What dates in words are made of; 0 is what follows the last letter.
inline constexpr std::string_view word_letters = "\n abcdefghijklmnopqrstuvwxyz0123456789.,'/()-";
inline constexpr std::string_view iso_letters = "0123456789-^";  ///< `^` stands in front of the first
inline constexpr std::int32_t before_first = 11;

/// The number of a letter; a letter that no date has is a space.
inline std::int32_t number_of(char letter, std::string_view letters) {
    const std::size_t place = letters.find(letter);
    return place == std::string_view::npos ? 1 : static_cast<std::int32_t>(place);
}

}  // namespace dates
