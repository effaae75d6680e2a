// SPDX-License-Identifier: BSL-1.0
#include "elsewhere.hpp"

#include <ambit/model/model.hpp>

template struct ambit::kernels_of<two_heads_net, products_alone>;
template struct ambit::kernels_of<two_heads_net, sum_and_count>;
