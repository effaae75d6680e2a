// SPDX-License-Identifier: BSL-1.0
// What `ambit inspect` has found in a checkpoint.
//
//     const contents found = look_at(*file, wanted);
//     found[0].name; found.tensors[0].statistics->mean; saved_by(found.file);
#pragma once

#include "commands.hpp"
#include "reading.hpp"
#include "statistics.hpp"

#include <ambit/checkpoint/optimizer_state.hpp>
#include <ambit/checkpoint/roles.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tool {

inline constexpr int bins_in_a_row = 8, bins_in_detail = 16;

struct looked_at {
    std::size_t number = 0;
    bool is_of_optimizer = false;
    std::optional<tensor_statistics> statistics;  ///< none where the type has no numbers, or they were not asked for
    std::string failure;  ///< why it could not be read
};

struct contents {
    const tensor_source& file;
    std::vector<looked_at> tensors;
    const stored_tensor& operator[](std::size_t index) const { return file.tensors()[tensors[index].number]; }
};

inline contents look_at(const tensor_source& file, const inspect_options& wanted) {
    contents found{file, {}};
    const std::vector<bool> is_of_optimizer = checkpoint_parts::optimizer_state(file);
    std::uint64_t bytes = 0;
    for (const std::size_t number : chosen_tensors(file, wanted.names)) {
        found.tensors.push_back({number, is_of_optimizer[number], {}, {}});
        bytes += file.tensors()[number].bytes;
    }
    if (wanted.reads_no_values) return found;
    const int bins = found.tensors.size() == 1 || wanted.as_json ? bins_in_detail : bins_in_a_row;
    reading_bar bar("inspect", 2 * bytes);
    const watched_source watched(file, bar);
    std::vector<std::byte> elements;
    for (looked_at& it : found.tensors) {
        const stored_tensor& stored = file.tensors()[it.number];
        if (!has_numbers(stored.type)) continue;
        try {
            elements.resize(static_cast<std::size_t>(stored.bytes));
            watched.read(it.number, elements);
            it.statistics = statistics_of(stored.type, elements, bins, bar);
        } catch (const checkpoint_error& reason) {  // the others may be whole
            it.failure = reason.what();
        }
    }
    return found;
}

// ---- What the file says of itself -------------------------------------------------------------------------------

inline std::string text_at(const checkpoint_metadata& texts, std::string_view key) {
    const auto pair = texts.find(std::string(key));
    return pair == texts.end() ? std::string() : pair->second;
}

/// Who wrote the file, as far as it says.
inline std::string saved_by(const tensor_source& file) {
    const auto& texts = file.metadata();
    const auto key = texts.lower_bound(std::string(checkpoint_parts::own_keys));
    const bool has_own_key = key != texts.end() && key->first.starts_with(checkpoint_parts::own_keys);
    if (has_own_key || (file.format() == "safetensors" && !file.checksum().empty())) return "ambit";
    if (file.format() == "TensorFlow 1") return "TensorFlow";
    const std::string format = text_at(texts, "format");  // of the libraries around safetensors
    if (format == "pt") return "PyTorch";
    if (format == "tf") return "TensorFlow";
    if (format == "np") return "NumPy";
    if (format == "flax") return "Flax";
    if (format == "mlx") return "MLX";
    return {};
}

}  // namespace tool
