// SPDX-License-Identifier: BSL-1.0
// Arrays of ONNX files, from their messages: elements are widened to what carries them.
#pragma once

#include "messages.hpp"

#include <ambit/onnx/onnx_array.hpp>
#include <ambit/onnx/onnx_reader.hpp>

#include <cstdint>
#include <string>

namespace AMBIT_NAMESPACE::onnx_parts {

/// How much may still be read of a file, and where its neighbours lie.
struct reading {
    onnx_limits limits;
    std::string folder;  // empty: arrays in other files are refused
    std::int64_t data_bytes = 0, nodes = 0;
};

onnx_array read_array(const onnx::TensorProto& from, reading& state);

}  // namespace ambit::onnx_parts
