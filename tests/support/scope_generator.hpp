// SPDX-License-Identifier: BSL-1.0
// Random programs of scopes and variables: few names, so that they collide, and as many mistakes as a program's own
// share of them allows: none in a third of the programs, a few in most, many in some.
//
//     program p = random_program(seed);
#pragma once

#include "scope_rules_model.hpp"

#include <random>
#include <set>
#include <string>
#include <vector>

namespace ambit_test {

class scope_generator {
public:
    explicit scope_generator(std::uint64_t seed, bool with_templates)
        : engine_(seed), with_templates_(with_templates) {
        made_.seed = seed;
        static constexpr double shares[] = {0, 0, 0.05, 0.1, 0.3, 1};
        share_of_mistakes_ = shares[pick(0, 5)];
        wanted_ = pick(4, most_statements);
        scopes_.push_back(0);
        values_.push_back({0, value_kind::tensor});
    }

    program make() {
        while (number_ < wanted_) make_block(made_.body, 0);
        return made_;
    }

    static constexpr int most_statements = 44;

private:
    enum class value_kind { variable, tensor };
    struct visible {
        int number;
        value_kind kind;
    };

    int pick(int low, int high) { return std::uniform_int_distribution<int>(low, high)(engine_); }
    bool happens(double probability) { return std::bernoulli_distribution(probability)(engine_); }
    template <class T> const T& one_of(const std::vector<T>& all) {
        return all[static_cast<std::size_t>(pick(0, static_cast<int>(all.size()) - 1))];
    }

    void make_block(std::vector<statement>& body, int depth) {
        const std::size_t names = names_.size(), values = values_.size(), templates = templates_.size();
        for (int left = pick(1, depth == 0 ? 8 : 6); left > 0 && number_ < wanted_; --left) {
            body.push_back(next_statement(depth));
            const statement made = body.back();
            if (made.what == does::close) closed_.insert(made.scope);
            if (made.what == does::jump) jumps_.insert(made.number);
            if (made.what == does::make_template) templates_.push_back(made.number);
            if (makes_variable(made)) values_.push_back({made.number, value_kind::variable});
            if (is_op(made)) values_.push_back({made.number, value_kind::tensor});
            if (!has_block(made)) continue;
            (opens_name_scope(made) ? names_ : scopes_).push_back(made.number);
            make_block(body.back().body, depth + 1);
            (opens_name_scope(made) ? names_ : scopes_).pop_back();
            model_.leave(made, unused_);
        }
        names_.resize(names);
        values_.erase(values_.begin() + static_cast<std::ptrdiff_t>(values), values_.end());
        templates_.resize(templates);
    }

    // The innermost open scope mostly, else any whose block this is.
    int any_scope() {
        if (happens(0.04)) return one_of(scopes_);
        for (std::size_t i = scopes_.size() - 1; i > 0; --i)
            if (closed_.count(scopes_[i]) == 0) return scopes_[i];
        return 0;
    }

    // Drawn again while it would be a mistake that this program is not to make.
    statement next_statement(int depth) {
        const int before = number_;
        for (int attempt = 0;; ++attempt) {
            number_ = before + 1;
            statement candidate = any_statement(depth);
            scope_rules_model after = model_;
            unused_.clear();
            after.enter(candidate, unused_);
            if (after.mistakes() > model_.mistakes() && attempt < 60 && !happens(share_of_mistakes_))
                continue;
            model_ = after;
            return candidate;
        }
    }

    statement any_statement(int depth) {
        statement s;
        s.number = number_;
        s.scope = any_scope();
        s.handle = pick(0, handles - 1);
        const int kind = pick(0, 99);
        if (kind < 22 && depth < 5)
            make_open(s);
        else if (kind < 30 && depth < 5)
            make_name_scope(s);
        else if (kind < 33 && depth < 3 && with_templates_ && number_ + 8 < wanted_)
            make_template(s);
        else if (kind < 41 && !templates_.empty())
            s.what = does::call_template, s.other = one_of(templates_);
        else if (kind < 64)
            make_get(s);
        else if (kind < 78)
            make_op(s);
        else if (kind < 82)
            s.what = does::reuse_scope;
        else if (kind < 83)
            s.what = does::reuse_handle;
        else if (kind < 85)
            make_setting(s);
        else if (kind < 86)
            make_name(s);
        else if (kind < 88)
            s.what = happens(0.75) ? does::take_handle : does::take_current;
        else if (kind < 91)
            make_close(s);
        else if (kind < 95)
            make_member(s);
        else
            make_query(s);
        return s;
    }

    // ---- statements -----------------------------------------------------------------------------------------------

    void make_open(statement& s) {
        s.what = happens(0.3) ? does::jump : happens(0.35) ? does::open_default : does::open;
        if (s.what != does::jump) s.name = happens(0.1) ? one_of(illegal_names_) : one_of(scope_names_);
        if (s.what == does::open_default && s.name.empty()) s.name = "d";
        const int reuse = pick(0, 9);
        if (reuse >= 4)
            s.says.reuse = reuse == 4 ? says_reuse::no : reuse < 7 ? says_reuse::yes : says_reuse::automatic;
        if (s.what == does::open_default && s.says.reuse == says_reuse::yes)
            s.says.reuse = says_reuse::automatic;
        make_options(s.says, 0.12);
        s.says.no_names = s.what != does::jump && happens(0.12);
        if (happens(0.25))
            s.says.getter =
                one_of(std::vector{getting::p, getting::p, getting::q, getting::q, getting::freeze});
    }

    void make_options(options& says, double probability) {
        if (happens(probability)) says.initializer = any_filling();
        if (happens(probability)) says.dtype = any_element();
        if (happens(probability)) says.trainable = happens(0.4);
        if (happens(probability))
            says.regularizer =
                one_of(std::vector{regularizing::none, regularizing::sum, regularizing::maximum});
        if (happens(probability))
            says.constraint = one_of(std::vector{constraining::none, constraining::half, constraining::two});
    }

    void make_name_scope(statement& s) {
        s.what = happens(0.3) ? does::name_scope_of : does::name_scope;
        if (s.what == does::name_scope_of)
            s.other = one_of(scopes_);
        else
            s.name = happens(0.05) ? one_of(illegal_op_names_) : one_of(name_scopes_);
    }

    void make_get(statement& s) {
        using enum does;
        s.what = one_of(std::vector{get, get, get, get, get, get, get, get_by_name, get_local, variable,
                                    variable, value, get_value, get_value, unnamed});
        s.name = happens(0.05) ? one_of(illegal_names_) : one_of(variable_names_);
        if (s.what == get_by_name) return;
        if (s.what == unnamed) s.name = "Variable";
        if (gives_value(s)) {
            s.says.initializer = one_of(std::vector{filling::half, filling::ones, filling::list_of_three});
            return;
        }
        // The one of its name mostly: what is shared has one shape.
        if (s.what != get || happens(0.9))
            s.shape = happens(0.7) ? shapes_[s.name.size() % 5] : one_of(shapes_);
        make_options(s.says, 0.14);
        if (happens(0.15)) s.says.dtype = any_element();
        s.says.collected = happens(0.1);
    }

    // A function of one or two variables, perhaps in a scope, and an op; the first variable is what it returns.
    void make_template(statement& s) {
        s.what = does::make_template;
        s.name = one_of(scope_names_);
        s.at_once = happens(0.3);
        s.exact = happens(0.2);
        statement first = in_template(s.number);
        make_get(first);
        s.operands = {first.number};
        s.body = {first};
        if (happens(0.5)) {
            statement inner = in_template(s.number);
            make_open(inner);
            inner.says.reuse = says_reuse::nothing;
            statement second = in_template(inner.number);
            make_get(second);
            inner.body = {second};
            s.body.push_back(inner);
        }
        if (happens(0.5)) {
            statement last = in_template(s.number);
            last.what = does::relu;
            last.operands = {first.number};
            s.body.push_back(last);
        }
    }
    statement in_template(int scope) {
        statement s;
        s.number = ++number_;
        s.scope = scope;
        s.handle = pick(0, handles - 1);
        return s;
    }

    void make_op(statement& s) {
        s.what = happens(0.5) ? does::relu : does::add;
        for (int left = s.what == does::relu ? 1 : 2; left > 0; --left)
            s.operands.push_back((happens(0.5) ? values_.back() : one_of(values_)).number);
        if (happens(0.4)) s.name = happens(0.05) ? one_of(illegal_op_names_) : one_of(op_names_);
    }

    // One default of a scope that is open or was.
    void make_setting(statement& s) {
        s.what = happens(0.5) ? does::set_on_scope : does::set_on_handle;
        switch (pick(0, 3)) {
            case 0: s.says.initializer = any_filling(); break;
            case 1: s.says.dtype = any_element(); break;
            case 2:
                s.says.regularizer = one_of(std::vector{regularizing::none, regularizing::sum, regularizing::maximum});
                break;
            default: s.says.getter = one_of(std::vector{getting::p, getting::q, getting::freeze});
        }
    }

    void make_name(statement& s) {
        s.what = happens(0.7) ? does::unique_name : does::current_names;
        s.name = happens(0.05) ? one_of(illegal_names_) : one_of(op_names_);
        if (s.name == "a/" || s.name == "b/add/" || s.name == "a_1/") s.name = "relu";
    }

    void make_close(statement& s) {
        s.what = does::close;
        if (happens(0.3)) s.scope = one_of(scopes_);
        if (!names_.empty() && happens(0.4)) s.scope = one_of(names_);
        // No rule says which counters a jump gives back that was left before the one inside of it.
        if (jumps_.count(s.scope) > 0) s.scope = scopes_.back();
    }

    void make_member(statement& s) {
        const visible v = one_of(values_);
        s.what =
            v.number > 0 && v.kind == value_kind::tensor && happens(0.5) ? does::add_loss : does::collect;
        s.operands = {v.number};
        if (s.what == does::collect && happens(0.5)) {
            using enum collection;
            s.from = one_of(std::vector{global, trainable, trainable, local, regularization, losses});
        }
    }

    void make_query(statement& s) {
        using enum collection;
        s.what = does::query;
        s.name = one_of(prefixes_);
        s.from = one_of(std::vector{global, trainable, local, regularization, losses, mine, my_tensors});
    }

    element any_element() { return one_of(std::vector{element::float32, element::float64, element::int32}); }
    filling any_filling() {
        return one_of(std::vector{filling::zeros, filling::ones, filling::half, filling::list_of_three,
                                  filling::normal});
    }

    const std::vector<std::string> scope_names_{"a", "a", "a", "b", "b", "a/b", "add", "a_1"};
    const std::vector<std::string> name_scopes_{"a", "a", "b", "a/b", "a/", "b/", "a_1/", "a/b/", "", "w"};
    const std::vector<std::string> variable_names_{"w", "w",   "w",    "v",   "a/w",
                                                   "b", "add", "relu", "w_1", "w_p"};
    const std::vector<std::string> op_names_{"w", "a", "add_1", "b/add", "a_1", "a/", "b/add/", "a_1/"};
    const std::vector<std::string> prefixes_{"", "a", "a/", "a/b", "b", "a_1", "w", "a/w"};
    const std::vector<std::string> illegal_names_{"", "a/", "/a", "a//b", "_w", "-w", "w w", "w:0", "/"};
    const std::vector<std::string> illegal_op_names_{"/a", "a//b", "w w", "w:0", "_w", "-w", "_w/"};
    const std::vector<extents> shapes_{{2}, {2}, {3}, {2, 3}, {2}, {}, {1}, {3, 1}, {0}};

    std::mt19937_64 engine_;
    bool with_templates_;
    program made_;
    scope_rules_model model_;
    trace unused_;
    double share_of_mistakes_ = 0;
    int wanted_ = 0;
    int number_ = 0;
    std::vector<int> scopes_, names_, templates_;  // whose names are visible
    std::vector<visible> values_;
    std::set<int> closed_, jumps_;
};

/// Without templates, if it is to be run where mistakes are thrown: what a function did before stays done.
inline program random_program(std::uint64_t seed, bool with_templates = true) {
    return scope_generator(seed, with_templates).make();
}

}  // namespace ambit_test
