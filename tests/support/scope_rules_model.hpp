// SPDX-License-Identifier: BSL-1.0
// The rules of scopes once more, from their description (DESIGN: "The rules of scopes") and TensorFlow 1.15, for tests
// to compare ambit with. It shares nothing with ambit: strings, maps, and no regard for speed.
//
//     trace wanted = wanted_of(p, after_mistake::goes_on);
#pragma once

#include "scope_state_model.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

namespace ambit_test {

class scope_rules_model : scope_state_model {
public:
    using scope_state_model::mistakes;
    using scope_state_model::scope_state_model;

    /// Carries out a statement; answers whether its block, if it has one, is to be run.
    bool enter(const statement& s, trace& seen) {
        if (!has_operands(s)) return false;  // what it needs threw
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

    void finish(trace& seen) {
        if (!now_.pending.empty()) see_thrown(seen, 0, now_.pending.front());
        see_variable_count(seen, static_cast<int>(now_.variables.size()));
        for (const collection c : all_collections) see_collection(seen, at_the_end(c), members(c, "", ""));
    }

private:
    bool has_operands(const statement& s) const {
        if (s.what == does::call_template) return now_.templates.count(s.other) > 0;
        return std::all_of(s.operands.begin(), s.operands.end(),
                           [&](int n) { return now_.values.count(n) > 0; }) ||
               s.what == does::make_template;
    }

    void carry_out(const statement& s, trace& seen) {
        switch (s.what) {
            case does::open:
            case does::open_default: open(s, seen); break;
            case does::jump: jump(s, seen); break;
            case does::name_scope:
            case does::name_scope_of: open_names(s, seen); break;
            case does::make_template:
                now_.templates[s.number] = {s, -1, false};
                if (s.at_once) fix_template(s.number, s);
                break;
            case does::call_template: call(s, seen); break;
            case does::close:
                close(s.scope);
                see_innermost(seen, s.number, false, innermost().prefix);
                break;
            case does::get:
            case does::get_by_name:
            case does::get_value:
            case does::get_local: get(s, seen); break;
            case does::variable:
            case does::unnamed:
            case does::value: make_variable(s, seen); break;
            case does::set_on_scope: set_defaults(opening_of(s.scope), s.says); break;
            case does::set_on_handle: set_defaults(opening_at(now_.handles[index(s.handle)]), s.says); break;
            case does::unique_name: unique_name(s, seen); break;
            case does::current_names: see_text(seen, s.number, with_slash(name_scope())); break;
            case does::relu:
            case does::add: op(s, seen); break;
            case does::reuse_scope:
                opening_of(s.scope).flag = reuse;
                see_opening(seen, s.number, self('s', s.scope), opening_of(s.scope));
                break;
            case does::reuse_handle:
                opening_at(now_.handles[index(s.handle)]).flag = reuse;
                see_handle(s, seen);
                break;
            case does::take_handle:
                now_.handles[index(s.handle)] = now_.opening_of.at(s.scope);
                see_handle(s, seen);
                break;
            case does::take_current:
                now_.handles[index(s.handle)] = innermost_index();
                see_handle(s, seen);
                break;
            case does::collect:
            case does::add_loss: collect(s); break;
            case does::query: see_collection(seen, s, members(s.from, opening_of(s.scope).prefix, s.name)); break;
        }
    }

    static void see_opening(trace& seen, int statement, const std::string& me, const opening& o) {
        see(seen, seen_scope{statement, me, o.prefix, with_slash(o.original), o.flag});
    }
    void see_handle(const statement& s, trace& seen) {
        see_opening(seen, s.number, self('h', s.handle), opening_at(now_.handles[index(s.handle)]));
    }

    // ---- scopes ---------------------------------------------------------------------------------------------------

    void open(const statement& s, trace& seen) {
        throw_pending();
        const bool is_default = s.what == does::open_default;
        const bool quiet = !is_innermost(s.scope, is_default ? "" : s.name, s.number);
        opening inner = opening_of(s.scope);
        inner.by_handle = false;
        inner.op_scope = inner.original = name_scope();
        inner.stands_in = !is_legal(joined(inner.prefix, s.name));
        if (!inner.stands_in) {
            inner.prefix = joined(inner.prefix, s.name);
            // What cannot begin a path at the top has the name scope of its variables there.
            const std::string beside = joined(name_scope(), s.name);
            const std::string names = is_legal(beside) ? beside : inner.prefix;
            if (is_default)
                inner.prefix =
                    free_name(inner.prefix, [&](const std::string& n) { return now_.count_of[n] > 0; });
            ++now_.count_of[inner.prefix];
            if (!s.says.no_names) inner.op_scope = inner.original = take_scope_name(names);
        } else if (!quiet) {
            tell({"invalid_name", s.name, "", 0, s.number});
        }
        push(s.number, inner, s.says);
        see_opening(seen, s.number, self('s', s.number), opening_of(s.number));
    }

    void jump(const statement& s, trace& seen) {
        throw_pending();
        static_cast<void>(is_innermost(s.scope, "", s.number));
        reopen(s.number, now_.handles[index(s.handle)], s.says);
        see_opening(seen, s.number, self('s', s.number), opening_of(s.number));
    }

    void reopen(int number, int handle, const options& says) {
        opening again = opening_at(handle);
        again.by_handle = true;
        again.stands_in = false;
        again.op_scope = name_scope();
        ++now_.count_of[again.prefix];
        again.counts_then = now_.count_of;
        push(number, again, says);
    }

    void open_names(const statement& s, trace& seen) {
        throw_pending();
        const std::string name =
            s.what == does::name_scope ? s.name : with_slash(opening_of(s.other).original);
        const bool quiet = !is_innermost(s.scope, name, s.number);
        opening inner;
        inner.names_only = true;
        inner.op_scope = name_scope();
        const bool is_absolute = !name.empty() && name.back() == '/';
        const std::string path = is_absolute ? without_slash(name) : joined(inner.op_scope, name);
        if (name.empty())
            inner.op_scope.clear();
        else if (!is_legal(path))
            quiet ? 0 : tell({"invalid_name", name, "", 0, s.number});
        else
            inner.op_scope = is_absolute ? path : take_scope_name(path);
        push(s.number, inner, {});
        see_name_scope(seen, s.number, with_slash(opening_of(s.number).op_scope));
    }

    // What was opened before keeps what it inherited.
    static void set_defaults(opening& o, const options& says) {
        if (says.initializer != filling::unsaid) o.says.initializer = says.initializer;
        if (says.dtype != element::unsaid) o.says.dtype = says.dtype;
        if (says.regularizer != regularizing::unsaid) o.says.regularizer = says.regularizer;
        if (says.getter != getting::unsaid) o.getters = {says.getter};
    }

    void unique_name(const statement& s, trace& seen) {
        throw_pending();
        const std::string path = joined(name_scope(), s.name);
        if (is_legal(path)) return see_text(seen, s.number, take_scope_name(path));
        tell({"invalid_name", s.name, "", 0, s.number});
        see_text(seen, s.number, "");
    }

    // Where a template's variables are is settled when it is made or first called.
    void fix_template(int number, const statement& asked) {
        throw_pending();
        made_template& t = now_.templates.at(number);
        static_cast<void>(is_innermost(asked.scope, t.made.name, asked.number));
        opening own = opening_of(asked.scope);
        own.prefix = joined(own.prefix, t.made.name);
        if (!t.made.exact)
            own.prefix = free_name(own.prefix, [&](const std::string& n) { return now_.count_of[n] > 0; });
        ++now_.count_of[own.prefix];
        forget_counts_below(own.prefix);
        t.handle = static_cast<int>(now_.openings.size());
        now_.openings.push_back(own);
    }

    void call(const statement& s, trace& seen) {
        throw_pending();
        made_template& t = now_.templates.at(s.other);
        const bool is_first = t.handle < 0;
        if (is_first) fix_template(s.other, s);
        const std::string prefix = opening_at(t.handle).prefix;
        const std::string component = prefix.substr(prefix.rfind('/') + 1);
        if (!is_first) static_cast<void>(is_innermost(s.scope, component, s.number));
        const int handle = t.handle;
        opening names;
        names.names_only = true;
        names.op_scope = take_scope_name(joined(name_scope(), component));
        push(-s.number, names, {});
        reopen(t.made.number, handle, {.reuse = t.was_called ? says_reuse::yes : says_reuse::nothing});
        trace unseen;  // the function's own statements are run in every call: only its result is seen
        run_quietly(t.made.body, unseen);
        close(t.made.number);
        close(-s.number);
        made_template& after = now_.templates.at(s.other);
        after.was_called = true;
        now_.values[s.number] = now_.values.at(after.made.operands.at(0));
        see_value(s.number, seen);
    }

    void run_quietly(const std::vector<statement>& body, trace& unseen) {
        for (const statement& s : body) {
            carry_out(s, unseen);
            if (!has_block(s)) continue;
            run_quietly(s.body, unseen);
            close(s.number);
        }
    }

    // ---- variables ------------------------------------------------------------------------------------------------

    void get(const statement& s, trace& seen) {
        throw_pending();
        const opening from = opening_of(s.scope);
        request r{s.name, joined(from.prefix, s.name), std::nullopt, s.says};
        if (s.what == does::get_by_name)
            r.says = {};
        else
            r.shape = s.shape;
        r.local = s.what == does::get_local;
        if (s.what == does::get_value) r.given = shape_of_value(s), r.given_dtype = dtype_of_value(s);
        for (const getting g : from.getters) {
            if (g == getting::p) r.path += "_p";
            if (g == getting::q) r.path += "_q";
            if (g == getting::freeze) r.says.trainable = false;
            r.name = r.path;
        }
        if (r.says.dtype == element::unsaid && !r.given) r.says.dtype = from.says.dtype;
        if (r.says.initializer == filling::unsaid) r.says.initializer = from.says.initializer;
        if (!r.says.trainable) r.says.trainable = from.says.trainable;
        if (r.says.regularizer == regularizing::unsaid) r.says.regularizer = from.says.regularizer;
        if (r.says.constraint == constraining::unsaid) r.says.constraint = from.says.constraint;
        const bool was_quiet = quiet_;
        quiet_ = !is_innermost(s.scope, r.name, s.number) || was_quiet;
        keep(s, r, find_or_create(s, r, from.flag), seen);
        quiet_ = was_quiet;
    }

    int find_or_create(const statement& s, request& r, mode flag) {
        if (!is_legal(r.path)) return tell({"invalid_name", r.name, "", 0, s.number});
        const auto found = now_.variable_at.find(r.path);
        if (found == now_.variable_at.end()) {
            if (flag == reuse) return tell({"variable_missing", r.path, "", 0, s.number});
            if (r.given) r.shape = r.given, r.says.dtype = r.given_dtype;
            if (!r.shape) return tell({"shape_needed", r.path, "", 0, s.number});
            return create(s, r, r.path);
        }
        made_variable& had = now_.variables[index(found->second)];
        const bool shape_agrees = !r.shape || *r.shape == had.shape;
        const bool dtype_agrees = r.says.dtype == element::unsaid || r.says.dtype == had.dtype;
        std::string mistake;
        if (had.by_variable)
            mistake = flag == reuse ? "variable_missing" : "variable_exists";
        else if (flag == create_only)
            mistake = "variable_exists";
        else if (!shape_agrees)
            mistake = "shape_mismatch";
        else if (!dtype_agrees)
            mistake = "dtype_mismatch";
        if (mistake.empty())
            ++had.uses;
        else
            tell({mistake, r.path, "", had.made, s.number});
        if (mistake == "variable_missing") return -1;
        if (shape_agrees && dtype_agrees) return found->second;
        if (!r.shape) r.shape = had.shape;
        if (r.says.dtype == element::unsaid) r.says.dtype = had.dtype;
        return -1;
    }

    void make_variable(const statement& s, trace& seen) {
        throw_pending();
        request r{s.name, joined(name_scope(), s.name), s.shape, s.says};
        if (gives_value(s)) r.shape = shape_of_value(s), r.says.dtype = dtype_of_value(s);
        const bool was_quiet = quiet_;
        quiet_ = !is_innermost(s.scope, s.name, s.number) || was_quiet;
        const std::string path =
            free_name(r.path, [&](const std::string& n) { return now_.variable_at.count(n) > 0; });
        const int id =
            is_legal(r.path) ? create(s, r, path) : tell({"invalid_name", s.name, "", 0, s.number});
        if (id >= 0) now_.variables[index(id)].by_variable = true;
        keep(s, r, id, seen);
        quiet_ = was_quiet;
    }

    int create(const statement& s, const request& r, const std::string& path) {
        for (const int extent : *r.shape)
            if (extent < 1) return tell({"invalid_shape", path, "", 0, s.number});
        const element type = r.says.dtype == element::unsaid ? element::float32 : r.says.dtype;
        const bool is_floating = type != element::int32;
        const filling asked = r.says.initializer;
        if ((asked == filling::list_of_three && elements(*r.shape) != 3) ||
            (!is_floating && (asked == filling::half || asked == filling::normal)))
            return tell({"initializer_unfit", path, "", 0, s.number});
        const filling own = asked != filling::unsaid ? asked : is_floating ? filling::glorot : filling::zeros;
        const constraining bound =
            r.says.constraint == constraining::unsaid ? constraining::none : r.says.constraint;
        const int id = static_cast<int>(now_.variables.size());
        now_.variables.push_back({path, *r.shape, type, own, bound,
                                  r.says.trainable.value_or(true) && !r.local, r.local, s.number, 1});
        now_.variable_at[path] = id;
        if (r.says.collected) now_.mine.push_back(path);
        if (r.says.regularizer == regularizing::sum)
            now_.regularization.push_back(take_op_name(path + "/Regularizer/reduce_sum"));
        if (r.says.regularizer == regularizing::maximum)
            now_.regularization.push_back(take_op_name(path + "/Regularizer/reduce_max"));
        return id;
    }

    void keep(const statement& s, const request& r, int id, trace& seen) {
        value made{true, id, r.shape.value_or(extents{}), r.says.dtype};
        if (made.dtype == element::unsaid) made.dtype = element::float32;
        if (id >= 0) made = {false, id, now_.variables[index(id)].shape, now_.variables[index(id)].dtype};
        made.is_variable = true;
        now_.values[s.number] = made;
        see_value(s.number, seen);
    }

    void see_value(int statement, trace& seen) const {
        const value& made = now_.values.at(statement);
        seen_variable v{.statement = statement, .id = made.id, .shape = made.shape, .dtype = made.dtype};
        if (made.id >= 0) {
            const made_variable& m = now_.variables[index(made.id)];
            v = {statement,   m.path,  made.id,       m.shape,      m.dtype,
                 m.trainable, m.local, m.initializer, m.constraint, m.uses};
        }
        see(seen, v);
    }

    // ---- ops and collections --------------------------------------------------------------------------------------

    void op(const statement& s, trace& seen) {
        throw_pending();
        const std::string base = !s.name.empty() ? s.name : s.what == does::relu ? "relu" : "add";
        const bool is_whole = base.back() == '/';
        const std::string path = is_whole ? without_slash(base) : joined(name_scope(), base);
        value result;
        for (const int operand : s.operands) result.inert = result.inert || now_.values.at(operand).inert;
        if (!result.inert) result = result_of(s, base, path);
        if (!result.inert) result.op_name = is_whole ? take_whole_name(path) : take_op_name(path);
        now_.values[s.number] = result;
        see_tensor(seen, s.number, result.op_name);
    }

    value result_of(const statement& s, const std::string& base, const std::string& path) {
        const auto refused = [&](const std::string& kind, const std::string& subject) {
            tell({kind, subject, "", 0, s.number});
            return value{true};
        };
        if (!is_legal(path)) return refused("invalid_name", base);
        value result{false, -1, now_.values.at(s.operands.at(0)).shape,
                     now_.values.at(s.operands.at(0)).dtype};
        for (const int operand : s.operands) {
            const value& other = now_.values.at(operand);
            if (other.dtype != result.dtype) return refused("op_dtype", path);
            const std::optional<extents> both = broadcast(result.shape, other.shape);
            if (!both) return refused("op_shape", path);
            result.shape = *both;
        }
        return result;
    }

    void collect(const statement& s) {
        throw_pending();
        const value& v = now_.values.at(s.operands.at(0));
        if (v.inert) return;
        const std::string path = v.is_variable ? now_.variables[index(v.id)].path : v.op_name;
        if (s.what == does::add_loss || s.from == collection::losses)
            now_.losses.push_back(path);  // a variable is read
        else if (s.from == collection::regularization)
            now_.regularization.push_back(path);
        else if (s.from == collection::mine)
            (v.is_variable ? now_.mine : now_.my_tensors).push_back(path);
        else if (!v.is_variable)
            tell({"collection_member", name_of(s.from), "", 0, s.number});
        else if (!belongs(now_.variables[index(v.id)], s.from)) {
            std::vector<std::string>& all = now_.added[s.from];
            if (std::find(all.begin(), all.end(), path) == all.end()) all.push_back(path);
        }
    }

    static bool belongs(const made_variable& v, collection to) {
        return to == collection::trainable ? v.trainable : v.local == (to == collection::local);
    }

    /// Those below the scope, at or below the prefix there.
    std::vector<std::string> members(collection from, const std::string& scope, const std::string& prefix) const {
        std::vector<std::string> all;
        switch (from) {
            case collection::regularization: all = now_.regularization; break;
            case collection::losses: all = now_.losses; break;
            case collection::mine: all = now_.mine; break;
            case collection::my_tensors: all = now_.my_tensors; break;
            default:
                for (const made_variable& v : now_.variables)
                    if (belongs(v, from)) all.push_back(v.path);
                if (const auto added = now_.added.find(from); added != now_.added.end())
                    all.insert(all.end(), added->second.begin(), added->second.end());
        }
        const std::string wanted = prefix.empty() ? scope : joined(scope, prefix);
        std::erase_if(all, [&](const std::string& path) {
            return !is_below(path, wanted) || (path == scope && !scope.empty());
        });
        for (std::string& path : all) path += ":0";
        return all;
    }
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
