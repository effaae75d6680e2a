// SPDX-License-Identifier: BSL-1.0
// Matrices with zeros outside of a band around the diagonal; triangles are bands without one of their ends.
//
//     tensor lower = band_part(x, -1, 0);                       // and what lies above the diagonal is 0
//
// It is a choice by a mask of flags that is made of two vectors.
#pragma once

#include <ambit/ops/arithmetic.hpp>
#include <ambit/ops/arrays.hpp>
#include <ambit/ops/arrays/range.hpp>
#include <ambit/ops/comparison.hpp>
#include <ambit/ops/control.hpp>
#include <ambit/ops/refusal.hpp>

#include <string_view>

namespace AMBIT_NAMESPACE {

constexpr tensor band_part(const tensor& x, core_parts::whole_number lower, core_parts::whole_number upper,
                           const op_options& options, const location& at) {
    const std::string_view name = options.name.empty() ? std::string_view("band_part") : options.name;
    if (refused_parts::is_without_graph({x})) return refused_parts::without_graph({x});
    if (x.shape().rank() < 2) return op_parts::refuse<mistake::op_shape, "the operand is [..., m, n]">(x, name, at);
    contract_parts::option_fault off =
        contract_parts::outside("lower", lower.value, contract_parts::range_of::from(-1));
    if (!off) off = contract_parts::outside("upper", upper.value, contract_parts::range_of::from(-1));
    if (off) return op_parts::refuse(off, x, name, at);
    const graph_parts::line_of_call here(x, at);
    const std::int64_t rows = x.shape()[-2], columns = x.shape()[-1];
    const bool cuts_below = lower >= 0 && lower < rows - 1, cuts_above = upper >= 0 && upper < columns - 1;
    if (!cuts_below && !cuts_above) return identity(x, {name}, at);
    const dtype type = op_parts::type_of_places(rows > columns ? rows : columns);
    const tensor row = reshape(op_parts::numbers_below(rows, x, type), {rows, 1});
    const tensor column = op_parts::numbers_below(columns, x, type);
    const tensor above = sub(column, row);
    tensor inside;
    if (cuts_below) inside = greater_equal(above, -lower.value);
    if (cuts_above) {
        const tensor not_above = less_equal(above, upper.value);
        inside = cuts_below ? logical_and(inside, not_above) : not_above;
    }
    if (x.dtype() == boolean) return logical_and(x, inside, {name}, at);
    return where(inside, x, 0, {name}, at);
}

}  // namespace ambit
