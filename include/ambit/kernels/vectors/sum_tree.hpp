// SPDX-License-Identifier: BSL-1.0
// Sums of any number of terms whose error grows with the logarithm of that number: accumulators add up a block of
// terms, then what they hold is put away in a tree, eight sums making one of the next level.
//
//     V sums[4] = …;                                        // zeros
//     sum_tree<V, 4> before;
//     before.run(steps, sums, [&](std::int64_t count) {     // block by block
//         sums[i] += …;                                     // `count` times
//     });
//     before.add_to(sums);
//
// Within a block, equal float32 values are off by up to 1e-6: the worst that there is for terms of one sign. Short sums
// never reach the tree, and are what they would be without it.
#pragma once

#include <ambit/kernels/vectors/simd.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>

namespace AMBIT_NAMESPACE::kernel_parts {

/// What an accumulator adds up before it is put away.
inline constexpr std::int64_t block_steps = 64;

/// `Count` accumulators of type V (floats, or batches of them) that make up to `Most` steps in a block.
template <class V, int Count = 1, std::int64_t Most = block_steps> class sum_tree {
    static_assert(std::is_floating_point_v<element_of<V>>);

public:
    /// Lets the accumulators make `steps` steps: `block(count)` makes the next `count` of them.
    template <class Block>
    [[gnu::always_inline]] void run(std::int64_t steps, V (&sums)[std::size_t(Count)], const Block& block) noexcept {
        const std::int64_t blocks = steps / Most, rest = steps % Most;
        make_room(blocks > 0 ? Most : rest, sums);
        for (std::int64_t b = 0;; ++b) {
            block(b < blocks ? Most : rest);
            if (b == blocks) break;
            put_away(sums);
        }
        if (blocks > 0) steps_ = rest;
    }

    /// To be called before the accumulators make `steps` steps, at most `Most`, where they belong to no run.
    [[gnu::always_inline]] void make_room(std::int64_t steps, V (&sums)[std::size_t(Count)]) noexcept {
        if (steps_ + steps > Most) put_away(sums);
        steps_ += steps;
    }

    /// Ends a block: the accumulators begin again at 0.
    [[gnu::always_inline]] void put_away(V (&sums)[std::size_t(Count)]) noexcept {
        const V zero = fill<V>(element_of<V>(0));
        if (blocks_ == 0)
            for (V& sum : level_[0]) sum = zero;
        AMBIT_UNROLL for (int i = 0; i < Count; ++i) {
            level_[0][i] = level_[0][i] + sums[i];
            sums[i] = zero;
        }
        steps_ = 0;
        if (++blocks_ % fan == 0) carry();
    }

    /// Adds what was put away.
    [[gnu::always_inline]] void add_to(V (&sums)[std::size_t(Count)]) const noexcept {
        if (blocks_ == 0) return;
        V all[std::size_t(Count)];
        AMBIT_UNROLL for (int i = 0; i < Count; ++i) all[i] = level_[0][i];
        if (blocks_ >= fan) gather(all);
        AMBIT_UNROLL for (int i = 0; i < Count; ++i) sums[i] = all[i] + sums[i];
    }

private:
    // Each level holds as many sums of the level below as its digit of the number of blocks says, in base eight; the
    // last one all that come, of 2^21 blocks each.
    static constexpr int levels = 8;
    static constexpr std::int64_t fan = 8;
    std::int64_t steps_ = 0, blocks_ = 0;
    V level_[std::size_t(levels)][std::size_t(Count)];

    // Empties the levels that are full, and the first one among them.
    [[gnu::noinline]] void carry() noexcept {
        int level = 0;
        for (std::int64_t left = blocks_; level + 1 < levels && left % fan == 0; ++level) {
            left /= fan;
            const bool is_first = level + 2 < levels ? left % fan == 1 : left == 1;
            for (int i = 0; i < Count; ++i) {
                V& next = level_[level + 1][i];
                next = is_first ? level_[level][i] : next + level_[level][i];
            }
        }
        for (V& sum : level_[0]) sum = fill<V>(element_of<V>(0));
    }

    // Adds all levels but the first one.
    [[gnu::noinline]] void gather(V* all) const noexcept {
        std::int64_t left = blocks_ / fan;
        for (int level = 1; level < levels && left != 0; ++level, left /= fan)
            if (level + 1 == levels || left % fan != 0)
                for (int i = 0; i < Count; ++i) all[i] = all[i] + level_[level][i];
    }
};

/// What stands for a tree where none is needed.
struct no_tree {
    template <class V, std::size_t Count, class Block>
    [[gnu::always_inline]] static void run(std::int64_t steps, V (&)[Count], const Block& block) noexcept {
        block(steps);
    }
    template <class V, std::size_t Count> static void make_room(std::int64_t, V (&)[Count]) noexcept {}
    template <class V, std::size_t Count> static void put_away(V (&)[Count]) noexcept {}
    template <class V, std::size_t Count> static void add_to(V (&)[Count]) noexcept {}
};

namespace detail {
template <bool Needed, class V, int Count, std::int64_t Most> struct choose_tree {
    using type = no_tree;
};
template <class V, int Count, std::int64_t Most> struct choose_tree<true, V, Count, Most> {
    using type = sum_tree<V, Count, Most>;
};
}  // namespace detail
template <bool Needed, class V, int Count, std::int64_t Most = block_steps>
using tree_if = typename detail::choose_tree<Needed, V, Count, Most>::type;

/// `term(0) + term(1) + …` in one accumulator; each term is asked for once, in order.
template <class V, class Term>
[[gnu::always_inline]] inline V sum_in_blocks(std::int64_t count, const Term& term) noexcept {
    V total[1] = {fill<V>(element_of<V>(0))};
    sum_tree<V> before;
    std::int64_t i = 0;
    before.run(count, total, [&](std::int64_t steps) {
        for (const std::int64_t end = i + steps; i < end; ++i) total[0] += term(i);
    });
    before.add_to(total);
    return total[0];
}

/// Whether a lane is infinite or NaN.
template <class V> [[gnu::always_inline]] inline bool is_any_unbounded(const V& value) noexcept {
    if constexpr (lanes<V> == 1) return !std::isfinite(value);
    else return !xsimd::all(xsimd::abs(value) <= V((std::numeric_limits<element_of<V>>::max)()));
}

/// The mean of what `element()` gives `count` times, whose sum may be infinite or NaN where that of its parts is not. A
/// power of two as divisor changes no bit of an element but of those far below the mean.
template <class T, class Element>
[[gnu::noinline]] T mean_of_large(std::int64_t count, const Element& element) noexcept {
    T divisor = 2;
    for (std::int64_t left = count; left > 1; left -= left / 2) divisor *= 2;
    const T total = sum_in_blocks<T>(count, [&](std::int64_t) { return element() / divisor; });
    if (!std::isfinite(total)) return total;
    constexpr T largest = (std::numeric_limits<T>::max)();
    return (std::min)((std::max)(total * (divisor / static_cast<T>(count)), -largest), largest);
}

}  // namespace ambit::kernel_parts
