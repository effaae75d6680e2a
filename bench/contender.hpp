// SPDX-License-Identifier: BSL-1.0
// One line of a benchmark: a contender does a workload, its results are checked, then it is timed.
//
//     struct workload { static std::string name(); numbers a, b; expectation right; workload(); };
//     // Also, if they mean something: static constexpr double operations, bytes;   of a call, for rates and rooflines
//     template <class Workload> struct by_ambit {
//         explicit by_ambit(const Workload&);                   // all that a user does once
//         std::array<const float*, 1> operator()();             // one call; where its results are
//     };
//     int main(int count, char** arguments) {
//         enter<workload, by_ambit<workload>>("ambit");         // `suite/workload/ambit`
//         return run(count, arguments);
//     }
#pragma once

#include <bench/expectation.hpp>

#include <benchmark/benchmark.h>

#include <array>
#include <cstddef>
#include <string>

namespace bench {

/// The compiler must have computed what `address` points at, and may not assume that anything it can reach is
/// what it was. (`benchmark::DoNotOptimize` 1.7.1 on a pointer may change the pointer with g++ 12.)
inline void escape(const void* address) { asm volatile("" : : "r"(address) : "memory"); }

/// Made once, when first asked for: a filtered run does not pay for the other references.
template <class Workload> const Workload& the_only() {
    static const Workload workload;
    return workload;
}

/// Compares all results with the reference; a mismatch is this benchmark's error.
template <std::size_t Count>
bool check(benchmark::State& state, const expectation& right, const std::array<const float*, Count>& results,
           double tolerance) {
    const std::size_t each = right.size() / Count;
    for (std::size_t i = 0; i < Count; ++i) {
        const std::string why = right.mismatch(results[i], each, i * each, tolerance);
        if (why.empty()) continue;
        state.SkipWithError(why.c_str());
        return false;
    }
    state.counters["checked"] = 1;
    return true;
}

/// What is checked: the results of a call, or what the contender makes of its calls for the check.
template <class Contender> auto results_of(Contender& contender) {
    if constexpr (requires { contender.for_check(); })
        return contender.for_check();
    else
        return contender();
}

/// A contender whose method is less exact than a sum of products says by how much.
template <class Contender> constexpr double tolerance_of() {
    if constexpr (requires { Contender::tolerance; })
        return Contender::tolerance;
    else
        return 1;
}

template <class Workload, class Contender> void measure(benchmark::State& state) {
    const Workload& workload = the_only<Workload>();
    Contender contender(workload);
    escape(&contender);
    escape(&workload);
    if (!check(state, workload.right, results_of(contender), tolerance_of<Contender>())) return;
    for (auto _ : state)
        for (const float* result : contender()) escape(result);
    if constexpr (requires { Workload::operations; })
        state.counters["flops"] =
            benchmark::Counter(Workload::operations, benchmark::Counter::kIsIterationInvariantRate);
    if constexpr (requires { Workload::bytes; }) state.counters["bytes"] = Workload::bytes;
    if constexpr (requires { contender.steps(); })
        state.counters["seconds_a_step"] = benchmark::Counter(
            contender.steps(), benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

template <class Workload, class Contender> void enter(const std::string& contender) {
    benchmark::RegisterBenchmark((Workload::name() + "/" + contender).c_str(), &measure<Workload, Contender>);
}

inline int run(int count, char** arguments) {
    benchmark::Initialize(&count, arguments);
    if (benchmark::ReportUnrecognizedArguments(count, arguments)) return 1;
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
    return 0;
}

}  // namespace bench
