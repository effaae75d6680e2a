// SPDX-License-Identifier: BSL-1.0
// Comparisons, the logic of their results, and the choice of elements by them.
#pragma once

#include <ambit/ops/comparison/classification.hpp>
#include <ambit/ops/comparison/comparison.hpp>
#include <ambit/ops/comparison/logical.hpp>
#include <ambit/ops/comparison/where.hpp>
#include <ambit/ops/comparison/where_greater.hpp>
