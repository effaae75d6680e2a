// SPDX-License-Identifier: BSL-1.0
// How many elements are not 0 (or false), over some axes or over all, as int64; NaN is not 0.
//
//     tensor hits = count_nonzero(flags);
#pragma once

#include <ambit/ops/arrays.hpp>
#include <ambit/ops/reductions.hpp>

namespace AMBIT_NAMESPACE {

constexpr tensor count_nonzero(const tensor& x, const reduce_options& options, const location& at) {
    const graph_parts::line_of_call here(x, at);
    const tensor flags = x.dtype() == dtype::boolean ? x : cast(x, dtype::boolean);
    const tensor ones = cast(flags, dtype::int64);
    return reduce_sum(ones, options);
}

}  // namespace ambit
