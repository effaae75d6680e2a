// SPDX-License-Identifier: BSL-1.0
// The register-blocked core of gemm and convolution: a tile of Rows x Vectors accumulators that stays in
// registers while products of broadcast elements and vectors are added to it.
//
//     tile<8, 2, vector> sums;                       // 8 rows of 2 vectors, zeros
//     sums.accumulate<false, 0>(left, right, depth); // sums[r][v] += left(r, k) * right(k, v) for k < depth
//     sums.emit_to(epilogue, row, 1, column, last);  // the epilogue stores them
#pragma once

#include <ambit/math/scalar.hpp>
#include <ambit/kernels/vectors/simd.hpp>
#include <ambit/kernels/vectors/sum_tree.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

namespace AMBIT_NAMESPACE::kernel_parts {

/// Elements that are broadcast: `(row, k)` is `data[row * row_stride + k * step]`.
template <class T> struct broadcast_operand {
    const T* data;
    std::int64_t row_stride, step;
};

/// Vectors: vector `v` of step `k` starts at `data[k * step + v * lanes]`; the last vector holds `last`
/// elements.
template <class T> struct vector_operand {
    const T* data;
    std::int64_t step, last;

    /// The operand from step `k` on.
    template <std::int64_t Width> [[gnu::always_inline]] vector_operand from(std::int64_t k) const noexcept {
        return {data + k * step, step, last};
    }

    template <bool Partial, class V, std::size_t Vectors>
    [[gnu::always_inline]] void load(std::int64_t k, V (&vectors)[Vectors]) const noexcept {
        AMBIT_UNROLL for (std::size_t v = 0; v < Vectors; ++v) {
            const T* const at = data + k * step + static_cast<std::int64_t>(v) * lanes<V>;
            if constexpr (Partial && lanes<V> > 1)
                vectors[v] = v + 1 < Vectors ? load_vector<V>(at) : load_partial<V>(at, last, T(0));
            else vectors[v] = load_vector<V>(at);
        }
    }
};

/// Asks the memory for a step of `Width` elements that will be read soon.
template <std::int64_t Width, class T> [[gnu::always_inline]] inline void prefetch(const T* from) noexcept {
    constexpr std::int64_t line = 64 / static_cast<std::int64_t>(sizeof(T));
    AMBIT_UNROLL for (std::int64_t element = 0; element < Width; element += line) __builtin_prefetch(from + element);
}

/// Vectors that are copied as they are read, to steps of `Width` elements without gaps, where the next tiles find
/// them. Steps lie far apart in what is read: the machine does not foresee the next ones, so they are asked for ahead.
template <class T> struct copied_operand {
    vector_operand<T> source;
    T* copy;

    template <std::int64_t Width> [[gnu::always_inline]] copied_operand from(std::int64_t k) const noexcept {
        return {source.template from<Width>(k), copy + k * Width};
    }

    template <bool Partial, class V, std::size_t Vectors>
    [[gnu::always_inline]] void load(std::int64_t k, V (&vectors)[Vectors]) const noexcept {
        constexpr std::int64_t width = static_cast<std::int64_t>(Vectors) * lanes<V>, steps_ahead = 12;
        prefetch<width>(source.data + (k + steps_ahead) * source.step);
        source.template load<Partial>(k, vectors);
        AMBIT_UNROLL for (std::size_t v = 0; v < Vectors; ++v)
            store_vector(copy + k * width + static_cast<std::int64_t>(v) * lanes<V>, vectors[v]);
    }
};

/// Vectors that lie beyond the first-level cache, as those of a panel that was copied: some steps ahead are asked for.
template <class T> struct prefetched_operand {
    vector_operand<T> source;

    template <std::int64_t Width> [[gnu::always_inline]] prefetched_operand from(std::int64_t k) const noexcept {
        return {source.template from<Width>(k)};
    }

    template <bool Partial, class V, std::size_t Vectors>
    [[gnu::always_inline]] void load(std::int64_t k, V (&vectors)[Vectors]) const noexcept {
        constexpr std::int64_t steps_ahead = 8;
        prefetch<static_cast<std::int64_t>(Vectors) * lanes<V>>(source.data + (k + steps_ahead) * source.step);
        source.template load<Partial>(k, vectors);
    }
};

// An epilogue says `static constexpr bool heavy = true` when its code is long (tanh, exp): then it is
// expanded once a tile, inside a loop over the spilled accumulators, not once an accumulator.
template <class Epilogue> constexpr bool is_heavy() {
    if constexpr (requires { Epilogue::heavy; }) return Epilogue::heavy;
    else return false;
}

/// Steps of a tile that make a block of sums (sum_tree.hpp), longer than those of other sums: to leave its registers
/// costs a tile more. What is not longer than `longest_block` is not cut.
inline constexpr std::int64_t depth_of_block = 128, longest_block = 256;

/// The blocks of `Count` accumulators that are finished. Integers are exact without.
template <class V, int Count, std::int64_t Longest = longest_block>
using tile_tree = tree_if<std::is_floating_point_v<element_of<V>>, V, Count, Longest>;

/// Accumulators. `Chains` sets of them are filled in turn, so that a small tile still keeps the multipliers
/// busy. `Longest` is what a block of sums may have, from `depth_of_block` on.
template <int Rows, int Vectors, class V, int Chains = 1, std::int64_t Longest = longest_block> struct tile {
    static constexpr int count = Chains * Rows * Vectors;
    using tree = tile_tree<V, count, Longest>;
    V sums[std::size_t(count)];

    static constexpr int at(int chain, int row, int vector) { return (chain * Rows + row) * Vectors + vector; }

    [[gnu::always_inline]] tile() noexcept {
        AMBIT_UNROLL for (int i = 0; i < count; ++i) sums[i] = fill<V>(element_of<V>(0));
    }

    template <bool Partial, int Chain, class T, class Right>
    [[gnu::always_inline]] void step(const broadcast_operand<T>& left, const Right& right, std::int64_t k) noexcept {
        V vectors[std::size_t(Vectors)];
        right.template load<Partial>(k, vectors);
        AMBIT_UNROLL for (int r = 0; r < Rows; ++r) {
            const V value = fill<V>(left.data[r * left.row_stride + k * left.step]);
            AMBIT_UNROLL for (int v = 0; v < Vectors; ++v) sums[at(Chain, r, v)] =
                multiply_add(value, vectors[v], sums[at(Chain, r, v)]);
        }
    }

    /// Adds `depth` products to every element. `Depth`, if not 0, is `depth` known to the compiler and small:
    /// expanded.
    template <bool Partial, int Depth, class T, class Right>
    [[gnu::always_inline]] void accumulate(const broadcast_operand<T>& left, const Right& right,
                                           std::int64_t depth) noexcept {
        if constexpr (Depth > 0) {
            steps<Partial>(left, right, std::make_integer_sequence<int, Depth>{});
        } else {
            const std::int64_t whole = Chains > 1 ? depth / Chains * Chains : 0;
            if constexpr (Chains > 1)
                for (std::int64_t k = 0; k < whole; k += Chains)
                    round<Partial>(left, right, k, std::make_integer_sequence<int, Chains>{});
            for (std::int64_t i = 0; i < depth - whole; ++i) {
                const std::int64_t k = whole + i;
                const broadcast_operand<T> column{opaque(left.data + k * left.step), left.row_stride, left.step};
                step<Partial, 0>(column, right.template from<Vectors * lanes<V>>(k), 0);
            }
        }
    }

    /// The same in blocks, of which `before` holds those that are finished.
    template <bool Partial, int Depth, class T, class Right>
    [[gnu::always_inline]] void accumulate_blocks(broadcast_operand<T> left, Right right, std::int64_t depth,
                                                  tree& before) noexcept {
        constexpr bool cuts = std::is_floating_point_v<element_of<V>>;
        for (;;) {
            const bool is_last = !cuts || depth <= Chains * Longest;
            const std::int64_t part = is_last ? depth : Chains * depth_of_block;
            before.make_room(is_last ? depth / Chains + depth % Chains : Longest, sums);
            accumulate<Partial, Depth>(left, right, part);
            if (is_last) return;
            left.data = opaque(left.data + part * left.step);
            right = right.template from<Vectors * lanes<V>>(part);
            depth -= part;
        }
    }

    /// Hands every accumulator to the epilogue, all at once if it takes tiles. The last vector of a row has `last`
    /// elements.
    template <class Epilogue>
    [[gnu::always_inline]] void emit_to(const Epilogue& epilogue, std::int64_t row, std::int64_t row_step,
                                        std::int64_t column, std::int64_t last) noexcept {
        if constexpr (requires { epilogue.end_tile(last); }) {
            const auto place = epilogue.begin_tile(Rows, row, row_step, column, Vectors * lanes<V>);
            AMBIT_UNROLL for (int r = 0; r < Rows; ++r) AMBIT_UNROLL for (int v = 0; v < Vectors; ++v)
                store_lanes(place.to + r * place.stride + v * lanes<V>, total(r, v), v + 1 < Vectors ? lanes<V> : last);
            epilogue.end_tile((Vectors - 1) * lanes<V> + last);
        } else if constexpr (is_heavy<Epilogue>() && Rows * Vectors > 1) {
            V spilled[std::size_t(Rows * Vectors)];
            AMBIT_UNROLL for (int r = 0; r < Rows; ++r) AMBIT_UNROLL for (int v = 0; v < Vectors; ++v)
                spilled[r * Vectors + v] = total(r, v);
            for (int r = 0; r < Rows; ++r)
                for (int v = 0; v < Vectors; ++v)
                    hand_over(epilogue, spilled[r * Vectors + v], row + r * row_step, column + v * lanes<V>,
                         v + 1 < Vectors ? lanes<V> : last);
        } else {
            AMBIT_UNROLL for (int r = 0; r < Rows; ++r) AMBIT_UNROLL for (int v = 0; v < Vectors; ++v) hand_over(
                epilogue, total(r, v), row + r * row_step, column + v * lanes<V>, v + 1 < Vectors ? lanes<V> : last);
        }
    }

    /// All chains of an accumulator, halves first: the sum of eight is three additions deep.
    template <int First = 0, int Count = Chains> [[gnu::always_inline]] V total(int r, int v) const noexcept {
        if constexpr (Count == 1) return sums[at(First, r, v)];
        else
            return math::wrapping_add(total<First, Count / 2>(r, v), total<First + Count / 2, Count - Count / 2>(r, v));
    }

private:
    template <class T>
    [[gnu::always_inline]] static void store_lanes(T* to, const V& value, std::int64_t wanted) noexcept {
        if constexpr (lanes<V> > 1)
            if (wanted < lanes<V>) return store_partial(to, value, wanted);
        store_vector(to, value);
    }

    template <bool Partial, class T, class Right, int... K>
    [[gnu::always_inline]] void steps(const broadcast_operand<T>& left, const Right& right,
                                      std::integer_sequence<int, K...>) noexcept {
        (step<Partial, K % Chains>(left, right, K), ...);
    }

    template <bool Partial, class T, class Right, int... C>
    [[gnu::always_inline]] void round(const broadcast_operand<T>& left, const Right& right, std::int64_t k,
                                      std::integer_sequence<int, C...>) noexcept {
        (step<Partial, C>(left, right, k + C), ...);
    }
};

constexpr std::int64_t ceiling_divide(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

// The most accumulators and the most rows of a tile: 32 registers with AVX-512, 16 elsewhere.
template <class V> inline constexpr std::int64_t most_accumulators = sizeof(V) == 64 ? 24 : 12;
template <class V> inline constexpr std::int64_t most_rows = most_accumulators<V> / 2;

// How a static m is cut: all tiles have `tall` rows but the last `shorter` ones, which have one row less.
struct row_cut {
    std::int64_t tiles, tall, shorter;
    friend constexpr bool operator==(const row_cut&, const row_cut&) = default;
};
constexpr row_cut cut_rows(std::int64_t m, std::int64_t most) {
    const std::int64_t tiles = ceiling_divide(m, most);
    const std::int64_t tall = ceiling_divide(m, tiles);
    return {tiles, tall, tiles * tall - m};
}

// Vectors of a panel where a tile has `rows` rows and `needed` vectors cover all columns: as many as there
// are accumulators for, and all panels alike.
template <class V> constexpr int panel_vectors(std::int64_t rows, std::int64_t needed) {
    const std::int64_t most = std::min<std::int64_t>(16, most_accumulators<V> / rows);
    return static_cast<int>(ceiling_divide(needed, ceiling_divide(needed, most)));
}

// Accumulators needed to hide the latency of a multiply-add: 4 cycles, two a cycle.
constexpr int chains_for(std::int64_t accumulators, std::int64_t depth) {
    int chains = 1;
    while (chains * 2 * accumulators <= 8 && chains * 4 <= depth) chains *= 2;
    return chains;
}

// Steps that are worth expanding. A step of many accumulators is long enough for a loop.
constexpr int expanded_depth(std::int64_t depth, std::int64_t accumulators) {
    return depth <= 64 && depth * accumulators <= (accumulators > 8 ? 64 : 128) ? static_cast<int>(depth) : 0;
}

// The tiles that cover rows whose count is known at run time only: `first[count]` is how many the first one has.
template <class V, bool HasFewSizes> struct row_tiles {
    static constexpr std::int64_t most = most_rows<V>, known = 2 * most;
    static constexpr int sizes[] = {static_cast<int>(most), 10, 8, 6, 5, 4, 2, 1};
    int first[std::size_t(known)] = {};

    static constexpr bool is_of_few(int size) { return size == most || size == 8 || size == 4 || size == 1; }

    // A tile takes as long as its rows; those of few wait for the second-level cache, from which each tile reads all
    // vectors, as long as one of five rows does.
    constexpr row_tiles() {
        int cost[std::size_t(known)] = {};
        for (int count = 1; count < known; ++count)
            for (const int size : sizes) {
                if (size > most || size > count || (HasFewSizes && !is_of_few(size))) continue;
                const int asked = 10 * (size < 5 ? 5 : size) + 5 + cost[count - size];
                if (first[count] == 0 || asked < cost[count]) {
                    first[count] = size;
                    cost[count] = asked;
                }
            }
    }
};
template <class V, bool HasFewSizes> inline constexpr row_tiles<V, HasFewSizes> tiles_of_rows{};

// The tiles [first, last) of those that cover `Count` rows.
template <std::int64_t Count, class V, class Work>
[[gnu::always_inline]] inline void for_some_row_tiles(std::int64_t first, std::int64_t last,
                                                      const Work& work) noexcept {
    constexpr row_cut cut = cut_rows(Count, most_rows<V>);
    constexpr std::int64_t tall_tiles = cut.tiles - cut.shorter;
    for (std::int64_t t = first; t < (std::min)(last, tall_tiles); ++t)
        work.template rows<static_cast<int>(cut.tall)>(t * cut.tall);
    if constexpr (cut.shorter > 0)
        for (std::int64_t t = (std::max)(first, tall_tiles); t < last; ++t)
            work.template rows<static_cast<int>(cut.tall) - 1>(t * (cut.tall - 1) + tall_tiles);
}

// Covers `count` rows with tiles: `work.template rows<Rows>(first)` for each. `Count` is `count` if the compiler knows
// it; else -1, or -2 where tiles of few sizes will do: each is compiled in every program that has the product.
template <std::int64_t Count, class V, class Work>
[[gnu::always_inline]] inline void for_row_tiles(std::int64_t count, const Work& work) noexcept {
    constexpr std::int64_t most = most_rows<V>;
    if constexpr (Count > 0) {
        constexpr row_cut cut = cut_rows(Count, most);
        std::int64_t row = 0;
        for (std::int64_t t = 0; t < cut.tiles - cut.shorter; ++t, row += cut.tall)
            work.template rows<static_cast<int>(cut.tall)>(row);
        if constexpr (cut.shorter > 0)
            for (std::int64_t t = 0; t < cut.shorter; ++t, row += cut.tall - 1)
                work.template rows<static_cast<int>(cut.tall) - 1>(row);
    } else if constexpr (Count < 0) {
        constexpr bool has_few_sizes = Count == -2;
        std::int64_t row = 0;
        while (row < count) {
            const std::int64_t left = count - row;
            constexpr const auto& tiles = tiles_of_rows<V, has_few_sizes>;
            const int size = left < tiles.known ? tiles.first[left] : static_cast<int>(most);
            if (size == most) work.template rows<static_cast<int>(most)>(row);
            if constexpr (most > 10 && !has_few_sizes)
                if (size == 10) work.template rows<10>(row);
            if constexpr (most > 8)
                if (size == 8) work.template rows<8>(row);
            if constexpr (most > 6 && !has_few_sizes)
                if (size == 6) work.template rows<6>(row);
            if constexpr (!has_few_sizes) {
                if (size == 5) work.template rows<5>(row);
                if (size == 2) work.template rows<2>(row);
            }
            if (size == 4) work.template rows<4>(row);
            if (size == 1) work.template rows<1>(row);
            row += size;
        }
    }
}

}  // namespace ambit::kernel_parts
