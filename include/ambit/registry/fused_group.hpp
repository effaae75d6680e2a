// SPDX-License-Identifier: BSL-1.0
// Elementwise ops that run together, as a value: block by block, each op a loop that was compiled once, so that what
// they hand to each other stays in the first-level cache and only what somebody else reads is stored. A chain that was
// compiled as one loop (registry/compiled_chain.hpp) runs as that.
//
//     fused_group group(program, loops…);
//     group.run(addresses);                      // all elements of a fused loop
//     group_sink sink(group, addresses, n);      // or takes them from the kernel that the group is the epilogue of
#pragma once

#include <ambit/contract/block.hpp>
#include <ambit/kernels/vectors/simd.hpp>
#include <ambit/plan/kernel_keys.hpp>
#include <ambit/registry/kernel_table.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace AMBIT_NAMESPACE::registry_parts {

class fused_group {
public:
    static constexpr int most_values = 1 + max_fused_inputs + max_fused_immediates + max_fused_ops;

    /// `roots` operands of a kernel lie between the addresses of what is stored and those of the inputs. `type` is the
    /// dtype of the numbers. An output may lie where an input does: `is_read_later[k]` says whether an op behind the
    /// one that computes output `k` reads that input. `chain` is null if all of it was not compiled as one loop.
    fused_group(const fused_program& program, int roots, dtype type, const block_function* loops,
                const bool* is_read_later, chain_function chain)
        : program_(program), roots_(roots), bytes_(size_of(type)), chain_(chain) {
        std::copy_n(loops, program.ops, loops_);
        for (int op = 0; op < program.ops; ++op)
            std::copy_n(program.op[op].words, max_fused_words, words_ + op * max_fused_words);
        for (int i = 0; i < program.immediates; ++i) {
            const std::uint64_t bits = element_bits(program.immediate[i], type);
            std::memcpy(&immediates_[i], &bits, sizeof bits);
        }
        const int last = program.first_op() + program.ops;
        for (int v = 0; v < last; ++v) size_[v] = program.is_mask(static_cast<std::size_t>(v)) ? 1 : bytes_;
        std::fill_n(output_of_, most_values, none);
        bool is_straight = program.has_accumulator == 0;
        for (int k = 0; k < program.outputs; ++k) {
            if (program.output[k] < program.first_op() || is_read_later[k]) late_[late_count_++] = k;
            else output_of_[program.output[k]] = k;
        }
        for (int op = 0; op < program.ops; ++op)
            is_straight = is_straight && output_of_[program.first_op() + op] != none;
        // Where every value is stored anyway, and is one op alone, blocks are of no use.
        block_ = is_straight && program.ops == 1 ? whole : block_bytes / bytes_;
    }

    void set_loop(const elementwise_geometry& loop) {
        loop_ = loop;
        for (int i = 0; i < program_.inputs; ++i) {
            row_[i] = loop.rank > 1 ? loop.stride[i][loop.rank - 2] : 0;
            column_[i] = loop.rank > 0 ? loop.stride[i][loop.rank - 1] : 0;
        }
    }
    void set_layout(const epilogue_layout& layout) {
        for (int i = 0; i < program_.inputs; ++i) {
            row_[i] = layout.row[i];
            column_[i] = layout.column[i];
        }
    }

    bool only_stores_the_accumulator() const { return program_.ops == 0; }

    /// A fused loop: `at` has the addresses of outputs and inputs.
    void run(step_addresses at) const noexcept {
        const elementwise_geometry& g = loop_;
        const std::int64_t inner = g.rank > 0 ? g.extent[g.rank - 1] : 1;
        const std::int64_t lines = g.rank > 1 ? g.extent[g.rank - 2] : 1;
        if (g.rank <= 2) return run_plane(at, 0, nullptr, lines, inner);
        std::int64_t outer = 1;
        for (std::int64_t axis = 0; axis + 2 < g.rank; ++axis) outer *= g.extent[axis];
        std::int64_t index[max_rank] = {}, offset[max_fused_inputs] = {};
        for (std::int64_t o = 0; o < outer; ++o) {
            run_plane(at, o * lines * inner, offset, lines, inner);
            for (std::int64_t axis = g.rank - 3; axis >= 0; --axis) {
                const bool carries = ++index[axis] == g.extent[axis];
                if (carries) index[axis] = 0;
                for (int i = 0; i < program_.inputs; ++i)
                    offset[i] += carries ? -g.stride[i][axis] * (g.extent[axis] - 1) : g.stride[i][axis];
                if (!carries) break;
            }
        }
    }

    /// What a kernel has finished of a result with `row_length` elements a row.
    void take(step_addresses at, const finished_block& block, std::int64_t row_length) const noexcept {
        const std::int64_t columns = (std::min)(block.columns, block_);
        const std::int64_t rows = block.columns < block_ ? (std::min)(block.rows, block_ / block.columns) : 1;
        values all;
        start(all);
        all.row[0] = block.stride;
        all.column[0] = 1;
        for (int i = 0; i < program_.inputs; ++i) {
            all.row[1 + i] = row_[i] * block.row_step;
            all.column[1 + i] = column_[i];
        }
        for (std::int64_t r = 0; r < block.rows; r += rows) {
            for (std::int64_t c = 0; c < block.columns; c += columns) {
                const std::int64_t row = block.row + r * block.row_step, column = block.column + c;
                // Read only, as all inputs are.
                all.address[0] = const_cast<std::byte*>(block.data) + (r * block.stride + c) * bytes_;
                for (int i = 0; i < program_.inputs; ++i)
                    all.address[1 + i] =
                        at[program_.outputs + roots_ + i] + (row * row_[i] + column * column_[i]) * size_[1 + i];
                run_block(all, at, row * row_length + column, row_length * block.row_step,
                          (std::min)(rows, block.rows - r), (std::min)(columns, block.columns - c));
            }
        }
    }

private:
    static constexpr int none = -1;
    static constexpr std::int64_t whole = std::int64_t{1} << 60;

    // Where the values of a block lie; strides in elements.
    struct values {
        std::byte* address[most_values];
        std::int64_t row[most_values];
        std::int64_t column[most_values];
        alignas(64) std::byte memory[static_cast<std::size_t>(max_fused_ops * block_bytes)];
    };

    // The last two axes of a fused loop, or all of it. `offset` of each input, in elements, or null.
    void run_plane(step_addresses at, std::int64_t first, const std::int64_t* offset, std::int64_t lines,
                   std::int64_t inner) const noexcept {
        if (chain_ != nullptr) return run_plane_as_chain(at, first, offset, lines, inner);
        const std::int64_t columns = (std::min)(inner, block_);
        const std::int64_t rows = inner < block_ ? (std::min)(lines, block_ / inner) : 1;
        values all;
        start(all);
        for (int i = 0; i < program_.inputs; ++i) {
            all.row[i] = row_[i];
            all.column[i] = column_[i];
        }
        for (std::int64_t r = 0; r < lines; r += rows) {
            for (std::int64_t c = 0; c < inner; c += columns) {
                for (int i = 0; i < program_.inputs; ++i)
                    all.address[i] = at[program_.outputs + i] +
                                     ((offset != nullptr ? offset[i] : 0) + r * row_[i] + c * column_[i]) * size_[i];
                run_block(all, at, first + r * inner + c, inner, (std::min)(rows, lines - r),
                          (std::min)(columns, inner - c));
            }
        }
    }

    // ---- a chain that is one loop ---------------------------------------------------------------------------------

    void run_plane_as_chain(step_addresses at, std::int64_t first, const std::int64_t* offset, std::int64_t lines,
                            std::int64_t inner) const noexcept {
        const std::byte* in[max_fused_inputs];
        std::byte* out[max_fused_outputs];
        for (int i = 0; i < program_.inputs; ++i)
            in[i] = at[program_.outputs + i] + (offset != nullptr ? offset[i] * size_[i] : 0);
        for (int k = 0; k < program_.outputs; ++k) out[k] = at[k] + first * size_[program_.output[k]];
        chain_({lines, inner, in, row_, column_, out, inner, immediates_[0], words_});
    }

public:
    bool is_chain() const noexcept { return chain_ != nullptr; }
    /// `take` of such a one.
    void take_as_chain(step_addresses at, const finished_block& block, std::int64_t row_length) const noexcept {
        const std::byte* in[1 + max_fused_inputs];
        std::int64_t row[1 + max_fused_inputs], column[1 + max_fused_inputs];
        std::byte* out[max_fused_outputs];
        in[0] = block.data;
        row[0] = block.stride;
        column[0] = 1;
        const step_addresses inputs = at + program_.outputs + roots_;
        // Most have one: vectors of them would be no help.
        for (int i = 0; i < program_.inputs; ++i) {
            const std::int64_t from = block.row * row_[i] + block.column * column_[i];
            in[1 + i] = kernel_parts::opaque(inputs[i] + from * size_[1 + i]);
            row[1 + i] = row_[i] * block.row_step;
            column[1 + i] = column_[i];
        }
        const std::int64_t first = block.row * row_length + block.column;
        for (int k = 0; k < program_.outputs; ++k) {
            const std::byte* const to = at[k] + first * size_[program_.output[k]];
            out[k] = const_cast<std::byte*>(kernel_parts::opaque(to));
        }
        chain_({block.rows, block.columns, in, row, column, out, row_length * block.row_step, immediates_[0], words_});
    }

private:
    // ---- op by op -------------------------------------------------------------------------------------------------

    void start(values& all) const noexcept {
        for (int i = 0; i < program_.immediates; ++i) {
            const int v = program_.first_immediate() + i;
            all.address[v] = const_cast<std::byte*>(immediates_[i]);
            all.row[v] = all.column[v] = 0;
        }
    }

    // `first` is the block's first element in what is stored, whose rows lie `row_length` apart.
    void run_block(values& all, step_addresses at, std::int64_t first, std::int64_t row_length, std::int64_t rows,
                   std::int64_t columns) const noexcept {
        block_call call;
        call.rows = rows;
        call.columns = columns;
        const int first_op = program_.first_op();
        for (int op = 0; op < program_.ops; ++op) {
            const int v = first_op + op, output = output_of_[v];
            const bool is_stored = output != none;
            all.address[v] = is_stored ? at[output] + first * size_[v] : all.memory + op * block_bytes;
            all.row[v] = is_stored ? row_length : columns;
            all.column[v] = 1;
            const fused_op& fused = program_.op[op];
            for (int i = 0; i < fused.operands; ++i) {
                const int from = fused.operand[i];
                call.in[i] = all.address[from];
                call.row[i] = all.row[from];
                call.column[i] = all.column[from];
            }
            call.words = fused.words;
            call.out = all.address[v];
            call.out_row = all.row[v];
            loops_[op](call);
        }
        for (int i = 0; i < late_count_; ++i) {
            const int k = late_[i], v = program_.output[k];
            for (std::int64_t r = 0; r < rows; ++r)
                std::memcpy(at[k] + (first + r * row_length) * size_[v], all.address[v] + r * all.row[v] * size_[v],
                            static_cast<std::size_t>(columns * size_[v]));
        }
    }

    fused_program program_;
    elementwise_geometry loop_;
    std::int64_t row_[max_fused_inputs] = {}, column_[max_fused_inputs] = {};  // strides of inputs
    int roots_;
    std::int64_t bytes_;
    std::int64_t block_ = 0;  // elements
    chain_function chain_ = nullptr;
    std::int64_t words_[max_fused_ops * max_fused_words] = {};
    block_function loops_[max_fused_ops] = {};
    alignas(8) std::byte immediates_[max_fused_immediates][8] = {};
    std::int64_t size_[most_values] = {};
    int output_of_[most_values] = {};  // of a value that its op stores at once
    int late_[max_fused_outputs] = {};  // outputs that are copied when a block is done
    int late_count_ = 0;
};

/// Hands to a group what a kernel has finished.
struct group_sink : block_sink {
    const fused_group* group;
    step_addresses at;

    group_sink(const fused_group& of, step_addresses addresses, std::int64_t columns) noexcept
        : group(&of), at(addresses) {
        row_length = columns;
        if (of.only_stores_the_accumulator()) direct = addresses[0];
        if (of.is_chain())
            take = [](const block_sink& sink, const finished_block& block) noexcept {
                const auto& self = static_cast<const group_sink&>(sink);
                self.group->take_as_chain(self.at, block, self.row_length);
            };
        else
            take = [](const block_sink& sink, const finished_block& block) noexcept {
                const auto& self = static_cast<const group_sink&>(sink);
                self.group->take(self.at, block, self.row_length);
            };
    }
};

}  // namespace ambit::registry_parts
