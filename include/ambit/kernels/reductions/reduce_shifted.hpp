// SPDX-License-Identifier: BSL-1.0
// Reductions of what each element differs by from a value of its result: the logarithm of a sum of powers, which differ
// from the largest, and the variance, whose squares differ from the mean. Two passes, so that nothing overflows or
// cancels.
//
//     constexpr reduce_geometry rows{.rank = 2, .extent = {64, 1000}, .reduced = {0, 1}};
//     logsumexp(rows, in, out);                                // 64 of them
//     variance(rows, in, means, out);
//
// Sums run in blocks (sum_tree.hpp), and their terms are never negative: in float32 they are within 2e-6 of themselves,
// whatever their number. So is a variance: what its mean is off by is summed up beside the squares, and its square taken
// off, so that a mean may be a million times the deviation. A NaN makes its result NaN. Source: T. Chan, G. Golub, R.
// LeVeque, "Algorithms for computing the sample variance", 1983.
#pragma once

#include <ambit/contract/reductions.hpp>
#include <ambit/core/static_value.hpp>
#include <ambit/kernels/vectors/entry.hpp>
#include <ambit/kernels/reductions/reduce.hpp>
#include <ambit/kernels/vectors/sum_tree.hpp>

#include <cmath>
#include <cstdint>
#include <limits>

namespace AMBIT_NAMESPACE::kernel_parts {

namespace detail {

// What is summed up, whether the differences are as well, what stands for elements behind the last one so that they add
// nothing, and the last step.
struct sum_of_powers_above {
    static constexpr bool adds_differences = false;
    template <class V> [[gnu::always_inline]] static V term(const V& difference) noexcept {
        return exponential(difference);
    }
    template <class T> static T nothing(T) noexcept { return -std::numeric_limits<T>::infinity(); }
    template <class V>
    [[gnu::always_inline]] static V finish(const V& total, const V&, const V& shift, std::int64_t) noexcept {
        if constexpr (lanes<V> == 1) return logarithm(total) + shift;
        else return xsimd::log(total) + shift;
    }
};
struct mean_of_squares_around {
    static constexpr bool adds_differences = true;
    template <class V> [[gnu::always_inline]] static V term(const V& difference) noexcept {
        return difference * difference;
    }
    template <class T> static T nothing(T shift) noexcept { return shift; }
    template <class V>
    [[gnu::always_inline]] static V finish(const V& total, const V& differences, const V&,
                                           std::int64_t count) noexcept {
        const V number(static_cast<element_of<V>>(count)), zero(element_of<V>(0));
        const V squares = total / number, off = differences / number;
        const V exact = squares - off * off;
        // Rounding takes none below zero. Infinite squares stay infinite, and NaN stays NaN.
        constexpr auto infinite = std::numeric_limits<element_of<V>>::infinity();
        if constexpr (lanes<V> == 1) return exact >= zero ? exact : squares < infinite ? zero : squares;
        else return xsimd::select(exact >= zero, exact, xsimd::select(squares < V(infinite), zero, squares));
    }
};

// Adds the term of a difference to accumulator `i` of `Terms`, and the difference to one behind those.
template <int Terms, std::size_t Sums, class V, class Kind>
[[gnu::always_inline]] inline void add_shifted(V (&total)[Sums], int i, const V& difference, Kind kind) noexcept {
    total[i] += kind.term(difference);
    if constexpr (Kind::adds_differences) total[i + Terms] += difference;
}

// Variances that are infinite once more: what a mean of large elements is off by has a square that overflows. Of the
// differences it is taken off first.
template <class T>
[[gnu::noinline]] void mend_variances(const reduce_geometry& g, const T* in, const T* mean, T* out,
                                      std::int64_t results, std::int64_t count) noexcept {
    for (std::int64_t i = 0; i < results; ++i) {
        if (!std::isinf(out[i])) continue;
        const auto mean_of = [&](const auto& term) {
            axis_walk elements(g, true, 0);
            return mean_of_large<T>(count, [&] {
                const T difference = in[i + elements.offset] - mean[i];
                elements.next();
                return term(difference);
            });
        };
        const T off = mean_of([](T difference) { return difference; });
        out[i] = mean_of([off](T difference) { return (difference - off) * (difference - off); });
    }
}

// One block of `Vectors` columns.
template <int Vectors, bool Partial, class V, class T, class Kind>
[[gnu::always_inline]] inline void shifted_columns(const T* in, const T* shift, T* out, std::int64_t row_stride,
                                                   std::int64_t rows, axis_walk others, std::int64_t count,
                                                   std::int64_t part, Kind kind) noexcept {
    const auto read = [&](const T* from) {
        if constexpr (Partial) return load_partial<V>(from, part, T(0));
        else return load_vector<V>(from);
    };
    constexpr int sums = Kind::adds_differences ? 2 * Vectors : Vectors;
    V total[std::size_t(sums)], by[std::size_t(Vectors)];
    for (V& sum : total) sum = fill<V>(T(0));
    AMBIT_UNROLL for (int v = 0; v < Vectors; ++v) by[v] = read(shift + v * lanes<V>);
    sum_tree<V, sums> before;
    for (std::int64_t p = 0; p < others.positions; ++p, others.next()) {
        const T* from = in + others.offset;
        before.run(rows, total, [&](std::int64_t steps) {
            for (std::int64_t row = 0; row < steps; ++row, from += row_stride)
                AMBIT_UNROLL for (int v = 0; v < Vectors; ++v)
                    add_shifted<Vectors>(total, v, V(read(from + v * lanes<V>) - by[v]), kind);
        });
    }
    before.add_to(total);
    AMBIT_UNROLL for (int v = 0; v < Vectors; ++v) {
        const V result = kind.finish(total[v], total[v + sums - Vectors], by[v], count);
        if constexpr (Partial) store_partial(out, result, part);
        else store_vector(out + v * lanes<V>, result);
    }
}

// `out` may be `shift`.
template <class T, class Kind, class Arch>
inline void reduce_shifted(const reduce_geometry& g, const T* in, const T* shift, T* out, Kind kind, Arch) noexcept {
    using V = xsimd::batch<T, Arch>;
    std::int64_t count = 1;
    for (std::int64_t axis = 0; axis < g.rank; ++axis)
        if (g.reduced[axis]) count *= g.extent[axis];
    axis_walk kept(g, false, 1);
    if (g.rank > 0 && g.reduced[g.rank - 1] != 0) {
        const std::int64_t run = g.extent[g.rank - 1];
        for (std::int64_t result = 0; result < kept.positions; ++result, kept.next()) {
            constexpr int chains = 4;
            constexpr std::int64_t round = chains * lanes<V>;
            constexpr int sums = Kind::adds_differences ? 2 * chains : chains;
            V total[std::size_t(sums)];
            for (V& chain : total) chain = fill<V>(T(0));
            const V by = fill<V>(shift[result]);
            sum_tree<V, sums> before;
            axis_walk others(g, true, 1);
            for (std::int64_t p = 0; p < others.positions; ++p, others.next()) {
                const T* const from = in + kept.offset + others.offset;
                std::int64_t at = 0;
                before.run(run / round, total, [&](std::int64_t rounds) {
                    for (const std::int64_t end = at + rounds * round; at < end; at += round)
                        AMBIT_UNROLL for (int c = 0; c < chains; ++c)
                            add_shifted<chains>(total, c, V(load_vector<V>(from + at + c * lanes<V>) - by), kind);
                });
                if (at < run) before.make_room(chains, total);
                for (; at + lanes<V> <= run; at += lanes<V>)
                    add_shifted<chains>(total, 0, V(load_vector<V>(from + at) - by), kind);
                if (at < run)
                    add_shifted<chains>(
                        total, 1, V(load_partial<V>(from + at, run - at, kind.nothing(shift[result])) - by), kind);
            }
            before.add_to(total);
            const T sum_of_terms = across(combine_chains<chains>(total, sum{}), sum{});
            const T sum_of_rest = across(combine_chains<chains>(total + (sums - chains), sum{}), sum{});
            out[result] = kind.finish(sum_of_terms, sum_of_rest, T(shift[result]), count);
            if constexpr (Kind::adds_differences)
                if (std::isinf(out[result]))
                    mend_variances(g, in + kept.offset, shift + result, out + result, 1, count);
        }
        return;
    }
    const std::int64_t columns = g.rank > 0 ? g.extent[g.rank - 1] : 1;
    const std::int64_t rows = g.rank > 1 ? g.extent[g.rank - 2] : 1;
    const axis_walk others(g, true, 2);
    for (std::int64_t result = 0; result < kept.positions; ++result, kept.next(), out += columns, shift += columns) {
        const T* const from = in + kept.offset;
        constexpr int block = 4;
        std::int64_t column = 0;
        for (; column + block * lanes<V> <= columns; column += block * lanes<V>)
            shifted_columns<block, false, V>(from + column, shift + column, out + column, columns, rows, others, count,
                                             lanes<V>, kind);
        for (; column + lanes<V> <= columns; column += lanes<V>)
            shifted_columns<1, false, V>(from + column, shift + column, out + column, columns, rows, others, count,
                                         lanes<V>, kind);
        if (column < columns)
            shifted_columns<1, true, V>(from + column, shift + column, out + column, columns, rows, others, count,
                                        columns - column, kind);
        if constexpr (Kind::adds_differences) {
            bool is_any_infinite = false;
            for (column = 0; column < columns; ++column) is_any_infinite |= std::isinf(out[column]);
            if (is_any_infinite) mend_variances(g, from, shift, out, columns, count);
        }
    }
}

}  // namespace detail

/// log Σ exp(x). Of infinities: the larger one.
template <class T, class Geometry, class Arch = kernel_arch>
    requires std::is_floating_point_v<T>
inline void logsumexp(Geometry geometry, const T* in, T* out, Arch arch = {}) noexcept {
    const reduce_geometry g = value_of(geometry);
    reduce(geometry, in, out, maximum{}, arch);
    std::int64_t results = 1;
    for (std::int64_t axis = 0; axis < g.rank; ++axis) results *= g.reduced[axis] != 0 ? 1 : g.extent[axis];
    for (std::int64_t i = 0; i < results; ++i) out[i] = std::isfinite(out[i]) ? out[i] : T(0);
    detail::reduce_shifted(g, in, static_cast<const T*>(out), out, detail::sum_of_powers_above{}, arch);
}

/// The mean of (x - mean)², the mean being that of the same elements.
template <class T, class Geometry, class Arch = kernel_arch>
    requires std::is_floating_point_v<T>
inline void variance(Geometry geometry, const T* in, const T* mean, T* out, Arch arch = {}) noexcept {
    detail::reduce_shifted(value_of(geometry), in, mean, out, detail::mean_of_squares_around{}, arch);
}

template <> struct entry<kernel_tag::logsumexp> {
    template <class Geometry, class T> static void run(Geometry geometry, T* out, const T* in) noexcept {
        logsumexp(geometry, in, out);
    }
};
template <> struct entry<kernel_tag::variance> {
    template <class Geometry, class T> static void run(Geometry geometry, T* out, const T* in, const T* mean) noexcept {
        variance(geometry, in, mean, out);
    }
};

}  // namespace ambit::kernel_parts
