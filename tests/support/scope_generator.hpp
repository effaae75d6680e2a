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
    explicit scope_generator(std::uint64_t seed) : engine_(seed) {
        made_.seed = seed;
        static constexpr double shares[] = {0, 0, 0.05, 0.1, 0.3, 1};
        share_of_mistakes_ = shares[pick(0, 5)];
        wanted_ = pick(4, most_statements);
        scopes_.push_back(0);
        values_.push_back(0);
    }

    program make() {
        while (number_ < wanted_) {
            const int before = number_;
            make_block(made_.body, 0);
            if (number_ == before) break;
        }
        return made_;
    }

    static constexpr int most_statements = 40;

private:
    int pick(int low, int high) { return std::uniform_int_distribution<int>(low, high)(engine_); }
    bool happens(double probability) { return std::bernoulli_distribution(probability)(engine_); }
    template <class T> const T& one_of(const std::vector<T>& all) {
        return all[static_cast<std::size_t>(pick(0, static_cast<int>(all.size()) - 1))];
    }

    void make_block(std::vector<statement>& body, int depth) {
        const std::size_t scopes = scopes_.size(), values = values_.size();
        for (int left = pick(1, depth == 0 ? 8 : 6); left > 0 && number_ < wanted_; --left) {
            body.push_back(next_statement(depth));
            const statement made = body.back();
            if (made.what == does::close) closed_.insert(made.scope);
            if (is_get(made) || is_op(made)) values_.push_back(made.number);
            if (!has_block(made)) continue;
            scopes_.push_back(made.number);
            make_block(body.back().body, depth + 1);
            scopes_.pop_back();
            model_.leave(made, unused_);
        }
        values_.resize(values);
        scopes_.resize(scopes);
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
        ++number_;
        for (int attempt = 0;; ++attempt) {
            const statement candidate = any_statement(depth);
            scope_rules_model after = model_;
            unused_.clear();
            after.enter(candidate, unused_);
            if (after.mistakes() > model_.mistakes() && attempt < 60 && !happens(share_of_mistakes_)) continue;
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
        if (kind < 26 && depth < 5) make_open(s);
        else if (kind < 60) make_get(s);
        else if (kind < 80) make_op(s);
        else if (kind < 86) s.what = does::reuse_scope;
        else if (kind < 89) s.what = does::reuse_handle;
        else if (kind < 94) s.what = does::take_handle;
        else if (kind < 96) s.what = does::take_current;
        else s.what = does::close;
        return s;
    }

    void make_open(statement& s) {
        s.what = happens(0.3) ? does::jump : does::open;
        if (s.what == does::open) s.name = happens(0.06) ? illegal_name() : one_of(scope_names_);
        const int reuse = pick(0, 9);
        s.reuse = reuse < 4    ? says_reuse::nothing
                  : reuse == 4 ? says_reuse::no
                  : reuse < 7  ? says_reuse::yes
                               : says_reuse::automatic;
        s.initializer = happens(0.2) ? any_filling() : filling::unsaid;
        s.dtype = happens(0.12) ? any_element() : element::unsaid;
        if (happens(0.12)) s.trainable = happens(0.3);
    }

    void make_get(statement& s) {
        s.what = happens(0.08) ? does::get_by_name : does::get;
        s.name = happens(0.05) ? illegal_name() : one_of(variable_names_);
        if (s.what == does::get_by_name) return;
        // The one of its name mostly: what is shared has one shape.
        if (happens(0.9)) s.shape = happens(0.7) ? shapes_[s.name.size() % 5] : one_of(shapes_);
        s.initializer = happens(0.2) ? any_filling() : filling::unsaid;
        s.dtype = happens(0.2) ? any_element() : element::unsaid;
        if (happens(0.1)) s.trainable = happens(0.5);
    }

    void make_op(statement& s) {
        s.what = happens(0.5) ? does::relu : does::add;
        for (int left = s.what == does::relu ? 1 : 2; left > 0; --left) s.operands.push_back(happens(0.5) ? values_.back() : one_of(values_));
        if (happens(0.4)) s.name = happens(0.05) ? one_of(illegal_op_names_) : one_of(op_names_);
    }

    std::string illegal_name() { return one_of(illegal_names_); }
    filling any_filling() {
        return one_of(std::vector{filling::zeros, filling::ones, filling::half, filling::list_of_three, filling::normal});
    }
    element any_element() { return one_of(std::vector{element::float32, element::float64, element::int32}); }

    const std::vector<std::string> scope_names_{"a", "a", "a", "b", "b", "a/b", "add", "a_1"};
    const std::vector<std::string> variable_names_{"w", "w", "w", "v", "a/w", "b", "add", "relu", "w_1"};
    const std::vector<std::string> op_names_{"w", "a", "add_1", "b/add", "a_1"};
    const std::vector<std::string> illegal_names_{"", "a/", "/a", "a//b", "_w", "-w", "w w", "w:0", "/"};
    const std::vector<std::string> illegal_op_names_{"a/", "/a", "a//b", "w w", "w:0"};
    const std::vector<extents> shapes_{{2}, {2}, {3}, {2, 3}, {2}, {}, {1}, {3, 1}, {0}};

    std::mt19937_64 engine_;
    program made_;
    scope_rules_model model_;
    trace unused_;
    double share_of_mistakes_ = 0;
    int wanted_ = 0;
    int number_ = 0;
    std::vector<int> scopes_, values_;  // whose names are visible
    std::set<int> closed_;
};

inline program random_program(std::uint64_t seed) { return scope_generator(seed).make(); }

}  // namespace ambit_test
