// SPDX-License-Identifier: BSL-1.0
// The scope that a cell keeps after its first use. Later uses share its variables; from where its name leads elsewhere
// they are a mistake, `cell_elsewhere`, with both places.
//
//     auto own = scope_.open(s, "gru_cell", at);                // creates, the first time
//     variable kernel = own.get_variable("kernel", {8, 16});    // and shares
#pragma once

#include <ambit/graph/line_of_call.hpp>
#include <ambit/scope/scope.hpp>

#include <source_location>
#include <string_view>

namespace AMBIT_NAMESPACE::recurrent_parts {

class kept_scope {
public:
    /// Opens the cell's scope below `s`.
    [[nodiscard]] constexpr scope open(scope& s, std::string_view name, const std::source_location& at) {
        scope_parts::scope_stack& scopes = s.store()->scopes();
        const int around = scopes.scope_at(s.record()).prefix;
        const bool is_first = store_ == nullptr;
        if (is_first) {
            store_ = s.store();
            around_ = around;
            record_ = s.record();
            first_ = store_->log().line_of(at);
        }
        const bool is_here = store_ == s.store() && around_ == around;
        if (!is_here) report(s, name, at);
        return s.variable_scope(name, {.reuse = !is_first && is_here}, at);
    }

private:
    constexpr void report(scope& s, std::string_view name, const std::source_location& at) const {
        scope_parts::scope_stack& scopes = s.store()->scopes();
        mistake_parts::mistake_log& log = s.store()->log();
        using mistake_parts::detail_tag;
        mistake_parts::reports& report = log.begin_report(mistake::cell_elsewhere);
        core_parts::short_text kept(store_->all_names().path(around_));
        if (!kept.empty()) kept += '/';
        kept += name;
        report.add(detail_tag::scope, kept);
        report.add(detail_tag::first_at, first_);
        if (store_ == s.store()) scopes.add_scope(record_);
        log.report_in_progress().add(detail_tag::again_at, log.line_of(at));
        scopes.add_scope(s.record());
        log.settle();
    }

    scope_parts::variable_store* store_ = nullptr;  // none: not used yet
    int around_ = core_parts::names::root;          // the prefix of the scope that it was used in
    int record_ = 0;
    core_parts::place first_;
};

}  // namespace ambit::recurrent_parts
