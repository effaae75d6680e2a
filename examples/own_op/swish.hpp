// SPDX-License-Identifier: BSL-1.0
// A user's own elementwise op: x · sigmoid(beta · x), in a header of the user's and outside of namespace ambit. It
// is an op like ambit's own: checked, named, fused with its neighbours, one source for scalars and SIMD batches.
//
//     ambit::tensor h = neural::swish(ambit::dense(s, "hidden", x, 64), {.beta = 1.5});
//
// Source: P. Ramachandran, B. Zoph, Q. V. Le, "Searching for activation functions", 2017.
#pragma once

#include <ambit/math/constexpr_math.hpp>
#include <ambit/ops/op.hpp>

#include <string_view>

namespace neural {

struct swish_options {
    double beta = 1;
    std::string_view name = {};
};

struct swish_op : ambit::floating_unary_op {  // the shape rule: one operand of floats, a result like it
    static constexpr std::string_view name = "swish";
    static constexpr bool heavy = true;  // an exponential is long: loops around it are not expanded
    struct attributes {
        double beta;
    };

    template <class V> static constexpr V apply(const attributes& with, const V& x) {
        using ambit::math::exp;  // of a scalar; that of a batch is found by its argument
        const V beta(static_cast<ambit::math::element_of_t<V>>(with.beta));
        return x / (V(1) + exp(-beta * x));
    }
};
inline constexpr ambit::op_info swish_info = ambit::describe<swish_op>();

constexpr ambit::tensor swish(const ambit::tensor& x, const swish_options& options = {},
                              const ambit::location& at = ambit::location::current()) {
    return ambit::make_op(swish_info, {x}, swish_op::attributes{options.beta}, {options.name}, at);
}

}  // namespace neural

template <> struct ambit::op_of<&neural::swish_info> { using type = neural::swish_op; };
