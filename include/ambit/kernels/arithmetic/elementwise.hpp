// SPDX-License-Identifier: BSL-1.0
// One fused elementwise loop: any number of inputs, broadcast or strided, and one or more outputs.
//
//     struct add_relu {
//         static constexpr bool vectorizable = true;
//         template <class V> std::array<V, 1> operator()(const V& x, const V& bias) const {
//             return {max(x + bias, V(0))};
//         }
//     };
//     elementwise<float>(g, std::tuple(x, bias), std::tuple(y), add_relu{});
//
// The body is called with batches where `vectorizable` says so and the type has them, else with scalars. In
// the last batch of a row the lanes behind the end hold 1, a value that divides and has a logarithm. `static
// constexpr bool heavy = true` in a body with long code keeps the loop from being expanded, `is_short = true` in one with
// little has it expanded by four. One that says `interleaves` is called with two batches of floats at a time as well
// (kernels/vectors/pair.hpp).
//
// Beside the numbers there may be arrays of bool: the body gets and gives masks (kernels/vectors/mask.hpp) in their
// place.
#pragma once

#include <ambit/contract/arithmetic.hpp>
#include <ambit/core/static_value.hpp>
#include <ambit/kernels/products/tile.hpp>
#include <ambit/kernels/vectors/pair.hpp>

#include <cstdint>
#include <cstring>
#include <tuple>
#include <utility>

namespace AMBIT_NAMESPACE::kernel_parts {

namespace detail {

// Reads one input along the innermost axis, for batches of V: of their elements, or of bool. `Stride` as in the
// geometry, -1: known at run time only.
template <class V, class Element, std::int64_t Stride> struct row_reader {
    static constexpr bool is_mask = !std::is_same_v<Element, element_of<V>>;
    using value = std::conditional_t<is_mask, mask_of<V>, V>;
    const Element* from;
    std::int64_t stride;
    value same;

    [[gnu::always_inline]] void start(const Element* row, std::int64_t run_time_stride) noexcept {
        from = row;
        stride = Stride < 0 ? run_time_stride : Stride;
        if (stride == 0) same = value(*row);
    }

    [[gnu::always_inline]] value whole(std::int64_t at) const noexcept {
        if (stride == 1) return load(from + at);
        if (stride == 0) return same;
        return gather(at, lanes<V>);
    }

    [[gnu::always_inline]] auto two(std::int64_t at) const noexcept {
        return pair_of<V>(whole(at), whole(at + lanes<V>));
    }

    [[gnu::always_inline]] value part(std::int64_t at, std::int64_t count) const noexcept {
        if (stride == 0) return same;
        if (stride != 1) return gather(at, count);
        if constexpr (is_mask) return load_partial_mask<V>(from + at, count);
        else return load_partial<V>(from + at, count, Element(1));
    }

private:
    [[gnu::always_inline]] static value load(const Element* at) noexcept {
        if constexpr (is_mask) return load_mask<V>(at);
        else return load_vector<V>(at);
    }

    [[gnu::always_inline]] value gather(std::int64_t at, std::int64_t count) const noexcept {
        if constexpr (lanes<V> == 1) {
            return from[at * stride];
        } else {
            alignas(64) Element buffer[static_cast<std::size_t>(lanes<V>)];
            AMBIT_UNROLL for (std::int64_t i = 0; i < lanes<V>; ++i) buffer[i] = Element(1);
            for (std::int64_t i = 0; i < count; ++i) buffer[i] = from[(at + i) * stride];
            return load(buffer);
        }
    }
};

template <class V, class Element, class Value>
[[gnu::always_inline]] inline void store_whole(Element* to, const Value& value) noexcept {
    if constexpr (std::is_same_v<Element, element_of<V>>) store_vector(to, value);
    else store_mask<V>(to, value);
}
template <class V, class Element, class Pair>
[[gnu::always_inline]] inline void store_two(Element* to, const Pair& value) noexcept {
    store_whole<V>(to, value.first);
    store_whole<V>(to + lanes<V>, value.second);
}
template <class V, class Element, class Value>
[[gnu::always_inline]] inline void store_part(Element* to, const Value& value, std::int64_t count) noexcept {
    if constexpr (std::is_same_v<Element, element_of<V>>) store_partial(to, value, count);
    else store_partial_mask<V>(to, value, count);
}

template <class Body> constexpr bool is_short() {
    if constexpr (requires { Body::is_short; }) return Body::is_short;
    else return false;
}

// What the compiler knows of an iteration space: all of it, or all but what grows with a batch, or nothing. Of the
// innermost axis: its extent, and the strides of the inputs.
template <class Geometry> struct known_loop {
    static constexpr bool extent = is_static<Geometry>, strides = extent;
    static constexpr elementwise_geometry value() {
        if constexpr (is_static<Geometry>) return Geometry::value;
        else return {};
    }
};
template <class Geometry>
    requires is_batch_value<Geometry>
struct known_loop<Geometry> {
    static constexpr elementwise_geometry value() { return Geometry::fixed; }
    static constexpr std::int64_t last = Geometry::fixed.rank > 0 ? Geometry::fixed.rank - 1 : 0;
    static constexpr bool extent = Geometry::growth.extent[last] == 0;
    static constexpr bool strides = [] {
        for (std::int64_t i = 0; i < Geometry::fixed.inputs; ++i)
            if (Geometry::growth.stride[i][last] != 0) return false;
        return true;
    }();
};

template <class V, class Geometry, class Body, class Inputs, class Outputs, class Input, class Output>
struct elementwise_run;

template <class V, class Geometry, class Body, class Inputs, class Outputs, std::size_t... I, std::size_t... O>
struct elementwise_run<V, Geometry, Body, Inputs, Outputs, std::index_sequence<I...>, std::index_sequence<O...>> {
    using known = known_loop<Geometry>;
    static constexpr std::int64_t width = lanes<V>;

    static constexpr std::int64_t inner(const elementwise_geometry& g) { return g.rank > 0 ? g.extent[g.rank - 1] : 1; }
    static constexpr std::int64_t stride(const elementwise_geometry& g, std::size_t i) {
        return g.rank > 0 ? g.stride[i][g.rank - 1] : 0;
    }
    template <std::size_t Input> static constexpr std::int64_t fixed_stride() {
        if constexpr (known::strides) return stride(known::value(), Input);
        else return -1;
    }
    template <std::size_t Input>
    using element = std::remove_const_t<std::remove_pointer_t<std::tuple_element_t<Input, Inputs>>>;

    // One row: the innermost axis. `out` is a copy: what a loop stores might be addresses, for all that the compiler
    // knows, and it would read them again for each vector.
    [[gnu::always_inline]] static void row(const elementwise_geometry& g, const Inputs& in, const Outputs out,
                                           std::int64_t offset, const Body& body) noexcept {
        std::tuple<row_reader<V, element<I>, fixed_stride<I>()>...> readers;
        (std::get<I>(readers).start(std::get<I>(in), stride(g, I)), ...);
        const std::int64_t n = inner(g);
        if constexpr (known::extent) {
            constexpr std::int64_t whole = inner(known::value()) / width;
            constexpr std::int64_t rest = inner(known::value()) % width;
            if constexpr (takes_pairs<Body, V>()) {
                std::int64_t b = 0;
                for (; b + 1 < whole; b += 2) two_steps(readers, out, offset, b * width, body);
                if constexpr (whole % 2 == 1) step(readers, out, offset, b * width, body);
            } else if constexpr (whole <= (is_heavy<Body>() ? 1 : 8)) {
                AMBIT_UNROLL for (std::int64_t b = 0; b < whole; ++b) step(readers, out, offset, b * width, body);
            } else if constexpr (is_short<Body>()) {
                AMBIT_UNROLL_BY_4 for (std::int64_t b = 0; b < whole; ++b) step(readers, out, offset, b * width, body);
            } else {
                for (std::int64_t b = 0; b < whole; ++b) step(readers, out, offset, b * width, body);
            }
            if constexpr (rest > 0 && width > 1) last_step(readers, out, offset, whole * width, rest, body);
        } else {
            std::int64_t at = 0;
            if constexpr (takes_pairs<Body, V>())
                for (; at + 2 * width <= n; at += 2 * width) two_steps(readers, out, offset, at, body);
            for (; at + width <= n; at += width) step(readers, out, offset, at, body);
            if constexpr (width > 1)
                if (at < n) last_step(readers, out, offset, at, n - at, body);
        }
    }

    template <class Readers>
    [[gnu::always_inline]] static void step(const Readers& readers, const Outputs& out, std::int64_t offset,
                                            std::int64_t at, const Body& body) noexcept {
        const auto results = body.template operator()<V>(std::get<I>(readers).whole(at)...);
        (store_whole<V>(std::get<O>(out) + offset + at, std::get<O>(results)), ...);
    }

    template <class Readers>
    [[gnu::always_inline]] static void two_steps(const Readers& readers, const Outputs& out, std::int64_t offset,
                                                 std::int64_t at, const Body& body) noexcept {
        const auto results = body.template operator()<vector_pair<V>>(std::get<I>(readers).two(at)...);
        (store_two<V>(std::get<O>(out) + offset + at, std::get<O>(results)), ...);
    }

    template <class Readers>
    [[gnu::always_inline]] static void last_step(const Readers& readers, const Outputs& out, std::int64_t offset,
                                                 std::int64_t at, std::int64_t count, const Body& body) noexcept {
        const auto results = body.template operator()<V>(std::get<I>(readers).part(at, count)...);
        (store_part<V>(std::get<O>(out) + offset + at, std::get<O>(results), count), ...);
    }

    [[gnu::always_inline]] static void all(const elementwise_geometry& g, Inputs in, const Outputs& out,
                                           const Body& body) noexcept {
        std::int64_t rows = 1;
        for (std::int64_t axis = 0; axis + 1 < g.rank; ++axis) rows *= g.extent[axis];
        std::int64_t index[max_rank] = {};
        for (std::int64_t r = 0;;) {
            row(g, in, out, r * inner(g), body);
            if (++r == rows) return;
            for (std::int64_t axis = g.rank - 2; axis >= 0; --axis) {
                const bool carries = ++index[axis] == g.extent[axis];
                if (carries) index[axis] = 0;
                ((std::get<I>(in) += carries ? -g.stride[I][axis] * (g.extent[axis] - 1) : g.stride[I][axis]), ...);
                if (!carries) break;
            }
        }
    }
};

}  // namespace detail

/// `outputs = body(inputs…)` over the geometry, with `T` the type of the numbers. Both are tuples of pointers, to T or
/// to bool. An output may be one of the inputs if that one is contiguous.
template <class T, class Geometry, class Inputs, class Outputs, class Body, class Arch = kernel_arch>
inline void elementwise(Geometry geometry, const Inputs& inputs, const Outputs& outputs, Body body,
                        Arch = {}) noexcept {
    constexpr auto fit = [] {
        if constexpr (!Body::vectorizable || !is_vectorized<T>) {
            return std::type_identity<T>{};
        } else if constexpr (detail::known_loop<Geometry>::extent) {
            constexpr elementwise_geometry g = detail::known_loop<Geometry>::value();
            return fitting<T, Arch, (g.rank > 0 ? g.extent[g.rank - 1] : 1)>();
        } else {
            return std::type_identity<xsimd::batch<T, Arch>>{};
        }
    }();
    using V = typename decltype(fit)::type;
    detail::elementwise_run<V, Geometry, Body, Inputs, Outputs, std::make_index_sequence<std::tuple_size_v<Inputs>>,
                            std::make_index_sequence<std::tuple_size_v<Outputs>>>::all(value_of(geometry), inputs,
                                                                                       outputs, body);
}

}  // namespace ambit::kernel_parts
