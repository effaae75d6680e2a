// SPDX-License-Identifier: BSL-1.0
// Products of matrices and of batches of them.
#pragma once

#include <ambit/ops/products/matmul.hpp>
