// SPDX-License-Identifier: BSL-1.0
// Random graphs, made at run time through the same builder and ops that modules use: elementwise ops with
// broadcasting, numbers, reshapes, transposes, products, convolutions, reductions and casts, of float64 and
// int32.
//
//     random_graph g(seed);
//     g.view();                                       // as the planner sees it
#pragma once

#include <ambit/ops/all.hpp>
#include <ambit/plan/grouping.hpp>

#include <memory>
#include <random>
#include <string>
#include <vector>

namespace ambit_test {

class random_graph {
public:
    explicit random_graph(unsigned seed)
        : engine_(seed),
          builder_(std::make_unique<ambit::graph_builder>(ambit::on_mistake::raise)),
          root_(*builder_) {
        const int inputs = pick(1, 4);
        for (int i = 0; i < inputs; ++i) {
            pool_.push_back(
                builder_->input({any_shape_of_few(), pick(0, 3) == 0 ? ambit::int32 : ambit::float64}));
            input_nodes_.push_back(pool_.back().id());
        }
        const int nodes = pick(1, 40);
        for (int i = 0; i < nodes; ++i) grow();
        const int outputs = pick(1, 6);
        for (int i = 0; i < outputs; ++i)
            output_nodes_.push_back(pick(0, 2) == 0 ? any().id() : recent().id());
        for (const ambit::node& n : builder_->value().nodes)
            nodes_.push_back({n.op, n.result, n.first_operand, n.operand_count, n.first_word, n.word_count});
    }

    ambit::graph_view view() const {
        const ambit::graph& g = builder_->value();
        return {nodes_.data(),
                g.operands.begin(),
                g.words.begin(),
                output_nodes_.data(),
                static_cast<int>(nodes_.size()),
                static_cast<int>(output_nodes_.size()),
                static_cast<int>(input_nodes_.size())};
    }
    int input_node(int position) const { return input_nodes_[static_cast<std::size_t>(position)]; }
    int variable_count() const { return static_cast<int>(variables_.size()); }
    ambit::tensor_spec variable_spec(int v) const { return variables_[static_cast<std::size_t>(v)].spec(); }

private:
    int pick(int low, int high) { return std::uniform_int_distribution<int>(low, high)(engine_); }
    const ambit::tensor& any() {
        return pool_[static_cast<std::size_t>(pick(0, static_cast<int>(pool_.size()) - 1))];
    }
    // One of the latest, so that long chains come about.
    const ambit::tensor& recent() {
        return pool_[pool_.size() - 1 -
                     static_cast<std::size_t>(pick(0, std::min(3, static_cast<int>(pool_.size()) - 1)))];
    }

    ambit::shape any_shape_of_few() {
        switch (pick(0, 6)) {
            case 0: return {};
            case 1: return {pick(1, 40)};
            case 2: return {pick(1, 6), pick(1, 6)};
            case 3: return {3, 4};
            case 4: return {2, 3, 4};
            case 5: return {1, 4, 4, 3};
            default: return {pick(1, 3), pick(1, 3), pick(1, 3)};
        }
    }

    ambit::tensor variable_of(const ambit::shape& extents, ambit::dtype type) {
        // Read an old one again if there is one of this spec.
        for (const ambit::variable& v : variables_)
            if (v.spec() == ambit::tensor_spec{extents, type} && pick(0, 1) == 0) return v;
        variables_.push_back(root_.get_variable("v" + std::to_string(variables_.size()), extents,
                                                {.initializer = ambit::zeros(), .dtype = type}));
        return variables_.back();
    }

    // A second operand for x: of its shape, or one that is broadcast to it or with it.
    ambit::tensor partner(const ambit::tensor& x) {
        for (int attempt = 0; attempt < 6; ++attempt) {
            const ambit::tensor& y = any();
            if (y.dtype() == x.dtype() && are_broadcastable(x.shape(), y.shape()) &&
                broadcast(x.shape(), y.shape()).elements() <= 200)
                return y;
        }
        ambit::shape extents = x.shape();
        for (int axis = 0; axis < extents.rank(); ++axis)
            if (pick(0, 2) == 0) extents.set(axis, 1);
        return variable_of(extents, x.dtype());
    }

    ambit::tensor elementwise(const ambit::tensor& x) {
        switch (pick(0, 12)) {
            case 0: return relu(x);
            case 1: return -x;
            case 2: return ambit::abs(x);
            case 3: return square(x);
            case 4: return clip(x, -3, 5);
            case 5: return x + pick(-5, 5);
            case 6: return pick(1, 3) * x;
            case 7: return x - partner(x);
            case 8: return partner(x) * x;
            case 9: return maximum(x, partner(x));
            case 10: return minimum(partner(x), x);
            case 11:
                return x.shape().rank() > 0 ? bias_add(x, variable_of({x.shape()[-1]}, x.dtype())) : x + x;
            default: return partner(x) + x;
        }
    }

    ambit::tensor other_shape(const ambit::tensor& x) {
        const int rank = x.shape().rank();
        switch (pick(0, 3)) {
            case 0: return reshape(x, {-1});
            case 1: return x.shape().elements() % 2 == 0 ? reshape(x, {2, -1}) : reshape(x, {1, -1, 1});
            case 2: return rank < 6 ? reshape(x, with_one(x.shape())) : reshape(x, {-1});
            default: return transpose(x);
        }
    }
    static ambit::shape with_one(const ambit::shape& s) {
        ambit::shape longer{1};
        for (int axis = 0; axis < s.rank(); ++axis) longer.append(s[axis]);
        return longer;
    }

    ambit::tensor contraction(const ambit::tensor& x) {
        if (x.shape().rank() == 4 && x.dtype() == ambit::float64)
            return conv2d(x, variable_of({2, 2, x.shape()[3], pick(1, 3)}, x.dtype()),
                          {.padding = ambit::same});
        const ambit::tensor a =
            x.shape().rank() == 2 ? x : reshape(x, {pick(0, 1) == 0 ? 1 : x.shape().elements(), -1});
        const int columns = pick(1, 5);
        switch (pick(0, 2)) {
            case 0: return matmul(a, variable_of({a.shape()[1], columns}, a.dtype()));
            case 1: return matmul(a, variable_of({columns, a.shape()[1]}, a.dtype()), {.transpose_b = true});
            default: return matmul(a, variable_of({a.shape()[0], columns}, a.dtype()), {.transpose_a = true});
        }
    }

    ambit::tensor reduction(const ambit::tensor& x) {
        const int rank = x.shape().rank();
        if (rank == 0) return reduce_sum(x);
        const int axis = pick(0, rank - 1);
        switch (pick(0, 3)) {
            case 0: return reduce_sum(x, {.axes = axis, .keep_dims = pick(0, 1) == 0});
            case 1: return reduce_max(x, {.axes = axis});
            case 2: return argmax(x, axis);
            default: return reduce_sum(x);
        }
    }

    void grow() {
        const ambit::tensor x = pick(0, 4) == 0 ? any() : recent();
        const int kind = pick(0, 19);
        if (kind < 12) pool_.push_back(elementwise(x));
        else if (kind < 15) pool_.push_back(other_shape(x));
        else if (kind < 18) pool_.push_back(contraction(x));
        else if (kind < 19) pool_.push_back(reduction(x));
        else pool_.push_back(cast(x, x.dtype() == ambit::int32 ? ambit::float64 : ambit::int32));
    }

    std::mt19937 engine_;
    std::unique_ptr<ambit::graph_builder> builder_;
    ambit::scope root_;
    std::vector<ambit::tensor> pool_;
    std::vector<ambit::variable> variables_;
    std::vector<int> input_nodes_;
    std::vector<int> output_nodes_;
    std::vector<ambit::frozen_node> nodes_;
};

}  // namespace ambit_test
