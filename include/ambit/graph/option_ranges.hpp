// SPDX-License-Identifier: BSL-1.0
// Whether the options of a function that is no op lie in their ranges: the first that does not is a mistake, told with
// its name, its value, the range, and the line of the call. (An op's shape rule says the same with `refuses_option`.)
//
//     option_ranges options(builder, "adam", at);
//     options.from("learning_rate", rate, 0);                  // "learning_rate is -0.01: at least 0"
//     options.from_to_below("beta1", beta1, 0, 1);
//     if (!options.all_fit()) return builder.nothing();
#pragma once

#include <ambit/contract/option_range.hpp>
#include <ambit/graph/builder.hpp>

#include <string_view>

namespace AMBIT_NAMESPACE::graph_parts {

class option_ranges {
public:
    /// With a dtype all options are values of it, too.
    constexpr option_ranges(graph_builder& builder, std::string_view function, const place& at,
                            dtype type = dtype::none)
        : builder_(&builder), function_(function), at_(at), type_(type) {}
    /// Of a function of a tensor, whose dtype has the values of all options, too. One of no graph is left to the ops
    /// that read it; one that a mistake kept from being made silences what is wrong here, too.
    constexpr option_ranges(const tensor& x, std::string_view function, const place& at)
        : builder_(x.builder()), function_(function), at_(at) {
        if (builder_ != nullptr && builder_->is_inert(x.id())) builder_ = nullptr;
        if (builder_ != nullptr && is_floating(x.dtype())) type_ = x.dtype();
    }

    /// Finite, and at least so much; above it; from one to the other; the same without the upper one.
    constexpr void from(std::string_view option, const number& value, double low) {
        expect(option, value, range_of::from(low));
    }
    constexpr void above(std::string_view option, const number& value, double low) {
        expect(option, value, range_of::above(low));
    }
    constexpr void from_to(std::string_view option, const number& value, double low, double high) {
        expect(option, value, range_of::from_to(low, high));
    }
    constexpr void above_to(std::string_view option, const number& value, double low, double high) {
        expect(option, value, range_of::above_to(low, high));
    }
    constexpr void from_to_below(std::string_view option, const number& value, double low, double high) {
        expect(option, value, range_of::from_to_below(low, high));
    }
    constexpr void above_to_below(std::string_view option, const number& value, double low, double high) {
        expect(option, value, range_of::above_to_below(low, high));
    }
    constexpr void finite(std::string_view option, const number& value) { expect(option, value, range_of::finite()); }

    /// A number at least 0; a tensor is not looked at.
    constexpr void rate(std::string_view option, const operand& value) {
        if (value.is_literal()) from(option, value.literal(), 0);
    }

    constexpr void expect(const option_fault& off) {
        if (!off || !all_fit_ || builder_ == nullptr) return;
        all_fit_ = false;
        builder_->refuse_call(mistake::op_option, function_, off.text(), at_);
    }

    constexpr bool all_fit() const { return all_fit_; }

private:
    constexpr void expect(std::string_view option, const number& value, const contract_parts::option_range& range) {
        expect(outside(option, value, range));
        if (type_ != dtype::none) expect(outside(option, value, range_of::values_of(type_)));
    }

    graph_builder* builder_;
    std::string_view function_;
    place at_;
    dtype type_ = dtype::none;
    bool all_fit_ = true;
};

}  // namespace ambit::graph_parts
