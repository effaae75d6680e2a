// SPDX-License-Identifier: BSL-1.0
// The policy at work: called a thousand times a second, each time before a deadline.
//
//     const loop_result result = control(net, cart, 5000);
#pragma once

#include "policy.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <sched.h>
#include <sys/mman.h>
#include <time.h>

namespace controller {

struct moment {
    double position, angle, force;
};

struct loop_result {
    std::vector<double> call, late;  ///< nanoseconds of each call, and from the time it was due to its beginning
    std::int64_t missed = 0;         ///< calls that had not ended when the next was due
    bool is_real_time = false;       ///< whether the system let this process go first
    bool is_up = false;              ///< whether the pole stood to the end
    std::vector<moment> path;
};

/// The value below which a share of the numbers lies.
inline double quantile(std::vector<double> numbers, double share) {
    if (numbers.empty()) return 0;
    const auto place = static_cast<std::ptrdiff_t>(share * static_cast<double>(numbers.size() - 1) + 0.5);
    std::nth_element(numbers.begin(), numbers.begin() + place, numbers.end());
    return numbers[static_cast<std::size_t>(place)];
}

/// So many calls, a millisecond apart. Nothing is allocated while it goes on.
inline loop_result control(driver& net, cart_pole cart, std::size_t calls) {
    constexpr std::int64_t period = 1'000'000, second = 1'000'000'000;  // ns
    loop_result result;
    result.call.reserve(calls);
    result.late.reserve(calls);
    result.path.reserve(calls);
    ::mlockall(
        MCL_CURRENT);  // no page of the program is fetched in the middle of a call; without the right to, as it is
    sched_param priority{};
    priority.sched_priority = ::sched_get_priority_min(SCHED_FIFO);
    result.is_real_time = ::sched_setscheduler(0, SCHED_FIFO, &priority) == 0;

    const auto now = [] {
        timespec time{};
        ::clock_gettime(CLOCK_MONOTONIC, &time);
        return std::int64_t{time.tv_sec} * second + time.tv_nsec;
    };
    std::int64_t due = now() + period;
    for (std::size_t i = 0; i < calls; ++i, due += period) {
        const timespec until{due / second, due % second};
        while (::clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr) != 0) {
        }
        const std::int64_t begin = now();
        const double force = preferred_force(net, cart);
        const std::int64_t end = now();
        result.call.push_back(static_cast<double>(end - begin));
        result.late.push_back(static_cast<double>(begin - due));
        if (end > due + period) ++result.missed;
        cart.move(force, 1e-3);
        result.path.push_back({cart.position, cart.angle, force});
    }
    result.is_up = cart.is_up();
    if (result.is_real_time) {
        priority.sched_priority = 0;
        ::sched_setscheduler(0, SCHED_OTHER, &priority);
    }
    return result;
}

}  // namespace controller
