// SPDX-License-Identifier: BSL-1.0
// Arrays made, reshaped, cut, joined, padded, reordered and converted.
#pragma once

#include <ambit/ops/arrays/broadcast_to.hpp>
#include <ambit/ops/arrays/cast.hpp>
#include <ambit/ops/arrays/concat.hpp>
#include <ambit/ops/arrays/constant.hpp>
#include <ambit/ops/arrays/diag.hpp>
#include <ambit/ops/arrays/expand_dims.hpp>
#include <ambit/ops/arrays/pad.hpp>
#include <ambit/ops/arrays/range.hpp>
#include <ambit/ops/arrays/reshape.hpp>
#include <ambit/ops/arrays/reverse.hpp>
#include <ambit/ops/arrays/reverse_sequence.hpp>
#include <ambit/ops/arrays/slice.hpp>
#include <ambit/ops/arrays/split.hpp>
#include <ambit/ops/arrays/tile.hpp>
#include <ambit/ops/arrays/transpose.hpp>
#include <ambit/ops/arrays/view.hpp>
