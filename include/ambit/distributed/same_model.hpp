// SPDX-License-Identifier: BSL-1.0
// Whether all ranks train one model: hashes of its variables and ops, and of what the variables hold. What differs is
// told on every rank, in the same words.
//
//     expect_same_model<trainer::graph>(ranks);            // throws a distributed_error: different_models
//     expect_same_weights<trainer::graph>(ranks, net.parameters());       // different_weights
#pragma once

#include <ambit/core/hash.hpp>
#include <ambit/distributed/communicator.hpp>
#include <ambit/model/graph_facts.hpp>
#include <ambit/model/parameters.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace AMBIT_NAMESPACE::distributed_parts {

constexpr std::uint64_t hash_with(std::uint64_t hash, const tensor_spec& spec) {
    hash = core_parts::fnv1a_with(hash, static_cast<std::uint64_t>(spec.type));
    hash = core_parts::fnv1a_with(hash, static_cast<std::uint64_t>(spec.extents.rank()));
    for (int axis = 0; axis < spec.extents.rank(); ++axis)
        hash = core_parts::fnv1a_with(hash, static_cast<std::uint64_t>(spec.extents[axis]));
    return hash;
}

/// A variable or an op of a model, with the hash of all that is known of it.
struct model_part {
    std::string_view name;
    tensor_spec spec;
    std::uint64_t hash = 0;
};

/// What a model is made of, in one row: its variables, then its ops. A constant of its own: who reads the graph in a
/// running program makes the compiler emit the rules of all its ops.
template <class Graph>
inline constexpr auto parts_of_model = [] {
    constexpr const auto& graph = Graph::value;
    const auto with_all = [](std::uint64_t hash, const auto& words, int first, int count) {
        for (int i = first; i < first + count; ++i)
            hash = core_parts::fnv1a_with(hash, static_cast<std::uint64_t>(words[i]));
        return hash;
    };
    std::array<model_part, std::size_t(Graph::counts.variables + Graph::counts.nodes)> parts{};
    std::size_t next = 0;
    for (const variable_info& v : model_parts::variable_list<Graph>) {
        const tensor_spec spec{v.extents, v.dtype};
        std::uint64_t hash = core_parts::fnv1a(v.path);
        hash = core_parts::fnv1a_with(hash, static_cast<std::uint64_t>(v.role));
        hash = core_parts::fnv1a_with(hash, static_cast<std::uint64_t>(v.trainable));
        parts[next++] = {v.path, spec, hash_with(hash, spec)};
    }
    for (int n = 0; n < Graph::counts.nodes; ++n) {
        const frozen_node& node = graph.nodes[n];
        std::uint64_t hash = hash_with(node.op->id, node.result);
        hash = with_all(hash, graph.operands, node.first_operand, node.operand_count);
        parts[next++] = {node.op->name, node.result, with_all(hash, graph.words, node.first_word, node.word_count)};
    }
    return parts;
}();

/// `variable hidden/weights, float32[6, 12]`, `op 17, matmul, float32[8, 12]`; `nothing more` behind the last.
[[gnu::cold]] inline std::string words_of_part(std::span<const model_part> parts, std::size_t variables,
                                               std::size_t part) {
    if (part >= parts.size()) return "nothing more";
    const std::string kind = part < variables ? "variable " : "op " + std::to_string(part - variables) + ", ";
    return kind + std::string(parts[part].name) + ", " + std::string(words_of(parts[part].spec).view());
}

/// The first element in which any rank differs from rank 0, and such a rank; those of rank 0 come first.
struct first_difference {
    std::int64_t part = -1;
    int rank = 0;
};
inline first_difference first_difference_of(std::span<const std::uint64_t> all, std::size_t ranks) {
    const std::size_t count = all.size() / ranks;
    for (std::size_t part = 0; part < count; ++part)
        for (std::size_t rank = 1; rank < ranks; ++rank)
            if (all[rank * count + part] != all[part]) return {static_cast<std::int64_t>(part), static_cast<int>(rank)};
    return {};
}

/// Throws a `distributed_error` of kind `different_models` on all ranks if the models of any two differ. The first
/// `variables` of the parts are variables.
[[gnu::cold]] inline void expect_same_parts(communicator& ranks, std::span<const model_part> parts,
                                            std::size_t variables) {
    std::vector<std::uint64_t> own;
    std::uint64_t all = parts.size();
    for (const model_part& part : parts) {
        own.push_back(part.hash);
        all = core_parts::fnv1a_with(all, part.hash);
    }
    const std::vector<std::uint64_t> hashes = ranks.all_gather(all);
    if (std::all_of(hashes.begin(), hashes.end(), [&](std::uint64_t hash) { return hash == hashes[0]; })) return;
    const std::vector<std::uint64_t> counts = ranks.all_gather(std::uint64_t{own.size()});
    own.resize(*std::max_element(counts.begin(), counts.end()), 0);
    const first_difference found =
        first_difference_of(ranks.all_gather(std::span<const std::uint64_t>(own)), hashes.size());
    std::array<char, 200> words{};
    words_of_part(parts, variables, static_cast<std::size_t>(found.part)).copy(words.data(), words.size() - 1);
    const auto all_words = ranks.all_gather(words);
    ranks.refuse(distributed_fault::different_models,
                 "ranks train different models: rank 0 has " + std::string(all_words[0].data()) + ", rank " +
                     std::to_string(found.rank) + " " +
                     std::string(all_words[static_cast<std::size_t>(found.rank)].data()),
                 "start one program, of one build, with one module on all ranks");
}

/// The same for a graph. Ranks with different ones call it for each its own.
template <class Graph> void expect_same_model(communicator& ranks) {
    expect_same_parts(ranks, parts_of_model<Graph>, model_parts::variable_count_of<Graph>);
}

/// The hash of some bytes, by words of eight.
inline std::uint64_t hash_of_bytes(const std::byte* bytes, std::size_t count) {
    std::uint64_t hash = core_parts::fnv1a_of_nothing;
    for (std::size_t i = 0; i < count; i += sizeof hash) {
        std::uint64_t word = 0;
        std::memcpy(&word, bytes + i, std::min(sizeof word, count - i));
        hash = core_parts::fnv1a_with(hash, word);
        hash ^= hash >> 32;  // the high bits of a word would only reach higher ones
    }
    return hash;
}

/// Throws a `distributed_error` of kind `different_weights` on all ranks if a variable that is trained, or state of an
/// optimizer, does not hold the same bits on all of them. Slots may be each rank's own.
template <class Graph>
void expect_same_weights(communicator& ranks, const parameters<Graph>& held, bool has_own_slots = false) {
    std::vector<std::uint64_t> own;
    std::vector<std::size_t> variables;
    for (std::size_t v = 0; v < parameters<Graph>::count; ++v) {
        const variable_info& variable = model_parts::variable_list<Graph>[v];
        const bool is_of_training = variable.trainable != 0 || variable.role != scope_parts::variable_role::weight;
        if (!parameters<Graph>::is_shared(v) || !is_of_training) continue;
        if (has_own_slots && variable.role == scope_parts::variable_role::slot) continue;
        own.push_back(hash_of_bytes(held.variables()[v], parameters<Graph>::bytes_of(v)));
        variables.push_back(v);
    }
    const first_difference found = first_difference_of(ranks.all_gather(std::span<const std::uint64_t>(own)),
                                                       static_cast<std::size_t>(ranks.size()));
    if (found.part < 0) return;
    const std::size_t v = variables[static_cast<std::size_t>(found.part)];
    ranks.refuse(distributed_fault::different_weights,
                 "variable " + std::string(model_parts::variable_list<Graph>[v].path) + " of rank " +
                     std::to_string(found.rank) + " is no longer that of rank 0",
                 "write variables on all ranks alike, and run one build on one kind of processor");
}

}  // namespace ambit::distributed_parts
