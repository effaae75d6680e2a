// SPDX-License-Identifier: BSL-1.0
// Steps of optimizers, as ONNX's preview of training has them: rate, step, then lists of weights, gradients and state.
#include "importing.hpp"

namespace AMBIT_NAMESPACE::onnx_parts {

namespace {

/// The lists have as many tensors each: the k-th of list `which`.
struct step_inputs {
    const node_call& call;
    int count;
    tensor rate, step;

    step_inputs(const node_call& of, int lists)
        : call(of), count((of.inputs() - 2) / lists), rate(reshape(of.x(0), {})), step(reshape(of.x(1), {})) {}
    tensor at(int which, int k) const { return call.x(2 + which * count + k); }
    /// The gradient with that of a squared norm.
    tensor gradient(int k) const {
        const tensor x = at(0, k);
        return scalar_of(call.s(), call.number("norm_coefficient", 0), x.dtype()) * x + at(1, k);
    }
    tensor number(const char* name, double otherwise, dtype type) const {
        return scalar_of(call.s(), call.number(name, otherwise), type);
    }
};

void adagrad_step(node_call& call) {
    const step_inputs in(call, 3);
    for (int k = 0; k < in.count; ++k) {
        const tensor g = in.gradient(k);
        const dtype type = g.dtype();
        const tensor rate = in.rate / (1 + cast_to(in.step, type) * in.number("decay_factor", 0, type));
        const tensor sum = in.at(2, k) + square(g);
        call.give(in.at(0, k) - rate * g / (sqrt(sum) + in.number("epsilon", double{1e-6F}, type)), call.type(2), k);
        call.give(sum, call.type(2), in.count + k);
    }
}

void adam_step(node_call& call) {
    const step_inputs in(call, 4);
    for (int k = 0; k < in.count; ++k) {
        const tensor g = in.gradient(k);
        const dtype type = g.dtype();
        const tensor alpha = in.number("alpha", double{0.9F}, type), beta = in.number("beta", double{0.999F}, type);
        const tensor step = cast_to(in.step, type);
        const tensor rate = where(step > 0, in.rate * sqrt(1 - pow(beta, step)) / (1 - pow(alpha, step)), in.rate);
        const tensor mean = alpha * in.at(2, k) + (1 - alpha) * g,
                     squares = beta * in.at(3, k) + (1 - beta) * square(g);
        const tensor moved = in.at(0, k) - rate * mean / (sqrt(squares) + in.number("epsilon", double{1e-6F}, type));
        call.give((1 - in.number("norm_coefficient_post", 0, type)) * moved, call.type(2), k);
        call.give(mean, call.type(2), in.count + k);
        call.give(squares, call.type(2), 2 * in.count + k);
    }
}

void momentum_step(node_call& call) {
    const step_inputs in(call, 3);
    for (int k = 0; k < in.count; ++k) {
        const tensor g = in.gradient(k);
        const dtype type = g.dtype();
        const tensor alpha = in.number("alpha", 0.9, type);
        const tensor beta = where(in.step > 0, in.number("beta", 1, type), scalar_of(call.s(), 1, type));
        const tensor velocity = alpha * in.at(2, k) + beta * g;
        const tensor along = call.text("mode", "standard") == "nesterov" ? g + alpha * velocity : velocity;
        call.give(in.at(0, k) - in.rate * along, call.type(2), k);
        call.give(velocity, call.type(2), in.count + k);
    }
}

}  // namespace

void add_training(op_table& table) {
    table.add("ai.onnx.preview.training:Adagrad", &adagrad_step);
    table.add("ai.onnx.preview.training:Adam", &adam_step);
    table.add("ai.onnx.preview.training:Momentum", &momentum_step);
}

}  // namespace ambit::onnx_parts
