// SPDX-License-Identifier: BSL-1.0
// A model whose kernels one unit compiles for others.
#pragma once

#include <ambit/model_elsewhere.hpp>

using namespace ambit;

struct two_heads {
    struct outputs { tensor products, sum; operation count; };
    constexpr outputs operator()(scope& s, tensor x) const {
        const variable weights =
            s.get_variable("weights", {3, 2}, {.initializer = constant({1, 2, 3, 4, 5, 6})});
        const variable calls = s.get_variable("calls", {}, {.initializer = zeros()});
        return {matmul(x, weights), reduce_sum(exp(x)), assign_add(calls, 1.0f)};
    }
};

using two_heads_net = model<two_heads, input<float, 1, 3>>;
inline constexpr std::uint64_t sum_and_count =
    two_heads_net::selection<&two_heads::outputs::count, &two_heads::outputs::sum>();

template <> inline constexpr bool ambit::kernels_elsewhere<two_heads_net> = true;
extern template struct ambit::kernels_of<two_heads_net, sum_and_count>;

inline constexpr std::uint64_t products_alone = two_heads_net::selection<&two_heads::outputs::products>();
extern template struct ambit::kernels_of<two_heads_net, products_alone>;

// By the unit with the kernels, which knows views of xtensor.
float second_product(two_heads_net& net, const float (&x)[3]);
float count_of_calls(const two_heads_net& net);
