// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <ambit/ambit.hpp>

struct adder {
    constexpr ambit::tensor operator()(ambit::scope& s, const ambit::tensor& x) const {
        const ambit::variable sum = s.get_variable("sum", {3, 1}, {.initializer = ambit::ones()});
        return ambit::matmul(x, sum);
    }
};
using net = ambit::model<adder, ambit::input<float, 2, 3>>;
