// SPDX-License-Identifier: BSL-1.0
// One way back through a graph, from a loss to variables, node by node against the order of the program. Where it meets
// the end of a loop it builds another loop, which runs the iterations from the last to the first:
//
//     it carries     the gradient by each state, and for each value that the body uses from outside the sum of its
//                    gradients so far, but for what one product behind the loop sums up (sums_of_iterations)
//     it goes over   the gradients by what was stacked
//     it stacks      the gradients by the elements
//
// What the rules ask for of the way forward is stacked by the first loop, or computed again from the states that it
// stacks (loop_memory).
#pragma once

#include <ambit/autodiff/dependence.hpp>
#include <ambit/autodiff/joined_parts.hpp>
#include <ambit/autodiff/sums_of_iterations.hpp>
#include <ambit/core/list_view.hpp>
#include <ambit/graph/gradient_call.hpp>
#include <ambit/graph/loop.hpp>
#include <ambit/ops/all.hpp>

#include <array>
#include <string_view>

namespace AMBIT_NAMESPACE::graph_parts {

class backward_pass {
public:
    constexpr backward_pass(graph_builder& builder, const tensor& loss, list_view<variable> variables, const place& at)
        : builder_(&builder),
          graph_(&builder.value()),
          last_(loss.id()),
          at_(at),
          variables_(variables),
          values_(builder, loss.id()),
          module_(*this) {
        values_.mark_dependents(wanted_, variables);
        passed_.resize(last_ + 1, false);
        list_reads();
    }

    constexpr void run(const tensor& upstream) {
        if (!wanted_[last_]) return;
        module_.sums[last_] = upstream;
        passed_[last_] = true;
        pass_back(module_, 0, last_);
    }

    /// The gradient by a variable: the sum over the places where it was read; of no graph if the loss does not reach
    /// it.
    constexpr tensor by(const variable& v) const {
        tensor total;
        if (v.id() < 0) return total;
        for (int n = first_read_[v.id()]; n >= 0; n = next_read_[n]) {
            const tensor& sum = module_.sums[n];
            if (sum.builder() != nullptr) total = total.builder() == nullptr ? sum : add(total, sum);
        }
        return total.builder() == nullptr ? total : joined_parts(total);
    }

    /// Reports why no gradient comes to these variables: for each op that cuts some of them off from the loss, that op
    /// and them; the loss does not depend on the others.
    constexpr void report_missing(list_view<variable> missing) {
        buffer<bool> reach;
        values_.mark_dependents(reach, missing);
        buffer<bool> told;
        told.resize(static_cast<int>(missing.size()), false);
        for (int n = last_; n >= 0; --n)
            if (reach[n] && passed_[n] && is_op(n))
                for (int i = 0; i < builder_->node_at(n).operand_count; ++i)
                    if (const int operand = graph().operand(n, i); reach[operand] && !passed_[operand]) {
                        buffer<bool> before;
                        before.resize(last_ + 1, false);
                        before[operand] = true;
                        report_cut(cut_behind(n, operand, reach), {}, before, missing, told);
                    }
        buffer<bool> used;
        used.resize(last_ + 1, false);
        used[last_] = true;
        values_.mark_before(used);
        for (int n = last_; n >= 0; --n)
            if (role(n) == op_role::assign && reach[n] &&
                values_.is_read_among(used, graph().words[builder_->node_at(n).first_word])) {
                buffer<bool> before;
                before.resize(last_ + 1, false);
                before[n] = true;
                report_cut(n, "a variable passes no gradient to what it was assigned", before, missing, told);
            }
        for (std::size_t v = 0; v < missing.size(); ++v) {
            if (told[static_cast<int>(v)]) continue;
            builder_->log()
                .begin_report(mistake::gradient_missing)
                .add(detail_tag::path, builder_->path_of(missing[v].id()));
            builder_->log().report_in_progress().add(detail_tag::created_at,
                                                     builder_->variable_at(missing[v].id()).made);
            builder_->log().report_in_progress().add(detail_tag::asked_at, at_);
            builder_->log().settle();
        }
    }

private:
    /// The places where each variable is read, in program order: nobody looks through the graph for each variable.
    constexpr void list_reads() {
        buffer<int> last_read;  // by variable
        first_read_.resize(builder_->variable_count(), -1);
        last_read.resize(builder_->variable_count(), -1);
        next_read_.resize(last_ + 1, -1);
        for (int n = 0; n <= last_; ++n) {
            if (role(n) != op_role::read) continue;
            const int v = values_.variable_read_by(n);
            (last_read[v] < 0 ? first_read_[v] : next_read_[last_read[v]]) = n;
            last_read[v] = n;
        }
    }

    /// The op at fault where `n` has a gradient and hands none to `operand`: behind integers and masks the one that
    /// made them of floating-point numbers.
    constexpr int cut_behind(int n, int operand, const buffer<bool>& reach) const {
        while (!is_floating_node(operand)) {
            n = operand;
            for (int i = 0; i < values_.value_operands(n); ++i)
                if (reach[graph().operand(n, i)]) operand = graph().operand(n, i);
            if (operand == n) break;
        }
        return n;
    }

    /// Reports an op that ends the way back, with the variables behind `before` that are not told yet, if there are
    /// any.
    constexpr void report_cut(int cut, std::string_view rule, buffer<bool>& before, list_view<variable> behind,
                              buffer<bool>& told) {
        values_.mark_before(before);
        int count = 0;
        for (std::size_t v = 0; v < behind.size(); ++v) {
            if (told[static_cast<int>(v)] || !values_.is_read_among(before, behind[v].id())) continue;
            told[static_cast<int>(v)] = true;
            if (++count == 1) begin_cut(cut, rule);
            if (count > most_told) continue;
            short_text line("cuts off ");
            line += builder_->path_of(behind[v].id());
            builder_->log().report_in_progress().add(detail_tag::rule, line);
        }
        if (count == 0) return;
        add_more(builder_->log().report_in_progress(), count - most_told);
        builder_->log().report_in_progress().add(detail_tag::asked_at, at_);
        builder_->log().settle();
    }

    constexpr void begin_cut(int n, std::string_view rule) {
        const node& entry = builder_->node_at(n);
        builder_->log()
            .begin_report(mistake::not_differentiable)
            .add(detail_tag::op, builder_->all_names().path(entry.name));
        reports& report = builder_->log().report_in_progress();
        if (entry.made.line > 0) report.add(detail_tag::at, entry.made);
        short_text line(rule);
        if (rule.empty()) {
            line += entry.op->name;
            line += is_floating(entry.result.type) ? " passes no gradient" : " gives ";
            if (!is_floating(entry.result.type)) line += name_of(entry.result.type);
            if (!is_floating(entry.result.type)) line += ", which has no gradient";
        }
        report.add(detail_tag::rule, line);
    }

    constexpr bool is_op(int n) const {
        return role(n) == op_role::elementwise || role(n) == op_role::compute || role(n) == op_role::alias;
    }

    /// One body on the way back: the gradients by its values and by those that it uses, and what stands for the values
    /// of the way forward in the loop that is being built. The module itself has no loop, and its values are at hand.
    struct level final : forward_values {
        constexpr explicit level(backward_pass& of) : pass(&of) { sums.resize(of.last_ + 1); }
        constexpr level(backward_pass& of, level& around, int body, int its_end, loop_builder& built)
            : pass(&of), outer(&around), region(body), end(its_end), loop(&built) {
            sums.resize(of.last_ + 1);
            values.resize(of.builder_->value().nodes.size());
        }

        constexpr tensor at(int node) override {
            graph_builder& builder = *pass->builder_;
            if (outer == nullptr) return {&builder, node};
            if (node < values.size() && values[node].builder() != nullptr) return values[node];
            const tensor found = pass->is_within(node, region) ? stand_in(node) : outer->at(node);
            // An inner loop may be the one that is being built: what it computes is not for this one.
            if (!pass->is_region_within(loop->region(), builder.node_at(found.id()).region)) return found;
            if (node >= values.size()) values.resize(node + 1);
            values[node] = found;
            return found;
        }

        /// What stands for a value of this body.
        constexpr tensor stand_in(int n) {
            graph_builder& builder = *pass->builder_;
            const ambit::graph_parts::node entry = builder.node_at(n);
            const auto is_reversed = [&] { return builder.value().words[entry.first_word] != 0; };
            if (entry.op->role == op_role::slice)
                return loop->slice(outer->at(builder.value().operand(n, 0)), !is_reversed());
            if (entry.op->role == op_role::iteration) return loop->iteration(!is_reversed());
            if (entry.op->role == op_role::alias) return again(n);
            const tensor all = loop_builder::stacked(builder, end, {&builder, n}, false, pass->at_);
            return loop->slice(outer->at(all.id()), true);
        }

        /// The op of a node of this body once more, with what stands for its operands.
        constexpr tensor again(int n) {
            graph_builder& builder = *pass->builder_;
            const ambit::graph_parts::node entry = builder.node_at(n);
            std::array<tensor, graph_builder::max_operands> operands;
            const int count = entry.op->role == op_role::alias ? 1 : entry.operand_count;
            for (int i = 0; i < count; ++i) operands[static_cast<std::size_t>(i)] = at(builder.value().operand(n, i));
            buffer<std::int64_t> words;  // appending moves those of the graph
            words.append(builder.value().words.begin() + entry.first_word, entry.word_count);
            return builder.make(*entry.op, {operands.data(), static_cast<std::size_t>(count)},
                                {words.begin(), static_cast<std::size_t>(words.size())}, {}, pass->at_);
        }

        constexpr void add_to(int node, const tensor& gradient) {
            pass->passed_[node] = true;
            sums[node] = sums[node].builder() == nullptr ? gradient : add(sums[node], gradient);
        }
        constexpr bool has(int node) const { return sums[node].builder() != nullptr; }

        backward_pass* pass;
        level* outer = nullptr;
        int region = 0;
        int end = -1;
        loop_builder* loop = nullptr;
        buffer<tensor> sums;  // by node
        buffer<tensor> values;  // by node
    };

    constexpr const ambit::graph_parts::graph& graph() const { return *graph_; }
    constexpr op_role role(int n) const { return graph_->nodes[n].op->role; }
    constexpr bool is_floating_node(int n) const { return is_floating(graph_->nodes[n].result.type); }

    /// Whether a node stands in a body or in one inside of it.
    constexpr bool is_within(int n, int body) const { return is_region_within(builder_->node_at(n).region, body); }
    constexpr bool is_region_within(int region, int around) const {
        while (region > around) region = graph().regions[region].parent;
        return region == around;
    }

    /// Goes back over the nodes of one region from `last` to `first`.
    constexpr void pass_back(level& at, int first, int last) {
        for (int n = last; n >= first; --n) {
            if (role(n) == op_role::loop_end &&
                (at.outer == nullptr ? builder_->is_visible(n) : builder_->node_at(n).region == at.region)) {
                pass_loop(at, n);
                n = graph().operand(n, 0);
            } else if (wanted_[n] && at.has(n) && is_passed(at, n)) {
                pass_node(at, n);
            }
        }
    }

    /// Whether a node hands its gradient on by a rule; the ends of loops hand on those of their parts.
    constexpr bool is_passed(const level& at, int n) const {
        switch (role(n)) {
            case op_role::read:
            case op_role::final:
            case op_role::stacked: return false;
            case op_role::carried:
            case op_role::slice: return at.outer == nullptr;  // of a body that is still open: there is no way back
            default: return at.outer == nullptr ? builder_->is_visible(n) : builder_->node_at(n).region == at.region;
        }
    }

    constexpr void pass_node(level& at, int n) {
        const op_info& op = *builder_->node_at(n).op;
        const int operands = builder_->node_at(n).operand_count;
        const tensor upstream = checked_as(n, joined_parts(at.sums[n]));
        gradient_call call(*builder_, n, upstream, wanted_, at.outer == nullptr ? nullptr : &at);
        if (op.is_differentiable != 0) op.gradient(call);
        else if (depends_on_floats(n)) call.refuse();
        if (call.is_refused()) return refuse(n, "its gradient is not known");
        for (int i = 0; i < operands; ++i) {
            const int operand = graph().operand(n, i);
            const tensor& given = call.given(i);
            if (wanted_[operand] && given.builder() != nullptr) at.add_to(operand, given);
        }
    }

    /// The gradient that comes to a node; behind a check it needs the check, too: nobody steps along it if that fails.
    constexpr tensor checked_as(int n, tensor upstream) {
        for (int i = 1; role(n) == op_role::alias && i < builder_->node_at(n).operand_count; ++i) {
            const operation done(builder_, graph().operand(n, i));
            if (builder_->node_at(done.id()).op == &finding_info)
                upstream = builder_->depend(op_parts::identity_info, upstream, {&done, 1}, {}, at_);
        }
        return upstream;
    }

    /// Whether floating-point numbers that a gradient is wanted of go into a node. Of integers none is missed.
    constexpr bool depends_on_floats(int n) const {
        for (int i = 0; i < builder_->node_at(n).operand_count; ++i)
            if (const int operand = graph().operand(n, i); wanted_[operand] && is_floating_node(operand)) return true;
        return false;
    }

    /// A gradient that is not zero is not known: that of one op, or of a loop whose body is given.
    constexpr void refuse(int n, std::string_view rule, int body = -1) {
        buffer<bool> before, told;
        before.resize(last_ + 1, false);
        told.resize(static_cast<int>(variables_.size()), false);
        before[n] = true;
        for (int inside = n + 1; body >= 0 && inside <= last_; ++inside) before[inside] = is_within(inside, body);
        report_cut(n, rule, before, variables_, told);
    }

    /// The values of a loop that some gradient comes from: the body, and what it uses.
    constexpr buffer<bool> reached_of(const level& at, int end) const {
        buffer<bool> reached;
        reached.resize(last_ + 1, false);
        for (int n = end + 1; n <= last_; ++n)
            if ((role(n) == op_role::final || role(n) == op_role::stacked) && graph().operand(n, 1) == end && at.has(n))
                reached[graph().operand(n, 0)] = true;
        const int body = static_cast<int>(graph().words[builder_->node_at(end).first_word]);
        for (bool again = true; again;) {
            again = false;
            for (int n = last_; n > graph().operand(end, 0); --n) {
                if (!reached[n] || !is_within(n, body)) continue;
                for (int i = 0; i < builder_->node_at(n).operand_count; ++i) {
                    const int operand = graph().operand(n, i);
                    again = again || (operand > n && !reached[operand]);
                    reached[operand] = true;
                }
            }
        }
        return reached;
    }

    /// The way back through a loop whose results have gradients.
    constexpr void pass_loop(level& at, int end) {
        const int begin = graph().operand(end, 0), first_word = builder_->node_at(begin).first_word;
        const int body = static_cast<int>(graph().words[first_word]);
        const auto memory = static_cast<loop_memory>(graph().words[first_word + 2]);
        const std::int64_t trips = graph().words[first_word + 1];
        const buffer<bool> reached = reached_of(at, end);

        // What the body uses from outside is summed up over the iterations; states and elements have their own way.
        buffer<int> states, slices, captured, results;
        for (int n = begin + 1; n <= last_; ++n) {
            if ((role(n) == op_role::final || role(n) == op_role::stacked) && graph().operand(n, 1) == end &&
                at.has(n)) {
                results.push_back(n);
                if (role(n) == op_role::stacked) note_captured(captured, graph().operand(n, 0), body);
            }
            if (!reached[n] || !is_within(n, body)) continue;
            const bool is_own = builder_->node_at(n).region == body;
            for (int i = 0; i < builder_->node_at(n).operand_count; ++i) {
                const int operand = graph().operand(n, i);
                if (is_within(operand, body)) continue;
                at.at(operand);  // while the loop around is the one that is being built
                const bool has_its_own_way =
                    is_own && i == 0 && (role(n) == op_role::carried || role(n) == op_role::slice);
                if (wanted_[n] && !has_its_own_way) note_captured(captured, operand, body);
            }
            if (!is_own || !wanted_[n] || !is_floating_node(n)) continue;
            if (role(n) == op_role::carried) states.push_back(n);
            if (role(n) == op_role::slice) slices.push_back(n);
        }
        if (results.empty()) return;
        const bool has_test = builder_->node_at(end).operand_count > 1;
        const int condition = has_test ? graph().operand(graph().operand(end, 1), 0) : -1;
        if (has_test && (trips > 1 || is_within(condition, body)))
            return refuse(begin, "how often it runs is not known before: use scan", body);

        buffer<tensor> of_states, of_captured;
        for (const int state : states) {
            tensor sum;
            for (const int n : results)
                if (role(n) == op_role::final && graph().operand(n, 0) == state)
                    sum = sum.builder() == nullptr ? at.sums[n] : add(sum, at.sums[n]);
            of_states.push_back(sum.builder() == nullptr ? zeros_of(state) : sum);
        }
        for (const int n : captured) of_captured.push_back(zeros_of(n));
        const tensor goes_on = has_test ? at.at(condition) : tensor();

        loop_builder loop(*builder_, trips, memory);
        level inside(*this, at, body, end, loop);
        if (has_test) loop.test(goes_on);
        for (int i = 0; i < states.size(); ++i) {
            of_states[i] = loop.carried(of_states[i]);
            inside.add_to(graph().operand(states[i], 1), of_states[i]);
        }
        for (const int n : results)
            if (role(n) == op_role::stacked)
                inside.add_to(graph().operand(n, 0), loop.slice(at.sums[n], !is_reversed(n)));
        if (memory == loop_memory::recompute)
            for (int n = begin + 1; n < end; ++n)
                if (builder_->node_at(n).region == body &&
                    (role(n) == op_role::elementwise || role(n) == op_role::compute))
                    inside.values[n] = inside.again(n);
        pass_back(inside, begin + 1, end - 1);

        for (int i = 0; i < states.size(); ++i) {
            const tensor next = inside.has(states[i]) ? inside.sums[states[i]] : zeros_of(states[i]);
            op_parts::set_states<1>(loop, {of_states[i]}, {next}, at_);
        }
        // What is stacked for a product behind the loop is memory that recomputation is to save.
        sums_of_iterations sums(*builder_, loop.region());
        buffer<tensor> of_iteration;
        for (const int n : captured) of_iteration.push_back(inside.sums[n]);
        if (memory == loop_memory::store) {
            for (int i = 0; i < captured.size(); ++i)
                if (inside.has(captured[i])) of_iteration[i] = sums.take_products(i, of_iteration[i]);
            for (int i = 0; i < captured.size(); ++i)
                if (of_iteration[i].builder() != nullptr) of_iteration[i] = sums.take_slices(i, of_iteration[i]);
            for (int i = 0; i < captured.size(); ++i)
                if (of_iteration[i].builder() != nullptr) of_iteration[i] = sums.take_sums(i, of_iteration[i]);
        }
        for (int i = 0; i < captured.size(); ++i) {
            if (of_iteration[i].builder() == nullptr) continue;
            of_captured[i] = loop.carried(of_captured[i]);
            loop.set_next(of_captured[i], add(of_captured[i], of_iteration[i]), at_);
        }
        const int back = loop.close();
        for (int i = 0; i < states.size(); ++i)
            if (const int initial = graph().operand(states[i], 0); wanted_[initial] && initial != states[i])
                at.add_to(initial, loop_builder::final_of(*builder_, back, of_states[i]));
        for (const int n : slices)
            if (const int all = graph().operand(n, 0); wanted_[all] && inside.has(n))
                at.add_to(all, loop_builder::stacked(*builder_, back, inside.sums[n], !is_reversed(n), at_));
        for (int i = 0; i < captured.size(); ++i) {
            if (!inside.has(captured[i])) continue;
            if (of_iteration[i].builder() != nullptr)
                at.add_to(captured[i], loop_builder::final_of(*builder_, back, of_captured[i]));
            if (const tensor total = sums.total(i, back, at_); total.builder() != nullptr)
                at.add_to(captured[i], total);
        }
    }

    constexpr void note_captured(buffer<int>& captured, int n, int body) const {
        if (is_within(n, body) || !wanted_[n] || !is_floating_node(n)) return;
        for (const int known : captured)
            if (known == n) return;
        captured.push_back(n);
    }

    constexpr bool is_reversed(int n) const { return graph().words[builder_->node_at(n).first_word] != 0; }

    constexpr tensor zeros_of(int n) {
        const tensor_spec spec = builder_->node_at(n).result;
        const tensor zero = builder_->constant(0, spec.type);
        return spec.extents.rank() == 0 ? zero : broadcast_to(zero, spec.extents);
    }

    graph_builder* builder_;
    const ambit::graph_parts::graph* graph_;
    int last_;
    place at_;
    list_view<variable> variables_;
    dependence values_;
    buffer<bool> wanted_;  // by node: whether its gradient is
    buffer<bool> passed_;  // and whether there is one, in whatever body
    buffer<int> first_read_;  // by variable; -1: none
    buffer<int> next_read_;  // by node: of the same variable
    level module_;
};

}  // namespace ambit::graph_parts
