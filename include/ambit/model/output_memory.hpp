// SPDX-License-Identifier: BSL-1.0
// The memory that the caller of `run_into` gives for outputs: what is wrong with it, and how it is written.
#pragma once

#include <ambit/diagnostics/raise.hpp>
#include <ambit/model/arguments.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <type_traits>

namespace AMBIT_NAMESPACE::model_parts {

/// What is wrong with memory for output `k`, as far as its type X says: its elements, their number. Where the output's
/// size depends on the call, only that a single number is no memory for an array.
template <class X, bool SizeIsKnown> constexpr reports output_mistakes(std::size_t k, const tensor_spec& spec) {
    using element = typename decltype(element_type_of<X>())::type;
    reports mistakes;
    const bool wrong_type = dtype_of<element> != spec.type;
    const bool wrong_size = contiguous_memory<X>
                                ? SizeIsKnown && static_size<X> >= 0 && static_size<X> != spec.extents.elements()
                                : spec.extents.rank() != 0;
    if (!wrong_type && !wrong_size) return mistakes;
    mistakes.begin(wrong_type ? mistake::output_dtype : mistake::output_shape);
    mistakes.add(detail_tag::output, static_cast<std::int64_t>(k));
    if (wrong_type) mistakes.add(detail_tag::had, words_of(dtype_of<element>));
    else mistakes.add(detail_tag::had, tensor_spec{static_size<X> >= 0 ? shape{static_size<X>} : shape{}, spec.type});
    mistakes.add(detail_tag::asked, spec);
    return mistakes;
}

/// Throws `output_shape` if memory for output `k` has another number of elements than the output.
template <class X> void check_output(std::size_t k, const tensor_spec& spec, const X& x) {
    if constexpr (contiguous_memory<X>) {
        if (static_cast<std::int64_t>(x.size()) == spec.extents.elements()) return;
        reports mistakes;
        mistakes.begin(mistake::output_shape);
        mistakes.add(detail_tag::output, static_cast<std::int64_t>(k));
        mistakes.add(detail_tag::had, tensor_spec{shape{x.size()}, spec.type});
        mistakes.add(detail_tag::asked, spec);
        raise(mistakes, 0);
    }
}

template <class X> std::byte* output_address(X& x) {
    if constexpr (contiguous_memory<std::remove_cv_t<X>>) return reinterpret_cast<std::byte*>(x.data());
    else return reinterpret_cast<std::byte*>(&x);
}

/// Brings an output that was computed elsewhere, `from`, to the memory that was given for it, `to`.
inline void move_output(std::byte* to, const std::byte* from, const tensor_spec& spec) {
    if (to != from) std::memmove(to, from, static_cast<std::size_t>(spec.bytes()));
}

}  // namespace ambit::model_parts
