// SPDX-License-Identifier: BSL-1.0
// How a chain of elementwise ops runs that only the running program knows: block by block, each op a loop that was
// compiled once, over a few hundred elements that stay in the first-level cache. Kernels that end in an epilogue hand
// on what they have finished as such blocks.
#pragma once

#include <ambit/core/namespaces.hpp>

#include <cstddef>
#include <cstdint>

namespace AMBIT_NAMESPACE::contract_parts {

/// The bytes that one value of a block takes at most.
inline constexpr std::int64_t block_bytes = 2048;

/// The most operands of an op in a block.
inline constexpr int max_block_operands = 4;

/// One op over `rows` rows of `columns` elements. Element `c` of row `r` of operand `i` is
/// `in[i][r * row[i] + c * column[i]]`, with `column` 0 or 1; the result's is `out[r * out_row + c]`. Strides count
/// elements. `words` are the op's options.
struct block_call {
    std::int64_t rows = 1, columns = 1;
    const std::int64_t* words = nullptr;
    std::byte* out = nullptr;
    std::int64_t out_row = 0;
    const std::byte* in[max_block_operands] = {};
    std::int64_t row[max_block_operands] = {}, column[max_block_operands] = {};
};
using block_function = void (*)(const block_call&) noexcept;

/// What a kernel with an epilogue hands its results to: `take` gets `rows` rows of `columns` elements, one behind the
/// other, of the result from `row` and `column` on. Where nothing is to be done with them, they go to `direct`, a
/// matrix of `row_length` elements a row, and `take` is never called.
struct block_sink {
    void (*take)(const block_sink&, const std::byte* block, std::int64_t rows, std::int64_t columns, std::int64_t row,
                 std::int64_t column) noexcept = nullptr;
    std::byte* direct = nullptr;
    std::int64_t row_length = 0;
};

}  // namespace ambit::contract_parts
