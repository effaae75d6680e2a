// SPDX-License-Identifier: BSL-1.0
// Which tensors of a file go where: decided from names, shapes and element types alone, before anything is read.
//
//     const load_plan plan = plan_load(*file, variables, rules);      // plan.report; plan.reads
#pragma once

#include <ambit/checkpoint/conversions.hpp>
#include <ambit/checkpoint/load_report.hpp>
#include <ambit/checkpoint/optimizer_state.hpp>
#include <ambit/checkpoint/rearranged.hpp>
#include <ambit/checkpoint/rule_check.hpp>
#include <ambit/checkpoint/tensor_source.hpp>
#include <ambit/core/standard.hpp>
#include <ambit/diagnostics/nearest_name.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace AMBIT_NAMESPACE::checkpoint_parts {

/// One tensor, and how it becomes a variable or a part of one.
struct planned_part {
    std::size_t tensor = 0;
    tensor_layout layout;
};
struct planned_read {
    std::size_t variable = 0;
    std::vector<planned_part> parts;
    parts_become become = parts_become::stack;
    int raised_gate = -1, gates = 0;
    double raised_by = 0;
};
struct load_plan {
    load_report report;
    std::vector<planned_read> reads;
    bool is_refused = false;
};

class load_planner {
public:
    load_planner(const tensor_source& file, std::span<const variable_info> variables, const fitting_rules& fitting)
        : file_(file), rules_(fitting.rules), is_taken_(file.tensors().size()), is_left_out_(file.tensors().size()) {
        plan_.report.file = file.file();
        for (std::size_t v = 0; v < variables.size(); ++v)
            if (variables[v].local == 0) plan_variable(v, variables[v], fitting.uses[static_cast<int>(v)]);
        plan_.report.loaded = plan_.reads.size();
        suggest_tensors();
        plan_tensors();
        const load_report& report = plan_.report;
        plan_.is_refused = report.count(load_outcome::other_shape) > 0 || report.count(load_outcome::other_dtype) > 0 ||
                           (report.count(load_outcome::missing) > 0 && !rules_.has(rule_kind::allow_missing)) ||
                           (report.count(load_outcome::unexpected) > 0 && !rules_.has(rule_kind::allow_unexpected));
    }

    load_plan take() { return std::move(plan_); }

private:
    // Names are compared letter by letter for so many only: a file may have millions.
    static constexpr int most_suggestions = 64;

    /// The tensor of a name, or the one that the file says to be the same variable: a text pair from the one name to
    /// the other, as safetensors' `save_model` writes it of tensors that share memory.
    const stored_tensor* find(std::string_view name, bool& is_tied) const {
        if (const stored_tensor* const there = file_.find(name)) return there;
        // As TensorFlow names the values of its variables.
        if (const stored_tensor* const there = file_.find(std::string(name) + ":0")) return there;
        const auto alias = file_.metadata().find(std::string(name));
        if (alias == file_.metadata().end()) return nullptr;
        const stored_tensor* const there = file_.find(alias->second);
        is_tied = is_tied || there != nullptr;
        return there;
    }

    void plan_variable(std::size_t v, const variable_info& known, const rule_use& use) {
        ++plan_.report.variables;
        load_entry entry;
        entry.variable = known.path;
        entry.wanted = {known.extents, known.dtype};
        planned_read read;
        read.variable = v;
        bool is_tied = false;
        std::optional<load_outcome> refused;
        std::vector<std::int64_t> extents;
        const bool is_assembled = use.name >= 0 && rules_[use.name].kind == rule_kind::assembled;
        for (int part = 0; part < tensors_of(rules_, use); ++part) {
            short_text key;
            append_key(key, rules_, use, known.path, part);
            const stored_tensor* const there = find(key.view(), is_tied);
            if (use.is_left_out) {
                if (there != nullptr) is_left_out_[number_of(*there)] = true;
                if (part == 0) entry.tensor = key.view();
                continue;
            }
            // The first part that is refused is told.
            const auto tell = [&](load_outcome outcome) {
                if (refused) return;
                refused = outcome;
                entry.tensor = key.view();
                if (there != nullptr) entry.stored = *there;
            };
            if (there == nullptr) {
                tell(load_outcome::missing);
                continue;
            }
            is_taken_[number_of(*there)] = true;
            tensor_layout layout = layout_of(use, part);
            const auto arranged = extents_of_layout(there->extents, layout);
            if (!arranged || !adds(extents, *arranged, is_assembled && rules_[use.name].become == parts_become::stack))
                tell(load_outcome::other_shape);
            const cast_kind cast = cast_between(there->type, known.dtype);
            if (cast == cast_kind::impossible || (cast != cast_kind::unchanged && !rules_.has(rule_kind::allow_cast)))
                tell(load_outcome::other_dtype);
            if (part == 0 && !refused) {
                entry.tensor = there->name;
                entry.stored = *there;
            }
            entry.is_cast = entry.is_cast || cast != cast_kind::unchanged;
            entry.is_transposed = entry.is_transposed || layout.permutes();
            entry.is_rearranged = entry.is_rearranged || is_assembled || layout.gates.size > 0;
            read.parts.push_back({number_of(*there), layout});
        }
        if (!use.is_left_out && !refused && !same_extents(extents, known.extents)) refused = load_outcome::other_shape;
        entry.outcome = use.is_left_out ? load_outcome::left_out
                        : refused       ? *refused
                        : is_tied       ? load_outcome::tied
                                        : load_outcome::applied;
        if (!use.is_left_out && !refused) {
            if (is_assembled) {
                const rule_record& rule = rules_[use.name];
                read.become = rule.become;
                read.raised_gate = rule.raised_gate;
                read.raised_by = rule.raised_by;
                read.gates = rules_.part(rule.first_part).layout.gates.size;
            }
            plan_.reads.push_back(std::move(read));
        } else {
            entry.is_cast = entry.is_transposed = entry.is_rearranged = false;
        }
        plan_.report.entries.push_back(std::move(entry));
    }

    tensor_layout layout_of(const rule_use& use, int part) const {
        if (use.name >= 0 && rules_[use.name].kind == rule_kind::assembled)
            return rules_.part(rules_[use.name].first_part + part).layout;
        tensor_layout layout;
        if (use.axes >= 0) layout = rules_[use.axes].layout;
        if (use.gates >= 0) {
            layout.gates_in_file = rules_[use.gates].layout.gates_in_file;
            layout.gates = rules_[use.gates].layout.gates;
        }
        return layout;
    }

    /// Adds a part to what the parts before it make; false if it does not fit them.
    static bool adds(std::vector<std::int64_t>& extents, const std::vector<std::int64_t>& part, bool below) {
        if (extents.empty()) {
            extents = part;
            return true;
        }
        if (!below) return extents == part;
        if (part.size() != extents.size() || !std::equal(part.begin() + 1, part.end(), extents.begin() + 1))
            return false;
        extents[0] += part[0];
        return true;
    }

    /// For what is missing the nearest tensor that no variable takes, of the same shape and dtype if there is one.
    void suggest_tensors() {
        int suggestions = 0;
        for (load_entry& entry : plan_.report.entries) {
            if (entry.outcome != load_outcome::missing || ++suggestions > most_suggestions) continue;
            nearest_name alike(entry.tensor), any(entry.tensor);
            for (std::size_t t = 0; t < is_taken_.size(); ++t) {
                const stored_tensor& there = file_.tensors()[t];
                if (is_taken_[t]) continue;
                any.consider(static_cast<int>(t), there.name);
                if (dtype_from(there.type) == entry.wanted.type && same_extents(there.extents, entry.wanted.extents))
                    alike.consider(static_cast<int>(t), there.name);
            }
            const int best = alike.best() >= 0 ? alike.best() : any.best();
            if (best >= 0) entry.nearest = file_.tensors()[static_cast<std::size_t>(best)].name;
        }
    }

    void plan_tensors() {
        const std::vector<bool> is_state = optimizer_state(file_);
        const std::size_t variables = plan_.report.entries.size();
        const auto others = static_cast<std::size_t>(std::count(is_taken_.begin(), is_taken_.end(), false));
        plan_.report.entries.reserve(variables + others);
        int suggestions = 0;
        for (std::size_t t = 0; t < is_taken_.size(); ++t) {
            if (is_taken_[t]) continue;
            const stored_tensor& there = file_.tensors()[t];
            load_entry entry;
            entry.tensor = there.name;
            entry.stored = there;
            entry.outcome = is_left_out_[t] || is_ignored(there.name) ? load_outcome::left_out
                            : is_state[t]                             ? load_outcome::passed_over
                                                                      : load_outcome::unexpected;
            if (entry.outcome == load_outcome::passed_over) plan_.report.passed_over.push_back(there.name);
            if (is_left_out_[t]) continue;  // its variable has been told
            if (entry.outcome == load_outcome::unexpected && ++suggestions <= most_suggestions) {
                nearest_name search(there.name);
                for (std::size_t v = 0; v < variables; ++v)
                    if (plan_.report.entries[v].outcome == load_outcome::missing)
                        search.consider(static_cast<int>(v), plan_.report.entries[v].variable);
                if (search.best() >= 0) {
                    // A short name may be near a long one, and not the other way round.
                    load_entry& missing = plan_.report.entries[static_cast<std::size_t>(search.best())];
                    entry.nearest = missing.variable;
                    if (missing.nearest.empty()) missing.nearest = there.name;
                }
            }
            plan_.report.entries.push_back(std::move(entry));
        }
    }

    bool is_ignored(std::string_view name) const {
        for (int r = 0; r < rules_.size(); ++r)
            if (rules_[r].kind == rule_kind::ignored && is_below(name, rules_.text(rules_[r].in_file))) return true;
        return false;
    }

    std::size_t number_of(const stored_tensor& tensor) const {
        return static_cast<std::size_t>(&tensor - file_.tensors().data());
    }

    const tensor_source& file_;
    const checkpoint_rules& rules_;
    std::vector<bool> is_taken_, is_left_out_;
    load_plan plan_;
};

inline load_plan plan_load(const tensor_source& file, std::span<const variable_info> variables,
                           const fitting_rules& rules) {
    return load_planner(file, variables, rules).take();
}

}  // namespace ambit::checkpoint_parts
