// SPDX-License-Identifier: BSL-1.0
// Structs of the program's own, adapted with Boost.Hana, read themselves from the same files, field by field.
//
//     struct schedule { double rate = 0.1; std::optional<int> warm_up; };
//     BOOST_HANA_ADAPT_STRUCT(schedule, rate, warm_up);
//     struct settings { std::string data; std::vector<std::int64_t> sizes; schedule learning; };
//     BOOST_HANA_ADAPT_STRUCT(settings, data, sizes, learning);
//
//     const auto a = read_config<settings>("settings.toml");                  // all fields but the optional ones
//     const auto b = read_config("settings.json", settings{.data = "."});     // what is not said is as here
//
// A field is a bool, a number, a std::string, an enumeration with words, an adapted struct, or a std::optional, a
// std::vector or a std::array of those. Numbers have to fit their type. An enumeration has words if its namespace has
//
//     constexpr auto config_words(pace) { return std::array{std::pair{"slow", pace::slow}, std::pair{"fast", …}}; }
#pragma once

#include <ambit/config/document.hpp>
#include <ambit/config/table_reader.hpp>

#include <boost/hana/accessors.hpp>
#include <boost/hana/adapt_struct.hpp>
#include <boost/hana/core/to.hpp>
#include <boost/hana/first.hpp>
#include <boost/hana/for_each.hpp>
#include <boost/hana/second.hpp>

#include <array>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace AMBIT_NAMESPACE::config_parts {

template <class T>
concept adapted_struct = boost::hana::Struct<T>::value;

template <class T>
concept has_words = std::is_enum_v<T> && requires(T value) { config_words(value); };

template <class T> inline constexpr bool is_optional = false;
template <class T> inline constexpr bool is_optional<std::optional<T>> = true;
template <class T> inline constexpr bool is_vector = false;
template <class T> inline constexpr bool is_vector<std::vector<T>> = true;
template <class T> inline constexpr bool is_array = false;
template <class T, std::size_t N> inline constexpr bool is_array<std::array<T, N>> = true;

/// What takes the place of fields that a table lacks.
enum class lacking { refused, kept };

template <class T> void read_field(const placed_value& from, T& field, lacking policy);

template <adapted_struct T> void read_struct(const placed_value& from, T& into, lacking policy) {
    table_reader table(from);
    boost::hana::for_each(boost::hana::accessors<T>(), [&](auto accessor) {
        const std::string_view name = boost::hana::to<char const*>(boost::hana::first(accessor));
        auto& field = boost::hana::second(accessor)(into);
        const bool may_lack = policy == lacking::kept || is_optional<std::remove_cvref_t<decltype(field)>>;
        if (const auto said = may_lack ? table.optional(name) : table.required(name)) read_field(*said, field, policy);
    });
    table.finish();
}

template <has_words T> T read_word(const placed_value& from) {
    constexpr auto all = config_words(T{});
    std::array<std::string_view, all.size()> words;
    for (std::size_t i = 0; i < all.size(); ++i) words[i] = all[i].first;
    return all[from.word(words)].second;
}

template <class T> void read_field(const placed_value& from, T& field, lacking policy) {
    if constexpr (std::same_as<T, bool>) {
        field = from.boolean();
    } else if constexpr (std::unsigned_integral<T>) {
        field = static_cast<T>(from.natural((std::numeric_limits<T>::max)()));
    } else if constexpr (std::signed_integral<T>) {
        field = static_cast<T>(from.integer((std::numeric_limits<T>::min)(), (std::numeric_limits<T>::max)()));
    } else if constexpr (std::floating_point<T>) {
        constexpr double most = static_cast<double>((std::numeric_limits<T>::max)());
        const double x = from.number();
        // What TOML calls inf and nan is meant so.
        field = static_cast<T>(std::isfinite(x) ? from.number(-most, most) : x);
        if ((x < 0 || x > 0) && !(field < 0 || field > 0))
            from.refuse(config_fault::out_of_range, "there is " + words_of_number(x),
                        "its type has nothing between 0 and " +
                            words_of_number(static_cast<double>(std::numeric_limits<T>::denorm_min())));
    } else if constexpr (std::same_as<T, std::string>) {
        field = from.text();
    } else if constexpr (has_words<T>) {
        field = read_word<T>(from);
    } else if constexpr (is_optional<T>) {
        if (from.kind() == value_kind::nothing) return field.reset();
        if (!field) field.emplace();
        read_field(from, *field, policy);
    } else if constexpr (is_vector<T>) {
        from.expect(value_kind::list, "a list");
        T all(from.size());
        for (std::size_t i = 0; i < all.size(); ++i) {
            typename T::value_type element{};
            read_field(from[i], element, policy);
            all[i] = std::move(element);
        }
        field = std::move(all);
    } else if constexpr (is_array<T>) {
        from.expect(value_kind::list, "a list");
        if (from.size() != field.size())
            from.refuse(config_fault::wrong_size, "there are " + std::to_string(from.size()) + " elements",
                        "it takes " + std::to_string(field.size()));
        for (std::size_t i = 0; i < field.size(); ++i) read_field(from[i], field[i], policy);
    } else {
        static_assert(adapted_struct<T>,
                      "[ambit] config_field: a field is a bool, a number, a std::string, an enumeration with "
                      "config_words, a struct adapted with BOOST_HANA_ADAPT_STRUCT, or a std::optional, std::vector or "
                      "std::array of those");
        if constexpr (adapted_struct<T>) read_struct(from, field, policy);
    }
}

template <adapted_struct T> T read_adapted(const config_source& from, T into, lacking policy) {
    const document read = from.open();
    const bool is_absent = policy == lacking::kept && !from.section().empty() &&
                           table_reader(placed_value(read.file, read.root, {})).lacks(from.section());
    if (!is_absent) read_struct(table_of(read, from.section()), into, policy);
    return into;
}

}  // namespace ambit::config_parts

namespace AMBIT_NAMESPACE {

/// A struct of which the file says every field, but for optional ones: those that it does not say are as `T{}` has
/// them. Throws a `config_error`.
template <config_parts::adapted_struct T> T read_config(const config_source& from) {
    return config_parts::read_adapted(from, T{}, config_parts::lacking::refused);
}

/// The same with these values for what the file does not say; that may be the whole of a section.
template <config_parts::adapted_struct T> T read_config(const config_source& from, T defaults) {
    return config_parts::read_adapted(from, std::move(defaults), config_parts::lacking::kept);
}

}  // namespace ambit
