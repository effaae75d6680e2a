// SPDX-License-Identifier: BSL-1.0
// The way into a builder: what ops call to append a node, and what tensors and variables ask of their graph.
//
//     return make_op(relu_info, {x}, no_attributes{}, options, at);
#pragma once

#include <ambit/core/throw_or_end.hpp>
#include <ambit/graph/graph_builder.hpp>

#include <array>
#include <cstddef>
#include <initializer_list>

namespace AMBIT_NAMESPACE::refused_parts {

// Not constexpr on purpose: an op was given no tensor of any graph, so there is no builder to report to. The compiler
// names this function and who called it.
inline void an_op_was_called_with_a_tensor_that_belongs_to_no_graph() {
    throw_or_end(model_error(mistake::foreign_tensor, AMBIT_SENTENCE(foreign_tensor)));
}

/// What an op makes of operands of no graph: one that the compiler refused has been told.
constexpr tensor without_graph(const tensor* operands, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i)
        if (operands[i].id() == tensor::refused) return operands[i];
    an_op_was_called_with_a_tensor_that_belongs_to_no_graph();
    return {};
}

/// The same for functions that look at their operands before they make an op of them:
///
///     if (refused_parts::is_without_graph({x, kernel})) return refused_parts::without_graph({x, kernel});
constexpr bool is_without_graph(std::initializer_list<tensor> operands) {
    for (const tensor& x : operands)
        if (x.builder() == nullptr) return true;
    return false;
}
constexpr tensor without_graph(std::initializer_list<tensor> operands) {
    return without_graph(operands.begin(), operands.size());
}

}  // namespace ambit::refused_parts

namespace AMBIT_NAMESPACE {

constexpr core_parts::short_text operation::op_name() const {
    return builder_->all_names().path(builder_->node_at(id_).name);
}
constexpr core_parts::short_text tensor::op_name() const {
    if (builder_ != nullptr) return builder_->all_names().path(builder_->node_at(id_).name);
    if (id_ != tensor::refused) refused_parts::a_tensor_that_was_never_set_has_no_shape_or_name();
    return {};
}
constexpr core_parts::short_text tensor::name() const {
    core_parts::short_text text = op_name();
    text += ":0";
    return text;
}

constexpr variable::operator tensor() const {
    graph_builder* const owner = builder();
    if (owner == nullptr) return {};
    return seen_as_ < 0 ? owner->read(*this) : tensor(owner, seen_as_);
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

namespace AMBIT_NAMESPACE::graph_parts {

/// What is the same for all attributes: so it is compiled once.
constexpr tensor append_op(const op_info& info, const tensor* operands, std::size_t count, const std::int64_t* words,
                           std::size_t word_count, const op_options& options, const place& at) {
    graph_builder* builder = nullptr;
    for (std::size_t i = 0; i < count && builder == nullptr; ++i) builder = operands[i].builder();
    if (builder == nullptr) return refused_parts::without_graph(operands, count);
    return builder->make(info, {operands, count}, {words, word_count}, options, at);
}

}  // namespace ambit::graph_parts

namespace AMBIT_NAMESPACE {

/// For the functions of ops: appends a node of `info` with these operands.
template <core_parts::attribute_struct Attributes = no_attributes>
constexpr tensor make_op(const op_info& info, std::initializer_list<tensor> operands, const Attributes& attributes,
                         const op_options& options, const core_parts::place& at) {
    if constexpr (core_parts::word_count<Attributes> == 0) {
        return graph_parts::append_op(info, operands.begin(), operands.size(), nullptr, 0, options, at);
    } else {
        const auto words = core_parts::to_words(attributes);
        return graph_parts::append_op(info, operands.begin(), operands.size(), words.data(), words.size(), options, at);
    }
}

}  // namespace ambit

namespace AMBIT_NAMESPACE::graph_parts {

/// For elementwise ops of two operands, of which at most one is a number.
constexpr tensor make_binary_op(const op_info& info, const operand& a, const operand& b, const op_options& options,
                                const place& at) {
    graph_builder* const builder = a.value().builder() != nullptr ? a.value().builder() : b.value().builder();
    if (builder == nullptr) {
        const std::array<tensor, 2> values{a.value(), b.value()};
        return refused_parts::without_graph(values.data(), values.size());
    }
    const std::array<tensor, 2> operands = builder->resolve(info, a, b, at);
    return builder->make(info, operands, {}, options, at);
}

}  // namespace ambit::graph_parts
