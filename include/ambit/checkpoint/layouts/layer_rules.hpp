// SPDX-License-Identifier: BSL-1.0
// What the maps of other libraries' layers are made of: one tensor as one variable, or several as one, since TensorFlow
// 1's recurrent cells multiply inputs and state, side by side, by one kernel [inputs + units, gates * units], and add
// one vector of biases.
//
//     add(all, "dense", "/kernel", "hidden", "/weights");
//     add_assembled(all, "lstm", joined(scope, "/kernel"), parts_become::stack);
//     all.add_part("lstm", "/kernel", gates_of(4, lstm_gates));
//     all.add_part("lstm", "/recurrent_kernel", gates_of(4, lstm_gates));
//
// Order of gates: BasicLSTMCell input, new, forget, output, where others have input, forget, new, output; GRUCell
// reset, update. Both libraries' GRU and CudnnCompatibleGRUCell reset the state behind its product; GRUCell before.
// Sources: the documentations of torch.nn.LSTM, torch.nn.GRU, tf.keras.layers.LSTM, tf.keras.layers.GRU and
// tf.nn.rnn_cell.BasicLSTMCell, tf.nn.rnn_cell.GRUCell.
#pragma once

#include <ambit/checkpoint/rules.hpp>
#include <ambit/core/short_text.hpp>

#include <string_view>

namespace AMBIT_NAMESPACE::checkpoint_parts {

/// Three pieces of a name, put together.
constexpr core_parts::short_text joined(std::string_view a, std::string_view b, std::string_view c = {}) {
    core_parts::short_text text(a);
    text += b;
    text += c;
    return text;
}

/// One tensor of a layer is one variable of a scope.
constexpr void add(checkpoint_rules& all, std::string_view layer, std::string_view tensor, std::string_view scope,
                   std::string_view variable, bool is_optional = false) {
    all.add(rule_kind::rename, joined(layer, tensor), joined(scope, variable)).is_optional = is_optional;
}

/// The gates of one of another library's recurrent tensors, as a cell wants them.
constexpr tensor_layout gates_of(int in_file, const short_list& wanted, bool is_transposed = false, int row = -1) {
    tensor_layout layout;
    layout.row = row;
    layout.is_reversed = is_transposed;
    layout.gates_in_file = in_file;
    layout.gates = wanted;
    return layout;
}

/// A variable that is one tensor of the file, or two: the one below the other, or their sum.
constexpr void add_assembled(checkpoint_rules& all, std::string_view layer, const core_parts::short_text& variable,
                             parts_become become) {
    all.add(rule_kind::assembled, layer, variable).become = become;
}

/// i, f, g, o of four as i, g, f, o.
inline constexpr short_list lstm_gates{0, 2, 1, 3};
inline constexpr int forget_gate = 2;

/// BasicLSTMCell adds its `forget_bias` in each step; others have it in their biases.
constexpr void lower_forget_gate(checkpoint_rules& all, int forget_bias) {
    if (forget_bias == 0) return;
    all.last().raised_gate = forget_gate;
    all.last().raised_by = -forget_bias;
}

}  // namespace ambit::checkpoint_parts
