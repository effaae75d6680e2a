// SPDX-License-Identifier: BSL-1.0
// A random chain of smooth ops over a few variables, for checks of gradients. Values stay small: products go through
// bounded functions. With loops, some are scans over chains of their own, one in another, in both directions, which
// store or recompute, and some are one of two chains.
//
//     smooth_chain ops(check, 10);
//     smooth_chain scans(check, 10, true);
//     check.holds(ops.loss());
#pragma once

#include "gradient_check.hpp"

#include <ambit/ops/all.hpp>

#include <algorithm>
#include <array>
#include <vector>

namespace ambit_test {

namespace gradient_uses {

using namespace ambit;
using namespace ambit::graph_parts;

class smooth_chain {
public:
    smooth_chain(gradient_check& c, int length, bool has_loops = false) : c_(c), has_loops_(has_loops) {
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

    int scans() const { return scans_; }

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

    // A value of the spec of `state`, from what there is.
    tensor successor_of(const tensor& state) {
        for (int attempt = 0; attempt < 4; ++attempt) {
            const tensor y = any();
            if (y.spec() == state.spec()) return c_.coin() ? y : ambit::tanh(y + state);
        }
        return ambit::tanh(state - reduce_mean(any()));
    }

    tensor chosen() {
        const tensor state = any();
        const tensor predicate = greater(c_.data({}), 0);
        const auto body = [&](scope&) {
            const std::size_t outside = pool_.size();
            for (int i = c_.pick(1, 3); i > 0; --i) pool_.push_back(next());
            const tensor value = successor_of(state);
            pool_.resize(outside);
            return value;
        };
        ++depth_;
        const tensor value = cond(c_.root(), predicate, body, body);
        --depth_;
        return value;
    }

    tensor scanned() {
        const std::size_t outside = pool_.size();
        tensor xs = any();
        for (int attempt = 0; attempt < 4 && (xs.shape().rank() == 0 || xs.shape()[0] > 4); ++attempt) xs = any();
        const std::array<tensor, 2> initial{any(), any()};
        const auto memory = c_.coin() ? loop_memory::store : loop_memory::recompute;
        const scan_options options{.reverse = c_.coin(), .memory = memory};
        ++depth_;
        const auto body = [&](scope&, const std::array<tensor, 2>& h, const tensor& x) {
            pool_.push_back(is_floating(x.dtype()) ? x : cast(x, float64) * 0.25);
            pool_.push_back(h[0]);
            pool_.push_back(h[1]);
            for (int i = c_.pick(1, 4); i > 0; --i) pool_.push_back(next());
            const tensor first = c_.pick(0, 3) == 0 ? h[0] : successor_of(h[0]), second = successor_of(h[1]);
            const scan_step step{std::array{first, second}, any()};
            pool_.resize(outside);
            return step;
        };
        const bool has_elements = xs.shape().rank() > 0 && xs.shape()[0] <= 4;
        const auto result = has_elements ? scan(c_.root(), body, xs, initial, options)
                                         : scan(c_.root(), body, c_.pick(1, 4), initial, options);
        --depth_;
        ++scans_;
        pool_.push_back(result.state[0]);
        if (c_.coin()) pool_.push_back(result.state[1]);
        const bool is_small = result.outputs.shape().rank() < 4 && result.outputs.shape().elements() <= 30;
        return is_small ? result.outputs : ambit::tanh(reduce_sum(result.outputs));
    }

    tensor next() {
        if (has_loops_ && depth_ < 2 && c_.pick(0, 4) == 0) return c_.pick(0, 3) == 0 ? chosen() : scanned();
        const tensor x = any();
        const int rank = x.shape().rank();
        const auto axis = [&] { return c_.pick(-rank, rank - 1); };
        switch (c_.pick(0, 23)) {
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
            case 18: return rank > 0 ? ambit::tanh(reverse(x, {axis()}) * x) : -x;
            case 19: return rank > 0 ? in_another_order(x, axis()) : sigmoid(x);
            case 20: return rank > 0 && rank < 4 && x.shape().elements() <= 10 ? stack({x, -x}, axis()) : x * 1.5;
            case 21: {
                const shape extents = x.shape();
                if (rank == 0 || extents.elements() > 10) return sigmoid(x);
                return gather(x, range(c_.root(), extents[0] + 1), {.axis = 0});  // the last row is zeros
            }
            case 22: {
                shape repeats;
                for (int i = 0; i < rank; ++i) repeats.append(i == 0 && x.shape().elements() <= 10 ? 2 : 1);
                return tile(x, repeats) * 0.5;
            }
            default: return 2 - x;
        }
    }

    // The parts of an axis, some of which change places.
    tensor in_another_order(const tensor& x, int axis) {
        buffer<tensor> parts = split(x, x.shape()[axis], axis);
        for (int i = parts.size() - 1; i > 0; --i) std::swap(parts[i], parts[c_.pick(0, i)]);
        const tensor joined = concat(parts, axis);
        return c_.coin() ? joined : ambit::tanh(joined + parts[0]);
    }
    static shape doubled(const shape& extents) {
        shape wide{2};
        for (int axis = 0; axis < extents.rank(); ++axis) wide.append(extents[axis]);
        return wide;
    }

    gradient_check& c_;
    bool has_loops_;
    int depth_ = 0, scans_ = 0;
    std::vector<variable> variables_;
    std::vector<tensor> pool_;
};

}  // namespace gradient_uses

using gradient_uses::smooth_chain;

}  // namespace ambit_test
