// SPDX-License-Identifier: BSL-1.0
// Reduction of a row-major array over some of its axes.
//
//     constexpr reduce_geometry rows{.rank = 2, .extent = {64, 1000}, .reduced = {0, 1}};
//     reduce(rows, in, out, sum{});                           // 64 sums
//
// The functors are those of combine.hpp. Float sums run in blocks (sum_tree.hpp): their error grows with the logarithm
// of the number of terms, and is below 2e-6·Σ|xᵢ| for float32. A mean of finite elements is finite, even if their sum is
// not.
#pragma once

#include <ambit/contract/reductions.hpp>
#include <ambit/core/static_value.hpp>
#include <ambit/kernels/vectors/combine_run.hpp>
#include <ambit/kernels/vectors/entry.hpp>
#include <ambit/kernels/vectors/sum_tree.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>
#include <utility>

namespace AMBIT_NAMESPACE::kernel_parts {

namespace detail {

// Elements that make one result.
constexpr std::int64_t reduced_elements(const reduce_geometry& g) {
    std::int64_t count = 1;
    for (std::int64_t axis = 0; axis < g.rank; ++axis)
        if (g.reduced[axis]) count *= g.extent[axis];
    return count;
}

// The innermost axis; the first if there is none: clang warns of an index -1, even of one that is not used.
constexpr std::int64_t last_axis(const reduce_geometry& g) { return g.rank > 0 ? g.rank - 1 : 0; }

// The most steps that an accumulator makes for one result, `round` elements of a row at a time if the last axis is
// reduced; without end where the compiler does not know.
template <class Geometry> constexpr std::int64_t most_steps(std::int64_t round) {
    if constexpr (is_static<Geometry>) {
        constexpr reduce_geometry g = Geometry::value;
        constexpr std::int64_t count = reduced_elements(g);
        if (g.rank == 0 || g.reduced[last_axis(g)] == 0) return count;
        const std::int64_t run = g.rank == 0 ? 1 : g.extent[last_axis(g)];  // clang warns of 0, of a row not there, too
        return count / run * ((run + round - 1) / round);
    } else {
        return (std::numeric_limits<std::int64_t>::max)();
    }
}

// Walks over all positions of some axes of an array, innermost fastest.
struct axis_walk {
    std::int64_t rank = 0, positions = 1, offset = 0;
    std::int64_t extent[max_rank] = {}, stride[max_rank] = {}, index[max_rank] = {};

    // Axes of a kind (kept or reduced) but the last `without` axes of the array.
    constexpr axis_walk(const reduce_geometry& g, bool reduced, std::int64_t without) {
        std::int64_t step = 1, steps[max_rank] = {};
        for (std::int64_t axis = g.rank - 1; axis >= 0; --axis) {
            steps[axis] = step;
            step *= g.extent[axis];
        }
        for (std::int64_t axis = 0; axis < g.rank - without; ++axis) {
            if ((g.reduced[axis] != 0) != reduced) continue;
            extent[rank] = g.extent[axis];
            stride[rank] = steps[axis];
            positions *= g.extent[axis];
            ++rank;
        }
    }

    constexpr void next() {
        for (std::int64_t axis = rank - 1; axis >= 0; --axis) {
            offset += stride[axis];
            if (++index[axis] < extent[axis]) return;
            offset -= stride[axis] * extent[axis];
            index[axis] = 0;
        }
    }
};

// combine_run in blocks.
template <int Chains, class V, class Tree, class From, class Combine>
[[gnu::always_inline]] inline void combine_blocks(V (&value)[std::size_t(Chains)], Tree& before, From from,
                                                  std::int64_t count, Combine combine) noexcept {
    if constexpr (std::is_same_v<Tree, no_tree>) {
        combine_run<Chains>(value, from, count, combine);
    } else {
        constexpr std::int64_t round = Chains * lanes<V>;
        before.run(count / round, value, [&](std::int64_t rounds) {
            combine_rounds<Chains>(value, from, rounds, combine);
            from += rounds * round;
        });
        if (count % round == 0) return;
        before.make_room(1, value);
        combine_rest<Chains>(value, from, count % round, combine);
    }
}

// One block of `Vectors` columns of V: combines `rows` positions of the reduced axes.
template <int Vectors, bool Partial, bool InBlocks, class V, class T, class Combine>
[[gnu::always_inline]] inline void reduce_columns(const T* in, T* out, std::int64_t row_stride, std::int64_t rows,
                                                  axis_walk others, std::int64_t count, std::int64_t part,
                                                  Combine combine) noexcept {
    using A = element_of<V>;
    V value[std::size_t(Vectors)];
    AMBIT_UNROLL for (int v = 0; v < Vectors; ++v) value[v] = fill<V>(combine.template identity<A>());
    tree_if<InBlocks, V, Vectors> before;
    for (std::int64_t p = 0; p < others.positions; ++p, others.next()) {
        const T* from = in + others.offset;
        before.run(rows, value, [&](std::int64_t steps) {
            for (std::int64_t row = 0; row < steps; ++row, from += row_stride)
                AMBIT_UNROLL for (int v = 0; v < Vectors; ++v) {
                    if constexpr (lanes<V> == 1) value[v] = combine(value[v], static_cast<A>(from[v]));
                    else if constexpr (Partial) value[v] = combine(value[v], load_partial<V>(from, part, A(1)));
                    else value[v] = combine(value[v], load_vector<V>(from + v * lanes<V>));
                }
        });
    }
    before.add_to(value);
    AMBIT_UNROLL for (int v = 0; v < Vectors; ++v) {
        if constexpr (lanes<V> == 1) {
            out[v] = static_cast<T>(combine.finish(value[v], count));
        } else {
            const V result = finish_all(value[v], count, combine);
            if constexpr (Partial) store_partial(out, result, part);
            else store_vector(out + v * lanes<V>, result);
        }
    }
}

// Of finite elements the mean is finite, whatever their sum is: results that are not are computed once more.
template <class T, class Arch>
[[gnu::always_inline]] inline void mend_means(const reduce_geometry& g, const T* in, T* out, std::int64_t results,
                                              std::int64_t count) noexcept {
    using V = vector_of<T, Arch>;
    std::int64_t i = 0;
    for (; i + lanes<V> <= results && !is_any_unbounded(load_vector<V>(out + i)); i += lanes<V>) {
    }
    for (; i < results; ++i) {
        if (std::isfinite(out[i])) continue;
        axis_walk elements(g, true, 0);
        out[i] = mean_of_large<T>(count, [&] {
            const T element = in[i + elements.offset];
            elements.next();
            return element;
        });
    }
}

}  // namespace detail

/// One result per position of the kept axes, row-major. In place is not allowed.
template <class T, class Geometry, class Combine, class Arch = kernel_arch>
inline void reduce(Geometry geometry, const T* in, T* out, Combine combine, Arch = {}) noexcept {
    using A = typename Combine::template accumulator<T>;
    using V = std::conditional_t<combines_in_batches<T, Combine>, vector_of<T, Arch>, A>;
    const reduce_geometry g = value_of(geometry);
    const std::int64_t count = detail::reduced_elements(g);
    constexpr int chains = 8;
    constexpr bool in_blocks = std::is_floating_point_v<A> && std::is_base_of_v<sum, Combine> &&
                               detail::most_steps<Geometry>(chains * lanes<V>) > block_steps;
    constexpr bool may_overflow = std::is_floating_point_v<T> && std::is_base_of_v<mean, Combine>;
    const bool inner_reduced = g.rank > 0 && g.reduced[detail::last_axis(g)] != 0;
    if (inner_reduced) {
        const std::int64_t run = g.extent[detail::last_axis(g)];
        detail::axis_walk kept(g, false, 1);
        for (std::int64_t result = 0; result < kept.positions; ++result, kept.next()) {
            V value[std::size_t(chains)];
            for (V& chain : value) chain = fill<V>(combine.template identity<A>());
            tree_if<in_blocks, V, chains> before;
            detail::axis_walk others(g, true, 1);
            for (std::int64_t p = 0; p < others.positions; ++p, others.next())
                detail::combine_blocks<chains>(value, before, in + kept.offset + others.offset, run, combine);
            before.add_to(value);
            const A total = across(combine_chains<chains>(value, combine), combine);
            out[result] = static_cast<T>(combine.finish(total, count));
            if constexpr (may_overflow)
                if (!std::isfinite(out[result]))
                    detail::mend_means<T, Arch>(g, in + kept.offset, out + result, 1, count);
        }
    } else {
        const std::int64_t columns = g.rank > 0 ? g.extent[detail::last_axis(g)] : 1;
        const std::int64_t axis_of_rows = g.rank > 1 ? g.rank - 2 : 0;
        const std::int64_t rows = g.rank > 1 ? g.extent[axis_of_rows] : 1;
        const detail::axis_walk others(g, true, 2);
        detail::axis_walk kept(g, false, 1);
        for (std::int64_t result = 0; result < kept.positions; ++result, kept.next(), out += columns) {
            const T* from = in + kept.offset;
            constexpr int block = 4;
            std::int64_t column = 0;
            for (; column + block * lanes<V> <= columns; column += block * lanes<V>)
                detail::reduce_columns<block, false, in_blocks, V>(from + column, out + column, columns, rows, others,
                                                                   count, lanes<V>, combine);
            for (; column + lanes<V> <= columns; column += lanes<V>)
                detail::reduce_columns<1, false, in_blocks, V>(from + column, out + column, columns, rows, others,
                                                               count, lanes<V>, combine);
            if constexpr (lanes<V> > 1)
                if (column < columns)
                    detail::reduce_columns<1, true, in_blocks, V>(from + column, out + column, columns, rows, others,
                                                                  count, columns - column, combine);
            if constexpr (may_overflow) detail::mend_means<T, Arch>(g, from, out, columns, count);
        }
    }
}

/// What the entries of all reductions share.
template <class Combine> struct reduction_entry {
    using combination = Combine;
    template <class Geometry, class T> static void run(Geometry geometry, T* out, const T* in) noexcept {
        reduce(geometry, in, out, Combine{});
    }
};

template <> struct entry<kernel_tag::sum> : reduction_entry<sum> {};
template <> struct entry<kernel_tag::mean> : reduction_entry<mean> {};
template <> struct entry<kernel_tag::maximum> : reduction_entry<maximum> {};
template <> struct entry<kernel_tag::minimum> : reduction_entry<minimum> {};
template <> struct entry<kernel_tag::product> : reduction_entry<product> {};
template <> struct entry<kernel_tag::any> : reduction_entry<logical_or> {};
template <> struct entry<kernel_tag::all> : reduction_entry<logical_and> {};

}  // namespace ambit::kernel_parts
