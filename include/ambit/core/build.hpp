// SPDX-License-Identifier: BSL-1.0
// The namespace that all of ambit lies in, for the build that a file belongs to:
//
//     namespace AMBIT_NAMESPACE::op_parts {      // ambit::op_parts, or ambit::build_06730777…::op_parts
//
// Code for AVX-512 and code for any x86-64 have different names, so that the linker never puts one in the other's
// place; so have builds with exceptions and builds without, and reproducible ones. Users write `ambit` in all of them: the namespace in
// between is inline. In a build with exceptions for the least processor of its kind there is none.
#pragma once

#include <ambit/core/standard.hpp>

// 1 if a macro is defined as 1, as compilers define those of their instruction sets; else 0.
#define AMBIT_IS_1(macro) AMBIT_IS_1_OF(macro)
#define AMBIT_IS_1_OF(value) AMBIT_SECOND(AMBIT_BEFORE_1_##value 1, 0)
#define AMBIT_BEFORE_1_1 0,
#define AMBIT_SECOND(...) AMBIT_SECOND_OF(__VA_ARGS__, 0)
#define AMBIT_SECOND_OF(first, second, ...) second

// Three of them as one digit.
#define AMBIT_DIGIT(a, b, c) AMBIT_DIGIT_OF(AMBIT_IS_1(a), AMBIT_IS_1(b), AMBIT_IS_1(c))
#define AMBIT_DIGIT_OF(a, b, c) AMBIT_OCTAL(a, b, c)
#define AMBIT_OCTAL(a, b, c) AMBIT_OCTAL_##a##b##c
#define AMBIT_OCTAL_000 0
#define AMBIT_OCTAL_001 1
#define AMBIT_OCTAL_010 2
#define AMBIT_OCTAL_011 3
#define AMBIT_OCTAL_100 4
#define AMBIT_OCTAL_101 5
#define AMBIT_OCTAL_110 6
#define AMBIT_OCTAL_111 7

#define AMBIT_JOIN(a, b, c, d, e, f, g) AMBIT_JOIN_OF(a, b, c, d, e, f, g)
#define AMBIT_JOIN_OF(a, b, c, d, e, f, g) a##b##c##d##e##f##g

#if defined(__cpp_exceptions)
#define AMBIT_ENDS_THE_PROGRAM 0
#else
#define AMBIT_ENDS_THE_PROGRAM 1
#endif

// What compilers use of their own accord where it is allowed.
#define AMBIT_BUILD_OF(prefix)                                                                                   \
    AMBIT_JOIN(AMBIT_JOIN(prefix, AMBIT_DIGIT(__SSE3__, __SSSE3__, __SSE4_1__),                                  \
                          AMBIT_DIGIT(__SSE4_2__, __POPCNT__, __SSE4A__), AMBIT_DIGIT(__AVX__, __F16C__, __FMA__), \
                          AMBIT_DIGIT(__AVX2__, __BMI__, __BMI2__), AMBIT_DIGIT(__LZCNT__, __MOVBE__, __FMA4__), \
                          AMBIT_DIGIT(__XOP__, __TBM__, __AVX512F__)),                                           \
               AMBIT_DIGIT(__AVX512CD__, __AVX512BW__, __AVX512DQ__),                                            \
               AMBIT_DIGIT(__AVX512VL__, __AVX512VBMI__, __AVX512VBMI2__),                                       \
               AMBIT_DIGIT(__AVX512IFMA__, __AVX512VNNI__, __AVX512BITALG__),                                    \
               AMBIT_DIGIT(__AVX512VPOPCNTDQ__, __AVX512BF16__, __AVX512FP16__),                                 \
               AMBIT_DIGIT(__AVXVNNI__, __GFNI__, __APX_F__),                                                    \
               AMBIT_DIGIT(__ARM_FEATURE_SVE, __ARM_FEATURE_SVE2, AMBIT_ENDS_THE_PROGRAM))

// Where xsimd knows no vector registers, kernels compute one element after the other; so they do with
// AMBIT_REPRODUCIBLE where registers are not those of x86-64. By wish, -DAMBIT_SCALAR, there, too: to see on a desktop
// what a microcontroller computes.
#if !defined(AMBIT_SCALAR) && !defined(__SSE2__)
#if defined(AMBIT_REPRODUCIBLE) || (!defined(__aarch64__) && !defined(__ARM_NEON))
#define AMBIT_SCALAR
#endif
#endif
#if defined(AMBIT_SCALAR) && defined(__AVX__)
#error "ambit: AMBIT_SCALAR is for processors without vector registers; build without -mavx and without -march of such"
#endif

// What a model returns for an array: of xtensor, or a `std::span` (model/span_view.hpp). One or the other in all of a
// program.
#if !defined(AMBIT_WITHOUT_XTENSOR) && defined(__ARM_ARCH_PROFILE)
#if __ARM_ARCH_PROFILE == 'M'
#define AMBIT_WITHOUT_XTENSOR
#endif
#endif

#if defined(AMBIT_REPRODUCIBLE) && defined(AMBIT_SCALAR)
#define AMBIT_NAMESPACE ambit::inline AMBIT_BUILD_OF(reproducible_scalar_)
#elif defined(AMBIT_REPRODUCIBLE)
#define AMBIT_NAMESPACE ambit::inline AMBIT_BUILD_OF(reproducible_)
#elif defined(AMBIT_SCALAR)
#define AMBIT_NAMESPACE ambit::inline AMBIT_BUILD_OF(scalar_)
#elif AMBIT_BUILD_OF(0) == 0
#define AMBIT_NAMESPACE ambit
#else
#define AMBIT_NAMESPACE ambit::inline AMBIT_BUILD_OF(build_)
#endif

// Whether `a * b + c` is to be rounded once. With AMBIT_REPRODUCIBLE results are those of a processor that cannot.
#if (defined(__FMA__) || defined(__ARM_FEATURE_FMA)) && !defined(AMBIT_REPRODUCIBLE)
#define AMBIT_FUSES_PRODUCTS
#endif
