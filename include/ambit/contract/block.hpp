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

/// The bytes that a kernel finishes at most before it hands them on: a dozen rows of a hundred elements, which
/// leave room in the first-level cache for what it reads.
inline constexpr std::int64_t finished_bytes = 8192;

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

/// A chain of ops that was compiled as one loop, over rows as above: of a block, or of whole arrays. All that it stores
/// has the same rows. `numbers` are those of the chain, 8 bytes each; `words` the options of its ops, one behind the
/// other.
struct chain_call {
    std::int64_t rows = 1, columns = 1;
    const std::byte* const* in = nullptr;
    const std::int64_t *row = nullptr, *column = nullptr;
    std::byte* const* out = nullptr;
    std::int64_t out_row = 0;
    const std::byte* numbers = nullptr;
    const std::int64_t* words = nullptr;
};
using chain_function = void (*)(const chain_call&) noexcept;

/// What a kernel has finished: `rows` rows of `columns` elements, which lie `stride` elements apart; those of the
/// result from `row` and `column` on, each `row_step` rows below the one before.
struct finished_block {
    const std::byte* data = nullptr;
    std::int64_t rows = 1, columns = 1, stride = 0;
    std::int64_t row = 0, row_step = 1, column = 0;
};

/// What a kernel with an epilogue hands its results to. Where nothing is to be done with them, they go to `direct`, a
/// matrix of `row_length` elements a row, and `take` is never called.
struct block_sink {
    void (*take)(const block_sink&, const finished_block&) noexcept = nullptr;
    std::byte* direct = nullptr;
    std::int64_t row_length = 0;
};

}  // namespace ambit::contract_parts
