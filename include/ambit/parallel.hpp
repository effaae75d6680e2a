// SPDX-License-Identifier: BSL-1.0
// Several threads within a call, by oneTBB. A program links with the target `ambit::parallel`. Beside ambit/ambit.hpp,
// for those who need it.
#pragma once

#include <ambit/core/standard.hpp>

#include <ambit/parallel/parallel_model.hpp>
#include <ambit/parallel/thread_pool.hpp>
