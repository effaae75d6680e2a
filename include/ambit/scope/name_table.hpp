// SPDX-License-Identifier: BSL-1.0
// Who holds which name. Variables have one table, ops and name scopes another: an op avoids the names that variables
// hold at that moment, and a variable never moves for an op.
//
//     table.unique_op_name(table.intern(names::root, "add"));         // add, the second time add_1
//     table.unique_variable_name(table.intern(names::root, "name1"))  // name1, name1_1
#pragma once

#include <ambit/core/buffer.hpp>
#include <ambit/core/names.hpp>
#include <ambit/core/short_text.hpp>

#include <cstddef>
#include <string_view>

namespace AMBIT_NAMESPACE::scope_parts {

/// Who knows the paths of variables that were there before a graph: those of its registry.
struct paths_outside {
    const void* owner = nullptr;
    bool (*has)(const void* owner, std::string_view path) = nullptr;
};

class name_table {
public:
    /// What `variable_of` says where no variable of the graph has a name.
    static constexpr int none = -1, outside = -2;

    /// Names that are new from here on are looked for there, too, each once.
    constexpr void look_outside(const paths_outside& there) {
        outside_ = there;
        looks_outside_ = true;
    }
    constexpr void look_inside() { looks_outside_ = false; }

    constexpr const names& all() const { return names_; }
    constexpr int intern(int parent, std::string_view path) { return names_.intern_path(parent, path); }
    constexpr short_text path(int name) const { return names_.path(name); }

    /// The name of `a/b/c`, or of `a/b/c/`, below a parent, or `names::none`: nothing is made.
    constexpr int find(int parent, std::string_view path) const {
        if (!path.empty() && path.back() == '/') path.remove_suffix(1);
        if (path.empty()) return parent;
        for (;;) {
            const std::size_t size = path.find('/');
            parent = names_.find(parent, path.substr(0, size));
            if (size == std::string_view::npos || parent == names::none) return parent;
            path.remove_prefix(size + 1);
        }
    }

    /// The variable of this name; `none`, or `outside` if one has it that the graph has not met.
    constexpr int variable_of(int name) {
        name_use& use = use_of(name);
        if (use.variable == unasked)
            use.variable = looks_outside_ && outside_.has(outside_.owner, names_.path(name)) ? outside : none;
        return use.variable;
    }
    /// The graph's own variable of this name, or -1.
    constexpr int variable_if_any(int name) const {
        return name < uses_.size() && uses_[name].variable >= 0 ? uses_[name].variable : -1;
    }
    constexpr void set_variable(int name, int variable) { use_of(name).variable = variable; }
    /// A variable was never made; its name is free again, and so may others' be.
    constexpr void forget_variable(int name) {
        use_of(name).variable = none;
        next_of_variables_.clear();
    }

    /// A name for an op or a name scope below `scope`: `add`, `add_1`, … A name that an op, a name scope or a
    /// variable holds at this moment is passed over.
    constexpr int unique_op_name(int scope, std::string_view base) {
        return unique_op_name(names_.intern_path(scope, base));
    }

    /// This name, or the next one that is free.
    constexpr int unique_op_name(int first) {
        const int name = next_free(first);
        uses_[name].ops = 1;
        return name;
    }

    /// The same for a name scope: one op may have its whole name later, `take_whole`.
    constexpr int unique_scope_name(int first) {
        const int name = next_free(first);
        uses_[name].ops = -1;
        return name;
    }

    /// Exactly this name for an op, if no op and no variable has it; a name scope may.
    constexpr int take_whole(int name) {
        name_use& use = use_of(name);
        if (use.ops > 0 || is_held(use, name)) return unique_op_name(name);
        use.ops = use.ops < 0 ? -use.ops : 1;
        return name;
    }

    /// What `unique_op_name` would give now; nothing is taken.
    constexpr int free_op_name(int first) {
        const int ops = use_of(first).ops;
        const int name = next_free(first);
        use_of(first).ops = ops;
        return name;
    }

    /// This name, or the next one that no variable holds.
    constexpr int unique_variable_name(int first) {
        if (variable_of(first) == none) return first;
        int count = first < next_of_variables_.size() && next_of_variables_[first] > 0 ? next_of_variables_[first] : 1;
        int name = suffixed(first, count);
        while (variable_of(name) != none) name = suffixed(first, ++count);
        if (next_of_variables_.size() <= first) next_of_variables_.resize(first + 1, 0);
        next_of_variables_[first] = count;
        return name;
    }

    /// `dense_2` of `dense` and 2, below the same parent.
    constexpr int suffixed(int name, int count) { return names_.intern_numbered(name, count); }

private:
    static constexpr int unasked = -3;
    struct name_use {
        int variable = none;
        int ops = 0;  // 0: free for ops and name scopes; else the next suffix to try, below 0 while only scopes have it
    };

    constexpr name_use& use_of(int name) {
        // Not once for each new name.
        if (uses_.size() <= name) uses_.resize(2 * names_.size(), {looks_outside_ ? unasked : none, 0});
        return uses_[name];
    }

    constexpr bool is_taken(int name) {
        const name_use& use = use_of(name);
        return use.ops != 0 || is_held(use, name);
    }
    constexpr bool is_held(const name_use& use, int name) { return use.variable != none && variable_of(name) != none; }

    /// This name, or the next one that is free; it is not taken yet, but has its place in `uses_`.
    constexpr int next_free(int first) {
        const name_use held = use_of(first);
        if (held.ops == 0 && !is_held(held, first)) return first;
        int count = held.ops > 0 ? held.ops : held.ops < 0 ? -held.ops : 1;
        int name = first;
        do name = names_.intern_numbered(first, count++);
        while (is_taken(name));
        uses_[first].ops = held.ops < 0 ? -count : count;
        return name;
    }

    names names_;
    buffer<name_use> uses_;
    buffer<int> next_of_variables_;  // by name: the suffix to try, where variables have those before it
    paths_outside outside_;
    bool looks_outside_ = false;
};

}  // namespace ambit::scope_parts
