// SPDX-License-Identifier: BSL-1.0
// What rules say of each variable of a model, and what is wrong with them: values for the compiler and for programs.
//
//     reports mistakes;
//     const auto uses = checkpoint_parts::uses_of(rules, net::variables, mistakes);
//     static_assert(expected_keys<net, rename<"my_counter", "counter">>[0] == "my_counter");
#pragma once

#include <ambit/checkpoint/rules.hpp>
#include <ambit/core/buffer.hpp>
#include <ambit/core/short_text.hpp>
#include <ambit/core/standard.hpp>
#include <ambit/diagnostics/explain.hpp>
#include <ambit/diagnostics/nearest_name.hpp>
#include <ambit/diagnostics/raise.hpp>
#include <ambit/graph/frozen_graph.hpp>
#include <ambit/model/graph_facts.hpp>

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace AMBIT_NAMESPACE::checkpoint_parts {

/// The rules of one variable by number, -1 for none: what it is called in the file, how its axes lie, and its gates. An
/// assembled one says all three.
struct rule_use {
    int name = -1, axes = -1, gates = -1;
    bool is_left_out = false;
};

/// The path of a variable is a prefix or below it, by whole names; the empty one is above all.
constexpr bool is_below(std::string_view path, std::string_view prefix) {
    if (prefix.empty()) return true;
    if (path.size() < prefix.size() || path.substr(0, prefix.size()) != prefix) return false;
    return path.size() == prefix.size() || path[prefix.size()] == '/';
}

/// `rename<"my_counter", "counter">`, without the quotes, which compilers would print with a stroke before each.
constexpr short_text words_of_rule(const checkpoint_rules& rules, int number) {
    const rule_record& rule = rules[number];
    short_text out;
    const auto list = [&out](const short_list& numbers) {
        for (int i = 0; i < numbers.size && i < max_rank; ++i) {
            out += ", ";
            append_number(out, numbers.at[i]);
        }
    };
    const auto called = [&](std::string_view word) {
        out += word;
        out += '<';
    };
    switch (rule.kind) {
        case rule_kind::rename:
        case rule_kind::prefix:
        case rule_kind::assembled:
            called(rule.kind == rule_kind::rename ? "rename" : rule.kind == rule_kind::prefix ? "prefix" : "layout");
            append_in_line(out, rules.text(rule.in_file));
            out += ", ";
            append_in_line(out, rules.text(rule.in_model));
            break;
        case rule_kind::transposed:
        case rule_kind::permuted:
            called(rule.kind == rule_kind::transposed ? "transposed" : "permuted");
            append_in_line(out, rules.text(rule.in_model));
            list(rule.kind == rule_kind::transposed ? rule.layout.axes : rule.layout.gates);
            break;
        case rule_kind::only:
        case rule_kind::except:
            called(rule.kind == rule_kind::only ? "only" : "except");
            append_in_line(out, rules.text(rule.in_model));
            break;
        case rule_kind::ignored:
            called("ignored");
            append_in_line(out, rules.text(rule.in_file));
            break;
        case rule_kind::only_weights: return short_text("only_weights");
        case rule_kind::only_trainable: return short_text("only_trainable");
        case rule_kind::allow_missing: return short_text("allow_missing");
        case rule_kind::allow_unexpected: return short_text("allow_unexpected");
        case rule_kind::allow_cast: return short_text("allow_cast");
    }
    out += '>';
    return out;
}

/// Whether a rule is about this variable.
constexpr bool concerns(const checkpoint_rules& rules, const rule_record& rule, std::string_view path) {
    switch (rule.kind) {
        case rule_kind::rename:
        case rule_kind::transposed:
        case rule_kind::permuted:
        case rule_kind::assembled: return path == rules.text(rule.in_model);
        case rule_kind::prefix:
        case rule_kind::only:
        case rule_kind::except: return is_below(path, rules.text(rule.in_model));
        default: return false;
    }
}

constexpr bool is_of_scopes(rule_kind kind) {
    return kind == rule_kind::prefix || kind == rule_kind::only || kind == rule_kind::except;
}
constexpr bool is_of_the_model(rule_kind kind) {
    return is_of_scopes(kind) || kind == rule_kind::rename || kind == rule_kind::transposed ||
           kind == rule_kind::permuted || kind == rule_kind::assembled;
}

constexpr bool is_permutation(const short_list& numbers, int count) {
    if (numbers.size != count || count > max_rank) return false;
    bool is_met[max_rank] = {};
    for (int i = 0; i < count; ++i) {
        if (numbers.at[i] < 0 || numbers.at[i] >= count || is_met[numbers.at[i]]) return false;
        is_met[numbers.at[i]] = true;
    }
    return true;
}

/// A rule that names nothing of the model, with what may have been meant.
constexpr void report_unknown_rule(reports& mistakes, const checkpoint_rules& rules, int number,
                                   std::span<const variable_info> variables) {
    const rule_record& rule = rules[number];
    const std::string_view named = rules.text(rule.in_model), in_file = rules.text(rule.in_file);
    mistakes.begin(mistake::rule_unknown);
    mistakes.add(detail_tag::path, named.empty() ? "(empty)" : named);
    mistakes.add(detail_tag::rule, words_of_rule(rules, number));
    bool is_local = false, is_swapped = false;
    nearest_name search(named);
    for (std::size_t v = 0; v < variables.size(); ++v) {
        const std::string_view path = variables[v].path;
        if (variables[v].local != 0) {
            is_local = is_local || concerns(rules, rule, path);
            continue;
        }
        if (!in_file.empty())
            is_swapped = is_swapped || (is_of_scopes(rule.kind) ? is_below(path, in_file) : path == in_file);
        if (!is_of_scopes(rule.kind)) search.consider(static_cast<int>(v), path);
    }
    if (is_local) mistakes.add(detail_tag::rule, "the variable is local: each model has its own, and no file");
    if (is_swapped) {
        short_text line("the model has ");
        append_in_line(line, in_file);
        line += ": did you swap the two?";
        mistakes.add(detail_tag::rule, line);
        return;
    }
    if (search.best() >= 0)
        return mistakes.add(detail_tag::did_you_mean, variables[static_cast<std::size_t>(search.best())].path);
    if (!is_of_scopes(rule.kind)) return;
    // The scopes above each variable, and the variable.
    nearest_name scopes(named);
    buffer<std::string_view> met;
    for (const variable_info& v : variables)
        for (std::size_t end = 1; v.local == 0 && end <= v.path.size(); ++end) {
            if (end < v.path.size() && v.path[end] != '/') continue;
            const std::string_view scope = v.path.substr(0, end);
            bool is_new = true;
            for (const std::string_view other : met) is_new = is_new && other != scope;
            if (!is_new) continue;
            scopes.consider(met.size(), scope);
            met.push_back(scope);
        }
    if (scopes.best() >= 0) mistakes.add(detail_tag::did_you_mean, met[scopes.best()]);
}

/// A layout that a variable cannot have.
constexpr void report_unfit(reports& mistakes, const checkpoint_rules& rules, int number, const variable_info& v,
                            std::string_view why) {
    mistakes.begin(mistake::rule_unfit);
    mistakes.add(detail_tag::path, v.path);
    mistakes.add(detail_tag::rule, words_of_rule(rules, number));
    mistakes.add(detail_tag::rule, why);
    mistakes.add(detail_tag::had, tensor_spec{v.extents, v.dtype});
}

constexpr void check_layout(reports& mistakes, const checkpoint_rules& rules, int number, const variable_info& v) {
    const rule_record& rule = rules[number];
    const int rank = v.extents.rank();
    if (rule.kind == rule_kind::transposed) {
        if (rank < 2) return report_unfit(mistakes, rules, number, v, "only two axes or more can be transposed");
        if (!rule.layout.is_reversed && !is_permutation(rule.layout.axes, rank))
            report_unfit(mistakes, rules, number, v, "axes are each of 0 to rank - 1, once");
    } else if (rule.kind == rule_kind::permuted) {
        const short_list& gates = rule.layout.gates;
        if (!is_permutation(gates, gates.size) || gates.size < 2)
            return report_unfit(mistakes, rules, number, v,
                                "gates are each of 0 to count - 1, once, at least 2, at most 8");
        if (rank < 1 || v.extents[rank - 1] % gates.size != 0)
            report_unfit(mistakes, rules, number, v, "the last axis does not divide into so many gates");
    } else if (rule.kind == rule_kind::assembled && !is_floating(v.dtype)) {
        report_unfit(mistakes, rules, number, v, "layers of other libraries have float32 or float64");
    }
}

/// Two rules that say the same of one variable.
constexpr void report_clash(reports& mistakes, const checkpoint_rules& rules, int first, int second,
                            const variable_info& v) {
    mistakes.begin(mistake::rules_clash);
    mistakes.add(detail_tag::path, v.path);
    mistakes.add(detail_tag::rule, words_of_rule(rules, first));
    mistakes.add(detail_tag::rule, words_of_rule(rules, second));
    mistakes.settle_last();
}

/// For each variable its rules. Local variables have none, and are left out.
constexpr buffer<rule_use> uses_of(const checkpoint_rules& rules, std::span<const variable_info> variables,
                                   reports& mistakes) {
    const bool is_chosen = rules.has(rule_kind::only), only_weights = rules.has(rule_kind::only_weights),
               only_trainable = rules.has(rule_kind::only_trainable);
    buffer<rule_use> uses;
    uses.resize(static_cast<int>(variables.size()));
    for (std::size_t v = 0; v < variables.size(); ++v)
        uses[static_cast<int>(v)].is_left_out = is_chosen || variables[v].local != 0;
    for (int r = 0; r < rules.size(); ++r) {
        const rule_record& rule = rules[r];
        if (!is_of_the_model(rule.kind)) continue;
        bool is_met = false;
        for (std::size_t v = 0; v < variables.size(); ++v) {
            const variable_info& info = variables[v];
            if (info.local != 0 || !concerns(rules, rule, info.path)) continue;
            is_met = true;
            rule_use& use = uses[static_cast<int>(v)];
            if (rule.kind == rule_kind::only) use.is_left_out = false;
            if (is_of_scopes(rule.kind) && rule.kind != rule_kind::prefix) continue;
            int clash = -1;
            const auto take = [&clash, r](int& place) {
                if (place < 0) place = r;
                else if (place != r) clash = place;
            };
            const bool is_all = rule.kind == rule_kind::assembled;
            if (is_all || rule.kind == rule_kind::rename || rule.kind == rule_kind::prefix) take(use.name);
            if (is_all || rule.kind == rule_kind::transposed) take(use.axes);
            if (is_all || rule.kind == rule_kind::permuted) take(use.gates);
            if (clash >= 0) report_clash(mistakes, rules, clash, r, info);
            else check_layout(mistakes, rules, r, info);
        }
        if (!is_met && !rule.is_optional) report_unknown_rule(mistakes, rules, r, variables);
    }
    for (int r = 0; r < rules.size(); ++r)
        for (std::size_t v = 0; v < variables.size(); ++v)
            if (rules[r].kind == rule_kind::except && concerns(rules, rules[r], variables[v].path))
                uses[static_cast<int>(v)].is_left_out = true;
    for (std::size_t v = 0; v < variables.size(); ++v)
        if ((only_weights && variables[v].role != variable_role::weight) ||
            (only_trainable && variables[v].trainable == 0))
            uses[static_cast<int>(v)].is_left_out = true;
    return uses;
}

/// Tensors of the file that a variable is made of.
constexpr int tensors_of(const checkpoint_rules& rules, const rule_use& use) {
    if (use.name < 0 || rules[use.name].kind != rule_kind::assembled) return 1;
    return rules[use.name].part_count;
}
/// The name in the file of one of them.
constexpr void append_key(short_text& out, const checkpoint_rules& rules, const rule_use& use, std::string_view path,
                          int part) {
    if (use.name < 0) {
        out += path;
        return;
    }
    const rule_record& rule = rules[use.name];
    const std::string_view in_file = rules.text(rule.in_file), in_model = rules.text(rule.in_model);
    if (rule.kind == rule_kind::assembled) {
        out += rules.text(rules.part(rule.first_part + part).tensor);
    } else if (rule.kind == rule_kind::rename) {
        out += in_file;
    } else {
        std::string_view rest = path.substr(in_model.size());
        if (!rest.empty() && rest[0] == '/') rest.remove_prefix(1);
        out += in_file;
        if (!in_file.empty() && !rest.empty()) out += '/';
        out += rest;
    }
}

/// Two variables that would be saved under one name, and layouts that are for loading alone.
constexpr void report_unsaved(reports& mistakes, const checkpoint_rules& rules, const buffer<rule_use>& uses,
                              std::span<const variable_info> variables) {
    if (rules.empty()) return;
    short_text keys;
    buffer<int> ends;  // of each key; of what is left out nothing
    for (int v = 0; v < uses.size(); ++v) {
        const variable_info& info = variables[static_cast<std::size_t>(v)];
        const rule_use& use = uses[v];
        const int begin = static_cast<int>(keys.view().size());
        if (!use.is_left_out) {
            if (use.name >= 0 && rules[use.name].kind == rule_kind::assembled)
                report_unfit(mistakes, rules, use.name, info, "a sum of tensors is loaded, and cannot be taken apart");
            else append_key(keys, rules, use, info.path, 0);
        }
        ends.push_back(static_cast<int>(keys.view().size()));
        const std::string_view key = keys.view().substr(static_cast<std::size_t>(begin));
        if (key.empty()) continue;
        for (int other = 0; other < v; ++other) {
            const int from = other == 0 ? 0 : ends[other - 1];
            // Only what a rule renames can meet another.
            if (use.name < 0 && uses[other].name < 0) continue;
            if (keys.view().substr(static_cast<std::size_t>(from), static_cast<std::size_t>(ends[other] - from)) != key)
                continue;
            mistakes.begin(mistake::rules_clash);
            mistakes.add(detail_tag::path, info.path);
            short_text line("it would be saved as ");
            append_in_line(line, key);
            line += ", and so would ";
            line += variables[static_cast<std::size_t>(other)].path;
            mistakes.add(detail_tag::rule, line);
            mistakes.settle_last();
        }
    }
}

/// What a call is for.
enum class file_is { read, written };

/// The mistakes of the rules that the compiler knows, for a graph.
template <class Graph, file_is Way, class... Arguments> constexpr reports rule_mistakes() {
    reports mistakes;
    if constexpr ((known_to_the_compiler<Arguments> || ...)) {
        const checkpoint_rules rules = static_rules<Arguments...>();
        const buffer<rule_use> uses = uses_of(rules, model_parts::variable_list<Graph>, mistakes);
        if constexpr (Way == file_is::written) report_unsaved(mistakes, rules, uses, model_parts::variable_list<Graph>);
    }
    return mistakes;
}
template <class Graph, file_is Way, class... Arguments>
using told_of_rules = std::conditional_t<(Graph::mistakes.size > 0), refused_parts::nothing_reported,
                                        refused_parts::made_reports<&rule_mistakes<Graph, Way,
                                                                                   std::decay_t<Arguments>...>>>;

/// Throws all of these mistakes as one, which has the kind and the facts of the first.
template <class = void> void refuse_rules(const reports& mistakes) {
    if (mistakes.empty()) return;
    std::string text = to_string(mistakes, 0);
    for (int i = 1; i < mistakes.size(); ++i) text += '\n' + to_string(mistakes, i);
    throw_or_end(model_error(mistakes[0].kind, text, facts_for_programs(mistakes, 0)));
}

/// Rules that fit some variables, and what they say of each. Throws a `model_error` if they do not.
struct fitting_rules {
    checkpoint_rules rules;
    buffer<rule_use> uses;

    fitting_rules(checkpoint_rules all, std::span<const variable_info> variables, file_is way) : rules(std::move(all)) {
        reports mistakes;
        uses = uses_of(rules, variables, mistakes);
        if (way == file_is::written) report_unsaved(mistakes, rules, uses, variables);
        refuse_rules(mistakes);
    }
};

/// The names that a model looks for in a file, and their characters.
template <class Graph, class... Arguments> struct keys_in_file {
    static constexpr checkpoint_rules rules() { return static_rules<Arguments...>(); }
    template <class Take> static constexpr void each(const Take& take) {
        reports ignored_here;
        const checkpoint_rules all = rules();
        const buffer<rule_use> uses = uses_of(all, model_parts::variable_list<Graph>, ignored_here);
        for (int v = 0; v < uses.size(); ++v)
            for (int part = 0; !uses[v].is_left_out && part < tensors_of(all, uses[v]); ++part) {
                short_text key;
                append_key(key, all, uses[v], model_parts::variable_list<Graph>[static_cast<std::size_t>(v)].path,
                           part);
                take(key.view());
            }
    }
    static constexpr std::array<std::size_t, 2> sizes = [] {
        std::array<std::size_t, 2> counted{};
        each([&counted](std::string_view key) {
            ++counted[0];
            counted[1] += key.size();
        });
        return counted;
    }();
    struct frozen {
        std::array<char, sizes[1] + 1> characters{};
        std::array<std::size_t, sizes[0] + 1> ends{};
    };
    static constexpr frozen kept = [] {
        frozen all{};
        std::size_t key_count = 0, end = 0;
        each([&](std::string_view key) {
            for (const char c : key) all.characters[end++] = c;
            all.ends[++key_count] = end;
        });
        return all;
    }();
    static constexpr std::array<std::string_view, sizes[0]> list = [] {
        std::array<std::string_view, sizes[0]> views{};
        for (std::size_t k = 0; k < views.size(); ++k)
            views[k] = {kept.characters.data() + kept.ends[k], kept.ends[k + 1] - kept.ends[k]};
        return views;
    }();
};

template <class Net, auto... Rules> constexpr const auto& keys_of_net() {
    using graph = typename Net::graph;
    static_assert(refused_parts::no_mistakes_in<told_of_rules<graph, file_is::read, decltype(Rules)...>>);
    return keys_in_file<graph, std::remove_cv_t<decltype(Rules)>...>::list;
}

}  // namespace ambit::checkpoint_parts

namespace AMBIT_NAMESPACE {

/// The names that `load(net, file, Rules...)` looks for in the file, in the order of the model's variables.
template <class Net, auto... Rules>
inline constexpr const auto& expected_keys = checkpoint_parts::keys_of_net<Net, Rules...>();

}  // namespace ambit
