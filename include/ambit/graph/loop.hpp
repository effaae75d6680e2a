// SPDX-License-Identifier: BSL-1.0
// Loops in a graph: one body, however often it runs. `scan`, `while_loop` and gradients build them with this:
//
//     loop_builder loop(builder, trips);                    // what is built from here on belongs to the body
//     const tensor state = loop.carried(initial);           // the state that an iteration finds
//     const tensor x     = loop.slice(xs, false);           // its element of xs
//     const tensor next  = add(state, x);
//     loop.set_next(state, next, at);
//     const int end = loop.close();
//     const tensor total  = loop_builder::final_of(builder, end, state);               // [..]
//     const tensor totals = loop_builder::stacked(builder, end, next, false, at);      // [trips, ..]
//
// A body uses values of the regions around it as they are. Nothing tells a loop which values it hands out: what nobody
// asks for is never stored, and gradients may ask for more of a loop long after it was closed.
#pragma once

#include <ambit/core/list_view.hpp>
#include <ambit/graph/builder.hpp>

#include <array>
#include <limits>

namespace AMBIT_NAMESPACE::graph_parts {

inline constexpr op_info loop_begin_info{"loop", op_id("loop"), op_role::loop_begin, 0, nullptr, nullptr};
inline constexpr op_info loop_end_info{"loop_end", op_id("loop_end"), op_role::loop_end, 0, nullptr, nullptr};
inline constexpr op_info loop_test_info{"loop_test", op_id("loop_test"), op_role::loop_test, 0, nullptr, nullptr};
inline constexpr op_info carried_info{"state", op_id("state"), op_role::carried, 0, nullptr, nullptr};
inline constexpr op_info element_info{"element", op_id("element"), op_role::slice, 0, nullptr, nullptr};
inline constexpr op_info iteration_info{"iteration", op_id("iteration"), op_role::iteration, 0, nullptr, nullptr};
inline constexpr op_info final_info{"final", op_id("final"), op_role::final, 0, nullptr, nullptr};
inline constexpr op_info stacked_info{"stacked", op_id("stacked"), op_role::stacked, 0, nullptr, nullptr};

/// What a loop keeps of its iterations for gradients.
enum class loop_memory : std::int64_t {
    store,     ///< the values that gradient rules need, of every iteration
    recompute  ///< the states alone; the way back computes each iteration again from its state
};

/// The shape of one element along axis 0, and of several one after another.
constexpr tensor_spec element_spec(const tensor_spec& all) {
    tensor_spec one{{}, all.type};
    for (int axis = 1; axis < all.extents.rank(); ++axis) one.extents.append(all.extents[axis]);
    return one;
}
constexpr tensor_spec stacked_spec(std::int64_t count, const tensor_spec& one) {
    tensor_spec all{{}, one.type};
    all.extents.append(count);
    for (int axis = 0; axis < one.extents.rank() && axis + 1 < max_rank; ++axis) all.extents.append(one.extents[axis]);
    return all;
}

class loop_builder {
public:
    /// The most iterations of a loop that its test ends.
    static constexpr std::int64_t unlimited = (std::numeric_limits<std::int64_t>::max)();

    /// Opens the body. `trips` is at least 1: how often it runs, or runs at most if the loop has a test.
    constexpr loop_builder(graph_builder& builder, std::int64_t trips, loop_memory memory = loop_memory::store)
        : builder_(&builder), region_(builder.nodes().next_region()) {
        const std::array<std::int64_t, 3> words{region_, trips, static_cast<std::int64_t>(memory)};
        begin_ = builder.append(loop_begin_info, {}, {}, words, builder.next_op_name(loop_begin_info.name)).id();
        builder.nodes().open_body(begin_);
    }
    loop_builder(const loop_builder&) = delete;
    loop_builder& operator=(const loop_builder&) = delete;
    /// A body that an exception left is never reached again.
    constexpr ~loop_builder() {
        if (end_ < 0) builder_->nodes().leave_body(region_);
    }

    /// A value that goes from one iteration to the next; it stays what it is until `set_next` says what it becomes.
    constexpr tensor carried(const tensor& initial) {
        const tensor_spec spec = initial.spec();
        if (builder_->is_inert(initial.id())) return builder_->inert(spec);
        const std::array<tensor, 2> operands{initial, initial};
        const tensor state = part(carried_info, spec, operands, {});
        builder_->nodes().set_operand(state.id(), 1, state.id());
        return state;
    }

    /// A value of the body, none that it carries, as the last iteration leaves it, for `final_of`; of a loop that does
    /// not run it is anything.
    constexpr tensor kept(const tensor& value) {
        const tensor_spec spec = value.spec();
        if (builder_->is_inert(value.id())) return builder_->inert(spec);
        const std::array<tensor, 2> operands{value, value};
        const tensor state = part(carried_info, spec, operands, {});
        builder_->nodes().set_operand(state.id(), 0, state.id());
        return state;
    }

    /// What a carried value is in the next iteration: of its shape and dtype, else a mistake.
    constexpr void set_next(const tensor& state, const tensor& next, const place& at) {
        if (builder_->is_inert(state.id()) || builder_->is_inert(next.id())) return;
        if (next.spec() != state.spec()) {
            op_refusals& refusals = builder_->refusals();
            refusals.begin_at(mistake::loop_state, state.op_name());
            refusals.operand("given", state.spec());
            refusals.operand("returned", next.spec());
            refusals.end(at);
            return;
        }
        builder_->nodes().set_operand(state.id(), 1, next.id());
    }

    /// The element of an outer value along axis 0 that belongs to this iteration. Copies nothing.
    constexpr tensor slice(const tensor& all, bool reverse) {
        const tensor_spec spec = element_spec(all.spec());
        if (builder_->is_inert(all.id())) return builder_->inert(spec);
        const std::int64_t word = reverse ? 1 : 0;
        for (int n = begin_ + 1; n < builder_->nodes().size(); ++n)
            if (is_made(n, op_role::slice, word) && builder_->value().operand(n, 0) == all.id()) return {builder_, n};
        return part(element_info, spec, {&all, 1}, {&word, 1});
    }

    /// 0, 1, …, or counted down to 0.
    constexpr tensor iteration(bool reverse) {
        const std::int64_t word = reverse ? 1 : 0;
        for (int n = begin_ + 1; n < builder_->nodes().size(); ++n)
            if (is_made(n, op_role::iteration, word)) return {builder_, n};
        return part(iteration_info, {{}, dtype::int32}, {}, {&word, 1});
    }

    /// The loop ends before this point of the first iteration in which `condition`, a bool, is false.
    constexpr void test(const tensor& condition) {
        if (builder_->is_inert(condition.id())) return;
        test_ = builder_->append(loop_test_info, {}, {&condition, 1}, {}, names::root);
    }

    constexpr int region() const { return region_; }

    /// Ends the body; returns the loop's end, from which its results are taken.
    constexpr int close() {
        builder_->nodes().leave_body(region_);
        const std::int64_t word = region_;
        const std::array<tensor, 2> operands{tensor(builder_, begin_), test_};
        end_ = builder_->append(loop_end_info, {}, {operands.data(), test_.id() < 0 ? 1U : 2U}, {&word, 1}, names::root)
                   .id();
        builder_->nodes().end_body(region_, end_);
        if (builder_->nodes().open_region() == 0) builder_->add_postponed_losses();
        return end_;
    }

    // ---- results of a closed loop, in the region around it ----------------------------------------------------------

    /// A carried value after the last iteration.
    static constexpr tensor final_of(graph_builder& builder, int end, const tensor& state) {
        const tensor_spec spec = state.spec();
        if (builder.is_inert(state.id()) || builder.is_inert(builder.value().operand(state.id(), 1)))
            return builder.inert(spec);
        return result(builder, final_info, spec, end, state, {});
    }

    /// A value of the body, or one that it uses, of all iterations, the last one first if `reverse`.
    static constexpr tensor stacked(graph_builder& builder, int end, const tensor& value, bool reverse,
                                    const place& at) {
        const tensor_spec spec = stacked_spec(trips_of(builder, end), value.spec());
        if (builder.is_inert(value.id())) return builder.inert(spec);
        if (value.shape().rank() == max_rank || !is_legal(spec.extents)) {
            op_refusals& refusals = builder.refusals();
            refusals.begin(mistake::op_shape, "stacked");
            refusals.operand(value);
            refusals.rule(value.shape().rank() == max_rank ? "values of 8 axes cannot be stacked"
                                                           : "the values of all iterations would exceed a terabyte");
            refusals.end(at);
            return builder.inert(value.spec());
        }
        const std::int64_t word = reverse ? 1 : 0;
        for (int n = end + 1; n < builder.nodes().size(); ++n) {
            const node& entry = builder.node_at(n);
            if (entry.op->role == op_role::stacked && builder.value().words[entry.first_word] == word &&
                builder.value().operand(n, 0) == value.id() && builder.value().operand(n, 1) == end)
                return {&builder, n};
        }
        return result(builder, stacked_info, spec, end, value, {&word, 1});
    }

    static constexpr std::int64_t trips_of(const graph_builder& builder, int end) {
        return builder.value().words[builder.node_at(builder.value().operand(end, 0)).first_word + 1];
    }

private:
    static constexpr tensor result(graph_builder& builder, const op_info& info, const tensor_spec& spec, int end,
                                   const tensor& value, list_view<std::int64_t> words) {
        const std::array<tensor, 2> operands{value, tensor(&builder, end)};
        const tensor made = builder.append(info, spec, operands, words, builder.next_op_name(info.name));
        builder.nodes().set_region(made.id(), builder.node_at(end).region);  // wherever it is asked for
        return made;
    }

    /// A part of this loop, even while an inner one is open.
    constexpr tensor part(const op_info& info, const tensor_spec& spec, list_view<tensor> operands,
                          list_view<std::int64_t> words) {
        const tensor made = builder_->append(info, spec, operands, words, builder_->next_op_name(info.name));
        builder_->nodes().set_region(made.id(), region_);
        return made;
    }
    constexpr bool is_made(int n, op_role role, std::int64_t word) const {
        const node& entry = builder_->node_at(n);
        return entry.op->role == role && entry.region == region_ && builder_->value().words[entry.first_word] == word;
    }

    graph_builder* builder_;
    int region_;
    int begin_ = -1;
    int end_ = -1;
    tensor test_;
};

}  // namespace ambit::graph_parts
