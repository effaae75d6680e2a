// SPDX-License-Identifier: BSL-1.0
// Random graphs, made at run time through the same builder and ops that modules use: elementwise ops with
// broadcasting, numbers, comparisons, reshapes, transposes, products, convolutions, reductions and casts, of
// float64, int32 and bool. Two of three also change variables: they are read again and again and assigned to, values depend on
// operations, and operations are among the outputs. Every third has nearly all values of one shape, so that
// all fits all; of one element in half of them, since what is computed of such values moves. One of five trains:
// it steps down the gradients of a loss, with and without momentum. One of four has loops: they carry up to three
// values, go over slices in both directions, lie in each other, and hand out whatever they make or use.
//
//     random_graph g(seed);
//     g.view();                                       // as the planner sees it
#pragma once

#include <ambit/autodiff/gradients.hpp>
#include <ambit/ops/all.hpp>
#include <ambit/plan/grouping.hpp>

#include "built_graph.hpp"

#include <algorithm>
#include <random>
#include <string>
#include <vector>

namespace ambit_test {

class random_graph {
public:
    explicit random_graph(unsigned seed)
        : engine_(seed),
          changes_variables_(seed % 3 != 0),
          has_loops_(seed % 4 == 1),
          is_uniform_(seed % 3 == 2),
          uniform_(seed % 2 == 0 ? ambit::shape{3, 3} : ambit::shape{1, 1}),
          builder_(ambit::mistake_parts::on_mistake::raise),
          root_(builder_) {
        const int inputs = pick(1, 4);
        for (int i = 0; i < inputs; ++i) {
            const ambit::dtype number = pick(0, 3) == 0 && !is_uniform_ ? ambit::int32 : ambit::float64;
            const ambit::dtype type = i > 0 && pick(0, 5) == 0 ? ambit::boolean : number;
            pool_.push_back(builder_.input({any_shape_of_few(), type}));
            input_nodes_.push_back(pool_.back().id());
        }
        const int nodes = pick(1, 40);
        for (int i = 0; i < nodes; ++i) grow();
        if (seed % 5 == 4) {
            train();
            for (int i = pick(0, 6); i > 0; --i) grow();
        }
        const int outputs = pick(1, 6);
        std::vector<int> output_nodes;
        for (int i = 0; i < outputs; ++i) {
            const int kind = pick(0, 5);
            if (kind < 2 && !operations_.empty()) output_nodes.push_back(any_operation().id());
            else output_nodes.push_back(kind % 3 == 0 ? any().id() : recent().id());
        }
        built_ = built_graph(builder_, output_nodes);
    }

    ambit::plan_parts::graph_view view() const { return built_.view(); }
    int input_node(int position) const { return input_nodes_[static_cast<std::size_t>(position)]; }
    bool is_trained() const { return is_trained_; }
    bool has_loops() const { return has_loops_; }
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
        if (is_uniform_) return uniform_;
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
            if (v.spec() == ambit::tensor_spec{extents, type} && pick(0, is_uniform_ ? 3 : 1) > 0) return v;
        variables_.push_back(root_.get_variable("v" + std::to_string(variables_.size()), extents,
                                                {.initializer = ambit::zeros(), .dtype = type}));
        return variables_.back();
    }

    // A second operand for x: of its shape, or one that is broadcast to it or with it.
    ambit::tensor partner(const ambit::tensor& x) {
        for (int attempt = 0; attempt < 6; ++attempt) {
            const ambit::tensor& y = any();
            if (y.dtype() == x.dtype() && ambit::core_parts::are_broadcastable(x.shape(), y.shape()) &&
                ambit::core_parts::broadcast(x.shape(), y.shape()).elements() <= 200)
                return y;
        }
        ambit::shape extents = x.shape();
        for (int axis = 0; axis < extents.rank(); ++axis)
            if (pick(0, is_uniform_ ? 9 : 2) == 0) extents.set(axis, 1);
        return variable_of(extents, x.dtype());
    }

    // A value of numbers, or the latest one if there is none of few.
    ambit::tensor any_number() {
        for (int attempt = 0; attempt < 8; ++attempt)
            if (const ambit::tensor& x = attempt < 4 ? recent() : any(); x.dtype() != ambit::boolean) return x;
        return cast(recent(), ambit::float64);
    }

    ambit::tensor comparison(const ambit::tensor& x) {
        switch (pick(0, 6)) {
            case 0: return x > pick(-3, 3);
            case 1: return x < partner(x);
            case 2: return partner(x) >= x;
            case 3: return 2 <= x;
            case 4: return equal(x, partner(x));
            case 5: return not_equal(x, 0);
            default: return greater(partner(x), x);
        }
    }

    ambit::tensor elementwise(const ambit::tensor& x) {
        if (x.dtype() == ambit::boolean) {
            const ambit::tensor y = any_number();
            switch (pick(0, 9)) {
                case 0: return x & partner(x);
                case 1: return partner(x) | x;
                case 2: return x ^ partner(x);
                case 3: return ~x;
                case 4: return equal(x, partner(x));
                case 5: return where(x, partner(x), x);
                default: break;
            }
            if (!ambit::core_parts::are_broadcastable(x.shape(), y.shape()) ||
                ambit::core_parts::broadcast(x.shape(), y.shape()).elements() > 200)
                return where(x, pick(-3, 3), 5);
            const ambit::shape both = ambit::core_parts::broadcast(x.shape(), y.shape());
            switch (pick(0, 2)) {
                case 0: return where(x, y, pick(-3, 3));
                case 1: return where(x, 7, y);
                default: return where(x, y, variable_of(both, y.dtype()));
            }
        }
        switch (pick(0, 15)) {
            case 13:
            case 14:
            case 15: return comparison(x);
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
        if (rank > 0 && pick(0, 3) == 0 && !is_uniform_) return part_of(x, pick(0, rank - 1));
        if (rank > 0 && pick(0, 3) == 0 && x.dtype() != ambit::boolean) return partner(x) + part_of(x, 0, 1);
        if (is_uniform_ && pick(0, 3) > 0) return transpose(x);
        switch (pick(0, 3)) {
            case 0: return reshape(x, {-1});
            case 1: return x.shape().elements() % 2 == 0 ? reshape(x, {2, -1}) : reshape(x, {1, -1, 1});
            case 2: return rank < 6 ? reshape(x, with_one(x.shape())) : reshape(x, {-1});
            default: return transpose(x);
        }
    }
    // Of an axis so many places, or any number of them.
    ambit::tensor part_of(const ambit::tensor& x, int axis, std::int64_t size = 0) {
        ambit::shape begin, sizes;
        for (int i = 0; i < x.shape().rank(); ++i) {
            const std::int64_t first = i == axis ? pick(0, static_cast<int>(x.shape()[i]) - 1) : 0;
            begin.append(first);
            sizes.append(i != axis ? x.shape()[i] : size > 0 ? size : pick(1, static_cast<int>(x.shape()[i] - first)));
        }
        return slice(x, begin, sizes);
    }
    static ambit::shape with_one(const ambit::shape& s) {
        ambit::shape longer{1};
        for (int axis = 0; axis < s.rank(); ++axis) longer.append(s[axis]);
        return longer;
    }

    ambit::tensor contraction(const ambit::tensor& value) {
        const ambit::tensor x = value.dtype() == ambit::boolean ? cast(value, ambit::float64) : value;
        if (x.shape().rank() == 4 && x.dtype() == ambit::float64)
            return conv2d(x, variable_of({2, 2, x.shape()[3], pick(1, 3)}, x.dtype()),
                          {.padding = ambit::same});
        if (x.shape().rank() == 3) return batch_contraction(x);
        const ambit::tensor a =
            x.shape().rank() == 2 ? x : reshape(x, {pick(0, 1) == 0 ? 1 : x.shape().elements(), -1});
        const int columns = is_uniform_ ? static_cast<int>(uniform_[0]) : pick(1, 5);
        switch (pick(0, 2)) {
            case 0: return matmul(a, variable_of({a.shape()[1], columns}, a.dtype()));
            case 1: return matmul(a, variable_of({columns, a.shape()[1]}, a.dtype()), {.transpose_b = true});
            default: return matmul(a, variable_of({a.shape()[0], columns}, a.dtype()), {.transpose_a = true});
        }
    }

    // A batch of matrices with another, with one on its right, with one on its left.
    ambit::tensor batch_contraction(const ambit::tensor& x) {
        const ambit::shape from = x.shape();
        const int columns = pick(1, 5);
        switch (pick(0, 2)) {
            case 0: return matmul(x, variable_of({from[0], columns, from[2]}, x.dtype()), {.transpose_b = true});
            case 1: return matmul(x, variable_of({from[2], columns}, x.dtype()));
            default: return matmul(variable_of({columns, from[1]}, x.dtype()), x);
        }
    }

    ambit::tensor reduction(const ambit::tensor& value) {
        const ambit::tensor x = value.dtype() == ambit::boolean ? cast(value, ambit::int32) : value;
        const int rank = x.shape().rank();
        if (rank == 0) return reduce_sum(x);
        const int axis = pick(0, rank - 1);
        switch (pick(0, 5)) {
            case 0: return reduce_sum(x, {.axes = axis, .keep_dims = pick(0, 1) == 0});
            case 1: return reduce_max(x, {.axes = axis});
            case 2: return argmax(x, axis);
            case 3: return reduce_min(x, {.axes = axis});
            case 4: return cumsum(x, axis, {.exclusive = pick(0, 1) == 0});
            default: return reduce_sum(x);
        }
    }

    const ambit::operation& any_operation() {
        return operations_[static_cast<std::size_t>(pick(0, static_cast<int>(operations_.size()) - 1))];
    }

    // A variable to change: an old one, or one that some value fits.
    ambit::variable any_variable() {
        if (!variables_.empty() && pick(0, is_uniform_ ? 5 : 2) > 0)
            return variables_[static_cast<std::size_t>(pick(0, static_cast<int>(variables_.size()) - 1))];
        const ambit::tensor_spec wanted = pick(0, 1) == 0 ? any().spec() : recent().spec();
        variables_.push_back(root_.get_variable("v" + std::to_string(variables_.size()), wanted.extents,
                                                {.initializer = ambit::zeros(), .dtype = wanted.type}));
        return variables_.back();
    }

    // An operand for x that leaves its shape as it is.
    ambit::tensor narrow_partner(const ambit::tensor& x) {
        for (int attempt = 0; attempt < 6; ++attempt) {
            const ambit::tensor& y = attempt % 2 == 0 ? recent() : any();
            if (y.dtype() == x.dtype() && ambit::core_parts::are_broadcastable(x.shape(), y.shape()) &&
                ambit::core_parts::broadcast(x.shape(), y.shape()) == x.shape())
                return y;
        }
        return pick(0, 1) == 0 ? variable_of({}, x.dtype()) : variable_of(x.shape(), x.dtype());
    }

    // Element by element from x, of its shape.
    ambit::tensor chain(ambit::tensor x) {
        for (int left = pick(1, 4); left > 0; --left) {
            if (x.dtype() == ambit::boolean) {
                x = pick(0, 1) == 0 ? ~x : x ^ narrow_partner(x);
                if (pick(0, 3) == 0) pool_.push_back(x);
                continue;
            }
            switch (pick(0, 6)) {
                case 0: x = relu(x); break;
                case 1: x = x + pick(1, 5); break;
                case 2: x = clip(x, -3, 5); break;
                case 3: x = narrow_partner(x) - x; break;
                case 4: x = maximum(x, narrow_partner(x)); break;
                default: x = x + narrow_partner(x); break;
            }
            if (pick(0, 3) == 0) pool_.push_back(x);
        }
        return x;
    }

    // What only stands for the memory of a variable, or of something else.
    ambit::tensor another_name(const ambit::variable& v) {
        std::vector<ambit::tensor> same_size;
        for (const ambit::tensor& t : pool_)
            if (t.dtype() == v.dtype() && t.shape().elements() == v.shape().elements()) same_size.push_back(t);
        for (const ambit::variable& w : variables_)
            if (w.dtype() == v.dtype() && w.shape().elements() == v.shape().elements()) same_size.push_back(w);
        const ambit::tensor x =
            same_size[static_cast<std::size_t>(pick(0, static_cast<int>(same_size.size()) - 1))];
        if (x.shape() != v.shape()) return reshape(x, v.shape());
        return pick(0, 1) == 0 ? x : identity(x);
    }

    ambit::operation assignment_to(const ambit::variable& v) {
        switch (v.dtype() == ambit::boolean ? pick(3, 8) : pick(0, 8)) {
            case 0: return assign_add(v, pick(1, 3));
            case 1: return assign_sub(v, narrow_partner(v));
            case 2:
                if (v.shape().rank() == 0) return assign(v, pick(-3, 3));
                return assign(v, broadcast_to(builder_.constant(pick(-3, 3), v.dtype()), v.shape()));
            case 3:
            case 4: {
                const ambit::tensor changed = chain(v);
                if (pick(0, 2) == 0) pool_.push_back(changed);
                return assign(v, changed);
            }
            case 5: return assign(v, chain(another_name(v)));
            default: {
                const ambit::tensor value = another_name(v);
                return assign(v, value);
            }
        }
    }

    void change() {
        const int kind = pick(0, 9);
        if (kind < 3 && !variables_.empty())
            pool_.push_back(variables_[static_cast<std::size_t>(pick(0, static_cast<int>(variables_.size()) - 1))]);
        else if (kind == 3 && !operations_.empty())
            pool_.push_back(with_dependencies({any_operation(), any_operation()}, recent()));
        else if (kind == 4 && !operations_.empty())
            operations_.push_back(ambit::group({any_operation(), any_operation(), operations_.back()}));
        else {
            const ambit::variable v = any_variable();
            operations_.push_back(assignment_to(v));
            if (pick(0, 1) == 0) pool_.push_back(v);
        }
    }

    // The variables that a value is made of, if there is a gradient by them.
    std::vector<ambit::variable> variables_behind(const ambit::tensor& y) const {
        const ambit::graph_parts::graph& g = builder_.value();
        std::vector<bool> reached(static_cast<std::size_t>(y.id()) + 1, false);
        reached.back() = true;
        std::vector<ambit::variable> found;
        for (int n = y.id(); n >= 0; --n) {
            if (!reached[static_cast<std::size_t>(n)]) continue;
            const ambit::graph_parts::node& it = g.nodes[n];
            for (const ambit::variable& v : variables_)
                if (it.op->role == ambit::op_role::read && g.words[it.first_word] == v.id() &&
                    std::find(found.begin(), found.end(), v) == found.end())
                    found.push_back(v);
            if (it.op->id == ambit::graph_parts::op_id("where_greater") ||
                ambit::graph_parts::is_operation(it.op->role))
                continue;
            for (int i = 0; i < it.operand_count; ++i)
                if (const int m = g.operand(n, i); g.nodes[m].result.type == ambit::float64)
                    reached[static_cast<std::size_t>(m)] = true;
        }
        return found;
    }

    void train() {
        ambit::tensor y = recent();
        for (int attempt = 0; attempt < 4 && y.dtype() != ambit::float64; ++attempt) y = any();
        if (y.dtype() != ambit::float64) return;
        const std::vector<ambit::variable> wanted = variables_behind(y);
        if (wanted.empty()) return;
        const ambit::tensor loss = reduce_sum(y * variable_of({}, ambit::float64));
        pool_.push_back(loss);
        ambit::core_parts::buffer<ambit::tensor> by;
        try {
            by = gradients(loss, wanted);
        } catch (const ambit::model_error& mistake) {
            // Some way to a variable leads through a loop whose length is not known.
            if (mistake.kind() != ambit::mistake::not_differentiable) throw;
            return;
        }
        for (std::size_t v = 0; v < wanted.size(); ++v) {
            ambit::tensor step = by[static_cast<int>(v)];
            if (pick(0, 2) == 0) pool_.push_back(step);
            if (pick(0, 1) == 0) {
                variables_.push_back(root_.get_variable("v" + std::to_string(variables_.size()), wanted[v].shape(),
                                                        {.initializer = ambit::zeros(), .dtype = ambit::float64}));
                const ambit::variable momentum = variables_.back();
                step = pick(0, 1) == 0 ? momentum * 0.9 + step : moving_average(momentum, step, 0.75);
                operations_.push_back(assign(momentum, step));
            }
            operations_.push_back(assign_sub(wanted[v], 0.125 * step));
            if (pick(0, 2) == 0) pool_.push_back(wanted[v]);
        }
        operations_.push_back(ambit::group({operations_.front(), operations_.back()}));
        is_trained_ = true;
        for (int i = pick(0, 2); i > 0; --i)
            operations_.push_back(ambit::group({operations_.back(), any_operation(), any_operation()}));
    }

    // Something of the spec of x that is no other state.
    ambit::tensor successor_of(const ambit::tensor& x) {
        for (int attempt = 0; attempt < 6; ++attempt) {
            const ambit::tensor& y = attempt < 4 ? recent() : any();
            if (y.spec() == x.spec()) return pick(0, 3) == 0 ? identity(y) : y;
        }
        if (x.dtype() == ambit::boolean) return logical_not(x);
        const ambit::tensor y = narrow_partner(x);
        return pick(0, 3) == 0 && y.spec() == x.spec() ? y : maximum(x, y) - y;
    }

    void loop() {
        const std::size_t outside = pool_.size();
        const int depth = depth_;
        ambit::tensor first = any();
        for (int attempt = 0; attempt < 6 && (first.shape().rank() == 0 || first.shape()[0] > 8); ++attempt) first = any();
        const bool has_elements = first.shape().rank() > 0 && first.shape()[0] <= 8;
        const std::int64_t trips = has_elements ? first.shape()[0] : pick(1, 4);
        std::vector<ambit::tensor> elements;
        if (has_elements) elements.push_back(first);
        for (int i = pick(0, 2); i > 0; --i)
            if (const ambit::tensor& x = any(); x.shape().rank() > 0 && x.shape()[0] == trips) elements.push_back(x);
        std::vector<ambit::tensor> initial;
        for (int i = pick(1, 3); i > 0; --i) initial.push_back(pick(0, 3) == 0 ? any() : recent());

        ambit::graph_parts::loop_builder body(builder_, trips);
        ++depth_;
        std::vector<ambit::tensor> states;
        for (const ambit::tensor& x : initial) states.push_back(body.carried(x));
        for (const ambit::tensor& x : elements) pool_.push_back(body.slice(x, pick(0, 1) == 0));
        if (pick(0, 3) == 0) pool_.push_back(body.iteration(pick(0, 1) == 0));
        pool_.insert(pool_.end(), states.begin(), states.end());
        for (int i = pick(0, 8); i > 0; --i) grow();
        const bool has_test = pick(0, 4) == 0;
        if (has_test) {
            ambit::tensor x = pick(0, 3) == 0 ? any_number() : cast(states[0], ambit::float64);
            body.test(less(reduce_sum(cast(x, ambit::float64)), pick(-2, 20)));
            for (int i = pick(0, 4); i > 0; --i) grow();
        }
        for (const ambit::tensor& state : states) {
            if (pick(0, 9) == 0) continue;
            ambit::op_parts::set_states<1>(body, {state}, {successor_of(state)}, {});
        }
        if (!has_test && pick(0, 2) == 0)
            states.push_back(
                body.kept(ambit::op_parts::apart_from_states(pick(0, 2) == 0 ? any() : recent())));
        std::vector<ambit::tensor> kept;
        for (int i = has_test ? 0 : pick(0, 4); i > 0; --i) {  // a test may leave a stack with gaps
            const ambit::tensor& x = pick(0, 2) == 0 ? any() : recent();
            if (x.shape().rank() < 4 && x.shape().elements() <= 200) kept.push_back(x);
        }
        const int end = body.close();
        depth_ = depth;
        pool_.resize(outside);
        for (const ambit::tensor& x : kept)
            pool_.push_back(ambit::graph_parts::loop_builder::stacked(builder_, end, x, pick(0, 1) == 0, {}));
        for (const ambit::tensor& x : states)
            if (pick(0, 2) > 0 || kept.empty())
                pool_.push_back(ambit::graph_parts::loop_builder::final_of(builder_, end, x));
    }

    void grow() {
        if (has_loops_ && depth_ < 3 && pick(0, 9) == 0) return loop();
        if (changes_variables_ && depth_ == 0 && pick(0, 3) == 0) return change();
        const ambit::tensor x = pick(0, 4) == 0 ? any() : recent();
        const int kind = pick(0, 19);
        if (kind < 12) pool_.push_back(elementwise(x));
        else if (kind < 15) pool_.push_back(other_shape(x));
        else if (kind < 18) pool_.push_back(contraction(x));
        else if (kind < 19) pool_.push_back(is_uniform_ ? contraction(x) : reduction(x));
        else if (is_uniform_) pool_.push_back(reduction(x));
        else if (pick(0, 3) == 0) pool_.push_back(cast(x, ambit::boolean));
        else pool_.push_back(cast(x, x.dtype() == ambit::int32 ? ambit::float64 : ambit::int32));
    }

    std::mt19937 engine_;
    bool changes_variables_;
    bool has_loops_;
    bool is_uniform_;
    bool is_trained_ = false;
    int depth_ = 0;
    ambit::shape uniform_;
    ambit::graph_builder builder_;
    ambit::scope root_;
    std::vector<ambit::tensor> pool_;
    std::vector<ambit::variable> variables_;
    std::vector<ambit::operation> operations_;
    std::vector<int> input_nodes_;
    built_graph built_;
};

}  // namespace ambit_test
