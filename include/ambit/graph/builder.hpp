// SPDX-License-Identifier: BSL-1.0
// Builds a graph while a module runs: keeps the variables (as a variable_store) and appends a node for each op.
// Ops call `make_op`; users meet the builder only through scopes and tensors.
#pragma once

#include <ambit/core/throw_or_end.hpp>
#include <ambit/graph/graph.hpp>
#include <ambit/graph/operation.hpp>
#include <ambit/graph/tensor.hpp>
#include <ambit/graph/unlike_axis.hpp>
#include <ambit/scope/scope.hpp>

#include <array>
#include <bit>
#include <initializer_list>
#include <source_location>
#include <span>
#include <string_view>

namespace AMBIT_NAMESPACE {

/// What every op takes after its operands: `relu(x, {.name = "activation"})`.
struct op_options {
    std::string_view name = {};  ///< else the op's own name; made unique within the open name scope
};

}  // namespace ambit

namespace AMBIT_NAMESPACE::graph_parts {

// Graph-made nodes: their specs are given, not inferred.
inline constexpr op_info input_info{"input", op_id("input"), op_role::input, 0, nullptr, nullptr};
inline constexpr op_info constant_info{"constant", op_id("constant"), op_role::constant, 0, nullptr, nullptr};
inline constexpr op_info read_info{"read", op_id("read"), op_role::read, 0, nullptr, nullptr};
inline constexpr op_info assign_info{"assign", op_id("assign"), op_role::assign, 0, nullptr, nullptr};
inline constexpr op_info finding_info{"finding", op_id("finding"), op_role::assign, 0, nullptr, nullptr};
inline constexpr op_info group_info{"group", op_id("group"), op_role::group, 0, nullptr, nullptr};
inline constexpr op_info inert_info{"inert", op_id("inert"), op_role::inert, 0, nullptr, nullptr};

class graph_builder final : public variable_store {
public:
    constexpr explicit graph_builder(on_mistake policy = on_mistake::collect) : variable_store(policy) {}

    constexpr const graph& value() const { return graph_; }
    constexpr const node& node_at(int id) const { return graph_.nodes[id]; }
    constexpr bool is_inert(int id) const { return graph_.nodes[id].op->role == op_role::inert; }

    /// The next input of the module.
    constexpr tensor input(const tensor_spec& spec) {
        const std::int64_t position = inputs_++;
        if (!is_legal(spec.extents)) {
            begin_report(mistake::invalid_shape).add(detail_tag::input, position);
            report_in_progress().add(detail_tag::asked, spec);
            settle();
            return inert(spec);
        }
        return append(input_info, spec, {}, std::span(&position, 1), unique_op_name(names::root, "input"));
    }

    /// A scalar of the given dtype, which has the value.
    constexpr tensor constant(const number& value, dtype type) {
        const std::int64_t word = value.word(type);
        return append(constant_info, {{}, type}, {}, std::span(&word, 1), names::root);
    }

    /// The value of a variable at this point of the program.
    constexpr tensor read(const variable& v) {
        if (v.id() < 0) return inert(v.spec());
        const std::int64_t id = v.id();
        return append(read_info, v.spec(), {}, std::span(&id, 1), variable_at(v.id()).name);
    }

    /// Gives a variable a value from here on, in calls that ask for it; both have one shape and dtype.
    constexpr operation assign(const variable& v, const tensor& value, const op_options& options, const place& at) {
        settle_pending();
        if (v.store() != this || value.builder() != this) {
            static_cast<void>(refuse_foreign(assign_info, at));
            return nothing();
        }
        const std::string_view called = options.name.empty() ? assign_info.name : options.name;
        if (!may_be_named(options.name, at) || !may_assign(called, at)) return nothing();
        if (v.id() < 0 || is_inert(value.id())) return nothing();
        if (!is_visible(value.id())) {
            static_cast<void>(refuse_hidden(joined(op_scope(), called), value, {}, at));
            return nothing();
        }
        const tensor_spec given = node_at(value.id()).result;
        if (given == v.spec()) {
            const std::int64_t id = v.id();
            const int name = new_op_name(called);
            const tensor made = append(assign_info, {}, std::span(&value, 1), std::span(&id, 1), name);
            graph_.nodes.back().made = line_of(at);
            return {this, made.id()};
        }
        const bool same_dtype = given.type == v.dtype();
        begin_report(same_dtype ? mistake::op_shape : mistake::op_dtype)
            .add(detail_tag::op, joined(op_scope(), called));
        report_in_progress().add(detail_tag::operand, all_names().path(variable_at(v.id()).name), v.spec());
        add_operand(value);
        report_in_progress().add(detail_tag::rule,
                                 same_dtype ? "a variable keeps its shape" : "a variable keeps its dtype");
        add_place(at);
        settle();
        return nothing();
    }

    /// Gives a variable what a check found: an assignment that a call looks at before any other takes effect.
    constexpr operation keep_finding(const variable& v, const tensor& found, const op_options& options,
                                     const place& at) {
        const operation kept = assign(v, found, options, at);
        if (node_at(kept.id()).op->role == op_role::assign) graph_.nodes[kept.id()].op = &finding_info;
        return kept;
    }

    /// Several operations as one.
    constexpr operation group(std::span<const operation> operations, const op_options& options, const place& at) {
        settle_pending();
        buffer<tensor> members;
        for (const operation& it : operations) {
            if (it.builder() != this) {
                static_cast<void>(refuse_foreign(group_info, at));
                return nothing();
            }
            members.push_back({this, it.id()});
        }
        if (!may_be_named(options.name, at)) return nothing();
        const int name = new_op_name(options.name.empty() ? group_info.name : options.name);
        const std::span<const tensor> all(members.begin(), static_cast<std::size_t>(members.size()));
        return {this, append(group_info, {}, all, {}, name).id()};
    }

    /// An alias of `x` that needs the operations too. Its name may be one that `unique_op_name` has given before.
    constexpr tensor depend(const op_info& alias, const tensor& x, std::span<const operation> operations,
                            const op_options& options, const place& at, int reserved = -1) {
        settle_pending();
        if (is_inert(x.id())) return x;
        if (!is_visible(x.id())) return refuse_hidden(joined(op_scope(), alias.name), x, x.spec(), at);
        if (!may_be_named(options.name, at)) return inert(x.spec());
        buffer<tensor> operands;
        operands.push_back(x);
        for (const operation& it : operations) {
            if (it.builder() != this) return refuse_foreign(alias, at);
            operands.push_back({this, it.id()});
        }
        const std::span<const tensor> all(operands.begin(), static_cast<std::size_t>(operands.size()));
        int name = reserved;
        if (name < 0) name = new_op_name(options.name.empty() ? alias.name : options.name);
        return append(alias, node_at(x.id()).result, all, {}, name);
    }

    /// Whether a call may give an op this name; the empty one gives none. A mistake if not.
    constexpr bool may_be_named(std::string_view asked, const place& at) {
        if (asked.empty() || is_legal_op_name(asked)) return true;
        settle_pending();
        begin_report(mistake::invalid_name).add(detail_tag::name, asked);
        add_place(at);
        settle();
        return false;
    }

    /// A free name for an op that is made of several nodes or has variables below it, and that name as it stands below
    /// the open name scope. It is legal: see `may_be_named`.
    struct reserved_name {
        int id = -1;
        short_text path;
        short_text around;  // the name scope that the path stands below, as `name_scope` takes it
    };
    constexpr reserved_name reserve_op_name(std::string_view base) {
        const short_text around = open_op_prefix();
        const int id = new_op_name(base);
        const short_text whole = all_names().path(id);
        if (base.back() == '/') return {id, whole, {}};
        return {id, short_text(whole.view().substr(around.view().size())), around};
    }

    /// Gives two nodes each other's names.
    constexpr void swap_names(const tensor& a, const tensor& b) {
        if (is_inert(a.id()) || is_inert(b.id())) return;
        const int name = node_at(a.id()).name;
        graph_.nodes[a.id()].name = node_at(b.id()).name;
        graph_.nodes[b.id()].name = name;
    }

    /// Whether a value is a variable as it was read, or an alias of one.
    constexpr bool is_memory_of_a_variable(int id) const {
        while (node_at(id).op->role == op_role::alias) id = graph_.operand(id, 0);
        return node_at(id).op->role == op_role::read;
    }

    /// An operation that does nothing; what a mistake leaves of one.
    constexpr operation nothing() { return {this, append(group_info, {}, {}, {}, names::root).id()}; }

    /// Stands for a value that a mistake kept from being made. Extents that are illegal become 1: rules and modules may
    /// count its elements.
    constexpr tensor inert(tensor_spec spec) {
        if (!is_legal(spec.extents))
            for (int axis = 0; axis < spec.extents.rank(); ++axis) spec.extents.set(axis, 1);
        return append(inert_info, spec, {}, {}, names::root);
    }

    /// Appends a node for an op. Its operands' specs go through the op's shape rule; a fault becomes a report that
    /// names the op, its operands and the open scope, and the result is inert, which silences all that it reaches.
    constexpr tensor make(const op_info& info, std::span<const tensor> operands, std::span<const std::int64_t> words,
                          const op_options& options, const place& at) {
        settle_pending();
        const std::size_t most = info.role == op_role::elementwise ? std::size_t{max_fused_operands} : max_operands;
        if (operands.size() > most) return refuse_operands(info, operands[0], at);
        bool any_inert = false;
        int hidden = -1;
        // Plain pointers: what is done for each operand of each op is charged to the evaluation's budget.
        const tensor* const given = operands.data();
        const node* const nodes = graph_.nodes.begin();
        const std::size_t count = operands.size();
        for (std::size_t i = 0; i < count; ++i) {
            if (given[i].builder() != this) return refuse_operand(info, operands, i, at);
            const node& operand = nodes[given[i].id()];
            if (operand.op->role == op_role::inert) any_inert = true;
            if (operand.region != 0 && operand.region != region_ && !is_visible(given[i].id()))
                hidden = static_cast<int>(i);
        }
        const inferred result = infer(info, operands, words.data());
        if (any_inert) return inert(result.result);
        const std::string_view base = options.name.empty() ? info.name : options.name;
        if (hidden >= 0)
            return refuse_hidden(joined(op_scope(), base), operands[static_cast<std::size_t>(hidden)], result.result,
                                 at);
        if (!options.name.empty() && !may_be_named(options.name, at)) return inert(result.result);
        if (result.fault != mistake::none) {
            begin_report(result.fault).add(detail_tag::op, joined(op_scope(), base));
            for (const tensor& t : operands) add_operand(t);
            if (!result.rule.empty()) report_in_progress().add(detail_tag::rule, result.rule);
            if (result.off) report_in_progress().add(detail_tag::rule, result.off.text());
            add_hint(info, result, operands);
            add_place(at);
            settle();
            return inert(result.result);
        }
        const tensor made = append(info, result.result, operands, words, new_op_name(base));
        graph_.nodes.back().made = line_of(at);
        return made;
    }

    /// The tensors of two operands of an elementwise op; a number becomes a constant of the other side's dtype.
    constexpr std::array<tensor, 2> resolve(const op_info& info, const operand& a, const operand& b, const place& at) {
        if (a.is_literal()) {
            const tensor right = b.value();
            return {literal(info, a.literal(), right.dtype(), right, at), right};
        }
        const tensor left = a.value();
        if (b.is_literal()) return {left, literal(info, b.literal(), left.dtype(), left, at)};
        return {left, b.value()};
    }

    /// Whether a number beside a tensor may take its dtype: it is a value of that, and for integers written as one.
    static constexpr bool is_literal_of(dtype type, const number& value) {
        return (is_floating(type) || (value.is_whole() && type != dtype::boolean)) && value.fits(type);
    }

    /// Such a number as a scalar; another one is a mistake of the op, told with another operand.
    constexpr tensor literal(const op_info& info, const number& value, dtype type, const tensor& other,
                             const place& at) {
        if (is_inert(other.id())) return inert({{}, type});
        if (is_literal_of(type, value)) return constant(value, type);
        settle_pending();
        begin_report(mistake::op_dtype).add(detail_tag::op, joined(op_scope(), info.name));
        add_operand(other);
        short_text rule;
        if (value.is_whole() || is_floating(type)) value.append_to(rule);
        else rule += "a floating-point number";
        rule += " is not a value of ";
        rule += words_of(type);
        if (value.is_whole() && is_floating(type)) rule += ", but with a point it is rounded";
        report_in_progress().add(detail_tag::rule, rule);
        add_place(at);
        settle();
        return inert({{}, type});
    }

    /// Whether something may join a collection of this graph: what is foreign is reported, what is inert is left out.
    constexpr bool may_collect(const tensor& member, std::string_view collection, const place& at) {
        return is_of_this_graph(member.builder(), collection, at) && !is_inert(member.id());
    }
    constexpr bool may_collect(const operation& member, std::string_view collection, const place& at) {
        return is_of_this_graph(member.builder(), collection, at) && !is_inert(member.id());
    }
    constexpr bool may_collect(const variable& member, std::string_view collection, const place& at) {
        return is_of_this_graph(member.store(), collection, at) && member.id() >= 0;
    }

    /// Whether a node may be used where the module builds now: a body sees the regions around it, and nobody sees into
    /// a body from outside.
    constexpr bool is_visible(int id) const {
        const int home = node_at(id).region;
        int from = region_;
        while (from > home) from = graph_.regions[from].parent;
        return from == home;
    }

    /// Reports a mistake of a function that is no op, in its name: with a rule in words, or none.
    constexpr void refuse_call(mistake kind, std::string_view function, std::string_view rule, const place& at) {
        settle_pending();
        begin_report(kind).add(detail_tag::op, joined(op_scope(), function));
        if (!rule.empty()) report_in_progress().add(detail_tag::rule, rule);
        add_place(at);
        settle();
    }

    /// The body that is being built; 0 is the module itself.
    constexpr int open_region() const { return region_; }

    /// Whether variables may be assigned to here; what asks is reported if not.
    constexpr bool may_assign(std::string_view operation, const place& at) {
        if (region_ == 0) return true;
        refuse_call(mistake::loop_assignment, operation, {}, at);
        return false;
    }

    /// Whether the module may return this tensor or operation: it was set, in this graph, and not in a body.
    constexpr bool may_return(const auto& output) const { return output.builder() == this && is_visible(output.id()); }

    /// Reports an output that the module may not return. `called` says in words which one it is.
    constexpr void refuse_output(std::int64_t position, const short_text& called, const graph_builder* owner, int id) {
        if (id == tensor::refused) return;
        begin_report(owner == this ? mistake::body_value : mistake::foreign_tensor).add(detail_tag::output, position);
        if (owner == this) {
            report_in_progress().add(detail_tag::op, all_names().path(node_at(id).name));
        } else {
            short_text line = called;
            line += owner == nullptr ? " was never set" : " belongs to another graph";
            report_in_progress().add(detail_tag::rule, line);
        }
        settle();
    }

    /// Notes that a gradient reaches this variable: `net::untrained` lists those that have none.
    constexpr void note_gradient(const variable& v) {
        if (v.id() < 0) return;
        if (gradients_.size() <= v.id()) gradients_.resize(v.id() + 1, 0);
        ++gradients_[v.id()];
    }
    constexpr int gradients_of(int variable) const { return variable < gradients_.size() ? gradients_[variable] : 0; }

    /// Ends the run of a module: a mistake that a destructor found is thrown here.
    constexpr void finish() { settle_pending(); }

    static constexpr std::size_t max_operands = 8;

    /// The spec of a node, for the module: what looks at shapes is often what should end a loop, and is the better line
    /// to name than that of the op after which there are too many.
    constexpr const tensor_spec& spec_at(int id) const {
        const int count = graph_.nodes.size();  // g++ prints what it is given
        expect_end(count);
        return graph_.nodes[id].result;
    }
    static constexpr int nodes_until_a_look = 256;

private:
    friend class loop_builder;

    /// What would fit, or the axis at which operands of an elementwise op do not.
    constexpr void add_hint(const op_info& info, const inferred& refusal, std::span<const tensor> operands) {
        short_text hint(refusal.hint);
        if (info.role == op_role::elementwise && refusal.fault == mistake::op_shape) {
            const auto specs = specs_of(operands);
            hint += unlike_axis({specs.data(), operands.size()});
        }
        if (!hint.empty()) report_in_progress().add(detail_tag::rule, hint);
    }

    /// The name of a new op. With a trailing slash it is a whole name, as a name scope has it: of the ops that ask for
    /// it, the first one gets it as it is.
    constexpr int new_op_name(std::string_view asked) {
        if (asked.back() != '/') return unique_op_name(op_scope(), asked);
        return names_.take_whole(names_.intern(names::root, asked.substr(0, asked.size() - 1)));
    }
    constexpr bool is_legal_op_name(std::string_view asked) const {
        if (asked.empty() || asked.back() != '/') return is_legal_name(asked, position_below(op_scope()));
        return is_legal_name(asked.substr(0, asked.size() - 1), name_position::at_root);
    }

    constexpr bool is_of_this_graph(const variable_store* owner, std::string_view collection, const place& at) {
        settle_pending();
        if (owner == this) return true;
        begin_report(mistake::foreign_tensor).add(detail_tag::name, collection);
        add_asked_at(innermost_scope(), at);
        settle();
        return false;
    }

    /// The loss of a new variable, with ops below `weights/Regularizer/` wherever it was asked for. It belongs to the
    /// module: that of a variable which a body creates is made when the outermost loop is closed.
    constexpr void add_regularization_loss(int id, const ambit::regularizer& asked) override {
        if (region_ != 0) {
            postponed_.push_back({id, asked});
            return;
        }
        const place made = variable_at(id).made;
        short_text path = all_names().path(variable_at(id).name);
        path += "/Regularizer/";
        const name_scope names(this, open_name_scope(innermost_scope(), path, made));
        const tensor loss = asked.loss(read(variable(this, id)), asked.scale);
        if (!may_collect(loss, collections::regularization_losses, made)) return;
        if (loss.shape().rank() == 0) {
            collected().add(collections::regularization_losses, collection_table::member_kind::tensor, loss.id());
            return;
        }
        begin_report(mistake::op_shape).add(detail_tag::op, path);
        add_operand(loss);
        report_in_progress().add(detail_tag::rule, "the loss of a regularizer is a scalar");
        add_place(made);
        settle();
    }

    /// What a shape rule says of operands of this graph. Most ops have one or two, whose specs are copied once at most.
    constexpr inferred infer(const op_info& info, std::span<const tensor> operands, const std::int64_t* words) const {
        const node* const nodes = graph_.nodes.begin();
        const tensor* const given = operands.data();
        if (operands.size() == 1) return info.infer({&nodes[given[0].id()].result, 1, words});
        if (operands.size() == 2) {
            const tensor_spec specs[] = {nodes[given[0].id()].result, nodes[given[1].id()].result};
            return info.infer({specs, 2, words});
        }
        const auto specs = specs_of(operands);
        return info.infer({specs.data(), static_cast<int>(operands.size()), words});
    }
    constexpr std::array<tensor_spec, max_operands> specs_of(std::span<const tensor> operands) const {
        std::array<tensor_spec, max_operands> specs;
        for (std::size_t i = 0; i < operands.size(); ++i) specs[i] = node_at(operands[i].id()).result;
        return specs;
    }

    constexpr tensor append(const op_info& info, const tensor_spec& spec, std::span<const tensor> operands,
                            std::span<const std::int64_t> words, int name) {
        const int count = graph_.nodes.size();
        expect_end(count - nodes_until_a_look);
        const tensor_spec result = spec;  // which may be that of a node, and nodes move
        node& made = graph_.nodes.emplace_back();
        made.op = &info;
        made.result = result;
        made.first_operand = graph_.operands.size();
        made.operand_count = static_cast<int>(operands.size());
        made.first_word = graph_.words.size();
        made.word_count = static_cast<int>(words.size());
        made.name = name;
        made.region = is_of_the_module(info.role) ? 0 : region_;
        std::int32_t* const ids = graph_.operands.extend(made.operand_count);
        const tensor* const given = operands.data();
        for (int i = 0; i < made.operand_count; ++i) ids[i] = given[i].id();
        graph_.words.append(words.data(), made.word_count);
        return {this, graph_.nodes.size() - 1};
    }

    constexpr tensor refuse_operands(const op_info& info, const tensor& first, const place& at) {
        refuse_call(mistake::op_option, info.name, "an op has at most 8 operands, an elementwise one 4", at);
        return inert(first.spec());
    }

    /// Operand `i` is of another graph, or of none.
    constexpr tensor refuse_operand(const op_info& info, std::span<const tensor> operands, std::size_t i,
                                    const place& at) {
        if (operands[i].id() == tensor::refused) return inert({});
        if (operands[i].builder() != nullptr) return refuse_foreign(info, at);
        begin_report(mistake::foreign_tensor).add(detail_tag::op, joined(op_scope(), info.name));
        short_text line("operand ");
        append_number(line, static_cast<std::int64_t>(i) + 1);
        line += " of ";
        append_number(line, static_cast<std::int64_t>(operands.size()));
        line += " is a tensor that was never set";
        report_in_progress().add(detail_tag::rule, line);
        add_place(at);
        settle();
        return inert({});
    }

    constexpr tensor refuse_foreign(const op_info& info, const place& at) {
        refuse_call(mistake::foreign_tensor, info.name, {}, at);
        return inert({});
    }

    /// What is the same in every iteration of a body, and so belongs to none.
    static constexpr bool is_of_the_module(op_role role) {
        return role == op_role::input || role == op_role::constant || role == op_role::read || role == op_role::group ||
               role == op_role::inert;
    }

    /// A value of a body was used outside of it.
    constexpr tensor refuse_hidden(const short_text& op, const tensor& value, const tensor_spec& guess,
                                   const place& at) {
        begin_report(mistake::body_value).add(detail_tag::op, op);
        add_operand(value);
        add_place(at);
        settle();
        return inert(guess);
    }

    constexpr void add_operand(const tensor& t) {
        const node& n = graph_.nodes[t.id()];
        if (n.name == names::root) report_in_progress().add(detail_tag::operand, "number", n.result);
        else report_in_progress().add(detail_tag::operand, all_names().path(n.name), n.result);
    }

    constexpr void add_place(const place& at) {
        if (line_of(at).line > 0) report_in_progress().add(detail_tag::at, line_of(at));
        add_scope(innermost_scope());
    }

    constexpr short_text joined(int scope_name, std::string_view base) const {
        short_text path = all_names().path(scope_name);
        if (!path.empty()) path += '/';
        path += base;
        return path;
    }

    graph graph_;
    struct postponed_loss {
        int variable = -1;
        ambit::regularizer asked;
    };

    buffer<int> gradients_;  // of each variable, as far as any was noted
    buffer<postponed_loss> postponed_;
    int inputs_ = 0;
    int region_ = 0;  // that is being built
};

}  // namespace ambit::graph_parts

namespace AMBIT_NAMESPACE::refused {

// Not constexpr on purpose: an op was given no tensor of any graph, so there is no builder to report to. The compiler
// names this function and who called it.
inline void an_op_was_called_with_a_tensor_that_belongs_to_no_graph() {
    throw_or_end(model_error(mistake::foreign_tensor, AMBIT_SENTENCE(foreign_tensor)));
}
inline void a_tensor_that_was_never_set_has_no_shape_or_name() {
    throw_or_end(model_error(mistake::foreign_tensor, AMBIT_SENTENCE(foreign_tensor)));
}

/// What an op makes of operands of no graph: one that the compiler refused has been told.
constexpr tensor without_graph(const tensor* operands, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i)
        if (operands[i].id() == tensor::refused) return operands[i];
    an_op_was_called_with_a_tensor_that_belongs_to_no_graph();
    return {};
}

}  // namespace ambit::refused

namespace AMBIT_NAMESPACE {

constexpr shape tensor::shape() const { return spec().extents; }
constexpr dtype tensor::dtype() const { return spec().type; }
constexpr tensor_spec tensor::spec() const {
    if (builder_ != nullptr) return builder_->spec_at(id_);
    if (id_ != tensor::refused) refused::a_tensor_that_was_never_set_has_no_shape_or_name();
    return {};
}
constexpr core_parts::short_text operation::op_name() const {
    return builder_->all_names().path(builder_->node_at(id_).name);
}
constexpr core_parts::short_text tensor::op_name() const {
    if (builder_ != nullptr) return builder_->all_names().path(builder_->node_at(id_).name);
    if (id_ != tensor::refused) refused::a_tensor_that_was_never_set_has_no_shape_or_name();
    return {};
}
constexpr core_parts::short_text tensor::name() const {
    core_parts::short_text text = op_name();
    text += ":0";
    return text;
}

// A store that hands out variables to modules is always the base of a builder.
constexpr variable::operator tensor() const {
    graph_builder* const builder = static_cast<graph_builder*>(store_);
    if (builder == nullptr) return {};
    return seen_as_ < 0 ? builder->read(*this) : tensor(builder, seen_as_);
}
constexpr variable variable::seen_as(const tensor& value) const {
    variable seen = *this;
    seen.seen_as_ = value.id();
    return seen;
}

}  // namespace ambit

namespace AMBIT_NAMESPACE::graph_parts {

constexpr operand::operand(const variable& read, const location& at) : value_(read), at_(at) {}

}  // namespace ambit::graph_parts

namespace AMBIT_NAMESPACE {

/// For the functions of ops: appends a node of `info` with these operands.
template <core_parts::attribute_struct Attributes = no_attributes>
constexpr tensor make_op(const op_info& info, std::initializer_list<tensor> operands, const Attributes& attributes,
                         const op_options& options, const core_parts::place& at) {
    graph_builder* builder = nullptr;
    for (const tensor& t : operands) builder = builder != nullptr ? builder : t.builder();
    if (builder == nullptr) return refused::without_graph(operands.begin(), operands.size());
    const auto words = core_parts::to_words(attributes);
    return builder->make(info, {operands.begin(), operands.size()}, {words.data(), words.size()}, options, at);
}

}  // namespace ambit

namespace AMBIT_NAMESPACE::graph_parts {

/// For elementwise ops of two operands, of which at most one is a number.
constexpr tensor make_binary_op(const op_info& info, const operand& a, const operand& b, const op_options& options,
                                const place& at) {
    graph_builder* const builder = a.value().builder() != nullptr ? a.value().builder() : b.value().builder();
    if (builder == nullptr) {
        const std::array<tensor, 2> values{a.value(), b.value()};
        return refused::without_graph(values.data(), values.size());
    }
    const std::array<tensor, 2> operands = builder->resolve(info, a, b, at);
    return builder->make(info, operands, {}, options, at);
}

}  // namespace ambit::graph_parts
