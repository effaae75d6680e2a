// SPDX-License-Identifier: BSL-1.0
// Texts of configurations, and what is said of those that are not as they should be.
#pragma once

#include <ambit/config.hpp>

#include <optional>
#include <string>
#include <utility>

namespace ambit_test {

using namespace ambit;
using fault = config_fault;

inline config_text in_json(std::string text) { return {std::move(text), config_format::json, "net.json"}; }
inline config_text in_toml(std::string text) { return {std::move(text), config_format::toml, "net.toml"}; }

/// What is thrown, in words: of a `model_error` its kind.
struct refusal {
    std::optional<fault> kind;
    mistake rule = mistake::none;
    std::string what, key, nearest;
    int line = 0;
};
template <class Read> refusal refusal_of(const Read& read) {
    try {
        read();
        return {};
    } catch (const config_error& e) {
        return {e.kind(), mistake::none, e.what(), e.key(), e.nearest(), e.line()};
    } catch (const model_error& e) {
        return {std::nullopt, e.kind(), e.what(), e.facts().path, e.facts().nearest, 0};
    }
}
inline refusal refusal_of(const config_text& text) {
    return refusal_of([&] { read_config(text); });
}

inline const std::string small_net = R"([input]
shape = [6, 6, 2]
dtype = "float32"

[[layers]]
type = "conv2d"
name = "conv1"
filters = 4
kernel = [3, 3]
strides = 1
dilations = [1, 1]
groups = 2
padding = "same"
activation = "relu"
weights = "he_normal"

[[layers]]
type = "batch_normalization"
momentum = 0.9

[[layers]]
type = "max_pool"
window = 2

[[layers]]
type = "flatten"
name = "rows"

[[layers]]
type = "dense"
name = "head/hidden"
units = 36
activation = "tanh"
l2 = 1e-3

[[layers]]
shares = "head/hidden"

[[layers]]
type = "add"
inputs = ["rows", "head/hidden", "dense"]

[[layers]]
type = "dropout"
rate = 0.25

[[layers]]
type = "dense"
name = "logits"
units = 3
use_bias = false

[training]
loss = "sparse_softmax_cross_entropy"
optimizer = { type = "adam", learning_rate = 0.01, beta1 = 0.8 }
clip_by_global_norm = 5
batch = 4
epochs = 3
seed = 9
)";

/// A net of one dense layer, whose table is this, in JSON.
inline config_text with_layer(const std::string& layer) {
    return in_json("{\"input\": {\"shape\": [4]},\n \"layers\": [\n" + layer + "\n]}");
}

}  // namespace ambit_test
