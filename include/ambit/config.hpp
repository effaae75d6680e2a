// SPDX-License-Identifier: BSL-1.0
// Settings from JSON and TOML files: nets made of layers, for dynamic models, and structs of the program's own. A
// program links with the target `ambit::config`. Beside ambit/ambit.hpp, for those who need it.
#pragma once

#include <ambit/core/standard.hpp>

#include <ambit/config/adapted.hpp>
#include <ambit/config/layered_net.hpp>
