// SPDX-License-Identifier: BSL-1.0
// Variables by names that only the running program knows. Modules create and share them under the rules of scopes
// (dynamic_model.hpp); this is where they live meanwhile, and how a program looks at them.
//
//     registry reg(seed{1}, {.byte_limit = 64 << 20});
//     dynamic_model net(reg, module_or_lambda, {spec(float32, {batch, 784})});
//     auto weights = reg.get<float>("tower_0/weights");           // an xtensor view; a model_error if there is none
//     reg.set("tower_0/biases", xt::zeros<float>({10}));
//     for (const auto& v : reg.variables("tower_0")) …            // those below tower_0/, in order of creation
//     reg.remove("tower_1");
//
// Threads: many may read at a time (`get`, `has`, `variables`, models that only infer), or one may write (`set`,
// `edit`, `remove`, building a model, a step of training), and nobody reads then. The registry itself locks nothing.
#pragma once

#include <ambit/core/at_end.hpp>
#include <ambit/core/refuses.hpp>
#include <ambit/diagnostics/nearest_name.hpp>
#include <ambit/diagnostics/raise.hpp>
#include <ambit/registry/array_access.hpp>
#include <ambit/registry/registry_contents.hpp>
#include <ambit/scope/collections.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace AMBIT_NAMESPACE {

struct registry_options {
    /// The most bytes that its variables may have together, those of padding not counted.
    std::int64_t byte_limit = (std::numeric_limits<std::int64_t>::max)();
};

class registry {
public:
    /// Initial values are those that a static model of this seed has.
    explicit registry(seed s, const registry_options& options = {})
        : contents_(std::make_shared<registry_parts::registry_contents>()) {
        contents_->seed = s;
        contents_->byte_limit = options.byte_limit;
    }

    // Two words instead of a copy that nobody can tell: `copy()` and `share()`.
    registry(const registry&) = delete;
    registry& operator=(const registry&) = delete;
    registry(registry&&) = default;
    registry& operator=(registry&&) = default;

    /// The same variables: what one registry changes, creates or removes, the other has changed, created, removed.
    registry share() const { return registry(held_contents()); }

    /// Variables of their own, equal to these in everything.
    registry copy() const {
        registry fresh(held_contents()->seed, {held_contents()->byte_limit});
        std::vector<registry_parts::variable_pointer> copies;
        copies.reserve(static_cast<std::size_t>(size()));
        for (const registry_parts::variable_pointer& v : held_contents()->in_order()) {
            copies.push_back(std::make_shared<registered_variable>(v->facts()));
            if (v->is_local()) continue;
            copies.back()->allocate();
            std::memcpy(copies.back()->data(), v->data(), static_cast<std::size_t>(v->bytes()));
        }
        fresh.contents_->add(copies);
        for (const registry_parts::collection_member& m : held_contents()->collected)
            fresh.contents_->collected.push_back({m.collection, *fresh.contents_->find(m.variable->path())});
        return fresh;
    }

    int size() const noexcept { return held_contents()->size(); }
    std::int64_t bytes() const noexcept { return held_contents()->bytes(); }
    std::int64_t byte_limit() const noexcept { return held_contents()->byte_limit; }

    // ---- looking ----------------------------------------------------------------------------------------------------
    // What is found stays what it is after it is removed from the registry, for as long as somebody holds it.

    using found = std::shared_ptr<const registered_variable>;

    bool has(std::string_view path) const { return held_contents()->has(path); }

    /// Null if there is none.
    found find(std::string_view path) const {
        const registry_parts::variable_pointer* const variable = held_contents()->find(path);
        return variable == nullptr ? nullptr : *variable;
    }

    /// The variable of this path and those below it, by whole components (`conv1` is no prefix of `conv1_1/weights`),
    /// in order of creation; all of them for none.
    std::vector<found> variables(std::string_view prefix = {}) const {
        const std::vector<registry_parts::variable_pointer> all = held_contents()->below(prefix);
        return {all.begin(), all.end()};
    }

    /// The same of a collection, `collections::trainable_variables` or one of your own. First those that belong to it
    /// by how they were made, then those that were added, in that order.
    std::vector<found> collection(std::string_view name, std::string_view prefix = {}) const {
        std::vector<found> members;
        if (const auto built_in = scope_parts::variable_collection_of(name);
            built_in != scope_parts::variable_collection::other)
            for (const registry_parts::variable_pointer& v : held_contents()->below(prefix))
                if (belongs_to(*v, built_in)) members.push_back(v);
        for (const registry_parts::collection_member& m : held_contents()->collected)
            if (m.collection == name && is_at_or_below(m.variable->path(), prefix)) members.push_back(m.variable);
        return members;
    }

    // ---- values -----------------------------------------------------------------------------------------------------

    /// A constant view, row-major, which `std::cout` prints; good until the variable is removed. `T` is its element
    /// type.
    template <tensor_element T> auto get(std::string_view path) const& {
        const registered_variable& v = at(path);
        registry_parts::expect_dtype(dtype_of<T>, v.spec(), target_of(v));
        return registry_parts::view_at(v.spec(), reinterpret_cast<const T*>(v.data()));
    }
    template <tensor_element T>
    AMBIT_REFUSES("a view would outlive the temporary registry that it is of: give the registry a name")
    auto get(std::string_view path) const&& {
        return this->get<T>(path);
    }
    AMBIT_REFUSES("the element type is an argument of the template: reg.get<float>(\"hidden/weights\")")
    int get(std::string_view) const { return 0; }

    /// Writes a variable from an array of its shape and element type: any xtensor expression, contiguous memory with as
    /// many elements, or a number.
    template <class Value> void set(std::string_view path, const Value& value) {
        registered_variable& v = at(path);
        registry_parts::expect_array(value, v.spec(), target_of(v));
        // An expression may read the variable that it is assigned to, and may throw on the way.
        const model_parts::aligned_bytes evaluated = model_parts::allocate_aligned(v.bytes());
        registry_parts::copy_array(value, v.spec(), evaluated.get());
        std::memcpy(v.data(), evaluated.get(), static_cast<std::size_t>(v.bytes()));
        v.raise_generation();
    }

    /// Changes a variable in place: `reg.edit<float>("b", [](auto view) { view += 1; })`.
    template <tensor_element T, class F> void edit(std::string_view path, F&& f) {
        registered_variable& v = at(path);
        registry_parts::expect_dtype(dtype_of<T>, v.spec(), target_of(v));
        const core_parts::at_end written([&v] { v.raise_generation(); });  // `f` may throw half-way
        std::forward<F>(f)(registry_parts::view_at(v.spec(), reinterpret_cast<T*>(v.data())));
    }

    /// How often the value was written, from 1 on.
    std::uint64_t generation(std::string_view path) const { return at(path).generation(); }

    /// All variables begin again, with the values of this seed, as do those that are created from now on.
    void initialize(seed s) {
        // A user's own initializer may throw: all of those come first.
        std::vector<std::pair<registered_variable*, model_parts::aligned_bytes>> custom;
        for (const registry_parts::variable_pointer& v : held_contents()->in_order()) {
            if (v->is_local() || v->facts().initial.kind != scope_parts::initializer_kind::custom) continue;
            custom.emplace_back(v.get(), model_parts::allocate_aligned(v->bytes()));
            v->write_initial_value(s, custom.back().second.get());
        }
        for (const registry_parts::variable_pointer& v : held_contents()->in_order()) {
            if (v->is_local() || v->facts().initial.kind == scope_parts::initializer_kind::custom) continue;
            v->write_initial_value(s, v->data());
            v->raise_generation();
        }
        for (const auto& [v, value] : custom) {
            std::memcpy(v->data(), value.get(), static_cast<std::size_t>(v->bytes()));
            v->raise_generation();
        }
        held_contents()->seed = s;
    }
    seed initial_seed() const noexcept { return held_contents()->seed; }

    /// Where a variable of its own lies; null of local ones, which each model has for itself.
    std::byte* address_of(const registered_variable& v) const {
        const registry_parts::variable_pointer* const known = held_contents()->find(v.path());
        return known == nullptr ? nullptr : (*known)->data();
    }

    // ---- removing ---------------------------------------------------------------------------------------------------
    // Models that use a variable keep it; the registry knows it no longer, and its name is free.

    /// Removes the variable of this path and all below it, by whole components; answers how many. An empty prefix is
    /// refused: that is `clear`.
    int remove(std::string_view prefix) {
        if (prefix.empty() || prefix == "/") refuse_unknown(prefix);
        const std::vector<registry_parts::variable_pointer> gone = held_contents()->below(prefix);
        if (gone.empty()) refuse_unknown(prefix);
        for (const registry_parts::variable_pointer& v : gone) held_contents()->remove(*v);
        held_contents()->forget_members_that_left();
        return static_cast<int>(gone.size());
    }

    /// TensorFlow's `reset_default_graph`.
    void clear() noexcept { held_contents()->clear(); }

    // ---- for what runs modules on it --------------------------------------------------------------------------------

    const std::shared_ptr<registry_parts::registry_contents>& contents() const { return held_contents(); }

    /// Adds why no variable of this path and spec can be used: there is none, or another one.
    void report_unfit(reports& mistakes, std::string_view path, const tensor_spec& asked,
                      const core_parts::place& at) const {
        using tag = mistake_parts::detail_tag;
        const registry_parts::variable_pointer* const there = contents_->find(path);
        if (there == nullptr || (*there)->is_local()) {
            report_unknown(mistakes, path, asked);
            mistakes.add(tag::asked_at, at);
        } else {
            mistakes.begin((*there)->dtype() == asked.type ? mistake::shape_mismatch : mistake::dtype_mismatch);
            mistakes.add(tag::path, path);
            mistakes.add(tag::had, (*there)->spec());
            mistakes.add(tag::asked, asked);
            mistakes.add(tag::first_at, (*there)->made());
            mistakes.add(tag::again_at, at);
        }
        mistakes.settle_last();
    }

private:
    explicit registry(std::shared_ptr<registry_parts::registry_contents> contents) : contents_(std::move(contents)) {}

    const std::shared_ptr<registry_parts::registry_contents>& held_contents() const {
        if (contents_ == nullptr) model_parts::raise_moved_from();
        return contents_;
    }

    static bool is_at_or_below(std::string_view path, std::string_view prefix) {
        if (!prefix.empty() && prefix.back() == '/') prefix.remove_suffix(1);
        return prefix.empty() ||
               (path.starts_with(prefix) && (path.size() == prefix.size() || path[prefix.size()] == '/'));
    }
    static bool belongs_to(const registered_variable& v, scope_parts::variable_collection wanted) {
        using enum scope_parts::variable_collection;
        return wanted == trainable ? v.is_trainable() : wanted == local ? v.is_local() : !v.is_local();
    }
    static registry_parts::array_target target_of(const registered_variable& v) { return {.name = v.path()}; }

    /// The variable of a path, which has a value here.
    registered_variable& at(std::string_view path) const {
        const registry_parts::variable_pointer* const variable = held_contents()->find(path);
        if (variable == nullptr || (*variable)->is_local()) refuse_unknown(path);
        return **variable;
    }

    [[noreturn]] void refuse_unknown(std::string_view path) const {
        reports mistakes;
        report_unknown(mistakes, path, {});
        mistake_parts::raise(mistakes, 0);
    }

    /// The nearest name is one of the spec that is asked for, if one is.
    void report_unknown(reports& mistakes, std::string_view path, const tensor_spec& asked) const {
        mistakes.begin(mistake::path_unknown);
        mistakes.add(mistake_parts::detail_tag::path, path.empty() ? std::string_view("(empty)") : path);
        if (asked.type != dtype::none) mistakes.add(mistake_parts::detail_tag::asked, asked);
        mistake_parts::nearest_name search(path);
        std::vector<const registered_variable*> candidates;
        for (const registry_parts::variable_pointer& v : held_contents()->in_order()) {
            if (v->path() == path)
                mistakes.add(mistake_parts::detail_tag::rule, "it is local: each model has one of its own");
            else if (asked.type == dtype::none || v->spec() == asked) {
                search.consider(static_cast<int>(candidates.size()), v->path());
                candidates.push_back(v.get());
            }
        }
        if (search.best() >= 0)
            mistakes.add(mistake_parts::detail_tag::did_you_mean,
                         candidates[static_cast<std::size_t>(search.best())]->path());
    }

    std::shared_ptr<registry_parts::registry_contents> contents_;
};

}  // namespace ambit
