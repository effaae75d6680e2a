// SPDX-License-Identifier: BSL-1.0
// A structural value as a type, so that one kernel source takes its geometry known to the compiler or known at run
// time:
//
//     template <class Geometry> void gemm(Geometry geometry, …) {
//         const gemm_geometry g = value_of(geometry);          // constants when Geometry is static_value<…>
//         if constexpr (is_static<Geometry>) …                 // unrolled by Geometry::value.m
//     }
#pragma once

#include <ambit/core/namespaces.hpp>

#include <type_traits>

namespace AMBIT_NAMESPACE::core_parts {

/// An empty type that carries `Value`.
template <auto Value> struct static_value {
    static constexpr auto value = Value;
};

template <class T> inline constexpr bool is_static_value = false;
template <auto Value> inline constexpr bool is_static_value<static_value<Value>> = true;

/// Whether a geometry argument is known to the compiler.
template <class T> inline constexpr bool is_static = is_static_value<std::remove_cvref_t<T>>;

/// The value in either form; a constant expression for a `static_value`.
template <class T> constexpr auto value_of(const T& geometry) {
    if constexpr (is_static<T>) return T::value;
    else return geometry;
}

}  // namespace ambit::core_parts
