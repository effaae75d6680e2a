// SPDX-License-Identifier: BSL-1.0
// Makes a program of scopes smaller, statement by statement, as long as something stays true of it.
//
//     program small = shrunk(p, [](const program& smaller) { return !agrees(smaller); });
#pragma once

#include "scope_program.hpp"

#include <set>

namespace ambit_test {

namespace detail {

// Takes out the n-th statement, with its block, and counts n down. What names a missing object goes with it.
inline bool drop(std::vector<statement>& body, int& n) {
    for (std::size_t i = 0; i < body.size(); ++i) {
        if (n-- == 0) {
            body.erase(body.begin() + static_cast<std::ptrdiff_t>(i));
            return true;
        }
        if (drop(body[i].body, n)) return true;
    }
    return false;
}

inline void numbers_of(const std::vector<statement>& body, std::set<int>& all) {
    for (const statement& s : body) {
        all.insert(s.number);
        numbers_of(s.body, all);
    }
}

inline bool drop_orphans(std::vector<statement>& body, const std::set<int>& there) {
    bool any = false;
    for (std::size_t i = body.size(); i-- > 0;) {
        bool is_orphan = there.count(body[i].scope) + there.count(body[i].other) < 2;
        for (const int operand : body[i].operands) is_orphan = is_orphan || there.count(operand) == 0;
        if (is_orphan) body.erase(body.begin() + static_cast<std::ptrdiff_t>(i));
        any = is_orphan || drop_orphans(body[i].body, there) || any;
    }
    return any;
}

}  // namespace detail

template <class Predicate> program shrunk(program p, Predicate still_true) {
    for (bool smaller = true; smaller;) {
        smaller = false;
        for (int at = size_of(p.body) - 1; at >= 0; --at) {
            program less = p;
            int n = at;
            if (!detail::drop(less.body, n)) continue;
            for (bool again = true; again;) {
                std::set<int> there{0};
                detail::numbers_of(less.body, there);
                again = detail::drop_orphans(less.body, there);
            }
            if (!still_true(less)) continue;
            p = less;
            smaller = true;
        }
    }
    return p;
}

}  // namespace ambit_test
