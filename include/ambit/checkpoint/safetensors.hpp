// SPDX-License-Identifier: BSL-1.0
// Safetensors files, writing and reading.
#pragma once

#include <ambit/checkpoint/safetensors_file.hpp>
#include <ambit/checkpoint/safetensors_writer.hpp>
