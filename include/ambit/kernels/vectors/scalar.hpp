// SPDX-License-Identifier: BSL-1.0
// Scalar references of the kernels: plain loops that run in constant evaluation, too. The vector kernels are
// tested against them; `Accumulator` is the type sums are kept in.
//
//     scalar::gemm<double>(gemm_geometry{.m = 2, .n = 2, .k = 3}, a, b, c);
#pragma once

#include <ambit/contract/arrays.hpp>
#include <ambit/contract/images.hpp>
#include <ambit/contract/products.hpp>
#include <ambit/contract/reductions.hpp>
#include <ambit/contract/rows.hpp>
#include <ambit/math/scalar.hpp>

#include <cstdint>

namespace AMBIT_NAMESPACE::kernel_parts::scalar {

/// `C[m,n] = A[m,k] · B[k,n]`.
template <class Accumulator, class T> constexpr void gemm(const gemm_geometry& g, const T* a, const T* b, T* c) {
    for (std::int64_t i = 0; i < g.m; ++i)
        for (std::int64_t j = 0; j < g.n; ++j) {
            Accumulator sum(0);
            for (std::int64_t k = 0; k < g.k; ++k) {
                const T left = g.transpose_a ? a[k * g.m + i] : a[i * g.k + k];
                const T right = g.transpose_b ? b[j * g.k + k] : b[k * g.n + j];
                sum += static_cast<Accumulator>(left) * static_cast<Accumulator>(right);
            }
            c[i * g.n + j] = static_cast<T>(sum);
        }
}

/// NHWC image, HWIO kernel; places outside the image count as zero.
template <class Accumulator, class T>
constexpr void conv2d(const conv2d_geometry& g, const T* in, const T* weights, T* out) {
    for (std::int64_t n = 0; n < g.batch; ++n)
        for (std::int64_t y = 0; y < g.out_height; ++y)
            for (std::int64_t x = 0; x < g.out_width; ++x)
                for (std::int64_t o = 0; o < g.out_channels; ++o) {
                    Accumulator sum(0);
                    for (std::int64_t ky = 0; ky < g.kernel_height; ++ky)
                        for (std::int64_t kx = 0; kx < g.kernel_width; ++kx) {
                            const std::int64_t iy = y * g.stride_height - g.pad_top + ky * g.dilation_height;
                            const std::int64_t ix = x * g.stride_width - g.pad_left + kx * g.dilation_width;
                            if (iy < 0 || iy >= g.in_height || ix < 0 || ix >= g.in_width) continue;
                            for (std::int64_t i = 0; i < g.in_channels; ++i) {
                                const std::int64_t pixel = (n * g.in_height + iy) * g.in_width + ix;
                                const std::int64_t tap = (ky * g.kernel_width + kx) * g.in_channels + i;
                                sum += static_cast<Accumulator>(in[pixel * g.in_channels + i]) *
                                       static_cast<Accumulator>(weights[tap * g.out_channels + o]);
                            }
                        }
                    out[((n * g.out_height + y) * g.out_width + x) * g.out_channels + o] = static_cast<T>(sum);
                }
}

/// `tap(pixel of the image, pixel of the result, position of the tap in the kernel)` for all of them that meet.
template <class Tap> constexpr void for_taps(const conv2d_geometry& g, Tap tap) {
    for (std::int64_t n = 0; n < g.batch; ++n)
        for (std::int64_t y = 0; y < g.out_height; ++y)
            for (std::int64_t x = 0; x < g.out_width; ++x)
                for (std::int64_t ky = 0; ky < g.kernel_height; ++ky)
                    for (std::int64_t kx = 0; kx < g.kernel_width; ++kx) {
                        const std::int64_t iy = y * g.stride_height - g.pad_top + ky * g.dilation_height;
                        const std::int64_t ix = x * g.stride_width - g.pad_left + kx * g.dilation_width;
                        if (iy < 0 || iy >= g.in_height || ix < 0 || ix >= g.in_width) continue;
                        tap((n * g.in_height + iy) * g.in_width + ix, (n * g.out_height + y) * g.out_width + x,
                            ky * g.kernel_width + kx);
                    }
}

/// The gradient of a convolution by its image; `g` is that of the convolution. Accumulates in the result.
template <class Accumulator>
constexpr void conv2d_image_gradient(const conv2d_geometry& g, const Accumulator* weights, const Accumulator* upstream,
                                     Accumulator* out) {
    for (std::int64_t i = 0; i < g.batch * g.in_height * g.in_width * g.in_channels; ++i) out[i] = Accumulator(0);
    for_taps(g, [&](std::int64_t pixel, std::int64_t place, std::int64_t tap) {
        for (std::int64_t i = 0; i < g.in_channels; ++i)
            for (std::int64_t o = 0; o < g.out_channels; ++o)
                out[pixel * g.in_channels + i] +=
                    weights[(tap * g.in_channels + i) * g.out_channels + o] * upstream[place * g.out_channels + o];
    });
}

/// The gradient of a convolution by its kernel; `g` is that of the convolution. Accumulates in the result.
template <class Accumulator>
constexpr void conv2d_kernel_gradient(const conv2d_geometry& g, const Accumulator* in, const Accumulator* upstream,
                                      Accumulator* out) {
    const std::int64_t taps = g.kernel_height * g.kernel_width;
    for (std::int64_t i = 0; i < taps * g.in_channels * g.out_channels; ++i) out[i] = Accumulator(0);
    for_taps(g, [&](std::int64_t pixel, std::int64_t place, std::int64_t tap) {
        for (std::int64_t i = 0; i < g.in_channels; ++i)
            for (std::int64_t o = 0; o < g.out_channels; ++o)
                out[(tap * g.in_channels + i) * g.out_channels + o] +=
                    in[pixel * g.in_channels + i] * upstream[place * g.out_channels + o];
    });
}

/// `Combine` as in `kernel_parts::reduce`: identity, combination of two, and what is made of the result and the
/// count.
template <class Accumulator, class T, class Combine>
constexpr void reduce(const reduce_geometry& g, const T* in, T* out, Combine combine) {
    std::int64_t all = 1, kept = 1;
    for (std::int64_t axis = 0; axis < g.rank; ++axis) {
        all *= g.extent[axis];
        if (!g.reduced[axis]) kept *= g.extent[axis];
    }
    for (std::int64_t result = 0; result < kept; ++result) {
        Accumulator value = combine.template identity<Accumulator>();
        for (std::int64_t element = 0; element < all; ++element) {
            std::int64_t left = element, owner = 0, step = 1;
            for (std::int64_t axis = g.rank - 1; axis >= 0; --axis) {
                if (!g.reduced[axis]) {
                    owner += left % g.extent[axis] * step;
                    step *= g.extent[axis];
                }
                left /= g.extent[axis];
            }
            if (owner == result) value = combine(value, static_cast<Accumulator>(in[element]));
        }
        out[result] = static_cast<T>(combine.finish(value, all / kept));
    }
}

/// `exp(x - max) / Σ exp(x - max)` along the middle axis; `exponential` computes e to the power of a double.
template <class T, class Exponential>
constexpr void softmax(const axis_geometry& g, const T* in, T* out, Exponential exponential) {
    for (std::int64_t o = 0; o < g.outer; ++o)
        for (std::int64_t i = 0; i < g.inner; ++i) {
            const std::int64_t first = o * g.extent * g.inner + i;
            const auto element = [&](std::int64_t e) { return static_cast<double>(in[first + e * g.inner]); };
            double largest = element(0), sum = 0;
            for (std::int64_t e = 1; e < g.extent; ++e)
                if (element(e) > largest) largest = element(e);
            for (std::int64_t e = 0; e < g.extent; ++e) sum += exponential(element(e) - largest);
            for (std::int64_t e = 0; e < g.extent; ++e)
                out[first + e * g.inner] = static_cast<T>(exponential(element(e) - largest) / sum);
        }
}

/// Position of the first element along the middle axis that no other `exceeds`; a NaN exceeds everything.
template <class T, class Exceeds>
constexpr void arg_extreme(const axis_geometry& g, const T* in, std::int32_t* out, Exceeds exceeds) {
    for (std::int64_t o = 0; o < g.outer; ++o)
        for (std::int64_t i = 0; i < g.inner; ++i) {
            const T* from = in + o * g.extent * g.inner + i;
            std::int64_t best = 0;
            for (std::int64_t e = 1; e < g.extent; ++e) {
                const T x = from[e * g.inner], most = from[best * g.inner];
                if (!math::isnan(most) && (exceeds(x, most) || math::isnan(x))) best = e;
            }
            out[o * g.inner + i] = static_cast<std::int32_t>(best);
        }
}

/// Position of the first maximum, or minimum, along the middle axis; the first NaN is either.
template <class T> constexpr void argmax(const axis_geometry& g, const T* in, std::int32_t* out) {
    arg_extreme(g, in, out, [](T a, T b) { return a > b; });
}
template <class T> constexpr void argmin(const axis_geometry& g, const T* in, std::int32_t* out) {
    arg_extreme(g, in, out, [](T a, T b) { return a < b; });
}

/// `Combine` over the places of the window that lie inside the image.
template <class Accumulator, class T, class Combine>
constexpr void pool(const pool_geometry& g, const T* in, T* out, Combine combine) {
    for (std::int64_t n = 0; n < g.batch; ++n)
        for (std::int64_t y = 0; y < g.out_height; ++y)
            for (std::int64_t x = 0; x < g.out_width; ++x)
                for (std::int64_t c = 0; c < g.channels; ++c) {
                    Accumulator value = combine.template identity<Accumulator>();
                    std::int64_t count = 0;
                    for (std::int64_t wy = 0; wy < g.window_height; ++wy)
                        for (std::int64_t wx = 0; wx < g.window_width; ++wx) {
                            const std::int64_t iy = y * g.stride_height - g.pad_top + wy;
                            const std::int64_t ix = x * g.stride_width - g.pad_left + wx;
                            if (iy < 0 || iy >= g.in_height || ix < 0 || ix >= g.in_width) continue;
                            const T element = in[((n * g.in_height + iy) * g.in_width + ix) * g.channels + c];
                            value = combine(value, static_cast<Accumulator>(element));
                            ++count;
                        }
                    out[((n * g.out_height + y) * g.out_width + x) * g.channels + c] =
                        static_cast<T>(combine.finish(value, count));
                }
}

/// `visit(element of the result, elements of the image in its window, their count)` for every element of the result.
template <class Visit> constexpr void for_windows(const pool_geometry& g, Visit visit) {
    for (std::int64_t n = 0; n < g.batch; ++n)
        for (std::int64_t y = 0; y < g.out_height; ++y)
            for (std::int64_t x = 0; x < g.out_width; ++x)
                for (std::int64_t c = 0; c < g.channels; ++c)
                    visit(((n * g.out_height + y) * g.out_width + x) * g.channels + c, [&](auto place) {
                        for (std::int64_t wy = 0; wy < g.window_height; ++wy)
                            for (std::int64_t wx = 0; wx < g.window_width; ++wx) {
                                const std::int64_t iy = y * g.stride_height - g.pad_top + wy;
                                const std::int64_t ix = x * g.stride_width - g.pad_left + wx;
                                if (iy < 0 || iy >= g.in_height || ix < 0 || ix >= g.in_width) continue;
                                place(((n * g.in_height + iy) * g.in_width + ix) * g.channels + c);
                            }
                    });
}

/// The element of the image that is the maximum of a window: the first one, and the first NaN if there is one.
template <class T, class Places> constexpr std::int64_t place_of_maximum(const T* in, Places places) {
    std::int64_t best = -1;
    places([&](std::int64_t at) {
        if (best < 0 || (!math::isnan(in[best]) && (in[at] > in[best] || math::isnan(in[at])))) best = at;
    });
    return best;
}

/// The gradient of max_pool: all of it goes to the maximum.
template <class T> constexpr void max_pool_gradient(const pool_geometry& g, const T* in, const T* upstream, T* out) {
    for (std::int64_t i = 0; i < g.batch * g.in_height * g.in_width * g.channels; ++i) out[i] = T(0);
    for_windows(g, [&](std::int64_t result, auto places) { out[place_of_maximum(in, places)] += upstream[result]; });
}

/// The elements of `values` that stand where the image has the maxima of its windows.
template <class T> constexpr void max_pool_pick(const pool_geometry& g, const T* in, const T* values, T* out) {
    for_windows(g, [&](std::int64_t result, auto places) { out[result] = values[place_of_maximum(in, places)]; });
}

/// The gradient of avg_pool: equal shares for the places inside the image.
template <class T> constexpr void mean_pool_gradient(const pool_geometry& g, const T* upstream, T* out) {
    for (std::int64_t i = 0; i < g.batch * g.in_height * g.in_width * g.channels; ++i) out[i] = T(0);
    for_windows(g, [&](std::int64_t result, auto places) {
        std::int64_t count = 0;
        places([&](std::int64_t) { ++count; });
        places([&](std::int64_t at) { out[at] += upstream[result] / static_cast<T>(count); });
    });
}

/// Axis `d` of the result is axis `permutation[d]` of the operand.
template <class T> constexpr void transpose(const transpose_geometry& g, const T* in, T* out) {
    std::int64_t stride[max_rank] = {}, all = 1;
    for (std::int64_t axis = g.rank - 1; axis >= 0; --axis) {
        stride[axis] = all;
        all *= g.extent[axis];
    }
    for (std::int64_t result = 0; result < all; ++result) {
        std::int64_t left = result, from = 0;
        for (std::int64_t axis = g.rank - 1; axis >= 0; --axis) {
            const std::int64_t source = g.permutation[axis];
            from += left % g.extent[source] * stride[source];
            left /= g.extent[source];
        }
        out[result] = in[from];
    }
}

}  // namespace ambit::kernel_parts::scalar
