// SPDX-License-Identifier: BSL-1.0
// A layer of a net that a file describes: what the file says of it, and what it does with a tensor.
//
//     {"type": "conv2d", "name": "conv1", "filters": 32, "kernel": [5, 5], "padding": "same", "activation": "relu"}
#pragma once

#include <ambit/config/table_reader.hpp>
#include <ambit/graph/line_of_call.hpp>
#include <ambit/nn/batch_normalization.hpp>
#include <ambit/nn/conv.hpp>
#include <ambit/nn/dense.hpp>
#include <ambit/nn/dropout.hpp>
#include <ambit/nn/group_normalization.hpp>
#include <ambit/nn/layer_normalization.hpp>
#include <ambit/nn/regularizers.hpp>
#include <ambit/nn/separable_conv.hpp>
#include <ambit/ops/all.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace AMBIT_NAMESPACE::config_parts {

/// What a file may ask for in one extent of a tensor. A tensor that is too large as a whole is refused by the rules of
/// variables and ops.
inline constexpr std::int64_t largest_extent = 1 << 30;

enum class layer_kind {
    dense,
    conv2d,
    separable_conv2d,
    max_pool,
    avg_pool,
    flatten,
    reshape,
    activation,
    dropout,
    batch_normalization,
    layer_normalization,
    group_normalization,
    add,
    concat
};
inline constexpr std::array<std::string_view, 14> layer_kinds{"dense",
                                                              "conv2d",
                                                              "separable_conv2d",
                                                              "max_pool",
                                                              "avg_pool",
                                                              "flatten",
                                                              "reshape",
                                                              "activation",
                                                              "dropout",
                                                              "batch_normalization",
                                                              "layer_normalization",
                                                              "group_normalization",
                                                              "add",
                                                              "concat"};

constexpr bool has_variables(layer_kind kind) {
    using enum layer_kind;
    return kind == dense || kind == conv2d || kind == separable_conv2d || kind == batch_normalization ||
           kind == layer_normalization || kind == group_normalization;
}

struct named_activation {
    std::string_view name;
    activation_function function;
};
inline constexpr std::array<named_activation, 17> activations{{
    {"linear", nullptr},
    {"relu", [](const tensor& x, const op_options& o, const location& at) { return relu(x, o, at); }},
    {"leaky_relu", [](const tensor& x, const op_options&, const location& at) { return leaky_relu(x, {}, at); }},
    {"elu", [](const tensor& x, const op_options&, const location& at) { return elu(x, {}, at); }},
    {"selu", [](const tensor& x, const op_options& o, const location& at) { return selu(x, o, at); }},
    {"gelu", [](const tensor& x, const op_options&, const location& at) { return gelu(x, {}, at); }},
    {"sigmoid", [](const tensor& x, const op_options& o, const location& at) { return sigmoid(x, o, at); }},
    {"tanh", [](const tensor& x, const op_options& o, const location& at) { return tanh(x, o, at); }},
    {"softplus", [](const tensor& x, const op_options& o, const location& at) { return softplus(x, o, at); }},
    {"softsign", [](const tensor& x, const op_options& o, const location& at) { return softsign(x, o, at); }},
    {"swish", [](const tensor& x, const op_options& o, const location& at) { return swish(x, o, at); }},
    {"hard_sigmoid", [](const tensor& x, const op_options& o, const location& at) { return hard_sigmoid(x, o, at); }},
    {"hard_swish", [](const tensor& x, const op_options& o, const location& at) { return hard_swish(x, o, at); }},
    {"mish", [](const tensor& x, const op_options& o, const location& at) { return mish(x, o, at); }},
    {"exp", [](const tensor& x, const op_options& o, const location& at) { return exp(x, o, at); }},
    {"softmax", [](const tensor& x, const op_options&, const location& at) { return softmax(x, {}, at); }},
    {"log_softmax", [](const tensor& x, const op_options&, const location& at) { return log_softmax(x, {}, at); }},
}};

struct named_initializer {
    std::string_view name;
    initializer values;
};
inline constexpr std::array<named_initializer, 10> initializers{{
    {"zeros", zeros()},
    {"ones", ones()},
    {"glorot_uniform", glorot_uniform()},
    {"glorot_normal", glorot_normal()},
    {"he_uniform", he_uniform()},
    {"he_normal", he_normal()},
    {"random_uniform", random_uniform()},
    {"random_normal", random_normal()},
    {"truncated_normal", truncated_normal()},
    {"orthogonal", orthogonal()},
}};

template <class Table> std::size_t position_in(const Table& table, const placed_value& from) {
    std::array<std::string_view, std::tuple_size_v<Table>> names;
    for (std::size_t i = 0; i < names.size(); ++i) names[i] = table[i].name;
    return from.word(names);
}

/// A reference of a layer to others, before they are found: a name and where it stands.
struct reference {
    std::string name;
    config_place at;
};

struct layer {
    layer_kind kind = layer_kind::dense;
    std::string name;
    int line = 0;
    std::vector<int> inputs;  // layers, -1 being the input of the net
    int shares = -1;          // the layer whose variables it uses

    std::int64_t units = 0;  // filters, too
    window_extents kernel = {}, strides = {}, dilations = {};
    padding_option padding = valid;
    bool ceil_mode = false;
    std::int64_t groups = 1, multiplier = 1, axis = -1;
    shape extents;  // of one example, that reshape makes
    double rate = 0.5, momentum = 0.99, epsilon = 1e-3;
    bool use_bias = true, center = true, scale = true;
    std::size_t activation = 0;  // in `activations`
    initializer_option weights = {}, biases = {};
    double l1 = 0, l2 = 0;
};

// ---- reading --------------------------------------------------------------------------------------------------------

/// One number for both, or [height, width].
inline window_extents window_of(const placed_value& from) {
    if (from.kind() != value_kind::list) {
        if (from.kind() != value_kind::integer && from.kind() != value_kind::natural &&
            from.kind() != value_kind::number)
            from.expect(value_kind::list, "a number or a list [height, width]");
        const std::int64_t both = from.integer(1, largest_extent);
        return {both, both};
    }
    if (from.size() != 2)
        from.refuse(config_fault::wrong_size, "there are " + std::to_string(from.size()) + " numbers",
                    "it takes one, or [height, width]");
    return {from[0].integer(1, largest_extent), from[1].integer(1, largest_extent)};
}

/// The extents of one example; -1 once, if that may be.
inline shape extents_of(const placed_value& from, std::int64_t least) {
    from.expect(value_kind::list, "a list of extents");
    constexpr int most = core_parts::max_rank - 1;
    if (from.size() < 1 || from.size() > static_cast<std::size_t>(most))
        from.refuse(config_fault::wrong_size, "there are " + std::to_string(from.size()) + " extents",
                    "it takes 1 to " + std::to_string(most) + ", without that of the batch");
    shape extents;
    for (std::size_t i = 0; i < from.size(); ++i) {
        const std::int64_t extent = from[i].integer(least, largest_extent);
        if (extent == 0) from[i].integer(1, largest_extent);
        extents.append(extent);
    }
    return extents;
}

inline void read_bias(table_reader& table, layer& entry) {
    if (const auto said = table.optional("activation")) entry.activation = position_in(activations, *said);
    if (const auto said = table.optional("use_bias")) entry.use_bias = said->boolean();
}
/// What variables begin with and how they are kept small: for who makes them. A layer that shares has no say in it.
inline void read_variables(table_reader& table, layer& entry, bool shares) {
    if (shares) return;
    if (const auto said = table.optional("weights"))
        entry.weights = initializers[position_in(initializers, *said)].values;
    if (const auto said = table.optional("biases"))
        entry.biases = initializers[position_in(initializers, *said)].values;
    if (const auto said = table.optional("l1")) entry.l1 = said->number(0, 1e6);
    const auto l2 = table.optional("l2");
    if (!l2) return;
    entry.l2 = l2->number(0, 1e6);
    if (entry.l1 > 0 && entry.l2 > 0)
        l2->refuse(config_fault::contradiction, "there is l1, too", "a layer has one of them");
}
/// A word, one number for all sides, or [top, bottom, left, right].
inline void read_padding(table_reader& table, layer& entry) {
    static constexpr std::array<std::string_view, 2> modes{"valid", "same"};
    const auto said = table.optional("padding");
    if (!said) return;
    const auto pads = [](const placed_value& from) { return from.integer(0, largest_extent); };
    if (said->kind() == value_kind::integer || said->kind() == value_kind::natural) {
        entry.padding = explicit_pads(pads(*said));
    } else if (said->kind() != value_kind::list) {
        entry.padding = said->word(modes) == 0 ? valid : same;
    } else if (said->size() == 4) {
        entry.padding = explicit_pads(pads((*said)[0]), pads((*said)[1]), pads((*said)[2]), pads((*said)[3]));
    } else {
        said->refuse(config_fault::wrong_size, "there are " + std::to_string(said->size()) + " numbers",
                     "it takes one, or [top, bottom, left, right]");
    }
}
inline void read_windows(table_reader& table, layer& entry) {
    if (const auto said = table.optional("strides")) entry.strides = window_of(*said);
    read_padding(table, entry);
}
inline void read_normalization(table_reader& table, layer& entry) {
    if (const auto said = table.optional("epsilon")) entry.epsilon = said->number(0, 1);
    if (const auto said = table.optional("center")) entry.center = said->boolean();
    if (const auto said = table.optional("scale")) entry.scale = said->boolean();
}

/// What is said where `it` says nothing yet, or, of a layer that shares, what the other one says.
template <class Read> void say(table_reader& table, std::string_view key, bool has_value, const Read& read) {
    if (const auto said = has_value ? table.optional(key) : table.required(key)) read(*said);
}

/// The options of a kind of layer. A layer that shares begins with those of the other one.
inline void read_options(table_reader& table, layer& entry, bool shares) {
    using enum layer_kind;
    const auto units = [&](std::string_view key) {
        say(table, key, shares, [&](const placed_value& said) { entry.units = said.integer(1, largest_extent); });
    };
    const auto kernel = [&] {
        say(table, "kernel", shares, [&](const placed_value& said) { entry.kernel = window_of(said); });
        if (const auto said = table.optional("dilations")) entry.dilations = window_of(*said);
        read_windows(table, entry);
    };
    switch (entry.kind) {
        case dense:
            units("units");
            read_bias(table, entry);
            read_variables(table, entry, shares);
            break;
        case conv2d:
        case separable_conv2d:
            units("filters");
            kernel();
            if (entry.kind == conv2d) {
                if (const auto said = table.optional("groups")) entry.groups = said->integer(1, largest_extent);
            } else if (const auto said = table.optional("multiplier")) {
                entry.multiplier = said->integer(1, largest_extent);
            }
            read_bias(table, entry);
            read_variables(table, entry, shares);
            break;
        case max_pool:
        case avg_pool:
            entry.kernel = {2, 2};
            if (const auto said = table.optional("window")) entry.kernel = window_of(*said);
            entry.strides = entry.kernel;
            read_windows(table, entry);
            if (const auto said = table.optional("ceil_mode")) entry.ceil_mode = said->boolean();
            break;
        case flatten: break;
        case reshape: entry.extents = extents_of(table.required("shape"), -1); break;
        case activation: entry.activation = position_in(activations, table.required("function")); break;
        case dropout:
            if (const auto said = table.optional("rate")) entry.rate = said->number(0, 1, false);
            break;
        case batch_normalization:
            if (const auto said = table.optional("momentum")) entry.momentum = said->number(0, 1);
            read_normalization(table, entry);
            break;
        case layer_normalization:
            if (const auto said = table.optional("axis"))
                entry.axis = said->integer(-core_parts::max_rank, core_parts::max_rank);
            read_normalization(table, entry);
            break;
        case group_normalization:
            if (!shares) entry.groups = 32;
            if (const auto said = table.optional("groups")) entry.groups = said->integer(1, largest_extent);
            read_normalization(table, entry);
            break;
        case add: break;
        case concat:
            if (const auto said = table.optional("axis"))
                entry.axis = said->integer(-core_parts::max_rank, core_parts::max_rank);
            break;
    }
}

// ---- what it does ---------------------------------------------------------------------------------------------------

/// Puts a layer behind others. `scope_name` is that of the layer whose variables it uses, mostly its own.
inline tensor apply_layer(const layer& entry, scope& s, std::string_view scope_name, const std::vector<tensor>& of,
                          bool training) {
    using enum layer_kind;
    const tensor& x = of.front();
    const activation_option then = activations[entry.activation].function == nullptr
                                       ? activation_option{}
                                       : activations[entry.activation].function;
    const initializer_option biases = entry.biases ? entry.biases : initializer_option(zeros());
    switch (entry.kind) {
        case dense:
            return ambit::dense(
                s, scope_name, x, entry.units,
                {.activation = then, .use_bias = entry.use_bias, .weights = entry.weights, .biases = biases});
        case conv2d:
            return conv(s, scope_name, x, entry.units, entry.kernel,
                        {.strides = entry.strides,
                         .padding = entry.padding,
                         .dilations = entry.dilations,
                         .groups = entry.groups,
                         .activation = then,
                         .use_bias = entry.use_bias,
                         .weights = entry.weights,
                         .biases = biases});
        case separable_conv2d:
            return separable_conv(s, scope_name, x, entry.units, entry.kernel,
                                  {.strides = entry.strides,
                                   .padding = entry.padding,
                                   .dilations = entry.dilations,
                                   .multiplier = entry.multiplier,
                                   .activation = then,
                                   .use_bias = entry.use_bias,
                                   .depthwise_weights = entry.weights,
                                   .pointwise_weights = entry.weights,
                                   .biases = biases});
        case max_pool:
        case avg_pool: {
            const pool_options by{.window = entry.kernel,
                                  .strides = entry.strides,
                                  .padding = entry.padding,
                                  .ceil_mode = entry.ceil_mode};
            return entry.kind == max_pool ? ambit::max_pool(x, by) : ambit::avg_pool(x, by);
        }
        case flatten: return ambit::flatten(x);
        case reshape: {
            shape extents{x.shape()[0]};
            for (int axis = 0; axis < entry.extents.rank(); ++axis) extents.append(entry.extents[axis]);
            return ambit::reshape(x, extents);
        }
        case activation: return then ? (*then)(x, {}, location::current()) : x;
        case dropout: return ambit::dropout(s, x, {.rate = entry.rate, .training = training});
        case batch_normalization:
            return ambit::batch_normalization(s, scope_name, x,
                                              {.momentum = entry.momentum,
                                               .epsilon = entry.epsilon,
                                               .center = entry.center,
                                               .scale = entry.scale,
                                               .training = training});
        case layer_normalization:
            return ambit::layer_normalization(
                s, scope_name, x,
                {.axis = entry.axis, .epsilon = entry.epsilon, .center = entry.center, .scale = entry.scale});
        case group_normalization:
            return ambit::group_normalization(
                s, scope_name, x,
                {.groups = entry.groups, .epsilon = entry.epsilon, .center = entry.center, .scale = entry.scale});
        case add: {
            tensor sum = x;
            for (std::size_t i = 1; i < of.size(); ++i) sum = ambit::add(sum, of[i]);
            return sum;
        }
        case concat: return ambit::concat(std::span<const tensor>(of), entry.axis);
    }
    return x;
}

}  // namespace ambit::config_parts
