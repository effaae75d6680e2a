// SPDX-License-Identifier: BSL-1.0
// Layers of Keras, as they name and lay out their weights, in layers of ambit: rules of `load`, and, but for recurrent
// ones, of `save`. The name of the layer in the file comes first, its scope in the model second.
//
//     load(net, "mlp.npz", keras::dense<"dense", "hidden">, keras::dense<"dense_1", "logits">);
//     rules += keras::dense(layer, scope);                              // names that the program knows
//
// Biases, gamma and beta may be missing in the model. What is named `dense/kernel:0` in the file is found, too.
#pragma once

#include <ambit/checkpoint/layouts/layer_rules.hpp>
#include <ambit/checkpoint/rules.hpp>

#include <string_view>

namespace AMBIT_NAMESPACE::checkpoint_parts::keras_layers {

/// Kernels lie as ambit's do.
constexpr void add_dense(checkpoint_rules& all, std::string_view layer, std::string_view scope) {
    add(all, layer, "/kernel", scope, "/weights");
    add(all, layer, "/bias", scope, "/biases", true);
}

constexpr void add_layer_norm(checkpoint_rules& all, std::string_view layer, std::string_view scope) {
    add(all, layer, "/gamma", scope, "/gamma", true);
    add(all, layer, "/beta", scope, "/beta", true);
}

constexpr void add_batch_norm(checkpoint_rules& all, std::string_view layer, std::string_view scope) {
    add_layer_norm(all, layer, scope);
    add(all, layer, "/moving_mean", scope, "/moving_mean");
    add(all, layer, "/moving_variance", scope, "/moving_variance");
}

constexpr void add_embedding(checkpoint_rules& all, std::string_view layer, std::string_view variable) {
    add(all, layer, "/embeddings", variable, {});
}

constexpr void add_lstm(checkpoint_rules& all, std::string_view layer, std::string_view scope, int forget_bias) {
    add_assembled(all, layer, joined(scope, "/kernel"), parts_become::stack);
    for (const char* const weight : {"/kernel", "/recurrent_kernel"})
        all.add_part(layer, weight, gates_of(4, lstm_gates));
    add_assembled(all, layer, joined(scope, "/bias"), parts_become::stack);
    all.add_part(layer, "/bias", gates_of(4, lstm_gates));
    lower_forget_gate(all, forget_bias);
}

/// Gates are update, reset, new; biases [2, 3 * units], those of inputs and those of the state.
constexpr void add_gru(checkpoint_rules& all, std::string_view layer, std::string_view scope) {
    add_assembled(all, layer, joined(scope, "/gates/kernel"), parts_become::stack);
    for (const char* const weight : {"/kernel", "/recurrent_kernel"}) all.add_part(layer, weight, gates_of(3, {1, 0}));
    add_assembled(all, layer, joined(scope, "/gates/bias"), parts_become::sum);
    for (const int row : {0, 1}) all.add_part(layer, "/bias", gates_of(3, {1, 0}, false, row));
    const auto add_new = [&](std::string_view variable, std::string_view weight, int row) {
        add_assembled(all, layer, joined(scope, "/candidate/", variable), parts_become::stack);
        all.add_part(layer, weight, gates_of(3, {2}, false, row));
    };
    add_new("input_projection/kernel", "/kernel", -1);
    add_new("hidden_projection/kernel", "/recurrent_kernel", -1);
    add_new("input_projection/bias", "/bias", 0);
    add_new("hidden_projection/bias", "/bias", 1);
}

/// Biases [3 * units].
constexpr void add_gru_reset_before(checkpoint_rules& all, std::string_view layer, std::string_view scope) {
    const auto add_both = [&](std::string_view variable, const short_list& gates) {
        add_assembled(all, layer, joined(scope, variable, "/kernel"), parts_become::stack);
        for (const char* const weight : {"/kernel", "/recurrent_kernel"})
            all.add_part(layer, weight, gates_of(3, gates));
        add_assembled(all, layer, joined(scope, variable, "/bias"), parts_become::stack);
        all.add_part(layer, "/bias", gates_of(3, gates));
    };
    add_both("/gates", {1, 0});
    add_both("/candidate", {2});
}

template <fixed_string Layer, fixed_string Scope, int ForgetBias> struct lstm_rule {
    static constexpr void add_to(checkpoint_rules& all) { add_lstm(all, Layer.view(), Scope.view(), ForgetBias); }
};

template <void (*Add)(checkpoint_rules&, std::string_view, std::string_view)>
constexpr checkpoint_rules made(std::string_view layer, std::string_view scope) {
    checkpoint_rules rules;
    Add(rules, layer, scope);
    return rules;
}

}  // namespace ambit::checkpoint_parts::keras_layers

namespace AMBIT_NAMESPACE::keras {

namespace layers = checkpoint_parts::keras_layers;

/// `Dense` in ambit's `dense`.
template <fixed_string Layer, fixed_string Scope>
constexpr checkpoint_parts::rule_of_names<&layers::add_dense, Layer, Scope> dense() {
    return {};
}
constexpr checkpoint_rules dense(std::string_view layer, std::string_view scope) {
    return layers::made<&layers::add_dense>(layer, scope);
}

/// `Conv2D` in `conv`, `Conv2DTranspose` in `conv_transpose`.
template <fixed_string Layer, fixed_string Scope>
constexpr checkpoint_parts::rule_of_names<&layers::add_dense, Layer, Scope> conv() {
    return {};
}
constexpr checkpoint_rules conv(std::string_view layer, std::string_view scope) { return dense(layer, scope); }

/// `BatchNormalization` in `batch_normalization`.
template <fixed_string Layer, fixed_string Scope>
constexpr checkpoint_parts::rule_of_names<&layers::add_batch_norm, Layer, Scope> batch_norm() {
    return {};
}
constexpr checkpoint_rules batch_norm(std::string_view layer, std::string_view scope) {
    return layers::made<&layers::add_batch_norm>(layer, scope);
}

/// `LayerNormalization` in `layer_normalization`.
template <fixed_string Layer, fixed_string Scope>
constexpr checkpoint_parts::rule_of_names<&layers::add_layer_norm, Layer, Scope> layer_norm() {
    return {};
}
constexpr checkpoint_rules layer_norm(std::string_view layer, std::string_view scope) {
    return layers::made<&layers::add_layer_norm>(layer, scope);
}

/// `Embedding` in the variable `Variable`, which `gather` takes rows of.
template <fixed_string Layer, fixed_string Variable>
constexpr checkpoint_parts::rule_of_names<&layers::add_embedding, Layer, Variable> embedding() {
    return {};
}
constexpr checkpoint_rules embedding(std::string_view layer, std::string_view variable) {
    return layers::made<&layers::add_embedding>(layer, variable);
}

/// `LSTM`, whose weights are those of its cell in the file (`"lstm/lstm_cell"`), in TensorFlow 1's BasicLSTMCell:
/// `Scope/kernel` [in + units, 4 * units] and `Scope/bias`. `ForgetBias` is what the cell adds.
template <fixed_string Layer, fixed_string Scope, int ForgetBias = 1>
constexpr layers::lstm_rule<Layer, Scope, ForgetBias> lstm() {
    return {};
}
constexpr checkpoint_rules lstm(std::string_view layer, std::string_view scope, int forget_bias = 1) {
    checkpoint_rules rules;
    layers::add_lstm(rules, layer, scope, forget_bias);
    return rules;
}

/// `GRU` with `reset_after=True`, TensorFlow 2's default, in TensorFlow 1's CudnnCompatibleGRUCell:
/// `Scope/gates/kernel` [in + units, 2 * units] and `bias`, `Scope/candidate/input_projection/kernel` and `bias`,
/// `Scope/candidate/hidden_projection/kernel` and `bias`.
template <fixed_string Layer, fixed_string Scope>
constexpr checkpoint_parts::rule_of_names<&layers::add_gru, Layer, Scope> gru() {
    return {};
}
constexpr checkpoint_rules gru(std::string_view layer, std::string_view scope) {
    return layers::made<&layers::add_gru>(layer, scope);
}

/// `GRU` with `reset_after=False` in TensorFlow 1's GRUCell: `Scope/gates/kernel` [in + units, 2 * units] and `bias`,
/// `Scope/candidate/kernel` [in + units, units] and `bias`.
template <fixed_string Layer, fixed_string Scope>
constexpr checkpoint_parts::rule_of_names<&layers::add_gru_reset_before, Layer, Scope> gru_reset_before() {
    return {};
}
constexpr checkpoint_rules gru_reset_before(std::string_view layer, std::string_view scope) {
    return layers::made<&layers::add_gru_reset_before>(layer, scope);
}

}  // namespace ambit::keras
