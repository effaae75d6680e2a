// SPDX-License-Identifier: BSL-1.0
// What a scope and a `get_variable` call may say besides a name. All of it has a default; nothing converts from an
// integer, so that `get_variable("v", {1}, …)` is a shape.
#pragma once

#include <ambit/core/dtype.hpp>
#include <ambit/scope/initializer.hpp>
#include <ambit/scope/reuse_rules.hpp>

#include <optional>

namespace ambit {

/// `s.variable_scope("conv1", {.reuse = true, .initializer = random_normal()})`
struct scope_options {
    reuse_option reuse = {};                                       ///< `true`, `auto_reuse`; `false` inherits
    std::optional<ambit::initializer> initializer = std::nullopt;  ///< default of the variables below; unset inherits
    ambit::dtype dtype = ambit::dtype::none;                       ///< default of the variables below; `none` inherits
    std::optional<bool> trainable = std::nullopt;                  ///< default of the variables below
};

/// `s.get_variable("weights", {5, 5, 3, 8}, {.initializer = glorot_uniform()})`. Ignored where the variable exists,
/// but for the dtype, which is checked.
struct variable_options {
    std::optional<ambit::initializer> initializer = std::nullopt;  ///< else the scope's; else Glorot uniform or zeros
    ambit::dtype dtype = ambit::dtype::none;                       ///< else the scope's; else float32
    std::optional<bool> trainable = std::nullopt;                  ///< else the scope's; else yes
};

}  // namespace ambit
