// SPDX-License-Identifier: BSL-1.0
// Random graphs with a batch, made at run time through the builder that modules use. The same seed makes the same
// program at every batch, as one module does: whatever is chosen depends on the kinds of values, never on an extent.
// Elementwise ops with broadcasting along and across the batch, products with and over it, reductions, running sums,
// reshapes that fold it, numbers computed of it, a loop over slices, assignments, and steps down gradients.
//
//     batch_graph g(seed, 32);
//     g.view();  g.builder();                         // as the planner sees it
#pragma once

#include <ambit/autodiff/gradients.hpp>
#include <ambit/ops/all.hpp>

#include "built_graph.hpp"

#include <array>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace ambit_test {

class batch_graph {
public:
    batch_graph(unsigned seed, std::int64_t batch)
        : engine_(seed),
          batch_(batch),
          width_(pick(1, 5)),
          builder_(ambit::mistake_parts::on_mistake::raise),
          root_(builder_) {
        const int inputs = pick(1, 3);
        for (int i = 0; i < inputs; ++i) {
            const kind of = i == 0 ? kind::whole : std::array{kind::column, kind::line, kind::cube}[at_random(3)];
            add(of, builder_.input({shape_of(of), ambit::float64}));
        }
        for (int i = pick(1, 30); i > 0; --i) grow();
        if (seed % 3 == 1) {
            train();
            for (int i = pick(0, 6); i > 0; --i) grow();
        }
        std::vector<int> outputs;
        for (int i = pick(1, 5); i > 0; --i) {
            if (!operations_.empty() && pick(0, 2) == 0)
                outputs.push_back(operations_[at_random(operations_.size())].id());
            else
                outputs.push_back(
                    pool_[pool_.size() - 1 - at_random(std::min<std::size_t>(4, pool_.size()))].value.id());
        }
        built_ = built_graph(builder_, outputs);
        outputs_ = outputs;
    }

    ambit::plan_parts::graph_view view() const { return built_.view(); }
    const ambit::graph_builder& builder() const { return builder_; }
    const std::vector<int>& outputs() const { return outputs_; }
    bool is_trained() const { return is_trained_; }

private:
    /// What extents a value has: the batch and the width, the batch twice over, and so on.
    enum class kind { whole, column, line, turned, cube, flat, row, square, number };
    struct known_value {
        kind of;
        ambit::tensor value;
    };

    int pick(int low, int high) { return std::uniform_int_distribution<int>(low, high)(engine_); }
    std::size_t at_random(std::size_t count) { return static_cast<std::size_t>(pick(0, static_cast<int>(count) - 1)); }

    ambit::shape shape_of(kind of) const {
        const std::int64_t n = batch_, w = width_;
        switch (of) {
            case kind::whole: return {n, w};
            case kind::column: return {n, 1};
            case kind::line: return {n};
            case kind::turned: return {w, n};
            case kind::cube: return {3, n, w};
            case kind::flat: return {n * w};
            case kind::row: return {w};
            case kind::square: return {w, w};
            case kind::number: break;
        }
        return {};
    }
    static bool is_of_batch(kind of) { return of != kind::row && of != kind::square && of != kind::number; }
    static bool goes_with(kind of, kind other) {
        if (of == other || other == kind::number) return true;
        switch (of) {
            case kind::whole: return other == kind::column || other == kind::row;
            case kind::turned: return other == kind::line;
            case kind::cube: return other == kind::whole || other == kind::column || other == kind::row;
            case kind::square: return other == kind::row;
            default: return false;
        }
    }

    void add(kind of, const ambit::tensor& value) { pool_.push_back({of, value}); }
    known_value recent() { return pool_[pool_.size() - 1 - at_random(std::min<std::size_t>(5, pool_.size()))]; }

    /// An old variable of this kind, read again, or a new one.
    ambit::variable variable_of(kind of) {
        for (const auto& [its, v] : variables_)
            if (its == of && pick(0, 2) > 0) return v;
        const std::string name = "v" + std::to_string(variables_.size());
        variables_.emplace_back(
            of, root_.get_variable(name, shape_of(of), {.initializer = ambit::zeros(), .dtype = ambit::float64}));
        return variables_.back().second;
    }
    static kind narrow(kind of) {
        return of == kind::whole || of == kind::cube || of == kind::square || of == kind::row ? kind::row
                                                                                              : kind::number;
    }
    ambit::tensor partner_of(kind of) {
        for (int attempt = 0; attempt < 6; ++attempt)
            if (const known_value y = pool_[at_random(pool_.size())]; goes_with(of, y.of)) return y.value;
        return variable_of(pick(0, 2) == 0 ? kind::number : narrow(of));
    }

    void grow() {
        const known_value x = recent();
        switch (pick(0, 9)) {
            case 0:
            case 1:
            case 2:
            case 3: return add(x.of, elementwise(x));
            case 4: return move(x);
            case 5: return reduce(x);
            case 6: return multiply(x);
            case 7: return change(x);
            case 8: return add(x.of, of_the_batch(x));
            default:
                if (x.of == kind::cube) return loop(x);
                return add(x.of, elementwise(x));
        }
    }

    ambit::tensor elementwise(const known_value& x) {
        switch (pick(0, 9)) {
            case 0: return relu(x.value);
            case 1: return -x.value;
            case 2: return square(x.value);
            case 3: return clip(x.value, -3, 5);
            case 4: return x.value + pick(-5, 5);
            case 5: return x.value - partner_of(x.of);
            case 6: return maximum(x.value, partner_of(x.of));
            case 7: return where(x.value > partner_of(x.of), x.value, pick(-3, 3));
            case 8: return partner_of(x.of) * x.value;
            default: return partner_of(x.of) + x.value;
        }
    }
    /// With a number that the module computes of the batch.
    ambit::tensor of_the_batch(const known_value& x) {
        const auto n = static_cast<double>(batch_);
        switch (pick(0, 3)) {
            case 0: return x.value * (1.0 / n);
            case 1: return x.value + n;
            case 2: return minimum(x.value, 2 * n + 1);
            default: return reduce_mean(x.value) + x.value;
        }
    }

    void move(const known_value& x) {
        switch (x.of) {
            case kind::whole:
                if (pick(0, 2) == 0) return add(kind::flat, reshape(x.value, {-1}));
                if (pick(0, 1) == 0) return add(kind::turned, transpose(x.value));
                return add(kind::whole, cumsum(x.value, pick(0, 1), {.exclusive = pick(0, 1) == 0}));
            case kind::turned: return add(kind::whole, transpose(x.value));
            case kind::flat: return add(kind::whole, reshape(x.value, {-1, width_}));
            case kind::line: return add(kind::column, reshape(x.value, {-1, 1}));
            case kind::column: return add(kind::line, reshape(x.value, {-1}));
            case kind::cube: return add(kind::whole, reduce_max(x.value, {.axes = 0}));
            case kind::square: return add(kind::square, transpose(x.value));
            default: return add(x.of, identity(x.value));
        }
    }

    void reduce(const known_value& x) {
        switch (x.of) {
            case kind::whole:
                switch (pick(0, 5)) {
                    case 0: return add(kind::row, reduce_sum(x.value, {.axes = 0}));
                    case 1: return add(kind::line, reduce_sum(x.value, {.axes = 1}));
                    case 2: return add(kind::column, reduce_max(x.value, {.axes = 1, .keep_dims = true}));
                    case 3: return add(kind::line, cast(argmax(x.value, 1), ambit::float64));
                    case 4: return add(kind::row, reduce_mean(x.value, {.axes = 0}));
                    default: return add(kind::row, reduce_min(x.value, {.axes = 0}));
                }
            case kind::turned: return add(kind::row, reduce_sum(x.value, {.axes = 1}));
            case kind::cube: return add(kind::whole, reduce_sum(x.value, {.axes = 0}));
            case kind::square: return add(kind::row, reduce_sum(x.value, {.axes = 0}));
            default: return add(kind::number, reduce_sum(x.value));
        }
    }

    void multiply(const known_value& x) {
        if (x.of == kind::whole) {
            if (pick(0, 2) == 0)
                return add(kind::square, matmul(x.value, partner_of_all(kind::whole, x.value), {.transpose_a = true}));
            return add(kind::whole, matmul(x.value, variable_of(kind::square), {.transpose_b = pick(0, 1) == 0}));
        }
        if (x.of == kind::turned) return add(kind::turned, matmul(variable_of(kind::square), x.value));
        if (x.of == kind::cube) return add(kind::cube, matmul(x.value, variable_of(kind::square)));
        if (x.of == kind::square) return add(kind::square, matmul(x.value, variable_of(kind::square)));
        add(x.of, elementwise(x));
    }
    ambit::tensor partner_of_all(kind of, const ambit::tensor& other) {
        for (int attempt = 0; attempt < 6; ++attempt)
            if (const known_value y = pool_[at_random(pool_.size())]; y.of == of) return y.value;
        return other;
    }

    void loop(const known_value& x) {
        const ambit::tensor around = partner_of(kind::whole);
        const ambit::tensor states = scan(
            root_,
            [&](ambit::scope&, const ambit::tensor& state, const ambit::tensor& slice) {
                return relu(state * 0.5 + slice) - around;
            },
            x.value, zeros(root_, shape_of(kind::whole), {.dtype = ambit::float64}));
        add(kind::cube, states);
    }

    void change(const known_value& x) {
        if (is_of_batch(x.of)) return add(x.of, elementwise(x));
        const ambit::variable v = variable_of(x.of);
        switch (pick(0, 2)) {
            case 0: operations_.push_back(assign(v, x.value)); break;
            case 1: operations_.push_back(assign_add(v, x.value)); break;
            default: operations_.push_back(assign(v, v * 0.5 + x.value)); break;
        }
        add(x.of, v);
    }

    void train() {
        const known_value y = recent();
        std::vector<ambit::variable> wanted;
        std::vector<kind> kinds;
        // One that reaches the loss for sure.
        const ambit::variable scale = variable_of(kind::number);
        const ambit::tensor loss = reduce_sum(square(y.value) * scale) * (1.0 / static_cast<double>(batch_));
        add(kind::number, loss);
        ambit::core_parts::buffer<ambit::tensor> by;
        try {
            by = gradients(loss, std::vector<ambit::variable>{scale});
        } catch (const ambit::model_error& mistake) {
            if (mistake.kind() != ambit::mistake::not_differentiable) throw;
            return;
        }
        operations_.push_back(assign_sub(scale, 0.125 * by[0]));
        is_trained_ = true;
        for (const auto& [of, v] : std::vector(variables_)) {
            if (v == scale) continue;
            try {
                by = gradients(loss, std::vector<ambit::variable>{v});
            } catch (const ambit::model_error&) {
                continue;  // the loss does not depend on it
            }
            operations_.push_back(assign_sub(v, 0.125 * by[0]));
            add(of, by[0]);
        }
        operations_.push_back(ambit::group({operations_.front(), operations_.back()}));
    }

    std::mt19937 engine_;
    std::int64_t batch_, width_;
    ambit::graph_builder builder_;
    ambit::scope root_;
    std::vector<known_value> pool_;
    std::vector<std::pair<kind, ambit::variable>> variables_;
    std::vector<ambit::operation> operations_;
    std::vector<int> outputs_;
    built_graph built_;
    bool is_trained_ = false;
};

}  // namespace ambit_test
