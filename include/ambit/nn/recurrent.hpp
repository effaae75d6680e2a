// SPDX-License-Identifier: BSL-1.0
// Recurrent cells, and how they go over sequences, as TensorFlow 1 had them and under its names.
//
//     lstm_cell cell(128);
//     auto [state, outputs] = dynamic_rnn(s, cell, xs);         // xs: [batch, time, features]; rnn/lstm_cell/kernel, …
//
// | a cell                                   | its state            | TensorFlow 1                                    |
// |------------------------------------------|----------------------|-------------------------------------------------|
// | basic_rnn_cell(units)                    | a tensor             | BasicRNNCell                                    |
// | basic_lstm_cell(units), lstm_cell(units) | lstm_state           | BasicLSTMCell, LSTMCell, LayerNormBasicLSTMCell |
// | gru_cell(units)                          | a tensor             | GRUCell, CudnnCompatibleGRUCell                 |
// | multi_rnn_cell(cells…)                   | a tuple, or an array | MultiRNNCell                                    |
// | residual_cell(cell)                      | that of the cell     | ResidualWrapper                                 |
// | dropout_cell(cell, rates)                | that of the cell     | DropoutWrapper                                  |
//
// A cell is a value: the same object twice shares its variables, two objects have their own. It keeps the scope of its
// first use, and using it from elsewhere is a mistake (`cell_elsewhere`); so are two cells of one scope
// (`variable_exists`). Variables have the dtype of what the cell reads, float32 or float64.
#pragma once

#include <ambit/nn/recurrent/basic_rnn_cell.hpp>
#include <ambit/nn/recurrent/dropout_cell.hpp>
#include <ambit/nn/recurrent/gru_cell.hpp>
#include <ambit/nn/recurrent/initial_state.hpp>
#include <ambit/nn/recurrent/lstm_cell.hpp>
#include <ambit/nn/recurrent/multi_rnn_cell.hpp>
#include <ambit/nn/recurrent/residual_cell.hpp>
#include <ambit/nn/recurrent/rnn.hpp>
