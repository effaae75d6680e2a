// SPDX-License-Identifier: BSL-1.0
// How mistakes of ops are told: the op's name within the open scope, its operands, the rule, and the line.
//
//     refusals.begin(mistake::op_shape, "matmul");
//     refusals.operand(x);
//     refusals.rule("the inner extents must be equal: [m, k] x [k, n]");
//     refusals.end(at);                                     // thrown here, at run time
#pragma once

#include <ambit/graph/graph_writer.hpp>
#include <ambit/scope/scope_stack.hpp>

#include <string_view>

namespace AMBIT_NAMESPACE::graph_parts {

class op_refusals {
public:
    constexpr op_refusals(mistake_log& log, const name_table& names, scope_stack& scopes, const graph_writer& nodes)
        : log_(log), names_(names), scopes_(scopes), nodes_(nodes) {}

    /// Of an op that gets its name here; one with a trailing slash is whole.
    constexpr void begin(mistake kind, std::string_view op) {
        if (op.size() > 1 && op.back() == '/') return begin_at(kind, op.substr(0, op.size() - 1));
        short_text path = names_.path(scopes_.op_scope());
        if (!path.empty()) path += '/';
        path += op;
        begin_at(kind, path);
    }
    /// Of an op by its whole name.
    constexpr void begin_at(mistake kind, std::string_view path) { log_.begin_report(kind).add(detail_tag::op, path); }

    constexpr void operand(std::string_view called, const tensor_spec& spec) {
        log_.report_in_progress().add(detail_tag::operand, called, spec);
    }
    constexpr void operand(const tensor& t) {
        const node& n = nodes_.at(t.id());
        if (n.name == names::root) operand("number", n.result);
        else operand(names_.path(n.name), n.result);
    }

    constexpr void rule(std::string_view words) {
        if (!words.empty()) log_.report_in_progress().add(detail_tag::rule, words);
    }

    constexpr void end(const place& at) {
        if (log_.line_of(at).line > 0) log_.report_in_progress().add(detail_tag::at, log_.line_of(at));
        scopes_.add_scope(scopes_.innermost_scope());
        log_.settle();
    }

private:
    mistake_log& log_;
    const name_table& names_;
    scope_stack& scopes_;
    const graph_writer& nodes_;
};

}  // namespace ambit::graph_parts
