// SPDX-License-Identifier: BSL-1.0
// Random numbers: another array at each call, the same for the same seed.
#pragma once

#include <ambit/ops/random/random.hpp>
