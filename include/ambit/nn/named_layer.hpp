// SPDX-License-Identifier: BSL-1.0
// A layer begins with its scope and its name, which are forgotten easily: other libraries have a class there.
//
//     AMBIT_NAMED_LAYER(dense, "dense(s, \"hidden\", x, 500)")
#pragma once

#include <ambit/core/refuses.hpp>
#include <ambit/graph/tensor.hpp>
#include <ambit/scope/scope.hpp>

#include <concepts>

// A tensor itself: text, which begins other calls, would become one.
#define AMBIT_NAMED_LAYER(layer, call)                                                     \
    template <std::same_as<tensor> Tensor, class... More>                                  \
    AMBIT_REFUSES("a layer begins with its scope and its name: " call)                     \
    constexpr tensor layer(const Tensor& x, const More&...) {                              \
        return x;                                                                          \
    }                                                                                      \
    template <std::same_as<tensor> Tensor, class... More>                                  \
    AMBIT_REFUSES("a layer has a name, behind its scope: " call)                           \
    constexpr tensor layer(scope&, const Tensor& x, const More&...) {                      \
        return x;                                                                          \
    }                                                                                      \
    template <std::same_as<tensor> Tensor, class... More>                                  \
    AMBIT_REFUSES("the scope of a layer comes first: " call)                               \
    constexpr tensor layer(const char*, const Tensor& x, const More&...) {                 \
        return x;                                                                          \
    }                                                                                      \
    template <std::same_as<tensor> Tensor, class... More>                                  \
    AMBIT_REFUSES("the scope of a layer comes first, then its name: " call)                \
    constexpr tensor layer(const char*, scope&, const Tensor& x, const More&...) {         \
        return x;                                                                          \
    }                                                                                      \
    template <std::integral Number, std::same_as<tensor> Tensor, class... More>            \
    AMBIT_REFUSES("a layer has what it is given before its numbers: " call)                \
    constexpr tensor layer(scope&, const char*, Number, const Tensor& x, const More&...) { \
        return x;                                                                          \
    }
