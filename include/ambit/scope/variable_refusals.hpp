// SPDX-License-Identifier: BSL-1.0
// What is said of a variable that was asked for and cannot be had: which rule it breaks, where it was made first, and
// which one was probably meant.
#pragma once

#include <ambit/core/tensor_spec.hpp>
#include <ambit/diagnostics/nearest_name.hpp>
#include <ambit/scope/scope_stack.hpp>
#include <ambit/scope/variable_record.hpp>

#include <string_view>

namespace AMBIT_NAMESPACE::scope_parts {

/// Reports to the log of a variable store. A variable is asked for by `path`, from the scope `from`, at a line.
class variable_refusals {
public:
    constexpr variable_refusals(mistake_log& log, const name_table& names, scope_stack& scopes,
                                const buffer<variable_record>& variables)
        : log_(log), names_(names), scopes_(scopes), variables_(variables) {}

    /// `verdict` is what the rules of reuse say of a path that has a variable, `existing`, or none, below 0.
    constexpr void reuse(mistake verdict, int path, int from, int existing, const shape* extents, dtype type,
                         const place& at) {
        log_.begin_report(verdict).add(detail_tag::path, names_.path(path));
        reports& report = log_.report_in_progress();
        if (existing < 0) {
            if (extents != nullptr)
                report.add(detail_tag::asked, tensor_spec{*extents, type != dtype::none ? type : dtype::float32});
            if (const int nearest = nearest_to(path, extents); nearest >= 0)
                report.add(detail_tag::did_you_mean, names_.path(variables_[nearest].name));
            scopes_.add_asked_at(from, at);
        } else {
            const variable_record& first = variables_[existing];
            if (first.made_by_variable) {
                report.add(detail_tag::rule, "made by variable(), and so never returned by get_variable()");
            } else if (verdict != mistake::variable_exists) {
                report.add(detail_tag::had, first.spec);
                report.add(detail_tag::asked, tensor_spec{extents != nullptr ? *extents : first.spec.extents,
                                                          type != dtype::none ? type : first.spec.type});
            }
            report.add(detail_tag::first_at, first.made);
            scopes_.add_scope(first.scope);
            report.add(detail_tag::again_at, log_.line_of(at));
            scopes_.add_scope(from);
        }
        scopes_.add_default_name(from);
        log_.settle();
    }

    /// An initializer that does not fit.
    constexpr void unfit(int path, int from, const tensor_spec& asked, std::string_view rule, const place& at) {
        log_.begin_report(mistake::initializer_unfit).add(detail_tag::path, names_.path(path));
        log_.report_in_progress().add(detail_tag::asked, asked);
        log_.report_in_progress().add(detail_tag::rule, rule);
        scopes_.add_asked_at(from, at);
        log_.settle();
    }

    /// A shape that no variable may have.
    constexpr void illegal_shape(int path, int from, const tensor_spec& asked, const place& at) {
        log_.begin_report(mistake::invalid_shape).add(detail_tag::path, names_.path(path));
        log_.report_in_progress().add(detail_tag::asked, asked);
        scopes_.add_asked_at(from, at);
        log_.settle();
    }

    /// A value to begin with that is a variable of another graph.
    constexpr void foreign_value(int path, int from, const place& at) {
        log_.begin_report(mistake::foreign_tensor).add(detail_tag::path, names_.path(path));
        log_.report_in_progress().add(detail_tag::rule, "same_as takes a variable of this module's scope");
        scopes_.add_asked_at(from, at);
        log_.settle();
    }

private:
    /// The variable that was probably meant, or -1: of those that have the shape asked for the one whose path is most
    /// like this, else of all.
    constexpr int nearest_to(int path, const shape* extents) const {
        const short_text wanted = names_.path(path);
        nearest_name fitting(wanted);
        for (int id = 0; id < variables_.size(); ++id)
            if (extents != nullptr && variables_[id].spec.extents == *extents) consider(fitting, id);
        if (fitting.best() >= 0) return fitting.best();
        nearest_name any(wanted);
        for (int id = 0; id < variables_.size(); ++id) consider(any, id);
        return any.best();
    }
    constexpr void consider(nearest_name& search, int id) const {
        if (!variables_[id].made_by_variable) search.consider(id, names_.path(variables_[id].name));
    }

    mistake_log& log_;
    const name_table& names_;
    scope_stack& scopes_;
    const buffer<variable_record>& variables_;
};

}  // namespace ambit::scope_parts
