// SPDX-License-Identifier: BSL-1.0
// What a model returns for an array in builds without xtensor: the elements, row-major, as a `std::span`. For small
// machines: xtensor brings `iostream` along, whose objects take more memory than a model.
//
//     auto action = net(state);                            // std::span<const float, 4>
#pragma once

#include <ambit/core/namespaces.hpp>
#include <ambit/core/tensor_spec.hpp>
#include <ambit/model/view_at.hpp>

#include <cstddef>
#include <span>

#if defined(AMBIT_WITHOUT_XTENSOR)

namespace AMBIT_NAMESPACE::model_parts {

template <tensor_spec Spec, class T> struct view_of {
    static auto at(T* data) {
        constexpr auto count = static_cast<std::size_t>(Spec.extents.elements());
        return std::span<T, count>(data, count);
    }
};

/// Where the batch is known at run time only: `spec` is that of the call.
template <std::size_t Rank, class T> std::span<T> batch_view_at(const tensor_spec& spec, T* data) {
    return {data, static_cast<std::size_t>(spec.extents.elements())};
}

}  // namespace ambit::model_parts

#endif
