// SPDX-License-Identifier: BSL-1.0
// Row-major memory as an xtensor, for those who include xtensor: array_view.hpp says what a view is, and units that
// take none do without (model_elsewhere.hpp).
//
//     auto weights = view_at<spec>(data);
#pragma once

#include <ambit/core/tensor_spec.hpp>
#include <ambit/diagnostics/refused_result.hpp>

namespace AMBIT_NAMESPACE::model_parts {

/// Defined in array_view.hpp.
template <tensor_spec Spec, class T> struct view_of;

template <tensor_spec Spec, class T> auto view_at(T* data) {
    constexpr bool is_defined = requires { sizeof(view_of<Spec, T>); };
    static_assert(is_defined,
                  "[ambit] an array is returned as a view of xtensor: include <ambit/model/array_view.hpp>");
    if constexpr (is_defined) return view_of<Spec, T>::at(data);
    else return refused_parts::result{};
}

}  // namespace ambit::model_parts
