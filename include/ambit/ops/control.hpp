// SPDX-License-Identifier: BSL-1.0
// Assignments, checks, branches and loops, what gradients see of them, and what follows a schedule.
#pragma once

#include <ambit/ops/control/assign.hpp>
#include <ambit/ops/control/check.hpp>
#include <ambit/ops/control/cond.hpp>
#include <ambit/ops/control/identity.hpp>
#include <ambit/ops/control/moving_average.hpp>
#include <ambit/ops/control/scan.hpp>
#include <ambit/ops/control/scheduled.hpp>
#include <ambit/ops/control/stop_gradient.hpp>
#include <ambit/ops/control/while_loop.hpp>
