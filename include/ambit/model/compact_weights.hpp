// SPDX-License-Identifier: BSL-1.0
// Weights in a half or a quarter of the bytes, for models that only compute: train with floats, serve with int8.
//
//     using net   = model<classifier, input<float, 1, 784>>;
//     using small = model<weights_as<weight_format::int8, classifier>, input<float, 1, 784>>;
//
//     net trained(seed{1});
//     std::cout << load(trained, "classifier.safetensors") << '\n';
//     small served(seed{1});
//     take_weights(served, trained);                      // rounds them
//     save(served, "small.safetensors");                  // a quarter of the bytes; load(served, …) needs no floats
//     auto logits = served(image);                        // floats in and out, and all sums are of floats
//
// Why a module around another one, and no option of a model: what is stored is then an ordinary variable, of bytes
// (dtype uint8), of an ordinary graph. So all that knows variables knows compact ones, and shows their true size:
// `memory_of`, `summary`, `save`, `load`, `use_in_place`, weights in flash, models that share them. And a model without
// them pays nothing, nor does its compilation. Why no dtype of its own: every op would have to refuse it.
//
// Which weights: float32 matrices that nothing reads but products, as the right operand and not transposed: those of
// `dense`, `matmul` and recurrent cells; and float32 kernels that nothing reads but `conv2d` and `conv1d` of one group.
// All others stay as they are: kernels of depthwise and transposed convolutions and of those with groups, biases,
// embeddings that are looked up, local variables, whatever the module returns or reads in another way, and weights of
// so few rows that scales take more than is saved.
//
// A column of weights is all that makes one element of a result's last axis: that of a kernel [height, width, in, out]
// is an output channel, of height·width·in weights.
//
// What it costs a product Σ aᵢbᵢ with the weights b of a column: 2^-8 Σ |aᵢbᵢ| at most with bfloat16, and
// max|b| / 254 · Σ |aᵢ| with int8, beside the error of float sums (kernels/products/gemm.hpp). In builds with
// AMBIT_REPRODUCIBLE it is the same bits everywhere.
//
// What it costs in memory: products make floats of weights in registers, and so do convolutions of less than 64 pixels,
// the images of a batch together. Larger ones, which use each weight for every pixel, make floats of their kernel once
// a call, in scratch memory of the arena, which all steps share: of more than 32 channels there is as much with floats.
#pragma once

#include <ambit/core/fixed_string.hpp>
#include <ambit/core/throw_or_end.hpp>
#include <ambit/diagnostics/check_error.hpp>
#include <ambit/kernels/images/compact_conv2d.hpp>
#include <ambit/kernels/products/compact_gemm.hpp>
#include <ambit/math/bfloat16.hpp>
#include <ambit/model/model.hpp>
#include <ambit/ops/all.hpp>
#include <ambit/ops/images/compact_conv2d.hpp>
#include <ambit/ops/products/compact_matmul.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace AMBIT_NAMESPACE::model_parts {

// ---- the graph with compact weights --------------------------------------------------------------------------------

/// An op of floats, and those that take its right operand as compact weights.
struct compact_op {
    const op_info* floats;
    const op_info* bfloat16;
    const op_info* int8;

    constexpr const op_info& in(weight_format format) const {
        return format == weight_format::int8 ? *int8 : *bfloat16;
    }
};
inline constexpr compact_op compact_ops[] = {
    {&op_parts::matmul_info, &op_parts::bfloat16_matmul_info, &op_parts::int8_matmul_info},
    {&op_parts::batch_matmul_info, &op_parts::bfloat16_matmul_info, &op_parts::int8_matmul_info},
    {&op_parts::conv2d_info, &op_parts::bfloat16_conv2d_info, &op_parts::int8_conv2d_info},
    {&op_parts::conv1d_info, &op_parts::bfloat16_conv1d_info, &op_parts::int8_conv1d_info}};
inline constexpr int compact_op_count = static_cast<int>(std::size(compact_ops));

constexpr bool is_convolution(std::uint64_t op) {
    return op == op_parts::conv2d_info.id || op == op_parts::conv1d_info.id;
}

/// Which of them a node is, if its right operand may be compact weights, or -1.
constexpr int compact_op_of(const graph_parts::graph& g, int n) {
    const graph_parts::node& node = g.nodes[n];
    int found = 0;
    while (found < compact_op_count && node.op->id != compact_ops[found].floats->id) ++found;
    if (found == compact_op_count || node.result.type != dtype::float32) return -1;
    if (is_convolution(node.op->id)) return found;
    for (int i = 0; i < node.word_count; ++i)
        if (g.words[node.first_word + i] != 0) return -1;  // transposed
    return g.nodes[g.operand(n, 1)].result.extents.rank() == 2 ? found : -1;
}

/// Weights as the matrix that a format stores: a column for each element of the last axis.
struct weights_matrix {
    std::int64_t k, n;
    explicit constexpr weights_matrix(const shape& floats) : k(floats.elements() / floats[-1]), n(floats[-1]) {}
};

/// The options of a convolution with compact weights, which stand for such floats.
constexpr op_parts::compact_convolution_attributes options_with(const graph_parts::graph& g, int n,
                                                                const shape& floats) {
    using options = op_parts::conv2d_op::attributes;
    const bool is_of_images = floats.rank() == 4;
    return {core_parts::from_words<options>(g.words.begin() + g.nodes[n].first_word), is_of_images ? floats[0] : 1,
            floats[is_of_images ? 1 : 0]};
}

/// Of each node whether an output depends on it.
template <std::size_t Outputs>
constexpr buffer<bool> nodes_of_outputs(const graph_parts::graph& g, const std::array<int, Outputs>& outputs) {
    buffer<bool> needed;
    needed.resize(g.nodes.size(), false);
    buffer<int> open;
    for (const int id : outputs) open.push_back(id);
    while (!open.empty()) {
        const int n = open.back();
        open.pop_back();
        if (n < 0 || needed[n]) continue;
        needed[n] = true;
        for (int i = 0; i < g.nodes[n].operand_count; ++i) open.push_back(g.operand(n, i));
    }
    return needed;
}

/// What reads and writes a variable, as far as outputs depend on it.
struct uses_of_variable {
    bool as_weights = false, elsewhere = false, written = false;
};

/// Stores the weights that only products and convolutions read in a format, in the graph that a module has just built.
template <std::size_t Outputs>
constexpr void compact_weights(graph_builder& builder, weight_format format, const std::array<int, Outputs>& outputs) {
    const graph_parts::graph& g = builder.value();
    buffer<uses_of_variable> uses;
    uses.resize(builder.variable_count(), {});
    const auto variable_of = [&g](int n) {
        const auto& node = g.nodes[n];
        return node.op->role == op_role::read ? static_cast<int>(g.words[node.first_word]) : -1;
    };

    const buffer<bool> needed = nodes_of_outputs(g, outputs);
    for (int n = 0; n < g.nodes.size(); ++n) {
        if (!needed[n]) continue;
        if (g.nodes[n].op->role == op_role::assign)
            uses[static_cast<int>(g.words[g.nodes[n].first_word])].written = true;
        for (int i = 0; i < g.nodes[n].operand_count; ++i) {
            const int v = variable_of(g.operand(n, i));
            if (v < 0) continue;
            if (i == 1 && compact_op_of(g, n) >= 0) uses[v].as_weights = true;
            else uses[v].elsewhere = true;
        }
    }
    for (const int id : outputs)
        if (id >= 0 && variable_of(id) >= 0) uses[variable_of(id)].elsewhere = true;

    for (int v = 0; v < uses.size(); ++v)
        if (builder.variable_at(v).begins_as >= 0) uses[builder.variable_at(v).begins_as].elsewhere = true;
    buffer<bool> is_compact;
    is_compact.resize(uses.size(), false);
    buffer<shape> extents;  // of the floats
    extents.resize(uses.size(), {});
    for (int v = 0; v < uses.size(); ++v) {
        const tensor_spec floats = builder.variable_at(v).spec;
        if (!uses[v].as_weights || builder.variable_at(v).local) continue;
        if (uses[v].written) {
            builder.log().begin_report(mistake::weights_written);
            builder.log().report_in_progress().add(mistake_parts::detail_tag::path, builder.path_of(v));
            builder.log().settle();
            continue;
        }
        const weights_matrix matrix(floats.extents);
        const tensor_spec stored{contract_parts::compact_shape(format, matrix.k, matrix.n), dtype::uint8};
        extents[v] = floats.extents;
        is_compact[v] = !uses[v].elsewhere && stored.bytes() < floats.bytes();
        if (is_compact[v]) builder.variables().store_as(v, stored);
    }

    for (int n = 0; n < g.nodes.size(); ++n) {
        const int weights = needed[n] && g.nodes[n].operand_count == 2 ? variable_of(g.operand(n, 1)) : -1;
        if (weights < 0 || !is_compact[weights]) continue;
        const op_info& with_bytes = compact_ops[compact_op_of(g, n)].in(format);
        if (is_convolution(g.nodes[n].op->id)) {
            const auto words = core_parts::to_words(options_with(g, n, extents[weights]));
            builder.nodes().set_words(n, {words.data(), words.size()});
        }
        builder.nodes().set_op(n, with_bytes);
    }
    for (int n = 0; n < g.nodes.size(); ++n) {
        const int read = variable_of(n);
        if (read >= 0 && is_compact[read]) builder.nodes().set_spec(n, builder.variable_at(read).spec);
    }
}

}  // namespace ambit::model_parts

namespace AMBIT_NAMESPACE {

/// A module whose weights are stored in a format: `model<weights_as<weight_format::bfloat16, classifier>, …>`. It has
/// the inputs and outputs of `Module`, and its variables, those that are compact as bytes: of weights [k, n] uint8
/// [k, n, 2] for bfloat16, and [k + 4, n] for int8, the first four rows of which are the n scales, as float32. Kernels
/// [height, width, in, n] are stored as those of [height·width·in, n]. They begin as zeros, and are written by
/// `take_weights` or `load`; `get` gives the bytes, `float_weights` what they stand for. A module one of whose outputs
/// changes such weights, as training does, does not compile: `weights_written`. A module whose sizes only the program
/// knows is its member: `weights_as<weight_format::int8, ensemble>{{.towers = n}}`, for a registry
/// (registry/compact_weights.hpp).
template <weight_format Format, class Module> struct weights_as {
    Module module{};

    template <class... Tensors>
    constexpr auto operator()(scope& s, const Tensors&... inputs) const -> decltype(module(s, inputs...)) {
        const auto outputs = module(s, inputs...);
        model_parts::compact_weights(*s.builder(), Format, graph_parts::output_ids(outputs));
        return outputs;
    }
};

}  // namespace ambit

namespace AMBIT_NAMESPACE::model_parts {

// ---- their values --------------------------------------------------------------------------------------------------

/// How a variable of a graph is stored, what products and convolutions read it in; and the shape of its floats.
enum class stored_weights { plain, bfloat16, int8 };
struct compact_variable {
    stored_weights how = stored_weights::plain;
    shape floats = {};
};
template <class Graph> constexpr compact_variable stored_weights_of(int variable) {
    const auto& graph = Graph::value;
    for (int n = 0; n < Graph::counts.nodes; ++n) {
        const auto& node = graph.nodes[n];
        for (const compact_op& op : compact_ops) {
            const bool is_int8 = node.op->id == op.int8->id;
            if (!is_int8 && node.op->id != op.bfloat16->id) continue;
            const auto& read = graph.nodes[graph.operands[node.first_operand + 1]];
            if (read.op->role != op_role::read || graph.words[read.first_word] != variable) continue;
            const shape& bytes = read.result.extents;
            const shape matrix{bytes[0] - (is_int8 ? contract_parts::rows_of_scales : 0), bytes[1]};
            const stored_weights how = is_int8 ? stored_weights::int8 : stored_weights::bfloat16;
            if (!is_convolution(op.floats->id)) return {how, matrix};
            using options = op_parts::compact_convolution_attributes;
            const auto a = core_parts::from_words<options>(&graph.words[node.first_word]);
            const shape kernel = a.kernel(matrix[0] / (a.kernel_height * a.kernel_width), matrix[1]);
            const bool is_of_images = op.floats->id == op_parts::conv2d_info.id;
            return {how, is_of_images ? kernel : shape{kernel[1], kernel[2], kernel[3]}};
        }
    }
    return {};
}

/// The first element of a matrix that has no value in a format; its number of elements if there is none.
inline std::int64_t first_without_value(stored_weights how, const float* from, std::int64_t count) {
    for (std::int64_t i = 0; i < count; ++i) {
        const bool is_finite = std::isfinite(from[i]);
        if (!is_finite || (how == stored_weights::bfloat16 &&
                           !std::isfinite(math::from_bfloat16(math::to_bfloat16(from[i])))))
            return i;
    }
    return count;
}

inline void store_bfloat16(const float* from, std::int64_t count, std::byte* to) {
    for (std::int64_t i = 0; i < count; ++i) {
        const std::uint16_t bits = math::to_bfloat16(from[i]);
        std::memcpy(to + i * 2, &bits, sizeof bits);
    }
}

/// The scale of a column whose largest element is this, 0 where all are 0. It is a normal number, since smaller ones
/// have few digits, and 127 of it are a finite one.
inline float scale_of_int8(float largest) {
    if (!(largest > 0)) return 0;
    const float scale = (std::max)(largest / 127, (std::numeric_limits<float>::min)());
    return std::isfinite(scale * 127) ? scale : std::nextafter(scale, 0.0f);
}

inline void store_int8(const float* from, const weights_matrix& matrix, std::byte* to) {
    const auto [k, n] = matrix;
    std::byte* const rows = to + contract_parts::rows_of_scales * n;
    for (std::int64_t column = 0; column < n; ++column) {
        float largest = 0;
        for (std::int64_t row = 0; row < k; ++row) largest = (std::max)(largest, std::abs(from[row * n + column]));
        const float scale = scale_of_int8(largest);
        std::memcpy(to + column * 4, &scale, sizeof scale);
        for (std::int64_t row = 0; row < k; ++row) {
            // In double, so that the nearest one is found.
            const double steps = scale > 0 ? double(from[row * n + column]) / double(scale) : 0;
            const auto weight = static_cast<std::int8_t>(steps < 0 ? steps - 0.5 : steps + 0.5);
            std::memcpy(rows + row * n + column, &weight, 1);
        }
    }
}

/// Writes the bytes of a variable that it stores so: of floats, or, where it is plain, as they are.
inline void store_weights(const compact_variable& as, const std::byte* from, std::size_t bytes, std::byte* to) {
    const auto* const floats = reinterpret_cast<const float*>(from);
    switch (as.how) {
        case stored_weights::plain: std::memmove(to, from, bytes); break;
        case stored_weights::bfloat16: store_bfloat16(floats, as.floats.elements(), to); break;
        case stored_weights::int8: store_int8(floats, weights_matrix(as.floats), to); break;
    }
}

/// The floats that compact bytes stand for, as kernels multiply by them.
inline void read_weights(const compact_variable& of, const std::byte* from, float* to) {
    const auto [k, n] = weights_matrix(of.floats);
    for (std::int64_t i = 0; i < k * n; ++i) {
        if (of.how == stored_weights::bfloat16) {
            std::uint16_t bits;
            std::memcpy(&bits, from + i * 2, sizeof bits);
            to[i] = math::from_bfloat16(bits);
        } else {
            float scale;
            std::int8_t weight;
            std::memcpy(&scale, from + i % n * 4, sizeof scale);
            std::memcpy(&weight, from + contract_parts::rows_of_scales * n + i, 1);
            to[i] = static_cast<float>(weight) * scale;
        }
    }
}

/// The variable of the other graph from which one takes its value, or -1: of its path, and of its spec or of the floats
/// that it stores.
template <class To, class From> constexpr int source_of(int v) {
    const auto& wanted = To::value.variables[v];
    for (int other = 0; other < From::counts.variables; ++other) {
        const auto& there = From::value.variables[other];
        if (there.local != 0 || From::value.path(other) != To::value.path(v)) continue;
        const compact_variable as = stored_weights_of<To>(v), has = stored_weights_of<From>(other);
        const bool stores_it = as.how != stored_weights::plain && there.spec == tensor_spec{as.floats, dtype::float32};
        const bool is_alike = there.spec == wanted.spec && has.how == as.how && has.floats == as.floats;
        return stores_it || is_alike ? other : -1;
    }
    return -1;
}
template <class To, class From> constexpr reports variables_without_source() {
    reports mistakes;
    for (int v = 0; v < To::counts.variables; ++v) {
        if (To::value.variables[v].local != 0 || source_of<To, From>(v) >= 0) continue;
        mistakes.begin(mistake::parameters_lack);
        mistakes.add(mistake_parts::detail_tag::path, To::value.path(v));
        mistakes.add(mistake_parts::detail_tag::asked, To::value.variables[v].spec);
        break;
    }
    return mistakes;
}

/// Where the value of each variable comes from, and how it is stored; locals have -1.
struct taken_variable {
    int from = -1;
    compact_variable stores = {};  ///< plain: as it is there
};
template <class To, class From>
inline constexpr auto taken_variables = [] {
    std::array<taken_variable, variable_count_of<To>> all{};
    for (int v = 0; v < To::counts.variables; ++v) {
        if (To::value.variables[v].local != 0) continue;
        const int from = source_of<To, From>(v);
        const bool is_alike = from >= 0 && From::value.variables[from].spec == To::value.variables[v].spec;
        all[static_cast<std::size_t>(v)] = {from, is_alike ? compact_variable{} : stored_weights_of<To>(v)};
    }
    return all;
}();

[[noreturn, gnu::cold]] inline void refuse_weight(std::string_view path, std::int64_t at, double value) {
    std::string text("[ambit] weights '");
    text += path;
    text += "': element ";
    text += std::to_string(at);
    text += " is ";
    text += std::isfinite(value) ? std::to_string(value) + ", which bfloat16 rounds to infinity"
                                 : std::string(std::isnan(value) ? "NaN" : value < 0 ? "-inf" : "inf");
    text += ": compact weights are finite; look at the training, or at what was loaded. Nothing was written";
    throw_or_end(non_finite_error(std::string(path), 1, at, value, text));
}

}  // namespace ambit::model_parts

namespace AMBIT_NAMESPACE {

/// Gives `to`, a model of `weights_as`, the values of `from`, which has its variables by path: weights of floats are
/// rounded to their format, all else is copied. A model that lacks one does not compile (`parameters_lack`). Throws a
/// `non_finite_error` with the variable's path if a weight is no finite number, or rounds to none; then nothing has
/// changed.
///
///     take_weights(served, trained);
template <class To, class From> void take_weights(To& to, const From& from) {
    using to_graph = typename To::graph;
    using from_graph = typename From::graph;
    using model_parts::stored_weights;
    if constexpr (!refused_parts::reports_nothing<&model_parts::variables_without_source<to_graph, from_graph>>) {
        static_assert(refused_parts::no_mistakes_in<
                      refused_parts::made_reports<&model_parts::variables_without_source<to_graph, from_graph>>>);
    } else {
        constexpr const auto& taken = model_parts::taken_variables<to_graph, from_graph>;
        const auto& target = to.parameters();
        const auto& source = from.parameters();
        const auto floats_of = [&source](std::size_t v) {
            return reinterpret_cast<const float*>(source.variables()[static_cast<std::size_t>(taken[v].from)]);
        };
        for (std::size_t v = 0; v < taken.size(); ++v) {
            const auto& [how, floats] = taken[v].stores;
            if (taken[v].from < 0 || how == stored_weights::plain) continue;
            const std::int64_t count = floats.elements();
            const std::int64_t bad = model_parts::first_without_value(how, floats_of(v), count);
            if (bad < count)
                model_parts::refuse_weight(model_parts::variable_list<to_graph>[v].path, bad,
                                           static_cast<double>(floats_of(v)[bad]));
        }
        for (std::size_t v = 0; v < taken.size(); ++v) {
            if (taken[v].from < 0) continue;
            model_parts::store_weights(taken[v].stores, source.variables()[static_cast<std::size_t>(taken[v].from)],
                                       target.bytes_of(v), target.variables()[v]);
            target.raise_generation(v);
        }
    }
}

/// The floats, row-major, that the compact weights of a path stand for, or those of any other float32 variable.
///
///     std::vector<float> rounded = float_weights<"hidden/weights">(served);
template <fixed_string Path, class Model> std::vector<float> float_weights(const Model& net) {
    using graph = typename Model::graph;
    const auto bytes = net.template get<Path>();
    constexpr int v = [] {
        for (int i = 0; i < graph::counts.variables; ++i)
            if (graph::value.path(i) == Path.view()) return i;
        return 0;
    }();
    constexpr auto stored = model_parts::stored_weights_of<graph>(v);
    constexpr tensor_spec spec = graph::value.variables[v].spec;
    if constexpr (stored.how == model_parts::stored_weights::plain) {
        static_assert(spec.type == dtype::float32, "[ambit] float_weights reads variables of float32 and compact ones");
        return {bytes.data(), bytes.data() + spec.extents.elements()};
    } else {
        std::vector<float> floats(static_cast<std::size_t>(stored.floats.elements()));
        model_parts::read_weights(stored, reinterpret_cast<const std::byte*>(bytes.data()), floats.data());
        return floats;
    }
}

}  // namespace ambit
