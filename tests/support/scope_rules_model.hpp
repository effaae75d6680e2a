// SPDX-License-Identifier: BSL-1.0
// The rules of scopes once more, from their description (DESIGN: "The rules of scopes") and TensorFlow 1.15, for tests to
// compare ambit with. It shares nothing with ambit: strings, maps, and no regard for speed.
//
//     trace wanted = wanted_of(p, after_mistake::goes_on);
#pragma once

#include "scope_trace.hpp"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace ambit_test {

/// Whether a program goes on after a mistake, as in the compiler, or the statement throws and has no effect.
enum class after_mistake { goes_on, throws };

class scope_rules_model {
public:
    explicit scope_rules_model(after_mistake policy = after_mistake::goes_on) : policy_(policy) {
        now_.openings.push_back({});
        now_.open.push_back(0);
        now_.opening_of[0] = 0;
        now_.handles.assign(handles, 0);
        now_.values[0] = {false, {2}, element::float32};
        now_.op_names.insert("input");
    }

    /// Carries out a statement; answers whether its block, if it has one, is to be run.
    bool enter(const statement& s, trace& seen) {
        for (const int operand : s.operands)
            if (now_.values.count(operand) == 0) return false;  // it threw
        const int told = mistakes();
        const state before = now_;
        try {
            carry_out(s, seen);
        } catch (const thrown& t) {
            now_ = before;
            now_.pending.clear();
            see_thrown(seen, s.number, t.kind);
            return false;
        }
        see_mistakes(seen, s.number, false, told);
        return true;
    }

    /// The end of the statement's block.
    void leave(const statement& s, trace& seen) {
        const int told = mistakes();
        close(s.number);
        see_mistakes(seen, s.number, true, told);
        see_innermost(seen, s.number, true, innermost().prefix);
    }

    /// The end of the program.
    void finish(trace& seen) {
        if (!now_.pending.empty()) see_thrown(seen, 0, now_.pending.front());
        seen.push_back({0, true, "builder.variable_count() == " + std::to_string(now_.variables.size())});
    }

    int mistakes() const { return static_cast<int>(now_.mistakes.size()); }

private:
    enum mode { create, reuse, automatic };

    struct opening {
        std::string prefix, op_scope;
        mode flag = create;
        filling initializer = filling::unsaid;
        element dtype = element::unsaid;
        bool trainable = true;
    };
    struct made_variable {
        std::string path;
        extents shape;
        element dtype;
        filling initializer;
        bool trainable;
        int made, uses;
    };
    struct value {
        bool inert = false;
        extents shape{};
        element dtype = element::float32;
    };
    struct state {
        std::vector<opening> openings;  // every one there was; a handle is one of them
        std::vector<int> open;
        std::map<int, int> opening_of;  // of the scope that a statement made
        std::set<int> closed;           // statements whose scope was closed
        std::vector<int> handles;
        std::vector<made_variable> variables;
        std::map<std::string, int> variable_at;
        std::set<std::string> op_names;  // of ops and name scopes
        std::map<int, value> values;     // of the variable or tensor that a statement made
        std::vector<seen_mistake> mistakes;
        std::vector<std::string> pending;  // kinds of what destructors found, where mistakes throw
    };
    struct thrown {
        std::string kind;
    };

    // ---- statements -----------------------------------------------------------------------------------------------

    void carry_out(const statement& s, trace& seen) {
        const std::string handle = "h" + std::to_string(s.handle);
        switch (s.what) {
            case does::open: {
                throw_pending();
                const opening& from = opening_of(s.scope);
                const bool quiet = !is_innermost(s.scope, s.name, s.number);
                opening inner = from;
                const std::string path = joined(from.prefix, s.name);
                if (is_legal(path)) {
                    inner.prefix = path;
                    inner.op_scope = free_op_name(joined(innermost().op_scope, s.name));
                    now_.op_names.insert(inner.op_scope);
                } else if (!quiet) {
                    tell({"invalid_name", s.name, "", 0, s.number});
                }
                push(s, inner, seen);
                break;
            }
            case does::jump: {
                throw_pending();
                static_cast<void>(is_innermost(s.scope, "", s.number));
                opening again = now_.openings[index(now_.handles[index(s.handle)])];
                again.op_scope = innermost().op_scope;
                push(s, again, seen);
                break;
            }
            case does::close:
                close(s.scope);
                see_innermost(seen, s.number, false, innermost().prefix);
                break;
            case does::get:
            case does::get_by_name: get(s, seen); break;
            case does::relu:
            case does::add: op(s, seen); break;
            case does::reuse_scope:
                opening_of(s.scope).flag = reuse;
                see_scope(seen, s.number, "s" + std::to_string(s.scope), opening_of(s.scope).prefix, reuse);
                break;
            case does::reuse_handle: {
                opening& kept = now_.openings[index(now_.handles[index(s.handle)])];
                kept.flag = reuse;
                see_scope(seen, s.number, handle, kept.prefix, reuse);
                break;
            }
            case does::take_handle:
            case does::take_current: {
                const int taken = s.what == does::take_handle ? now_.opening_of.at(s.scope) : now_.open.back();
                now_.handles[index(s.handle)] = taken;
                const opening& kept = now_.openings[index(taken)];
                see_scope(seen, s.number, handle, kept.prefix, kept.flag);
                break;
            }
        }
    }

    void push(const statement& s, opening inner, trace& seen) {
        if (s.reuse == says_reuse::yes) inner.flag = reuse;
        if (s.reuse == says_reuse::automatic && inner.flag == create) inner.flag = automatic;
        if (s.initializer != filling::unsaid) inner.initializer = s.initializer;
        if (s.dtype != element::unsaid) inner.dtype = s.dtype;
        if (s.trainable) inner.trainable = *s.trainable;
        now_.openings.push_back(inner);
        now_.open.push_back(static_cast<int>(now_.openings.size()) - 1);
        now_.opening_of[s.number] = now_.open.back();
        see_scope(seen, s.number, "s" + std::to_string(s.number), inner.prefix, inner.flag);
    }

    void close(int number) {
        if (number == 0 || !now_.closed.insert(number).second) return;
        const int closing = now_.opening_of.at(number);
        if (now_.open.back() != closing) {
            const seen_mistake m{"scope_out_of_order", path_or_root(now_.openings[index(closing)].prefix),
                                 path_or_root(innermost().prefix), 0, 0};
            if (policy_ == after_mistake::throws) now_.pending.push_back(m.kind);
            else now_.mistakes.push_back(m);
        }
        std::erase(now_.open, closing);
    }

    void get(const statement& s, trace& seen) {
        throw_pending();
        const opening from = opening_of(s.scope);
        const bool was_quiet = quiet_;
        quiet_ = !is_innermost(s.scope, s.name, s.number);
        const int id = find_or_create(s, from);
        quiet_ = was_quiet;
        if (id < 0) {
            const extents shape = s.what == does::get && s.shape ? *s.shape : extents{};
            const element dtype = asked_dtype(s, from) == element::unsaid ? element::float32 : asked_dtype(s, from);
            now_.values[s.number] = {true, shape, dtype};
            see(seen, seen_variable{.statement = s.number, .shape = shape, .dtype = dtype});
            return;
        }
        const made_variable& v = now_.variables[index(id)];
        now_.values[s.number] = {false, v.shape, v.dtype};
        see(seen, {s.number, v.path, id, v.shape, v.dtype, v.trainable, v.initializer, v.uses});
    }

    static element asked_dtype(const statement& s, const opening& from) {
        return s.what == does::get && s.dtype != element::unsaid ? s.dtype : from.dtype;
    }

    int find_or_create(const statement& s, const opening& from) {
        const std::string path = joined(from.prefix, s.name);
        if (!is_legal(path)) return tell({"invalid_name", s.name, "", 0, s.number});
        const std::optional<extents> shape = s.what == does::get ? s.shape : std::nullopt;
        const element dtype = asked_dtype(s, from);
        if (const auto found = now_.variable_at.find(path); found != now_.variable_at.end()) {
            made_variable& had = now_.variables[index(found->second)];
            std::string mistake;
            if (from.flag == create) mistake = "variable_exists";
            else if (shape && *shape != had.shape) mistake = "shape_mismatch";
            else if (dtype != element::unsaid && dtype != had.dtype) mistake = "dtype_mismatch";
            if (!mistake.empty()) tell({mistake, path, "", had.made, s.number});
            else ++had.uses;
            return found->second;
        }
        if (from.flag == reuse) return tell({"variable_missing", path, "", 0, s.number});
        if (!shape) return tell({"shape_needed", path, "", 0, s.number});
        for (const int extent : *shape)
            if (extent < 1) return tell({"invalid_shape", path, "", 0, s.number});
        const element type = dtype == element::unsaid ? element::float32 : dtype;
        const bool is_floating = type != element::int32;
        const filling asked = s.initializer != filling::unsaid ? s.initializer : from.initializer;
        if ((asked == filling::list_of_three && elements(*shape) != 3) ||
            (!is_floating && (asked == filling::half || asked == filling::normal || asked == filling::glorot)))
            return tell({"initializer_unfit", path, "", 0, s.number});
        const filling own = asked != filling::unsaid ? asked : is_floating ? filling::glorot : filling::zeros;
        now_.variables.push_back({path, *shape, type, own, s.trainable.value_or(from.trainable), s.number, 1});
        return now_.variable_at[path] = static_cast<int>(now_.variables.size()) - 1;
    }

    void op(const statement& s, trace& seen) {
        throw_pending();
        const std::string base = !s.name.empty() ? s.name : s.what == does::relu ? "relu" : "add";
        const std::string path = joined(innermost().op_scope, base);
        value result;
        for (const int operand : s.operands) result.inert = result.inert || now_.values.at(operand).inert;
        if (!result.inert) result = result_of(s, base, path);
        std::string name;
        if (!result.inert) now_.op_names.insert(name = free_op_name(path));
        now_.values[s.number] = result;
        see_tensor(seen, s.number, name);
    }

    value result_of(const statement& s, const std::string& base, const std::string& path) {
        const auto refused = [&](const std::string& kind, const std::string& subject) {
            tell({kind, subject, "", 0, s.number});
            return value{true};
        };
        // What the name scope is called was judged when it was opened.
        if (!is_legal(innermost().op_scope.empty() ? base : "scope/" + base)) return refused("invalid_name", base);
        value result = now_.values.at(s.operands.at(0));
        for (const int operand : s.operands) {
            const value& other = now_.values.at(operand);
            if (other.dtype != result.dtype) return refused("op_dtype", path);
            const std::optional<extents> both = broadcast(result.shape, other.shape);
            if (!both) return refused("op_shape", path);
            result.shape = *both;
        }
        return result;
    }

    // ---- names ----------------------------------------------------------------------------------------------------

    static std::string joined(const std::string& prefix, const std::string& name) {
        return prefix.empty() ? name : prefix + '/' + name;
    }
    static std::string path_or_root(const std::string& prefix) { return prefix.empty() ? "(root)" : prefix; }

    static bool is_legal(const std::string& path) {
        const std::string letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
        if (path.empty() || path.find_first_not_of(letters + "_.-/") != std::string::npos) return false;
        if ((letters + '.').find(path.front()) == std::string::npos) return false;
        return path.find("//") == std::string::npos && path.back() != '/';
    }

    std::string free_op_name(const std::string& wanted) const {
        const auto is_free = [&](const std::string& n) { return now_.op_names.count(n) + now_.variable_at.count(n) == 0; };
        std::string name = wanted;
        for (int k = 1; !is_free(name); ++k) name = wanted + '_' + std::to_string(k);
        return name;
    }

    // ---- shapes ---------------------------------------------------------------------------------------------------

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
        now_.mistakes.push_back(m);
        return -1;
    }

    void throw_pending() const {
        if (!now_.pending.empty()) throw thrown{now_.pending.front()};
    }

    bool is_innermost(int number, const std::string& name, int statement) {
        if (now_.open.back() == now_.opening_of.at(number)) return true;
        tell({"scope_out_of_order", name, path_or_root(innermost().prefix), 0, statement});
        return false;
    }

    void see_mistakes(trace& seen, int statement, bool after_block, int told) const {
        if (mistakes() == told) return;
        see_count(seen, statement, after_block, mistakes());
        for (int i = told; i < mistakes(); ++i) see(seen, statement, after_block, i, now_.mistakes[index(i)]);
    }

    // ---- what is there --------------------------------------------------------------------------------------------

    static std::size_t index(int i) { return static_cast<std::size_t>(i); }
    opening& opening_of(int number) { return now_.openings[index(now_.opening_of.at(number))]; }
    const opening& innermost() const { return now_.openings[index(now_.open.back())]; }

    after_mistake policy_;
    state now_;
    bool quiet_ = false;
};

namespace detail {
inline void run_block(scope_rules_model& model, const std::vector<statement>& body, trace& seen) {
    for (const statement& s : body) {
        if (!model.enter(s, seen) || !has_block(s)) continue;
        run_block(model, s.body, seen);
        model.leave(s, seen);
    }
}
}  // namespace detail

/// What the rules say about a program.
inline trace wanted_of(const program& p, after_mistake policy) {
    scope_rules_model model(policy);
    trace seen;
    detail::run_block(model, p.body, seen);
    model.finish(seen);
    return seen;
}

}  // namespace ambit_test
