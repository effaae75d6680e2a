// SPDX-License-Identifier: BSL-1.0
// Reads ONNX files, which come from outside: sizes, depths, names and types are looked at before anything is built of
// them, and data in other files has to lie in the model's folder. Link with `ambit::onnx`.
#pragma once

#include <ambit/onnx/onnx_array.hpp>
#include <ambit/onnx/onnx_graph.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace AMBIT_NAMESPACE {

/// What is refused beyond. protobuf itself holds no file above 2 GiB.
struct onnx_limits {
    std::int64_t bytes = (std::int64_t{1} << 31) - 1;  ///< of the file
    std::int64_t data_bytes = std::int64_t{1} << 36;   ///< of all arrays together, as they are carried
    std::int64_t nodes = 1 << 20;                      ///< of all graphs together
    int depth = 32;                                    ///< of graphs within graphs
};

/// What a file says, or the bytes of one. Throws `onnx_error`.
onnx_file read_onnx_file(const std::string& path, const onnx_limits& limits = {});
/// Arrays in other files are refused unless a folder is named.
onnx_file parse_onnx(std::span<const std::byte> bytes, const std::string& folder = {}, const onnx_limits& limits = {});

/// One array, as ONNX's test data have them in files of their own.
onnx_array parse_onnx_array(std::span<const std::byte> bytes, const onnx_limits& limits = {});
/// Of a sequence of arrays, and of an optional one (of none or one, or of a sequence).
std::vector<onnx_array> parse_onnx_sequence(std::span<const std::byte> bytes, const onnx_limits& limits = {});
std::vector<onnx_array> parse_onnx_optional(std::span<const std::byte> bytes, const onnx_limits& limits = {});

/// The bytes of a file that says this; ONNX's checker takes it.
std::vector<std::byte> onnx_bytes(const onnx_file& file);

}  // namespace ambit
