// SPDX-License-Identifier: BSL-1.0
// How a call's arguments become addresses. Contiguous row-major memory is read where it is: containers and views of
// xtensor, `std::span`, `std::array`. Anything else (lazy expressions, strided views, scalars) is evaluated into the
// input's own place in the arena, without allocation. Mistakes known to the compiler are compile errors; a shape known
// at run time only is checked there and thrown as a `model_error` of kind `input_shape`.
//
// xtensor is not included, since it takes as long to parse as all of ambit's graphs: who hands an expression over has.
#pragma once

#include <ambit/diagnostics/explain.hpp>
#include <ambit/diagnostics/raise.hpp>
#include <ambit/graph/any_batch.hpp>
#include <ambit/model/overlap.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <type_traits>
#include <utility>

namespace AMBIT_NAMESPACE::model_parts {

/// An xtensor expression of any kind, by what all of them have.
template <class X>
concept xtensor_expression = requires(const X& x) {
    X::static_layout;
    x.dimension();
};

/// Memory with a data pointer and a size: `std::span`, `std::array`, `std::vector`.
template <class X>
concept contiguous_memory = !xtensor_expression<X> && requires(const X& x) {
    { *x.data() };
    { x.size() } -> std::convertible_to<std::size_t>;
};

/// Elements of contiguous memory if its type says, else -1.
template <class X> inline constexpr std::int64_t static_size = -1;
template <class T, std::size_t Size>
inline constexpr std::int64_t static_size<std::array<T, Size>> = std::int64_t(Size);
template <class T, std::size_t Size>
inline constexpr std::int64_t static_size<std::span<T, Size>> = Size == std::dynamic_extent ? -1 : std::int64_t(Size);

/// Shape of an xtensor expression if its type says all of it.
template <class Shape> struct fixed_shape_of {
    static constexpr bool known = false;
    static constexpr shape value{};
};
template <template <std::size_t...> class FixedShape, std::size_t... Extents>
struct fixed_shape_of<FixedShape<Extents...>> {
    static constexpr bool known = true;
    static constexpr shape value = [] {
        shape s;
        (s.append(static_cast<std::int64_t>(Extents)), ...);
        return s;
    }();
};

template <class X> constexpr bool shape_is_known() {
    if constexpr (xtensor_expression<X>) return fixed_shape_of<typename X::shape_type>::known;
    else if constexpr (contiguous_memory<X>) return static_size<X> >= 0;
    else return true;
}

/// The element type of an argument; `void` if it is none.
template <class X> constexpr auto element_type_of() {
    if constexpr (xtensor_expression<X>) return std::type_identity<std::remove_cv_t<typename X::value_type>>{};
    else if constexpr (contiguous_memory<X>)
        return std::type_identity<std::remove_cvref_t<decltype(*std::declval<const X&>().data())>>{};
    else return std::type_identity<X>{};
}

/// Begins a report on an array for `Target`: the position of an input, or the path of a variable.
template <auto Target> constexpr void begin_report(reports& mistakes, mistake of_input, mistake of_variable) {
    if constexpr (std::integral<decltype(Target)>) {
        mistakes.begin(of_input);
        mistakes.add(detail_tag::input, std::int64_t{Target});
    } else {
        mistakes.begin(of_variable);
        mistakes.add(detail_tag::path, Target.view());
    }
}

/// Elements of a spec, of one example if its batch is known at run time only.
constexpr std::int64_t elements_of_example(const tensor_spec& spec) {
    std::int64_t count = 1;
    for (int axis = 0; axis < spec.extents.rank(); ++axis)
        count *= spec.extents[axis] == any_size ? 1 : spec.extents[axis];
    return count;
}

/// Whether an array of one spec is one of another, which may leave the batch open.
constexpr bool is_of(const tensor_spec& had, const tensor_spec& asked) {
    if (had.type != asked.type || had.extents.rank() != asked.extents.rank()) return false;
    for (int axis = 0; axis < had.extents.rank(); ++axis)
        if (asked.extents[axis] != any_size && had.extents[axis] != asked.extents[axis]) return false;
    return true;
}

/// Whether so many elements are an array of a spec.
constexpr bool are_elements_of(std::int64_t count, const tensor_spec& asked, bool has_any_size) {
    return has_any_size ? count % elements_of_example(asked) == 0 : count == asked.extents.elements();
}

/// What the compiler can say against an array of this spec for an input, or for a variable.
template <class X, tensor_spec Spec, auto Target> constexpr reports argument_mistakes() {
    reports mistakes;
    using element = typename decltype(element_type_of<X>())::type;
    if (dtype_of<element> != Spec.type) {
        begin_report<Target>(mistakes, mistake::input_dtype, mistake::value_dtype);
        mistakes.add(detail_tag::had, words_of(dtype_of<element>));
        mistakes.add(detail_tag::asked, Spec);
        return mistakes;
    }
    tensor_spec had = Spec;
    if constexpr (xtensor_expression<X>) {
        if constexpr (fixed_shape_of<typename X::shape_type>::known)
            had.extents = fixed_shape_of<typename X::shape_type>::value;
    } else if constexpr (contiguous_memory<X>) {
        constexpr bool has_any_size = graph_parts::has_any_size(Spec);
        if (static_size<X> >= 0 && !are_elements_of(static_size<X>, Spec, has_any_size))
            had.extents = shape{static_size<X>};
    } else {
        had.extents = shape{};
    }
    if (!is_of(had, Spec)) {
        begin_report<Target>(mistakes, mistake::input_shape, mistake::value_shape);
        mistakes.add(detail_tag::had, had);
        mistakes.add(detail_tag::asked, Spec);
    }
    return mistakes;
}

/// Throws `input_shape` or `value_shape`. `had` is cut to the largest rank that can be told.
template <auto Target> [[noreturn]] void raise_shape(const tensor_spec& had, const tensor_spec& asked) {
    reports mistakes;
    begin_report<Target>(mistakes, mistake::input_shape, mistake::value_shape);
    mistakes.add(detail_tag::had, had);
    mistakes.add(detail_tag::asked, asked);
    raise(mistakes, 0);
}

template <tensor_spec Spec, auto Target, class X> void check_shape(const X& x) {
    if constexpr (xtensor_expression<X>) {
        bool agrees = x.dimension() == static_cast<std::size_t>(Spec.extents.rank());
        for (std::size_t axis = 0; agrees && axis < x.dimension(); ++axis)
            agrees = static_cast<std::int64_t>(x.shape(axis)) == Spec.extents[static_cast<int>(axis)];
        if (agrees) return;
        tensor_spec had{{}, Spec.type};
        for (std::size_t axis = 0; axis < x.dimension() && axis < static_cast<std::size_t>(max_rank); ++axis)
            had.extents.append(static_cast<std::int64_t>(x.shape(axis)));
        raise_shape<Target>(had, Spec);
    } else {
        if (static_cast<std::int64_t>(x.size()) != Spec.extents.elements())
            raise_shape<Target>({shape{x.size()}, Spec.type}, Spec);
    }
}

/// Row-major memory behind an argument, or null if it has none.
template <class X> const void* contiguous_data(const X& x) {
    if constexpr (contiguous_memory<X>) {
        return x.data();
    } else if constexpr (xtensor_expression<X>) {
        if constexpr (requires {
                          x.data();
                          x.strides();
                      }) {
            std::ptrdiff_t expected = 1;
            for (std::size_t back = 1; back <= x.dimension(); ++back) {
                const std::size_t axis = x.dimension() - back;
                if (x.shape(axis) != 1 && static_cast<std::ptrdiff_t>(x.strides()[axis]) != expected) return nullptr;
                expected *= static_cast<std::ptrdiff_t>(x.shape(axis));
            }
            return x.data() + x.data_offset();
        } else {
            return nullptr;
        }
    } else {
        return nullptr;
    }
}

/// Writes the elements of an xtensor expression, row-major.
template <class T, class X> void evaluate(const X& x, T* to) {
    using layout = std::remove_cv_t<decltype(X::static_layout)>;
    const std::size_t count = x.size();
    auto element = x.template begin<layout::row_major>();
    for (std::size_t k = 0; k < count; ++k, ++element) to[k] = *element;
}

/// The address of an array for `Target`: the argument's own memory, or `place` after a copy. Memory that overlaps one
/// of `written` would change while it is read, and is copied.
template <tensor_spec Spec, auto Target, class X>
const std::byte* bind_argument(const X& x, std::byte* place, std::span<const memory_range> written) {
    using T = element_t<Spec.type>;
    if constexpr (std::is_arithmetic_v<X>) {
        *reinterpret_cast<T*>(place) = x;
        return place;
    } else {
        if constexpr (!shape_is_known<X>()) check_shape<Spec, Target>(x);
        if (const void* data = contiguous_data(x); data != nullptr) {
            const memory_range range{static_cast<const std::byte*>(data), Spec.bytes()};
            if (!overlaps(range, written)) return range.begin;
            std::memmove(place, range.begin, static_cast<std::size_t>(Spec.bytes()));
            return place;
        }
        if constexpr (xtensor_expression<X>) {
            T* to = reinterpret_cast<T*>(place);
            if constexpr (Spec.extents.rank() == 0) *to = x();
            else evaluate(x, to);
        }
        return place;
    }
}

// ---- arrays whose batch is known at run time only ---------------------------------------------------------------

/// The shape that an array has: of contiguous memory without one, that of `asked` with as many examples as there are.
template <class X> tensor_spec spec_of_array(const X& x, const tensor_spec& asked) {
    tensor_spec had{{}, asked.type};
    if constexpr (xtensor_expression<X>) {
        for (std::size_t axis = 0; axis < x.dimension() && axis < static_cast<std::size_t>(max_rank); ++axis)
            had.extents.append(static_cast<std::int64_t>(x.shape(axis)));
    } else {
        const auto count = static_cast<std::int64_t>(x.size());
        if (are_elements_of(count, asked, true)) had = graph_parts::at_batch(asked, count / elements_of_example(asked));
        else had.extents.append(count);
    }
    return had;
}

/// The batch of an array for an input with `any_size`. Throws `input_shape` if its other extents are not the input's.
template <tensor_spec Spec, auto Target, class X> std::int64_t batch_of(const X& x) {
    const tensor_spec had = spec_of_array(x, Spec);
    bool is_cut = false;
    if constexpr (xtensor_expression<X>) is_cut = x.dimension() > static_cast<std::size_t>(max_rank);
    if (is_cut || !is_of(had, Spec)) raise_shape<Target>(had, Spec);
    for (int axis = 0; axis < Spec.extents.rank(); ++axis)
        if (Spec.extents[axis] == any_size) return had.extents[axis];
    return 0;
}

/// The address of an array that has this many bytes, as `bind_argument` finds it.
template <class T, class X>
const std::byte* bind_batch(const X& x, std::int64_t bytes, std::byte* place, std::span<const memory_range> written) {
    if (const void* data = contiguous_data(x); data != nullptr) {
        const memory_range range{static_cast<const std::byte*>(data), bytes};
        if (!overlaps(range, written)) return range.begin;
        std::memmove(place, range.begin, static_cast<std::size_t>(bytes));
    } else if constexpr (xtensor_expression<X>) {
        evaluate(x, reinterpret_cast<T*>(place));
    }
    return place;
}

}  // namespace ambit::model_parts
