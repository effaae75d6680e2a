// SPDX-License-Identifier: BSL-1.0
// Sums, products, quotients, rounding, the larger and the smaller of two.
#pragma once

#include <ambit/ops/arithmetic/abs.hpp>
#include <ambit/ops/arithmetic/add.hpp>
#include <ambit/ops/arithmetic/bias_add.hpp>
#include <ambit/ops/arithmetic/clip.hpp>
#include <ambit/ops/arithmetic/div.hpp>
#include <ambit/ops/arithmetic/floor_div.hpp>
#include <ambit/ops/arithmetic/maximum.hpp>
#include <ambit/ops/arithmetic/minimum.hpp>
#include <ambit/ops/arithmetic/mul.hpp>
#include <ambit/ops/arithmetic/neg.hpp>
#include <ambit/ops/arithmetic/rounding.hpp>
#include <ambit/ops/arithmetic/sign.hpp>
#include <ambit/ops/arithmetic/sub.hpp>
#include <ambit/ops/arithmetic/sum_to.hpp>
