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

class name_table {
public:
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

    /// The variable of this name, or -1.
    constexpr int variable_of(int name) { return use_of(name).variable; }
    constexpr int variable_if_any(int name) const { return name < uses_.size() ? uses_[name].variable : -1; }
    constexpr void set_variable(int name, int variable) { use_of(name).variable = variable; }
    /// A variable was never made; its name is free again, and so may others' be.
    constexpr void forget_variable(int name) {
        use_of(name).variable = -1;
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
        if (use.variable >= 0 || use.ops > 0) return unique_op_name(name);
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
        if (variable_of(first) < 0) return first;
        int count = first < next_of_variables_.size() && next_of_variables_[first] > 0 ? next_of_variables_[first] : 1;
        int name = suffixed(first, count);
        while (variable_of(name) >= 0) name = suffixed(first, ++count);
        if (next_of_variables_.size() <= first) next_of_variables_.resize(first + 1, 0);
        next_of_variables_[first] = count;
        return name;
    }

    /// `dense_2` of `dense` and 2, below the same parent.
    constexpr int suffixed(int name, int count) { return names_.intern_numbered(name, count); }

private:
    struct name_use {
        int variable = -1;
        int ops = 0;  // 0: free for ops and name scopes; else the next suffix to try, below 0 while only scopes have it
    };

    constexpr name_use& use_of(int name) {
        if (uses_.size() <= name) uses_.resize(2 * names_.size());  // not once for each new name
        return uses_[name];
    }

    constexpr bool is_taken(int name) {
        const name_use& use = use_of(name);
        return use.variable >= 0 || use.ops != 0;
    }

    /// This name, or the next one that is free; it is not taken yet, but has its place in `uses_`.
    constexpr int next_free(int first) {
        const name_use held = use_of(first);
        if (held.variable < 0 && held.ops == 0) return first;
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
};

}  // namespace ambit::scope_parts
