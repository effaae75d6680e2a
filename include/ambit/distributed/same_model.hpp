// SPDX-License-Identifier: BSL-1.0
// Whether all ranks train one model: hashes of its variables and ops, and of what the variables hold. What differs is
// told on every rank, in the same words.
//
//     expect_same_model<trainer::graph>(ranks);            // throws a distributed_error: different_models
//     expect_same_weights<trainer::graph>(ranks, net.parameters());       // different_weights
#pragma once

#include <ambit/core/hash.hpp>
#include <ambit/distributed/communicator.hpp>
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

/// What a model is made of, in one row: its variables, then its ops.
template <class Graph> struct model_parts_in_order {
    static constexpr int variables = Graph::counts.variables;
    static constexpr int count = variables + Graph::counts.nodes;

    static constexpr std::uint64_t hash(int part) {
        if (part < variables) {
            const auto& v = Graph::value.variables[part];
            const std::uint64_t of_role =
                core_parts::fnv1a_with(core_parts::fnv1a(Graph::value.path(part)), static_cast<std::uint64_t>(v.role));
            return hash_with(core_parts::fnv1a_with(of_role, static_cast<std::uint64_t>(v.trainable)), v.spec);
        }
        const frozen_node& node = Graph::value.nodes[part - variables];
        std::uint64_t hash = hash_with(node.op->id, node.result);
        for (int i = 0; i < node.operand_count; ++i)
            hash =
                core_parts::fnv1a_with(hash, static_cast<std::uint64_t>(Graph::value.operands[node.first_operand + i]));
        for (int i = 0; i < node.word_count; ++i)
            hash = core_parts::fnv1a_with(hash, static_cast<std::uint64_t>(Graph::value.words[node.first_word + i]));
        return hash;
    }
    static constexpr std::uint64_t hash() {
        std::uint64_t all = static_cast<std::uint64_t>(count);
        for (int part = 0; part < count; ++part) all = core_parts::fnv1a_with(all, hash(part));
        return all;
    }

    /// `variable hidden/weights, float32[6, 12]`, `op 17, matmul, float32[8, 12]`; `nothing more` behind the last.
    static std::string words(int part) {
        if (part >= count) return "nothing more";
        if (part < variables)
            return "variable " + std::string(Graph::value.path(part)) + ", " +
                   std::string(words_of(Graph::value.variables[part].spec).view());
        const frozen_node& node = Graph::value.nodes[part - variables];
        return "op " + std::to_string(part - variables) + ", " + std::string(node.op->name) + ", " +
               std::string(words_of(node.result).view());
    }
};

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

/// Throws a `distributed_error` of kind `different_models` on all ranks if the graphs of any two differ. Ranks with
/// different ones call it for each its own.
template <class Graph> void expect_same_model(communicator& ranks) {
    using parts = model_parts_in_order<Graph>;
    const std::vector<std::uint64_t> hashes = ranks.all_gather(parts::hash());
    if (std::all_of(hashes.begin(), hashes.end(), [&](std::uint64_t hash) { return hash == hashes[0]; })) return;
    const std::vector<int> counts = ranks.all_gather(parts::count);
    const int most = *std::max_element(counts.begin(), counts.end());
    std::vector<std::uint64_t> own(static_cast<std::size_t>(most), 0);
    for (int part = 0; part < parts::count; ++part) own[static_cast<std::size_t>(part)] = parts::hash(part);
    const first_difference found =
        first_difference_of(ranks.all_gather(std::span<const std::uint64_t>(own)), hashes.size());
    std::array<char, 200> words{};
    parts::words(static_cast<int>(found.part)).copy(words.data(), words.size() - 1);
    const auto all_words = ranks.all_gather(words);
    ranks.refuse(distributed_fault::different_models,
                 "ranks train different models: rank 0 has " + std::string(all_words[0].data()) + ", rank " +
                     std::to_string(found.rank) + " " +
                     std::string(all_words[static_cast<std::size_t>(found.rank)].data()),
                 "start one program, of one build, with one module on all ranks");
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
        const auto& variable = Graph::value.variables[static_cast<int>(v)];
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
                 "variable " + std::string(Graph::value.path(static_cast<int>(v))) + " of rank " +
                     std::to_string(found.rank) + " is no longer that of rank 0",
                 "write variables on all ranks alike, and run one build on one kind of processor");
}

}  // namespace ambit::distributed_parts
