// SPDX-License-Identifier: BSL-1.0
#include <ambit/dynamic/reductions.hpp>
