// SPDX-License-Identifier: BSL-1.0
// Elements found and placed by index: gather and scatter, one-hot, the largest of a row.
#pragma once

#include <ambit/ops/lookup/argmax.hpp>
#include <ambit/ops/lookup/argmin.hpp>
#include <ambit/ops/lookup/batch_gather.hpp>
#include <ambit/ops/lookup/gather.hpp>
#include <ambit/ops/lookup/indices.hpp>
#include <ambit/ops/lookup/one_hot.hpp>
#include <ambit/ops/lookup/scatter.hpp>
#include <ambit/ops/lookup/top_k.hpp>
