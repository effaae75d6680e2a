// SPDX-License-Identifier: BSL-1.0
// Models whose kernels another unit compiles (model/kernels_of.hpp), for units that take numbers, or have arrays
// written into memory of their own:
//
//     const float loss = net.run<&digits::outputs::loss>(images, labels);       // std::array, std::span, xtensor
//     net.run_into(std::span<float, 10>(logits), image);
//
// Neither kernels nor xtensor are parsed. A unit that takes views of arrays, which net(x) and net.get<"…">() return,
// includes ambit/model/array_view.hpp as well.
#pragma once

#include <ambit/core/standard.hpp>

#define AMBIT_MODEL_ELSEWHERE

#include <ambit/graphs.hpp>
#include <ambit/model/stored_model.hpp>
