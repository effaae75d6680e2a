// SPDX-License-Identifier: BSL-1.0
// The variables of one graph, the scopes that are open on it, the names in use and the mistakes found: everything
// that the rules of scopes (DESIGN: "the rules of scopes") speak of, in both worlds. Users meet it as `scope`.
#pragma once

#include <ambit/core/buffer.hpp>
#include <ambit/core/names.hpp>
#include <ambit/core/place.hpp>
#include <ambit/diagnostics/nearest_name.hpp>
#include <ambit/diagnostics/raise.hpp>
#include <ambit/diagnostics/report.hpp>
#include <ambit/scope/options.hpp>
#include <ambit/scope/path.hpp>

#include <cstdint>
#include <string_view>
#include <type_traits>

namespace ambit {

/// What a store does with a mistake: keep it and go on (the compiler reports all of them), throw it, or stop in a
/// function that no constant evaluation can call, so that the compiler prints the chain of calls.
enum class on_mistake : int { collect, raise, stop };

/// One variable. Its name is an id of the store's names.
struct variable_record {
    int name = names::root;
    int scope = 0;           // the scope record it was created in
    int uses = 1;            // calls of get_variable that returned it
    int first_value = 0;     // of a list initializer, in the store's pool
    int value_count = 0;
    bool trainable = true;
    tensor_spec spec;
    ambit::initializer initializer;
    place made;
};

/// One opening of a scope. Records outlive their scopes: handles refer to them.
struct scope_record {
    int prefix = names::root;    // of variables
    int op_scope = names::root;  // of ops
    reuse_mode reuse = reuse_mode::create;
    std::optional<ambit::initializer> initializer;
    ambit::dtype dtype = ambit::dtype::none;
    std::optional<bool> trainable;
    place opened;
};

/// A variable as the store hands it out: inert (`id` is -1) after `variable_missing`, with the spec that was asked for.
struct found_variable {
    int id = -1;
    tensor_spec spec;
};

class variable_store {
public:
    static constexpr int root_scope = 0;

    constexpr explicit variable_store(on_mistake policy = on_mistake::collect) : policy_(policy) {
        scopes_.push_back({});
        open_.push_back(root_scope);
    }

    variable_store(const variable_store&) = delete;
    variable_store& operator=(const variable_store&) = delete;

    // ---- scopes ---------------------------------------------------------------------------------------------------

    /// Opens a scope below `from`, which should be the innermost one; returns its record.
    constexpr int open_scope(int from, std::string_view name, const scope_options& options, const place& at) {
        expect_innermost(from, name, at);
        scope_record opened = scopes_[from];
        if (is_legal_name(name, position(from))) {
            opened.prefix = names_.intern_path(opened.prefix, name);
            opened.op_scope = unique_op_name(op_scope(), name);
        } else {
            report_invalid_name(from, name, at);
        }
        return push_scope(opened, options, at);
    }

    /// Jumps to the prefix of a record opened before, with its flag and defaults; ops keep their name scope.
    constexpr int open_scope_again(int from, int record, const scope_options& options, const place& at) {
        expect_innermost(from, {}, at);
        scope_record opened = scopes_[record];
        opened.op_scope = op_scope();
        return push_scope(opened, options, at);
    }

    /// Closes a scope; scopes opened after it stay open and are reported.
    constexpr void close_scope(int record) {
        if (open_.back() != record) {
            reports_.begin(mistake::scope_out_of_order);
            reports_.add(detail_tag::name, path_or_root(scopes_[record].prefix));
            reports_.add(detail_tag::first_opened_at, scopes_[record].opened);
            add_innermost();
            settle(closing::yes);
        }
        for (int i = 0; i < open_.size(); ++i) {
            if (open_[i] != record) continue;
            for (int j = i + 1; j < open_.size(); ++j) open_[j - 1] = open_[j];
            open_.pop_back();
            return;
        }
    }

    constexpr void reuse_variables(int record) { scopes_[record].reuse = reuse_mode::reuse; }
    constexpr const scope_record& scope_at(int record) const { return scopes_[record]; }
    constexpr int innermost_scope() const { return open_.back(); }
    constexpr int op_scope() const { return scopes_[open_.back()].op_scope; }

    // ---- variables ------------------------------------------------------------------------------------------------

    /// `get_variable` of TensorFlow 1. Order of checks: name, existence, shape, dtype; one mistake a call.
    constexpr found_variable get(int from, std::string_view name, const shape* extents, const variable_options& options,
                                 const place& at) {
        expect_innermost(from, name, at);
        const scope_record& scope = scopes_[from];
        variable_request request;
        request.mode = scope.reuse;
        request.any_shape = extents == nullptr;
        if (extents != nullptr) request.asked.extents = *extents;
        request.asked.type = options.dtype != dtype::none ? options.dtype : scope.dtype;
        request.any_dtype = request.asked.type == dtype::none;
        if (request.any_dtype) request.asked.type = dtype::float32;

        if (!is_legal_name(name, position(from))) {
            report_invalid_name(from, name, at);
            return {-1, request.asked};
        }
        const int path = names_.intern_path(scope.prefix, name);
        const int existing = use_of(path).variable;
        request.exists = existing >= 0;
        if (request.exists) request.had = variables_[existing].spec;

        const mistake verdict = judge(request);
        if (verdict != mistake::none) {
            report_variable(verdict, path, from, request, at);
            return request.exists ? found_variable{existing, request.had} : found_variable{-1, request.asked};
        }
        if (request.exists) {
            ++variables_[existing].uses;
            return {existing, request.had};
        }
        return create(path, from, request.asked, options, at);
    }

    constexpr int variable_count() const { return variables_.size(); }
    constexpr const variable_record& variable_at(int id) const { return variables_[id]; }
    constexpr const buffer<double>& values() const { return values_; }

    // ---- names ----------------------------------------------------------------------------------------------------

    constexpr const names& all_names() const { return names_; }

    /// A name for an op or a name scope below `scope`: `add`, `add_1`, … A name that an op, a name scope or a
    /// variable holds at this moment is passed over.
    constexpr int unique_op_name(int scope, std::string_view base) {
        const int first = names_.intern_path(scope, base);
        int name = first;
        if (is_taken(first)) {
            const int parent = names_.parent(first);
            int count = use_of(first).ops > 0 ? use_of(first).ops : 1;
            do name = names_.intern(parent, with_suffix(names_.component(first), count++));
            while (is_taken(name));
            use_of(first).ops = count;
        }
        use_of(name).ops = 1;
        return name;
    }

    // ---- mistakes -------------------------------------------------------------------------------------------------

    constexpr const reports& mistakes() const { return reports_; }

    /// For rules that live elsewhere: `begin_report(kind)`, details into the result, then `settle()`.
    constexpr reports& begin_report(mistake kind) {
        reports_.begin(kind);
        return reports_;
    }
    constexpr reports& report_in_progress() { return reports_; }

    /// Where a mistake is thrown or evaluation stops, as the store's policy says.
    constexpr void settle() { settle(closing::no); }

    /// The path, or the words that stand for the root.
    constexpr short_text path_or_root(int name) const {
        // Not a conditional expression: g++ 12 then destroys the text too early in constant evaluation.
        if (name == names::root) return short_text("(root)");
        return names_.path(name);
    }

private:
    enum class closing : bool { no, yes };

    struct name_use {
        int variable = -1;
        int ops = 0;  // 0: free for ops and name scopes; else the next suffix to try
    };

    // Not constexpr on purpose: with -DAMBIT_BACKTRACE the compiler stops here and prints who called.
    static void the_first_mistake_of_this_model_is_made_here() {}

    constexpr void settle(closing is_closing) {
        if (policy_ == on_mistake::collect) return;
        // A destructor does not throw: what it found is thrown by the next call or when the graph is finished.
        if (is_closing == closing::yes) return;
        if (policy_ == on_mistake::stop) the_first_mistake_of_this_model_is_made_here();
        else raise(reports_, 0);
    }

    constexpr name_position position(int scope) const {
        return scopes_[scope].prefix == names::root ? name_position::at_root : name_position::inside;
    }

    constexpr name_use& use_of(int name) {
        if (uses_.size() <= name) uses_.resize(names_.size());
        return uses_[name];
    }

    constexpr bool is_taken(int name) {
        const name_use& use = use_of(name);
        return use.variable >= 0 || use.ops > 0;
    }

    constexpr int push_scope(scope_record& opened, const scope_options& options, const place& at) {
        opened.reuse = options.reuse.inside(opened.reuse);
        if (options.initializer) opened.initializer = options.initializer;
        if (options.dtype != dtype::none) opened.dtype = options.dtype;
        if (options.trainable) opened.trainable = options.trainable;
        opened.opened = at;
        scopes_.push_back(opened);
        open_.push_back(scopes_.size() - 1);
        return scopes_.size() - 1;
    }

    constexpr found_variable create(int path, int from, const tensor_spec& asked, const variable_options& options,
                                    const place& at) {
        const scope_record& scope = scopes_[from];
        if (!is_legal(asked.extents)) {
            reports_.begin(mistake::invalid_shape);
            reports_.add(detail_tag::path, names_.path(path));
            reports_.add(detail_tag::asked, asked);
            add_asked_at(from, at);
            settle();
            return {-1, asked};
        }
        variable_record made;
        made.name = path;
        made.scope = from;
        made.spec = asked;
        made.initializer = options.initializer ? *options.initializer
                           : scope.initializer ? *scope.initializer
                                               : default_initializer(asked.type);
        made.trainable = options.trainable ? *options.trainable : scope.trainable.value_or(true);
        made.made = at;
        if (const initializer_mismatch why = mismatch(made.initializer, asked.extents, asked.type);
            why != initializer_mismatch::none) {
            reports_.begin(mistake::initializer_unfit);
            reports_.add(detail_tag::path, names_.path(path));
            reports_.add(detail_tag::asked, asked);
            reports_.add(detail_tag::rule, rule_of(why));
            add_asked_at(from, at);
            settle();
            return {-1, asked};
        }
        // A list lives only as long as the call that named it: its values move into the pool.
        made.first_value = values_.size();
        made.value_count = static_cast<int>(made.initializer.list_size);
        values_.append(made.initializer.list, made.value_count);
        made.initializer = made.initializer.with_values({});
        variables_.push_back(made);
        use_of(path).variable = variables_.size() - 1;
        return {variables_.size() - 1, asked};
    }

    constexpr void expect_innermost(int from, std::string_view name, const place& at) {
        if (policy_ != on_mistake::collect && !reports_.empty()) settle();
        if (open_.back() == from) return;
        reports_.begin(mistake::scope_out_of_order);
        if (!name.empty()) reports_.add(detail_tag::name, name);
        reports_.add(detail_tag::in_scope, path_or_root(scopes_[from].prefix));
        reports_.add(detail_tag::asked_at, at);
        add_innermost();
        settle();
    }

    constexpr void add_innermost() {
        const scope_record& innermost = scopes_[open_.back()];
        reports_.add(detail_tag::still_open, path_or_root(innermost.prefix));
        reports_.add(detail_tag::opened_at, innermost.opened);
    }

    constexpr void report_invalid_name(int from, std::string_view name, const place& at) {
        reports_.begin(mistake::invalid_name);
        reports_.add(detail_tag::name, name);
        add_asked_at(from, at);
        settle();
    }

    constexpr void add_asked_at(int from, const place& at) {
        reports_.add(detail_tag::asked_at, at);
        add_scope(detail_tag::in_scope, detail_tag::opened_at, from);
    }

    /// The op scope tells two calls of one helper apart: `conv1` and `conv1_1`.
    constexpr void add_scope(detail_tag scope, detail_tag opened, int record) {
        if (record == root_scope) return;
        reports_.add(scope, path_or_root(scopes_[record].op_scope));
        reports_.add(opened, scopes_[record].opened);
    }

    constexpr void report_variable(mistake kind, int path, int from, const variable_request& request, const place& at) {
        reports_.begin(kind);
        reports_.add(detail_tag::path, names_.path(path));
        if (request.exists) {
            const variable_record& first = variables_[use_of(path).variable];
            if (kind != mistake::variable_exists) {
                reports_.add(detail_tag::had, request.had);
                reports_.add(detail_tag::asked, request.asked);
            }
            reports_.add(detail_tag::first_at, first.made);
            add_scope(detail_tag::first_scope, detail_tag::first_opened_at, first.scope);
            reports_.add(detail_tag::again_at, at);
            add_scope(detail_tag::in_scope, detail_tag::opened_at, from);
        } else {
            if (!request.any_shape) reports_.add(detail_tag::asked, request.asked);
            if (const int near = nearest_to(path); near >= 0)
                reports_.add(detail_tag::did_you_mean, names_.path(variables_[near].name));
            add_asked_at(from, at);
        }
        settle();
    }

    /// The variable whose path is most like this one, or -1.
    constexpr int nearest_to(int path) const {
        const short_text wanted = names_.path(path);
        nearest_name search(wanted);
        for (int id = 0; id < variables_.size(); ++id) search.consider(id, names_.path(variables_[id].name));
        return search.best();
    }

    static constexpr std::string_view rule_of(initializer_mismatch why) {
        using enum initializer_mismatch;
        switch (why) {
            case none: return "";
            case list_has_another_size: return "a list has exactly as many values as the shape has elements";
            case value_does_not_fit: return "the value is not one of this dtype";
            case random_needs_a_float: return "random values need float32 or float64";
            case bounds_are_out_of_order: return "the low bound must be below the high one";
            case parameter_is_out_of_range: return "deviation and scale must be finite and positive";
            case identity_needs_a_matrix: return "identity needs a matrix";
            case orthogonal_needs_two_axes: return "orthogonal needs two axes or more";
        }
        return "";
    }

    static constexpr short_text with_suffix(std::string_view base, int count) {
        char digits[12] = {};
        int length = 0;
        for (; count > 0; count /= 10) digits[length++] = static_cast<char>('0' + count % 10);
        short_text text(base);
        text += '_';
        while (length > 0) text += digits[--length];
        return text;
    }

    on_mistake policy_;
    names names_;
    buffer<name_use> uses_;
    buffer<variable_record> variables_;
    buffer<double> values_;
    buffer<scope_record> scopes_;
    buffer<int> open_;
    reports reports_;
};

}  // namespace ambit
