// SPDX-License-Identifier: BSL-1.0
// All of ambit but the readers of image files (ambit/io/), in reading order.
#pragma once

#include <ambit/core.hpp>

#include <ambit/nn/dense.hpp>

#include <ambit/model/model.hpp>

#include <ambit/checkpoint/saver.hpp>
#include <ambit/io/summary.hpp>
