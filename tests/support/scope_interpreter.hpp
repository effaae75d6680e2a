// SPDX-License-Identifier: BSL-1.0
// Runs a program of scopes against ambit at run time: every block is a call, so that scopes live and die as in C++. The
// program is what a module does, on a builder of its own or on a registry.
//
//     trace seen = seen_by_ambit(p, on_mistake::collect);
//     build(reg, [&](scope& s, tensor x) { seen = seen_by_ambit(p, s, x, on_mistake::raise); return x; }, inputs);
#pragma once

#include <ambit/graph/builder.hpp>
#include <ambit/graph/collect.hpp>
#include <ambit/ops/all.hpp>
#include <ambit/scope/scope.hpp>
#include <ambit/scope/template.hpp>

#include "lines.hpp"
#include "scope_functions.hpp"
#include "scope_observations.hpp"
#include "scope_trace.hpp"

#include <array>
#include <initializer_list>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace ambit_test {

class scope_interpreter {
public:
    scope_interpreter(ambit::scope& root, const ambit::tensor& x, ambit::mistake_parts::on_mistake policy)
        : policy_(policy), builder_(*x.builder()), root_(root), handles_(handles, root_.handle()) {
        scopes_[0] = &root_;
        tensors_[0] = x;
    }

    trace run(const program& p) {
        run_block(p.body);
        try {
            builder_.finish();
        } catch (const ambit::model_error& e) {
            see_thrown(seen_, 0, std::string(name_of(e.kind())));
        }
        see_variable_count(seen_, builder_.variable_count());
        for (const collection c : all_collections)
            see_collection(seen_, at_the_end(c), members(at_the_end(c), root_));
        return seen_;
    }

private:
    void run_block(const std::vector<statement>& body) {
        for (const statement& s : body) {
            if (s.number >= line_count) throw std::out_of_range("a program has more statements than lines");
            if (!are_there(s)) continue;
            try {
                run_statement(s);
            } catch (const ambit::model_error& e) {
                if (is_unseen_) throw;
                see_thrown(seen_, s.number, std::string(name_of(e.kind())));
            }
        }
    }

    void run_statement(const statement& s) {
        if (const auto names = name_scopes_.find(s.scope); names != name_scopes_.end()) {
            names->second->close();
            see_innermost(seen(), s.number, false, text(root_.current().name()));
            return see_mistakes(s.number, false);
        }
        ambit::scope& from = *scopes_.at(s.scope);
        const std::source_location at = line_of(s.number);
        switch (s.what) {
            case does::open: {
                auto inner = from.variable_scope(s.name, scope_options_of(s), at);
                return run_scope(s, inner);
            }
            case does::open_default: {
                auto inner = from.variable_scope(scope_options_of(s), at);
                return run_scope(s, inner);
            }
            case does::jump: {
                auto inner = from.variable_scope(handle_of(s), scope_options_of(s), at);
                return run_scope(s, inner);
            }
            case does::name_scope: {
                auto inner = from.name_scope(s.name, at);
                return run_name_scope(s, inner);
            }
            case does::name_scope_of: {
                auto inner = from.name_scope(scopes_.at(s.other)->original_name_scope(), at);
                return run_name_scope(s, inner);
            }
            case does::make_template: templates_.insert_or_assign(s.number, template_of(s, from)); break;
            case does::call_template: see_variable(s.number, templates_.at(s.other)({from, at})); break;
            case does::close:
                from.close();
                see_innermost(seen(), s.number, false, text(root_.current().name()));
                break;
            case does::get:
            case does::get_by_name:
            case does::get_local:
            case does::get_value:
            case does::variable:
            case does::unnamed:
            case does::value: see_variable(s.number, variable_of(s, from)); break;
            case does::relu:
            case does::add: {
                const ambit::tensor t = tensor_of(s);
                tensors_[s.number] = t;
                see_tensor(seen(), s.number, builder_.is_inert(t.id()) ? "" : text(t.op_name()));
                break;
            }
            case does::set_on_scope: set_defaults(from, s.says); break;
            case does::set_on_handle: set_defaults(handle_of(s), s.says); break;
            case does::unique_name: see_text(seen(), s.number, text(from.unique_op_name(s.name, {}, at))); break;
            case does::current_names: see_text(seen(), s.number, text(from.current_name_scope())); break;
            case does::reuse_scope:
                from.reuse_variables();
                see_scope(s.number, self('s', s.scope), from);
                break;
            case does::reuse_handle: handle_of(s).reuse_variables(); break;
            case does::take_handle: handle_of(s) = from.handle(); break;
            case does::take_current: handle_of(s) = from.current(); break;
            case does::collect:
                if (const int v = s.operands.at(0); variables_.count(v) > 0)
                    from.add_to_collection(name_of(s.from), variables_.at(v), at);
                else
                    from.add_to_collection(name_of(s.from), tensors_.at(v), at);
                break;
            case does::add_loss: from.add_loss(tensors_.at(s.operands.at(0)), at); break;
            case does::query: see_collection(seen(), s, members(s, from)); break;
        }
        if (s.what == does::reuse_handle || s.what == does::take_handle || s.what == does::take_current)
            see_scope(s.number, self('h', s.handle), handle_of(s));
        see_mistakes(s.number, false);
    }

    // The scope lives in the caller, for as long as its block.
    void run_scope(const statement& s, ambit::scope& inner) {
        scopes_[s.number] = &inner;
        see_scope(s.number, self('s', s.number), inner);
        run_inside(s, inner);
    }
    void run_name_scope(const statement& s, ambit::name_scope& inner) {
        name_scopes_[s.number] = &inner;
        see_name_scope(seen(), s.number, text(inner.name()));
        run_inside(s, inner);
    }
    // `close` is what the destructor does: what it finds is seen here.
    template <class Scope> void run_inside(const statement& s, Scope& inner) {
        see_mistakes(s.number, false);
        run_block(s.body);
        inner.close();
        see_mistakes(s.number, true);
        see_innermost(seen(), s.number, true, text(root_.current().name()));
    }

    // What a template of the program runs: its own statements are not seen, only its result is.
    struct function {
        scope_interpreter* self;
        const statement* made;
        ambit::variable operator()(ambit::scope& s) const {
            self->scopes_[made->number] = &s;
            struct unseen {
                explicit unseen(bool& flag) : flag_(flag) { flag_ = true; }
                ~unseen() { flag_ = false; }
                bool& flag_;
            } const quiet(self->is_unseen_);
            self->run_block(made->body);
            return self->variables_.at(made->operands.at(0));
        }
    };

    ambit::scope_template<function> template_of(const statement& s, ambit::scope& from) {
        ambit::template_options options;
        if (s.exact) options.unique_name = s.name;
        const std::string_view name = s.exact ? "ignored" : std::string_view(s.name);
        if (s.at_once)
            return ambit::make_template(from, name, function{this, &s}, options, line_of(s.number));
        return ambit::make_template(name, function{this, &s}, options);
    }

    ambit::variable variable_of(const statement& s, ambit::scope& from) {
        const std::source_location at = line_of(s.number);
        if (s.what == does::get_by_name) return from.get_variable(s.name, at);
        if (gives_value(s)) {
            if (s.says.initializer == filling::half) return variable_of_value(s, from, 0.5f);
            if (s.says.initializer == filling::ones) return variable_of_value(s, from, 1);
            return variable_of_value(s, from, std::array<double, 3>{1, 2, 3});
        }
        ambit::variable_options options{.initializer = to_option(initializer_of(s.says.initializer)),
                                        .dtype = dtype_of(s.says.dtype),
                                        .trainable = to_option(s.says.trainable),
                                        .regularizer = regularizer_of(s.says.regularizer),
                                        .constraint = constraint_of(s.says.constraint)};
        const std::initializer_list<std::string_view> mine{"mine", "mine"};
        if (s.says.collected) options.collections = mine;
        if (!s.shape) return from.get_variable(s.name, ambit::any_shape, options, at);
        ambit::shape wanted;
        for (const int extent : *s.shape) wanted.append(extent);
        if (s.what == does::get_local) return from.get_local_variable(s.name, wanted, options, at);
        if (s.what == does::variable) return from.variable(s.name, wanted, options, at);
        return from.get_variable(s.name, wanted, options, at);
    }

    template <class Value>
    static ambit::variable variable_of_value(const statement& s, ambit::scope& from, const Value& value) {
        const std::source_location at = line_of(s.number);
        if (s.what == does::get_value) return from.get_variable(s.name, value, {}, at);
        return s.what == does::unnamed ? from.variable(value, {}, at) : from.variable(s.name, value, {}, at);
    }

    static void set_defaults(ambit::scope_handle& of, const options& says) {
        if (says.initializer != filling::unsaid) of.set_initializer(*initializer_of(says.initializer));
        if (says.dtype != element::unsaid) of.set_dtype(dtype_of(says.dtype));
        if (says.regularizer == regularizing::none) of.set_regularizer(ambit::no_regularizer);
        if (says.regularizer == regularizing::sum) of.set_regularizer(summed);
        if (says.regularizer == regularizing::maximum) of.set_regularizer(greatest);
        if (says.getter != getting::unsaid) of.set_custom_getter(*getter_of(says.getter));
    }

    std::vector<std::string> members(const statement& s, ambit::scope& from) const {
        switch (s.from) {
            case collection::global: return names(from.global_variables(s.name));
            case collection::trainable: return names(from.trainable_variables(s.name));
            case collection::local: return names(from.local_variables(s.name));
            case collection::regularization: return names(from.regularization_losses(s.name));
            case collection::losses: return names(from.losses(s.name));
            case collection::mine: return names(from.get_collection<ambit::variable>("mine", s.name));
            case collection::my_tensors: return names(from.get_collection<ambit::tensor>("mine", s.name));
        }
        return {};
    }
    template <class Member> static std::vector<std::string> names(const ambit::core_parts::buffer<Member>& all) {
        std::vector<std::string> found;
        for (int i = 0; i < all.size(); ++i) found.push_back(text(all[i].name()));
        return found;
    }

    ambit::tensor tensor_of(const statement& s) {
        if (s.what == does::relu) return relu(operand(s.operands.at(0)), {.name = s.name}, line_of(s.number));
        const ambit::tensor left = operand(s.operands.at(0));
        const ambit::tensor right = operand(s.operands.at(1));
        return add(left, right, {.name = s.name}, line_of(s.number));
    }

    // What threw made nothing.
    bool are_there(const statement& s) const {
        if (s.what == does::make_template) return true;
        for (const int number : s.operands)
            if (variables_.count(number) + tensors_.count(number) == 0) return false;
        return true;
    }
    ambit::tensor operand(int number) const {
        const auto found = variables_.find(number);
        return found != variables_.end() ? ambit::tensor(found->second) : tensors_.at(number);
    }

    // ---- values ---------------------------------------------------------------------------------------------------

    static constexpr std::pair<element, ambit::dtype> dtypes[] = {{element::unsaid, ambit::dtype::none},
                                                                  {element::float32, ambit::float32},
                                                                  {element::float64, ambit::float64},
                                                                  {element::int32, ambit::int32}};
    static ambit::dtype dtype_of(element e) {
        for (const auto& [ours, theirs] : dtypes)
            if (ours == e) return theirs;
        throw std::logic_error("no dtype");
    }
    static element element_of(ambit::dtype d) {
        for (const auto& [ours, theirs] : dtypes)
            if (theirs == d) return ours;
        throw std::logic_error("a dtype that no program asks for");
    }

    static std::optional<ambit::initializer> initializer_of(filling f) {
        static constexpr double list[] = {1, 2, 3};
        switch (f) {
            case filling::unsaid: break;
            case filling::zeros: return ambit::zeros();
            case filling::ones: return ambit::ones();
            case filling::half: return ambit::constant(0.5);
            case filling::list_of_three: return ambit::constant(list);
            case filling::normal: return ambit::random_normal();
            case filling::glorot: return ambit::glorot_uniform();
        }
        return std::nullopt;
    }
    filling filling_of(const ambit::variable& v) const {
        using enum filling;
        for (const filling f : {zeros, ones, half, list_of_three, normal, glorot})
            if (filled_with(builder_, v, *initializer_of(f))) return f;
        return unsaid;
    }

    template <class T> static ambit::scope_parts::option<T> to_option(const std::optional<T>& value) {
        return value ? ambit::scope_parts::option<T>(*value) : ambit::scope_parts::option<T>();
    }
    static ambit::regularizer_option regularizer_of(regularizing r) {
        if (r == regularizing::unsaid) return {};
        return r == regularizing::none ? ambit::no_regularizer : r == regularizing::sum ? summed : greatest;
    }
    static ambit::constraint_option constraint_of(constraining c) {
        if (c == constraining::unsaid) return {};
        return c == constraining::none ? ambit::no_constraint : c == constraining::half ? by_half : by_two;
    }
    static ambit::scope_parts::option<ambit::custom_getter> getter_of(getting g) {
        if (g == getting::unsaid) return {};
        return g == getting::p ? &renamed_p : g == getting::q ? &renamed_q : &frozen;
    }

    static ambit::scope_options scope_options_of(const statement& s) {
        ambit::scope_options options{.initializer = to_option(initializer_of(s.says.initializer)),
                                     .dtype = dtype_of(s.says.dtype),
                                     .trainable = to_option(s.says.trainable),
                                     .regularizer = regularizer_of(s.says.regularizer),
                                     .constraint = constraint_of(s.says.constraint),
                                     .custom_getter = getter_of(s.says.getter)};
        if (s.what == does::open_default) options.default_name = s.name;
        options.auxiliary_name_scope = !s.says.no_names;
        if (s.says.reuse == says_reuse::no) options.reuse = false;
        if (s.says.reuse == says_reuse::yes) options.reuse = true;
        if (s.says.reuse == says_reuse::automatic) options.reuse = ambit::auto_reuse;
        return options;
    }

    static std::string text(const ambit::core_parts::short_text& t) { return std::string(t.view()); }
    static int mode(ambit::scope_parts::reuse_mode m) { return static_cast<int>(m); }
    ambit::scope_handle& handle_of(const statement& s) {
        return handles_[static_cast<std::size_t>(s.handle)];
    }

    // ---- observations ---------------------------------------------------------------------------------------------

    // Those of a template's function are not seen.
    trace& seen() { return is_unseen_ ? unseen_ : seen_; }

    void see_variable(int statement, const ambit::variable& v) {
        variables_.insert_or_assign(statement, v);
        seen_variable s{.statement = statement, .id = v.id(), .dtype = element_of(v.dtype())};
        const std::string name = text(v.name());
        s.path = name.substr(0, name.rfind(":0"));
        for (int axis = 0; axis < v.shape().rank(); ++axis)
            s.shape.push_back(static_cast<int>(v.shape()[axis]));
        if (v.id() >= 0) {
            const double parameter = builder_.constraint_of(v.id()).parameter;
            s.trainable = v.is_trainable();
            s.local = v.is_local();
            s.uses = builder_.variable_at(v.id()).uses;
            s.initializer = filling_of(v);
            if (parameter > 0) s.constraint = parameter > 1 ? constraining::two : constraining::half;
        }
        see(seen(), s);
    }

    template <class Scope> void see_scope(int statement, const std::string& me, const Scope& s) {
        see(seen(),
            seen_scope{statement, me, text(s.name()), text(s.original_name_scope()), mode(s.reuse())});
    }

    int statement_of(int report, std::initializer_list<ambit::mistake_parts::detail_tag> tags) const {
        const ambit::mistake_parts::reports& all = builder_.mistakes();
        for (int i = all[report].first_detail; i < all[report].first_detail + all[report].detail_count; ++i)
            for (const ambit::mistake_parts::detail_tag tag : tags)
                if (all.detail(i).tag == tag) return statement_at(all.detail(i).line);
        return 0;
    }

    // Where mistakes are thrown, what a destructor found waits here for the next call.
    void see_mistakes(int statement, bool after_block) {
        using enum ambit::mistake_parts::detail_tag;
        const ambit::mistake_parts::reports& all = builder_.mistakes();
        if (is_unseen_ || policy_ == ambit::mistake_parts::on_mistake::raise || all.size() == told_) return;
        see_count(seen_, statement, after_block, all.size());
        for (; told_ < all.size(); ++told_)
            see(seen_, statement, after_block, told_,
                {std::string(name_of(all[told_].kind)), std::string(subject_of(all, told_)),
                 std::string(text_of_detail(all, told_, still_open)), statement_of(told_, {first_at}),
                 statement_of(told_, {asked_at, again_at, at})});
    }

    ambit::mistake_parts::on_mistake policy_;
    ambit::graph_builder& builder_;
    ambit::scope& root_;
    std::vector<ambit::scope_handle> handles_;
    std::map<int, ambit::scope*> scopes_;
    std::map<int, ambit::variable> variables_;
    std::map<int, ambit::tensor> tensors_;
    std::map<int, ambit::name_scope*> name_scopes_;
    std::map<int, ambit::scope_template<function>> templates_;
    trace seen_, unseen_;
    bool is_unseen_ = false;
    int told_ = 0;
};

/// What ambit does with a program that is a module.
inline trace seen_by_ambit(const program& p, ambit::scope& root, const ambit::tensor& x,
                           ambit::mistake_parts::on_mistake policy) {
    return scope_interpreter(root, x, policy).run(p);
}

/// The input of such a module.
inline ambit::tensor_spec input_of_programs() { return ambit::spec(ambit::float32, {2}); }

/// What ambit does with a program.
inline trace seen_by_ambit(const program& p, ambit::mistake_parts::on_mistake policy) {
    ambit::graph_builder builder(policy);
    ambit::scope root(builder);
    return seen_by_ambit(p, root, builder.input(input_of_programs()), policy);
}

}  // namespace ambit_test
