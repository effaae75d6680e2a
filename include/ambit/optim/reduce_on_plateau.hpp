// SPDX-License-Identifier: BSL-1.0
// A learning rate that becomes smaller when a loss stops falling.
//
//     reduce_on_plateau plateau(s, {.initial = 0.1, .factor = 0.5, .patience = 3});
//     operation train = minimize(s, loss, momentum{.learning_rate = plateau.rate()});
//     return {loss, train, plateau.observe(loss)};          // run the last one once an epoch, with examples to validate on
//
// An observed loss is better if it is below the best one so far by more than `threshold`; NaN is not. After `patience`
// observations in a row that were not better the rate is multiplied by `factor`, down to `least`, and counting starts
// again. Rate, best loss and count are variables `<scope>/reduce_on_plateau/rate`, `…/best` and `…/wait`, saved like
// any other: training goes on where it was.
#pragma once

#include <ambit/ops/all.hpp>
#include <ambit/optim/optimizer.hpp>

#include <cstdint>

namespace AMBIT_NAMESPACE {

struct reduce_on_plateau_options {
    double initial = 0.1;
    double factor = 0.1;
    std::int64_t patience = 10;
    double threshold = 1e-4;
    double least = 0;
    dtype_option dtype = float32;  ///< of the rate and of the loss
};

class reduce_on_plateau {
public:
    constexpr explicit reduce_on_plateau(scope& s, const reduce_on_plateau_options& options = {},
                                         const location& at = location::current())
        : options_(options) {
        const graph_parts::line_of_call here(s, at);
        graph_builder& builder = *s.builder();
        const step_call step(builder, builder.scopes().scope_at(s.handle().record()).prefix, "reduce_on_plateau", at);
        rate_ = step.state("rate", options.dtype, options.initial);
        best_ = step.state("best", options.dtype, math::infinity);
        wait_ = step.state("wait", options.dtype, 0);
        graph_parts::option_ranges ranges(builder, "reduce_on_plateau", at);
        ranges.from("initial", options.initial, 0);
        ranges.above_to_below("factor", options.factor, 0, 1);
        // What counts them is a value of the dtype of the rate.
        ranges.from_to("patience", static_cast<double>(options.patience), 1, 0x1p24);
        ranges.from("threshold", options.threshold, 0);
        ranges.from("least", options.least, 0);
    }

    /// The rate at this point of the program.
    constexpr tensor rate() const { return rate_; }

    /// Looks at a loss, a scalar.
    constexpr operation observe(const tensor& loss, const op_options& options = {},
                                const location& at = location::current()) const {
        const graph_parts::line_of_call here(loss, at);
        const tensor best = best_, wait = wait_, rate = rate_;
        const tensor limit = sub(best, options_.threshold);
        const tensor is_better = less(loss, limit);
        const tensor waited = where(is_better, 0, add(wait, 1));
        const tensor is_over = greater_equal(waited, static_cast<double>(options_.patience));
        const tensor smaller = maximum(mul(rate, options_.factor), options_.least);
        const operation next_best = assign(best_, where(is_better, loss, best));
        const operation next_wait = assign(wait_, where(is_over, 0, waited));
        const operation next_rate = assign(rate_, where(is_over, smaller, rate));
        return group({next_best, next_wait, next_rate}, options, at);
    }

private:
    reduce_on_plateau_options options_;
    variable rate_, best_, wait_;
};

}  // namespace ambit
