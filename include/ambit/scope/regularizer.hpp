// SPDX-License-Identifier: BSL-1.0
// What may be asked of a variable's values besides fitting the data: a loss that is added when the variable is created,
// and a function that every update passes through.
//
//     auto conv1 = s.variable_scope("conv1", {.regularizer = l2_regularizer(5e-4)});
//     conv1.get_variable("weights", {5, 5, 3, 8});                       // adds conv1/weights/Regularizer/…
//     conv1.get_variable("biases", {8}, {.regularizer = no_regularizer});
//
// Ready ones: nn/regularizers.hpp.
#pragma once

#include <ambit/core/build.hpp>

#include <cstdint>

namespace AMBIT_NAMESPACE {

class tensor;

/// A scalar loss of a variable's values: a plain function and one number.
struct regularizer {
    tensor (*loss)(const tensor& values, double scale) = nullptr;
    double scale = 0;
    std::int64_t is_none = 0;
};

/// Overrides the regularizer of the scope.
inline constexpr regularizer no_regularizer{.is_none = 1};

/// Applied to a variable's values after each update by an optimizer, which takes the result.
struct constraint {
    tensor (*apply)(const tensor& values, double parameter) = nullptr;
    double parameter = 0;
    std::int64_t is_none = 0;
};

/// Overrides the constraint of the scope.
inline constexpr constraint no_constraint{.is_none = 1};

}  // namespace ambit
