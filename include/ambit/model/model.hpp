// SPDX-License-Identifier: BSL-1.0
// A model and its kernels. The page to read is ambit/model/stored_model.hpp.
#pragma once

#include <ambit/core/standard.hpp>
#include <ambit/model/stored_model.hpp>
