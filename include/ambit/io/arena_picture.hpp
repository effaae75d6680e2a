// SPDX-License-Identifier: BSL-1.0
// The memory of a call as a picture: what lies where in the arena, from which kernel to which.
//
//     write_arena_svg(filter, "arena.svg");
//
// Kernels go from left to right as they run, bytes upwards. A rectangle is a value (or the scratch memory of a kernel,
// an output, a place for an input that cannot be read where it is); its colour is that of its outermost scope, or of
// its scope where all have one outermost scope in common. The pointer shows its name and its bytes.
#pragma once

#include <ambit/io/planned_graph.hpp>
#include <ambit/io/svg.hpp>
#include <ambit/io/text_table.hpp>
#include <ambit/io/whole_file.hpp>
#include <ambit/model/model.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace AMBIT_NAMESPACE::io_parts {

inline std::string words_of(const planned_graph::block& block) {
    using purpose = planned_graph::block::purpose;
    switch (block.kind) {
        case purpose::output: return "output " + block.name;
        case purpose::scratch: return "scratch memory of " + block.name;
        case purpose::input:
        case purpose::value: break;
    }
    return block.name;
}

inline std::string arena_picture(const planned_graph& graph) {
    const double width = 960, left = 92, right = 16, top = 34, bottom = 60, across = width - left - right, up = 360;
    const std::size_t moments = graph.moments.size() + 1;  // behind the last step are the outputs
    const double column = across / static_cast<double>(moments);
    const auto bytes = static_cast<double>((std::max)(graph.arena_bytes, std::int64_t{1}));
    const auto height_of = [&](std::int64_t place) { return up * static_cast<double>(place) / bytes; };

    const scope_colours colours([&] {
        std::vector<std::string> paths;
        for (const auto& block : graph.arena) paths.push_back(block.name);
        return paths;
    }());
    // A line of the legend holds a few scopes.
    constexpr std::size_t scopes_of_line = 6;
    const std::size_t lines = (colours.scopes().size() + scopes_of_line - 1) / scopes_of_line;
    svg_picture picture(width, top + up + bottom + 20 * static_cast<double>(lines));
    picture.words(left, 20, "arena, " + readable_bytes(graph.arena_bytes));
    for (int part = 0; part <= 4; ++part) {
        const std::int64_t place = graph.arena_bytes / 4 * part;
        const double y = top + up - height_of(place);
        picture.line(left, y, width - right, y);
        picture.words(left - 8, y + 4, short_bytes(place), svg_words::to_right, "faint");
    }
    for (const auto& block : graph.arena) {
        const double x = left + column * block.first, y = top + up - height_of(block.end);
        const double wide = column * (block.last - block.first + 1), high = height_of(block.end - block.begin);
        const std::string name = words_of(block);
        picture.rectangle(x, y, wide, high, colours.of(block.name),
                          name + ", " + readable_bytes(block.end - block.begin) + " from byte " + grouped(block.begin) +
                              ", kernels " + std::to_string(block.first) + " to " + std::to_string(block.last));
        const std::string_view shown = std::string_view(name).substr(name.rfind('/') + 1);
        const bool is_output = block.kind == planned_graph::block::purpose::output;
        const std::string_view label = is_output ? std::string_view(name) : shown;
        if (high >= 13 && svg_picture::fitting(wide) >= label.size())
            picture.words(x + wide / 2, y + high / 2 + 4, label, svg_words::centred, "on");
    }
    const double axis = top + up;
    const auto every = static_cast<std::size_t>(26 / column) + 1;
    for (std::size_t i = 0; i + 1 < moments; i += every)
        picture.words(left + column * (static_cast<double>(i) + 0.5), axis + 16, std::to_string(i), svg_words::centred,
                      "faint");
    picture.words(left, axis + 36, "kernels in their order; behind the last one lie the outputs", svg_words::from_left,
                  "faint");
    for (std::size_t s = 0; s < colours.scopes().size(); ++s) {
        const double x = left + across / scopes_of_line * static_cast<double>(s % scopes_of_line);
        const double y = axis + 48 + 20 * static_cast<double>(s / scopes_of_line);
        picture.rectangle(x, y, 12, 12, colour_number(s), colours.scopes()[s]);
        picture.words(x + 18, y + 10, colours.scopes()[s]);
    }
    return picture.text();
}

inline void write_arena_of(const planned_graph& graph, const std::filesystem::path& path) {
    const std::string text = arena_picture(graph);
    write_file(path, std::as_bytes(std::span(text)));
}

}  // namespace ambit::io_parts

namespace AMBIT_NAMESPACE {

/// Draws the arena of a model's call for all outputs, whole or not at all; of a model with `any_size` as it is planned
/// for its largest batch alone. A file that cannot be written is a `file_error`.
template <storage Storage, class Module, class... Inputs>
void write_arena_svg(const stored_model<Storage, Module, Inputs...>& shown, const std::filesystem::path& path) {
    using model = stored_model<Storage, Module, Inputs...>;
    io_parts::write_arena_of(io_parts::graph_of_model<model, Module, Inputs...>(shown), path);
}

/// The same of a module that needs no model: `write_arena_svg(mlp{}, {spec(float32, {32, 784})}, path)`. Throws a
/// `model_error` for the module's first mistake.
template <class Module, std::size_t Inputs>
    requires graph_parts::module<Module, Inputs>
void write_arena_svg(const Module& module, const tensor_spec (&inputs)[Inputs], const std::filesystem::path& path) {
    io_parts::write_arena_of(io_parts::planned_graph(module, std::to_array(inputs)), path);
}

}  // namespace ambit
