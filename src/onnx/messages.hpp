// SPDX-License-Identifier: BSL-1.0
// ONNX's messages of protobuf, as Debian's libonnx-dev has them: for what reads and writes files alone.
#pragma once

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wall"
#pragma GCC diagnostic ignored "-Wextra"
#pragma GCC diagnostic ignored "-Wpedantic"
#pragma GCC diagnostic ignored "-Wconversion"
#include <onnx/onnx_pb.h>

#include <onnx/onnx-data_pb.h>
#pragma GCC diagnostic pop
