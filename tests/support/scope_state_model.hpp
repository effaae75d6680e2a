// SPDX-License-Identifier: BSL-1.0
// What there is to know at one point of a program of scopes, for the model of the rules: the scopes that were
// opened and those that are open, the names taken, the variables, the mistakes.
//
//     scope_state_model: take_op_name("a/add") == "a/add_1"; close(3); tell({"variable_exists", "a/w"});
#pragma once

#include "scope_names_model.hpp"
#include "scope_trace.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace ambit_test {

/// Whether a program goes on after a mistake, as in the compiler, or the statement throws and has no effect.
enum class after_mistake { goes_on, throws };

class scope_state_model {
public:
    explicit scope_state_model(after_mistake policy = after_mistake::goes_on) : policy_(policy) {
        now_.openings.push_back({});
        now_.open.push_back(0);
        now_.opening_of[0] = 0;
        now_.handles.assign(handles, 0);
        now_.values[0] = {false, -1, {2}, element::float32, false, "input"};
        now_.op_names.insert("input");
    }

    int mistakes() const { return static_cast<int>(now_.mistakes.size()); }

protected:
    enum mode { create_only, reuse, automatic };
    static constexpr int most_told = 8;

    // One opening of a scope.
    struct opening {
        std::string prefix, op_scope;
        std::string original;  // the name scope that it opened
        mode flag = create_only;
        options says{};  // its defaults, inherited ones included
        std::vector<getting> getters{};  // the innermost first
        bool names_only = false;  // a name scope
        bool by_handle = false;
        bool stands_in = false;  // for a scope that was refused
        std::map<std::string, int> counts_then{};  // of an opening by handle: the counters to go back to
        int number = 0;
    };
    struct made_variable {
        std::string path;
        extents shape;
        element dtype;
        filling initializer;
        constraining constraint;
        bool trainable, local;
        int made, uses;
        bool by_variable = false;
    };
    struct value {
        bool inert = false;
        int id = -1;  // of a variable
        extents shape{};
        element dtype = element::float32;
        bool is_variable = false;
        std::string op_name{};
    };
    struct made_template {
        statement made;
        int handle = -1;
        bool was_called = false;
    };
    struct told_mistake {
        seen_mistake what;
        std::string where;  // the name scope that tells two calls of one line apart
        int opened = 0;
        friend bool operator==(const told_mistake& a, const told_mistake& b) {
            return a.what.kind == b.what.kind && a.what.subject == b.what.subject &&
                   a.what.still_open == b.what.still_open && a.what.first == b.what.first &&
                   a.what.asked == b.what.asked && a.where == b.where && a.opened == b.opened;
        }
    };
    struct state {
        std::vector<opening> openings;  // every one there was; a handle is one of them
        std::vector<int> open;
        std::map<int, int> opening_of;  // of the scope that a statement made
        std::set<int> closed;  // statements whose scope was closed
        std::vector<int> handles;
        std::map<std::string, int> count_of;  // how often a variable scope was opened, for default names
        std::vector<made_variable> variables;
        std::map<std::string, int> variable_at;
        std::set<std::string> op_names;  // of ops and name scopes
        std::set<std::string> whole_names;  // those of them that no op has yet, which one may have as a whole
        std::map<int, value> values;  // of the variable or tensor that a statement made
        std::map<int, made_template> templates;
        std::vector<std::string> regularization, losses, mine, my_tensors;
        std::map<collection, std::vector<std::string>> added;  // to collections of variables, besides their own
        std::vector<told_mistake> mistakes;
        std::vector<std::string> pending;  // kinds of what destructors found, where mistakes throw
    };
    struct thrown {
        std::string kind;
    };
    /// A variable that is asked for.
    struct request {
        std::string name, path;
        std::optional<extents> shape;
        options says;
        bool local = false;
        std::optional<extents> given{};  // the shape of a value
        element given_dtype = element::unsaid;
    };

    // ---- scopes ---------------------------------------------------------------------------------------------------

    static std::size_t index(int i) { return static_cast<std::size_t>(i); }
    opening& opening_at(int i) { return now_.openings[index(i)]; }
    opening& opening_of(int number) { return opening_at(now_.opening_of.at(number)); }

    /// The innermost variable scope; name scopes are not asked for variables.
    int innermost_index() const {
        return *std::find_if(now_.open.rbegin(), now_.open.rend(),
                             [&](int i) { return !now_.openings[index(i)].names_only; });
    }
    const opening& innermost() const { return now_.openings[index(innermost_index())]; }
    const std::string& name_scope() const { return now_.openings[index(now_.open.back())].op_scope; }

    static std::string path_or_root(const opening& o) {
        const std::string& path = o.names_only ? o.op_scope : o.prefix;
        return (o.names_only ? "name scope " : "") + (path.empty() ? "(root)" : path);
    }

    void push(int number, opening inner, const options& says) {
        if (says.reuse == says_reuse::yes) inner.flag = reuse;
        if (says.reuse == says_reuse::automatic && inner.flag == create_only) inner.flag = automatic;
        if (says.initializer != filling::unsaid) inner.says.initializer = says.initializer;
        if (says.dtype != element::unsaid) inner.says.dtype = says.dtype;
        if (says.trainable) inner.says.trainable = says.trainable;
        if (says.regularizer != regularizing::unsaid) inner.says.regularizer = says.regularizer;
        if (says.constraint != constraining::unsaid) inner.says.constraint = says.constraint;
        if (says.getter != getting::unsaid) inner.getters.insert(inner.getters.begin(), says.getter);
        inner.number = number;
        now_.openings.push_back(inner);
        now_.open.push_back(static_cast<int>(now_.openings.size()) - 1);
        now_.opening_of[number] = now_.open.back();
        now_.closed.erase(number);  // a template's function opens it in every call
    }

    void close(int number) {
        if (number == 0 || !now_.closed.insert(number).second) return;
        const int closing = now_.opening_of.at(number);
        const opening& c = opening_at(closing);
        if (now_.open.back() != closing) {
            const opening& last = opening_at(now_.open.back());
            const seen_mistake m{"scope_out_of_order", path_or_root(c), path_or_root(last), 0, 0};
            if (policy_ == after_mistake::throws)
                now_.pending.push_back(m.kind);
            else
                note({m, std::to_string(c.number), last.number});
        }
        for (int last = -1; last != closing;) {  // what is open inside closes, too
            last = now_.open.back();
            now_.open.pop_back();
            now_.closed.insert(opening_at(last).number);
            leave(opening_at(last));
        }
    }

    void leave(const opening& o) {
        if (o.names_only || o.stands_in) return;
        if (o.by_handle)
            now_.count_of = o.counts_then;
        else
            forget_counts_below(o.prefix);
    }

    void forget_counts_below(const std::string& prefix) {
        for (auto& [path, count] : now_.count_of)
            if (path != prefix && is_below(path, prefix)) count = 0;
    }

    // ---- names and shapes -----------------------------------------------------------------------------------------

    std::string take_op_name(const std::string& wanted) {
        const std::string name = free_name(wanted, [&](const std::string& n) {
            return now_.op_names.count(n) + now_.variable_at.count(n) > 0;
        });
        now_.op_names.insert(name);
        return name;
    }

    std::string take_scope_name(const std::string& wanted) {
        const std::string name = take_op_name(wanted);
        now_.whole_names.insert(name);
        return name;
    }
    /// Of the ops that ask for a whole name the first one gets it as it is, where a name scope has it or nobody.
    std::string take_whole_name(const std::string& name) {
        if (now_.variable_at.count(name) > 0 || (now_.op_names.count(name) > 0 && now_.whole_names.erase(name) == 0))
            return take_op_name(name);
        now_.op_names.insert(name);
        return name;
    }

    static int elements(const extents& shape) {
        int count = 1;
        for (const int extent : shape) count *= extent;
        return count;
    }

    static std::optional<extents> broadcast(extents a, extents b) {
        while (a.size() < b.size()) a.insert(a.begin(), 1);
        while (b.size() < a.size()) b.insert(b.begin(), 1);
        for (std::size_t axis = 0; axis < a.size(); ++axis) {
            if (a[axis] != b[axis] && a[axis] != 1 && b[axis] != 1) return std::nullopt;
            a[axis] = std::max(a[axis], b[axis]);
        }
        return a;
    }

    // ---- mistakes -------------------------------------------------------------------------------------------------

    /// Answers -1, for what the mistake kept from being made.
    int tell(const seen_mistake& m) {
        if (quiet_) return -1;
        if (policy_ == after_mistake::throws) throw thrown{m.kind};
        note({m, innermost().op_scope, 0});
        return -1;
    }

    /// A mistake in a loop is told once, and of one kind the first eight.
    void note(const told_mistake& m) {
        if (std::find(now_.mistakes.begin(), now_.mistakes.end(), m) != now_.mistakes.end()) return;
        const auto is_of_its_kind = [&](const told_mistake& told) { return told.what.kind == m.what.kind; };
        if (std::count_if(now_.mistakes.begin(), now_.mistakes.end(), is_of_its_kind) < most_told)
            now_.mistakes.push_back(m);
    }

    void throw_pending() const {
        if (!now_.pending.empty()) throw thrown{now_.pending.front()};
    }

    bool is_innermost(int number, const std::string& name, int statement) {
        if (innermost_index() == now_.opening_of.at(number)) return true;
        if (policy_ == after_mistake::throws) throw thrown{"scope_out_of_order"};
        const seen_mistake m{"scope_out_of_order", name, path_or_root(innermost()), 0, statement};
        if (!quiet_) note({m, opening_of(number).prefix, innermost().number});
        return false;
    }

    void see_mistakes(trace& seen, int statement, bool after_block, int told) const {
        if (mistakes() == told) return;
        see_count(seen, statement, after_block, mistakes());
        for (int i = told; i < mistakes(); ++i)
            see(seen, statement, after_block, i, now_.mistakes[index(i)].what);
    }

    after_mistake policy_;
    state now_;
    bool quiet_ = false;
};

}  // namespace ambit_test
