// SPDX-License-Identifier: BSL-1.0
// For which element types the kernels are compiled that dynamic models run: those that the shape rules of ops let pass.
// Kernels that only move elements are compiled for their size.
#pragma once

#include <ambit/contract/arrays.hpp>
#include <ambit/contract/compact_weights.hpp>
#include <ambit/contract/control.hpp>
#include <ambit/contract/functions.hpp>
#include <ambit/contract/images.hpp>
#include <ambit/contract/kernel_tags.hpp>
#include <ambit/contract/lookup.hpp>
#include <ambit/contract/losses.hpp>
#include <ambit/contract/products.hpp>
#include <ambit/contract/random.hpp>
#include <ambit/contract/reductions.hpp>
#include <ambit/contract/schedule.hpp>
#include <ambit/core/dtype.hpp>

#include <cstdint>
#include <type_traits>

namespace AMBIT_NAMESPACE::registry_parts {

/// Types of a kernel's result and operands.
template <class Result, class... Operands> struct signature {};

template <class... Types> struct type_list {};

template <class... Types, class F> constexpr void with_types(type_list<Types...>, const F& f) {
    (f(std::type_identity<Types>{}), ...);
}

using floats = type_list<float, double>;
using indices = type_list<std::int32_t, std::int64_t>;
using integers = type_list<std::int32_t, std::int64_t, std::uint8_t>;
using numbers = type_list<float, double, std::int32_t, std::int64_t, std::uint8_t>;
using every_type = type_list<float, double, std::int32_t, std::int64_t, std::uint8_t, bool>;

template <class... Lists> struct joined;
template <class... A> struct joined<type_list<A...>> {
    using type = type_list<A...>;
};
template <class... A, class... B, class... Rest>
struct joined<type_list<A...>, type_list<B...>, Rest...> : joined<type_list<A..., B...>, Rest...> {};

/// One operand, or two or three, of the result's type.
template <class T> using from_one = signature<T, T>;
template <class T> using from_two = signature<T, T, T>;

template <template <class> class Make, class List> struct each;
template <template <class> class Make, class... Types> struct each<Make, type_list<Types...>> {
    using type = type_list<Make<Types>...>;
};

/// The same with every second type, `Make<T, Second>`.
template <template <class, class> class Make, class First, class Second> struct each_pair;
template <template <class, class> class Make, class... First, class... Second>
struct each_pair<Make, type_list<First...>, type_list<Second...>> {
    template <class T> using with_all = type_list<Make<T, Second>...>;
    using type = typename joined<with_all<First>...>::type;
};

template <class T> using index_of_greatest = signature<std::int32_t, T>;
template <class T> using finding_of = signature<std::int64_t, T>;
template <class T> using from_state = signature<T, std::int64_t>;
template <class T> using from_nothing = signature<T>;
template <class T, class Index> using at_indices = signature<T, T, Index>;
template <class T, class Index> using by_indices = signature<T, Index, T>;
template <class T, class Index> using changed_at = signature<T, T, Index, T>;
template <class T, class Index> using from_indices = signature<T, Index>;
template <class T, class Label> using labelled_gradient = signature<T, T, Label, T>;
template <class T, class Label> using labelled_mask = signature<bool, T, Label>;
template <class A, class B> using counted = signature<std::int32_t, A, B>;

template <class Tag> struct kernel_signatures;

#define AMBIT_SIGNATURES(tag, ...) \
    template <> struct kernel_signatures<kernel_tag::tag> : __VA_ARGS__ {}

AMBIT_SIGNATURES(sum, each<from_one, numbers>);
AMBIT_SIGNATURES(mean, each<from_one, floats>);
AMBIT_SIGNATURES(maximum, each<from_one, numbers>);
AMBIT_SIGNATURES(minimum, each<from_one, numbers>);
AMBIT_SIGNATURES(product, each<from_one, numbers>);
AMBIT_SIGNATURES(any, each<from_one, type_list<bool>>);
AMBIT_SIGNATURES(all, each<from_one, type_list<bool>>);
AMBIT_SIGNATURES(logsumexp, each<from_one, floats>);
AMBIT_SIGNATURES(variance, each<from_two, floats>);
AMBIT_SIGNATURES(cumulative_sum, each<from_one, numbers>);
AMBIT_SIGNATURES(cumulative_product, each<from_one, numbers>);
AMBIT_SIGNATURES(cumulative_product_gradient, each<from_two, numbers>);
AMBIT_SIGNATURES(window_sum, each<from_one, floats>);
AMBIT_SIGNATURES(softmax, each<from_one, floats>);
AMBIT_SIGNATURES(log_softmax, each<from_one, floats>);
AMBIT_SIGNATURES(max_pool, each<from_one, floats>);
AMBIT_SIGNATURES(mean_pool, each<from_one, floats>);
AMBIT_SIGNATURES(max_pool_gradient, each<from_two, floats>);
AMBIT_SIGNATURES(max_pool_pick, each<from_two, floats>);
AMBIT_SIGNATURES(mean_pool_gradient, each<from_one, floats>);
AMBIT_SIGNATURES(conv2d_kernel_gradient, each<from_two, floats>);
AMBIT_SIGNATURES(depthwise_conv2d, each<from_two, floats>);
AMBIT_SIGNATURES(depthwise_image_gradient, each<from_two, floats>);
AMBIT_SIGNATURES(depthwise_kernel_gradient, each<from_two, floats>);
AMBIT_SIGNATURES(resize_nearest, each<from_one, every_type>);
AMBIT_SIGNATURES(resize_cubic, each<from_one, floats>);
AMBIT_SIGNATURES(resize_cubic_gradient, each<from_one, floats>);
AMBIT_SIGNATURES(resize_nearest_gradient, each<from_one, floats>);
AMBIT_SIGNATURES(resize_bilinear, each<from_one, floats>);
AMBIT_SIGNATURES(resize_bilinear_gradient, each<from_one, floats>);
AMBIT_SIGNATURES(argmax, each<index_of_greatest, numbers>);
AMBIT_SIGNATURES(argmin, each<index_of_greatest, numbers>);
AMBIT_SIGNATURES(top_k, each<index_of_greatest, numbers>);
AMBIT_SIGNATURES(batch_gather, each_pair<at_indices, numbers, indices>);
AMBIT_SIGNATURES(batch_scatter, each_pair<by_indices, numbers, indices>);
AMBIT_SIGNATURES(softmax_cross_entropy, each_pair<at_indices, floats, indices>);
AMBIT_SIGNATURES(softmax_cross_entropy_gradient, each_pair<labelled_gradient, floats, indices>);
AMBIT_SIGNATURES(softmax_cross_entropy_of_probabilities, each<from_two, floats>);
AMBIT_SIGNATURES(in_top_k, each_pair<labelled_mask, floats, indices>);
AMBIT_SIGNATURES(confusion_matrix, each_pair<counted, indices, indices>);
AMBIT_SIGNATURES(transpose, each<from_one, every_type>);
AMBIT_SIGNATURES(view, each<from_one, every_type>);
AMBIT_SIGNATURES(tile, each<from_one, every_type>);
AMBIT_SIGNATURES(pad, each<from_one, every_type>);
AMBIT_SIGNATURES(gather, each_pair<at_indices, every_type, indices>);
AMBIT_SIGNATURES(scatter, each_pair<at_indices, numbers, indices>);
AMBIT_SIGNATURES(scatter_add, each_pair<changed_at, numbers, indices>);
AMBIT_SIGNATURES(scatter_update, each_pair<changed_at, numbers, indices>);
AMBIT_SIGNATURES(first_positions, each_pair<from_indices, type_list<std::int32_t>, indices>);
AMBIT_SIGNATURES(one_hot, each_pair<from_indices, every_type, integers>);
AMBIT_SIGNATURES(range, each<from_nothing, numbers>);
AMBIT_SIGNATURES(reverse_sequence, each_pair<at_indices, every_type, indices>);
AMBIT_SIGNATURES(cast, each_pair<from_indices, every_type, every_type>);
AMBIT_SIGNATURES(random, each<from_state, type_list<float, double, std::int32_t, std::int64_t>>);
AMBIT_SIGNATURES(schedule, each_pair<from_indices, floats, numbers>);
AMBIT_SIGNATURES(check, each<finding_of, numbers>);

#undef AMBIT_SIGNATURES

template <class Tag> using signatures_of = typename kernel_signatures<Tag>::type;

/// The types that kernels with an epilogue take.
template <class Tag> struct root_signatures {
    using type = floats;
};
template <> struct root_signatures<kernel_tag::gemm> {
    using type = numbers;
};
template <> struct root_signatures<kernel_tag::batch_gemm> {
    using type = numbers;
};
template <weight_format Format> struct root_signatures<kernel_tag::compact_gemm<Format>> {
    using type = type_list<float>;
};
template <weight_format Format> struct root_signatures<kernel_tag::compact_conv2d<Format>> {
    using type = type_list<float>;
};
template <class Tag> using root_types = typename root_signatures<Tag>::type;

}  // namespace ambit::registry_parts
