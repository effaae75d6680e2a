// SPDX-License-Identifier: BSL-1.0
// Sums, means, extremes and norms over axes, moments, running sums.
#pragma once

#include <ambit/ops/reductions/axes.hpp>
#include <ambit/ops/reductions/count_nonzero.hpp>
#include <ambit/ops/reductions/cumulative.hpp>
#include <ambit/ops/reductions/moments.hpp>
#include <ambit/ops/reductions/norm.hpp>
#include <ambit/ops/reductions/reduce.hpp>
#include <ambit/ops/reductions/reduce_logical.hpp>
#include <ambit/ops/reductions/reduce_logsumexp.hpp>
#include <ambit/ops/reductions/reduce_prod.hpp>
