// SPDX-License-Identifier: BSL-1.0
// The scopes that were opened on one graph and those that are open now: prefixes, flags, defaults, and the rule that
// only the innermost one is used. Users meet it as `scope`, `scope_handle` and `name_scope`.
#pragma once

#include <ambit/core/buffer.hpp>
#include <ambit/core/place.hpp>
#include <ambit/diagnostics/mistake_log.hpp>
#include <ambit/scope/name_table.hpp>
#include <ambit/scope/options.hpp>
#include <ambit/scope/path.hpp>
#include <ambit/scope/scope_counters.hpp>
#include <ambit/scope/scope_defaults.hpp>

#include <cstddef>
#include <limits>
#include <span>
#include <string_view>
#include <type_traits>

namespace AMBIT_NAMESPACE::scope_parts {

/// How a scope came to be.
enum class scope_kind : int {
    by_name,
    by_handle,
    name_scope,  ///< for ops only: the variable scope around it stays the innermost
    refused  ///< stands for one that a mistake kept from being opened
};

/// One opening of a scope. Records outlive their scopes: handles refer to them.
struct scope_record {
    int prefix = names::root;  // of variables
    int op_scope = names::root;  // of ops
    int original = names::root;  // the op scope that the opening by name made; a jump leaves `op_scope` as it was
    reuse_mode reuse = reuse_mode::create;
    int defaults = 0;  // in the stack's table
    scope_kind kind = scope_kind::by_name;
    bool is_counted_up = false;  // `dense_1`, of a default name that was taken
    int counters = 0;  // of a jump: what leaving it gives back
    place opened;
};

}  // namespace ambit::scope_parts

#ifndef AMBIT_MOST_OPS
/// A module that goes on after so many ops, scopes or variables in the compiler is taken for one that never ends. What
/// it makes on the way back from losses does not count.
#define AMBIT_MOST_OPS 4000
#endif

namespace AMBIT_NAMESPACE::refused_parts {

// Not constexpr on purpose: the compiler stops here, and prints who called.
inline void a_loop_without_an_end_or_else_define_a_larger_AMBIT_MOST_OPS() {}

}  // namespace ambit::refused_parts

namespace AMBIT_NAMESPACE::scope_parts {

class scope_stack {
public:
    static constexpr int root_scope = 0;

    /// Tells its mistakes to a log, and takes names of a table that ops and variables use too; both are its owner's.
    constexpr scope_stack(mistake_log& log, name_table& names) : log_(log), names_(names) {
        scopes_.push_back({});
        open_.push_back(root_scope);
    }

    scope_stack(const scope_stack&) = delete;
    scope_stack& operator=(const scope_stack&) = delete;

    constexpr const scope_record& scope_at(int record) const { return scopes_[record]; }

    /// What a scope says for the variables below it, and where all of that is kept.
    constexpr const scope_defaults& defaults_of(int record) const { return defaults_[scopes_[record].defaults]; }
    constexpr defaults_table& defaults() { return defaults_; }
    constexpr const defaults_table& defaults() const { return defaults_; }

    /// The variable scope that is used now.
    constexpr int innermost_scope() const {
        int i = open_.size() - 1;
        while (scopes_[open_[i]].kind == scope_kind::name_scope) --i;
        return open_[i];
    }

    /// Where ops get their names.
    constexpr int op_scope() const { return scopes_[open_.back()].op_scope; }

    /// A name scope, as `name_scope` takes it: `conv1_1/`, empty for the top.
    constexpr short_text op_prefix(int record) const { return with_slash(scopes_[record].op_scope); }

    /// The one that a variable scope, or the scope that a handle led back to, opened at first.
    constexpr short_text original_op_prefix(int record) const { return with_slash(scopes_[record].original); }

    /// The name scope that is open now.
    constexpr short_text open_op_prefix() const { return with_slash(op_scope()); }

    /// A free name for an op below the open name scope, in words; empty for an illegal one.
    constexpr short_text unique_name(std::string_view name, const unique_name_options& options, const place& at) {
        log_.settle_pending();
        if (!is_legal_name(name, position_below(op_scope()))) {
            report_invalid_name(innermost_scope(), name, at);
            return {};
        }
        const int asked = names_.intern(op_scope(), name);
        return names_.path(options.mark_as_used ? names_.unique_scope_name(asked) : names_.free_op_name(asked));
    }

    /// While the compiler runs a module, it stops where there are so many nodes, scopes or variables: a loop without an
    /// end would only meet a limit of the compiler, after minutes.
    constexpr void end_after(int most) { most_ = most; }
    constexpr int most() const { return most_; }
    constexpr void expect_end(int count) const {
        if (count >= most_ && std::is_constant_evaluated())
            refused_parts::a_loop_without_an_end_or_else_define_a_larger_AMBIT_MOST_OPS();
    }

    /// From here on scopes have no names and all variables are inert: what a module costs beside them.
    constexpr void name_nothing() { names_nothing_ = true; }
    constexpr bool names_nothing() const { return names_nothing_; }

    // ---- opening and closing ----------------------------------------------------------------------------------------

    /// Opens a scope below `from`, which should be the innermost one; returns its record. Without a name it gets the
    /// next free `default_name`.
    constexpr int open_scope(int from, std::string_view name, const scope_options& options, const place& at) {
        const bool in_order = expect_innermost(from, name, at);
        const bool by_default = name.empty() && !options.default_name.empty();
        if (by_default) name = options.default_name;
        scope_record opened = scopes_[from];
        opened.kind = scope_kind::refused;
        opened.op_scope = op_scope();
        if (names_nothing_) return push_scope(opened, options, at);
        const int around = opened.prefix;
        if (is_legal_name(name, position_below(around))) {
            const int asked = names_.intern(around, name);
            opened.kind = scope_kind::by_name;
            opened.prefix = by_default ? unique_scope(asked) : asked;
            opened.is_counted_up = opened.prefix != asked;
            if (options.auxiliary_name_scope)
                opened.op_scope =
                    names_.unique_scope_name(opened.op_scope == around || !may_follow(opened.op_scope, name)
                                                 ? asked
                                                 : names_.intern(opened.op_scope, name));
            counters_.open(opened.prefix);
        } else if (in_order) {
            report_invalid_name(from, name, at);
        }
        opened.original = opened.op_scope;
        return push_scope(opened, options, at);
    }

    /// A prefix for variables that is kept as a handle for later: no name scope, and not open now.
    constexpr int reserve_scope(int from, std::string_view name, bool by_default, const place& at) {
        const bool in_order = expect_innermost(from, name, at);
        scope_record reserved = scopes_[from];
        if (is_legal_name(name, position_below(reserved.prefix))) {
            const int asked = names_.intern(reserved.prefix, name);
            reserved.prefix = by_default ? unique_scope(asked) : asked;
            reserved.is_counted_up = reserved.prefix != asked;
            reserved.original = reserved.prefix;
            counters_.open(reserved.prefix);
            counters_.close(reserved.prefix);
        } else if (in_order) {
            report_invalid_name(from, name, at);
        }
        reserved.opened = log_.line_of(at);
        scopes_.emplace_back() = reserved;
        return scopes_.size() - 1;
    }

    /// Jumps to the prefix of a record opened before, with its flag and defaults; ops keep their name scope.
    constexpr int open_scope_again(int from, int record, const scope_options& options, const place& at) {
        expect_innermost(from, {}, at);
        scope_record opened = scopes_[record];
        opened.kind = scope_kind::by_handle;
        opened.op_scope = op_scope();
        counters_.open(opened.prefix);  // as in TensorFlow, it still counts when the jump is left
        opened.counters = counters_.enter_jump();
        return push_scope(opened, options, at);
    }

    /// Opens a scope for ops alone below `from`. A trailing slash leads back to a name scope, `""` to the top.
    constexpr int open_name_scope(int from, std::string_view name, const place& at) {
        const bool in_order = expect_innermost(from, name, at);
        scope_record opened = scopes_[from];
        opened.kind = scope_kind::name_scope;
        opened.op_scope = op_scope();
        const bool is_absolute = name.empty() || name.back() == '/';
        const std::string_view path = name.empty() ? name : name.substr(0, name.size() - (is_absolute ? 1 : 0));
        const int around = is_absolute ? names::root : opened.op_scope;
        if (name.empty() || is_legal_name(path, position_below(around)))
            opened.op_scope =
                is_absolute ? names_.intern(around, path) : names_.unique_scope_name(names_.intern(around, path));
        else if (in_order) report_invalid_name(from, name, at);
        return push_scope(opened, {}, at);
    }

    /// What a handle of another graph opens: the mistake is told, and the scope around it stands in.
    constexpr int refuse_foreign_handle(int from, const scope_options& options, const place& at) {
        if (expect_innermost(from, {}, at)) {
            log_.begin_report(mistake::foreign_handle);
            add_asked_at(from, at);
            log_.settle();
        }
        scope_record opened = scopes_[from];
        opened.kind = scope_kind::refused;
        opened.op_scope = op_scope();
        return push_scope(opened, options, at);
    }

    /// Closes a scope. Those opened after it and still open are reported, and close with it: what follows is outside of
    /// them, and not one mistake more. A destructor does it without a place.
    constexpr void close_scope(int record, const place& at = {}) {
        int outer = open_.size() - 1;
        while (outer >= 0 && open_[outer] != record) --outer;
        if (outer < 0) return;  // closed with a scope around it
        if (open_.back() != record) {
            log_.begin_report(mistake::scope_out_of_order);
            log_.report_in_progress().add(detail_tag::scope, scope_text(record));
            log_.report_in_progress().add(detail_tag::opened_at, scopes_[record].opened);
            if (at.line > 0) log_.report_in_progress().add(detail_tag::closed_at, at);
            else log_.report_in_progress().add(detail_tag::rule, "closed when its object was destroyed");
            add_still_open(open_.back());
            log_.settle_later();
        }
        while (open_.size() > outer) {
            const scope_record& last = scopes_[open_.back()];
            if (last.kind == scope_kind::by_name) counters_.close(last.prefix);
            if (last.kind == scope_kind::by_handle) counters_.leave_jump(last.counters);
            open_.pop_back();
        }
    }

    constexpr void reuse_variables(int record) { scopes_[record].reuse = reuse_mode::reuse; }

    /// What the root begins with, where a module runs on a registry that has variables of others.
    constexpr void reuse_from_the_root(const reuse_option& said) {
        scopes_[root_scope].reuse = said.inside(scopes_[root_scope].reuse);
    }

    /// Opens a name scope for a call of what has its variables in another record: it is named by the last component of
    /// their prefix, or, where that cannot begin a path, by all of it. The first such name scope becomes the record's
    /// own.
    constexpr int open_call_scope(int from, int record, bool is_first, const place& at) {
        const int prefix = scopes_[record].prefix;
        short_text name = names_.all().component(prefix);
        if (!may_follow(op_scope(), name)) name = names_.path(prefix);
        const int opened = open_name_scope(from, name, at);
        if (is_first) scopes_[record].original = scopes_[opened].op_scope;
        return opened;
    }

    // ---- defaults of a scope that is open or was, for what is asked for and opened below it from here on ------------

    constexpr void set_initializer(int record, const initializer_option& said) {
        scope_defaults& own = own_defaults(record);
        own.given = defaults_.given_by(said, {});
        own.initializer = said ? defaults_.keep_initializer(*said) : -1;
    }
    constexpr void set_regularizer(int record, const ambit::regularizer& said) {
        own_defaults(record).regularizer = said;
    }
    constexpr void set_dtype(int record, ambit::dtype said) { own_defaults(record).dtype = said; }
    /// In the place of the whole chain, as in TensorFlow 1.
    constexpr void set_custom_getter(int record, ambit::custom_getter said) {
        own_defaults(record).getter = defaults_.keep_getter(said, -1);
    }
    constexpr void remove_custom_getters(int record) { own_defaults(record).getter = -1; }

    // ---- for messages -----------------------------------------------------------------------------------------------

    /// Which scope a mistake was made in. The op scope tells two calls of one helper apart, `conv1` and `conv1_1`; a
    /// scope opened by handle at the top has none of its own.
    constexpr void add_scope(int record) {
        if (record == root_scope) return;
        const scope_record& scope = scopes_[record];
        const int name = scope.op_scope != names::root ? scope.op_scope : scope.prefix;
        if (name == names::root) return;  // a handle of the top was opened
        log_.report_in_progress().add(detail_tag::in_scope, names_.path(name));
        log_.report_in_progress().add(detail_tag::opened_at, scope.opened);
    }

    /// Says why a scope has a name that nobody wrote.
    constexpr void add_default_name(int record) {
        const scope_record& scope = scopes_[record];
        if (!scope.is_counted_up) return;
        short_text line(names_.path(scope.prefix));
        line += " is counted up from its .default_name: open it by name to share";
        log_.report_in_progress().add(detail_tag::rule, line);
    }

    /// Whether the scope is the innermost open one; reports it if not.
    constexpr bool expect_innermost(int from, std::string_view name, const place& at) {
        log_.settle_pending();
        if (open_.back() == from) return true;
        const int innermost = innermost_scope();
        if (innermost == from) return true;
        log_.begin_report(mistake::scope_out_of_order);
        if (!name.empty()) log_.report_in_progress().add(detail_tag::name, name);
        log_.report_in_progress().add(detail_tag::asked_at, log_.line_of(at));
        log_.report_in_progress().add(detail_tag::in_scope, scope_text(from));
        add_still_open(innermost);
        log_.settle();
        return false;
    }

    constexpr void report_invalid_name(int from, std::string_view name, const place& at) {
        log_.begin_report(mistake::invalid_name);
        log_.report_in_progress().add(detail_tag::name, name);
        add_asked_at(from, at);
        log_.settle();
    }

    constexpr void add_asked_at(int from, const place& at) {
        log_.report_in_progress().add(detail_tag::asked_at, log_.line_of(at));
        add_scope(from);
    }

    static constexpr name_position position_below(int prefix) {
        return prefix == names::root ? name_position::at_root : name_position::inside;
    }

private:
    /// Whether a name may stand below this one: at the top its first character has a stricter rule.
    static constexpr bool may_follow(int around, std::string_view name) {
        return around != names::root || is_legal_name(name, name_position::at_root);
    }

    constexpr short_text with_slash(int name) const {
        short_text text = names_.path(name);
        if (!text.empty()) text += '/';
        return text;
    }

    /// The defaults of one record alone: others, which may share its entry, keep theirs.
    constexpr scope_defaults& own_defaults(int record) {
        scopes_[record].defaults = defaults_.copy_of(scopes_[record].defaults);
        return defaults_.to_change(scopes_[record].defaults);
    }

    /// The scope of this name, or the next one that does not count.
    constexpr int unique_scope(int first) {
        int suffix = counters_.suffix_to_try(names_.all(), first);
        int name = suffix == 0 ? first : names_.suffixed(first, suffix);
        while (counters_.is_counted(names_.all(), name)) name = names_.suffixed(first, ++suffix);
        if (suffix > 0) counters_.all_count_before(first, suffix);
        return name;
    }

    constexpr int push_scope(scope_record& opened, const scope_options& options, const place& at) {
        opened.reuse = options.reuse.inside(opened.reuse);
        opened.defaults = defaults_.with(opened.defaults, options);
        const int count = scopes_.size();
        expect_end(count);
        opened.opened = log_.line_of(at);
        scopes_.emplace_back() = opened;
        open_.push_back(scopes_.size() - 1);
        return scopes_.size() - 1;
    }

    constexpr void add_still_open(int record) {
        log_.report_in_progress().add(detail_tag::still_open, scope_text(record));
        if (record != root_scope) log_.report_in_progress().add(detail_tag::opened_at, scopes_[record].opened);
    }

    /// A scope in words: its path, or what stands for the root.
    constexpr short_text scope_text(int record) const {
        const scope_record& scope = scopes_[record];
        const bool names_ops_only = scope.kind == scope_kind::name_scope;
        const int name = names_ops_only ? scope.op_scope : scope.prefix;
        short_text text(names_ops_only ? "name scope " : "");
        // Not a conditional expression: g++ 12 then destroys the text too early in constant evaluation.
        if (name == names::root) text += "(root)";
        else text += names_.path(name);
        return text;
    }

    mistake_log& log_;
    name_table& names_;
    buffer<scope_record> scopes_;
    buffer<int> open_;
    defaults_table defaults_;
    scope_counters counters_;
    int most_ = (std::numeric_limits<int>::max)();
    bool names_nothing_ = false;
};

}  // namespace ambit::scope_parts
