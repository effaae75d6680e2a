// SPDX-License-Identifier: BSL-1.0
#include <ambit/dynamic/chains.hpp>
