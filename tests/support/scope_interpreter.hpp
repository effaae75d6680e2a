// SPDX-License-Identifier: BSL-1.0
// Runs a program of scopes against ambit at run time: every block is a call, so that scopes live and die as in C++.
//
//     trace seen = seen_by_ambit(p, on_mistake::collect);
#pragma once

#include <ambit/graph/builder.hpp>
#include <ambit/ops/add.hpp>
#include <ambit/ops/relu.hpp>
#include <ambit/scope/scope.hpp>

#include "lines.hpp"
#include "scope_observations.hpp"
#include "scope_trace.hpp"

#include <map>
#include <stdexcept>
#include <string>
#include <vector>

namespace ambit_test {

class scope_interpreter {
public:
    explicit scope_interpreter(ambit::on_mistake policy)
        : policy_(policy), builder_(policy), root_(builder_), handles_(handles, root_.handle()) {
        scopes_[0] = &root_;
        tensors_[0] = builder_.input(ambit::spec(ambit::float32, {2}));
    }

    trace run(const program& p) {
        run_block(p.body);
        try {
            builder_.finish();
        } catch (const ambit::model_error& e) {
            see_thrown(seen_, 0, std::string(name_of(e.kind())));
        }
        seen_.push_back({0, true, "builder.variable_count() == " + std::to_string(builder_.variable_count())});
        return seen_;
    }

private:
    void run_block(const std::vector<statement>& body) {
        for (const statement& s : body) {
            if (s.number >= line_count) throw std::out_of_range("a program has more statements than lines");
            if (!are_there(s.operands)) continue;
            try {
                if (has_block(s)) run_scope(s);
                else run_statement(s);
            } catch (const ambit::model_error& e) {
                see_thrown(seen_, s.number, std::string(name_of(e.kind())));
            }
        }
    }

    void run_scope(const statement& s) {
        {
            ambit::scope& from = *scopes_.at(s.scope);
            auto inner = s.what == does::open ? from.variable_scope(s.name, scope_options_of(s), line_of(s.number))
                                              : from.variable_scope(handle_of(s), scope_options_of(s), line_of(s.number));
            scopes_[s.number] = &inner;
            see_scope(seen_, s.number, "s" + std::to_string(s.number), text(inner.name()), mode(inner.reuse()));
            see_mistakes(s.number, false);
            run_block(s.body);
        }
        see_mistakes(s.number, true);
        see_innermost(seen_, s.number, true, text(root_.current().name()));
    }

    void run_statement(const statement& s) {
        ambit::scope& from = *scopes_.at(s.scope);
        const std::string handle = "h" + std::to_string(s.handle);
        switch (s.what) {
            case does::open:
            case does::jump: break;
            case does::close:
                from.close();
                see_innermost(seen_, s.number, false, text(root_.current().name()));
                break;
            case does::get:
            case does::get_by_name: {
                const ambit::variable v = variable_of(s, from);
                variables_[s.number] = v;
                see_variable(s.number, v);
                break;
            }
            case does::relu:
            case does::add: {
                const ambit::tensor t = tensor_of(s);
                tensors_[s.number] = t;
                see_tensor(seen_, s.number, builder_.is_inert(t.id()) ? "" : text(t.op_name()));
                break;
            }
            case does::reuse_scope:
                from.reuse_variables();
                see_scope(seen_, s.number, "s" + std::to_string(s.scope), text(from.name()), mode(from.reuse()));
                break;
            case does::reuse_handle: handle_of(s).reuse_variables(); break;
            case does::take_handle: handle_of(s) = from.handle(); break;
            case does::take_current: handle_of(s) = from.current(); break;
        }
        if (s.what == does::reuse_handle || s.what == does::take_handle || s.what == does::take_current)
            see_scope(seen_, s.number, handle, text(handle_of(s).name()), mode(handle_of(s).reuse()));
        see_mistakes(s.number, false);
    }

    ambit::variable variable_of(const statement& s, ambit::scope& from) {
        if (s.what == does::get_by_name) return from.get_variable(s.name, line_of(s.number));
        const ambit::variable_options options{
            .initializer = initializer_of(s.initializer), .dtype = dtype_of(s.dtype), .trainable = s.trainable};
        if (!s.shape) return from.get_variable(s.name, ambit::any_shape, options, line_of(s.number));
        ambit::shape wanted;
        for (const int extent : *s.shape) wanted.append(extent);
        return from.get_variable(s.name, wanted, options, line_of(s.number));
    }

    ambit::tensor tensor_of(const statement& s) {
        if (s.what == does::relu) return relu(operand(s.operands.at(0)), {.name = s.name}, line_of(s.number));
        const ambit::tensor left = operand(s.operands.at(0));
        const ambit::tensor right = operand(s.operands.at(1));
        return add(left, right, {.name = s.name}, line_of(s.number));
    }

    bool are_there(const std::vector<int>& operands) const {
        for (const int number : operands)
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

    static ambit::scope_options scope_options_of(const statement& s) {
        ambit::scope_options options{.initializer = initializer_of(s.initializer),
                                     .dtype = dtype_of(s.dtype),
                                     .trainable = s.trainable};
        if (s.reuse == says_reuse::no) options.reuse = false;
        if (s.reuse == says_reuse::yes) options.reuse = true;
        if (s.reuse == says_reuse::automatic) options.reuse = ambit::auto_reuse;
        return options;
    }

    static std::string text(const ambit::short_text& t) { return std::string(t.view()); }
    static int mode(ambit::reuse_mode m) { return static_cast<int>(m); }
    ambit::scope_handle& handle_of(const statement& s) { return handles_[static_cast<std::size_t>(s.handle)]; }

    // ---- observations ---------------------------------------------------------------------------------------------

    void see_variable(int statement, const ambit::variable& v) {
        seen_variable seen{.statement = statement, .id = v.id(), .dtype = element_of(v.dtype())};
        const std::string name = text(v.name());
        seen.path = name.substr(0, name.rfind(":0"));
        for (int axis = 0; axis < v.shape().rank(); ++axis) seen.shape.push_back(static_cast<int>(v.shape()[axis]));
        if (v.id() >= 0) {
            seen.trainable = builder_.variable_at(v.id()).trainable;
            seen.uses = builder_.variable_at(v.id()).uses;
            seen.initializer = filling_of(v);
        }
        see(seen_, seen);
    }

    int statement_of(int report, std::initializer_list<ambit::detail_tag> tags) const {
        const ambit::reports& all = builder_.mistakes();
        for (int i = all[report].first_detail; i < all[report].first_detail + all[report].detail_count; ++i)
            for (const ambit::detail_tag tag : tags)
                if (all.detail(i).tag == tag) return statement_at(all.detail(i).line);
        return 0;
    }

    // Where mistakes are thrown, what a destructor found waits here for the next call.
    void see_mistakes(int statement, bool after_block) {
        using enum ambit::detail_tag;
        const ambit::reports& all = builder_.mistakes();
        if (policy_ == ambit::on_mistake::raise || all.size() == told_) return;
        see_count(seen_, statement, after_block, all.size());
        for (; told_ < all.size(); ++told_)
            see(seen_, statement, after_block, told_,
                {std::string(name_of(all[told_].kind)), std::string(subject_of(all, told_)),
                 std::string(text_of_detail(all, told_, still_open)), statement_of(told_, {first_at}),
                 statement_of(told_, {asked_at, again_at, at})});
    }

    ambit::on_mistake policy_;
    ambit::graph_builder builder_;
    ambit::scope root_;
    std::vector<ambit::scope_handle> handles_;
    std::map<int, ambit::scope*> scopes_;
    std::map<int, ambit::variable> variables_;
    std::map<int, ambit::tensor> tensors_;
    trace seen_;
    int told_ = 0;
};

/// What ambit does with a program.
inline trace seen_by_ambit(const program& p, ambit::on_mistake policy) { return scope_interpreter(policy).run(p); }

}  // namespace ambit_test
