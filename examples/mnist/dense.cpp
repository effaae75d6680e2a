// SPDX-License-Identifier: BSL-1.0
#include "program.hpp"

void mnist::run_dense(const options& wanted) { run<dense_net>(wanted); }
