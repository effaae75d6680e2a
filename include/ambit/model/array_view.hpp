// SPDX-License-Identifier: BSL-1.0
// What a model returns for an array: an xtensor over memory of the model, with a shape known to the compiler, that
// prints without xtensor's own <xtensor/xio.hpp>, which takes as long to parse as all of ambit's graphs.
//
//     std::cout << net.get<"layer/weights">() << '\n';      // {{0.25, -1},
//                                                           //  {   3,  2}}
#pragma once

#include <ambit/core/build.hpp>

#if defined(AMBIT_WITHOUT_XTENSOR)
#include <ambit/model/span_view.hpp>
#else

#include <ambit/core/namespaces.hpp>
#include <ambit/core/refuses.hpp>
#include <ambit/core/tensor_spec.hpp>
#include <ambit/model/view_at.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>  // xtl, which calls std::terminate, lacks it
#include <memory>
#include <ostream>
#include <string>
#include <type_traits>
#include <utility>

#include <xtensor/xadapt.hpp>
#include <xtensor/xfixed.hpp>
#include <xtensor/xnoalias.hpp>
#include <xtensor/xtensor.hpp>

namespace AMBIT_NAMESPACE::model_parts {

/// Allocates nothing: by its name compilers find the operator << below.
template <class T> struct view_allocator : std::allocator<T> {};

template <class T, class Shape>
using array_view = xt::xfixed_adaptor<xt::xbuffer_adaptor<T*, xt::no_ownership, view_allocator<std::remove_const_t<T>>>,
                                      Shape, xt::layout_type::row_major>;

/// A view of what only the model changes. xtensor takes a template of its own class for an expression.
template <class View> struct constant_view : View {
    using View::View;
#define AMBIT_NO_CHANGE(change)                                                                               \
    template <class Value>                                                                                   \
    AMBIT_REFUSES("a view only shows: net.set<\"w\">(array) writes a variable, net.edit<\"w\">(f) changes it") \
    constant_view& change(const Value&) { return *this; }
    AMBIT_NO_CHANGE(operator=)
    AMBIT_NO_CHANGE(operator+=)
    AMBIT_NO_CHANGE(operator-=)
    AMBIT_NO_CHANGE(operator*=)
    AMBIT_NO_CHANGE(operator/=)
    AMBIT_NO_CHANGE(fill)
#undef AMBIT_NO_CHANGE
};
template <class T, class View> using shown_as = std::conditional_t<std::is_const_v<T>, constant_view<View>, View>;

/// Row-major memory as an xtensor.
template <tensor_spec Spec, class T> struct view_of {
    static auto at(T* data) {
        return [data]<std::size_t... Axis>(std::index_sequence<Axis...>) {
            using extents = xt::fixed_shape<static_cast<std::size_t>(Spec.extents[static_cast<int>(Axis)])...>;
            using plain = array_view<T, extents>;
            const auto count = static_cast<std::size_t>(Spec.extents.elements());
            return shown_as<T, plain>(typename plain::storage_type(data, count));
        }(std::make_index_sequence<static_cast<std::size_t>(Spec.extents.rank())>{});
    }
};

/// The same where the batch is known at run time only: `spec` is that of the call.
template <class T, std::size_t Rank>
using batch_view =
    xt::xtensor_adaptor<xt::xbuffer_adaptor<T*, xt::no_ownership, view_allocator<std::remove_const_t<T>>>, Rank,
                        xt::layout_type::row_major>;
template <std::size_t Rank, class T>
shown_as<T, batch_view<T, Rank>> batch_view_at(const tensor_spec& spec, T* data) {
    std::array<std::size_t, Rank> extents{};
    for (std::size_t axis = 0; axis < Rank; ++axis)
        extents[axis] = static_cast<std::size_t>(spec.extents[static_cast<int>(axis)]);
    using storage = typename batch_view<T, Rank>::storage_type;
    return shown_as<T, batch_view<T, Rank>>(storage(data, static_cast<std::size_t>(spec.extents.elements())), extents);
}

/// `0.25`, `-1`, `true`
template <class T> std::string element_text(T value) {
    if constexpr (std::is_same_v<T, bool>) {
        return value ? "true" : "false";
    } else if constexpr (std::is_integral_v<T>) {
        return std::to_string(value);
    } else {
        std::array<char, 32> text{};
        const int length = std::snprintf(text.data(), text.size(), "%.6g", static_cast<double>(value));
        return {text.data(), static_cast<std::size_t>(length)};
    }
}

/// The parts of an array that are told: all of a short axis, else the first and the last three places of it.
class told_places {
public:
    told_places(std::size_t extent, bool cut) : extent_(extent), gap_(cut && extent > 6 ? 3 : extent) {}
    std::size_t count() const { return gap_ < extent_ ? 6 : extent_; }
    std::size_t operator[](std::size_t k) const { return k < gap_ ? k : extent_ - 6 + k; }
    bool is_behind_gap(std::size_t k) const { return gap_ < extent_ && k == gap_; }

private:
    std::size_t extent_, gap_;
};

/// Calls `f(place)` for every element that is told, and `between(axis, is_gap)` between two parts of an axis.
template <class F, class Between>
void for_told(const std::size_t* extents, std::size_t axes, bool cut, std::size_t place, const F& f,
              const Between& between, std::size_t axis = 0) {
    if (axis == axes) return f(place);
    const told_places told(extents[axis], cut);
    for (std::size_t k = 0; k < told.count(); ++k) {
        if (k > 0) between(axis, told.is_behind_gap(k));
        for_told(extents, axes, cut, place * extents[axis] + told[k], f, between, axis + 1);
    }
}

/// The elements in columns, the braces of each axis around them. Of more than a thousand the middle is left out.
template <class T> std::string array_text(const T* data, const std::size_t* extents, std::size_t axes) {
    std::size_t elements = 1;
    for (std::size_t axis = 0; axis < axes; ++axis) elements *= extents[axis];
    const bool cut = elements > 1000;
    std::size_t width = 0;
    const auto widen = [&](std::size_t place) { width = (std::max)(width, element_text(data[place]).size()); };
    for_told(extents, axes, cut, 0, widen, [](std::size_t, bool) {});

    std::string text(axes, '{');
    const auto tell = [&](std::size_t place) {
        const std::string element = element_text(data[place]);
        text.append(width - element.size(), ' ') += element;
    };
    const auto between = [&](std::size_t axis, bool is_gap) {
        const std::size_t inner = axes - axis - 1;
        text.append(inner, '}') += ',';
        const auto new_line = [&] {
            if (inner == 0) text += ' ';
            else text.append(inner, '\n').append(axis + 1, ' ');
        };
        new_line();
        if (is_gap) {
            text += "...,";
            new_line();
        }
        text.append(inner, '{');
    };
    for_told(extents, axes, cut, 0, tell, between);
    return text.append(axes, '}');
}

template <class T, class Shape> std::ostream& operator<<(std::ostream& out, const array_view<T, Shape>& view) {
    const auto& extents = view.shape();
    std::array<std::size_t, std::tuple_size_v<std::remove_cvref_t<decltype(extents)>>> known{};
    for (std::size_t axis = 0; axis < known.size(); ++axis) known[axis] = extents[axis];
    return out << array_text(view.data(), known.data(), known.size());
}
template <class T, std::size_t Rank> std::ostream& operator<<(std::ostream& out, const batch_view<T, Rank>& view) {
    return out << array_text(view.data(), view.shape().data(), Rank);
}

}  // namespace ambit::model_parts

#endif
