// SPDX-License-Identifier: BSL-1.0
// Compiles the kernels that dynamic models run (registry/dynamic_model.hpp), for programs that do not link with the
// library `ambit::dynamic`. Include it in one unit: it takes as long to compile as all kernels together.
#pragma once

#include <ambit/dynamic/all.hpp>
#include <ambit/dynamic/arithmetic.hpp>
#include <ambit/dynamic/arrays.hpp>
#include <ambit/dynamic/chains.hpp>
#include <ambit/dynamic/comparison.hpp>
#include <ambit/dynamic/convolutions.hpp>
#include <ambit/dynamic/functions.hpp>
#include <ambit/dynamic/images.hpp>
#include <ambit/dynamic/lookup.hpp>
#include <ambit/dynamic/products.hpp>
#include <ambit/dynamic/random.hpp>
#include <ambit/dynamic/reductions.hpp>
#include <ambit/dynamic/sessions.hpp>
