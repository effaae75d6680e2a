// SPDX-License-Identifier: BSL-1.0
// Every op, a family after the other.
#pragma once

#include <ambit/ops/arithmetic.hpp>
#include <ambit/ops/comparison.hpp>
#include <ambit/ops/functions.hpp>
#include <ambit/ops/arrays.hpp>
#include <ambit/ops/lookup.hpp>
#include <ambit/ops/reductions.hpp>
#include <ambit/ops/products.hpp>
#include <ambit/ops/images.hpp>
#include <ambit/ops/losses.hpp>
#include <ambit/ops/random.hpp>
#include <ambit/ops/control.hpp>
