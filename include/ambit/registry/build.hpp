// SPDX-License-Identifier: BSL-1.0
// Runs a module on a registry: the builder that the compiler runs too, which finds the variables that the registry
// holds, as in one graph of TensorFlow 1 that is built twice. So a path that is there already is `variable_exists`,
// unless the run reuses.
//
//     built_module built = build(reg, module, std::array{spec(float32, {32, 784})}, {.reuse = true});
//     built.builder->value();  built.outputs;  built.variables[id];
//     for (int i = 0; i < check(reg, module, {…}).size(); ++i) …                  // all mistakes, nothing created
//
// The first mistake is thrown as a `model_error`. Whatever is thrown, by the module or by memory that ran out, the
// registry is as it was.
#pragma once

#include <ambit/graph/collect.hpp>
#include <ambit/graph/module.hpp>
#include <ambit/registry/registry.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace AMBIT_NAMESPACE {

/// `dynamic_model net(reg, module, {…}, {.reuse = auto_reuse})`
struct registry_run_options {
    scope_parts::reuse_option reuse = {};  ///< of the scope that the module is called with
};

}  // namespace ambit

namespace AMBIT_NAMESPACE::registry_parts {

/// What a run leaves.
struct built_module {
    std::unique_ptr<graph_builder> builder;
    std::vector<int> outputs;                 // nodes, in order of declaration
    std::vector<variable_pointer> variables;  // of each variable of the graph, by its id
    std::vector<variable_pointer> fresh;      // those that the run created
};

/// Whether some list of variables has this one; lists are as long as a module's variables.
class variable_set {
public:
    explicit variable_set(std::span<const variable_pointer> members) {
        for (const variable_pointer& v : members) by_path_.emplace(v->path(), v);
    }
    bool has(const variable_pointer& v) const {
        const auto found = by_path_.find(v->path());
        return found != by_path_.end() && found->second == v;
    }
    const variable_pointer* find(std::string_view path) const {
        const auto found = by_path_.find(path);
        return found == by_path_.end() ? nullptr : &found->second;
    }

private:
    std::unordered_map<std::string_view, variable_pointer> by_path_;
};

/// Lets a builder find what a registry holds, but for `own`, while it lives.
class admission {
public:
    admission(graph_builder& builder, const registry_contents& contents, const variable_set& own)
        : builder_(builder), contents_(contents), own_(own) {
        builder.variables().look_outside(
            {this,
             {this, [](const void* self, std::string_view path) { return of(self).find(path) != nullptr; }},
             [](void* self, variable_store&, std::string_view path) { return of(self).admit(*of(self).find(path)); },
             [](void* self, variable_store&, std::string_view prefix) { of(self).admit_below(prefix); },
             [](void* self, variable_store&) { of(self).admit_collected(); },
             [](void* self, int* ids, int count) {
                 of(self).sort({ids, static_cast<std::size_t>(count)});
             }});
    }
    admission(const admission&) = delete;
    admission& operator=(const admission&) = delete;
    ~admission() { builder_.variables().look_inside(); }

    /// By the ids of the graph; null where it has made a variable itself.
    const variable_pointer& operator[](int id) const {
        static const variable_pointer none;
        return static_cast<std::size_t>(id) < known_.size() ? known_[static_cast<std::size_t>(id)] : none;
    }

private:
    static admission& of(const void* self) { return *static_cast<admission*>(const_cast<void*>(self)); }

    const variable_pointer* find(std::string_view path) const {
        const variable_pointer* const there = contents_.find(path);
        return there == nullptr || own_.has(*there) ? nullptr : there;
    }
    int admit(const variable_pointer& v) {
        const variable_facts& facts = v->facts();
        known_.resize(static_cast<std::size_t>(builder_.variable_count()));
        known_.push_back(v);
        return builder_.variables().admit(facts.path, facts, facts.constraint, facts.regularizer);
    }
    void admit_if_new(const variable_pointer& v) {
        if (!own_.has(v) && builder_.variables().find_variable(v->path()) < 0) admit(v);
    }
    void admit_below(std::string_view prefix) {
        if (has_all_) return;
        has_all_ = prefix.empty();
        for (const variable_pointer& v : contents_.below(prefix)) admit_if_new(v);
    }
    void admit_collected() {
        for (const collection_member& m : contents_.collected) {
            if (own_.has(m.variable)) continue;
            admit_if_new(m.variable);
            builder_.variables().collected().add(m.collection, collection_table::member_kind::variable,
                                                 builder_.variables().find_variable(m.variable->path()));
        }
    }
    /// First what was there, then what the module has made.
    void sort(std::span<int> ids) const {
        const auto serial = [&](int id) {
            const variable_pointer& v = (*this)[id];
            return v == nullptr ? (std::numeric_limits<std::int64_t>::max)() : v->facts().serial;
        };
        std::vector<std::pair<std::int64_t, int>> keys;
        keys.reserve(ids.size());
        for (const int id : ids) keys.emplace_back(serial(id), id);
        std::sort(keys.begin(), keys.end());
        for (std::size_t i = 0; i < ids.size(); ++i) ids[i] = keys[i].second;
    }

    graph_builder& builder_;
    const registry_contents& contents_;
    const variable_set& own_;
    std::vector<variable_pointer> known_;
    bool has_all_ = false;
};

/// What the registry keeps of a variable that a graph has created.
inline variable_facts facts_of(const graph_builder& builder, int id, const admission& known) {
    const variable_record& made = builder.variable_at(id);
    variable_facts facts;
    static_cast<variable_traits&>(facts) = made;
    facts.path = std::string(builder.path_of(id).view());
    facts.constraint = builder.constraint_of(id);
    facts.regularizer = builder.variables().regularizer_of(id);
    facts.begins_as = facts.path;
    if (made.begins_as >= 0 && known[made.begins_as] != nullptr) {
        const variable_facts& original = known[made.begins_as]->facts();
        facts.initial = original.initial;
        facts.list = original.list;
        facts.begins_as = original.begins_as;
    } else {
        if (made.begins_as >= 0) facts.begins_as = std::string(builder.path_of(made.begins_as).view());
        facts.initial = builder.initializer_of(id);
        const double* const list = builder.values().begin() + made.first_value;
        facts.list.assign(list, list + made.value_count);
    }
    return facts;
}

/// A rerun made a variable of its own with another spec than at first, or stores what was there in another way.
inline void expect_same_spec(const variable_facts& had, const variable_traits& made, std::string_view rule = {}) {
    if (had.spec == made.spec) return;
    reports mistakes;
    mistakes.begin(had.spec.type == made.spec.type ? mistake::shape_mismatch : mistake::dtype_mismatch);
    mistakes.add(detail_tag::path, had.path);
    mistakes.add(detail_tag::had, had.spec);
    mistakes.add(detail_tag::asked, made.spec);
    if (!rule.empty()) mistakes.add(detail_tag::rule, rule);
    mistakes.add(detail_tag::first_at, had.made);
    mistakes.add(detail_tag::again_at, made.made);
    raise(mistakes, 0);
}

/// Adds a report if these variables are too large for the registry.
inline void report_bytes(const registry_contents& contents, std::span<const variable_facts> fresh, reports& mistakes) {
    std::int64_t bytes = 0;
    for (const variable_facts& v : fresh) {
        if (v.local) continue;
        const std::int64_t more = v.spec.bytes();  // of a legal shape: at most a terabyte
        if (contents.has_room_for(bytes) && more <= contents.byte_limit - contents.bytes() - bytes) {
            bytes += more;
            continue;
        }
        mistakes.begin(mistake::byte_limit);
        mistakes.add(detail_tag::path, v.path);
        mistakes.add(detail_tag::asked, v.spec);
        short_text line("the limit is ");
        append_bytes(line, contents.byte_limit);
        line += ", of which variables before it take ";
        append_bytes(line, contents.bytes() + bytes);
        mistakes.add(detail_tag::rule, line);
        mistakes.add(detail_tag::asked_at, v.made);
        return;
    }
}

/// What a run of a module would change.
struct planned_change {
    std::vector<variable_facts> fresh;         // variables to create
    std::vector<variable_pointer> variables;   // of the graph, those to create being null
};

inline planned_change change_by(const graph_builder& builder, const admission& known, const variable_set& own) {
    planned_change change;
    for (int id = 0; id < builder.variable_count(); ++id) {
        if (known[id] != nullptr) {
            expect_same_spec(known[id]->facts(), builder.variable_at(id),
                             "compact weights lie in a registry of their own, which takes those of this one");
            change.variables.push_back(known[id]);
            continue;
        }
        variable_facts facts = facts_of(builder, id, known);
        const variable_pointer* const before = own.find(facts.path);
        if (before != nullptr) expect_same_spec((*before)->facts(), facts);
        else change.fresh.push_back(std::move(facts));
        change.variables.push_back(before != nullptr ? *before : nullptr);
    }
    return change;
}

/// Whether the registry is to know a variable: not one that is of a single model and that nobody finds by its name.
inline bool is_kept(const variable_facts& v) { return !v.local || !v.made_by_variable; }

/// Creates and fills what a graph created; answers those.
inline std::vector<variable_pointer> create(const registry_contents& contents, planned_change& change) {
    reports mistakes;
    report_bytes(contents, change.fresh, mistakes);
    if (!mistakes.empty()) raise(mistakes, 0);
    std::vector<variable_pointer> created;
    created.reserve(change.fresh.size());
    for (variable_pointer& v : change.variables) {
        if (v != nullptr) continue;
        v = std::make_shared<registered_variable>(std::move(change.fresh[created.size()]));
        created.push_back(v);
        if (v->is_local()) continue;
        v->allocate();
        v->write_initial_value(contents.seed, v->data());
    }
    return created;
}

/// Which variables are in the collections of users' own, after a run: as the graph has left them, and those that the
/// graph did not know as they were.
inline std::vector<collection_member> collected_after(const registry_contents& contents, const graph_builder& builder,
                                                      std::span<const variable_pointer> of_graph) {
    std::vector<collection_member> collected = contents.collected;
    if (!builder.variables().has_met_collected()) return collected;
    std::erase_if(collected, [&](const collection_member& m) {
        return builder.variables().find_variable(m.variable->path()) >= 0;
    });
    for (int i = 0; i < builder.variables().collected().size(); ++i) {
        const auto [name, id] = builder.variables().collected().variable_in(i);
        if (id >= 0 && is_kept(of_graph[static_cast<std::size_t>(id)]->facts()))
            collected.push_back({std::string(name), of_graph[static_cast<std::size_t>(id)]});
    }
    return collected;
}

/// The same after a module has run again: of what was there it says nothing new.
inline std::vector<collection_member> collected_again(const registry_contents& contents, const graph_builder& builder,
                                                      std::span<const variable_pointer> of_graph,
                                                      std::span<const variable_pointer> fresh) {
    std::vector<collection_member> collected = contents.collected;
    for (int i = 0; i < builder.variables().collected().size(); ++i) {
        const auto [name, id] = builder.variables().collected().variable_in(i);
        if (id < 0) continue;
        const variable_pointer& v = of_graph[static_cast<std::size_t>(id)];
        if (std::find(fresh.begin(), fresh.end(), v) != fresh.end()) collected.push_back({std::string(name), v});
    }
    return collected;
}

/// Lets a registry have what a graph created, and what it said of variables that were there, unless its module has run
/// before: all of it, or nothing.
inline void commit(registry_contents& contents, const graph_builder& builder,
                   std::span<const variable_pointer> of_graph, std::span<const variable_pointer> created,
                   bool runs_again) {
    std::vector<variable_pointer> kept;
    for (const variable_pointer& v : created)
        if (is_kept(v->facts())) kept.push_back(v);
    std::vector<collection_member> collected = runs_again ? collected_again(contents, builder, of_graph, kept)
                                                          : collected_after(contents, builder, of_graph);
    contents.add(kept);
    // Nothing below can fail.
    contents.collected.swap(collected);
    if (runs_again) return;
    for (int id = 0; id < builder.variable_count(); ++id) {
        variable_facts& facts = of_graph[static_cast<std::size_t>(id)]->facts();
        facts.uses = builder.variable_at(id).uses;
        facts.trainable = builder.variable_at(id).trainable;
        facts.role = builder.variable_at(id).role;
    }
}

/// A run that is under way; what is thrown on the way leaves nothing.
template <class Module, std::size_t Inputs>
    requires module<Module, Inputs>
std::vector<int> run_module(graph_builder& builder, const Module& module, const std::array<tensor_spec, Inputs>& inputs,
                            const registry_run_options& options) {
    std::array<tensor, Inputs> given;
    for (std::size_t i = 0; i < Inputs; ++i) given[i] = builder.input(inputs[i]);
    builder.scopes().reuse_from_the_root(options.reuse);
    scope root(builder);
    const outputs_of<Module, Inputs> result = [&]<std::size_t... I>(std::index_sequence<I...>) {
        return module(root, given[I]...);
    }(std::make_index_sequence<Inputs>{});
    builder.finish();
    const auto nodes = checked_outputs(builder, result);
    return {nodes.begin(), nodes.end()};
}

/// A module of as many inputs and outputs as the running program says: it takes a list and returns one.
template <class T>
concept module_of_lists = requires(const T& module, scope& s, std::span<const tensor> inputs) {
    { module(s, inputs) } -> std::same_as<std::vector<tensor>>;
};

template <module_of_lists Module>
std::vector<int> run_module(graph_builder& builder, const Module& module, std::span<const tensor_spec> inputs,
                            const registry_run_options& options) {
    std::vector<tensor> given;
    for (const tensor_spec& input : inputs) given.push_back(builder.input(input));
    builder.scopes().reuse_from_the_root(options.reuse);
    scope root(builder);
    const std::vector<tensor> result = module(root, std::span<const tensor>(given));
    builder.finish();
    std::vector<int> nodes;
    for (const tensor& output : result) {
        if (!builder.may_return(output))
            builder.refuse_output(static_cast<std::int64_t>(nodes.size()),
                                  core_parts::short_text("a tensor of the list"), output.builder(), output.id());
        nodes.push_back(output.id());
    }
    return nodes;
}

/// Runs a module, as `run` does on a builder, and creates its variables. A module that runs again, for other specs,
/// hands over those that its runs before have created: it finds them where it would create them, whatever the flags
/// say, and its variables are counted and collected no second time. `refuse` may throw at what it sees of the graph, as
/// long as nothing is created.
template <class Run>
built_module build_by(const registry& reg, const Run& run, const std::vector<variable_pointer>* own,
                      void (*refuse)(const graph_builder&, std::span<const int> outputs)) {
    registry_contents& contents = *reg.contents();
    built_module built;
    built.builder = std::make_unique<graph_builder>(on_mistake::raise);
    const variable_set hidden(own == nullptr ? std::span<const variable_pointer>() : std::span(*own));
    const admission known(*built.builder, contents, hidden);
    built.outputs = run(*built.builder);
    if (refuse != nullptr) refuse(*built.builder, built.outputs);
    planned_change change = change_by(*built.builder, known, hidden);
    built.fresh = create(contents, change);
    built.variables = std::move(change.variables);
    commit(contents, *built.builder, built.variables, built.fresh, own != nullptr);
    return built;
}

template <class Module, std::size_t Inputs>
    requires module<Module, Inputs>
built_module build(const registry& reg, const Module& module, const std::array<tensor_spec, Inputs>& inputs,
                   const registry_run_options& options = {}, const std::vector<variable_pointer>* own = nullptr,
                   void (*refuse)(const graph_builder&, std::span<const int> outputs) = nullptr) {
    return build_by(
        reg, [&](graph_builder& builder) { return run_module(builder, module, inputs, options); }, own, refuse);
}

}  // namespace ambit::registry_parts

namespace AMBIT_NAMESPACE {

/// All mistakes that a module makes on a registry with inputs of these specs; nothing is created. `to_string(all, i)`
/// is what a `model_error` would say.
template <class Module, std::size_t Inputs>
    requires graph_parts::module<Module, Inputs>
reports(check)(const registry& reg, const Module& module, const tensor_spec (&inputs)[Inputs],
               const registry_run_options& options = {}) {
    graph_builder builder(mistake_parts::on_mistake::collect);
    const registry_parts::variable_set nothing_hidden({});
    const registry_parts::admission known(builder, *reg.contents(), nothing_hidden);
    registry_parts::run_module(builder, module, std::to_array(inputs), options);
    reports mistakes = builder.mistakes();
    const registry_parts::planned_change change = registry_parts::change_by(builder, known, nothing_hidden);
    registry_parts::report_bytes(*reg.contents(), change.fresh, mistakes);
    return mistakes;
}

}  // namespace ambit
