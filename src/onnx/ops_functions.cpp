// SPDX-License-Identifier: BSL-1.0
// Elementwise functions of one operand, and activations, which are found by name, too: recurrent layers name them.
#include "activations.hpp"

namespace AMBIT_NAMESPACE::onnx_parts {

namespace {

using unary_function = tensor (*)(const tensor&);

op_function function(unary_function compute) {
    return [=](node_call& call) { call.give(compute(call.x(0))); };
}

/// The function of a node, with its attributes alpha and beta where they are said.
op_function activation(std::string_view name) {
    return [name = std::string(name)](node_call& call) {
        const auto said = [&](std::string_view attribute) {
            return call.says(attribute) ? std::optional<double>(call.number(attribute, 0)) : std::nullopt;
        };
        call.give(activated(call, name, call.x(0), said("alpha"), said("beta")));
    };
}

/// Before opset 7 a list of slopes was one for each channel.
void prelu_by(node_call& call) {
    const tensor x = call.x(0);
    tensor slope = call.x(1);
    if (call.opset() < 7 && slope.shape().rank() == 1 && x.shape().rank() > 1) {
        integers extents(static_cast<std::size_t>(x.shape().rank()), 1);
        extents[1] = slope.shape()[0];
        slope = reshape(slope, shape_of(extents));
    }
    call.give(prelu(x, slope));
}

/// scale · elu, with numbers that a node may choose.
void selu_by(node_call& call) {
    const double alpha = call.number("alpha", 1.67326319217681884765625);
    const double gamma = call.number("gamma", 1.05070102214813232421875);
    const tensor x = call.x(0);
    call.give(scalar_of(call.s(), gamma, x.dtype()) * elu(x, {.alpha = alpha}));
}

void shrink(node_call& call) {
    const tensor x = call.x(0);
    const double bias = call.number("bias", 0), lambda = call.number("lambd", 0.5);
    const auto number = [&](double value) { return scalar_of(call.s(), value, x.dtype()); };
    call.give(where(x < number(-lambda), x + number(bias), where(x > number(lambda), x - number(bias), number(0))));
}

void celu_by(node_call& call) {
    const tensor x = call.x(0);
    const double alpha = call.number("alpha", 1);
    const auto number = [&](double value) { return scalar_of(call.s(), value, x.dtype()); };
    call.give(maximum(x, number(0)) + minimum(number(0), number(alpha) * expm1(x / number(alpha))));
}

}  // namespace

tensor activated(const node_call& call, const std::string& name, const tensor& x, std::optional<double> alpha,
                 std::optional<double> beta) {
    const auto number = [&](double value) { return scalar_of(call.s(), value, x.dtype()); };
    if (name == "Relu") return relu(x);
    if (name == "Tanh") return tanh(x);
    if (name == "Sigmoid") return sigmoid(x);
    if (name == "Softsign") return softsign(x);
    if (name == "Softplus") return softplus(x);
    if (name == "Affine") return number(alpha.value_or(1)) * x + number(beta.value_or(0));
    if (name == "LeakyRelu") return leaky_relu(x, {.alpha = alpha.value_or(0.01)});
    if (name == "Elu") return elu(x, {.alpha = alpha.value_or(1)});
    if (name == "ThresholdedRelu") return where(x > number(alpha.value_or(1)), x, number(0));
    if (name == "ScaledTanh") return number(alpha.value_or(1)) * tanh(number(beta.value_or(1)) * x);
    if (name == "HardSigmoid") return clip(number(alpha.value_or(double{0.2F})) * x + number(beta.value_or(0.5)), 0, 1);
    call.lacks("the activation " + mistake_parts::in_quotes(name));
}

void add_functions(op_table& table) {
    table.add("Abs", function([](const tensor& x) { return abs(x); }));
    table.add("Sign", function([](const tensor& x) { return sign(x); }));
    table.add("Floor", function([](const tensor& x) { return floor(x); }));
    table.add("Ceil", function([](const tensor& x) { return ceil(x); }));
    table.add("Round", function([](const tensor& x) { return round(x); }));
    table.add("Sqrt", function([](const tensor& x) { return sqrt(x); }));
    table.add("Reciprocal", function([](const tensor& x) { return reciprocal(x); }));
    table.add("Exp", function([](const tensor& x) { return exp(x); }));
    table.add("Log", function([](const tensor& x) { return log(x); }));
    table.add("Erf", function([](const tensor& x) { return erf(x); }));
    table.add("Sin", function([](const tensor& x) { return sin(x); }));
    table.add("Cos", function([](const tensor& x) { return cos(x); }));
    table.add("Tan", function([](const tensor& x) { return tan(x); }));
    table.add("Asin", function([](const tensor& x) { return asin(x); }));
    table.add("Acos", function([](const tensor& x) { return acos(x); }));
    table.add("Atan", function([](const tensor& x) { return atan(x); }));
    table.add("Sinh", function([](const tensor& x) { return sinh(x); }));
    table.add("Cosh", function([](const tensor& x) { return cosh(x); }));
    table.add("Asinh", function([](const tensor& x) { return asinh(x); }));
    table.add("Acosh", function([](const tensor& x) { return acosh(x); }));
    table.add("Atanh", function([](const tensor& x) { return atanh(x); }));
    table.add("HardSwish", function([](const tensor& x) { return hard_swish(x); }));
    for (const std::string_view name :
         {"Relu", "Tanh", "Sigmoid", "Softsign", "Softplus", "LeakyRelu", "Elu", "ThresholdedRelu", "HardSigmoid"})
        table.add(name, activation(name));
    table.add("PRelu", &prelu_by);
    table.add("Selu", &selu_by);
    table.add("Celu", &celu_by);
    table.add("Shrink", &shrink);
}

}  // namespace ambit::onnx_parts
