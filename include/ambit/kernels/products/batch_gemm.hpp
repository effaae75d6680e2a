// SPDX-License-Identifier: BSL-1.0
// Products of many matrices of one shape, either operand transposed or repeated; the epilogue receives every finished
// element once, its row counted through all results.
//
//     constexpr static_value<batch_gemm_geometry{…}> g;
//     batch_gemm(g, a, b, scratch, store_epilogue<float>{c, 16});
#pragma once

#include <ambit/contract/products.hpp>
#include <ambit/core/static_value.hpp>
#include <ambit/kernels/vectors/entry.hpp>
#include <ambit/kernels/products/gemm.hpp>

#include <cstdint>

namespace AMBIT_NAMESPACE::kernel_parts {

namespace detail {

// The epilogue of one matrix among others.
template <class Epilogue> struct epilogue_of_rows_from {
    static constexpr bool heavy = is_heavy<Epilogue>();
    const Epilogue& epilogue;
    std::int64_t first;

    template <class V>
    [[gnu::always_inline]] void operator()(const V& value, std::int64_t row, std::int64_t column) const noexcept {
        epilogue(value, first + row, column);
    }
};

}  // namespace detail

/// `scratch` as for one of the products.
template <class T, class Geometry, class Epilogue, class Arch = kernel_arch>
inline void batch_gemm(Geometry geometry, const T* a, const T* b, T* scratch, const Epilogue& epilogue,
                       Arch arch = {}) noexcept {
    const batch_gemm_geometry g = value_of(geometry);
    constexpr auto matrix_of = [](const auto& all) {
        if constexpr (is_static<Geometry>) return static_value<Geometry::value.matrix>{};
        else return all.matrix;
    };
    const auto matrix = matrix_of(g);
    const std::int64_t size_a = g.matrix.m * g.matrix.k, size_b = g.matrix.k * g.matrix.n;
    std::int64_t products = 1, index[max_rank] = {}, at_a = 0, at_b = 0;
    for (std::int64_t axis = 0; axis < g.rank; ++axis) products *= g.extent[axis];
    for (std::int64_t p = 0; p < products; ++p) {
        const T *const left = a + at_a * size_a, *const right = b + at_b * size_b;
        if constexpr (requires { epilogue.begin_rows_at(p); }) {
            epilogue.begin_rows_at(p * g.matrix.m);
            gemm(matrix, left, right, scratch, epilogue, arch);
        } else {
            gemm(matrix, left, right, scratch, detail::epilogue_of_rows_from<Epilogue>{epilogue, p * g.matrix.m},
                 arch);
        }
        for (std::int64_t axis = g.rank - 1; axis >= 0; --axis) {
            at_a += g.step_a[axis];
            at_b += g.step_b[axis];
            if (++index[axis] < g.extent[axis]) break;
            at_a -= g.step_a[axis] * g.extent[axis];
            at_b -= g.step_b[axis] * g.extent[axis];
            index[axis] = 0;
        }
    }
}

template <> struct entry<kernel_tag::batch_gemm> {
    template <class Geometry, class T, class Epilogue>
    static void run(Geometry geometry, const T* left, const T* right, T* scratch, Epilogue& epilogue) noexcept {
        batch_gemm(geometry, left, right, scratch, epilogue);
    }
    template <class Geometry, class T> static void pack(Geometry, const T* b, T* packed) noexcept {
        entry<kernel_tag::gemm>::pack(static_value<Geometry::value.matrix>{}, b, packed);
    }
    static constexpr std::int64_t columns(const batch_gemm_geometry& g) { return g.matrix.n; }
};

}  // namespace ambit::kernel_parts
