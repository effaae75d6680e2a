// SPDX-License-Identifier: BSL-1.0
// Holds gradients against central differences, in float64 at run time: a scalar made of variables of random shapes
// and values, its gradients by them, and the slope that four evaluations around each element of each variable give.
//
//     gradient_check check(seed);
//     const tensor a = check.parameter({2, 3}), b = check.parameter({3});
//     check.holds(check.weighed(a * b));                        // throws wrong_gradient
//
// All values of one check lie apart from each other, from 0 and from multiples of 1/64, further than the differences
// reach: none lies at a kink.
#pragma once

#include "interpreter.hpp"

#include <ambit/autodiff/gradients.hpp>

#include "built_graph.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <random>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace ambit_test {

struct wrong_gradient : std::runtime_error {
    using std::runtime_error::runtime_error;
};

class gradient_check {
public:
    static constexpr double tolerance =
        1e-6;  // of the element, or of a thousandth of the largest one if that is more
    static constexpr double reach = 1e-3;  // of the differences: two steps to either side

    explicit gradient_check(unsigned seed)
        : engine_(seed), builder_(ambit::mistake_parts::on_mistake::raise), root_(builder_) {}

    int pick(int low, int high) { return std::uniform_int_distribution<int>(low, high)(engine_); }
    bool coin() { return pick(0, 1) == 0; }

    /// At most 24 elements.
    ambit::shape any_shape(int least_rank = 0, int most_rank = 4) {
        ambit::shape extents;
        const int rank = pick(least_rank, most_rank);
        for (int axis = 0; axis < rank; ++axis) {
            const int extent = pick(1, 4);
            extents.append(extents.elements() * extent <= 24 ? extent : 1);
        }
        return extents;
    }

    /// A shape that broadcasts to `extents`: leading axes left out, others 1.
    ambit::shape narrowed(const ambit::shape& extents) {
        ambit::shape narrow;
        const int first = pick(0, 2) == 0 && extents.rank() > 0 ? pick(1, extents.rank()) : 0;
        for (int axis = first; axis < extents.rank(); ++axis)
            narrow.append(pick(0, 2) == 0 ? 1 : extents[axis]);
        return narrow;
    }

    /// Padding of a window that moves over an image.
    ambit::padding_option any_padding(int most) {
        if (coin()) return ambit::explicit_pads(pick(0, most), pick(0, most), pick(0, most), pick(0, most));
        return coin() ? ambit::same : ambit::valid;
    }

    /// How far taps are apart, if there are no strides and they fit.
    std::int64_t any_dilation(std::int64_t stride, std::int64_t taps, std::int64_t extent) {
        const std::int64_t apart = pick(1, 3);
        return stride == 1 && (taps - 1) * apart < extent ? apart : 1;
    }

    /// A variable that gradients are taken by.
    ambit::variable variable(const ambit::shape& extents, double low = -2, double high = 2) {
        std::string name("v");
        name += std::to_string(variables_.size());  // g++ 12 warns of an overlap in "v" + …
        variables_.push_back(root_.get_variable(name, extents,
                                                {.initializer = ambit::zeros(), .dtype = ambit::float64}));
        variable_values_.push_back(distinct_values(extents, low, high));
        return variables_.back();
    }
    ambit::tensor parameter(const ambit::shape& extents, double low = -2, double high = 2) {
        return variable(extents, low, high);
    }

    /// Takes gradients by the variables, too, that layers have made so far; others than those of `variable` come last.
    void take_variables(double low = -2, double high = 2) {
        const ambit::core_parts::buffer<ambit::variable> made = root_.trainable_variables();
        for (int v = static_cast<int>(variables_.size()); v < made.size(); ++v) {
            variables_.push_back(made[v]);
            variable_values_.push_back(distinct_values(made[v].shape(), low, high));
        }
    }

    /// An input.
    ambit::tensor data(const ambit::shape& extents, double low = -2, double high = 2) {
        input_values_.push_back(distinct_values(extents, low, high));
        return builder_.input({extents, ambit::float64});
    }
    ambit::tensor labels(const ambit::shape& extents, int classes) {
        std::vector<std::int32_t> all;
        for (std::int64_t i = 0; i < extents.elements(); ++i) all.push_back(pick(0, classes - 1));
        input_values_.push_back(bytes_of(all));
        return builder_.input({extents, ambit::int32});
    }

    /// Σ y · weights, with weights between 1/2 and 3/2 of either sign.
    ambit::tensor weighed(const ambit::tensor& y) {
        std::vector<double> weights;
        for (std::int64_t i = 0; i < y.shape().elements(); ++i) {
            const double size = std::uniform_real_distribution<double>(0.5, 1.5)(engine_);
            weights.push_back(coin() ? size : -size);
        }
        input_values_.push_back(bytes_of(weights));
        const ambit::tensor w = builder_.input({y.shape(), ambit::float64});
        return reduce_sum(y * w);
    }

    /// Σ over the variables of the weighed gradients of `loss` by them, and of the variables, so that it depends on
    /// every one: what gradients of gradients are taken of.
    ambit::tensor slope_of(const ambit::tensor& loss) {
        const ambit::core_parts::buffer<ambit::tensor> by = gradients(loss, variables_);
        ambit::tensor sum = builder_.constant(0, ambit::float64);
        for (std::size_t v = 0; v < variables_.size(); ++v) {
            sum = sum + weighed(by[static_cast<int>(v)]);
            sum = sum + weighed(variables_[v]);
        }
        return sum;
    }

    /// The gradients of `loss` by all variables agree with differences, planned as unplanned.
    void holds(const ambit::tensor& loss) {
        const ambit::core_parts::buffer<ambit::tensor> by = gradients(loss, variables_);
        std::vector<int> outputs{loss.id()};
        for (const ambit::tensor& g : by) outputs.push_back(g.id());
        const built_graph graph(builder_, outputs);
        const ambit::plan_parts::graph_view view = graph.view();
        const meaning all = unplanned(view, input_values_, variable_values_);
        require_the_plan_agrees(view, all);

        std::vector<std::vector<double>> given;
        double largest = 1e-3;
        for (std::size_t v = 0; v < variables_.size(); ++v) {
            const ambit::tensor& g = by[static_cast<int>(v)];
            if (g.spec() != variables_[v].spec())
                throw wrong_gradient("a gradient of another shape or dtype");
            given.push_back(interpreter_detail::load<double>(
                all.values[static_cast<std::size_t>(g.id())].data(), g.shape().elements()));
            for (const double x : given.back()) largest = std::max(largest, std::abs(x));
        }
        for (std::size_t v = 0; v < variables_.size(); ++v) {
            for (std::size_t e = 0; e < given[v].size(); ++e) {
                const double wanted = difference(view, v, e), got = given[v][e];
                const double size = std::max({std::abs(wanted), std::abs(got), 1e-3 * largest});
                if (std::abs(wanted - got) <= tolerance * size) continue;  // false for NaN
                std::ostringstream text;
                text.precision(12);
                text << "element " << e << " of variable " << v << ": gradient " << got << ", difference "
                     << wanted;
                throw wrong_gradient(text.str());
            }
        }
        compared_ += 1;
    }

    /// Whether an op of this name is in the graph.
    bool has(std::string_view op) const {
        for (const ambit::graph_parts::node& n : builder_.value().nodes)
            if (n.op->name == op) return true;
        return false;
    }
    int compared() const { return compared_; }
    ambit::graph_builder& builder() { return builder_; }
    ambit::scope& root() { return root_; }

private:
    template <class T> static bytes bytes_of(const std::vector<T>& values) {
        bytes memory(values.size() * sizeof(T));
        interpreter_detail::store(memory.data(), values);
        return memory;
    }

    // Middles between multiples of 1/64, each taken once, moved a little.
    bytes distinct_values(const ambit::shape& extents, double low, double high) {
        std::vector<double> values;
        while (static_cast<std::int64_t>(values.size()) < extents.elements()) {
            const int at =
                pick(static_cast<int>(std::ceil(low * 64)), static_cast<int>(std::floor(high * 64)) - 1);
            if (!taken_.insert(at).second) {
                if (taken_.size() > 200) throw std::logic_error("too many values for one check");
                continue;
            }
            values.push_back((at + 0.5) / 64 + std::uniform_real_distribution<double>(-1, 1)(engine_) / 512);
        }
        return bytes_of(values);
    }

    // Exact up to the fourth derivative: what is left of the fifth is reach⁴/480 of it.
    double difference(const ambit::plan_parts::graph_view& view, std::size_t v, std::size_t e) {
        double x = 0;
        std::byte* const at = variable_values_[v].data() + e * sizeof(double);
        std::memcpy(&x, at, sizeof(double));
        const auto loss_at = [&](double moved) {
            std::memcpy(at, &moved, sizeof(double));
            const meaning one = unplanned(view, input_values_, variable_values_, 1);
            double loss = 0;
            std::memcpy(&loss, one.values[static_cast<std::size_t>(view.outputs[0])].data(), sizeof(double));
            return loss;
        };
        const double h = reach / 2;
        const double near = loss_at(x + h) - loss_at(x - h), far = loss_at(x + 2 * h) - loss_at(x - 2 * h);
        std::memcpy(at, &x, sizeof(double));
        return (8 * near - far) / (12 * h);
    }

    void require_the_plan_agrees(const ambit::plan_parts::graph_view& view, const meaning& wanted) {
        const run_time_plan p = plan(view);
        bytes arena(static_cast<std::size_t>(p.arena_bytes), std::byte{0xAA});
        std::vector<bytes> variables = variable_values_;
        run_time_memory memory;
        memory.arena = arena.data();
        for (const bytes& x : input_values_) memory.inputs.push_back(x.data());
        for (bytes& v : variables) memory.variables.push_back(v.data());
        for (int k = 0; k < view.output_count; ++k)
            memory.outputs.push_back(arena.data() + p.output_offsets[k]);
        run(view, p, memory);
        for (int k = 0; k < view.output_count; ++k) {
            const bytes& value = wanted.values[static_cast<std::size_t>(view.outputs[k])];
            if (std::memcmp(memory.outputs[static_cast<std::size_t>(k)], value.data(), value.size()) != 0)
                throw wrong_gradient("the plan of the gradients computes something else");
        }
        if (variables != wanted.variables) throw wrong_gradient("the plan leaves other variables behind");
    }

    std::mt19937 engine_;
    ambit::graph_builder builder_;
    ambit::scope root_;
    std::vector<ambit::variable> variables_;
    std::vector<bytes> variable_values_, input_values_;
    std::set<int> taken_;
    int compared_ = 0;
};

}  // namespace ambit_test
