// SPDX-License-Identifier: BSL-1.0
// An epilogue that only the running program knows: hands on what a kernel has finished, block by block.
//
//     block_epilogue<float> epilogue(sink);
//     gemm(geometry, a, b, scratch, epilogue);
//     epilogue.finish();
//
// Tiles side by side are a block: a row of it is long enough for the machine to foresee what it reads. So is what comes
// in vectors, each behind the last one in its row or at the same column of the next one.
#pragma once

#include <ambit/contract/block.hpp>
#include <ambit/kernels/vectors/simd.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>

namespace AMBIT_NAMESPACE::kernel_parts {

template <class T> class block_epilogue {
public:
    static constexpr bool heavy = true;  // one copy of it in a kernel

    explicit block_epilogue(const block_sink& to) noexcept : to_(&to) {}

    /// What a kernel calls row 0 from now on, of a product among many.
    void begin_rows_at(std::int64_t row) const noexcept { base_ = row; }

    /// Where a tile of `rows` rows of `width` elements is to be stored, which are `row_step` rows of the result apart;
    /// then `end_tile` says how many of the columns count.
    struct tile_place {
        T* to;
        std::int64_t stride;
    };
    [[gnu::always_inline]] tile_place begin_tile(std::int64_t rows, std::int64_t row, std::int64_t row_step,
                                                 std::int64_t column, std::int64_t width) const noexcept {
        if (to_->direct != nullptr) return {direct(row, column), row_step * to_->row_length};
        const bool follows = base_ + row == tiles_.row && rows == tiles_.rows && row_step == tiles_.row_step &&
                             column == tiles_.column + tiles_.columns && tiles_.columns + width <= tiles_.stride;
        if (!follows) begin_tiles(rows, row, row_step, column, width, capacity / rows / width * width);
        return {block_ + tiles_.columns, tiles_.stride};
    }
    [[gnu::always_inline]] void end_tile(std::int64_t columns) const noexcept { tiles_.columns += columns; }

    /// Where elements of a row from `column` on are to be stored, `capacity` of them at most; then `end_row` says how
    /// many there are. A kernel that hands on whole rows so hands on nothing else.
    [[gnu::always_inline]] T* begin_row(std::int64_t row, std::int64_t column) const noexcept {
        return to_->direct != nullptr ? direct(row, column) : block_;
    }
    [[gnu::always_inline]] void end_row(std::int64_t row, std::int64_t column, std::int64_t columns) const noexcept {
        if (to_->direct != nullptr) return;
        to_->take(*to_, {reinterpret_cast<const std::byte*>(block_), 1, columns, columns, base_ + row, 1, column});
    }

    // Not expanded: a kernel has dozens of places where it hands on what it has.
    template <class V>
    [[gnu::noinline]] void operator()(const V& value, std::int64_t row, std::int64_t column) const noexcept {
        if (to_->direct != nullptr) store_vector(direct(row, column), value);
        else store_vector(next(base_ + row, column, lanes<V>), value);
    }

    /// The first `count` lanes.
    template <class V>
    [[gnu::noinline]] void part(const V& value, std::int64_t row, std::int64_t column,
                                std::int64_t count) const noexcept {
        if (to_->direct != nullptr) store_partial(direct(row, column), value, count);
        else store_partial(next(base_ + row, column, count), value, count);
    }

    /// Hands on what is left.
    void finish() const noexcept {
        if (to_->direct == nullptr) flush();
    }

    static constexpr std::int64_t capacity = finished_bytes / static_cast<std::int64_t>(sizeof(T));

private:
    static constexpr std::int64_t unknown = (std::numeric_limits<std::int64_t>::max)();

    [[gnu::always_inline]] T* direct(std::int64_t row, std::int64_t column) const noexcept {
        return reinterpret_cast<T*>(to_->direct) + (base_ + row) * to_->row_length + column;
    }

    // Where the next `count` elements lie in the block.
    [[gnu::always_inline]] T* next(std::int64_t row, std::int64_t column, std::int64_t count) const noexcept {
        if (row != next_row_ || column != next_column_ || column + count > row_end_ || filled_ + count > capacity)
            make_room(row, column, count);
        T* const place = block_ + filled_;
        filled_ += count;
        next_column_ += count;
        if (next_column_ == row_end_) {
            ++next_row_;
            next_column_ = first_column_;
        }
        return place;
    }

    [[gnu::noinline]] void make_room(std::int64_t row, std::int64_t column, std::int64_t count) const noexcept {
        // The second row of a block says how long its rows are.
        const bool is_second = row_end_ == unknown && filled_ > 0 && row == first_row_ + 1 && column == first_column_;
        if (is_second && count <= filled_ && 2 * filled_ <= capacity) {
            row_end_ = first_column_ + filled_;
            next_row_ = row;
            next_column_ = column;
            return;
        }
        flush();
        first_row_ = next_row_ = row;
        first_column_ = next_column_ = column;
        row_end_ = unknown;
    }

    // `most` columns of so many rows have room.
    [[gnu::noinline]] void begin_tiles(std::int64_t rows, std::int64_t row, std::int64_t row_step, std::int64_t column,
                                       std::int64_t width, std::int64_t most) const noexcept {
        if (tiles_.columns > 0 || filled_ > 0) flush();
        tiles_.stride = to_->row_length - column <= width ? width : most;  // without gaps where one tile is all
        tiles_.rows = rows;
        tiles_.row = base_ + row;
        tiles_.row_step = row_step;
        tiles_.column = column;
    }

    [[gnu::noinline]] void flush() const noexcept {
        if (tiles_.columns > 0) {
            tiles_.data = reinterpret_cast<const std::byte*>(block_);
            to_->take(*to_, tiles_);
            tiles_.columns = 0;
        }
        tiles_.row = -1;  // nothing follows on
        next_row_ = -1;
        if (filled_ == 0) return;
        const std::int64_t length = row_end_ == unknown ? filled_ : row_end_ - first_column_;
        const std::int64_t rows = filled_ / length, rest = filled_ % length;
        const auto* const block = reinterpret_cast<const std::byte*>(block_);
        to_->take(*to_, {block, rows, length, length, first_row_, 1, first_column_});
        if (rest > 0)
            to_->take(*to_, {block + rows * length * static_cast<std::int64_t>(sizeof(T)), 1, rest, rest,
                             first_row_ + rows, 1, first_column_});
        filled_ = 0;
    }

    // Kernels hold epilogues as constants.
    const block_sink* to_;
    mutable std::int64_t base_ = 0, filled_ = 0, first_row_ = 0, first_column_ = 0;
    mutable finished_block tiles_{nullptr, 0, 0, 0, -1, 1, 0};
    mutable std::int64_t next_row_ = -1, next_column_ = -1, row_end_ = unknown;
    alignas(64) mutable T block_[static_cast<std::size_t>(capacity)];
};

}  // namespace ambit::kernel_parts
