// SPDX-License-Identifier: BSL-1.0
// Shape and element type together: what a variable, an input or the result of an op promises.
#pragma once

#include <ambit/core/dtype.hpp>
#include <ambit/core/shape.hpp>

namespace AMBIT_NAMESPACE {

struct tensor_spec {
    shape extents;
    dtype type = dtype::none;
    std::int32_t filler = 0;  // no padding: clang 16 writes padded constants out again at every use

    constexpr std::int64_t bytes() const { return extents.elements() * size_of(type); }
    friend constexpr bool operator==(const tensor_spec&, const tensor_spec&) = default;
};

/// `spec(float32, {batch, 784})`: an input of a model that is built at run time.
constexpr tensor_spec spec(dtype type, const shape& extents) { return {extents, type}; }

}  // namespace ambit
