// SPDX-License-Identifier: BSL-1.0
// Ops as operators of ONNX, opset 15.
#include "exporting.hpp"

#include <cmath>
#include <limits>

namespace AMBIT_NAMESPACE::onnx_parts {

namespace {

using names = std::vector<std::string>;

std::vector<std::int64_t> extents_of(const shape& of) {
    std::vector<std::int64_t> all;
    for (int axis = 0; axis < of.rank(); ++axis) all.push_back(of[axis]);
    return all;
}
std::int64_t from_front(std::int64_t axis, int rank) { return axis < 0 ? axis + rank : axis; }

/// The operator of this name, of the same operands.
export_rule same_operator(const char* op_type) {
    return [=](op_export& op) { return op.add(op_type, op.inputs()); };
}

std::string square_of(op_export& op) {
    if (op.inputs().size() == 1) return op.add("Mul", {op.in(0), op.in(0)});
    const std::string difference = op.add("Sub", op.inputs());
    return op.add("Mul", {difference, difference});
}

std::string clipped(op_export& op) {
    const auto a = op.attributes<op_parts::clip_op>();
    const dtype type = op.result().type;
    return op.add("Min", {op.add("Max", {op.in(0), op.number(a.low, type)}), op.number(a.high, type)});
}

/// Quotient and rest of numbers, rounded down; ONNX divides integers towards 0, and Mod has the divisor's sign.
std::string quotient_down(op_export& op) {
    if (is_floating(op.result().type)) return op.add("Floor", {op.add("Div", op.inputs())});
    const std::string rest = op.add("Mod", op.inputs());
    return op.add("Div", {op.add("Sub", {op.in(0), rest}), op.in(1)});
}
std::string rest_down(op_export& op) {
    if (!is_floating(op.result().type)) return op.add("Mod", op.inputs());
    const std::string whole = op.add("Floor", {op.add("Div", op.inputs())});
    return op.add("Sub", {op.in(0), op.add("Mul", {whole, op.in(1)})});
}

std::string gelu_of(op_export& op) {
    const dtype type = op.result().type;
    const auto number = [&](double value) { return op.number(value, type); };
    const std::string& x = op.in(0);
    std::string inner;
    if (op.attributes<op_parts::gelu_op>().approximate != 0) {
        const std::string cube = op.add("Mul", {op.add("Mul", {x, x}), x});
        const std::string sum = op.add("Add", {x, op.add("Mul", {cube, number(0.044715)})});
        inner = op.add("Tanh", {op.add("Mul", {sum, number(0.79788456080286535588)})});
    } else {
        inner = op.add("Erf", {op.add("Mul", {x, number(0.70710678118654752440)})});
    }
    const std::string half = op.add("Mul", {x, number(0.5)});
    return op.add("Mul", {half, op.add("Add", {inner, number(1)})});
}

export_rule chosen_by(const char* comparison) {
    return [=](op_export& op) {
        const std::string holds = op.add(comparison, {op.in(0), op.in(1)});
        return op.add("Where", {holds, op.in(2), op.number(0, op.result().type)});
    };
}

// ---- arrays --------------------------------------------------------------------------------------------------------

/// The same elements, perhaps under another shape.
std::string aliased(op_export& op) {
    if (op.result().extents == op.spec(0).extents) return op.add("Identity", {op.in(0)});
    return op.reshaped(op.in(0), op.result().extents);
}

std::string viewed(op_export& op, const op_parts::view_steps& steps) {
    std::vector<std::int64_t> starts, ends, axes, strides;
    for (int axis = 0; axis < op.spec(0).extents.rank(); ++axis) {
        const auto& along = steps.axis[axis];
        const std::int64_t end = along.first + (along.count - 1) * along.step + (along.step > 0 ? 1 : -1);
        starts.push_back(along.first);
        ends.push_back(end < 0 ? (std::numeric_limits<std::int64_t>::min)() : end);
        axes.push_back(axis);
        strides.push_back(along.step);
    }
    return op.add("Slice", {op.in(0), op.list(starts), op.list(ends), op.list(axes), op.list(strides)});
}
template <class Op> std::string view_of(op_export& op) {
    return viewed(op, Op::steps_of(op.attributes<Op>(), op.spec(0).extents));
}
std::string reversed(op_export& op) {
    const shape& x = op.spec(0).extents;
    op_parts::view_steps steps = op_parts::whole_view(x);
    const auto a = op.attributes<op_parts::reverse_op>();
    for (int i = 0; i < a.axes.size(); ++i) {
        const int axis = static_cast<int>(from_front(a.axes[i], x.rank()));
        steps.axis[axis] = {x[axis] - 1, x[axis], -1};
    }
    return viewed(op, steps);
}

std::string transposed(op_export& op) {
    const auto a = op.attributes<op_parts::transpose_op>();
    std::vector<std::int64_t> order;
    for (int axis = 0; axis < op.result().extents.rank(); ++axis)
        order.push_back(a.count == 0 ? op.result().extents.rank() - 1 - axis
                                     : from_front(a.axis[axis], op.result().extents.rank()));
    return op.transposed(op.in(0), order);
}

std::string joined(op_export& op) {
    const auto axis = op.attributes<op_parts::concat_op>().axis;
    return op.add("Concat", op.inputs(), {{"axis", integer_attribute(from_front(axis, op.result().extents.rank()))}});
}

std::string padded_by(op_export& op) {
    const auto a = op.attributes<op_parts::pad_op>();
    std::vector<std::int64_t> pads;
    for (int axis = 0; axis < op.result().extents.rank(); ++axis) {
        if (a.between[axis] != 0) op.refuse("places between elements are not padded in ONNX");
        pads.push_back(a.around[axis].before);
    }
    for (int axis = 0; axis < op.result().extents.rank(); ++axis) pads.push_back(a.around[axis].after);
    return op.add("Pad", {op.in(0), op.list(pads), op.number(a.value, op.result().type)});
}

std::string ranged(op_export& op, double start, double step) {
    onnx_array all = onnx_array::zeros(onnx_type_of(op.result().type), extents_of(op.result().extents));
    with_elements(all, [&]<class T>(std::span<T> elements) {
        for (std::size_t i = 0; i < elements.size(); ++i)
            elements[i] = static_cast<T>(start + static_cast<double>(i) * step);
    });
    return op.constant(std::move(all));
}

std::string cast_of(op_export& op) {
    return op.add("Cast", {op.in(0)},
                  {{"to", integer_attribute(static_cast<std::int64_t>(onnx_type_of(op.result().type)))}});
}
std::string as_int32(op_export& op, const std::string& x) {
    return op.add("Cast", {x}, {{"to", integer_attribute(static_cast<std::int64_t>(onnx_type::int32))}});
}

std::string hot_rows(op_export& op) {
    const auto a = op.attributes<op_parts::one_hot_op>();
    onnx_array values = onnx_array::zeros(onnx_type_of(op.result().type), {2});
    with_elements(values, [&]<class T>(std::span<T> elements) {
        elements[0] = static_cast<T>(a.off);
        elements[1] = static_cast<T>(a.on);
    });
    return op.add("OneHot",
                  {op.in(0), op.number(static_cast<double>(a.depth), dtype::int64), op.constant(std::move(values))},
                  {{"axis", integer_attribute(a.axis)}});
}

std::string as_int64(op_export& op, const std::string& x) {
    return op.add("Cast", {x}, {{"to", integer_attribute(static_cast<std::int64_t>(onnx_type::int64))}});
}
std::string reversed_sequences(op_export& op) {
    const auto a = op.attributes<op_parts::reverse_sequence_op>();
    const int rank = op.spec(0).extents.rank();
    const std::int64_t time = from_front(a.sequence_axis, rank), batch = from_front(a.batch_axis, rank);
    if (time > 1 || batch > 1) op.refuse("ONNX reverses sequences along the first two axes alone");
    return op.add("ReverseSequence", {op.in(0), as_int64(op, op.in(1))},
                  {{"time_axis", integer_attribute(time)}, {"batch_axis", integer_attribute(batch)}});
}

/// The values are gathered at them.
std::string positions_of_largest(op_export& op) {
    const std::string most = op.list({op.attributes<op_parts::top_k_op>().k});
    return as_int32(op, op.add_second("TopK", {op.in(0), most}));
}

export_rule position(const char* op_type) {
    return [=](op_export& op) {
        const auto axis = op.attributes<op_parts::argmax_op>().axis;
        return as_int32(
            op, op.add(op_type, {op.in(0)}, {{"axis", integer_attribute(axis)}, {"keepdims", integer_attribute(0)}}));
    };
}

// ---- reductions and kernels ----------------------------------------------------------------------------------------

std::vector<std::int64_t> reduced_axes(op_export& op) {
    const auto a = op.attributes<op_parts::reduce_op>();
    std::vector<std::int64_t> axes;
    for (std::int64_t i = 0; i < a.count; ++i) axes.push_back(from_front(a.axis[i], op.spec(0).extents.rank()));
    for (int axis = 0; axis < op.spec(0).extents.rank() && a.count == 0; ++axis) axes.push_back(axis);
    return axes;
}
std::string reduced_by(op_export& op, const std::string& op_type, const std::string& x) {
    const std::vector<std::int64_t> axes = reduced_axes(op);
    if (axes.empty()) return op.add("Identity", {x});
    const attribute_list keeps{{"keepdims", integer_attribute(op.attributes<op_parts::reduce_op>().keep_dims)}};
    if (op_type == "ReduceSum") return op.add(op_type, {x, op.list(axes)}, keeps);
    return op.add(op_type, {x}, {keeps[0], {"axes", list_attribute(axes)}});
}
export_rule reduction(const char* op_type) {
    return [=](op_export& op) { return reduced_by(op, op_type, op.in(0)); };
}
/// All and any of bools are the least and the greatest of them as integers.
export_rule logical_reduction(const char* op_type) {
    return [=](op_export& op) {
        const std::string found = reduced_by(op, op_type, as_int32(op, op.in(0)));
        return op.add("Cast", {found}, {{"to", integer_attribute(static_cast<std::int64_t>(onnx_type::boolean))}});
    };
}
std::string variance(op_export& op) {
    shape kept = op.spec(0).extents;
    for (const std::int64_t axis : reduced_axes(op)) kept.set(static_cast<int>(axis), 1);
    const std::string difference = op.add("Sub", {op.in(0), op.reshaped(op.in(1), kept)});
    return reduced_by(op, "ReduceMean", op.add("Mul", {difference, difference}));
}

export_rule along_one_axis(const char* op_type) {
    return [=](op_export& op) {
        const auto axis = op.attributes<op_parts::softmax_op>().axis;
        return op.add(op_type, {op.in(0)}, {{"axis", integer_attribute(from_front(axis, op.result().extents.rank()))}});
    };
}

/// The last two axes exchanged.
std::string turned(op_export& op, int i) {
    std::vector<std::int64_t> order;
    const int rank = op.spec(i).extents.rank();
    for (int axis = 0; axis < rank; ++axis) order.push_back(axis);
    std::swap(order[static_cast<std::size_t>(rank - 1)], order[static_cast<std::size_t>(rank - 2)]);
    return op.transposed(op.in(i), order);
}
std::string product_of(op_export& op) {
    const auto a = op.attributes<op_parts::matmul_op>();
    return op.add("MatMul",
                  {a.transpose_a != 0 ? turned(op, 0) : op.in(0), a.transpose_b != 0 ? turned(op, 1) : op.in(1)});
}

}  // namespace

void add_elementwise_rules(export_rules& rules) {
    for (const auto& [name, op_type] :
         std::initializer_list<std::pair<const char*, const char*>>{{"add", "Add"},
                                                                    {"sub", "Sub"},
                                                                    {"mul", "Mul"},
                                                                    {"div", "Div"},
                                                                    {"bias_add", "Add"},
                                                                    {"pow", "Pow"},
                                                                    {"neg", "Neg"},
                                                                    {"abs", "Abs"},
                                                                    {"sign", "Sign"},
                                                                    {"floor", "Floor"},
                                                                    {"ceil", "Ceil"},
                                                                    {"round", "Round"},
                                                                    {"maximum", "Max"},
                                                                    {"minimum", "Min"},
                                                                    {"sqrt", "Sqrt"},
                                                                    {"exp", "Exp"},
                                                                    {"log", "Log"},
                                                                    {"erf", "Erf"},
                                                                    {"sin", "Sin"},
                                                                    {"cos", "Cos"},
                                                                    {"asin", "Asin"},
                                                                    {"acos", "Acos"},
                                                                    {"atan", "Atan"},
                                                                    {"sinh", "Sinh"},
                                                                    {"cosh", "Cosh"},
                                                                    {"asinh", "Asinh"},
                                                                    {"acosh", "Acosh"},
                                                                    {"atanh", "Atanh"},
                                                                    {"tanh", "Tanh"},
                                                                    {"sigmoid", "Sigmoid"},
                                                                    {"relu", "Relu"},
                                                                    {"softplus", "Softplus"},
                                                                    {"softsign", "Softsign"},
                                                                    {"selu", "Selu"},
                                                                    {"equal", "Equal"},
                                                                    {"less", "Less"},
                                                                    {"less_equal", "LessOrEqual"},
                                                                    {"greater", "Greater"},
                                                                    {"greater_equal", "GreaterOrEqual"},
                                                                    {"logical_and", "And"},
                                                                    {"logical_or", "Or"},
                                                                    {"logical_xor", "Xor"},
                                                                    {"logical_not", "Not"},
                                                                    {"where", "Where"},
                                                                    {"is_nan", "IsNaN"},
                                                                    {"is_inf", "IsInf"}})
        rules[name] = same_operator(op_type);
    rules["not_equal"] = [](op_export& op) { return op.add("Not", {op.add("Equal", op.inputs())}); };
    rules["is_finite"] = [](op_export& op) {
        return op.add("Not", {op.add("Or", {op.add("IsNaN", op.inputs()), op.add("IsInf", op.inputs())})});
    };
    rules["square"] = &square_of;
    rules["rsqrt"] = [](op_export& op) { return op.add("Reciprocal", {op.add("Sqrt", op.inputs())}); };
    rules["expm1"] = [](op_export& op) {
        return op.add("Sub", {op.add("Exp", op.inputs()), op.number(1, op.result().type)});
    };
    rules["log1p"] = [](op_export& op) {
        return op.add("Log", {op.add("Add", {op.in(0), op.number(1, op.result().type)})});
    };
    rules["swish"] = [](op_export& op) { return op.add("Mul", {op.in(0), op.add("Sigmoid", op.inputs())}); };
    rules["elu"] = [](op_export& op) {
        return op.add("Elu", op.inputs(), {{"alpha", number_attribute(op.attributes<op_parts::elu_op>().alpha)}});
    };
    rules["leaky_relu"] = [](op_export& op) {
        return op.add("LeakyRelu", op.inputs(),
                      {{"alpha", number_attribute(op.attributes<op_parts::leaky_relu_op>().alpha)}});
    };
    rules["prelu"] = [](op_export& op) {
        const std::string is_above = op.add("Greater", {op.in(0), op.number(0, op.result().type)});
        return op.add("Where", {is_above, op.in(0), op.add("Mul", op.inputs())});
    };
    rules["gelu"] = &gelu_of;
    rules["clip"] = &clipped;
    rules["floor_div"] = &quotient_down;
    rules["floor_mod"] = &rest_down;
    rules["where_greater"] = chosen_by("Greater");
    rules["where_greater_equal"] = chosen_by("GreaterOrEqual");
}

void add_array_rules(export_rules& rules) {
    for (const char* const name :
         {"reshape", "expand_dims", "squeeze", "identity", "stop_gradient", "snapshot", "check_finite"})
        rules[name] = &aliased;
    rules["slice"] = &view_of<op_parts::slice_op>;
    rules["strided_slice"] = &view_of<op_parts::strided_slice_op>;
    rules["split"] = &view_of<op_parts::split_op>;
    rules["reverse"] = &reversed;
    rules["transpose"] = &transposed;
    rules["concat"] = &joined;
    rules["pad"] = &padded_by;
    rules["tile"] = [](op_export& op) {
        return op.add("Tile", {op.in(0), op.list(extents_of(op.attributes<op_parts::tile_op>().repeats))});
    };
    rules["broadcast_to"] = [](op_export& op) {
        return op.add("Expand", {op.in(0), op.list(extents_of(op.result().extents))});
    };
    rules["range"] = [](op_export& op) {
        const auto a = op.attributes<op_parts::range_op>();
        return ranged(op, a.start, a.delta);
    };
    rules["linspace"] = [](op_export& op) {
        const auto a = op.attributes<op_parts::linspace_op>();
        return ranged(op, a.start, a.count == 1 ? 0 : (a.stop - a.start) / static_cast<double>(a.count - 1));
    };
    rules["cast"] = &cast_of;
    rules["one_hot"] = &hot_rows;
    rules["gather"] = [](op_export& op) {
        return op.add("Gather", op.inputs(),
                      {{"axis", integer_attribute(from_front(op.attributes<op_parts::gather_op>().axis,
                                                             op.spec(0).extents.rank()))}});
    };
    rules["batch_gather"] = [](op_export& op) {
        return op.add("GatherElements", op.inputs(), {{"axis", integer_attribute(-1)}});
    };
    rules["reverse_sequence"] = &reversed_sequences;
    rules["top_k"] = &positions_of_largest;
    rules["argmax"] = position("ArgMax");
    rules["argmin"] = position("ArgMin");
}

void add_kernel_rules(export_rules& rules) {
    rules["reduce_sum"] = reduction("ReduceSum");
    rules["reduce_mean"] = reduction("ReduceMean");
    rules["reduce_max"] = reduction("ReduceMax");
    rules["reduce_min"] = reduction("ReduceMin");
    rules["reduce_prod"] = reduction("ReduceProd");
    rules["reduce_logsumexp"] = reduction("ReduceLogSumExp");
    rules["reduce_all"] = logical_reduction("ReduceMin");
    rules["reduce_any"] = logical_reduction("ReduceMax");
    rules["reduce_variance"] = &variance;
    rules["softmax"] = along_one_axis("Softmax");
    rules["log_softmax"] = along_one_axis("LogSoftmax");
    rules["matmul"] = &product_of;
    rules["batch_matmul"] = &product_of;
    rules["cumsum"] = [](op_export& op) {
        const auto a = op.attributes<op_parts::cumsum_op>();
        return op.add("CumSum", {op.in(0), op.number(static_cast<double>(a.axis), dtype::int64)},
                      {{"exclusive", integer_attribute(a.exclusive)}, {"reverse", integer_attribute(a.reverse)}});
    };
}

}  // namespace ambit::onnx_parts
