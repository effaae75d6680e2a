// SPDX-License-Identifier: BSL-1.0
// Matrix product, row-major, either operand transposed; the epilogue receives every finished element once.
//
//     constexpr static_value<gemm_geometry{.m = 32, .n = 500, .k = 784}> g;
//     gemm(g, a, b, scratch, store_epilogue<float>{c, 500});
//
// `scratch` has `scratch_elements(g)` elements, 64-byte aligned. Sums run in blocks of up to `longest_block` products
// (tile.hpp), then in a tree: their error grows with the logarithm of k, and is about 2e-6·Σ|aᵢbᵢ| in float32. Integers
// wrap modulo two to the number of their bits.
#pragma once

#include <ambit/contract/products.hpp>
#include <ambit/core/static_value.hpp>
#include <ambit/kernels/vectors/entry.hpp>
#include <ambit/kernels/products/inner_product.hpp>
#include <ambit/kernels/products/panels.hpp>
#include <ambit/kernels/products/tile.hpp>

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace AMBIT_NAMESPACE::kernel_parts {

/// The plain epilogue: stores into a row-major matrix of `columns` columns.
template <class T> struct store_epilogue {
    T* out;
    std::int64_t columns;

    template <class V>
    [[gnu::always_inline]] void operator()(const V& value, std::int64_t row, std::int64_t column) const noexcept {
        store_vector(out + row * columns + column, value);
    }
};

namespace detail {

// What the compiler knows of a product: all, or all but what grows with a batch, or nothing.
template <class Geometry> struct known_gemm {
    static constexpr bool m = is_static<Geometry>, n = m, k = m;
    static constexpr gemm_geometry value() {
        if constexpr (is_static<Geometry>) return Geometry::value;
        else return {};
    }
};
template <class Geometry>
    requires is_batch_value<Geometry>
struct known_gemm<Geometry> {
    static constexpr bool m = Geometry::growth.m == 0, n = Geometry::growth.n == 0, k = Geometry::growth.k == 0;
    static constexpr gemm_geometry value() { return Geometry::fixed; }
};

/// Rows of C; if the compiler does not know them, -1, or -2 in a model that is compiled for any batch.
template <class Geometry> constexpr std::int64_t static_rows() {
    if constexpr (known_gemm<Geometry>::m) return known_gemm<Geometry>::value().m;
    else return is_batch_value<Geometry> ? -2 : -1;
}

// `rows` rows of `columns` elements.
template <class T>
inline void copy_rows(const T* in, std::int64_t stride, std::int64_t rows, std::int64_t columns, T* out,
                      std::int64_t out_stride) noexcept {
    for (std::int64_t r = 0; r < rows; ++r)
        std::memcpy(out + r * out_stride, in + r * stride, static_cast<std::size_t>(columns) * sizeof(T));
}

// What is known of the depth of a tile where it is not expanded: that it is one block, which needs no tree, or that it
// grows with a batch, and mostly is one.
inline constexpr int one_block = -1, mostly_one_block = -2;

// One tile of C: rows [row, row + Rows), columns [column, column + (Vectors - 1) * lanes + last); `Partial` where
// `right` has no more of them. `Depth` is the depth where that is expanded, or what is known of it, or 0.
template <int Rows, int Vectors, int Depth, bool Partial, class V, class T, class Right, class Epilogue>
[[gnu::always_inline]] inline void gemm_tile(const broadcast_operand<T>& left, const Right& right, std::int64_t depth,
                                             std::int64_t row, std::int64_t column, std::int64_t last,
                                             const Epilogue& epilogue) noexcept {
    tile<Rows, Vectors, V, chains_for(Rows * Vectors, Depth > 0 ? Depth : 64)> sums;
    if constexpr (Depth > 0 || Depth == one_block) {
        sums.template accumulate<Partial, (Depth > 0 ? Depth : 0)>(left, right, depth);
    } else if (Depth == mostly_one_block && depth <= longest_block) {
        sums.template accumulate<Partial, 0>(left, right, depth);
    } else {
        typename decltype(sums)::tree before;
        sums.template accumulate_blocks<Partial, 0>(left, right, depth, before);
        before.add_to(sums.sums);
    }
    sums.emit_to(epilogue, row, 1, column, last);
}

// Everything below `gemm` that does not change from tile to tile. `RunTimeVectors` are those of a panel whose geometry
// the compiler does not know.
template <class T, class Geometry, class Epilogue, class V, int RunTimeVectors = 2> struct gemm_run {
    using known = known_gemm<Geometry>;
    static constexpr bool fixed = is_static<Geometry>;
    static constexpr std::int64_t width = lanes<V>;

    // Columns that are packed lie in blocks which are whole panels only of tiles of most rows.
    static constexpr bool may_pack() {
        constexpr gemm_geometry g = known::value();
        if constexpr (fixed) return needs_packing(g);
        else return g.transpose_b != 0 || !known::m || g.m >= least_packed_rows;
    }
    // Few rows are over before a copy of B would pay. Where it is larger than the second-level cache of most machines,
    // steps of a panel lie too far apart for the machine to foresee them.
    static constexpr bool reads_from_far() {
        constexpr gemm_geometry g = known::value();
        return fixed && !may_pack() && g.k * g.n * std::int64_t{sizeof(T)} > 256 * 1024;
    }
    static constexpr int fixed_vectors() {
        if constexpr (!known::n || RunTimeVectors != 2) {
            return RunTimeVectors;
        } else {
            constexpr gemm_geometry g = known::value();
            constexpr std::int64_t rows = may_pack() ? most_rows<V> : cut_rows(g.m, most_rows<V>).tall;
            return panel_vectors<V>(rows, ceiling_divide(g.n, width));
        }
    }
    static constexpr int vectors = fixed_vectors();
    static constexpr std::int64_t panel = vectors * width;
    static constexpr bool has_packed_b = known::value().packed_b != 0;

    template <int Rows, int Vectors> static constexpr int depth_of() {
        if constexpr (known::k) {
            constexpr std::int64_t k = known::value().k;
            constexpr int expanded = expanded_depth(k, Rows * Vectors);
            return expanded == 0 && k <= longest_block ? one_block : expanded;
        } else {
            return is_batch_value<Geometry> ? mostly_one_block : 0;
        }
    }

    static constexpr bool may_copy_rows() {
        if constexpr (fixed) return copies_rows(Geometry::value);
        else return known::value().transpose_a == 0;
    }
    // Rows of C of which A is copied at a time, as `static_rows` says it.
    static constexpr std::int64_t rows_of_tiles() {
        constexpr gemm_geometry g = known::value();
        if constexpr (fixed) return may_copy_rows() && times_of_rows(g) > 1 ? -2 : g.m;
        else return known::m && may_copy_rows() ? -2 : static_rows<Geometry>();
    }
    // Whether the tiles that copy a panel have so many rows: the first ones, of at least 24 rows.
    template <int Rows> static constexpr bool may_be_first() {
        constexpr std::int64_t rows = rows_of_tiles();
        if constexpr (rows > 0) return Rows == cut_rows(rows, most_rows<V>).tall;
        else return Rows == most_rows<V>;
    }

    Geometry geometry;
    const T* a;
    const T* b;
    T* packed;
    T* rows_of_a;
    const Epilogue& epilogue;
    std::int64_t first = 0, count = 0;
    // Asked for again and again; the compiler knows them if it knows the geometry.
    bool run_time_packs = needs_packing(value_of(geometry)), run_time_copies = copies_rows(value_of(geometry));
    std::int64_t top = 0;  // the first of the rows that are copied

    [[gnu::always_inline]] gemm_geometry shape() const noexcept { return value_of(geometry); }
    [[gnu::always_inline]] bool packs() const noexcept {
        if constexpr (fixed) return needs_packing(Geometry::value);
        else return run_time_packs;
    }
    [[gnu::always_inline]] bool copies() const noexcept {
        if constexpr (fixed) return copies_rows(Geometry::value);
        else return run_time_copies;
    }

    // A tile of `Rows` rows times one panel; `index` is that of the panel in the packed block.
    template <int Rows, int Vectors, bool Partial>
    [[gnu::always_inline]] void one(std::int64_t row, std::int64_t column, std::int64_t index,
                                    std::int64_t last) const noexcept {
        const gemm_geometry g = shape();
        const vector_operand<T> direct{b + column, g.n, last};
        if constexpr (may_pack())
            if (packs()) {
                T* const copy = packed + index * panel * g.k;
                const std::int64_t step = g.transpose_b != 0 ? panel : Vectors * width;
                if constexpr (may_be_first<Rows>())
                    if (row == 0 && g.transpose_b == 0) {
                        if constexpr (!Partial)
                            return multiply<Rows, Vectors, false>(copied_operand<T>{direct, copy}, row, column, width);
                        else pack_panels(b + column, g.n, 1, g.k, step - width + last, step, copy);
                    }
                return multiply<Rows, Vectors, false>(prefetched_operand<T>{{copy, step, width}}, row, column,
                                                      Partial ? last : width);
            }
        if constexpr (has_packed_b)
            multiply<Rows, Vectors, false>(prefetched_operand<T>{{b + column * g.k, Vectors * width, width}}, row,
                                           column, Partial ? last : width);
        else if constexpr (reads_from_far())
            multiply<Rows, Vectors, Partial>(prefetched_operand<T>{direct}, row, column, last);
        else if constexpr (!fixed || !may_pack()) multiply<Rows, Vectors, Partial>(direct, row, column, last);
    }

    template <int Rows, int Vectors, bool Partial, class Right>
    [[gnu::always_inline]] void multiply(const Right& right, std::int64_t row, std::int64_t column,
                                         std::int64_t last) const noexcept {
        gemm_tile<Rows, Vectors, depth_of<Rows, Vectors>(), Partial, V>(left_rows<Rows>(shape(), row), right, shape().k,
                                                                        top + row, column, last, epilogue);
    }

    // The rows of A that a tile reads, from the copy if there is one.
    template <int Rows>
    [[gnu::always_inline]] broadcast_operand<T> left_rows(const gemm_geometry& g, std::int64_t row) const noexcept {
        if (g.transpose_a) return {a + row, 1, g.m};
        if constexpr (may_copy_rows())
            if (copies()) return {rows_of_a + row * (g.k + row_gap), g.k + row_gap, 1};
        return {a + row * g.k, g.k, 1};
    }

    // A row of tiles: columns [first, first + count).
    template <int Rows> [[gnu::always_inline]] void rows(std::int64_t row) const noexcept {
        const std::int64_t whole = count / panel;
        for (std::int64_t p = 0; p < whole; ++p) one<Rows, vectors, false>(row, first + p * panel, p, width);
        const std::int64_t left = count - whole * panel;
        if constexpr (known::n) {
            constexpr std::int64_t rest = known::value().n % panel;
            if constexpr (rest > 0) {
                constexpr int used = static_cast<int>(ceiling_divide(rest, width));
                constexpr std::int64_t last = rest - (used - 1) * width;
                if (left > 0) one<Rows, used, last != width>(row, first + whole * panel, whole, last);
            }
        } else {
            std::int64_t column = first + whole * panel;
            const std::int64_t end = column + left;
            if constexpr (vectors > 2)
                for (; column + 2 * width <= end; column += 2 * width) one<Rows, 2, false>(row, column, whole, width);
            if (column + width < end) one<Rows, 2, true>(row, column, whole, end - column - width);
            else if (column < end) one<Rows, 1, true>(row, column, whole, end - column);
        }
    }
};

// Columns of C: the first one is that of a panel, and so is the last one, or it is C's.
struct column_range {
    std::int64_t first, last;
};

template <class V, class T, class Geometry, class Epilogue>
[[gnu::always_inline]] inline void gemm_tiles(Geometry geometry, const T* a, const T* b, T* scratch,
                                              const Epilogue& epilogue, column_range columns) noexcept {
    const gemm_geometry g = value_of(geometry);
    using run_type = gemm_run<T, Geometry, Epilogue, V>;
    const std::int64_t behind = needs_packing(g) ? packed_columns(g) * g.k : 0;
    run_type run{geometry, a, b, scratch, copies_rows(g) ? scratch + behind : nullptr, epilogue};
    std::int64_t block = run.packs() ? packed_columns(g) : g.n;
    if constexpr (run_type::has_packed_b)
        block = (std::max)(run_type::panel, packed_columns(g) / run_type::panel * run_type::panel);
    std::int64_t rows = 0;
    for (std::int64_t times = run.copies() ? times_of_rows(g) : 1; times > 0; --times, run.top += rows) {
        rows = (g.m - run.top) / times;
        // Where there is nowhere to copy to, g++ at -O1 warns of a copy that is never made.
        if constexpr (run_type::may_copy_rows())
            if (run.copies()) copy_rows(a + run.top * g.k, g.k, rows, g.k, run.rows_of_a, g.k + row_gap);
        for (run.first = columns.first; run.first < columns.last; run.first += block) {
            run.count = (std::min)(block, columns.last - run.first);
            if constexpr (run_type::may_pack())
                if (run.packs() && g.transpose_b != 0)
                    pack_panels(b + run.first * g.k, 1, g.k, g.k, run.count, run_type::panel, scratch);
            for_row_tiles<run_type::rows_of_tiles(), V>(rows, run);
        }
    }
}

// Parts of a product that do not depend on each other: its panels, or its tiles of rows where these are more and
// neither operand is copied on the way. However many are taken at a time, tiles and sums are those of the whole.
template <class T, gemm_geometry G, class Arch> struct gemm_parts {
    using V = typename decltype(fitting<T, Arch, G.n>())::type;
    static constexpr std::int64_t panel = gemm_run<T, static_value<G>, store_epilogue<T>, V>::panel;
    static constexpr std::int64_t panels = ceiling_divide(G.n, panel), tiles = cut_rows(G.m, most_rows<V>).tiles;
    static constexpr bool is_by_rows = tiles > panels && !needs_packing(G) && !copies_rows(G);
    static constexpr std::int64_t count = is_inner_product(G) ? 1 : is_by_rows ? tiles : panels;
};
template <class T, gemm_geometry G, class Arch> constexpr std::int64_t count_gemm_parts() {
    if constexpr (is_vectorized<T>) return gemm_parts<T, G, Arch>::count;
    else return 1;
}

template <class T, gemm_geometry G, class Epilogue, class Arch>
inline void gemm_some_parts(static_value<G> geometry, const T* a, const T* b, T* scratch, const Epilogue& epilogue,
                            std::int64_t first, std::int64_t last, Arch) noexcept {
    using parts = gemm_parts<T, G, Arch>;
    using V = typename parts::V;
    if constexpr (parts::is_by_rows) {
        const gemm_run<T, static_value<G>, Epilogue, V> run{geometry, a, b, nullptr, nullptr, epilogue, 0, G.n};
        for_some_row_tiles<G.m, V>(first, last, run);
    } else {
        const column_range columns{first * parts::panel, (std::min)(last * parts::panel, G.n)};
        gemm_tiles<V>(geometry, a, b, scratch, epilogue, columns);
    }
}

/// Copies B into the panels that a product with `packed_b` reads: whole ones, and one that ends with the last vector.
template <class V, class Geometry, class T> inline void pack_b(Geometry, const T* b, T* packed) noexcept {
    using run_type = gemm_run<T, Geometry, store_epilogue<T>, V>;
    constexpr gemm_geometry g = Geometry::value;
    constexpr std::int64_t panel = run_type::panel, whole = g.n / panel * panel, rest = g.n - whole;
    constexpr std::int64_t row = g.transpose_b != 0 ? 1 : g.n, column = g.transpose_b != 0 ? g.k : 1;
    pack_panels(b, row, column, g.k, whole, panel, packed);
    if constexpr (rest > 0)
        pack_panels(b + whole * column, row, column, g.k, rest, ceiling_divide(rest, lanes<V>) * lanes<V>,
                    packed + whole * g.k);
}

// A row or two read B once, in lines that are as long as there are accumulators for.
constexpr bool has_few_rows(const gemm_geometry& g) { return g.m <= 2 && g.transpose_b == 0 && !is_inner_product(g); }
template <class V, class Geometry, class T, class Epilogue>
[[gnu::noinline]] inline void gemm_few_rows(Geometry geometry, const T* a, const T* b,
                                            const Epilogue& epilogue) noexcept {
    using known = known_gemm<Geometry>;
    constexpr int vectors = known::n ? panel_vectors<V>(1, ceiling_divide(known::value().n, lanes<V>)) : 8;
    const gemm_geometry g = value_of(geometry);
    const gemm_run<T, Geometry, Epilogue, V, vectors> wide{geometry, a, b,   nullptr, nullptr,
                                                           epilogue, 0, g.n, false,   false};
    for (std::int64_t row = 0; row < g.m; ++row) wide.template rows<1>(row);
}

// Adds up to `longest_block` products, or all of them where blocks are not wanted: steps through both operands in turn.
template <bool IsWhole, int Vectors, class V, class T, int Chains>
[[gnu::always_inline]] inline void add_products(tile<1, Vectors, V, Chains>& sums, const T* left, std::int64_t step,
                                                const T* right, std::int64_t line, std::int64_t last,
                                                std::int64_t depth) noexcept {
    const auto add = [&]<int Chain>(std::integral_constant<int, Chain>) {
        sums.template step<!IsWhole, Chain>(broadcast_operand<T>{left, 0, 1}, vector_operand<T>{right, line, last}, 0);
        left += step;
        right += line;
    };
    const auto add_some = [&]<int... C>(std::int64_t count, std::integer_sequence<int, C...>) {
        ((C < count ? add(std::integral_constant<int, C>{}) : void()), ...);
    };
    constexpr std::make_integer_sequence<int, Chains> chains{};
    for (; depth >= Chains; depth -= Chains) add_some(Chains, chains);
    add_some(depth, chains);
}

// Stores a line of a row of C, of the last vector `last` elements.
template <bool IsWhole, int Vectors, class V, class T, int Chains>
[[gnu::always_inline]] inline void store_line(const tile<1, Vectors, V, Chains>& sums, std::int64_t last,
                                              T* out) noexcept {
    AMBIT_UNROLL for (int v = 0; v < Vectors; ++v) {
        if (IsWhole || v + 1 < Vectors) store_vector(out + v * lanes<V>, sums.total(0, v));
        else store_partial(out + v * lanes<V>, sums.total(0, v), last);
    }
}

// A line of `Vectors` vectors of many products: in blocks as those of all products.
template <int Vectors, bool IsWhole, class V, class T>
[[gnu::noinline]] void long_line_of_row(const T* left, std::int64_t step, const T* right, std::int64_t line,
                                        std::int64_t last, std::int64_t depth, T* out) noexcept {
    tile<1, Vectors, V, chains_for(Vectors, 64)> sums;
    typename decltype(sums)::tree before;
    sums.template accumulate_blocks<!IsWhole, 0>(broadcast_operand<T>{left, 0, step},
                                                 vector_operand<T>{right, line, last}, depth, before);
    before.add_to(sums.sums);
    store_line<IsWhole>(sums, last, out);
}

// The same of few. Apart from all else: small nets have little more than these, and a small function is entered soon.
template <int Vectors, bool IsWhole, class V, class T>
[[gnu::noinline]] void line_of_row(const T* left, std::int64_t step, const T* right, std::int64_t line,
                                   std::int64_t last, std::int64_t depth, T* out) noexcept {
    if (depth > longest_block) return long_line_of_row<Vectors, IsWhole, V>(left, step, right, line, last, depth, out);
    tile<1, Vectors, V, chains_for(Vectors, 64)> sums;
    add_products<IsWhole>(sums, left, step, right, line, last, depth);
    store_line<IsWhole>(sums, last, out);
}

// A row or two for an epilogue that takes rows as they lie in memory, where nothing is known.
template <class V, class T, class Epilogue>
[[gnu::noinline]] void gemm_few_rows_at_once(const gemm_geometry& g, const T* a, const T* b,
                                             const Epilogue& epilogue) noexcept {
    constexpr std::int64_t width = lanes<V>;
    for (std::int64_t row = 0; row < g.m; ++row) {
        const T* const left = g.transpose_a != 0 ? a + row : a + row * g.k;
        const std::int64_t step = g.transpose_a != 0 ? g.m : 1;
        for (std::int64_t first = 0; first < g.n; first += Epilogue::capacity) {
            const std::int64_t count = (std::min)(Epilogue::capacity, g.n - first);
            T* const out = epilogue.begin_row(row, first);
            std::int64_t at = 0;
            const auto take = [&]<int Vectors, bool IsWhole>(std::integral_constant<int, Vectors>,
                                                             std::bool_constant<IsWhole>) {
                line_of_row<Vectors, IsWhole, V>(left, step, b + first + at, g.n, count - at - (Vectors - 1) * width,
                                                 g.k, out + at);
                at += Vectors * width;
            };
            using std::integral_constant, std::true_type, std::false_type;
            while (at + 16 * width <= count) take(integral_constant<int, 16>{}, true_type{});
            if (at + 15 * width < count) take(integral_constant<int, 16>{}, false_type{});
            if (at + 8 * width <= count) take(integral_constant<int, 8>{}, true_type{});
            else if (at + 7 * width < count) take(integral_constant<int, 8>{}, false_type{});
            if (at + 4 * width <= count) take(integral_constant<int, 4>{}, true_type{});
            else if (at + 3 * width < count) take(integral_constant<int, 4>{}, false_type{});
            if (at + 2 * width <= count) take(integral_constant<int, 2>{}, true_type{});
            else if (at + width < count) take(integral_constant<int, 2>{}, false_type{});
            if (at < count) take(integral_constant<int, 1>{}, false_type{});
            epilogue.end_row(row, first, count);
        }
    }
}

// All products whose geometry the compiler does not know, or not all of it, but of few rows.
template <class V, class Arch, class T, class Geometry, class Epilogue>
[[gnu::noinline]] void gemm_at_run_time(Geometry geometry, const T* a, const T* b, T* scratch,
                                        const Epilogue& epilogue) noexcept {
    const gemm_geometry g = value_of(geometry);
    if (is_inner_product(g)) inner_products<xsimd::batch<T, Arch>>(g, a, b, epilogue);
    else gemm_tiles<V>(geometry, a, b, scratch, epilogue, {0, g.n});
}

// Types without vectors.
template <class T, class Epilogue>
inline void gemm_scalar(const gemm_geometry& g, const T* a, const T* b, const Epilogue& epilogue) noexcept {
    const std::int64_t a_row = g.transpose_a ? 1 : g.k, a_step = g.transpose_a ? g.m : 1;
    const std::int64_t b_step = g.transpose_b ? 1 : g.n, b_column = g.transpose_b ? g.k : 1;
    for (std::int64_t i = 0; i < g.m; ++i)
        for (std::int64_t j = 0; j < g.n; ++j) {
            T sum(0);
            for (std::int64_t k = 0; k < g.k; ++k)
                sum = multiply_add(a[i * a_row + k * a_step], b[k * b_step + j * b_column], sum);
            epilogue(sum, i, j);
        }
}

}  // namespace detail

/// `epilogue(v, row, column)` for every vector or element of `C[m,n] = A[m,k] · B[k,n]`, in no particular
/// order.
template <class T, class Geometry, class Epilogue, class Arch = kernel_arch>
inline void gemm(Geometry geometry, const T* a, const T* b, T* scratch, const Epilogue& epilogue, Arch = {}) noexcept {
    if constexpr (!is_vectorized<T>) {
        detail::gemm_scalar(value_of(geometry), a, b, epilogue);
    } else if constexpr (is_static<Geometry>) {
        if constexpr (is_inner_product(Geometry::value)) {
            inner_products<xsimd::batch<T, Arch>>(Geometry::value, a, b, epilogue);
        } else {
            using V = typename decltype(fitting<T, Arch, Geometry::value.n>())::type;
            detail::gemm_tiles<V>(geometry, a, b, scratch, epilogue, {0, Geometry::value.n});
        }
    } else {
        using known = detail::known_gemm<Geometry>;
        constexpr auto fit = [] {
            if constexpr (known::n) return fitting<T, Arch, known::value().n>();
            else return std::type_identity<xsimd::batch<T, Arch>>{};
        }();
        using V = typename decltype(fit)::type;
        if (detail::has_few_rows(value_of(geometry))) {
            if constexpr (!is_batch_value<Geometry> && requires { epilogue.begin_row(0, 0); })
                return detail::gemm_few_rows_at_once<V>(geometry, a, b, epilogue);
            else return detail::gemm_few_rows<V>(geometry, a, b, epilogue);
        }
        detail::gemm_at_run_time<V, Arch>(geometry, a, b, scratch, epilogue);
    }
}

template <> struct entry<kernel_tag::gemm> {
    template <class Geometry, class T, class Epilogue>
    static void run(Geometry geometry, const T* left, const T* right, T* scratch, Epilogue& epilogue) noexcept {
        gemm(geometry, left, right, scratch, epilogue);
    }
    template <class T, gemm_geometry G> static constexpr std::int64_t parts() {
        return detail::count_gemm_parts<T, G, kernel_arch>();
    }
    template <class Geometry, class T, class Epilogue>
    static void run_parts(Geometry geometry, const T* left, const T* right, T* scratch, const Epilogue& epilogue,
                          std::int64_t first, std::int64_t last) noexcept {
        detail::gemm_some_parts(geometry, left, right, scratch, epilogue, first, last, kernel_arch{});
    }
    /// B as a product with `packed_b` reads it: `packed_elements(geometry)` elements.
    template <class Geometry, class T> static void pack(Geometry geometry, const T* b, T* packed) noexcept {
        if constexpr (is_vectorized<T>) {
            using V = typename decltype(fitting<T, kernel_arch, Geometry::value.n>())::type;
            detail::pack_b<V>(geometry, b, packed);
        } else {  // read as it is stored
            std::memcpy(packed, b, static_cast<std::size_t>(Geometry::value.k * Geometry::value.n) * sizeof(T));
        }
    }
    static constexpr std::int64_t columns(const gemm_geometry& g) { return g.n; }
};

}  // namespace ambit::kernel_parts
