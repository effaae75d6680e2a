// SPDX-License-Identifier: BSL-1.0
// The name a user probably meant: the candidate that is the same below another prefix, else the one with the fewest
// edits, if it is close enough to be worth saying, else one that ends alike.
//
//     is_near("n1/wieghts", "n1/weights")                                  // two neighbours swapped: one edit
//     alike_at_end("hidden/weights", "model/hidden/weights").names == 2    // the same, below `model`
#pragma once

#include <ambit/core/buffer.hpp>

#include <string_view>

namespace AMBIT_NAMESPACE::mistake_parts {

/// Optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours, one edit
/// each.
constexpr int edit_distance(std::string_view a, std::string_view b) {
    const int columns = static_cast<int>(b.size()) + 1;
    buffer<int> before_last, last, row;
    before_last.resize(columns);
    last.resize(columns);
    row.resize(columns);
    for (int j = 0; j < columns; ++j) last[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = static_cast<int>(i);
        for (int j = 1; j < columns; ++j) {
            const auto b_at = static_cast<std::size_t>(j);
            const int replaced = last[j - 1] + (a[i - 1] == b[b_at - 1] ? 0 : 1);
            int best = last[j] + 1 < row[j - 1] + 1 ? last[j] + 1 : row[j - 1] + 1;
            if (replaced < best) best = replaced;
            const bool swapped = i > 1 && b_at > 1 && a[i - 1] == b[b_at - 2] && a[i - 2] == b[b_at - 1];
            if (swapped && before_last[j - 2] + 1 < best) best = before_last[j - 2] + 1;
            row[j] = best;
        }
        before_last.swap(last);
        last.swap(row);
    }
    return last[columns - 1];
}

/// Whether `candidate` is near enough to `wanted` to be suggested: at most a third of its characters differ.
constexpr bool is_near(std::string_view wanted, std::string_view candidate) {
    return 3 * edit_distance(wanted, candidate) <= static_cast<int>(wanted.size() > 6 ? wanted.size() : 6);
}

/// How many names two paths end in alike, and whether those are all of one of them: then the prefix has moved.
struct common_end {
    int names = 0;
    bool is_all = false;
};
constexpr common_end alike_at_end(std::string_view a, std::string_view b) {
    common_end found;
    std::size_t length = 0;
    for (;; ++length) {
        const bool a_begins = length == a.size() || a[a.size() - 1 - length] == '/';
        const bool b_begins = length == b.size() || b[b.size() - 1 - length] == '/';
        if (a_begins && b_begins && length > 0) ++found.names;
        if (length == a.size() || length == b.size()) {
            found.is_all = a_begins && b_begins && length > 0;
            return found;
        }
        if (a[a.size() - 1 - length] != b[b.size() - 1 - length]) return found;
    }
}

/// Collects candidates and keeps the nearest; the first of equals wins. Long names are compared letter by letter only
/// while the budget of the constant evaluator allows: at most `max_candidates` such comparisons a search.
class nearest_name {
public:
    static constexpr int max_candidates = 64;

    constexpr explicit nearest_name(std::string_view wanted) : wanted_(wanted) {}

    constexpr void consider(int id, std::string_view candidate) {
        const int longer = static_cast<int>(candidate.size() > wanted_.size() ? candidate.size() - wanted_.size()
                                                                              : wanted_.size() - candidate.size());
        const common_end end = alike_at_end(wanted_, candidate);
        if (end.is_all) return keep(id, longer);
        if (end.names > 1) keep(id, two_alike - end.names);
        if (considered_ >= max_candidates || 3 * longer > static_cast<int>(wanted_.size())) return;
        ++considered_;
        if (is_near(wanted_, candidate)) keep(id, edited + edit_distance(wanted_, candidate));
    }

    /// The id of the nearest candidate, or -1.
    constexpr int best() const { return best_; }

private:
    // Distances: of a moved prefix its length, then edits, then what only ends alike.
    static constexpr int edited = 1 << 20, two_alike = 1 << 21;

    constexpr void keep(int id, int distance) {
        if (distance >= best_distance_) return;
        best_distance_ = distance;
        best_ = id;
    }

    std::string_view wanted_;
    int best_ = -1;
    int best_distance_ = two_alike;
    int considered_ = 0;
};

}  // namespace ambit::mistake_parts
