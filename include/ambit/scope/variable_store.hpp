// SPDX-License-Identifier: BSL-1.0
// The variables of one graph and what `get_variable` does with them, in both worlds. Users meet it as `scope`.
#pragma once

#include <ambit/core/tensor_spec.hpp>
#include <ambit/scope/collections.hpp>
#include <ambit/scope/scope_stack.hpp>
#include <ambit/scope/variable_record.hpp>
#include <ambit/scope/variable_refusals.hpp>

#include <initializer_list>
#include <string_view>

namespace AMBIT_NAMESPACE::graph_parts {

class graph_builder;

}  // namespace ambit::graph_parts

namespace AMBIT_NAMESPACE::scope_parts {

/// The builder that a store belongs to, and how it makes the loss of a new variable: a store has no ops to make one of.
struct store_owner {
    graph_parts::graph_builder* builder = nullptr;
    void (*add_regularization_loss)(graph_parts::graph_builder& builder, int variable,
                                    const regularizer& asked) = nullptr;
};

/// Variables that are there before a module runs, of its registry. A store admits what the module asks for, so that a
/// model costs what it has and not what the registry has.
struct variables_outside {
    void* owner = nullptr;
    paths_outside paths;
    int (*admit)(void* owner, variable_store& store, std::string_view path) = nullptr;
    void (*admit_below)(void* owner, variable_store& store, std::string_view prefix) = nullptr;  // all, below nothing
    void (*admit_collected)(void* owner, variable_store& store) = nullptr;  // with what collections they are in
    void (*sort)(void* owner, int* ids, int count) = nullptr;  // in order of creation
};

class variable_store {
public:
    /// Mistakes, names and scopes are its owner's.
    constexpr variable_store(mistake_log& log, name_table& names, scope_stack& scopes, const store_owner& owner)
        : log_(log), names_(names), scopes_(scopes), owner_(owner), refusals_(log, names, scopes, variables_) {}
    variable_store(const variable_store&) = delete;
    variable_store& operator=(const variable_store&) = delete;

    /// What a scope and a variable are a way to.
    constexpr mistake_log& log() const { return log_; }
    constexpr scope_stack& scopes() const { return scopes_; }
    constexpr const names& all_names() const { return names_.all(); }
    constexpr graph_parts::graph_builder* builder() const { return owner_.builder; }

    /// `get_variable` of TensorFlow 1. Order of checks: name, existence, shape, dtype; one mistake a call. Returns the
    /// variable's id; after a mistake that left no variable, the negative id of an inert one with the spec asked for.
    constexpr int get(int from, std::string_view name, const shape* extents, const variable_options& options,
                      const place& at) {
        const scope_record& scope = scopes_.scope_at(from);
        return get_below(from, scope.prefix, name, extents, options, scope.reuse, at);
    }

    /// The same for a whole path, wherever the scope stands: what custom getters end in.
    constexpr int get_path(int from, std::string_view path, const shape* extents, const variable_options& options,
                           reuse_mode mode, const place& at) {
        return get_below(from, names::root, path, extents, options, mode, at);
    }

    /// `variable(…)`: always a new one, named by the name scope; a path that a variable holds moves on to the next.
    /// The defaults of variable scopes are for `get_variable`.
    constexpr int make_variable(int from, std::string_view name, const shape& extents, const variable_options& options,
                                const place& at) {
        const bool in_order = scopes_.expect_innermost(from, name, at);
        const int told = log_.mistakes().size();
        const tensor_spec asked{extents, options.dtype.otherwise(dtype::float32)};
        int id = 0;
        if (is_legal_name(name, scope_stack::position_below(scopes_.op_scope()))) {
            const int path = names_.unique_variable_name(names_.intern(scopes_.op_scope(), name));
            const int given = scopes_.defaults().given_by(options.initializer, scope_defaults{});
            id = given >= 0 ? create_given(path, from, given, &extents, options, scope_defaults{}, at)
                            : create(path, from, asked, options, scope_defaults{}, at);
            if (id >= 0) variables_[id].made_by_variable = true;
        } else {
            scopes_.report_invalid_name(from, name, at);
            id = inert_variable(&extents, asked.type);
        }
        if (!in_order) log_.keep_first_reports(told);
        return id;
    }

    /// A value is given in one way: what was asked for with an initializer besides is not made.
    constexpr int refuse_second_initializer(int from, std::string_view name, const tensor_spec& asked,
                                            const place& at) {
        if (scopes_.expect_innermost(from, name, at)) {
            log_.begin_report(mistake::initializer_unfit).add(detail_tag::name, name);
            log_.report_in_progress().add(detail_tag::asked, asked);
            log_.report_in_progress().add(detail_tag::rule, "the value is the initializer: leave .initializer out");
            scopes_.add_asked_at(from, at);
            log_.settle();
        }
        return inert_variable(&asked.extents, asked.type);
    }

    /// A variable of an optimizer below a name, wherever scopes stand; like `variable(…)` it is always a new one.
    constexpr int make_state(int below, std::string_view name, tensor_spec asked, const ambit::initializer& initial,
                             variable_role role, const place& at) {
        const int path = names_.unique_variable_name(names_.intern(below, name));
        const int id = create(path, scopes_.innermost_scope(), asked, {.initializer = initial, .trainable = false},
                              scope_defaults{}, at);
        if (id < 0) return id;
        variables_[id].made_by_variable = true;
        variables_[id].role = role;
        return id;
    }

    /// The same of the shape, dtype and initial values of another variable, below its name; if there is one of that
    /// name, that one.
    constexpr int make_shadow(int of, std::string_view name, const place& at) {
        const int existing = variable_of(names_.intern(variables_[of].name, name));
        if (existing >= 0) return existing;
        const int id = make_state(variables_[of].name, name, variables_[of].spec, constant(0), variable_role::slot, at);
        begin_as(id, of);
        return id;
    }

    /// A variable that is there before the module runs: of another run on the same registry. It is found by its path
    /// as if this graph had made it. Its name is legal and new.
    constexpr int admit(std::string_view path, const variable_traits& known, const ambit::constraint& constraint,
                        const ambit::regularizer& regularizer) {
        const int id = variables_.size();
        variable_record& admitted = variables_.emplace_back();
        static_cast<variable_traits&>(admitted) = known;
        admitted.name = names_.intern(names::root, path);
        admitted.is_met = false;
        names_.set_variable(admitted.name, id);
        if (constraint.is_none == 0) {
            admitted.constraint = constraints_.size();
            constraints_.push_back(constraint);
        }
        if (regularizer.is_none == 0) keep_regularizer(id, regularizer);
        return id;
    }

    constexpr void look_outside(const variables_outside& there) {
        outside_ = there;
        looks_outside_ = true;
        names_.look_outside(there.paths);
    }
    constexpr void look_inside() {
        looks_outside_ = false;
        names_.look_inside();
    }

    /// Admits whatever there is, for who asks for more than a path.
    constexpr void admit_all() {
        if (looks_outside_) outside_.admit_below(outside_.owner, *this, {});
    }
    /// Admits what is in collections of users' own, for who looks at one, or adds to one behind it. A module that does
    /// neither does not meet them.
    constexpr void admit_collected() {
        if (!looks_outside_ || has_met_collected_) return;
        has_met_collected_ = true;
        outside_.admit_collected(outside_.owner, *this);
    }
    /// Whether `collected()` has what was collected before.
    constexpr bool has_met_collected() const { return has_met_collected_; }

    /// All variables in order of creation, those among them that lie at or below a path under a name; nothing if that
    /// is the order of their ids.
    constexpr buffer<int> order_of_creation(int around, std::string_view prefix) {
        buffer<int> ids;
        if (!looks_outside_) return ids;
        short_text below = names_.path(around);
        if (!below.view().empty() && !prefix.empty()) below += '/';
        below += prefix;
        outside_.admit_below(outside_.owner, *this, below.view());
        ids.resize(variables_.size(), 0);
        for (int id = 0; id < ids.size(); ++id) ids[id] = id;
        outside_.sort(outside_.owner, ids.begin(), ids.size());
        return ids;
    }

    /// A user's variable turns out to count the steps of training.
    constexpr void counts_steps(int id) {
        if (id >= 0) variables_[id].role = variable_role::step;
    }

    /// A variable keeps its value as bytes of another shape, which begin as zeros and are not trained.
    constexpr void store_as(int id, const tensor_spec& bytes) {
        variables_[id].spec = bytes;
        variables_[id].trainable = false;
        variables_[id].initializer = -1;
        variables_[id].value_count = 0;
    }

    constexpr int variable_count() const { return variables_.size(); }
    constexpr const variable_record& variable_at(int id) const { return variables_[id]; }

    /// The variable of a whole path, or -1.
    constexpr int find_variable(std::string_view path) const {
        const int name = names_.find(names::root, path);
        return name < 0 ? -1 : names_.variable_if_any(name);
    }

    constexpr short_text path_of(int id) const { return names_.path(variables_[id].name); }

    /// Shape and dtype of a variable, inert ones included.
    constexpr const tensor_spec& spec_of(int id) const { return id >= 0 ? variables_[id].spec : inert_[-1 - id]; }

    /// What a variable is filled with; its list, if it has one, is `value_count` of `values()`.
    constexpr ambit::initializer initializer_of(int id) const {
        const int index = variables_[id].initializer;
        return index < 0 ? default_initializer(variables_[id].spec.type) : scopes_.defaults().kept(index).value;
    }
    constexpr const buffer<double>& values() const { return scopes_.defaults().values(); }

    /// What optimizers do after they change a variable; `no_constraint` if nothing was asked for.
    constexpr ambit::constraint constraint_of(int id) const {
        const int index = variables_[id].constraint;
        return index < 0 ? no_constraint : constraints_[index];
    }

    constexpr ambit::regularizer regularizer_of(int id) const {
        const int index = variables_[id].regularizer;
        return index < 0 ? no_regularizer : regularizers_[index];
    }

    constexpr collection_table& collected() { return collected_; }
    constexpr const collection_table& collected() const { return collected_; }

    /// Adds a variable to a collection; to a built-in one that it belongs to as it is, it is not added once more.
    constexpr void collect(std::string_view collection, int id, const place& at) {
        using enum collection_table::member_kind;
        log_.settle_pending();
        if (id < 0 || !expect_member(collection, variable, at)) return;
        admit_collected();
        const variable_collection built_in = variable_collection_of(collection);
        if (built_in != variable_collection::other &&
            (variables_[id].belongs_to(built_in) || collected_.has(collection, variable, id)))
            return;
        collected_.add(collection, variable, id);
    }

    /// Takes a variable out of a collection; answers whether it was there. One that leaves the trainable ones is
    /// trained no more; which are global and which local was said when they were made.
    constexpr bool leave_collection(std::string_view collection, int id, const place& at) {
        log_.settle_pending();
        if (id < 0) return false;
        admit_collected();
        if (collected_.remove(collection, collection_table::member_kind::variable, id)) return true;
        const variable_collection built_in = variable_collection_of(collection);
        if (!variables_[id].belongs_to(built_in)) return false;
        if (built_in == variable_collection::trainable) {
            variables_[id].trainable = false;
            return true;
        }
        log_.begin_report(mistake::collection_member).add(detail_tag::path, names_.path(variables_[id].name));
        log_.report_in_progress().add(detail_tag::name, collection);
        log_.report_in_progress().add(detail_tag::rule,
                                      "what is global and what is local is said when a variable is made");
        scopes_.add_asked_at(scopes_.innermost_scope(), at);
        log_.settle();
        return false;
    }

    /// Whether a collection has members of this kind; it is reported if not.
    constexpr bool expect_member(std::string_view collection, collection_table::member_kind kind, const place& at) {
        const std::string_view rule = collection_table::refusal(collection, kind);
        if (rule.empty()) return true;
        log_.begin_report(mistake::collection_member).add(detail_tag::name, collection);
        log_.report_in_progress().add(detail_tag::rule, rule);
        scopes_.add_asked_at(scopes_.innermost_scope(), at);
        log_.settle();
        return false;
    }

    /// The name of a path below another one, or `names::none` if nothing has it; a trailing slash is allowed.
    constexpr int find_below(int around, std::string_view path) const { return names_.find(around, path); }
    /// Whether a name stands at or below another one.
    constexpr bool is_below(int name, int around) const {
        while (name != around && name != names::root) name = names_.all().parent(name);
        return name == around;
    }

private:
    /// The variable of a name, admitted if it was there before; else below 0.
    constexpr int variable_of(int name) {
        const int id = names_.variable_of(name);
        return id == name_table::outside ? outside_.admit(outside_.owner, *this, names_.path(name)) : id;
    }

    constexpr int get_below(int from, int prefix, std::string_view name, const shape* extents,
                            const variable_options& options, reuse_mode mode, const place& at) {
        if (scopes_.expect_innermost(from, name, at))
            return find_or_create(from, prefix, name, extents, options, mode, at);
        const int told = log_.mistakes().size();
        const int id = find_or_create(from, prefix, name, extents, options, mode, at);
        log_.keep_first_reports(told);
        return id;
    }

    constexpr int find_or_create(int from, int prefix, std::string_view name, const shape* extents,
                                 const variable_options& options, reuse_mode mode, const place& at) {
        const scope_defaults& defaults = scopes_.defaults_of(from);
        // Of a value that gives shape and dtype the scope's dtype says nothing.
        const int given = scopes_.defaults().given_by(options.initializer, defaults);
        const dtype asked_dtype = given >= 0 ? dtype(options.dtype) : options.dtype.otherwise(defaults.dtype);
        if (scopes_.names_nothing()) return inert_variable(extents, asked_dtype);
        if (!is_legal_name(name, scope_stack::position_below(prefix))) {
            scopes_.report_invalid_name(from, name, at);
            return inert_variable(extents, asked_dtype);
        }
        const int path = names_.intern(prefix, name);
        const int existing = variable_of(path);
        variable_request request;
        request.mode = mode;
        request.exists = existing >= 0;
        request.has_shape = extents != nullptr || given >= 0;
        if (request.exists) {
            const variable_record& had = variables_[existing];
            request.is_made_by_variable = had.made_by_variable;
            request.shape_agrees = extents == nullptr || *extents == had.spec.extents;
            request.dtype_agrees = asked_dtype == dtype::none || asked_dtype == had.spec.type;
        }
        const mistake verdict = judge(request);
        if (verdict != mistake::none) {
            if (!request.exists) admit_all();  // one of them may be meant
            refusals_.reuse(verdict, path, from, existing, extents, asked_dtype, at);
            if (!request.exists || verdict == mistake::variable_missing) return inert_variable(extents, asked_dtype);
            if (request.shape_agrees && request.dtype_agrees) return existing;
            // What fits the existing variable would not fit what the module goes on to do.
            const tensor_spec& had = variables_[existing].spec;
            return inert_variable(extents != nullptr ? extents : &had.extents,
                                  asked_dtype != dtype::none ? asked_dtype : had.type);
        }
        if (request.exists) {
            meet(existing);
            ++variables_[existing].uses;
            return existing;
        }
        if (given >= 0) return create_given(path, from, given, extents, options, defaults, at);
        return create(path, from, {*extents, asked_dtype == dtype::none ? dtype::float32 : asked_dtype}, options,
                      defaults, at);
    }

    /// Creates a variable whose value was given, with its shape and dtype; others that were asked for do not fit.
    constexpr int create_given(int path, int from, int given, const shape* extents, const variable_options& options,
                               const scope_defaults& defaults, const place& at) {
        const given_value value = scopes_.defaults().given(given);
        if (value.is_variable && value.store != this) {
            refusals_.foreign_value(path, from, at);
            return inert_variable(extents, options.dtype);
        }
        const tensor_spec spec = value.spec;
        if (value.is_variable && value.variable < 0) return inert_variable(&spec.extents, spec.type);
        const tensor_spec asked{extents != nullptr ? *extents : spec.extents, options.dtype.otherwise(spec.type)};
        if (asked != spec) {
            refusals_.unfit(path, from, asked, "the initializer is a value, whose shape and dtype the variable has",
                            at);
            return inert_variable(&asked.extents, asked.type);
        }
        const int id = create(path, from, asked, options, defaults, at);
        if (id >= 0 && value.is_variable) begin_as(id, value.variable);
        return id;
    }

    /// Lets a variable begin with the initial value of another one, of the same shape and dtype.
    constexpr void begin_as(int id, int other) {
        const variable_record& original = variables_[other];
        variables_[id].initializer = original.initializer;
        variables_[id].first_value = original.first_value;
        variables_[id].value_count = original.value_count;
        variables_[id].begins_as = original.begins_as < 0 ? other : original.begins_as;
    }

    constexpr int inert_variable(const shape* extents, dtype type) {
        const int count = inert_.size();
        scopes_.expect_end(count);
        inert_.push_back({extents != nullptr ? *extents : shape{}, type == dtype::none ? dtype::float32 : type});
        return -inert_.size();
    }

    constexpr int create(int path, int from, const tensor_spec& asked, const variable_options& options,
                         const scope_defaults& defaults, const place& at) {
        if (!is_legal(asked.extents)) {
            refusals_.illegal_shape(path, from, asked, at);
            return inert_variable(&asked.extents, asked.type);
        }
        defaults_table& kept = scopes_.defaults();
        const int initializer =
            options.initializer ? kept.keep_initializer(*options.initializer) : defaults.initializer;
        if (initializer >= 0) {
            const initializer_mismatch why = mismatch(kept.initializer_at(initializer), asked.extents, asked.type);
            if (why != initializer_mismatch::none) {
                short_text rule(rule_of(why));
                if (rule.empty()) rule = initializer_fault(kept.initializer_at(initializer), asked.type).text();
                refusals_.unfit(path, from, asked, rule, at);
                return inert_variable(&asked.extents, asked.type);
            }
        }
        const bool is_collected = options.collections.size() > 0;
        if (is_collected && !expect_members(options.collections, at)) return inert_variable(&asked.extents, asked.type);
        if (is_collected) admit_collected();
        const int id = variables_.size();
        scopes_.expect_end(id);
        variable_record& made = variables_.emplace_back();
        made.name = path;
        made.scope = from;
        made.spec = asked;
        made.initializer = initializer;
        if (initializer >= 0) {
            made.first_value = kept.kept(initializer).list_begin;
            made.value_count = kept.kept(initializer).list_size;
        }
        made.local = options.local;
        made.trainable = !options.local && (options.trainable ? *options.trainable : defaults.trainable != 0);
        made.made = log_.line_of(at);
        names_.set_variable(path, id);
        const ambit::constraint& constraint = options.constraint ? *options.constraint : defaults.constraint;
        if (constraint.is_none == 0) {
            made.constraint = constraints_.size();
            constraints_.push_back(constraint);
        }
        if (is_collected) add_to_collections(options.collections, id);
        const ambit::regularizer& regularizer = options.regularizer ? *options.regularizer : defaults.regularizer;
        if (regularizer.is_none == 0) {
            keep_regularizer(id, regularizer);
            regularize(id);
        }
        return id;
    }

    constexpr bool expect_members(std::initializer_list<std::string_view> names, const place& at) {
        for (const std::string_view name : names)
            if (!expect_member(name, collection_table::member_kind::variable, at)) return false;
        return true;
    }
    /// A name twice in the list, or one of a collection that the variable belongs to as it is, adds once.
    constexpr void add_to_collections(std::initializer_list<std::string_view> names, int id) {
        for (const std::string_view* name = names.begin(); name != names.end(); ++name) {
            bool is_new = !variables_[id].belongs_to(variable_collection_of(*name));
            for (const std::string_view* before = names.begin(); before != name; ++before)
                is_new = is_new && *before != *name;
            if (is_new) collected_.add(*name, collection_table::member_kind::variable, id);
        }
    }

    /// The loss is the user's code, which may throw at run time: then the variable was never made.
    constexpr void regularize(int id) {
        struct undo {
            constexpr ~undo() {
                if (id >= 0) store->forget(id);
            }
            variable_store* store;
            int id;
        } unless_done{this, id};
        add_loss(id);
        unless_done.id = -1;
    }

    /// A variable that was there before the module is asked for: its loss is one of this graph from here on.
    constexpr void meet(int id) {
        if (variables_[id].is_met) return;
        if (variables_[id].regularizer >= 0) add_loss(id);
        variables_[id].is_met = true;
    }

    /// Mistakes on the way name the line that created the variable.
    constexpr void add_loss(int id) {
        struct back {
            constexpr ~back() { log->set_call(around); }
            mistake_log* log;
            place around;
        } when_left{&log_, log_.line_of({})};
        log_.set_call(variables_[id].made);
        const ambit::regularizer asked = regularizer_of(id);  // by value: what it makes may move the list
        owner_.add_regularization_loss(*owner_.builder, id, asked);
    }
    constexpr void keep_regularizer(int id, const ambit::regularizer& asked) {
        variables_[id].regularizer = regularizers_.size();
        regularizers_.push_back(asked);
    }

    constexpr void forget(int id) {
        names_.forget_variable(variables_[id].name);
        variables_[id] = {};
        variables_.truncate(id);
        for (int i = collected_.size(); i > 0; --i)
            if (collected_.is_variable(i - 1, id)) collected_.keep_first(i - 1);
    }

    mistake_log& log_;
    name_table& names_;
    scope_stack& scopes_;
    store_owner owner_;
    buffer<variable_record> variables_;
    buffer<tensor_spec> inert_;
    buffer<ambit::constraint> constraints_;
    buffer<ambit::regularizer> regularizers_;
    collection_table collected_;
    variable_refusals refusals_;
    variables_outside outside_;
    bool looks_outside_ = false;
    bool has_met_collected_ = false;
};

}  // namespace ambit::scope_parts
