// SPDX-License-Identifier: BSL-1.0
// Finds out flags that change arithmetic and that no macro tells of: clang has none for -funsafe-math-optimizations,
// -fassociative-math, -freciprocal-math and -fno-honor-nans. (math/double_double.hpp refuses those of which it knows.)
// And a fault of g++ 12, which with AVX-512 copies some constants wrongly.
//
//     try { net model(seed{1}); }
//     catch (const arithmetic_error& e) { e.what(); }     // which flags, and what to do
#pragma once

#include <ambit/core/namespaces.hpp>
#include <ambit/core/throw_or_end.hpp>
#include <ambit/diagnostics/error.hpp>

#include <cstdint>

namespace AMBIT_NAMESPACE {

/// What the construction of a model throws where the compiler may change sums, quotients or comparisons, or copies
/// constants wrongly: what the model would compute is wrong. `what()` names the flags.
class arithmetic_error : public error {
public:
    using error::error;
};

}  // namespace ambit

namespace AMBIT_NAMESPACE::model_parts {

// As literals: every program that has a model has this text, and needs no code to put it together.
#define AMBIT_ARITHMETIC_ERROR(what, flags) \
    "[ambit] arithmetic_error: " what "\n  by " flags "\n  build every file that uses a model without these flags"

[[noreturn]] [[gnu::noinline]] [[gnu::cold]] inline void refuse_arithmetic(const char* text) {
    throw_or_end(arithmetic_error(text));
}

/// Throws if this code was compiled so that arithmetic means something else. What it computes with is volatile, so that
/// it is computed where a model is constructed; in any rounding mode, and where small numbers are flushed to zero, the
/// results of IEEE 754 are others than those that the flags allow.
#if defined(__clang__)
[[gnu::always_inline]] inline void check_arithmetic() {
    const volatile float large_number = 0x1.8p127F, one_number = 1, no_number = __builtin_nanf("");
    const float large = large_number, one = one_number, nan = no_number;
    if (const float rest = (large + one) - large; rest >= one && rest <= one)
        refuse_arithmetic(
            AMBIT_ARITHMETIC_ERROR("sums are reordered", "-funsafe-math-optimizations or -fassociative-math"));
    // The nearest float32 to 1/41 lies below it, so that 41 of them are less than 1.
    const volatile float number = 41;
    const float first = number, second = number, divisor = number;
    if (first / divisor + second / divisor < 2)
        refuse_arithmetic(
            AMBIT_ARITHMETIC_ERROR("quotients are approximated", "-funsafe-math-optimizations or -freciprocal-math"));
    if (nan <= nan) refuse_arithmetic(AMBIT_ARITHMETIC_ERROR("comparisons take NaN for a number", "-fno-honor-nans"));
}
#elif defined(__AVX512VL__)
struct copied_constant {
    std::int64_t words[5];
};
[[gnu::noipa]] inline bool ends_with_zero(const copied_constant& copy) {
    return copy.words[3] == 0;
}

/// g++ has macros for flags that change arithmetic, by which they are refused (math/double_double.hpp). g++ 12 writes
/// the members of `constant` as one vector, and copies from it as if all of its elements were like the first.
[[gnu::noinline]] inline void check_arithmetic() {
    copied_constant constant;
    const std::int64_t words[5] = {2, 2, 0, 0, 0};
    for (int i = 0; i < 5; ++i) constant.words[i] = words[i];
    copied_constant copy = constant;
    if (!ends_with_zero(copy))
        refuse_arithmetic(
            "[ambit] arithmetic_error: constants are copied wrongly\n  by a fault of this g++ with AVX-512\n"
            "  build every file that uses a model with -fno-tree-slp-vectorize");
}
#else
/// g++ has macros for them, by which they are refused (math/double_double.hpp).
[[gnu::always_inline]] inline void check_arithmetic() {}
#endif
#undef AMBIT_ARITHMETIC_ERROR

}  // namespace ambit::model_parts
