// SPDX-License-Identifier: BSL-1.0
// Running sums and products along the middle axis of `[outer, extent, inner]`.
//
//     cumulative(cumulative_geometry{.outer = 2, .extent = 5}, in, out, sum{});
//
// Elements are put together in the order of the axis or against it, sums of floats block by block (sum_tree.hpp):
// results do not depend on the machine. Integers wrap.
#pragma once

#include <ambit/contract/reductions.hpp>
#include <ambit/core/static_value.hpp>
#include <ambit/kernels/vectors/combine.hpp>
#include <ambit/kernels/vectors/entry.hpp>
#include <ambit/kernels/vectors/sum_tree.hpp>

#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace AMBIT_NAMESPACE::kernel_parts {

namespace detail {

// Totals so far: of a block, and of those before it. Only sums of floats have more blocks than one.
template <class V, int Count, class Combine> struct running_totals {
    static constexpr bool in_blocks = std::is_floating_point_v<element_of<V>> && std::is_same_v<Combine, sum>;
    V block[std::size_t(Count)], earlier[std::size_t(Count)];
    tree_if<in_blocks, V, Count> blocks;

    [[gnu::always_inline]] running_totals() noexcept {
        AMBIT_UNROLL for (int i = 0; i < Count; ++i) earlier[i] = block[i] =
            fill<V>(Combine::template identity<element_of<V>>());
    }
    [[gnu::always_inline]] V of(int i, Combine combine) const noexcept {
        if constexpr (in_blocks) return combine(earlier[i], block[i]);
        else return block[i];
    }
    [[gnu::always_inline]] void begin_block() noexcept {
        if constexpr (in_blocks) {
            blocks.put_away(block);
            AMBIT_UNROLL for (int i = 0; i < Count; ++i) earlier[i] = fill<V>(element_of<V>(0));
            blocks.add_to(earlier);
        }
    }
};

// `Rows` rows of contiguous elements at once: each sum waits for the one before it.
template <int Rows, class T, class Combine>
[[gnu::always_inline]] inline void cumulative_rows(const cumulative_geometry& g, const T* in, T* out,
                                                   Combine combine) noexcept {
    running_totals<T, Rows, Combine> totals;
    for (std::int64_t e = 0; e < g.extent; ++e) {
        if (e % block_steps == 0 && e > 0) totals.begin_block();
        const std::int64_t at = g.reverse != 0 ? g.extent - 1 - e : e;
        AMBIT_UNROLL for (int r = 0; r < Rows; ++r) {
            const T before = totals.of(r, combine);
            totals.block[r] = combine(totals.block[r], in[r * g.extent + at]);
            out[r * g.extent + at] = g.exclusive != 0 ? before : totals.of(r, combine);
        }
    }
}

// `lanes` neighbouring columns, `inner` apart along the axis.
template <bool Partial, class V, class T, class Combine>
[[gnu::always_inline]] inline void cumulative_columns(const cumulative_geometry& g, const T* in, T* out,
                                                      std::int64_t count, Combine combine) noexcept {
    running_totals<V, 1, Combine> totals;
    for (std::int64_t e = 0; e < g.extent; ++e) {
        if (e % block_steps == 0 && e > 0) totals.begin_block();
        const std::int64_t at = (g.reverse != 0 ? g.extent - 1 - e : e) * g.inner;
        const V before = totals.of(0, combine);
        V& block = totals.block[0];
        if constexpr (Partial) block = combine(block, load_partial<V>(in + at, count, T(0)));
        else block = combine(block, load_vector<V>(in + at));
        const V result = g.exclusive != 0 ? before : totals.of(0, combine);
        if constexpr (Partial) store_partial(out + at, result, count);
        else store_vector(out + at, result);
    }
}

}  // namespace detail

/// `out` may be `in`.
template <class T, class Geometry, class Combine, class Arch = kernel_arch>
inline void cumulative(Geometry geometry, const T* in, T* out, Combine combine, Arch = {}) noexcept {
    const cumulative_geometry g = value_of(geometry);
    if (g.inner == 1) {
        const std::int64_t fours = g.outer - g.outer % 4;
        for (std::int64_t row = 0; row < fours; row += 4)
            detail::cumulative_rows<4>(g, in + row * g.extent, out + row * g.extent, combine);
        for (std::int64_t row = fours; row < g.outer; ++row)
            detail::cumulative_rows<1>(g, in + row * g.extent, out + row * g.extent, combine);
        return;
    }
    using V = vector_of<T, Arch>;
    for (std::int64_t o = 0; o < g.outer; ++o, in += g.extent * g.inner, out += g.extent * g.inner) {
        std::int64_t i = 0;
        for (; i + lanes<V> <= g.inner; i += lanes<V>)
            detail::cumulative_columns<false, V>(g, in + i, out + i, lanes<V>, combine);
        if constexpr (lanes<V> > 1)
            if (i < g.inner) detail::cumulative_columns<true, V>(g, in + i, out + i, g.inner - i, combine);
    }
}

/// How Σ upstream · cumulative product of x changes with x, without dividing: zeros among x are as good as others.
/// `g` is that of the product. Not in place.
template <class T, class Geometry>
inline void cumulative_product_gradient(Geometry geometry, const T* x, const T* upstream, T* out) noexcept {
    const cumulative_geometry g = value_of(geometry);
    const std::int64_t step = g.reverse != 0 ? -g.inner : g.inner;
    for (std::int64_t o = 0; o < g.outer; ++o)
        for (std::int64_t i = 0; i < g.inner; ++i) {
            std::int64_t at = o * g.extent * g.inner + i + (g.reverse != 0 ? (g.extent - 1) * g.inner : 0);
            T before(1);  // the product of what comes before each element
            for (std::int64_t e = 0; e < g.extent; ++e, at += step) {
                out[at] = before;
                before *= x[at];
            }
            T behind(0);  // Σ upstream of each product that the element is in · the product of what comes behind it
            for (std::int64_t e = 0; e < g.extent; ++e) {
                at -= step;
                if (g.exclusive == 0) behind += upstream[at];
                out[at] *= behind;
                behind *= x[at];
                if (g.exclusive != 0) behind += upstream[at];
            }
        }
}

template <> struct entry<kernel_tag::cumulative_sum> {
    template <class Geometry, class T> static void run(Geometry geometry, T* out, const T* in) noexcept {
        cumulative(geometry, in, out, sum{});
    }
};
template <> struct entry<kernel_tag::cumulative_product> {
    template <class Geometry, class T> static void run(Geometry geometry, T* out, const T* in) noexcept {
        cumulative(geometry, in, out, product{});
    }
};
template <> struct entry<kernel_tag::cumulative_product_gradient> {
    template <class Geometry, class T>
    static void run(Geometry geometry, T* out, const T* x, const T* upstream) noexcept {
        cumulative_product_gradient(geometry, x, upstream, out);
    }
};

}  // namespace ambit::kernel_parts
