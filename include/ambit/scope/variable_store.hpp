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

#include <cstddef>
#include <cstdint>
#include <span>
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
    int initializer = -1;    // in the store's initializers; -1 is the default of the dtype
    bool trainable = true;
    tensor_spec spec;
    place made;
};

/// One opening of a scope. Records outlive their scopes: handles refer to them.
struct scope_record {
    int prefix = names::root;    // of variables
    int op_scope = names::root;  // of ops
    reuse_mode reuse = reuse_mode::create;
    int initializer = -1;        // as in a variable's record
    ambit::dtype dtype = ambit::dtype::none;
    int trainable = -1;          // 0, 1; -1 is not said
    place opened;
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
        const bool in_order = expect_innermost(from, name, at);
        scope_record opened = scopes_[from];
        if (is_legal_name(name, position(from))) {
            const int around = opened.prefix;
            opened.prefix = names_.intern_path(around, name);
            opened.op_scope = op_scope() == around ? unique_op_name(opened.prefix) : unique_op_name(op_scope(), name);
        } else if (in_order) {
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

    /// What a handle of another graph opens: the mistake is told, and the scope around it stands in.
    constexpr int refuse_foreign_handle(int from, const scope_options& options, const place& at) {
        if (expect_innermost(from, {}, at)) {
            reports_.begin(mistake::foreign_handle);
            add_asked_at(from, at);
            settle();
        }
        scope_record opened = scopes_[from];
        return push_scope(opened, options, at);
    }

    /// Closes a scope; scopes opened after it stay open and are reported.
    constexpr void close_scope(int record) {
        if (open_.back() != record) {
            reports_.begin(mistake::scope_out_of_order);
            reports_.add(detail_tag::scope, path_or_root(scopes_[record].prefix));
            reports_.add(detail_tag::opened_at, scopes_[record].opened);
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

    /// `get_variable` of TensorFlow 1. Order of checks: name, existence, shape, dtype; one mistake a call. Returns the
    /// variable's id; after a mistake that left no variable, the negative id of an inert one with the spec asked for.
    constexpr int get(int from, std::string_view name, const shape* extents, const variable_options& options,
                      const place& at) {
        const bool in_order = expect_innermost(from, name, at);
        const int told = reports_.size();
        const int id = find_or_create(from, name, extents, options, at);
        if (!in_order) reports_.keep_first(told);
        return id;
    }

    constexpr int variable_count() const { return variables_.size(); }
    constexpr const variable_record& variable_at(int id) const { return variables_[id]; }

    /// Shape and dtype of a variable, inert ones included.
    constexpr const tensor_spec& spec_of(int id) const { return id >= 0 ? variables_[id].spec : inert_[-1 - id]; }

    /// What a variable is filled with; its list, if it has one, is `value_count` of `values()`.
    constexpr ambit::initializer initializer_of(int id) const {
        const int index = variables_[id].initializer;
        return index < 0 ? default_initializer(variables_[id].spec.type) : initializers_[index];
    }
    constexpr const buffer<double>& values() const { return values_; }

    // ---- names ----------------------------------------------------------------------------------------------------

    constexpr const names& all_names() const { return names_; }

    /// A name for an op or a name scope below `scope`: `add`, `add_1`, … A name that an op, a name scope or a
    /// variable holds at this moment is passed over.
    constexpr int unique_op_name(int scope, std::string_view base) {
        return unique_op_name(base.find('/') == std::string_view::npos ? names_.intern(scope, base)
                                                                       : names_.intern_path(scope, base));
    }

    /// This name, or the next one that is free.
    constexpr int unique_op_name(int first) {
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

    /// The same for a mistake that a destructor found.
    constexpr void settle_pending() {
        if (policy_ != on_mistake::collect && !reports_.empty()) settle();
    }

    /// Which scope a mistake was made in. The op scope tells two calls of one helper apart, `conv1` and `conv1_1`; a
    /// scope opened by handle at the top has none of its own.
    constexpr void add_scope(int record) {
        if (record == root_scope) return;
        const scope_record& scope = scopes_[record];
        reports_.add(detail_tag::in_scope, names_.path(scope.op_scope != names::root ? scope.op_scope : scope.prefix));
        reports_.add(detail_tag::opened_at, scope.opened);
    }

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
        if (policy_ == on_mistake::collect) {
            reports_.drop_repeated();
            return;
        }
        // A destructor does not throw: what it found is thrown by the next call or when the graph is finished.
        if (is_closing == closing::yes) return;
        if (policy_ == on_mistake::stop) the_first_mistake_of_this_model_is_made_here();
        const reports found = reports_;
        reports_.clear();  // whoever catches it may go on
        raise(found, 0);
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
        if (options.initializer) opened.initializer = keep_initializer(*options.initializer);
        if (options.dtype != dtype::none) opened.dtype = options.dtype;
        if (options.trainable) opened.trainable = *options.trainable ? 1 : 0;
        opened.opened = at;
        scopes_.emplace_back() = opened;
        open_.push_back(scopes_.size() - 1);
        return scopes_.size() - 1;
    }

    constexpr int find_or_create(int from, std::string_view name, const shape* extents, const variable_options& options,
                                 const place& at) {
        const scope_record& scope = scopes_[from];
        const dtype asked_dtype = options.dtype != dtype::none ? options.dtype : scope.dtype;
        if (!is_legal_name(name, position(from))) {
            report_invalid_name(from, name, at);
            return inert_variable(extents, asked_dtype);
        }
        const int path = names_.intern_path(scope.prefix, name);
        const int existing = use_of(path).variable;
        variable_request request;
        request.mode = scope.reuse;
        request.exists = existing >= 0;
        request.has_shape = extents != nullptr;
        if (request.exists) {
            const tensor_spec& had = variables_[existing].spec;
            request.shape_agrees = extents == nullptr || *extents == had.extents;
            request.dtype_agrees = asked_dtype == dtype::none || asked_dtype == had.type;
        }
        const mistake verdict = judge(request);
        if (verdict != mistake::none) {
            report_variable(verdict, path, from, extents, asked_dtype, at);
            return request.exists ? existing : inert_variable(extents, asked_dtype);
        }
        if (request.exists) {
            ++variables_[existing].uses;
            return existing;
        }
        return create(path, from, {*extents, asked_dtype == dtype::none ? dtype::float32 : asked_dtype}, options, at);
    }

    constexpr int inert_variable(const shape* extents, dtype type) {
        inert_.push_back({extents != nullptr ? *extents : shape{}, type == dtype::none ? dtype::float32 : type});
        return -inert_.size();
    }

    /// A scope's list of values lives only as long as the call that opened it: it moves into the pool.
    constexpr int keep_initializer(const ambit::initializer& given) {
        list_begin_.push_back(values_.size());
        values_.append(given.list, static_cast<int>(given.list_size));
        initializers_.push_back(given.with_values({}));
        list_size_.push_back(static_cast<int>(given.list_size));
        return initializers_.size() - 1;
    }

    constexpr int create(int path, int from, const tensor_spec& asked, const variable_options& options, const place& at) {
        const scope_record& scope = scopes_[from];
        if (!is_legal(asked.extents)) {
            reports_.begin(mistake::invalid_shape);
            reports_.add(detail_tag::path, names_.path(path));
            reports_.add(detail_tag::asked, asked);
            add_asked_at(from, at);
            settle();
            return inert_variable(&asked.extents, asked.type);
        }
        const int initializer = options.initializer ? keep_initializer(*options.initializer) : scope.initializer;
        if (initializer >= 0) {
            const std::span<const double> list(values_.begin() + list_begin_[initializer],
                                               static_cast<std::size_t>(list_size_[initializer]));
            const initializer_mismatch why =
                mismatch(initializers_[initializer].with_values(list), asked.extents, asked.type);
            if (why != initializer_mismatch::none) {
                reports_.begin(mistake::initializer_unfit);
                reports_.add(detail_tag::path, names_.path(path));
                reports_.add(detail_tag::asked, asked);
                reports_.add(detail_tag::rule, rule_of(why));
                add_asked_at(from, at);
                settle();
                return inert_variable(&asked.extents, asked.type);
            }
        }
        variable_record& made = variables_.emplace_back();
        made.name = path;
        made.scope = from;
        made.spec = asked;
        made.initializer = initializer;
        if (initializer >= 0) {
            made.first_value = list_begin_[initializer];
            made.value_count = list_size_[initializer];
        }
        made.trainable = options.trainable ? *options.trainable : scope.trainable != 0;
        made.made = at;
        use_of(path).variable = variables_.size() - 1;
        return variables_.size() - 1;
    }

    /// Whether the scope is the innermost open one; reports it if not.
    constexpr bool expect_innermost(int from, std::string_view name, const place& at) {
        settle_pending();
        if (open_.back() == from) return true;
        reports_.begin(mistake::scope_out_of_order);
        if (!name.empty()) reports_.add(detail_tag::name, name);
        reports_.add(detail_tag::asked_at, at);
        reports_.add(detail_tag::in_scope, path_or_root(scopes_[from].prefix));
        add_innermost();
        settle();
        return false;
    }

    constexpr void add_innermost() {
        const scope_record& innermost = scopes_[open_.back()];
        reports_.add(detail_tag::still_open, path_or_root(innermost.prefix));
        if (open_.back() != root_scope) reports_.add(detail_tag::opened_at, innermost.opened);
    }

    constexpr void report_invalid_name(int from, std::string_view name, const place& at) {
        reports_.begin(mistake::invalid_name);
        reports_.add(detail_tag::name, name);
        add_asked_at(from, at);
        settle();
    }

    constexpr void add_asked_at(int from, const place& at) {
        reports_.add(detail_tag::asked_at, at);
        add_scope(from);
    }

    constexpr void report_variable(mistake kind, int path, int from, const shape* extents, dtype type, const place& at) {
        reports_.begin(kind);
        reports_.add(detail_tag::path, names_.path(path));
        const int existing = use_of(path).variable;
        if (existing >= 0) {
            const variable_record& first = variables_[existing];
            if (kind != mistake::variable_exists) {
                reports_.add(detail_tag::had, first.spec);
                reports_.add(detail_tag::asked, tensor_spec{extents != nullptr ? *extents : first.spec.extents,
                                                            type != dtype::none ? type : first.spec.type});
            }
            reports_.add(detail_tag::first_at, first.made);
            add_scope(first.scope);
            reports_.add(detail_tag::again_at, at);
            add_scope(from);
        } else {
            if (extents != nullptr)
                reports_.add(detail_tag::asked, tensor_spec{*extents, type != dtype::none ? type : dtype::float32});
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
    buffer<tensor_spec> inert_;
    buffer<ambit::initializer> initializers_;  // without their lists,
    buffer<int> list_begin_;                   // which begin here in the values,
    buffer<int> list_size_;                    // and have this many
    buffer<double> values_;
    buffer<scope_record> scopes_;
    buffer<int> open_;
    reports reports_;
};

}  // namespace ambit
