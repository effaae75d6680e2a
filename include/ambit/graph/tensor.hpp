// SPDX-License-Identifier: BSL-1.0
// A value in a graph: the result of an op, an input, or a variable as it was read. Copy it freely.
#pragma once

#include <ambit/core/choice.hpp>
#include <ambit/math/number.hpp>
#include <ambit/core/tensor_spec.hpp>
#include <ambit/scope/variable.hpp>

#include <array>
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <source_location>
#include <type_traits>

namespace AMBIT_NAMESPACE::graph_parts {

class graph_builder;
class operand;

}  // namespace ambit::graph_parts

namespace AMBIT_NAMESPACE::refused_parts {

struct anything {
    template <class Value> constexpr anything(const Value&) {}
};

/// `{.axis = 1}` where the axis is an argument.
struct axis_as_option {
    scope_parts::named_members_only only_named{};
    std::int64_t axis = 0;
    bool exclusive = false;
    bool reverse = false;
    std::string_view name = {};
};

}  // namespace ambit::refused_parts

namespace AMBIT_NAMESPACE {

struct schedule;

using graph_parts::graph_builder;  // users make one: `graph_builder graph; scope root(graph);`

class tensor {
public:
    constexpr tensor() = default;
    constexpr tensor(graph_builder* builder, int id) : builder_(builder), id_(id) {}
    template <std::same_as<bool> Truth>
    AMBIT_REFUSES("a bool is no tensor: compare elements with equal(a, b), not with a == b; combine with logical_and(a, b)")
    constexpr tensor(Truth) : id_(refused) {}
    template <class Number>
        requires(std::is_arithmetic_v<Number> && !std::same_as<Number, bool>)
    AMBIT_REFUSES("a number is no tensor: compare elements with equal(x, 0), not with x == 0; make one with constant(s, 0.5)")
    constexpr tensor(Number) : id_(refused) {}
    template <core_parts::text_like Text>
    AMBIT_REFUSES("text is no tensor: a name is an option, relu(x, {.name = \"activation\"})")
    constexpr tensor(Text) : id_(refused) {}

    template <std::same_as<initializer> Initializer>
    AMBIT_REFUSES("an initializer is no tensor, a scope makes one: constant(s, 0.5), random_normal(s, {2, 3})")
    constexpr tensor(const Initializer&) : id_(refused) {}
    template <std::same_as<ambit::shape> Shape>
    AMBIT_REFUSES("a shape is no tensor, it is known while the model is built: x.shape()[0] is a number")
    constexpr tensor(const Shape&) : id_(refused) {}

    /// The id of what the compiler has refused at its line: nothing more is said of it.
    static constexpr int refused = -2;

    constexpr ambit::shape shape() const;
    constexpr ambit::dtype dtype() const;
    constexpr tensor_spec spec() const;

    /// `conv1/add:0`, and without the `:0`.
    constexpr core_parts::short_text name() const;
    constexpr core_parts::short_text op_name() const;

    /// Identity, as in TensorFlow 1: the same value of the same graph. Elementwise comparison is `equal`.
    friend constexpr bool operator==(const tensor& a, const tensor& b) {
        return a.builder_ == b.builder_ && a.id_ == b.id_;
    }

    template <std::same_as<bool> Truth>
    AMBIT_REFUSES("a tensor has no value while the model is built: choose elements with where(t, a, b), branch with cond")
    constexpr explicit operator Truth() const { return false; }  // no loop is endless
    // Explicit: an implicit one would turn x + 1 into a sum of numbers.
    template <class Number>
        requires(std::is_arithmetic_v<Number> && !std::same_as<Number, bool>)
    AMBIT_REFUSES("a tensor has no value while the model is built: return it, a scalar output is returned as a number")
    constexpr explicit operator Number() const { return {}; }  // [ambit] it has no value while models are built
    AMBIT_REFUSES("&& decides while the model is built, and a tensor has no value then: use logical_and(a, b)")
    friend constexpr tensor operator&&(const tensor& a, const tensor&) { return a; }
    AMBIT_REFUSES("|| decides while the model is built, and a tensor has no value then: use logical_or(a, b)")
    friend constexpr tensor operator||(const tensor& a, const tensor&) { return a; }
    AMBIT_REFUSES("! decides while the model is built, and a tensor has no value then: use logical_not(a)")
    friend constexpr tensor operator!(const tensor& a) { return a; }

    // Enough of an iterator for a loop and too little for std::ranges: {x} is a list of one tensor, not a range of its
    // own.
    struct no_iterator {
        const tensor* place;
        constexpr const tensor& operator*() const { return *place; }
        constexpr no_iterator& operator++() { return *this; }
        constexpr bool operator!=(const no_iterator&) const { return false; }
    };
    AMBIT_REFUSES("a tensor is not walked through: its parts along an axis are unstack(x, axis)")
    constexpr no_iterator begin() const { return {this}; }
    AMBIT_REFUSES("a tensor is not walked through: its parts along an axis are unstack(x, axis)")
    constexpr no_iterator end() const { return {this}; }
    template <std::integral Axis>
    AMBIT_REFUSES("an extent is x.shape()[0], from the end x.shape()[-1]")
    constexpr std::int64_t shape(Axis) const { return 1; }
    template <class Index>
        requires(std::is_arithmetic_v<Index>)
    AMBIT_REFUSES("parts of a tensor are made by slice, strided_slice, split or gather: gather(x, constant(s, 0))")
    constexpr tensor operator[](Index) const { return *this; }

    // What other libraries have as members or functions. Functions are found through their argument alone, and take it
    // by a conversion, so that every function of a program of that name is chosen before them.
#define AMBIT_NO_ASSIGNMENT(assignment)                                                                            \
    template <class Value>                                                                                         \
    AMBIT_REFUSES("a tensor never changes, a name may mean another one: x = x " #assignment " y, without the =")   \
    constexpr tensor& operator assignment##=(const Value&) { return *this; }
    AMBIT_NO_ASSIGNMENT(+)
    AMBIT_NO_ASSIGNMENT(-)
    AMBIT_NO_ASSIGNMENT(*)
    AMBIT_NO_ASSIGNMENT(/)
#undef AMBIT_NO_ASSIGNMENT
    AMBIT_REFUSES("a tensor never changes, a name may mean another one: x = x + 1")
    constexpr tensor& operator++() { return *this; }
    AMBIT_REFUSES("a tensor never changes, a name may mean another one: x = x + 1")
    constexpr tensor operator++(int) { return *this; }
    AMBIT_REFUSES("a tensor never changes, a name may mean another one: x = x - 1")
    constexpr tensor& operator--() { return *this; }
    AMBIT_REFUSES("a tensor never changes, a name may mean another one: x = x - 1")
    constexpr tensor operator--(int) { return *this; }

// Names that may be macros of the user's, max and min, come in parentheses; those that may be types of the standard
// library, such as rank, must not.
#define AMBIT_NO_MEMBER(name, sentence)     \
    template <class... Arguments>           \
    AMBIT_REFUSES(sentence)                 \
    constexpr tensor name(const Arguments&...) const { return *this; }
#define AMBIT_NO_FUNCTION(name, sentence)   \
    template <class... Arguments>           \
    AMBIT_REFUSES(sentence)                 \
    friend constexpr tensor(name)(const graph_parts::operand&, const Arguments&...) { return {nullptr, refused}; }
#define AMBIT_NEITHER(name, sentence) AMBIT_NO_MEMBER((name), sentence) AMBIT_NO_FUNCTION(name, sentence)
    AMBIT_NEITHER(sum, "the op is reduce_sum(x), along some axes reduce_sum(x, {.axes = 1})")
    AMBIT_NEITHER(mean, "the op is reduce_mean(x), along some axes reduce_mean(x, {.axes = 1})")
    AMBIT_NEITHER(max, "the ops are reduce_max(x) of all elements and maximum(a, b) of pairs")
    AMBIT_NEITHER(min, "the ops are reduce_min(x) of all elements and minimum(a, b) of pairs")
    AMBIT_NEITHER(prod, "the op is reduce_prod(x), along some axes reduce_prod(x, {.axes = 1})")
    AMBIT_NEITHER(view, "the op is reshape(x, {2, 3})")
    AMBIT_NEITHER(flatten, "the op is reshape(x, {batch, -1})")
    AMBIT_NEITHER(permute, "the op is transpose(x, {0, 2, 1})")
    AMBIT_NEITHER(unsqueeze, "the op is expand_dims(x, axis)")
    AMBIT_NEITHER(print, "a tensor has no value while the model is built: return it, and print what the model computes")
    AMBIT_NO_MEMBER(reshape, "the op is reshape(x, {2, 3})")
    AMBIT_NO_MEMBER(transpose, "the op is transpose(x, {1, 0})")
// Braces are no argument of a template.
#define AMBIT_NO_MEMBER_OF_A_LIST(name, sentence) \
    AMBIT_REFUSES(sentence)                       \
    constexpr tensor name(std::initializer_list<std::int64_t>) const { return *this; }
    AMBIT_NO_MEMBER_OF_A_LIST(view, "the op is reshape(x, {2, 3})")
    AMBIT_NO_MEMBER_OF_A_LIST(permute, "the op is transpose(x, {0, 2, 1})")
    AMBIT_NO_MEMBER_OF_A_LIST(reshape, "the op is reshape(x, {2, 3})")
    AMBIT_NO_MEMBER_OF_A_LIST(transpose, "the op is transpose(x, {1, 0})")
#undef AMBIT_NO_MEMBER_OF_A_LIST
    AMBIT_NO_MEMBER(to, "the op is cast(x, float64)")
    AMBIT_NO_MEMBER(astype, "the op is cast(x, float64)")
// Numbers where they stand, so that a shape or a condition made of one adds no errors of its own.
#define AMBIT_NO_NUMBER(name, sentence) \
    template <class... Arguments>       \
    AMBIT_REFUSES(sentence)             \
    constexpr std::int64_t name(const Arguments&...) const { return 1; }
    AMBIT_NO_NUMBER(size, "a tensor has x.shape().elements(), and x.shape()[0] along an axis")
    AMBIT_NO_NUMBER(dim, "a tensor has x.shape().rank()")
    AMBIT_NO_NUMBER(ndim, "a tensor has x.shape().rank()")
    AMBIT_NO_NUMBER(rank, "a tensor has x.shape().rank()")
#undef AMBIT_NO_NUMBER
    AMBIT_NO_FUNCTION(size, "a tensor has x.shape().elements(), and x.shape()[0] along an axis")
    AMBIT_NO_MEMBER(item, "a tensor has no value while the model is built: a scalar output is returned as a number")
    AMBIT_NO_MEMBER(numpy, "a tensor has no value while the model is built: return it, and read what the model gives")
    AMBIT_NO_MEMBER(backward, "the way back is made by minimize(s, loss, adam{}), or gradients(loss, variables)")
    AMBIT_NO_MEMBER(detach, "the op is stop_gradient(x)")
    AMBIT_NO_MEMBER(grad, "the way back is gradients(loss, {w}), an array of tensors, or minimize(s, loss, adam{})")
    AMBIT_NO_MEMBER(assign, "it is a variable that changes: variable w = s.get_variable(...), assign(w, value)")
    AMBIT_NO_MEMBER(clone, "a tensor never changes: a copy of it is another name, tensor y = x")
    AMBIT_NO_MEMBER(matmul, "the op is matmul(a, b)")
    AMBIT_NO_MEMBER(pow, "the op is pow(x, 2)")
    AMBIT_NO_MEMBER(split, "ops are functions: split(x, 2, axis), or split<2>(x, axis)")
    AMBIT_NO_MEMBER(operator(), "parts of a tensor are made by slice, strided_slice, split or gather")
#define AMBIT_FUNCTION_OF_ONE(name)                                             \
    AMBIT_NO_MEMBER(name, "ops are functions: " #name "(x)")                    \
    AMBIT_NO_FUNCTION(name, "options are in braces: " #name "(x, {.name = \"y\"})")
    AMBIT_FUNCTION_OF_ONE(relu)
    AMBIT_FUNCTION_OF_ONE(sigmoid)
    AMBIT_FUNCTION_OF_ONE(tanh)
    AMBIT_FUNCTION_OF_ONE(exp)
    AMBIT_FUNCTION_OF_ONE(log)
    AMBIT_FUNCTION_OF_ONE(sqrt)
    AMBIT_FUNCTION_OF_ONE(square)
    AMBIT_FUNCTION_OF_ONE(abs)
#undef AMBIT_FUNCTION_OF_ONE
    AMBIT_NO_MEMBER(softmax, "ops are functions: softmax(x)")
    AMBIT_NO_MEMBER(argmax, "ops are functions: argmax(x, 1)")
    AMBIT_NO_MEMBER(squeeze, "ops are functions: squeeze(x)")
    AMBIT_NO_FUNCTION(pad, "what is added is a pair an axis: pad(x, {{1, 1}, {0, 0}})")
    AMBIT_NO_FUNCTION(len, "a tensor has x.shape()[0]")
    AMBIT_NO_FUNCTION(dot, "products are matmul(a, b), and of elements a * b")
    AMBIT_NO_FUNCTION(mm, "the op is matmul(a, b)")
    AMBIT_NO_FUNCTION(bmm, "the op is matmul(a, b), of any number of matrices")
    AMBIT_NO_FUNCTION(multiply, "the op is a * b, or mul(a, b)")
    AMBIT_NO_FUNCTION(subtract, "the op is a - b, or sub(a, b)")
    AMBIT_NO_FUNCTION(divide, "the op is a / b, or div(a, b)")
    AMBIT_NO_FUNCTION(stack, "the tensors are a list: stack({a, b})")
    AMBIT_NO_FUNCTION(power, "the op is pow(a, b)")
    AMBIT_NO_FUNCTION(max_pool2d, "the op is max_pool(image, {.window = {2, 2}, .strides = {2, 2}})")
    AMBIT_NO_FUNCTION(max_pooling2d, "the op is max_pool(image, {.window = {2, 2}, .strides = {2, 2}})")
    AMBIT_NO_FUNCTION(avg_pool2d, "the op is avg_pool(image, {.window = {2, 2}, .strides = {2, 2}})")
    AMBIT_NO_FUNCTION(average_pooling2d, "the op is avg_pool(image, {.window = {2, 2}, .strides = {2, 2}})")
    AMBIT_NO_FUNCTION(clamp, "the op is clip(x, 0, 1)")
    AMBIT_NO_FUNCTION(clip_by_value, "the op is clip(x, 0, 1)")
    AMBIT_NO_FUNCTION(cross_entropy, "the op is sparse_softmax_cross_entropy(logits, labels), an element an example")
    AMBIT_NO_FUNCTION(nll_loss, "the op is sparse_softmax_cross_entropy(logits, labels), of logits")
    AMBIT_NO_FUNCTION(softmax_cross_entropy_with_logits, "the op is softmax_cross_entropy(logits, labels)")
    AMBIT_NO_FUNCTION(sparse_softmax_cross_entropy_with_logits, "the op is sparse_softmax_cross_entropy(logits, labels)")
    AMBIT_NO_FUNCTION(sigmoid_cross_entropy_with_logits, "the op is sigmoid_cross_entropy(logits, labels)")
    AMBIT_NO_FUNCTION(binary_cross_entropy, "the op is sigmoid_cross_entropy(logits, labels), of logits")
    AMBIT_NO_FUNCTION(mse_loss, "the loss is mean_squared_error(predictions, targets)")
    AMBIT_NO_FUNCTION(l1_loss, "the loss is absolute_difference(predictions, targets)")
    // Of one argument: with more of them they are there.
#define AMBIT_NOT_ALONE(name, sentence) \
    AMBIT_REFUSES(sentence)             \
    friend constexpr tensor(name)(const graph_parts::operand&) { return {nullptr, refused}; }
    AMBIT_NOT_ALONE(argmax, "the axis is missing: argmax(x, 1)")
    AMBIT_NOT_ALONE(argmin, "the axis is missing: argmin(x, 1)")
    AMBIT_NOT_ALONE(expand_dims, "the axis is missing: expand_dims(x, 0)")
    AMBIT_NOT_ALONE(cumsum, "the axis is missing: cumsum(x, 0)")
    AMBIT_NOT_ALONE(matmul, "the second factor is missing: matmul(a, b)")
    AMBIT_NOT_ALONE(maximum, "maximum is of two: maximum(x, 0); of all elements of one it is reduce_max(x)")
    AMBIT_NOT_ALONE(minimum, "minimum is of two: minimum(x, 0); of all elements of one it is reduce_min(x)")
    AMBIT_NOT_ALONE(where, "where takes a condition and two values: where(x > 0, x, 0)")
#undef AMBIT_NOT_ALONE
#define AMBIT_AXIS_BEHIND(name)                                                             \
    AMBIT_REFUSES("the axis is an argument: " #name "(x, 1)")                               \
    friend constexpr tensor(name)(const graph_parts::operand&, const refused_parts::axis_as_option&) { \
        return {nullptr, refused};                                                          \
    }
    AMBIT_AXIS_BEHIND(argmax)
    AMBIT_AXIS_BEHIND(argmin)
    AMBIT_AXIS_BEHIND(expand_dims)
    AMBIT_AXIS_BEHIND(cumsum)
    AMBIT_AXIS_BEHIND(cumprod)
    AMBIT_AXIS_BEHIND(unstack)
#undef AMBIT_AXIS_BEHIND
// Layers of other names. What they are given is converted, and they are templates, so that functions of a program come
// first.
#define AMBIT_NO_LAYER(name, sentence)                                                                       \
    template <class = void>                                                                                  \
    AMBIT_REFUSES(sentence)                                                                                  \
    friend constexpr tensor(name)(const refused_parts::anything&, const refused_parts::anything& = 0,        \
                                  const refused_parts::anything& = 0, const refused_parts::anything& = 0,    \
                                  const refused_parts::anything& = 0) {                                      \
        return {nullptr, refused};                                                                           \
    }
    AMBIT_NO_LAYER(linear, "the layer is dense(s, \"hidden\", x, 500)")
    AMBIT_NO_LAYER(fully_connected, "the layer is dense(s, \"hidden\", x, 500, {.activation = relu})")
    AMBIT_NO_LAYER(batch_norm, "the layer is batch_normalization(s, \"norm\", x, {.training = true})")
    AMBIT_NO_LAYER(layer_norm, "the layer is layer_normalization(s, \"norm\", x)")
#undef AMBIT_NO_LAYER
    AMBIT_REFUSES("where takes a condition and two values: where(x > 0, x, 0)")
    friend constexpr tensor where(const graph_parts::operand&, const graph_parts::operand&) {
        return {nullptr, refused};
    }
    template <std::integral Count>
    AMBIT_REFUSES("the axis is missing: split(x, 2, axis) is a list of tensors, split<2>(x, axis) an array")
    friend constexpr std::array<tensor, 1> split(const graph_parts::operand&, Count) { return {}; }
#undef AMBIT_NEITHER
#undef AMBIT_NO_FUNCTION
#undef AMBIT_NO_MEMBER

    AMBIT_REFUSES("what division leaves is floor_mod(a, b)")
    friend constexpr tensor operator%(const tensor& a, const graph_parts::operand&) { return a; }

    template <class Stream>
        requires requires(Stream& out) { out.rdbuf(); }
    AMBIT_REFUSES("a tensor has no value while the model is built: return it, and print what the model computes")
    friend constexpr Stream& operator<<(Stream& out, const tensor&) { return out; }

    // `x.T` is no call.
    struct no_transpose {
        template <std::same_as<tensor> Tensor>
        AMBIT_REFUSES("the op is transpose(x)")
        constexpr operator Tensor() const { return {nullptr, refused}; }
        AMBIT_REFUSES("the op is transpose(x)")
        constexpr tensor operator()() const { return {nullptr, refused}; }
    };
    static constexpr no_transpose T{};

    constexpr graph_builder* builder() const { return builder_; }
    constexpr int id() const { return id_; }

private:
    graph_builder* builder_ = nullptr;
    int id_ = -1;
};

}  // namespace ambit

namespace AMBIT_NAMESPACE::graph_parts {

template <class T>
concept tensor_or_variable = std::same_as<T, tensor> || std::same_as<T, variable>;

/// An operand of an operator: a tensor, a variable, or a number, which takes the dtype of the other side. It knows the
/// line where it became one, since an operator has no argument for that.
class operand {
public:
    using location = std::source_location;

    constexpr operand(const tensor& value, const location& at = location::current())  // NOLINT: implicit, all of them
        : value_(value), at_(at) {}
    constexpr operand(const variable& read, const location& at = location::current());  // reads it
    template <class Number>
        requires(std::is_arithmetic_v<Number> && !std::same_as<Number, bool>)
    constexpr operand(Number literal, const location& at = location::current())
        : at_(at), literal_(literal), is_literal_(true) {}
    template <core_parts::text_like Text>
    AMBIT_REFUSES("this is a number or a tensor, no text: {.learning_rate = 0.001}")
    constexpr operand(Text, const location& at = location::current()) : at_(at), is_literal_(true) {}
    template <std::same_as<schedule> Schedule>
    AMBIT_REFUSES("a schedule gives a number for each step: {.learning_rate = scheduled(rate, step)}")
    constexpr operand(const Schedule&, const location& at = location::current()) : at_(at), is_literal_(true) {}
    template <std::same_as<initializer> Initializer>
    AMBIT_REFUSES("an initializer is no tensor, a scope makes one: constant(s, 0.5), random_normal(s, {2, 3})")
    constexpr operand(const Initializer&, const location& at = location::current()) : at_(at), is_literal_(true) {}

    constexpr bool is_literal() const { return is_literal_; }
    constexpr const number& literal() const { return literal_; }
    constexpr const tensor& value() const { return value_; }
    constexpr const location& at() const { return at_; }

private:
    tensor value_;
    location at_;
    number literal_;
    bool is_literal_ = false;
};

}  // namespace ambit::graph_parts
