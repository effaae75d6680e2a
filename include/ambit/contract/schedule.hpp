// SPDX-License-Identifier: BSL-1.0
// A quantity that changes with the steps of training, as a flat value: the same number from the compiler and at run
// time. optim/schedules.hpp makes them.
//
//     constexpr schedule rate = exponential_decay({.initial = 0.1, .steps = 1000, .rate = 0.5});
//     static_assert(rate(2000) == 0.025);
#pragma once

#include <ambit/contract/kernel_tags.hpp>
#include <ambit/core/attributes.hpp>
#include <ambit/math/constexpr_math.hpp>

#include <cstdint>

namespace AMBIT_NAMESPACE::contract_parts {

enum class schedule_kind : std::int64_t { constant, exponential, inverse_time, polynomial, cosine, piecewise };

}  // namespace ambit::contract_parts

namespace AMBIT_NAMESPACE {

/// Members are those of the options in optim/schedules.hpp.
struct schedule {
    static constexpr int max_boundaries = 8;

    contract_parts::schedule_kind kind = contract_parts::schedule_kind::constant;
    std::int64_t staircase = 0;  ///< floor of t / steps
    std::int64_t restarts = 0;  ///< of a cosine, of a polynomial: begin again after `steps`
    std::int64_t boundaries = 0;
    double initial = 0;
    double final = 0;
    double steps = 1;
    double rate = 1;
    double power = 1;
    double growth = 1;  ///< of the period from restart to restart
    double shrink = 1;  ///< of the peak from restart to restart
    double warm_up = 0;  ///< steps
    double warm_up_from = 0;
    double boundary[max_boundaries] = {};
    double value[max_boundaries + 1] = {};

    /// After a linear warm-up: step t of the first `count` has from + (peak - from) t / count, where the peak is what
    /// this begins with; then this, counted from there. Source: P. Goyal and others, "Accurate, large minibatch SGD:
    /// training ImageNet in 1 hour", 2017, section 2.2.
    constexpr schedule after_warm_up(double count, double from = 0) const {
        schedule warm = *this;
        warm.warm_up = count;
        warm.warm_up_from = from;
        return warm;
    }

    /// The value at step t >= 0, counted from 0.
    constexpr double operator()(double t) const {
        if (!(t >= warm_up)) {
            const double peak = after(0);
            return warm_up_from + math::product(peak - warm_up_from, t / warm_up);
        }
        return after(t - warm_up);
    }

private:
    constexpr double after(double t) const {
        const double periods = t / steps;
        switch (kind) {
            case contract_parts::schedule_kind::constant: return initial;
            case contract_parts::schedule_kind::exponential:
                return math::product(initial, math::pow(rate, staircase != 0 ? math::floor(periods) : periods));
            case contract_parts::schedule_kind::inverse_time:
                return initial / (1 + math::product(rate, staircase != 0 ? math::floor(periods) : periods));
            case contract_parts::schedule_kind::polynomial: {
                // With restarts the whole way becomes longer by `steps` whenever it ends.
                const double longer = restarts != 0 && periods > 1 ? -math::floor(-periods) : 1;
                const double left = periods < longer ? 1 - periods / longer : 0;
                return final + math::product(initial - final, math::pow(left, power));
            }
            case contract_parts::schedule_kind::cosine: {
                const place_in_period at = place_of(t);
                const double height = (1 + math::cos(math::product(0x1.921fb54442d18p+1, at.share))) / 2;
                return final + math::product(math::product(at.peak, initial) - final, height);
            }
            case contract_parts::schedule_kind::piecewise: {
                int i = 0;
                while (i < boundaries && t > boundary[i]) ++i;
                return value[i];
            }
        }
        return initial;
    }

    struct place_in_period {
        double share = 1;  // of the period that is over
        double peak = 1;  // of the first one's
    };
    constexpr place_in_period place_of(double t) const {
        if (restarts == 0) return {t < steps ? t / steps : 1, 1};
        if (math::equals(growth, 1)) {
            const double done = math::floor(t / steps);
            return {(t - math::product(done, steps)) / steps, math::pow(shrink, done)};
        }
        double length = steps, peak = 1;
        while (t >= length) {
            t -= length;
            length *= growth;
            peak *= shrink;
        }
        return {t / length, peak};
    }
};

}  // namespace ambit

namespace AMBIT_NAMESPACE::kernel_tag {

struct schedule : without_epilogue {};  ///< schedule_geometry; a scalar step

}  // namespace ambit::kernel_tag

namespace AMBIT_NAMESPACE::contract_parts {

/// A schedule as words: clang 16 takes no floating-point member in a template argument.
struct schedule_geometry {
    std::int64_t words[word_count<schedule>] = {};
    friend constexpr bool operator==(const schedule_geometry&, const schedule_geometry&) = default;
};

}  // namespace ambit::contract_parts
