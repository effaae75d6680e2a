// SPDX-License-Identifier: BSL-1.0
// Says in a sentence that a program was compiled for another processor than the one it runs on, where its first kernel
// would end it as an illegal instruction.
#pragma once

#include <ambit/core/build.hpp>

#include <cstdio>
#include <cstdlib>

namespace AMBIT_NAMESPACE::model_parts {

#if defined(__x86_64__)
#if defined(__AVX512F__)
#define AMBIT_COMPILED_FOR "AVX-512"
#elif defined(__AVX2__)
#define AMBIT_COMPILED_FOR "AVX2, FMA and BMI2"
#elif defined(__AVX__)
#define AMBIT_COMPILED_FOR "AVX"
#else
#define AMBIT_COMPILED_FOR "SSE 4.2"
#endif

// Nothing on the way to the sentence may need what is missing.
#define AMBIT_FOR_ANY_PROCESSOR [[gnu::noinline, gnu::target("no-avx")]]

// No exception: what catches it may need the same instructions.
[[noreturn]] AMBIT_FOR_ANY_PROCESSOR [[gnu::cold]] inline void refuse_processor() {
    std::fputs("[ambit] this processor lacks " AMBIT_COMPILED_FOR
               ", for which the model was compiled\n"
               "  build for this processor, with -march=native on it, or for several, with ambit_dispatch in CMake\n",
               stderr);
    std::abort();
}
#undef AMBIT_COMPILED_FOR

/// Ends the program with a sentence if this code was compiled for instructions that the processor lacks. To be called
/// before anything that computes.
AMBIT_FOR_ANY_PROCESSOR inline void check_processor() {
    bool has_all = true;
#if defined(__SSE4_2__)
    has_all = has_all && __builtin_cpu_supports("sse4.2");
#endif
#if defined(__AVX__)
    has_all = has_all && __builtin_cpu_supports("avx");
#endif
#if defined(__AVX2__)
    has_all = has_all && __builtin_cpu_supports("avx2");
#endif
#if defined(__FMA__)
    has_all = has_all && __builtin_cpu_supports("fma");
#endif
#if defined(__BMI2__)
    has_all = has_all && __builtin_cpu_supports("bmi2");
#endif
#if defined(__AVX512F__)
    has_all = has_all && __builtin_cpu_supports("avx512f");
#endif
#if defined(__AVX512BW__)
    has_all = has_all && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq");
#endif
#if defined(__AVX512VL__)
    has_all = has_all && __builtin_cpu_supports("avx512vl");
#endif
    if (!has_all) refuse_processor();
}
#undef AMBIT_FOR_ANY_PROCESSOR
#else
/// What kernels use all processors of this kind have.
inline void check_processor() {}
#endif

}  // namespace ambit::model_parts
