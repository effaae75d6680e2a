// SPDX-License-Identifier: BSL-1.0
// Which numbers may stand beside a tensor as operands: `x + 1`.
#pragma once

#include <ambit/core/dtype.hpp>
#include <ambit/core/short_text.hpp>
#include <ambit/diagnostics/words.hpp>
#include <ambit/math/number.hpp>

namespace AMBIT_NAMESPACE::graph_parts {

/// Whether a number beside a tensor may take its dtype: it is a value of that, and for integers written as one.
constexpr bool is_literal_of(dtype type, const number& value) {
    return (is_floating(type) || (value.is_whole() && type != dtype::boolean)) && value.fits(type);
}

/// Why another number may not.
constexpr short_text rule_of_literals(dtype type, const number& value) {
    short_text rule;
    if (value.is_whole() || is_floating(type)) value.append_to(rule);
    else rule += "a floating-point number";
    rule += " is not a value of ";
    rule += words_of(type);
    if (value.is_whole() && is_floating(type)) rule += ", but with a point it is rounded";
    return rule;
}

}  // namespace ambit::graph_parts
