// SPDX-License-Identifier: BSL-1.0
// Modules on variables whose names and shapes only the running program knows (examples/guide/at_run_time.md). Beside
// ambit/ambit.hpp, for those who need it.
#pragma once

#include <ambit/core/standard.hpp>

#include <ambit/model/any_model.hpp>
#include <ambit/registry/bridges.hpp>
#include <ambit/registry/build.hpp>
#include <ambit/registry/dynamic_model.hpp>
#include <ambit/registry/registry.hpp>
