// SPDX-License-Identifier: BSL-1.0
// How reader, importer and writers of ONNX files end at what they do not take.
//
//     refuse(onnx_fault::wrong_size, {}, from.name(), "an extent is negative", "the file is damaged");
#pragma once

#include <ambit/core/throw_or_end.hpp>
#include <ambit/onnx/onnx_error.hpp>

#include <string>
#include <string_view>

namespace AMBIT_NAMESPACE::onnx_parts {

/// Throws the fault: of which node and which value (empty where it is about none), what was found, what to do.
[[noreturn]] inline void refuse(onnx_fault kind, const std::string& node, const std::string& name,
                                std::string_view found, std::string_view advice) {
    core_parts::throw_or_end(onnx_error(kind, node, name, found, advice));
}

}  // namespace ambit::onnx_parts
