// SPDX-License-Identifier: BSL-1.0
// The plain functions that random scope programs hand to scopes: regularizers, constraints and custom getters that can
// be recognised in what is seen.
#pragma once

#include <ambit/graph/builder.hpp>
#include <ambit/ops/all.hpp>
#include <ambit/scope/custom_getter.hpp>
#include <ambit/scope/regularizer.hpp>

namespace ambit_test {

namespace detail {
constexpr ambit::tensor sum(const ambit::tensor& w, double) { return reduce_sum(w); }
constexpr ambit::tensor largest(const ambit::tensor& w, double) { return reduce_max(w); }
constexpr ambit::tensor unchanged(const ambit::tensor& w, double) { return w; }

constexpr ambit::variable renamed(const ambit::variable_getter& next, const ambit::variable_call& call,
                                  std::string_view suffix) {
    ambit::core_parts::short_text path(call.path);
    path += suffix;
    ambit::variable_call other = call;
    other.path = path;
    return next(other);
}
}  // namespace detail

inline constexpr ambit::regularizer summed{&detail::sum, 1};
inline constexpr ambit::regularizer greatest{&detail::largest, 1};
inline constexpr ambit::constraint by_half{&detail::unchanged, 0.5};
inline constexpr ambit::constraint by_two{&detail::unchanged, 2};

constexpr ambit::variable renamed_p(const ambit::variable_getter& next, const ambit::variable_call& call) {
    return detail::renamed(next, call, "_p");
}
constexpr ambit::variable renamed_q(const ambit::variable_getter& next, const ambit::variable_call& call) {
    return detail::renamed(next, call, "_q");
}
constexpr ambit::variable frozen(const ambit::variable_getter& next, const ambit::variable_call& call) {
    ambit::variable_call other = call;
    other.options.trainable = false;
    return next(other);
}

}  // namespace ambit_test
