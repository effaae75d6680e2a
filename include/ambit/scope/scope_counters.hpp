// SPDX-License-Identifier: BSL-1.0
// Which scopes `default_name` passes over: those that were opened since the scope around them was last closed. So the
// names start again when a scope is opened again, and a pass that reuses meets the names of the pass that created.
//
// Most modules never ask. So openings and closings are only written down, and counted when somebody asks: a time stamp
// for the last opening and the last closing of each name, where TensorFlow has a table of counts of which closing a
// scope clears all below.
#pragma once

#include <ambit/core/buffer.hpp>
#include <ambit/core/names.hpp>

namespace AMBIT_NAMESPACE::scope_parts {

class scope_counters {
public:
    /// A scope of this name is opened, and closed: the scopes below it count no longer.
    constexpr void open(int scope) { events_.push_back(scope); }
    constexpr void close(int scope) { events_.push_back(-1 - scope); }

    /// Whether a scope of this name counts.
    constexpr bool is_counted(const names& all, int scope) {
        count();
        const int opened = stamps_of(scope).opened;
        if (opened == 0) return false;
        for (int around = all.parent(scope); around != names::root; around = all.parent(around))
            if (stamps_of(around).closed > opened) return false;
        return true;
    }

    /// The smallest suffix of a name that may be free: nobody looks at all siblings for each new one. What was found
    /// holds until a scope around is closed or a jump is left.
    constexpr int suffix_to_try(const names& all, int scope) {
        count();
        if (scope >= tries_.size() || tries_[scope].at <= left_) return 0;
        for (int around = all.parent(scope); around != names::root; around = all.parent(around))
            if (stamps_of(around).closed > tries_[scope].at) return 0;
        return tries_[scope].suffix;
    }
    constexpr void all_count_before(int scope, int suffix) {
        if (tries_.size() <= scope) tries_.resize(scope + 1);
        tries_[scope] = {counted_, suffix};
    }

    /// A jump by handle: leaving it, with what this returned, makes everything count as it did before.
    constexpr int enter_jump() {
        count();
        ++jumps_;
        return journal_.size();
    }
    constexpr void leave_jump(int entered) {
        count();
        for (int i = journal_.size() - 1; i >= entered; --i) stamps_[journal_[i].scope] = journal_[i].before;
        if (entered < journal_.size()) journal_.truncate(entered);
        left_ = counted_;
        --jumps_;
    }

private:
    struct stamps {
        int opened = 0;
        int closed = 0;
    };
    struct tries {
        int at = 0;  // after so many events
        int suffix = 0;
    };
    struct change {
        int scope = 0;
        stamps before;
    };

    /// Takes in the events since the last time.
    constexpr void count() {
        for (; counted_ < events_.size(); ++counted_) {
            const int event = events_[counted_];
            const int scope = event >= 0 ? event : -1 - event;
            stamps& of_scope = stamps_of(scope);
            if (jumps_ > 0) journal_.push_back({scope, of_scope});
            (event >= 0 ? of_scope.opened : of_scope.closed) = counted_ + 1;
        }
    }

    constexpr stamps& stamps_of(int scope) {
        if (stamps_.size() <= scope) stamps_.resize(scope + 1);
        return stamps_[scope];
    }

    buffer<int> events_;
    buffer<stamps> stamps_;
    buffer<change> journal_;
    buffer<tries> tries_;  // of names that were asked for with a suffix
    int counted_ = 0;
    int left_ = 0;  // events before the last jump was left
    int jumps_ = 0;  // open ones
};

}  // namespace ambit::scope_parts
