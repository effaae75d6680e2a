// SPDX-License-Identifier: BSL-1.0
// The name a user probably meant: the candidate with the fewest edits, if it is close enough to be worth
// saying.
//
//     is_near("n1/wieghts", "n1/weights")     // two neighbours swapped: one edit
#pragma once

#include <ambit/core/buffer.hpp>

#include <string_view>

namespace ambit::mistake_parts {

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

/// Collects candidates and keeps the nearest; the first of equals wins. Long names are compared only while
/// the budget of the constant evaluator allows: at most `max_candidates` comparisons a search.
class nearest_name {
public:
    static constexpr int max_candidates = 64;

    constexpr explicit nearest_name(std::string_view wanted) : wanted_(wanted) {}

    constexpr void consider(int id, std::string_view candidate) {
        const auto longer = candidate.size() > wanted_.size() ? candidate.size() - wanted_.size()
                                                              : wanted_.size() - candidate.size();
        if (considered_ >= max_candidates || 3 * longer > wanted_.size()) return;
        ++considered_;
        const int distance = edit_distance(wanted_, candidate);
        if (distance < best_distance_ && is_near(wanted_, candidate)) {
            best_distance_ = distance;
            best_ = id;
        }
    }

    /// The id of the nearest candidate, or -1.
    constexpr int best() const { return best_; }

private:
    std::string_view wanted_;
    int best_ = -1;
    int best_distance_ = 1 << 20;
    int considered_ = 0;
};

}  // namespace ambit::mistake_parts
