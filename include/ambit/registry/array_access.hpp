// SPDX-License-Identifier: BSL-1.0
// Arrays whose shape is known at run time only: views of memory that print, and how what a user hands over gets into
// memory of a known spec.
//
//     auto weights = view_at<const float>(spec, data);         // an xtensor of any rank
//     copy_array(xt::ones<float>({3, 4}) * 2, spec, report, data);
#pragma once

#include <ambit/diagnostics/raise.hpp>
#include <ambit/model/arguments.hpp>
#include <ambit/model/array_view.hpp>

#include <xtensor/xadapt.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <exception>  // xtl, which calls std::terminate, lacks it
#include <memory>
#include <ostream>
#include <string_view>
#include <type_traits>

namespace AMBIT_NAMESPACE::registry_parts {

using view_shape = xt::dynamic_shape<std::size_t>;

/// Allocates nothing: by its name compilers find the operator << below.
template <class T> struct view_allocator : std::allocator<T> {};

template <class T>
using dynamic_view =
    xt::xarray_adaptor<xt::xbuffer_adaptor<T*, xt::no_ownership, view_allocator<std::remove_const_t<T>>>,
                       xt::layout_type::row_major, view_shape>;

/// Row-major memory as an xtensor.
template <class T> dynamic_view<T> view_at(const tensor_spec& spec, T* data) {
    view_shape extents(static_cast<std::size_t>(spec.extents.rank()));
    for (std::size_t axis = 0; axis < extents.size(); ++axis)
        extents[axis] = static_cast<std::size_t>(spec.extents[static_cast<int>(axis)]);
    using storage = typename dynamic_view<T>::storage_type;
    return dynamic_view<T>(storage(data, static_cast<std::size_t>(spec.extents.elements())), extents);
}

/// What an array is for: it begins the report that refuses one.
struct array_target {
    mistake of_shape = mistake::value_shape;
    mistake of_dtype = mistake::value_dtype;
    detail_tag tag = detail_tag::path;
    std::string_view name;        // of a variable or an input that has one,
    std::int64_t position = -1;   // or the place of an input among the inputs

    void begin(reports& mistakes, mistake kind) const {
        mistakes.begin(kind);
        if (position >= 0) mistakes.add(detail_tag::input, position);
        if (!name.empty()) mistakes.add(tag, name);
    }
};

/// Throws if the elements are of another type.
inline void expect_dtype(dtype had, const tensor_spec& asked, const array_target& target) {
    if (had == asked.type) return;
    reports mistakes;
    target.begin(mistakes, target.of_dtype);
    mistakes.add(detail_tag::had, words_of(had));
    mistakes.add(detail_tag::asked, asked);
    raise(mistakes, 0);
}

[[noreturn]] inline void refuse_shape(const tensor_spec& had, const tensor_spec& asked, const array_target& target) {
    reports mistakes;
    target.begin(mistakes, target.of_shape);
    mistakes.add(detail_tag::had, had);
    mistakes.add(detail_tag::asked, asked);
    raise(mistakes, 0);
}

/// Throws if an array is none for this spec: containers and expressions of xtensor must have its shape, other
/// contiguous memory its number of elements, a number is a scalar.
template <class X> void expect_array(const X& x, const tensor_spec& asked, const array_target& target) {
    using element = typename decltype(element_type_of<X>())::type;
    expect_dtype(dtype_of<element>, asked, target);
    tensor_spec had{{}, asked.type};
    bool fits = asked.extents.rank() == 0;
    if constexpr (xtensor_expression<X>) {
        fits = x.dimension() == static_cast<std::size_t>(asked.extents.rank());
        for (std::size_t axis = 0; axis < x.dimension(); ++axis) {
            const auto extent = static_cast<std::int64_t>(x.shape(axis));
            fits = fits && extent == asked.extents[static_cast<int>(axis)];
            if (had.extents.rank() < max_rank) had.extents.append(extent);
        }
    } else if constexpr (contiguous_memory<X>) {
        fits = static_cast<std::int64_t>(x.size()) == asked.extents.elements();
        had.extents = shape{static_cast<std::int64_t>(x.size())};
    }
    if (!fits) refuse_shape(had, asked, target);
}

/// Evaluates an array that `expect_array` has let pass into memory that it does not read.
template <class X> void copy_array(const X& x, const tensor_spec& spec, std::byte* to) {
    if constexpr (std::is_arithmetic_v<X>) {
        std::memcpy(to, &x, sizeof x);
    } else if (const void* const data = contiguous_data(x); data != nullptr) {
        std::memcpy(to, data, static_cast<std::size_t>(spec.bytes()));
    } else if constexpr (xtensor_expression<X>) {
        using T = std::remove_cv_t<typename X::value_type>;
        std::copy(x.template begin<xt::layout_type::row_major>(), x.template end<xt::layout_type::row_major>(),
                  reinterpret_cast<T*>(to));
    }
}

template <class T> std::ostream& operator<<(std::ostream& out, const dynamic_view<T>& view) {
    const auto& extents = view.shape();
    return out << array_text(view.data(), extents.data(), extents.size());
}

}  // namespace ambit::registry_parts
