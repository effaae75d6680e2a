// SPDX-License-Identifier: BSL-1.0
#include "elsewhere.hpp"

#include <ambit/model/model.hpp>

template struct ambit::kernels_of<two_heads_net, sum_and_count>;
template struct ambit::kernels_of<two_heads_net, products_alone>;

float second_product(two_heads_net& net, const float (&x)[3]) {
    return net.run<&two_heads::outputs::products>(xt::adapt(x, {1, 3}) * 1.0f)(0, 1);
}
float count_of_calls(const two_heads_net& net) { return net.get<"calls">()(); }
