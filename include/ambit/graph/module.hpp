// SPDX-License-Identifier: BSL-1.0
// Runs a module: an ordinary function over a scope and tensors leaves a graph behind, in the compiler or at run time.
//
//     module_run run(two_images{}, {spec(float32, {1, 32, 32, 32}), spec(float32, {1, 32, 32, 32})});
//     run.builder().variable_count() == 4;                      // throws model_error on the first mistake
//     check(two_images{}, {…}).size() == 0;                     // or collects all of them
#pragma once

#include <ambit/graph/builder.hpp>
#include <ambit/graph/member_names.hpp>
#include <ambit/graph/outputs.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>

namespace AMBIT_NAMESPACE::graph_parts {

template <std::size_t> using tensor_for = const tensor&;

template <class Module, std::size_t... I>
auto result_of(std::index_sequence<I...>)
    -> decltype(std::declval<const Module&>()(std::declval<scope&>(), std::declval<tensor_for<I>>()...));

template <class Module, std::size_t Inputs>
concept callable_with = requires { result_of<Module>(std::make_index_sequence<Inputs>{}); };

/// A callable that builds a model from a scope and `Inputs` tensors.
template <class T, std::size_t Inputs>
concept module = callable_with<T, Inputs> && module_outputs<decltype(result_of<T>(std::make_index_sequence<Inputs>{}))>;

/// What a module returns when it is called with `Inputs` tensors.
template <class Module, std::size_t Inputs>
using outputs_of = decltype(result_of<Module>(std::make_index_sequence<Inputs>{}));

}  // namespace ambit::graph_parts

namespace AMBIT_NAMESPACE {

/// A module that carries a value: `model<configured<classifier{.hidden = 300}>, …>`.
template <auto Value> struct configured {
    template <class... Tensors>
    constexpr auto operator()(scope& s, const Tensors&... inputs) const -> decltype(Value(s, inputs...)) {
        return Value(s, inputs...);
    }
};

}  // namespace ambit

namespace AMBIT_NAMESPACE::graph_parts {

/// The nodes of a module's outputs, in order of declaration; one that it may not return is reported, and does nothing.
template <module_outputs Outputs>
constexpr std::array<int, output_count<Outputs>> checked_outputs(graph_builder& builder, const Outputs& outputs) {
    std::array<int, output_count<Outputs>> nodes = output_ids(outputs);
    std::size_t k = 0;
    const auto look_at = [&](const auto& output) {
        if (!builder.may_return(output)) {
            builder.refuse_output(static_cast<std::int64_t>(k), words_of_output<Outputs>(k), output.builder(),
                                  output.id());
            if constexpr (std::same_as<decltype(output), const tensor&>)
                nodes[k] = builder.inert({{}, dtype::float32}).id();
            else nodes[k] = builder.nothing().id();
        }
        ++k;
    };
    with_members(outputs, [&](const auto&... each) { (look_at(each), ...); });
    return nodes;
}

/// One run of a module: the graph it built and the tensors it returned.
template <class Module, std::size_t Inputs>
    requires module<Module, Inputs>
class module_run {
public:
    using outputs = outputs_of<Module, Inputs>;

    /// By default the first mistake is thrown as a `model_error`. The compiler stops at `most` nodes, scopes or
    /// variables, and says whether the module runs at other batches, too.
    constexpr module_run(const Module& module, const std::array<tensor_spec, Inputs>& inputs,
                         on_mistake policy = on_mistake::raise, int most = (std::numeric_limits<int>::max)(),
                         bool has_other_batches = false)
        : module_run(module, inputs, policy, most, has_other_batches, std::make_index_sequence<Inputs>{}) {}

    constexpr const graph_builder& builder() const { return builder_; }
    constexpr const outputs& result() const { return outputs_; }

    /// The nodes of what it returned, in order of declaration.
    constexpr const std::array<int, output_count<outputs>>& output_nodes() const { return nodes_; }

private:
    template <std::size_t... I>
    constexpr module_run(const Module& module, const std::array<tensor_spec, Inputs>& inputs, on_mistake policy,
                         int most, bool has_other_batches, std::index_sequence<I...>)
        : builder_(policy),
          inputs_{builder_.input(inputs[I])...},
          outputs_(call(module, most, has_other_batches, std::index_sequence<I...>{})) {
        builder_.finish();
        nodes_ = checked_outputs(builder_, outputs_);
    }

    template <std::size_t... I>
    constexpr outputs call(const Module& module, int most, bool has_other_batches, std::index_sequence<I...>) {
        builder_.scopes().end_after(most);
        if (has_other_batches) builder_.expect_other_batches();
        scope root(builder_);
        return module(root, inputs_[I]...);
    }

    graph_builder builder_;
    std::array<tensor, Inputs> inputs_;
    outputs outputs_;
    std::array<int, output_count<outputs>> nodes_{};
};

/// `module_run run(two_images{}, {spec(…), spec(…)})`
template <class Module, std::size_t Inputs>
module_run(const Module&, const tensor_spec (&)[Inputs]) -> module_run<Module, Inputs>;
template <class Module, std::size_t Inputs>
module_run(const Module&, const tensor_spec (&)[Inputs], on_mistake) -> module_run<Module, Inputs>;

}  // namespace ambit::graph_parts

namespace AMBIT_NAMESPACE {

using graph_parts::module_run;  // users ask it for the graph of a module

/// All mistakes that a module makes with inputs of these specs, as the compiler would report them.
template <class Module, std::size_t Inputs>
    requires graph_parts::module<Module, Inputs>
constexpr reports(check)(const Module& module, const tensor_spec (&inputs)[Inputs]) {
    return module_run<Module, Inputs>(module, std::to_array(inputs), mistake_parts::on_mistake::collect)
        .builder()
        .mistakes();
}

}  // namespace ambit
