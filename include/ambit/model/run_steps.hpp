// SPDX-License-Identifier: BSL-1.0
// Walks through the steps of a plan, loops among them. Small plans are expanded inline; larger ones run from a constant
// table of {kernel, operands}, which compiles in half the time at the price of one indirect call a step. How a step
// runs, and what of a loop depends on the call, says `Steps`:
//
//     using plan = …;                                                        // a `plan_of`
//     using memory = …;                                                      // addresses of a call; `moving` of loops
//     template <int Step> static void run(const memory&);                    // its operands' places are constants
//     static void run_from_table(const memory&, int step);
//     static std::int64_t trips_of(const memory&, const plan_loop&);
//     static std::int64_t stride_of(const memory&, int place);               // of a moving place, in bytes
#pragma once

#include <ambit/plan/steps.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace AMBIT_NAMESPACE::model_parts {

/// Plans of up to this many steps are expanded inline.
inline constexpr int most_inline_steps = 16;

/// What a loop itself reads or writes: the number of an iteration, or whether it goes on. It has a place; that it has
/// compilers do not see, and would warn.
template <class T, class Memory>
[[gnu::always_inline]] inline T& number_at(const Memory& memory, const value_place& place) noexcept {
    std::byte* const at = resolve(memory, place);
    if (at == nullptr) __builtin_unreachable();
    return *reinterpret_cast<T*>(at);
}

/// Puts what moves with a loop to where its first iteration finds it.
template <class Steps>
[[gnu::always_inline]] inline void begin_loop(const plan_loop& loop, const typename Steps::memory& memory,
                                              std::int64_t trips) noexcept {
    constexpr const auto& plan = Steps::plan::value;
    for (int i = loop.first_place; i < loop.first_place + loop.places; ++i)
        memory.moving[i] =
            resolve(memory, plan.places[i].first) + moving_place::offset(Steps::stride_of(memory, i), trips);
    for (int i = loop.first_counter; i < loop.first_counter + loop.counters; ++i)
        number_at<std::int32_t>(memory, plan.counters[i].at) = plan.counters[i].first(trips);
}

/// Moves it on by one iteration.
template <class Steps>
[[gnu::always_inline]] inline void end_iteration(const plan_loop& loop, const typename Steps::memory& memory) noexcept {
    constexpr const auto& plan = Steps::plan::value;
    for (int i = loop.first_place; i < loop.first_place + loop.places; ++i)
        memory.moving[i] += Steps::stride_of(memory, i);
    for (int i = loop.first_counter; i < loop.first_counter + loop.counters; ++i)
        number_at<std::int32_t>(memory, plan.counters[i].at) += plan.counters[i].step;
}

/// Whether a loop goes on behind its test.
template <class Steps>
[[gnu::always_inline]] inline bool passes(const plan_loop& loop, const typename Steps::memory& memory) noexcept {
    constexpr const auto& plan = Steps::plan::value;
    return number_at<const bool>(memory, plan.operands[plan.steps[loop.test].first_operand]);
}

template <class Steps, int First, int... Step>
[[gnu::always_inline]] inline void run_straight(const typename Steps::memory& memory,
                                                std::integer_sequence<int, Step...>) noexcept {
    const int done[] = {0, (Steps::template run<First + Step>(memory), 0)...};
    static_cast<void>(done);
}

/// Runs the steps from `First` to before `Last`.
template <class Steps, int First, int Last>
[[gnu::always_inline]] inline void run_inline(const typename Steps::memory& memory) noexcept {
    constexpr const auto& plan = Steps::plan::value;
    constexpr int straight = [] {
        int s = First;
        while (s < Last && plan.steps[s].kind != step_kind::loop_begin) ++s;
        return s;
    }();
    run_straight<Steps, First>(memory, std::make_integer_sequence<int, straight - First>{});
    if constexpr (straight < Last) {
        constexpr plan_loop loop = plan.loops[plan.steps[straight].root];
        const std::int64_t trips = Steps::trips_of(memory, loop);
        begin_loop<Steps>(loop, memory, trips);
        for (std::int64_t trip = 0; trip < trips; ++trip) {
            if constexpr (loop.test >= 0) {
                run_inline<Steps, loop.begin + 1, loop.test>(memory);
                if (!passes<Steps>(loop, memory)) break;
                run_inline<Steps, loop.test + 1, loop.end>(memory);
            } else {
                run_inline<Steps, loop.begin + 1, loop.end>(memory);
            }
            end_iteration<Steps>(loop, memory);
        }
        run_inline<Steps, loop.end + 1, Last>(memory);
    }
}

/// Runs the steps from `first` to before `last` from the table of kernels.
template <class Steps> inline void run_table(const typename Steps::memory& memory, int first, int last) noexcept {
    constexpr const auto& plan = Steps::plan::value;
    for (int s = first; s < last; ++s) {
        if constexpr (Steps::plan::counts.loops > 0) {
            if (plan.steps[s].kind == step_kind::loop_begin) {
                const plan_loop& loop = plan.loops[plan.steps[s].root];
                const std::int64_t trips = Steps::trips_of(memory, loop);
                begin_loop<Steps>(loop, memory, trips);
                for (std::int64_t trip = 0; trip < trips; ++trip) {
                    run_table<Steps>(memory, s + 1, loop.test < 0 ? loop.end : loop.test);
                    if (loop.test >= 0) {
                        if (!passes<Steps>(loop, memory)) break;
                        run_table<Steps>(memory, loop.test + 1, loop.end);
                    }
                    end_iteration<Steps>(loop, memory);
                }
                s = loop.end;
                continue;
            }
        }
        Steps::run_from_table(memory, s);
    }
}

/// Runs a whole plan.
template <class Steps> inline void run_all(typename Steps::memory memory) noexcept {
    constexpr int steps = Steps::plan::counts.steps;
    memory.constants = reinterpret_cast<const std::byte*>(Steps::plan::value.constants.elements);
    [[maybe_unused]] std::array<std::byte*, std::size_t(Steps::plan::counts.places)> moving{};
    if constexpr (Steps::plan::counts.places > 0) memory.moving = moving.data();
    constexpr bool is_looked_at = requires { typename Steps::looked_at; };  // one by one, by io/profile.hpp
    if constexpr (steps <= most_inline_steps && !is_looked_at) run_inline<Steps, 0, steps>(memory);
    else run_table<Steps>(memory, 0, steps);
}

}  // namespace ambit::model_parts
