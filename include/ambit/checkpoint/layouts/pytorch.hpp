// SPDX-License-Identifier: BSL-1.0
// Layers of PyTorch, as `torch.nn` names and lays out their tensors, in layers of ambit: rules of `load`, and, but for
// recurrent ones, of `save`. The name of the module in the file comes first, the layer's scope in the model second.
//
//     load(net, "mlp.safetensors", pytorch::linear<"fc1", "hidden">, pytorch::linear<"fc2", "logits">);
//     rules += pytorch::linear(module, scope);                          // names that the program knows
//
// Biases, gamma and beta may be missing in the model. PyTorch's normalizations have an epsilon of 1e-5, ambit's one of
// 1e-3: say `{.epsilon = 1e-5}`. Values between layers are the model's business: images are [batch, height, width,
// channels] here, so that the rows of a Linear behind a flattened [channels, height, width] are in another order.
#pragma once

#include <ambit/checkpoint/layouts/layer_rules.hpp>
#include <ambit/checkpoint/rules.hpp>

#include <string_view>

namespace AMBIT_NAMESPACE::checkpoint_parts::pytorch_layers {

constexpr void add_linear(checkpoint_rules& all, std::string_view module, std::string_view scope) {
    add(all, module, ".weight", scope, "/weights");
    add_transposed(all, joined(scope, "/weights"), {});
    add(all, module, ".bias", scope, "/biases", true);
}

/// [out, in, height, width] is [height, width, in, out]; [in, out, height, width] of a transposed one [height, width,
/// out, in].
constexpr void add_conv(checkpoint_rules& all, std::string_view module, std::string_view scope) {
    add(all, module, ".weight", scope, "/weights");
    add_transposed(all, joined(scope, "/weights"), {2, 3, 1, 0});
    add(all, module, ".bias", scope, "/biases", true);
}

constexpr void add_layer_norm(checkpoint_rules& all, std::string_view module, std::string_view scope) {
    add(all, module, ".weight", scope, "/gamma", true);
    add(all, module, ".bias", scope, "/beta", true);
}

constexpr void add_batch_norm(checkpoint_rules& all, std::string_view module, std::string_view scope) {
    add_layer_norm(all, module, scope);
    add(all, module, ".running_mean", scope, "/moving_mean");
    add(all, module, ".running_var", scope, "/moving_variance");
    all.add(rule_kind::ignored, joined(module, ".num_batches_tracked"), {});
}

constexpr void add_embedding(checkpoint_rules& all, std::string_view module, std::string_view variable) {
    add(all, module, ".weight", variable, {});
}

/// `suffix` is that of a layer of several, `_l0`.
constexpr void add_lstm(checkpoint_rules& all, std::string_view module, std::string_view scope, std::string_view suffix,
                        int forget_bias) {
    add_assembled(all, module, joined(scope, "/kernel"), parts_become::stack);
    for (const char* const tensor : {".weight_ih", ".weight_hh"})
        all.add_part(module, joined(tensor, suffix), gates_of(4, lstm_gates, true));
    add_assembled(all, module, joined(scope, "/bias"), parts_become::sum);
    for (const char* const tensor : {".bias_ih", ".bias_hh"})
        all.add_part(module, joined(tensor, suffix), gates_of(4, lstm_gates));
    lower_forget_gate(all, forget_bias);
}

/// Gates are reset, update, new.
constexpr void add_gru(checkpoint_rules& all, std::string_view module, std::string_view scope,
                       std::string_view suffix) {
    add_assembled(all, module, joined(scope, "/gates/kernel"), parts_become::stack);
    for (const char* const tensor : {".weight_ih", ".weight_hh"})
        all.add_part(module, joined(tensor, suffix), gates_of(3, {0, 1}, true));
    add_assembled(all, module, joined(scope, "/gates/bias"), parts_become::sum);
    for (const char* const tensor : {".bias_ih", ".bias_hh"})
        all.add_part(module, joined(tensor, suffix), gates_of(3, {0, 1}));
    const auto add_new = [&](std::string_view variable, std::string_view tensor, bool is_transposed) {
        add_assembled(all, module, joined(scope, "/candidate/", variable), parts_become::stack);
        all.add_part(module, joined(tensor, suffix), gates_of(3, {2}, is_transposed));
    };
    add_new("input_projection/kernel", ".weight_ih", true);
    add_new("hidden_projection/kernel", ".weight_hh", true);
    add_new("input_projection/bias", ".bias_ih", false);
    add_new("hidden_projection/bias", ".bias_hh", false);
}

template <fixed_string Module, fixed_string Scope, fixed_string Suffix, int ForgetBias> struct lstm_rule {
    static constexpr void add_to(checkpoint_rules& all) {
        add_lstm(all, Module.view(), Scope.view(), Suffix.view(), ForgetBias);
    }
};
template <fixed_string Module, fixed_string Scope, fixed_string Suffix> struct gru_rule {
    static constexpr void add_to(checkpoint_rules& all) { add_gru(all, Module.view(), Scope.view(), Suffix.view()); }
};

template <class Add> constexpr checkpoint_rules made_by(Add add_all) {
    checkpoint_rules rules;
    add_all(rules);
    return rules;
}

}  // namespace ambit::checkpoint_parts::pytorch_layers

namespace AMBIT_NAMESPACE::pytorch {

namespace layers = checkpoint_parts::pytorch_layers;

/// `nn.Linear` in `dense`: its weight [out, in] is weights [in, out].
template <fixed_string Module, fixed_string Scope>
constexpr checkpoint_parts::rule_of_names<&layers::add_linear, Module, Scope> linear() {
    return {};
}
constexpr checkpoint_rules linear(std::string_view module, std::string_view scope) {
    return layers::made_by([&](checkpoint_rules& all) { layers::add_linear(all, module, scope); });
}

/// `nn.Conv2d` in `conv`, `nn.ConvTranspose2d` in `conv_transpose`, with groups as without.
template <fixed_string Module, fixed_string Scope>
constexpr checkpoint_parts::rule_of_names<&layers::add_conv, Module, Scope> conv() {
    return {};
}
constexpr checkpoint_rules conv(std::string_view module, std::string_view scope) {
    return layers::made_by([&](checkpoint_rules& all) { layers::add_conv(all, module, scope); });
}

/// `nn.BatchNorm1d` and its like in `batch_normalization`; how many batches were tracked is ignored.
template <fixed_string Module, fixed_string Scope>
constexpr checkpoint_parts::rule_of_names<&layers::add_batch_norm, Module, Scope> batch_norm() {
    return {};
}
constexpr checkpoint_rules batch_norm(std::string_view module, std::string_view scope) {
    return layers::made_by([&](checkpoint_rules& all) { layers::add_batch_norm(all, module, scope); });
}

/// `nn.LayerNorm` in `layer_normalization`, `nn.GroupNorm` in `group_normalization`.
template <fixed_string Module, fixed_string Scope>
constexpr checkpoint_parts::rule_of_names<&layers::add_layer_norm, Module, Scope> layer_norm() {
    return {};
}
constexpr checkpoint_rules layer_norm(std::string_view module, std::string_view scope) {
    return layers::made_by([&](checkpoint_rules& all) { layers::add_layer_norm(all, module, scope); });
}

/// `nn.Embedding` in the variable `Variable`, which `gather` takes rows of.
template <fixed_string Module, fixed_string Variable>
constexpr checkpoint_parts::rule_of_names<&layers::add_embedding, Module, Variable> embedding() {
    return {};
}
constexpr checkpoint_rules embedding(std::string_view module, std::string_view variable) {
    return layers::made_by([&](checkpoint_rules& all) { layers::add_embedding(all, module, variable); });
}

/// A layer of `nn.LSTM` in TensorFlow 1's BasicLSTMCell: `Scope/kernel` [in + units, 4 * units] and `Scope/bias`.
/// `Suffix` says which layer, and `_l0_reverse` which direction; `""` is for `nn.LSTMCell`. `ForgetBias` is what
/// the cell adds.
template <fixed_string Module, fixed_string Scope, fixed_string Suffix = "_l0", int ForgetBias = 1>
constexpr layers::lstm_rule<Module, Scope, Suffix, ForgetBias> lstm() {
    return {};
}
constexpr checkpoint_rules lstm(std::string_view module, std::string_view scope, std::string_view suffix = "_l0",
                                int forget_bias = 1) {
    return layers::made_by([&](checkpoint_rules& all) { layers::add_lstm(all, module, scope, suffix, forget_bias); });
}

/// A layer of `nn.GRU` in TensorFlow 1's CudnnCompatibleGRUCell, which resets the state behind its product as PyTorch
/// does: `Scope/gates/kernel` [in + units, 2 * units] and `bias`, `Scope/candidate/input_projection/kernel` and `bias`,
/// `Scope/candidate/hidden_projection/kernel` and `bias`.
template <fixed_string Module, fixed_string Scope, fixed_string Suffix = "_l0">
constexpr layers::gru_rule<Module, Scope, Suffix> gru() {
    return {};
}
constexpr checkpoint_rules gru(std::string_view module, std::string_view scope, std::string_view suffix = "_l0") {
    return layers::made_by([&](checkpoint_rules& all) { layers::add_gru(all, module, scope, suffix); });
}

}  // namespace ambit::pytorch
