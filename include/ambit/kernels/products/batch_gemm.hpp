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

constexpr std::int64_t count_products(const batch_gemm_geometry& g) {
    std::int64_t products = 1;
    for (std::int64_t axis = 0; axis < g.rank; ++axis) products *= g.extent[axis];
    return products;
}

namespace detail {

// Products [first, last).
template <class T, class Geometry, class Epilogue, class Arch>
inline void some_products(Geometry geometry, const T* a, const T* b, T* scratch, const Epilogue& epilogue,
                          std::int64_t first, std::int64_t last, Arch arch) noexcept {
    const batch_gemm_geometry g = value_of(geometry);
    constexpr auto matrix_of = [](const auto& all) {
        if constexpr (is_static<Geometry>) return static_value<Geometry::value.matrix>{};
        else return all.matrix;
    };
    const auto matrix = matrix_of(g);
    const std::int64_t size_a = g.matrix.m * g.matrix.k, size_b = g.matrix.k * g.matrix.n;
    std::int64_t index[max_rank] = {}, at_a = 0, at_b = 0;
    for (std::int64_t axis = g.rank - 1, rest = first; axis >= 0; --axis, rest /= g.extent[axis + 1]) {
        index[axis] = rest % g.extent[axis];
        at_a += g.step_a[axis] * index[axis];
        at_b += g.step_b[axis] * index[axis];
    }
    for (std::int64_t p = first; p < last; ++p) {
        const T *const left = a + at_a * size_a, *const right = b + at_b * size_b;
        if constexpr (requires { epilogue.begin_rows_at(p); }) {
            epilogue.begin_rows_at(p * g.matrix.m);
            gemm(matrix, left, right, scratch, epilogue, arch);
        } else {
            gemm(matrix, left, right, scratch, epilogue_of_rows_from<Epilogue>{epilogue, p * g.matrix.m}, arch);
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

}  // namespace detail

/// `scratch` as for one of the products.
template <class T, class Geometry, class Epilogue, class Arch = kernel_arch>
inline void batch_gemm(Geometry geometry, const T* a, const T* b, T* scratch, const Epilogue& epilogue,
                       Arch arch = {}) noexcept {
    detail::some_products(geometry, a, b, scratch, epilogue, 0, count_products(value_of(geometry)), arch);
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
    /// Products, or those of the only one.
    template <class T, batch_gemm_geometry G> static constexpr std::int64_t parts() {
        if constexpr (count_products(G) == 1) return entry<kernel_tag::gemm>::parts<T, G.matrix>();
        else return count_products(G);
    }
    template <class Geometry, class T, class Epilogue>
    static void run_parts(Geometry geometry, const T* left, const T* right, T* scratch, const Epilogue& epilogue,
                          std::int64_t first, std::int64_t last) noexcept {
        if constexpr (count_products(Geometry::value) == 1)
            entry<kernel_tag::gemm>::run_parts(static_value<Geometry::value.matrix>{}, left, right, scratch, epilogue,
                                               first, last);
        else detail::some_products(geometry, left, right, scratch, epilogue, first, last, kernel_arch{});
    }
};

}  // namespace ambit::kernel_parts
