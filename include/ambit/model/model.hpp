// SPDX-License-Identifier: BSL-1.0
// A model and its kernels. The page to read is ambit/model/stored_model.hpp, which units include alone whose kernels
// another one compiles (model/kernels_of.hpp).
#pragma once

#include <ambit/core/standard.hpp>
#include <ambit/model/any_batch_model.hpp>
#include <ambit/model/array_view.hpp>
#include <ambit/model/executor.hpp>
#include <ambit/model/memory.hpp>
#include <ambit/model/stored_model.hpp>
