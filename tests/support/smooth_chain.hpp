// SPDX-License-Identifier: BSL-1.0
// A random chain of smooth ops over a few variables, for checks of gradients. Values stay small: products go through
// bounded functions.
//
//     smooth_chain ops(check, 10);
//     check.holds(ops.loss());
#pragma once

#include "gradient_check.hpp"

#include <algorithm>
#include <vector>

namespace ambit_test {

namespace gradient_uses {

using namespace ambit;

class smooth_chain {
public:
    smooth_chain(gradient_check& c, int length) : c_(c) {
        const int rows = c.pick(1, 3), columns = c.pick(1, 3);
        for (const shape& extents : {shape{rows, columns}, shape{columns}, shape{columns, columns}, shape{}})
            variables_.push_back(c.variable(extents, 0.3, 1.8));
        for (const variable& v : variables_) pool_.push_back(v);
        for (int i = 0; i < length; ++i) pool_.push_back(next());
    }

    // Every variable has a part in it, or there would be no gradient by it.
    tensor loss() {
        tensor sum = c_.weighed(pool_.back());
        for (std::size_t i = 0; i < 3; ++i) sum = sum + c_.weighed(pool_[pool_.size() - 2 - i]);
        for (const variable& v : variables_) sum = sum + c_.weighed(v);
        return sum;
    }

private:
    tensor any() {
        if (c_.pick(0, 5) == 0) return variables_[static_cast<std::size_t>(c_.pick(0, 3))];  // another read
        const int back = std::min(c_.pick(0, 7), static_cast<int>(pool_.size()) - 1);
        return pool_[pool_.size() - 1 - static_cast<std::size_t>(back)];
    }
    tensor partner(const tensor& x) {
        for (int attempt = 0; attempt < 8; ++attempt) {
            const tensor y = any();
            if (are_broadcastable(x.shape(), y.shape()) && broadcast(x.shape(), y.shape()).elements() <= 30)
                return y;
        }
        return x;
    }
    static tensor matrix(const tensor& x) { return x.shape().rank() == 2 ? x : reshape(x, {-1, 1}); }

    tensor next() {
        const tensor x = any();
        const int rank = x.shape().rank();
        const auto axis = [&] { return c_.pick(-rank, rank - 1); };
        switch (c_.pick(0, 18)) {
            case 0: return x + partner(x);
            case 1: return x - partner(x);
            case 2: return ambit::tanh(x * partner(x));
            case 3: return x / (1.5 + square(ambit::tanh(partner(x))));
            case 4: return ambit::exp(-square(x));
            case 5: return ambit::log(1.25 + square(x));
            case 6: return ambit::sqrt(square(x) + 0.5);
            case 7: return sigmoid(x);
            case 8: return -x;
            case 9: {
                const tensor m = matrix(x);
                return m.shape()[1] < 5 ? ambit::tanh(matmul(m, m, {.transpose_a = true})) : sigmoid(m);
            }
            case 10: return rank > 0 ? softmax(x, {.axis = axis()}) : ambit::tanh(x);
            case 11:
                return rank > 0 ? reduce_mean(x, {.axes = axis(), .keep_dims = c_.coin()})
                                : square(sigmoid(x));
            case 12: return ambit::tanh(reduce_sum(x, {.keep_dims = c_.coin()}));
            case 13: return transpose(x);
            case 14: return reshape(x, {-1});
            case 15:
                return rank > 0 ? bias_add(x, broadcast_to(reduce_mean(x), {x.shape()[-1]})) : identity(x);
            case 16: return identity(x) * 0.75;
            case 17:
                return x.shape().rank() < 3 && x.shape().elements() <= 10
                           ? broadcast_to(x, doubled(x.shape()))
                           : -x;
            default: return 2 - x;
        }
    }
    static shape doubled(const shape& extents) {
        shape wide{2};
        for (int axis = 0; axis < extents.rank(); ++axis) wide.append(extents[axis]);
        return wide;
    }

    gradient_check& c_;
    std::vector<variable> variables_;
    std::vector<tensor> pool_;
};

}  // namespace gradient_uses

using gradient_uses::smooth_chain;

}  // namespace ambit_test
