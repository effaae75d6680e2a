// SPDX-License-Identifier: BSL-1.0
// Choices between integers for AVX-512 where g++ 12 optimizes nothing, as for a debugger: it has macros with casts there
// in place of the functions that xsimd 8.1 calls for bytes, and compiles for other integers, too.
#pragma once

#include <xsimd/xsimd.hpp>

#include <type_traits>

#if defined(__AVX512BW__) && !defined(__OPTIMIZE__) && !defined(AMBIT_SCALAR)
namespace xsimd {

template <class T>
    requires(std::is_integral_v<T> && sizeof(T) >= 4)
batch<T, avx512bw> select(const batch_bool<T, avx512bw>& mask, const batch<T, avx512bw>& a,
                          const batch<T, avx512bw>& b) noexcept {
    return kernel::select(mask, a, b, avx512dq{});
}

}  // namespace xsimd
#endif
