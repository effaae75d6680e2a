// SPDX-License-Identifier: BSL-1.0
// The name that graphs.hpp had, for programs that include it.
#pragma once

#include <ambit/graphs.hpp>
