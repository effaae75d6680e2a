// SPDX-License-Identifier: BSL-1.0
#include "program.hpp"

void mnist::run_conv(const options& wanted) { run<conv_net>(wanted); }
