// SPDX-License-Identifier: BSL-1.0
// Models of ONNX files, and models as such files (examples/guide/onnx.md). Link with `ambit::onnx`.
#pragma once

#include <ambit/core/standard.hpp>

#include <ambit/onnx/onnx_error.hpp>
#include <ambit/onnx/onnx_export.hpp>
#include <ambit/onnx/onnx_module.hpp>
#include <ambit/onnx/onnx_reader.hpp>
#include <ambit/onnx/onnx_source.hpp>
