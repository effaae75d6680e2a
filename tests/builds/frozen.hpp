// SPDX-License-Identifier: BSL-1.0
// A model that `ambit_freeze` freezes ahead: of everything that a graph and its plans have something, and in the user's
// own names.
#pragma once

#include "../../examples/own_op/swish.hpp"

#include <ambit/ambit.hpp>

#include <cstdint>

namespace ahead {

using namespace ambit;

constexpr double alternating(const shape&, std::int64_t element, random_stream&) {
    return element % 2 == 0 ? 0.5 : -0.25;
}

/// A loop, a check, lists, constants, views, local state, an op and an initializer of the user's; a learning rate that
/// is a value of the module.
struct recurrent {
    double rate = 0.01;
    struct outputs {
        tensor last, loss, seen;
        operation count, train;
    };
    constexpr outputs operator()(scope& s, const tensor& sequence, const tensor& wanted) const {
        const variable mix = s.get_variable("mix", {4, 4}, {.initializer = custom(alternating)});
        const variable scale = s.get_variable("scale", {4}, {.initializer = constant({0.5, 1e-3, 0.1, 2})});
        const variable calls =
            s.get_variable("calls", {}, {.initializer = constant(0), .dtype = int64, .trainable = false});
        const tensor start = zeros(s, {2, 4});
        const tensor states = scan(
            s,
            [&](scope&, const tensor& state, const tensor& x) {
                const tensor mixed = matmul(state, mix);
                return tanh(mixed * scale + x);
            },
            sequence, start);
        const tensor last = check_finite(split<3>(states, 0)[2]);
        const tensor loss = reduce_mean(square(dense(s, "out", reshape(last, {2, 4}), 1) - wanted));
        const operation train = minimize(s, loss, adam{.learning_rate = rate});
        const tensor shown = neural::swish(last, {.beta = 1.5});
        const operation count = assign_add(calls, 1);
        return {shown, loss, tensor(calls), count, train};
    }
};

using trainer = model<configured<recurrent{.rate = 0.05}>, input<float, 3, 2, 4>, input<float, 2, 1>>;

}  // namespace ahead
