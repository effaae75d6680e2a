// SPDX-License-Identifier: BSL-1.0
// Where a kernel says which tag it computes, so that the executor can call any kernel without knowing it:
//
//     template <> struct entry<kernel_tag::softmax> {
//         template <class Geometry, class T> static void run(Geometry geometry, T* out, const T* in) noexcept {
//             softmax(geometry, in, out);
//         }
//     };
//
// `geometry` is what the op's `geometry` returns, as a static_value or as a value known at run time only. A pointer for
// each operand follows the result's, and one to scratch memory, `std::byte*`, if the op asks for any. Arrays are
// contiguous and row-major.
//
// The entry of a kernel that ends in an epilogue takes two operands, scratch memory (null if there is none) and the
// epilogue, and knows the length of the rows that the epilogue sees:
//
//     template <class Geometry, class T, class Epilogue>
//     static void run(Geometry geometry, const T* left, const T* right, T* scratch, Epilogue& epilogue) noexcept;
//     static constexpr std::int64_t columns(const gemm_geometry& g);
//
// One that may find its weights packed also has
//
//     template <class Geometry, class T> static void pack(Geometry geometry, const T* weights, T* packed) noexcept;
//
// One whose work several threads may share says in how many parts that do not depend on each other, and computes some
// of them; scratch memory is one thread's own, unless the entry has `prepare`, which fills it once for all:
//
//     template <class T, gemm_geometry G> static constexpr std::int64_t parts();
//     template <class Geometry, class T>
//     static void prepare(Geometry geometry, const T* left, const T* right, T* scratch) noexcept;
//     template <class Geometry, class T, class Epilogue>                        // with an epilogue
//     static void run_parts(Geometry geometry, const T* left, const T* right, T* scratch, const Epilogue& epilogue,
//                           std::int64_t first, std::int64_t last) noexcept;
//     template <class Geometry, class T>                                        // without; scratch last, if any
//     static void run_parts(Geometry geometry, T* out, const T* in, std::int64_t first, std::int64_t last) noexcept;
#pragma once

#include <ambit/contract/kernel_tags.hpp>

#include <cstddef>

namespace AMBIT_NAMESPACE::kernel_parts {

/// Specialized beside each kernel.
template <class Tag> struct entry;

}  // namespace ambit::kernel_parts
