// SPDX-License-Identifier: BSL-1.0
// Core through plan: scopes, graphs, ops and plans, without kernels, xtensor or xsimd. For code that builds and checks
// modules but does not run them.
#pragma once

#include <ambit/core/standard.hpp>

// First: compilers print the way by which its errors were included.
#include <ambit/diagnostics/explain.hpp>

#include <ambit/graph/collect.hpp>
#include <ambit/graph/frozen_graph.hpp>
#include <ambit/ops/all.hpp>
#include <ambit/plan/lints.hpp>
#include <ambit/plan/plan.hpp>
#include <ambit/scope/template.hpp>
