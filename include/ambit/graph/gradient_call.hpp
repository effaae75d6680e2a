// SPDX-License-Identifier: BSL-1.0
// One use of an op on the way back from a loss: what a gradient rule sees, and what it answers.
//
//     constexpr void mul_op::gradient(gradient_call& call) {
//         call.give(0, mul(call.upstream(), call.operand(1)));
//         call.give(1, mul(call.upstream(), call.operand(0)));
//     }
//
// A rule builds graph like any other code; so gradients have gradients.
#pragma once

#include <ambit/graph/builder.hpp>

namespace AMBIT_NAMESPACE::graph_parts {

/// Where rules find values of the way forward that are not at hand where the gradient is built: those of a loop's body.
class forward_values {
public:
    virtual constexpr tensor at(int node) = 0;

protected:
    constexpr ~forward_values() = default;
};

}  // namespace ambit::graph_parts

namespace AMBIT_NAMESPACE {

class gradient_call {
public:
    /// `wanted[n]` says whether anything asks for the gradient of node n; what a rule gives goes to `given`, by
    /// operand.
    constexpr gradient_call(graph_builder& builder, int node, const tensor& upstream,
                            const core_parts::buffer<bool>& wanted, graph_parts::forward_values* values = nullptr)
        : builder_(&builder), node_(node), upstream_(upstream), wanted_(&wanted), values_(values) {
        given_.resize(builder.node_at(node).operand_count);
    }

    /// The gradient of the loss by the result of this op: same shape and dtype.
    constexpr const tensor& upstream() const { return upstream_; }
    constexpr tensor result() const { return at(node_); }
    constexpr int operand_count() const { return given_.size(); }
    constexpr tensor operand(int index) const { return at(operand_id(index)); }
    template <core_parts::attribute_struct Attributes> constexpr Attributes attributes() const {
        return core_parts::from_words<Attributes>(builder_->value().words.begin() +
                                                  builder_->node_at(node_).first_word);
    }

    /// Whether the gradient by an operand is asked for: rules may leave out the others.
    constexpr bool wants(int index) const { return (*wanted_)[operand_id(index)]; }

    /// The gradient of the loss by an operand, of the operand's shape and dtype.
    constexpr void give(int index, const tensor& gradient) { given_[index] = gradient; }

    /// The gradient by what is wanted is not known: whoever asked for one is told. A rule that gives none says that it
    /// is zero everywhere, as a cast to an integer does; then only a variable that has no other way to the loss is
    /// told.
    constexpr void refuse() { is_refused_ = true; }
    constexpr bool is_refused() const { return is_refused_; }

    constexpr const tensor& given(int index) const { return given_[index]; }

private:
    constexpr int operand_id(int index) const { return builder_->value().operand(node_, index); }
    constexpr tensor at(int node) const { return values_ == nullptr ? tensor(builder_, node) : values_->at(node); }

    graph_builder* builder_;
    int node_;
    tensor upstream_;
    const core_parts::buffer<bool>* wanted_;
    graph_parts::forward_values* values_;
    core_parts::buffer<tensor> given_;
    bool is_refused_ = false;
};

}  // namespace ambit
