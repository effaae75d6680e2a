// SPDX-License-Identifier: BSL-1.0
// Arithmetic, comparisons and logic.
#include "importing.hpp"

#include <cmath>
#include <limits>

namespace AMBIT_NAMESPACE::onnx_parts {

namespace {

using binary_function = tensor (*)(const tensor&, const tensor&);

/// Before opset 7, `broadcast` and `axis` said where the second operand stands.
tensor aligned_operand(const node_call& call) {
    const tensor b = call.x(1);
    if (call.opset() >= 7 || !call.says("axis")) return b;
    integers extents = extents_of(b);
    const int first = call.axis(call.integer("axis", 0), call.rank(0));
    while (first + static_cast<int>(extents.size()) < call.rank(0)) extents.push_back(1);
    return reshape(b, shape_of(extents));
}

op_function arithmetic(binary_function compute) {
    return [=](node_call& call) { call.give(narrowed(compute(call.x(0), aligned_operand(call)), call.type(0))); };
}
op_function comparison(binary_function compute) {
    return [=](node_call& call) { call.give(compute(call.x(0), aligned_operand(call)), onnx_type::boolean); };
}

/// The quotient of integers, rounded towards 0 as in C.
tensor truncated_div(const tensor& a, const tensor& b) {
    if (is_floating(a.dtype())) return div(a, b);
    const tensor down = floor_div(a, b);
    if (a.dtype() == dtype::uint8) return down;
    const tensor is_off = logical_and(not_equal(floor_mod(a, b), 0), logical_xor(a < 0, b < 0));
    return where(is_off, down + 1, down);
}

/// With `fmod` the remainder has the sign of the dividend, as C's has; else that of the divisor.
void mod(node_call& call) {
    const tensor a = call.x(0), b = call.x(1);
    const bool truncates = call.integer("fmod", 0) != 0;
    if (truncates && is_floating(a.dtype())) {  // of sizes it is exact
        const tensor rest_of_size = floor_mod(abs(a), abs(b));
        return call.give(where(a < 0, neg(rest_of_size), rest_of_size));
    }
    const tensor rest = floor_mod(a, b);
    if (!truncates || a.dtype() == dtype::uint8) return call.give(rest);
    const tensor is_off = logical_and(not_equal(rest, 0), logical_xor(a < 0, b < 0));
    call.give(where(is_off, rest - b, rest));
}

/// Of integers by float64, which is exact up to 2^53.
void power(node_call& call) {
    const tensor x = call.x(0);
    const tensor y = call.x(1);
    if (is_floating(x.dtype())) {
        const dtype wide = x.dtype() == dtype::float64 || y.dtype() == dtype::float64 ? dtype::float64 : dtype::float32;
        return call.give(cast_to(pow(cast_to(x, wide), cast_to(y, wide)), x.dtype()));
    }
    call.give(cast_to(pow(cast_to(x, float64), cast_to(y, float64)), x.dtype()));
}

op_function folded(binary_function compute) {
    return [=](node_call& call) {
        tensor result = call.x(0);
        for (int i = 1; i < call.inputs(); ++i) result = compute(result, call.x(i));
        call.give(result);
    };
}

tensor add_two(const tensor& a, const tensor& b) { return add(a, b); }
tensor maximum_of(const tensor& a, const tensor& b) { return maximum(a, b); }
tensor minimum_of(const tensor& a, const tensor& b) { return minimum(a, b); }

void mean(node_call& call) {
    tensor sum = call.x(0);
    for (int i = 1; i < call.inputs(); ++i) sum = sum + call.x(i);
    call.give(sum / scalar_of(call.s(), call.inputs(), sum.dtype()));
}

/// Bounds are attributes before opset 11, and inputs from there on, which need not be known.
void clip_to(node_call& call) {
    tensor x = call.x(0);
    if (call.opset() < 11) {
        if (call.says("min")) x = maximum(x, scalar_of(call.s(), call.number("min", 0), x.dtype()));
        if (call.says("max")) x = minimum(x, scalar_of(call.s(), call.number("max", 0), x.dtype()));
        return call.give(x);
    }
    if (call.has(1)) x = maximum(x, reshape(call.x(1), {}));
    if (call.has(2)) x = minimum(x, reshape(call.x(2), {}));
    call.give(x);
}

/// Shifts are products with powers of 2, and quotients. 2^63 is no int64: the last bit is shifted by itself.
void bit_shift(node_call& call) {
    const tensor x = call.x(0), places = cast_to(call.x(1), int64);
    const tensor is_any = places > 0;
    const tensor but_one = where(is_any, places - 1, 0);
    const tensor factor = cast_to(round(pow(scalar_of(call.s(), 2, float64), cast_to(but_one, float64))), int64);
    const tensor wide = cast_to(x, int64);
    tensor shifted;
    if (call.text("direction", "") == "LEFT") {
        shifted = where(is_any, wide * 2, wide) * factor;
    } else {
        // What is above int64 stands as a negative number, whose half has the bit of the sign again.
        constexpr std::int64_t bit_of_sign = (std::numeric_limits<std::int64_t>::min)();
        const tensor half = floor_div(wide, 2);
        shifted = floor_div(where(is_any, where(wide < 0, half - bit_of_sign, half), wide), factor);
    }
    call.give(call.type(0) == onnx_type::uint64 ? shifted : cast_to(narrowed(shifted, call.type(0)), x.dtype()));
}

void where_holds(node_call& call) { call.give(where(call.x(0), call.x(1), call.x(2)), call.type(1)); }

void is_infinite(node_call& call) {
    const tensor x = call.x(0);
    const bool above = call.integer("detect_positive", 1) != 0, below = call.integer("detect_negative", 1) != 0;
    tensor found = is_inf(x);
    if (!above) found = logical_and(found, x < 0);
    if (!below) found = logical_and(found, x > 0);
    call.give(found, onnx_type::boolean);
}

void negative(node_call& call) { call.give(narrowed(neg(call.x(0)), call.type(0))); }

}  // namespace

void add_arithmetic(op_table& table) {
    table.add("Add", arithmetic([](const tensor& a, const tensor& b) { return add(a, b); }));
    table.add("Sub", arithmetic([](const tensor& a, const tensor& b) { return sub(a, b); }));
    table.add("Mul", arithmetic([](const tensor& a, const tensor& b) { return mul(a, b); }));
    table.add("Div", arithmetic(&truncated_div));
    table.add("Mod", &mod);
    table.add("Pow", &power);
    table.add("Neg", &negative);
    table.add("Sum", folded(&add_two));
    table.add("Max", folded(&maximum_of));
    table.add("Min", folded(&minimum_of));
    table.add("Mean", &mean);
    table.add("Clip", &clip_to);
    table.add("BitShift", &bit_shift);
    table.add("Where", &where_holds);
    table.add("IsInf", &is_infinite);
    table.add("IsNaN", [](node_call& call) { call.give(is_nan(call.x(0)), onnx_type::boolean); });
    table.add("Not", [](node_call& call) { call.give(logical_not(call.x(0))); });
    table.add("And", comparison([](const tensor& a, const tensor& b) { return logical_and(a, b); }));
    table.add("Or", comparison([](const tensor& a, const tensor& b) { return logical_or(a, b); }));
    table.add("Xor", comparison([](const tensor& a, const tensor& b) { return logical_xor(a, b); }));
    table.add("Equal", comparison([](const tensor& a, const tensor& b) { return equal(a, b); }));
    table.add("Less", comparison([](const tensor& a, const tensor& b) { return less(a, b); }));
    table.add("Greater", comparison([](const tensor& a, const tensor& b) { return greater(a, b); }));
    table.add("LessOrEqual", comparison([](const tensor& a, const tensor& b) { return less_equal(a, b); }));
    table.add("GreaterOrEqual", comparison([](const tensor& a, const tensor& b) { return greater_equal(a, b); }));
}

}  // namespace ambit::onnx_parts
