// SPDX-License-Identifier: BSL-1.0
// Builds a graph while a module runs. It is made of what it needs: a log of mistakes, a table of names, the scopes, the
// variables, and the nodes. Ops call `make_op`; users meet the builder only through scopes and tensors.
#pragma once

#include <ambit/core/list_view.hpp>
#include <ambit/core/throw_or_end.hpp>
#include <ambit/graph/graph_writer.hpp>
#include <ambit/graph/inference.hpp>
#include <ambit/graph/literals.hpp>
#include <ambit/graph/op_names.hpp>
#include <ambit/graph/op_refusals.hpp>
#include <ambit/graph/operation.hpp>
#include <ambit/graph/tensor.hpp>
#include <ambit/graph/update_rule.hpp>
#include <ambit/scope/scope.hpp>

#include <array>
#include <bit>
#include <initializer_list>
#include <source_location>
#include <string_view>

namespace AMBIT_NAMESPACE::graph_parts {

class graph_builder {
public:
    constexpr explicit graph_builder(on_mistake policy = on_mistake::collect)
        : log_(policy),
          scopes_(log_, names_),
          variables_(log_, names_, scopes_, {this, &make_regularization_loss}),
          refusals_(log_, names_, scopes_, nodes_) {}
    graph_builder(const graph_builder&) = delete;
    graph_builder& operator=(const graph_builder&) = delete;

    constexpr mistake_log& log() { return log_; }
    constexpr scope_stack& scopes() { return scopes_; }
    constexpr const scope_stack& scopes() const { return scopes_; }
    constexpr variable_store& variables() { return variables_; }
    constexpr const variable_store& variables() const { return variables_; }
    constexpr graph_writer& nodes() { return nodes_; }
    constexpr const graph_writer& nodes() const { return nodes_; }
    constexpr op_refusals& refusals() { return refusals_; }

    /// `scope root(builder)`
    constexpr operator variable_store&() { return variables_; }  // NOLINT: implicit

    // ---- what is asked of a graph most ------------------------------------------------------------------------------

    constexpr const reports& mistakes() const { return log_.mistakes(); }
    constexpr const names& all_names() const { return names_.all(); }
    constexpr const graph& value() const { return nodes_.value(); }
    constexpr const node& node_at(int id) const { return nodes_.at(id); }
    constexpr bool is_inert(int id) const { return nodes_.is_inert(id); }
    constexpr bool is_visible(int id) const { return nodes_.is_visible(id); }
    constexpr int variable_count() const { return variables_.variable_count(); }
    constexpr const variable_record& variable_at(int id) const { return variables_.variable_at(id); }
    constexpr short_text path_of(int variable) const { return variables_.path_of(variable); }
    constexpr ambit::initializer initializer_of(int variable) const { return variables_.initializer_of(variable); }
    constexpr ambit::constraint constraint_of(int variable) const { return variables_.constraint_of(variable); }
    constexpr const buffer<double>& values() const { return variables_.values(); }

    // ---- nodes that no op makes -------------------------------------------------------------------------------------

    /// The next input of the module.
    constexpr tensor input(const tensor_spec& spec) {
        const std::int64_t position = inputs_++;
        if (!is_legal(spec.extents)) {
            log_.begin_report(mistake::invalid_shape).add(detail_tag::input, position);
            log_.report_in_progress().add(detail_tag::asked, spec);
            log_.settle();
            return inert(spec);
        }
        return append(input_info, spec, {}, {&position, 1}, names_.unique_op_name(names::root, "input"));
    }

    /// A scalar of the given dtype, which has the value.
    constexpr tensor constant(const number& value, dtype type) {
        const std::int64_t word = value.word(type);
        return append(constant_info, {{}, type}, {}, {&word, 1}, names::root);
    }

    /// The value of a variable at this point of the program.
    constexpr tensor read(const variable& v) {
        if (v.id() < 0) return inert(v.spec());
        const std::int64_t id = v.id();
        return append(read_info, v.spec(), {}, {&id, 1}, variable_at(v.id()).name);
    }

    /// Gives a variable a value from here on, in calls that ask for it; both have one shape and dtype.
    constexpr operation assign(const variable& v, const tensor& value, const op_options& options, const place& at) {
        log_.settle_pending();
        if (v.builder() != this || value.builder() != this) {
            if (v.builder() != this) refuse_foreign(assign_info, "the variable", v.builder(), at);
            else refuse_foreign(assign_info, "the value", value.builder(), at);
            return nothing();
        }
        const std::string_view called = options.name.empty() ? assign_info.name : options.name;
        if (!may_be_named(options.name, at) || !may_assign(called, at)) return nothing();
        if (v.id() < 0 || is_inert(value.id())) return nothing();
        if (!is_visible(value.id())) {
            static_cast<void>(refuse_hidden(called, value, {}, at));
            return nothing();
        }
        const tensor_spec given = node_at(value.id()).result;
        if (given == v.spec()) {
            const std::int64_t id = v.id();
            const int name = new_op_name(called);
            const tensor made = append(assign_info, {}, {&value, 1}, {&id, 1}, name);
            nodes_.made_at(log_.line_of(at));
            return {this, made.id()};
        }
        const bool same_dtype = given.type == v.dtype();
        refusals_.begin(same_dtype ? mistake::op_shape : mistake::op_dtype, called);
        refusals_.operand(path_of(v.id()), v.spec());
        refusals_.operand(value);
        refusals_.rule(same_dtype ? "a variable keeps its shape" : "a variable keeps its dtype");
        refusals_.end(at);
        return nothing();
    }

    /// Gives a variable what a check found: an assignment that a call looks at before any other takes effect.
    constexpr operation keep_finding(const variable& v, const tensor& found, const op_options& options,
                                     const place& at) {
        const operation kept = assign(v, found, options, at);
        if (node_at(kept.id()).op->role == op_role::assign) nodes_.set_op(kept.id(), finding_info);
        return kept;
    }

    /// Several operations as one.
    constexpr operation group(list_view<operation> operations, const op_options& options, const place& at) {
        log_.settle_pending();
        buffer<tensor> members;
        for (const operation& member : operations) {
            if (member.builder() != this) {
                refuse_foreign(group_info, "an operation of the group", member.builder(), at);
                return nothing();
            }
            members.push_back({this, member.id()});
        }
        if (!may_be_named(options.name, at)) return nothing();
        const int name = new_op_name(options.name.empty() ? group_info.name : options.name);
        return {this, append(group_info, {}, members, {}, name).id()};
    }

    /// An alias of `x` that needs the operations too. Its name may be one that `unique_op_name` has given before.
    constexpr tensor depend(const op_info& alias, const tensor& x, list_view<operation> operations,
                            const op_options& options, const place& at, int reserved = -1) {
        log_.settle_pending();
        if (is_inert(x.id())) return x;
        if (!is_visible(x.id())) return refuse_hidden(alias.name, x, x.spec(), at);
        if (!may_be_named(options.name, at)) return inert(x.spec());
        buffer<tensor> operands;
        operands.push_back(x);
        for (const operation& before : operations) {
            if (before.builder() != this)
                return refuse_foreign(alias, "an operation that comes before it", before.builder(), at);
            operands.push_back({this, before.id()});
        }
        int name = reserved;
        if (name < 0) name = new_op_name(options.name.empty() ? alias.name : options.name);
        return append(alias, node_at(x.id()).result, operands, {}, name);
    }

    /// Whether a call may give an op this name; the empty one gives none. A mistake if not.
    constexpr bool may_be_named(std::string_view asked, const place& at) {
        if (asked.empty() || is_legal_op_name(asked)) return true;
        log_.settle_pending();
        log_.begin_report(mistake::invalid_name).add(detail_tag::name, asked);
        refusals_.end(at);
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
        const short_text around = scopes_.open_op_prefix();
        const int id = new_op_name(base);
        const short_text whole = all_names().path(id);
        if (base.back() == '/') return {id, whole, {}};
        return {id, short_text(whole.view().substr(around.view().size())), around};
    }

    /// Gives two nodes each other's names.
    constexpr void swap_names(const tensor& a, const tensor& b) {
        if (is_inert(a.id()) || is_inert(b.id())) return;
        nodes_.swap_names(a.id(), b.id());
    }

    /// Whether a value is a variable as it was read, or an alias of one.
    constexpr bool is_memory_of_a_variable(int id) const {
        while (node_at(id).op->role == op_role::alias) id = value().operand(id, 0);
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
    constexpr tensor make(const op_info& info, list_view<tensor> operands, list_view<std::int64_t> words,
                          const op_options& options, const place& at) {
        log_.settle_pending();
        const std::size_t most = info.role == op_role::elementwise ? std::size_t{max_fused_operands} : max_operands;
        if (operands.size() > most) return refuse_operands(info, operands[0], at);
        bool any_inert = false;
        int hidden = -1;
        // Plain pointers: what is done for each operand of each op is charged to the evaluation's budget.
        const tensor* const given = operands.data();
        const node* const nodes = value().nodes.begin();
        const auto count = static_cast<int>(operands.size());
        const int open_region = nodes_.open_region();
        std::int32_t ids[max_operands] = {};
        for (int i = 0; i < count; ++i) {
            if (given[i].builder() != this) return refuse_operand(info, operands, static_cast<std::size_t>(i), at);
            const int id = ids[i] = given[i].id();
            const node& operand = nodes[id];
            if (operand.op->role == op_role::inert) any_inert = true;
            if (operand.region != 0 && operand.region != open_region && !is_visible(id)) hidden = i;
        }
        const inferred result = infer(nodes, info, ids, count, words.data());
        if (any_inert) return inert(result.result);
        const std::string_view base = options.name.empty() ? info.name : options.name;
        if (hidden >= 0) return refuse_hidden(base, operands[static_cast<std::size_t>(hidden)], result.result, at);
        if (!options.name.empty() && !may_be_named(options.name, at)) return inert(result.result);
        if (result.fault != mistake::none) {
            refusals_.begin(result.fault, base);
            for (const tensor& t : operands) refusals_.operand(t);
            refusals_.rule(result.rule);
            if (result.off) refusals_.rule(result.off.text());
            refusals_.rule(hint_of(value(), info, result, operands));
            refusals_.end(at);
            return inert(result.result);
        }
        const int name = options.name.empty()
                             ? names_.unique_op_name(op_names_.name_of(info, scopes_.op_scope(), names_))
                             : new_op_name(base);
        const int before = nodes_.size();
        scopes_.expect_end(before - nodes_until_a_look);
        const int id =
            nodes_.append(info, result.result, ids, count, words.data(), static_cast<int>(words.size()), name);
        nodes_.made_at(log_.line_of(at));
        return {this, id};
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

    /// A number beside a tensor as a scalar of its dtype; what is no value of it is a mistake of the op, told with
    /// another operand.
    constexpr tensor literal(const op_info& info, const number& value, dtype type, const tensor& other,
                             const place& at) {
        if (is_inert(other.id())) return inert({{}, type});
        if (is_literal_of(type, value)) return constant(value, type);
        log_.settle_pending();
        refusals_.begin(mistake::op_dtype, info.name);
        refusals_.operand(other);
        refusals_.rule(rule_of_literals(type, value));
        refusals_.end(at);
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
        return is_of_this_graph(member.builder(), collection, at) && member.id() >= 0;
    }

    /// Reports a mistake of a function that is no op, in its name: with a rule in words, or none.
    constexpr void refuse_call(mistake kind, std::string_view function, std::string_view rule, const place& at) {
        log_.settle_pending();
        refusals_.begin(kind, function);
        refusals_.rule(rule);
        refusals_.end(at);
    }

    /// Whether variables may be assigned to here; what asks is reported if not.
    constexpr bool may_assign(std::string_view operation, const place& at) {
        if (nodes_.open_region() == 0) return true;
        refuse_call(mistake::loop_assignment, operation, {}, at);
        return false;
    }

    /// Whether the module may return this tensor or operation: it was set, in this graph, and not in a body.
    constexpr bool may_return(const auto& output) const { return output.builder() == this && is_visible(output.id()); }

    /// Reports an output that the module may not return. `called` says in words which one it is.
    constexpr void refuse_output(std::int64_t position, const short_text& called, const graph_builder* owner, int id) {
        if (id == tensor::refused) return;
        log_.begin_report(owner == this ? mistake::body_value : mistake::foreign_tensor)
            .add(detail_tag::output, position);
        if (owner == this) {
            log_.report_in_progress().add(detail_tag::op, all_names().path(node_at(id).name));
        } else {
            short_text line = called;
            line += owner == nullptr ? " was never set" : " belongs to another graph";
            log_.report_in_progress().add(detail_tag::rule, line);
        }
        log_.settle();
    }

    /// Notes that a gradient reaches this variable: `net::untrained` lists those that have none.
    constexpr void note_gradient(const variable& v) {
        if (v.id() < 0) return;
        if (gradients_.size() <= v.id()) gradients_.resize(v.id() + 1, 0);
        ++gradients_[v.id()];
    }
    constexpr int gradients_of(int variable) const { return variable < gradients_.size() ? gradients_[variable] : 0; }

    /// What `minimize` does otherwise than in a plain model.
    constexpr void set_update_rule(const graph_parts::update_rule& rule) { update_rule_ = rule; }
    constexpr const graph_parts::update_rule& update_rule() const { return update_rule_; }

    /// Notes that the module runs at several batches, and has to build the same graph at each.
    constexpr void expect_other_batches() { has_other_batches_ = true; }
    constexpr bool has_other_batches() const { return has_other_batches_; }

    /// Ends the run of a module: a mistake that a destructor found is thrown here.
    constexpr void finish() { log_.settle_pending(); }

    /// Appends a node as it is said, without a look at its operands.
    constexpr tensor append(const op_info& info, const tensor_spec& spec, list_view<tensor> operands,
                            list_view<std::int64_t> words, int name) {
        const int count = nodes_.size();
        scopes_.expect_end(count - nodes_until_a_look);
        return {this, nodes_.append(info, spec, operands, words, name)};
    }

    /// The next free name for an op of this name, in the open name scope.
    constexpr int next_op_name(std::string_view base) { return names_.unique_op_name(scopes_.op_scope(), base); }

    /// The outermost loop is closed: what waited for it is made.
    constexpr void add_postponed_losses() {
        buffer<postponed_loss> postponed;
        postponed.swap(postponed_);
        for (const postponed_loss& loss : postponed) add_regularization_loss(loss.variable, loss.asked);
    }

    static constexpr std::size_t max_operands = graph_parts::max_operands;

    /// The spec of a node, for the module: what looks at shapes is often what should end a loop, and is the better line
    /// to name than that of the op after which there are too many.
    constexpr const tensor_spec& spec_at(int id) const {
        const int count = nodes_.size();  // g++ prints what it is given
        scopes_.expect_end(count);
        return nodes_.at(id).result;
    }
    static constexpr int nodes_until_a_look = 256;

private:
    /// The name of a new op. With a trailing slash it is a whole name, as a name scope has it: of the ops that ask for
    /// it, the first one gets it as it is.
    constexpr int new_op_name(std::string_view asked) {
        if (asked.back() != '/') return next_op_name(asked);
        return names_.take_whole(names_.intern(names::root, asked.substr(0, asked.size() - 1)));
    }
    constexpr bool is_legal_op_name(std::string_view asked) const {
        if (asked.empty() || asked.back() != '/')
            return is_legal_name(asked, scope_stack::position_below(scopes_.op_scope()));
        return is_legal_name(asked.substr(0, asked.size() - 1), name_position::at_root);
    }

    constexpr bool is_of_this_graph(const graph_builder* owner, std::string_view collection, const place& at) {
        log_.settle_pending();
        if (owner == this) return true;
        log_.begin_report(mistake::foreign_tensor).add(detail_tag::name, collection);
        scopes_.add_asked_at(scopes_.innermost_scope(), at);
        log_.settle();
        return false;
    }

    /// The loss of a new variable, with ops below `weights/Regularizer/` wherever it was asked for. It belongs to the
    /// module: that of a variable which a body creates is made when the outermost loop is closed.
    constexpr void add_regularization_loss(int id, const ambit::regularizer& asked) {
        if (nodes_.open_region() != 0) {
            postponed_.push_back({id, asked});
            return;
        }
        const place made = variable_at(id).made;
        short_text path = path_of(id);
        path += "/Regularizer/";
        const name_scope names(&scopes_, scopes_.open_name_scope(scopes_.innermost_scope(), path, made));
        const tensor loss = asked.loss(read(variable(&variables_, id)), asked.scale);
        if (!may_collect(loss, collections::regularization_losses, made)) return;
        if (loss.shape().rank() == 0) {
            variables_.collected().add(collections::regularization_losses, collection_table::member_kind::tensor,
                                       loss.id());
            return;
        }
        refusals_.begin_at(mistake::op_shape, path);
        refusals_.operand(loss);
        refusals_.rule("the loss of a regularizer is a scalar");
        refusals_.end(made);
    }
    static constexpr void make_regularization_loss(graph_builder& builder, int id, const ambit::regularizer& asked) {
        builder.add_regularization_loss(id, asked);
    }

    constexpr tensor refuse_operands(const op_info& info, const tensor& first, const place& at) {
        refuse_call(mistake::op_option, info.name, "an op has at most 8 operands, an elementwise one 4", at);
        return inert(first.spec());
    }

    /// Operand `i` is of another graph, or of none.
    constexpr tensor refuse_operand(const op_info& info, list_view<tensor> operands, std::size_t i, const place& at) {
        if (operands[i].id() == tensor::refused) return inert({});
        short_text line("operand ");
        append_number(line, static_cast<std::int64_t>(i) + 1);
        line += " of ";
        append_number(line, static_cast<std::int64_t>(operands.size()));
        line += " is a tensor that";
        return refuse_foreign(info, line, operands[i].builder(), at);
    }

    /// `what` was never set, or set in the graph of another builder.
    constexpr tensor refuse_foreign(const op_info& info, std::string_view what, const graph_builder* owner,
                                    const place& at) {
        short_text line(what);
        line += owner == nullptr ? " was never set" : " belongs to another graph";
        refuse_call(mistake::foreign_tensor, info.name, line, at);
        return inert({});
    }

    /// A value of a body was used outside of it.
    constexpr tensor refuse_hidden(std::string_view op, const tensor& value, const tensor_spec& guess,
                                   const place& at) {
        refusals_.begin(mistake::body_value, op);
        refusals_.operand(value);
        refusals_.end(at);
        return inert(guess);
    }

    struct postponed_loss {
        int variable = -1;
        ambit::regularizer asked;
    };

    mistake_log log_;
    name_table names_;
    scope_stack scopes_;
    variable_store variables_;
    graph_writer nodes_;
    op_refusals refusals_;

    op_names op_names_;
    buffer<int> gradients_;  // of each variable, as far as any was noted
    buffer<postponed_loss> postponed_;
    graph_parts::update_rule update_rule_;
    int inputs_ = 0;
    bool has_other_batches_ = false;
};

}  // namespace ambit::graph_parts

namespace AMBIT_NAMESPACE::refused_parts {

// Not constexpr on purpose: there is no builder to report to. The compiler names this function and who called it.
inline void a_tensor_that_was_never_set_has_no_shape_or_name() {
    throw_or_end(model_error(mistake::foreign_tensor, AMBIT_SENTENCE(foreign_tensor)));
}

}  // namespace ambit::refused_parts

namespace AMBIT_NAMESPACE {

constexpr shape tensor::shape() const { return spec().extents; }
constexpr dtype tensor::dtype() const { return spec().type; }
constexpr tensor_spec tensor::spec() const {
    if (builder_ != nullptr) return builder_->spec_at(id_);
    if (id_ != tensor::refused) refused_parts::a_tensor_that_was_never_set_has_no_shape_or_name();
    return {};
}

}  // namespace ambit
