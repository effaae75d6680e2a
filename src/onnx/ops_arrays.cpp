// SPDX-License-Identifier: BSL-1.0
// Constants, shapes, and what moves elements around.
#include "importing.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace AMBIT_NAMESPACE::onnx_parts {

namespace {

/// Larger constants that are all of one value are made by the graph.
constexpr std::int64_t most_known = 1 << 16;

/// The result under another shape; also of what is empty, and of texts.
void give_reshaped(node_call& call, const integers& extents) {
    const value& x = call.in(0);
    if (x.known != nullptr && (x.is_empty() || !x.known->texts.empty())) {
        onnx_array same = *x.known;
        same.extents = extents;
        return call.give(known_value(std::move(same)));
    }
    if (extents.size() > std::size_t{core_parts::max_rank}) call.lacks("a tensor of more than 8 axes");
    call.give(reshape(call.x(0), shape_of(extents)));
}

void give_empty(node_call& call, integers extents, int k = 0) {
    call.give(known_value(onnx_array::zeros(call.type(0), std::move(extents))), k);
}

// ---- constants -----------------------------------------------------------------------------------------------------

void constant_of_node(node_call& call) {
    if (call.says("value")) {
        const onnx_attribute& said = call.attribute("value");
        if (said.array == nullptr) call.refuse(onnx_fault::missing_attribute, "the attribute is no array", "", "value");
        return call.give(value{.type = said.array->type, .known = said.array});
    }
    if (call.says("value_int")) return call.give(known_value<std::int64_t>({call.integer("value_int", 0)}, {}));
    if (call.says("value_float"))
        return call.give(known_value<float>({static_cast<float>(call.number("value_float", 0))}, {}));
    if (call.says("value_ints")) return call.give(known_integers(call.list("value_ints")));
    if (call.says("value_floats")) {
        const std::vector<float> list = call.numbers("value_floats");
        return call.give(known_value(list, {static_cast<std::int64_t>(list.size())}));
    }
    onnx_array texts{onnx_type::text, {}, {}, {}};
    if (call.says("value_string")) {
        texts.texts = {call.text("value_string", "")};
    } else {
        texts.texts = call.attribute("value_strings").texts;
        texts.extents = {static_cast<std::int64_t>(texts.texts.size())};
    }
    call.give(known_value(std::move(texts)));
}

void constant_of_shape(node_call& call) {
    const integers extents = call.known_integers(0);
    onnx_array one = onnx_array::zeros(onnx_type::float32, {1});
    if (call.says("value") && call.attribute("value").array != nullptr) one = *call.attribute("value").array;
    if (one.elements() != 1 || one.carrier() == dtype::none)
        call.refuse(onnx_fault::wrong_size, "the value is not one number", "", "value");
    one.extents = {};
    if (elements_of(call, extents) > most_known)
        return call.give(broadcast_to(constant_of(call.s(), one), shape_of(extents)), one.type);
    onnx_array all = onnx_array::zeros(one.type, extents);
    with_elements(all, [&](auto elements) {
        for (auto& element : elements) std::memcpy(&element, one.bytes.data(), sizeof(element));
    });
    call.give(known_value(std::move(all)));
}

void range_of_numbers(node_call& call) {
    const onnx_type type = call.type(0);
    const std::vector<double> given{call.known_number(0), call.known_number(1), call.known_number(2)};
    const double count = given[2] == 0 ? -1 : std::ceil((given[1] - given[0]) / given[2]);
    if (!(count <= 1 << 26)) call.refuse(onnx_fault::too_large, "the range has more than 2^26 numbers", "");
    onnx_array all = onnx_array::zeros(type, {static_cast<std::int64_t>(std::max(count, 0.0))});
    with_elements(all, [&]<class T>(std::span<T> elements) {
        if constexpr (!std::is_same_v<T, bool>)
            for (std::size_t i = 0; i < elements.size(); ++i)
                elements[i] = static_cast<T>(given[0] + static_cast<double>(i) * given[2]);
    });
    call.give(known_value(std::move(all)));
}

void eye_like(node_call& call) {
    const integers extents = call.extents(0);
    if (extents.size() != 2) call.refuse(onnx_fault::refused, "the operand is no matrix", "");
    const auto type = static_cast<onnx_type>(call.integer("dtype", static_cast<std::int64_t>(call.type(0))));
    if (carrier_of(type) == dtype::none) call.lacks("the element type of the result");
    if (elements_of(call, extents) > 1 << 26)
        call.refuse(onnx_fault::too_large, "the matrix has more than 2^26 elements", "");
    const std::int64_t shift = std::clamp(call.integer("k", 0), -extents[0], extents[1]);
    onnx_array all = onnx_array::zeros(type, extents);
    with_elements(all, [&]<class T>(std::span<T> elements) {
        for (std::int64_t row = 0; row < extents[0]; ++row)
            if (row + shift >= 0 && row + shift < extents[1])
                elements[static_cast<std::size_t>(row * extents[1] + row + shift)] = T(1);
    });
    call.give(known_value(std::move(all)));
}

// ---- types ---------------------------------------------------------------------------------------------------------

void cast_by(node_call& call, onnx_type type) {
    const value& x = call.in(0);
    if (carrier_of(type) == dtype::none || carrier_of(x.type) == dtype::none)
        call.lacks("a cast from or to texts or complex numbers");
    if (x.is_empty()) return call.give(known_value(onnx_array::zeros(type, x.extents())));
    const bool narrows = type != x.type && !(type == onnx_type::float16 && x.type == onnx_type::bfloat16);
    const tensor carried = cast_to(call.x(0), carrier_of(type));
    call.give(narrows ? narrowed(carried, type) : carried, type);
}

void cast_to_type(node_call& call) {
    if (call.attribute("to").text) call.lacks("a cast of opset 1, whose type is a text");
    cast_by(call, static_cast<onnx_type>(call.integer("to", 0)));
}

// ---- shapes --------------------------------------------------------------------------------------------------------

void shape_of_value(node_call& call) {
    const integers extents = call.extents(0);
    const auto rank = static_cast<std::int64_t>(extents.size());
    const auto place = [&](std::int64_t given) {
        return std::clamp<std::int64_t>(given < 0 ? given + rank : given, 0, rank);
    };
    const std::int64_t first = place(call.integer("start", 0)), last = place(call.integer("end", rank));
    call.give(known_integers(first < last ? integers(extents.begin() + first, extents.begin() + last) : integers()));
}

void reshape_to(node_call& call) {
    const integers before = call.extents(0);
    integers wanted = call.opset() < 5 ? call.list("shape") : call.known_integers(1);
    integers known;
    std::int64_t open = -1;
    for (std::size_t axis = 0; axis < wanted.size(); ++axis) {
        if (wanted[axis] == 0 && call.integer("allowzero", 0) == 0) {
            if (axis >= before.size()) call.refuse(onnx_fault::refused, "0 stands for an extent that is not there", "");
            wanted[axis] = before[axis];
        }
        if (wanted[axis] == -1) open = static_cast<std::int64_t>(axis);
        else known.push_back(wanted[axis]);
    }
    const std::int64_t elements = elements_of(call, before);
    if (open >= 0) {
        const std::int64_t others = elements_of(call, known);
        if (others == 0 || elements % others != 0)
            call.refuse(onnx_fault::refused, "-1 stands for no whole number", "");
        wanted[static_cast<std::size_t>(open)] = elements / others;
    }
    if (elements_of(call, wanted) != elements)
        call.refuse(onnx_fault::refused, "the shape has another number of elements", "");
    give_reshaped(call, wanted);
}

void flatten_to_matrix(node_call& call) {
    const integers before = call.extents(0);
    const auto rank = static_cast<std::int64_t>(before.size());
    std::int64_t axis = call.integer("axis", 1);
    if (axis < 0) axis += rank;
    if (axis < 0 || axis > rank) call.refuse(onnx_fault::refused, "the axis lies outside of the operand", "");
    const auto product = [](auto from, auto to) {
        return std::accumulate(from, to, std::int64_t{1}, std::multiplies<>());
    };
    give_reshaped(call, {product(before.begin(), before.begin() + axis), product(before.begin() + axis, before.end())});
}

void squeeze_axes(node_call& call) {
    const integers before = call.extents(0);
    const bool names = call.has(1) || call.says("axes");
    const std::vector<int> removed =
        call.axes(call.has(1) ? call.known_integers(1) : call.list("axes"), static_cast<int>(before.size()));
    integers after;
    for (std::size_t axis = 0; axis < before.size(); ++axis) {
        const bool is_named = std::find(removed.begin(), removed.end(), static_cast<int>(axis)) != removed.end();
        if (is_named && before[axis] != 1)
            call.refuse(onnx_fault::refused, "an axis that is left out has not extent 1", "");
        if (!is_named && (names || before[axis] != 1)) after.push_back(before[axis]);
    }
    give_reshaped(call, after);
}

void unsqueeze_axes(node_call& call) {
    const integers before = call.extents(0);
    const integers given = call.has(1) ? call.known_integers(1) : call.list("axes");
    std::vector<int> added = call.axes(given, static_cast<int>(before.size() + given.size()));
    integers after;
    for (std::size_t axis = 0, old = 0; axis < before.size() + given.size(); ++axis) {
        const bool is_new = std::find(added.begin(), added.end(), static_cast<int>(axis)) != added.end();
        after.push_back(is_new ? 1 : before[old++]);
    }
    give_reshaped(call, after);
}

void transpose_axes(node_call& call) {
    const int rank = call.rank(0);
    integers order = call.list("perm");
    if (order.empty())
        for (int axis = rank; axis-- > 0;) order.push_back(axis);
    const std::vector<int> checked = call.axes(order, rank);
    if (static_cast<int>(checked.size()) != rank) call.refuse(onnx_fault::refused, "perm does not name every axis", "");
    if (call.in(0).is_empty()) {
        integers extents;
        for (const int axis : checked) extents.push_back(call.extents(0)[static_cast<std::size_t>(axis)]);
        return give_empty(call, extents);
    }
    call.give(rank < 2 ? call.x(0) : transpose(call.x(0), axes_of(checked)));
}

void expand_to(node_call& call) {
    const integers wanted = call.known_integers(1), had = call.extents(0);
    integers result(std::max(wanted.size(), had.size()), 1);
    for (std::size_t i = 0; i < result.size(); ++i) {
        const std::int64_t of_x = i < had.size() ? had[had.size() - 1 - i] : 1;
        const std::int64_t asked = i < wanted.size() ? wanted[wanted.size() - 1 - i] : 1;
        result[result.size() - 1 - i] = of_x == 1 ? asked : of_x;
    }
    if (elements_of(call, result) == 0) return give_empty(call, result);
    call.give(broadcast_to(call.x(0), shape_of(result)));
}

void tile_by(node_call& call) {
    const integers repeats = call.known_integers(1);
    if (std::find(repeats.begin(), repeats.end(), 0) != repeats.end()) call.lacks("an empty tile");
    call.give(tile(call.x(0), shape_of(repeats)));
}

// ---- parts ---------------------------------------------------------------------------------------------------------

void concat_all(node_call& call) {
    std::vector<tensor> parts;
    integers extents;
    const int axis = call.axis(call.integer("axis", 1), call.rank(0));
    for (int i = 0; i < call.inputs(); ++i) {
        if (call.in(i).is_empty()) extents = call.extents(i);
        else parts.push_back(call.x(i));
    }
    if (parts.empty()) return give_empty(call, extents);
    call.give(parts.size() == 1 ? parts[0] : concat(std::span<const tensor>(parts), axis));
}

/// Where a slice begins, ends (behind) and how many elements it has, of an axis of this extent.
struct slice_places {
    std::int64_t begin, end, step, count;
};
slice_places places_of_slice(std::int64_t begin, std::int64_t end, std::int64_t step, std::int64_t extent) {
    const auto place = [&](std::int64_t given) {
        if (given < 0) given = given < -extent ? -1 : given + extent;
        else if (step > 0 || given < extent) return std::min(given, extent);
        return step > 0 ? std::max<std::int64_t>(given, 0) : std::min(given, extent - 1);
    };
    const std::int64_t from = place(begin), to = place(end);
    const std::int64_t reach = step > 0 ? to - from : from - to, stride = step > 0 ? step : -step;
    return {from, to, step, reach > 0 ? (reach - 1) / stride + 1 : 0};
}

void slice_of(node_call& call) {
    const integers extents = call.extents(0);
    const bool by_inputs = call.opset() >= 10;
    const integers starts = by_inputs ? call.known_integers(1) : call.list("starts");
    const integers ends = by_inputs ? call.known_integers(2) : call.list("ends");
    integers axes(starts.size());
    std::iota(axes.begin(), axes.end(), 0);
    if (by_inputs && call.has(3)) axes = call.known_integers(3);
    if (!by_inputs) axes = call.list("axes", axes);
    integers steps(starts.size(), 1);
    if (by_inputs && call.has(4)) steps = call.known_integers(4);
    if (ends.size() != starts.size() || axes.size() != starts.size() || steps.size() != starts.size())
        call.refuse(onnx_fault::wrong_size, "starts, ends, axes and steps are not of one length", "");
    const std::vector<int> named = call.axes(axes, static_cast<int>(extents.size()));
    integers begin(extents.size(), 0), end = extents, step(extents.size(), 1), result = extents;
    for (std::size_t i = 0; i < starts.size(); ++i) {
        const auto axis = static_cast<std::size_t>(named[i]);
        if (steps[i] == 0 || steps[i] == (std::numeric_limits<std::int64_t>::min)())
            call.refuse(onnx_fault::refused, "a step is 0", "");
        const slice_places taken = places_of_slice(starts[i], ends[i], steps[i], extents[axis]);
        begin[axis] = taken.begin;
        end[axis] = taken.end < 0 ? unbounded : taken.end;
        step[axis] = taken.step;
        result[axis] = taken.count;
    }
    if (elements_of(call, result) == 0) return give_empty(call, result);
    if (result == extents && std::all_of(step.begin(), step.end(), [](std::int64_t s) { return s == 1; }))
        return call.give(call.x(0));
    call.give(strided_slice(call.x(0), {.begin = places_of(begin), .end = places_of(end), .strides = places_of(step)}));
}

void split_up(node_call& call) {
    const integers extents = call.extents(0);
    const int axis = call.axis(call.integer("axis", 0), static_cast<int>(extents.size()));
    const std::int64_t extent = extents[static_cast<std::size_t>(axis)];
    integers sizes = call.has(1) ? call.known_integers(1) : call.list("split");
    if (sizes.empty()) sizes.assign(static_cast<std::size_t>(call.outputs()), extent / std::max(1, call.outputs()));
    sizes = call.within(std::move(sizes), 0, std::int64_t{1} << 40, "sizes");
    if (static_cast<int>(sizes.size()) != call.outputs() ||
        std::accumulate(sizes.begin(), sizes.end(), std::int64_t{0}) != extent)
        call.refuse(onnx_fault::wrong_size, "the parts do not make up the whole", "");
    std::int64_t first = 0;
    for (int k = 0; k < call.outputs(); ++k) {
        const std::int64_t size = sizes[static_cast<std::size_t>(k)];
        integers part = extents, begin(extents.size(), 0);
        part[static_cast<std::size_t>(axis)] = size;
        begin[static_cast<std::size_t>(axis)] = first;
        first += size;
        if (elements_of(call, part) == 0) give_empty(call, part, k);
        else call.give(slice(call.x(0), shape_of(begin), shape_of(part)), call.type(0), k);
    }
}

/// The outermost elements of an axis, repeated.
tensor pad_with_edges(const tensor& x, int axis, std::int64_t before, std::int64_t after) {
    std::vector<tensor> parts;
    const auto repeated = [&](std::int64_t place, std::int64_t count) {
        integers begin(static_cast<std::size_t>(x.shape().rank()), 0), size = extents_of(x), repeats(begin.size(), 1);
        begin[static_cast<std::size_t>(axis)] = place;
        size[static_cast<std::size_t>(axis)] = 1;
        repeats[static_cast<std::size_t>(axis)] = count;
        parts.push_back(tile(slice(x, shape_of(begin), shape_of(size)), shape_of(repeats)));
    };
    if (before > 0) repeated(0, before);
    parts.push_back(x);
    if (after > 0) repeated(x.shape()[axis] - 1, after);
    return concat(std::span<const tensor>(parts), axis);
}

void pad_around(node_call& call) {
    tensor x = call.x(0);
    const auto rank = static_cast<std::size_t>(call.rank(0));
    integers pads = call.opset() >= 11 ? call.known_integers(1) : call.list("pads", call.list("paddings"));
    if (pads.size() != 2 * rank) call.refuse(onnx_fault::wrong_size, "there are not two pads for each axis", "");
    pads = call.within(std::move(pads), -(std::int64_t{1} << 40), std::int64_t{1} << 40, "pads");
    const std::string mode = call.text("mode", "constant");
    const double filling = call.opset() >= 11 ? (call.has(2) ? call.known_number(2) : 0) : call.number("value", 0);
    // Negative pads cut.
    integers begin(rank, 0), size = extents_of(x);
    for (std::size_t axis = 0; axis < rank; ++axis) {
        std::int64_t &before = pads[axis], &after = pads[axis + rank];
        begin[axis] = std::max<std::int64_t>(-before, 0);
        size[axis] -= begin[axis] + std::max<std::int64_t>(-after, 0);
        before = std::max<std::int64_t>(before, 0);
        after = std::max<std::int64_t>(after, 0);
    }
    if (size != extents_of(x)) x = slice(x, shape_of(begin), shape_of(size));
    if (mode == "edge") {
        for (std::size_t axis = 0; axis < rank; ++axis)
            if (pads[axis] > 0 || pads[axis + rank] > 0)
                x = pad_with_edges(x, static_cast<int>(axis), pads[axis], pads[axis + rank]);
        return call.give(x);
    }
    if (mode != "constant" && mode != "reflect") call.lacks("this mode of pads");
    paddings around;
    for (std::size_t axis = 0; axis < rank; ++axis) around.append({pads[axis], pads[axis + rank]});
    call.give(pad(x, around,
                  {.mode = mode == "reflect" ? pad_mode::reflect : pad_mode::constant, .constant_value = filling}));
}

/// 1 where row + k reaches the column.
void triangle(node_call& call) {
    if (call.in(0).is_empty()) return call.give(call.in(0));
    const tensor x = call.x(0);
    if (x.shape().rank() < 2) call.refuse(onnx_fault::refused, "the operand is no matrix", "");
    const std::int64_t shift = call.has(1) ? call.known_integer(1) : 0;
    const tensor rows = expand_dims(range(call.s(), x.shape()[-2], {.dtype = int64}), 1);
    const tensor columns = range(call.s(), x.shape()[-1], {.dtype = int64});
    const tensor distance = columns - rows;
    const tensor kept = call.integer("upper", 1) != 0 ? distance >= shift : distance <= shift;
    call.give(where(kept, x, zeros_like(x)));
}

void reverse_sequence_by(node_call& call) {
    call.give(
        reverse_sequence(call.x(0), call.x(1),
                         {.sequence_axis = call.integer("time_axis", 0), .batch_axis = call.integer("batch_axis", 1)}));
}

/// Blocks of channels into places: in DCR order the block is the outer part of the channels, in CRD the inner one.
void depth_to_space_by(node_call& call) {
    const tensor x = call.x(0);
    const integers e = extents_of(x);
    const std::int64_t b = call.integer("blocksize", 0);
    if (e.size() != 4 || b < 1 || b > e[1] || e[1] % (b * b) != 0)
        call.refuse(onnx_fault::refused, "the block does not divide the channels", "");
    const std::int64_t c = e[1] / (b * b);
    const tensor moved = call.text("mode", "DCR") == "DCR"
                             ? transpose(reshape(x, {e[0], b, b, c, e[2], e[3]}), {0, 3, 4, 1, 5, 2})
                             : transpose(reshape(x, {e[0], c, b, b, e[2], e[3]}), {0, 1, 4, 2, 5, 3});
    call.give(reshape(moved, {e[0], c, e[2] * b, e[3] * b}));
}

void space_to_depth_by(node_call& call) {
    const tensor x = call.x(0);
    const integers e = extents_of(x);
    const std::int64_t b = call.integer("blocksize", 0);
    if (e.size() != 4 || b < 1 || e[2] % b != 0 || e[3] % b != 0)
        call.refuse(onnx_fault::refused, "the block does not divide height and width", "");
    const tensor moved = transpose(reshape(x, {e[0], e[1], e[2] / b, b, e[3] / b, b}), {0, 3, 5, 1, 2, 4});
    call.give(reshape(moved, {e[0], e[1] * b * b, e[2] / b, e[3] / b}));
}

}  // namespace

void add_arrays(op_table& table) {
    table.add("Constant", &constant_of_node);
    table.add("ConstantOfShape", &constant_of_shape);
    table.add("Range", &range_of_numbers);
    table.add("EyeLike", &eye_like);
    table.add("Cast", &cast_to_type);
    table.add("CastLike", [](node_call& call) { cast_by(call, call.type(1)); });
    table.add(
        "Identity", [](node_call& call) { call.give(call.has(0) ? call.in(0) : value{}); }, 1, false);
    table.add("Shape", &shape_of_value);
    table.add("Size", [](node_call& call) {
        std::int64_t count = 1;
        for (const std::int64_t extent : call.extents(0)) count *= extent;
        call.give(known_value<std::int64_t>({count}, {}));
    });
    table.add("Reshape", &reshape_to);
    table.add("Flatten", &flatten_to_matrix);
    table.add("Squeeze", &squeeze_axes);
    table.add("Unsqueeze", &unsqueeze_axes);
    table.add("Transpose", &transpose_axes);
    table.add("Expand", &expand_to);
    table.add("Tile", &tile_by);
    table.add("Concat", &concat_all);
    table.add("Slice", &slice_of);
    table.add("Split", &split_up);
    table.add("Pad", &pad_around);
    table.add("Trilu", &triangle);
    table.add("ReverseSequence", &reverse_sequence_by);
    table.add("DepthToSpace", &depth_to_space_by);
    table.add("SpaceToDepth", &space_to_depth_by);
}

}  // namespace ambit::onnx_parts
