// SPDX-License-Identifier: BSL-1.0
// `ambit import`: an ONNX file as a module in C++ and its weights.
#include "commands.hpp"
#include "output.hpp"
#include "reading.hpp"

#include <ambit/onnx.hpp>

#include <charconv>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>

namespace tool {

namespace {

/// `batch=8`, or `8` for all that the file leaves open.
void add_extent(onnx_options& options, const std::string& text) {
    const std::size_t equals = text.rfind('=');
    const std::string name = equals == std::string::npos ? std::string() : text.substr(0, equals);
    const std::string number = equals == std::string::npos ? text : text.substr(equals + 1);
    std::int64_t extent = 0;
    const auto read = std::from_chars(number.data(), number.data() + number.size(), extent);
    if (read.ec != std::errc() || read.ptr != number.data() + number.size() || extent < 1)
        throw refusal("--extent takes a number of at least 1, 8, or for one name batch=8; not " +
                      mistake_parts::in_quotes(text));
    options.extents[name] = extent;
}

void check_free(const std::filesystem::path& file, bool replaces) {
    if (!replaces && std::filesystem::exists(file))
        throw refusal(mistake_parts::shown_path(file.string()) + ": there is such a file; --force replaces it");
}

}  // namespace

int import_model(const import_options& wanted) {
    onnx_options options;
    for (const std::string& extent : wanted.extents) add_extent(options, extent);
    const std::filesystem::path from(wanted.file);
    const std::string name = module_name(wanted.name.empty() ? from.stem().string() : wanted.name);
    const std::string header = name + ".hpp", weights = name + ".safetensors";
    check_free(header, wanted.replaces);
    check_free(weights, wanted.replaces);
    const onnx_module net(read_onnx_file(wanted.file), options);
    const std::string source = module_source(
        net, name, "Written by `ambit import` from " + mistake_parts::visible(from.filename().string(), 100) + '.');
    write_weights(weights, net);
    std::ofstream out(header, std::ios::binary);
    if (!(out << source).flush()) {
        std::error_code failed;
        std::filesystem::remove(header, failed);
        throw refusal(mistake_parts::in_quotes(header) + " cannot be written");
    }
    std::int64_t elements = 0;
    for (const onnx_weight& weight : net.weights()) elements += weight.values->elements();
    std::string text = "wrote " + header + " and " + weights + ": " + std::to_string(net.weights().size()) +
                       " variables, " + std::to_string(elements) + " parameters\n\n    using net = model<" + name;
    for (const dynamic_input& input : net.inputs()) {
        text += ", input<" + std::string(input.spec.type == dtype::float32   ? "float"
                                         : input.spec.type == dtype::float64 ? "double"
                                         : input.spec.type == dtype::boolean
                                             ? "bool"
                                             : "std::" + std::string(name_of(input.spec.type)) + "_t");
        for (int axis = 0; axis < input.spec.extents.rank(); ++axis)
            text += ", " + std::to_string(input.spec.extents[axis]);
        text += '>';
    }
    print(text + ">;\n    net loaded(seed{1});\n    load(loaded, \"" + weights + "\");\n");
    return 0;
}

}  // namespace tool
