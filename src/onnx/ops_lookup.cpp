// SPDX-License-Identifier: BSL-1.0
// Elements and slices by their places, and the places of the largest.
#include "importing.hpp"

#include <algorithm>
#include <numeric>

namespace AMBIT_NAMESPACE::onnx_parts {

namespace {

/// Negative places count from the end.
tensor from_the_end(const value& given, const tensor& places, std::int64_t extent) {
    if (given.known != nullptr) {
        bool is_negative = false;
        with_elements(*given.known, [&](auto elements) {
            for (const auto element : elements) is_negative = is_negative || std::int64_t(element) < 0;
        });
        if (!is_negative) return places;
    }
    return where(places < 0, places + extent, places);
}

void gather_slices(node_call& call) {
    const int axis = call.axis(call.integer("axis", 0), call.rank(0));
    const std::int64_t extent = call.extents(0)[static_cast<std::size_t>(axis)];
    call.give(gather(call.x(0), from_the_end(call.in(1), call.x(1), extent), {.axis = axis}));
}

/// The axis at the end, and back.
tensor with_axis_last(const tensor& x, int axis) {
    std::vector<int> order;
    for (int i = 0; i < x.shape().rank(); ++i)
        if (i != axis) order.push_back(i);
    if (axis == x.shape().rank() - 1) return x;
    order.push_back(axis);
    return transpose(x, axes_of(order));
}
tensor with_last_axis_at(const tensor& x, int axis) {
    const int last = x.shape().rank() - 1;
    if (axis == last) return x;
    std::vector<int> order;
    for (int i = 0; i < last; ++i) order.push_back(i);
    order.insert(order.begin() + axis, last);
    return transpose(x, axes_of(order));
}

void gather_elements(node_call& call) {
    tensor x = call.x(0);
    const tensor places = call.x(1);
    const int axis = call.axis(call.integer("axis", 0), call.rank(0));
    const std::int64_t extent = x.shape()[axis];
    integers size = extents_of(places), begin(size.size(), 0);
    if (size.size() != static_cast<std::size_t>(x.shape().rank()))
        call.refuse(onnx_fault::refused, "indices have another number of axes", "");
    size[static_cast<std::size_t>(axis)] = extent;
    if (size != extents_of(x)) x = slice(x, shape_of(begin), shape_of(size));
    const tensor found = batch_gather(with_axis_last(cast_to(x, x.dtype() == boolean ? uint8 : x.dtype()), axis),
                                      with_axis_last(from_the_end(call.in(1), places, extent), axis));
    call.give(cast_to(with_last_axis_at(found, axis), x.dtype()));
}

/// Whether places lie on an axis. One that does not would be another one of the axes together.
tensor lies_within(const tensor& place, std::int64_t extent) { return logical_and(place >= 0, place < extent); }

/// Places [..., k] in the first k axes, as numbers of rows, -1 outside of them; and how many rows there are.
struct row_places {
    tensor rows;
    std::int64_t count;
    integers row;  // extents of one
};
row_places rows_of_places(const node_call& call, const tensor& x, const tensor& places) {
    const int depth = static_cast<int>(places.shape()[-1]);
    if (depth > x.shape().rank()) call.refuse(onnx_fault::refused, "places have more numbers than there are axes", "");
    const core_parts::buffer<tensor> numbers = unstack(places, -1);
    row_places found{cast_to(numbers[0], int64), 1, {}};
    tensor inside;
    for (int axis = 0; axis < depth; ++axis) {
        const std::int64_t extent = x.shape()[axis];
        tensor place = cast_to(numbers[axis], int64);
        place = where(place < 0, place + extent, place);
        const tensor is_there = lies_within(place, extent);
        inside = axis == 0 ? is_there : logical_and(inside, is_there);
        found.rows = axis == 0 ? place : found.rows * extent + place;
        found.count *= extent;
    }
    found.rows = where(inside, found.rows, -1);
    for (int axis = depth; axis < x.shape().rank(); ++axis) found.row.push_back(x.shape()[axis]);
    return found;
}

tensor gathered(const node_call& call, const tensor& x, const tensor& places) {
    const row_places found = rows_of_places(call, x, places);
    integers rows{found.count};
    rows.insert(rows.end(), found.row.begin(), found.row.end());
    return gather(reshape(x, shape_of(rows)), found.rows, {.axis = 0});
}

void gather_by_places(node_call& call) {
    const auto batches = call.integer("batch_dims", 0);
    if (batches == 0) return call.give(gathered(call, call.x(0), call.x(1)));
    // Each batch by itself.
    const auto flat = [&](const tensor& x) {
        integers extents{1};
        for (int axis = 0; axis < x.shape().rank(); ++axis)
            if (axis < batches) extents[0] *= x.shape()[axis];
            else extents.push_back(x.shape()[axis]);
        return reshape(x, shape_of(extents));
    };
    if (batches < 0 || batches >= call.rank(0) || batches >= call.rank(1))
        call.refuse(onnx_fault::refused, "there are more batch axes than axes", "");
    const core_parts::buffer<tensor> xs = unstack(flat(call.x(0)), 0), places = unstack(flat(call.x(1)), 0);
    std::vector<tensor> results;
    for (int i = 0; i < xs.size(); ++i) results.push_back(gathered(call, xs[i], places[i]));
    const tensor all = stack(std::span<const tensor>(results), 0);
    integers extents;
    for (int axis = 0; axis < batches; ++axis) extents.push_back(call.extents(0)[static_cast<std::size_t>(axis)]);
    for (int axis = 1; axis < all.shape().rank(); ++axis) extents.push_back(all.shape()[axis]);
    call.give(reshape(all, shape_of(extents)));
}

tensor scattered(const node_call& call, const tensor& x, const tensor& rows, const tensor& updates) {
    const std::string reduction = call.text("reduction", "none");
    const dtype type = x.dtype() == boolean ? uint8 : x.dtype();
    const tensor array = cast_to(x, type), news = cast_to(updates, type);
    if (reduction == "none") return cast_to(scatter_update(array, rows, news), x.dtype());
    if (reduction == "add") return scatter_add(array, rows, news);
    call.lacks("the reduction " + mistake_parts::in_quotes(reduction));
}

void scatter_slices(node_call& call) {
    const tensor x = call.x(0);
    const row_places found = rows_of_places(call, x, call.x(1));
    integers rows{found.count}, updates{found.rows.shape().elements()};
    rows.insert(rows.end(), found.row.begin(), found.row.end());
    updates.insert(updates.end(), found.row.begin(), found.row.end());
    const tensor result =
        scattered(call, reshape(x, shape_of(rows)), reshape(found.rows, {-1}), reshape(call.x(2), shape_of(updates)));
    call.give(reshape(result, x.shape()));
}

/// Each element goes where its index says along one axis, and stays in place along the others.
void scatter_elements(node_call& call) {
    const tensor x = call.x(0), given = call.x(1);
    const int axis = call.axis(call.integer("axis", 0), call.rank(0));
    tensor place = cast_to(given, int64);
    place = where(place < 0, place + x.shape()[axis], place);
    std::optional<tensor> linear;
    for (int i = 0; i < x.shape().rank(); ++i) {
        tensor along = place;
        if (i != axis) {
            integers extents(static_cast<std::size_t>(x.shape().rank()), 1);
            extents[static_cast<std::size_t>(i)] = given.shape()[i];
            along = reshape(range(call.s(), given.shape()[i], {.dtype = int64}), shape_of(extents));
        }
        linear = linear ? *linear * x.shape()[i] + along : along;
    }
    const tensor rows = where(lies_within(place, x.shape()[axis]), *linear, -1);
    const tensor result = scattered(call, reshape(x, {-1}), reshape(broadcast_to(rows, given.shape()), {-1}),
                                    reshape(call.x(2), {-1}));
    call.give(reshape(result, x.shape()));
}

void one_hot_rows(node_call& call) {
    const std::int64_t depth = call.known_integer(1);
    const tensor given = call.x(0);
    const tensor numbers = is_floating(given.dtype()) ? cast(given, int64) : given;
    const tensor places = numbers.dtype() == uint8 ? numbers : where(numbers < 0, numbers + depth, numbers);
    const std::int64_t axis = call.integer("axis", -1);
    const tensor is_on = one_hot(places, depth, {.axis = axis, .dtype = boolean});
    const core_parts::buffer<tensor> values = unstack(call.x(2), 0);
    call.give(where(is_on, values[1], values[0]), call.type(2));
}

op_function position(tensor (*find)(const tensor&, int)) {
    return [=](node_call& call) {
        const tensor x = call.x(0);
        const int axis = call.axis(call.integer("axis", 0), call.rank(0));
        tensor place = find(x, axis);
        if (call.integer("select_last_index", 0) != 0)
            place = static_cast<std::int32_t>(x.shape()[axis] - 1) - find(reverse(x, {axis}), axis);
        if (call.integer("keepdims", 1) != 0) place = expand_dims(place, axis);
        call.give(cast(place, int64), onnx_type::int64);
    };
}

void largest(node_call& call) {
    const tensor x = call.x(0);
    const int axis = call.axis(call.integer("axis", -1), call.rank(0));
    const std::int64_t k = call.opset() >= 10 ? call.known_integer(1) : call.integer("k", 1);
    const bool is_largest = call.integer("largest", 1) != 0;
    const tensor last = with_axis_last(x, axis);
    // The least integer has no negative.
    const auto turned = [&](const tensor& y) {
        return is_floating(y.dtype()) ? neg(y) : (y.dtype() == uint8 ? 255 : -1) - y;
    };
    const auto [values, indices] = top_k(is_largest ? last : turned(last), k);
    call.give(with_last_axis_at(is_largest ? values : turned(values), axis), call.type(0));
    call.give(cast(with_last_axis_at(indices, axis), int64), onnx_type::int64, 1);
}

void cumulative_sum(node_call& call) {
    call.give(cumsum(call.x(0), call.axis(call.known_integer(1), call.rank(0)),
                     {.exclusive = call.integer("exclusive", 0) != 0, .reverse = call.integer("reverse", 0) != 0}));
}

/// Which elements stay decides on the shape.
void compress(node_call& call) {
    integers kept;
    const integers conditions = call.known_integers(1);
    for (std::size_t i = 0; i < conditions.size(); ++i)
        if (conditions[i] != 0) kept.push_back(static_cast<std::int64_t>(i));
    if (kept.empty()) call.lacks("a choice of no element");
    const onnx_array places = onnx_array::of(onnx_type::int64, {static_cast<std::int64_t>(kept.size())}, kept);
    const bool has_axis = call.says("axis");
    const tensor x = has_axis ? call.x(0) : reshape(call.x(0), {-1});
    const int axis = has_axis ? call.axis(call.integer("axis", 0), call.rank(0)) : 0;
    if (kept.back() >= x.shape()[axis]) call.refuse(onnx_fault::refused, "the condition is longer than the axis", "");
    call.give(gather(x, constant_of(call.s(), places), {.axis = axis}));
}

void nonzero_places(node_call& call) {
    const integers extents = call.extents(0);
    integers found;
    const std::vector<double> elements = call.known_numbers(0);
    for (std::size_t i = 0; i < elements.size(); ++i)
        if (elements[i] != 0) found.push_back(static_cast<std::int64_t>(i));
    const auto count = static_cast<std::int64_t>(found.size());
    integers all(extents.size() * found.size());
    for (std::size_t i = 0; i < found.size(); ++i) {
        std::int64_t rest = found[i];
        for (std::size_t axis = extents.size(); axis-- > 0; rest /= extents[axis])
            all[axis * found.size() + i] = rest % extents[axis];
    }
    call.give(known_value(all, {static_cast<std::int64_t>(extents.size()), count}));
}

}  // namespace

void add_lookup(op_table& table) {
    table.add("Gather", &gather_slices);
    table.add("GatherElements", &gather_elements);
    table.add("GatherND", &gather_by_places);
    table.add("ScatterND", &scatter_slices);
    table.add("ScatterElements", &scatter_elements);
    table.add("Scatter", &scatter_elements);
    table.add("OneHot", &one_hot_rows);
    table.add("ArgMax", position([](const tensor& x, int axis) { return argmax(x, axis); }));
    table.add("ArgMin", position([](const tensor& x, int axis) { return argmin(x, axis); }));
    table.add("TopK", &largest);
    table.add("CumSum", &cumulative_sum);
    table.add("Compress", &compress);
    table.add("NonZero", &nonzero_places);
}

}  // namespace ambit::onnx_parts
