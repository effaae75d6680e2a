// SPDX-License-Identifier: BSL-1.0
// Random uses of elementwise ops: part of tests/support/gradient_laws.hpp, which includes this.
#pragma once

namespace ambit_test::gradient_uses {

// The condition is data, or compares what is chosen.
inline tensor chosen_by_condition(gradient_check& c) {
    const shape extents = c.any_shape();
    const tensor a = c.parameter(c.coin() ? extents : c.narrowed(extents));
    const tensor b = c.parameter(c.narrowed(extents));
    const tensor compared = c.coin() ? c.data(c.narrowed(extents)) : a;
    switch (c.pick(0, 3)) {
        case 0: return where(compared > b, a, b);
        case 1: return where(less_equal(compared, 0.25), a, 1.5) + b;
        case 2: return where((compared < b) | ~(b > 0), 0.5, b) + a;
        default: return where(not_equal(compared, compared), a, b) + a;
    }
}

inline const gradient_law elementwise_laws[] = {
    {"where", &where_info, twice_differentiable, chosen_by_condition},
};

}  // namespace ambit_test::gradient_uses
