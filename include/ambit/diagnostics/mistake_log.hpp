// SPDX-License-Identifier: BSL-1.0
// The mistakes of one graph while it is built, and what becomes of each: kept, thrown, or a stop of the evaluation.
//
//     log.begin_report(mistake::variable_exists).add(detail_tag::path, "conv1/weights");
//     log.settle();
#pragma once

#include <ambit/core/place.hpp>
#include <ambit/diagnostics/raise.hpp>
#include <ambit/diagnostics/report.hpp>

namespace AMBIT_NAMESPACE::mistake_parts {

/// What a log does with a mistake: keep it and go on (the compiler reports all of them), throw it, or stop in a
/// function that no constant evaluation can call, so that the compiler prints the chain of calls.
enum class on_mistake : int { collect, raise, stop };

class mistake_log {
public:
    constexpr explicit mistake_log(on_mistake policy) : policy_(policy) {}

    constexpr const reports& mistakes() const { return reports_; }

    /// `begin_report(kind)`, details into the result, then `settle()`.
    constexpr reports& begin_report(mistake kind) {
        reports_.begin(kind);
        return reports_;
    }
    constexpr reports& report_in_progress() { return reports_; }

    /// Where a mistake is thrown or evaluation stops, as the policy says.
    constexpr void settle() {
        if (policy_ == on_mistake::collect) {
            reports_.settle_last();
            return;
        }
        if (policy_ == on_mistake::stop) the_first_mistake_of_this_model_is_made_here();
        const reports found = reports_;
        reports_.clear();  // whoever catches it may go on
        raise(found, 0);
    }

    /// For a mistake that a destructor found: it does not throw; the next call does, or the end of the graph.
    constexpr void settle_later() {
        if (policy_ == on_mistake::collect) reports_.settle_last();
    }
    constexpr void settle_pending() {
        if (policy_ != on_mistake::collect && !reports_.empty()) settle();
    }

    /// What mistakes name as the line of a call: that of the library function which is under way and said so
    /// (graph/line_of_call.hpp), else the one given.
    constexpr const place& line_of(const place& given) const { return call_.line > 0 ? call_ : given; }
    constexpr void set_call(const place& at) { call_ = at; }
    constexpr bool is_in_a_call() const { return call_.line > 0; }

    /// Forgets what was reported after the first `count`: one mistake a call.
    constexpr void keep_first_reports(int count) { reports_.keep_first(count); }

private:
    // Not constexpr on purpose: with -DAMBIT_BACKTRACE the compiler stops here and prints who called.
    static void the_first_mistake_of_this_model_is_made_here() {}

    on_mistake policy_;
    reports reports_;
    place call_;  // none: line 0
};

}  // namespace ambit::mistake_parts
