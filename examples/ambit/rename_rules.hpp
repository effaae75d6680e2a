// SPDX-License-Identifier: BSL-1.0
// What tensors are to be called: rules from the command line, of names and of what names begin with.
//
//     rename_rules rules({"my_counter=counter", "A_untrain/=A_train/"});
//     rules.apply("A_untrain/weights");                                     // "A_train/weights"
#pragma once

#include "reading.hpp"

#include <ambit/diagnostics/quoted.hpp>

#include <algorithm>
#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tool {

struct rename_rule {
    std::string text, from, to;
    bool is_prefix = false;
    bool is_used = false;
};

/// `old=new` is for one name; `old/=new/`, whose left side ends in a slash or a point or is empty, for all that begin
/// so. `\=` stands for an equals sign. A whole name comes before prefixes, a longer prefix before a shorter one.
class rename_rules {
public:
    /// Throws `refusal` at what is no rule, and at two for the same.
    explicit rename_rules(const std::vector<std::string>& texts) {
        for (const std::string& text : texts) rules_.push_back(parse(text));
        std::stable_sort(rules_.begin(), rules_.end(), [](const rename_rule& a, const rename_rule& b) {
            return a.is_prefix != b.is_prefix ? b.is_prefix : a.from.size() > b.from.size();
        });
        for (std::size_t a = 0; a < rules_.size(); ++a)
            for (std::size_t b = a + 1; b < rules_.size(); ++b)
                if (rules_[a].from == rules_[b].from)
                    throw refusal("two rules say what becomes of " + mistake_parts::in_quotes(rules_[a].from) + ": " +
                                  mistake_parts::in_quotes(rules_[a].text) + " and " +
                                  mistake_parts::in_quotes(rules_[b].text));
    }

    /// The new name; the old one where no rule is for it.
    std::string apply(std::string_view name) {
        for (rename_rule& rule : rules_) {
            if (rule.is_prefix ? !name.starts_with(rule.from) : name != rule.from) continue;
            rule.is_used = true;
            return rule.to + std::string(name.substr(rule.from.size()));
        }
        return std::string(name);
    }

    /// Throws `refusal` at a rule that was for nothing.
    void expect_all_used(const tensor_source& file) const {
        for (const rename_rule& rule : rules_)
            if (!rule.is_used)
                throw refusal(mistake_parts::shown_path(file.file()) + ": the rule " +
                              mistake_parts::in_quotes(rule.text) + " is for none of its tensors" +
                              (rule.is_prefix ? hint_at_prefix(file, rule.from) : suggestion(file, rule.from)));
    }

private:
    static bool ends_in_separator(std::string_view text) { return text.ends_with('/') || text.ends_with('.'); }

    static rename_rule parse(const std::string& text) {
        const std::string shown = mistake_parts::in_quotes(text);
        rename_rule rule;
        rule.text = text;
        bool is_right = false;
        for (std::size_t i = 0; i < text.size(); ++i) {
            std::string& side = is_right ? rule.to : rule.from;
            if (text.substr(i, 2) == "\\=") side += text[++i];
            else if (text[i] == '=' && !is_right) is_right = true;
            else if (text[i] == '=')
                throw refusal("the rule " + shown + " has two equals signs: \\= stands for one of a name");
            else side += text[i];
        }
        if (!is_right) throw refusal("the rule " + shown + " has no equals sign: rules are OLD=NEW, or OLD/=NEW/");
        rule.is_prefix = rule.from.empty() || ends_in_separator(rule.from);
        const bool has_end = rule.to.empty() || ends_in_separator(rule.to);
        if (rule.is_prefix && (!has_end || (rule.from.empty() && rule.to.empty())))
            throw refusal("the rule " + shown + " is for all names that begin so: its right side ends in / or ., too" +
                          (rule.from.empty() ? "" : ", or is empty"));
        if (!rule.is_prefix && rule.to.empty()) throw refusal("the rule " + shown + " leaves no name");
        return rule;
    }

    /// The beginning that was probably meant.
    static std::string hint_at_prefix(const tensor_source& file, std::string_view wanted) {
        std::set<std::string_view> beginnings;
        for (const stored_tensor& tensor : file.tensors()) {
            const std::string_view name = tensor.name;
            for (std::size_t end = name.find_first_of("/."); end != name.npos && beginnings.size() < 1000;
                 end = name.find_first_of("/.", end + 1))
                beginnings.insert(name.substr(0, end + 1));
        }
        mistake_parts::nearest_name nearest(wanted);
        const std::vector<std::string_view> all(beginnings.begin(), beginnings.end());
        for (std::size_t i = 0; i < all.size(); ++i) nearest.consider(static_cast<int>(i), all[i]);
        if (nearest.best() < 0) return {};
        return "; did you mean " + mistake_parts::in_quotes(all[static_cast<std::size_t>(nearest.best())]) + '?';
    }

    std::vector<rename_rule> rules_;
};

}  // namespace tool
