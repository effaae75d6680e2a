// SPDX-License-Identifier: BSL-1.0
#include "ranks.hpp"

void mnist::run_dense_on_ranks(const options& wanted) { run_on_ranks<dense_net>(wanted); }
