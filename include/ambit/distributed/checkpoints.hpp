// SPDX-License-Identifier: BSL-1.0
// Checkpoints of a training on several ranks: written by rank 0, whole, as one machine would write them, and read by
// rank 0 for any number of ranks.
//
//     saver checkpoints;
//     if (…) step = restore(t, "train/model.ckpt-1000.safetensors").step.value();
//     …
//     save(t, checkpoints, "train/model.ckpt", step);
//
// All ranks call these. A trainer on one machine restores such a file, too, and these one of its. With `.shards` the
// state of random numbers of each shard is in the file, so that a training which goes on, on however many ranks, ends
// with the bits of one that was not interrupted; without shards that of each rank is, for as many ranks as there were.
#pragma once

#include <ambit/checkpoint/saver.hpp>
#include <ambit/distributed/data_parallel.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace AMBIT_NAMESPACE::distributed_parts {

/// The model of one machine that stands in a file, with the state of the ranks' model, or for it.
template <class Parallel> typename Parallel::trainer model_of_file(Parallel& t) {
    using trainer = typename Parallel::trainer;
    const parameters<typename trainer::graph> memory(seed{});
    if constexpr (requires { t.net().largest_batch(); }) return trainer(largest_batch{t.net().largest_batch()}, memory);
    else return trainer(memory);
}

/// The variable of the same path; modules make their variables in one order.
template <class Whole> std::size_t same_variable(const variable_info& wanted, std::size_t guess) {
    for (std::size_t i = 0; i < Whole::variables.size(); ++i) {
        const std::size_t v = (guess + i) % Whole::variables.size();
        if (Whole::variables[v].path == wanted.path) return v;
    }
    return Whole::variables.size();
}

/// Memory for the parts that all ranks have of a slot.
template <class Parallel> std::vector<std::byte> memory_of_parts(const Parallel& t, std::size_t v) {
    return std::vector<std::byte>(static_cast<std::size_t>(Parallel::model::variables[v].bytes() * t.ranks().size()));
}
inline parts_in_memory as_parts(std::vector<std::byte>& memory, std::int64_t part) {
    return {memory.data(), part, 0, part, static_cast<int>(static_cast<std::int64_t>(memory.size()) / part)};
}

/// Variables and slots of the ranks, for the model in the file: on rank 0, which has one.
template <class Parallel> void gather(Parallel& t, typename Parallel::trainer* whole) {
    using net = typename Parallel::model;
    for (std::size_t v = 0; v < net::variables.size(); ++v) {
        const variable_info& variable = net::variables[v];
        const std::byte* const own = t.net().addresses_of_variables()[v];
        std::byte* const to =
            whole == nullptr
                ? nullptr
                : whole->addresses_of_variables()[same_variable<typename Parallel::trainer>(variable, v)];
        if (Parallel::is_own_part(v)) {
            std::vector<std::byte> all =
                t.ranks().all_gather(std::span(own, static_cast<std::size_t>(variable.bytes())));
            const std::size_t same = same_variable<typename Parallel::trainer>(variable, v);
            if (to != nullptr)
                as_parts(all, variable.bytes()).join(to, Parallel::trainer::variables[same].bytes());
        } else if (to != nullptr) {
            std::memcpy(to, own, static_cast<std::size_t>(variable.bytes()));
        }
    }
}

/// The other way round; local variables are set on rank 0 alone.
template <class Parallel> void hand_out(Parallel& t, const typename Parallel::trainer* whole) {
    using net = typename Parallel::model;
    for (std::size_t v = 0; v < net::variables.size(); ++v) {
        const variable_info& variable = net::variables[v];
        std::byte* const own = t.net().addresses_of_variables()[v];
        const auto bytes = static_cast<std::size_t>(variable.bytes());
        const std::size_t same = same_variable<typename Parallel::trainer>(variable, v);
        const std::byte* const from = whole == nullptr ? nullptr : whole->addresses_of_variables()[same];
        if (Parallel::is_own_part(v)) {
            std::vector<std::byte> all = memory_of_parts(t, v);
            if (from != nullptr) as_parts(all, variable.bytes()).cut(from, Parallel::trainer::variables[same].bytes());
            t.ranks().broadcast(all);
            std::memcpy(own, all.data() + bytes * static_cast<std::size_t>(t.ranks().rank()), bytes);
        } else {
            if (from != nullptr) std::memcpy(own, from, bytes);
            if (variable.local == 0) t.ranks().broadcast(std::span(own, bytes));
        }
        if (variable.local == 0) t.net().parameters().raise_generation(v);
    }
}

// ---- local variables ------------------------------------------------------------------------------------------------
// Those of each shard, or else of each rank, one behind the other.

template <class Parallel> std::vector<std::byte> own_locals(Parallel& t) {
    std::vector<std::byte> all;
    if (const auto* const shards = t.locals_of_shards()) {
        for (const auto& shard : *shards) all.insert(all.end(), shard.begin(), shard.end());
        return all;
    }
    for (const auto& variable : checkpoint_parts::trained_variables(t.net()))
        if (variable.is_local) all.insert(all.end(), variable.data, variable.data + variable.spec.bytes());
    return all;
}
template <class Parallel> void set_own_locals(Parallel& t, const std::byte* next) {
    if (auto* const shards = t.locals_of_shards()) {
        for (auto& shard : *shards) {
            std::memcpy(shard.data(), next, shard.size());
            next += shard.size();
        }
        return;
    }
    for (const auto& variable : checkpoint_parts::trained_variables(t.net())) {
        if (!variable.is_local) continue;
        std::memcpy(variable.data, next, static_cast<std::size_t>(variable.spec.bytes()));
        next += variable.spec.bytes();
    }
}

/// Of a file all such bytes, in one text.
inline constexpr std::string_view key_of_locals_of_shards = "local variables of shards";
inline constexpr std::string_view key_of_locals_of_ranks = "local variables of ranks";

inline checkpoint_parts::trained_variable as_variable(std::vector<std::byte>& bytes) {
    checkpoint_parts::trained_variable all;
    all.spec = {{static_cast<std::int64_t>(bytes.size())}, dtype::uint8};
    all.data = bytes.data();
    return all;
}

}  // namespace ambit::distributed_parts

namespace AMBIT_NAMESPACE {

/// `saver::save` of what all ranks train; answers the file's path on rank 0, and nothing elsewhere. Throws what it
/// throws, on other ranks a `distributed_error` of kind `failed_on_root`.
///
///     save(t, checkpoints, "train/model.ckpt", step);
template <class Trainer, data_parallel_options Options>
std::string save(data_parallel<Trainer, Options>& t, saver& checkpoints, const std::string& path,
                 std::optional<std::int64_t> step = std::nullopt, checkpoint_metadata texts = {}) {
    using namespace distributed_parts;
    std::optional<typename data_parallel<Trainer, Options>::trainer> whole;
    if (t.ranks().is_root()) whole.emplace(model_of_file(t));
    gather(t, whole ? &*whole : nullptr);
    const std::vector<std::byte> own = own_locals(t);
    std::vector<std::byte> locals = t.ranks().all_gather(std::span<const std::byte>(own));
    std::string file;
    t.ranks().on_root([&] {
        const auto key = t.locals_of_shards() != nullptr ? key_of_locals_of_shards : key_of_locals_of_ranks;
        if (!locals.empty())
            texts.emplace(std::string(key), checkpoint_parts::text_of_local(as_variable(locals)));
        file = checkpoints.save(*whole, path, step, texts);
    });
    return file;
}

/// `restore` for all ranks: rank 0 reads the file, which others need not see. Answers the same on all ranks, but for
/// the texts, which rank 0 has. Throws a `checkpoint_error`, on other ranks a `distributed_error` of kind
/// `failed_on_root`; nothing has changed then.
///
///     const std::int64_t step = restore(t, "train/model.ckpt-1000.safetensors").step.value();
template <class Trainer, data_parallel_options Options>
restored_checkpoint restore(data_parallel<Trainer, Options>& t, const std::string& file) {
    using namespace distributed_parts;
    std::optional<typename data_parallel<Trainer, Options>::trainer> whole;
    restored_checkpoint restored{file, std::nullopt, {}};
    const std::size_t own_bytes = own_locals(t).size();
    std::vector<std::byte> locals(own_bytes * static_cast<std::size_t>(t.ranks().size()));
    bool has_locals = false;
    t.ranks().on_root([&] {
        whole.emplace(model_of_file(t));
        restored = ambit::restore(*whole, file);
        const bool has_shards = t.locals_of_shards() != nullptr;
        const auto key = has_shards ? key_of_locals_of_shards : key_of_locals_of_ranks;
        const auto text = restored.texts.find(std::string(key));
        if (text != restored.texts.end()) {
            const auto bytes = checkpoint_parts::bytes_of_local(text->second, as_variable(locals).spec);
            has_locals = !bytes.empty();
            if (has_locals) locals = bytes;
        }
        if (has_shards && !locals.empty() && !has_locals)
            throw checkpoint_error(checkpoint_fault::other_variables, file,
                                   "the file lacks the state of random numbers of " + std::to_string(Options.shards) +
                                       " shards",
                                   "go on with as many shards as it was saved with");
        restored.texts.erase(std::string(key_of_locals_of_shards));
        restored.texts.erase(std::string(key_of_locals_of_ranks));
    });
    hand_out(t, whole ? &*whole : nullptr);
    std::int64_t told[] = {has_locals ? 1 : 0, restored.step ? 1 : 0, restored.step.value_or(0)};
    t.ranks().broadcast(std::as_writable_bytes(std::span(told)));
    if (told[1] != 0) restored.step = told[2];
    if (told[0] != 0) {
        t.ranks().broadcast(locals);
        set_own_locals(t, locals.data() + own_bytes * static_cast<std::size_t>(t.ranks().rank()));
    }
    return restored;
}

}  // namespace ambit
