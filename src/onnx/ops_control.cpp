// SPDX-License-Identifier: BSL-1.0
// Branches, loops, sequences and optional values. What they decide on is known when the model is built, so that nothing
// of them is left in it: loops are unrolled, sequences are lists of tensors.
#include "importing.hpp"

#include <algorithm>
#include <numeric>

namespace AMBIT_NAMESPACE::onnx_parts {

namespace {

constexpr std::int64_t most_iterations = 1 << 14;

bool holds(const node_call& call, const value& condition) {
    if (condition.known == nullptr)
        call.refuse(onnx_fault::needs_constant, "the condition is known at run time only",
                    "give it to the importer, in .constants", condition.name);
    return condition.known->elements() == 1 && condition.known->bytes[0] != std::byte{0};
}

/// With a condition of run time both branches are computed, and the results chosen from.
void branch(node_call& call) {
    const value& condition = call.in(0);
    const auto run = [&](const char* name) { return call.builder().run(call.graph(name), {}, &call.names()); };
    if (condition.known != nullptr) {
        std::vector<value> results = run(holds(call, condition) ? "then_branch" : "else_branch");
        for (int k = 0; k < call.outputs() && k < static_cast<int>(results.size()); ++k)
            call.give(results[static_cast<std::size_t>(k)], k);
        return;
    }
    const std::vector<value> yes = run("then_branch"), no = run("else_branch");
    if (yes.size() != no.size()) call.refuse(onnx_fault::refused, "the branches have different numbers of results", "");
    for (std::size_t k = 0; k < yes.size(); ++k) {
        if (yes[k].items != nullptr || no[k].items != nullptr || !yes[k].is_there() || !no[k].is_there() ||
            yes[k].extents() != no[k].extents() || yes[k].type != no[k].type)
            holds(call, condition);  // which of them it is decides on shapes
        const tensor choice = reshape(call.x(0), {});
        call.give(where(choice, call.builder().tensor_of(yes[k]), call.builder().tensor_of(no[k])), yes[k].type,
                  static_cast<int>(k));
    }
}

/// One element along an axis, without it.
value element(const node_call& call, const value& of, int axis, std::int64_t place) {
    const tensor x = call.builder().tensor_of(of, call.node().title());
    integers begin(static_cast<std::size_t>(x.shape().rank()), 0), size = extents_of(x);
    begin[static_cast<std::size_t>(axis)] = place;
    size[static_cast<std::size_t>(axis)] = 1;
    return {.type = of.type, .built = squeeze(slice(x, shape_of(begin), shape_of(size)), {axis})};
}

value stacked(const node_call& call, const std::vector<value>& parts, int axis) {
    if (parts.empty()) call.lacks("a loop without iterations whose results are stacked");
    std::vector<tensor> tensors;
    for (const value& part : parts) tensors.push_back(call.builder().tensor_of(part, call.node().title()));
    return {.type = parts[0].type, .built = stack(std::span<const tensor>(tensors), axis)};
}

void loop(node_call& call) {
    const onnx_graph& body = call.graph("body");
    const std::int64_t trips = call.has(0) ? call.known_integer(0) : most_iterations;
    const std::size_t carried = static_cast<std::size_t>(std::max(call.inputs() - 2, 0));
    if (body.outputs.size() < carried + 1 || body.inputs.size() < carried + 2)
        call.refuse(onnx_fault::refused, "the body does not return what it carries", "");
    std::vector<value> state;
    for (int i = 2; i < call.inputs(); ++i) state.push_back(call.has(i) ? call.in(i) : value{});
    std::vector<std::vector<value>> gathered(body.outputs.size() - 1 - carried);
    bool goes_on = !call.has(1) || holds(call, call.in(1));
    std::int64_t trip = 0;
    for (; goes_on && trip < trips; ++trip) {
        if (trip == most_iterations)
            call.refuse(onnx_fault::too_large, "the loop has more than 2^14 iterations", "they are unrolled");
        std::vector<value> inputs{known_value<std::int64_t>({trip}, {}),
                                  known_value(onnx_array::of<bool>(onnx_type::boolean, {}, {true}))};
        inputs.insert(inputs.end(), state.begin(), state.end());
        const std::vector<value> results = call.builder().run(body, inputs, &call.names());
        goes_on = holds(call, results[0]);
        for (std::size_t i = 0; i < carried; ++i) state[i] = results[i + 1];
        for (std::size_t i = 0; i < gathered.size(); ++i) gathered[i].push_back(results[i + 1 + carried]);
    }
    int k = 0;
    for (value& last : state) call.give(std::move(last), k++);
    for (const std::vector<value>& parts : gathered) {
        if (call.wants(k)) call.give(stacked(call, parts, 0), k);
        ++k;
    }
}

struct scan_axes {
    integers input_axes, input_directions, output_axes, output_directions;
};

std::vector<value> run_scan(const node_call& call, const onnx_graph& body, std::vector<value> state,
                            const std::vector<value>& sequences, const scan_axes& by) {
    const std::size_t states = state.size();
    std::int64_t trips = -1;
    std::vector<int> axes;
    for (std::size_t i = 0; i < sequences.size(); ++i) {
        const integers extents = sequences[i].extents();
        axes.push_back(call.axis(by.input_axes[i], static_cast<int>(extents.size())));
        const std::int64_t count = extents[static_cast<std::size_t>(axes.back())];
        if (trips >= 0 && trips != count) call.refuse(onnx_fault::refused, "sequences are of different lengths", "");
        trips = count;
    }
    if (trips > most_iterations)
        call.refuse(onnx_fault::too_large, "the loop has more than 2^14 iterations", "they are unrolled");
    std::vector<std::vector<value>> gathered(body.outputs.size() - states);
    for (std::int64_t trip = 0; trip < trips; ++trip) {
        std::vector<value> inputs = state;
        for (std::size_t i = 0; i < sequences.size(); ++i)
            inputs.push_back(
                element(call, sequences[i], axes[i], by.input_directions[i] != 0 ? trips - 1 - trip : trip));
        std::vector<value> results = call.builder().run(body, inputs, &call.names());
        for (std::size_t i = 0; i < states; ++i) state[i] = results[i];
        for (std::size_t i = 0; i < gathered.size(); ++i) {
            auto& list = gathered[i];
            list.insert(by.output_directions[i] != 0 ? list.begin() : list.end(), results[states + i]);
        }
    }
    for (std::size_t i = 0; i < gathered.size(); ++i) {
        const int rank = gathered[i].empty() ? 0 : static_cast<int>(gathered[i][0].extents().size()) + 1;
        state.push_back(stacked(call, gathered[i], rank == 0 ? 0 : call.axis(by.output_axes[i], rank)));
    }
    return state;
}

void scan_over(node_call& call) {
    const onnx_graph& body = call.graph("body");
    const bool has_batch = call.opset() < 9;  // and lengths of the sequences as its first input
    const int first = has_batch ? 1 : 0;
    if (has_batch && call.has(0)) call.lacks("a scan with lengths of sequences");
    const std::int64_t scanned = call.integer("num_scan_inputs", 0);
    const std::int64_t states = scanned < 1 ? -1 : call.inputs() - first - scanned;
    if (states < 0 || static_cast<std::int64_t>(body.outputs.size()) < states)
        call.refuse(onnx_fault::refused, "there are fewer inputs than are scanned", "");
    const std::size_t stacks = body.outputs.size() - static_cast<std::size_t>(states);
    const integers none(static_cast<std::size_t>(scanned), 0), none_out(stacks, 0);
    const scan_axes by{call.list("scan_input_axes", none),
                       call.list("scan_input_directions", call.list("directions", none)),
                       call.list("scan_output_axes", none_out), call.list("scan_output_directions", none_out)};
    if (by.input_axes.size() != none.size() || by.input_directions.size() != none.size() ||
        by.output_axes.size() != stacks || by.output_directions.size() != stacks)
        call.refuse(onnx_fault::wrong_size, "there is not an axis and a direction for each sequence", "");
    std::vector<value> initial, sequences;
    for (int i = first; i < call.inputs(); ++i) (i - first < states ? initial : sequences).push_back(call.in(i));
    std::vector<value> results;
    if (!has_batch) {
        results = run_scan(call, body, initial, sequences, by);
    } else {
        std::vector<std::vector<value>> of_batches;
        const std::int64_t batch = call.extents(first)[0];
        for (std::int64_t b = 0; b < batch; ++b) {
            const auto chosen = [&](const std::vector<value>& all) {
                std::vector<value> made;
                for (const value& one : all) made.push_back(element(call, one, 0, b));
                return made;
            };
            of_batches.push_back(run_scan(call, body, chosen(initial), chosen(sequences), by));
        }
        for (std::size_t k = 0; k < of_batches[0].size(); ++k) {
            std::vector<value> parts;
            for (const auto& of_batch : of_batches) parts.push_back(of_batch[k]);
            results.push_back(stacked(call, parts, 0));
        }
    }
    for (std::size_t k = 0; k < results.size(); ++k) call.give(results[k], static_cast<int>(k));
}

// ---- sequences and optional values ---------------------------------------------------------------------------------

const std::vector<value>& sequence(const node_call& call, int i) {
    const value& asked = call.in(i);
    if (asked.items == nullptr) call.refuse(onnx_fault::refused, "a sequence is wanted", "", asked.name);
    return *asked.items;
}
value sequence_of(std::vector<value> items) {
    return {.items = std::make_shared<const std::vector<value>>(std::move(items))};
}

std::size_t place_in(const node_call& call, std::int64_t given, std::size_t size, bool may_end) {
    const auto count = static_cast<std::int64_t>(size);
    const std::int64_t place = given < 0 ? given + count : given;
    if (place < 0 || place >= count + (may_end ? 1 : 0))
        call.refuse(onnx_fault::refused, "the place lies outside of the sequence", "");
    return static_cast<std::size_t>(place);
}

void construct_sequence(node_call& call) {
    std::vector<value> items;
    for (int i = 0; i < call.inputs(); ++i) items.push_back(call.in(i));
    call.give(sequence_of(std::move(items)));
}
void insert_into_sequence(node_call& call) {
    std::vector<value> items = sequence(call, 0);
    const std::size_t place = call.has(2) ? place_in(call, call.known_integer(2), items.size(), true) : items.size();
    items.insert(items.begin() + static_cast<std::ptrdiff_t>(place), call.in(1));
    call.give(sequence_of(std::move(items)));
}
void erase_from_sequence(node_call& call) {
    std::vector<value> items = sequence(call, 0);
    if (items.empty()) call.refuse(onnx_fault::refused, "the sequence is empty", "");
    const std::size_t place =
        call.has(1) ? place_in(call, call.known_integer(1), items.size(), false) : items.size() - 1;
    items.erase(items.begin() + static_cast<std::ptrdiff_t>(place));
    call.give(sequence_of(std::move(items)));
}

void split_to_sequence(node_call& call) {
    const tensor x = call.x(0);
    const int axis = call.axis(call.integer("axis", 0), call.rank(0));
    const std::int64_t extent = x.shape()[axis];
    integers sizes;
    const bool keeps = call.has(1) || call.integer("keepdims", 1) != 0;
    if (!call.has(1)) sizes.assign(static_cast<std::size_t>(extent), 1);
    else if (call.rank(1) == 1) sizes = call.known_integers(1);
    else {
        const std::int64_t size = call.known_integer(1);
        if (size < 1) call.refuse(onnx_fault::refused, "the parts are empty", "");
        for (std::int64_t left = extent; left > 0; left -= size) sizes.push_back(std::min(left, size));
    }
    std::vector<value> items;
    for (const tensor& part : split(x, std::span<const std::int64_t>(sizes), axis))
        items.push_back({.type = call.type(0), .built = keeps ? part : squeeze(part, {axis})});
    call.give(sequence_of(std::move(items)));
}

void concat_from_sequence(node_call& call) {
    std::vector<tensor> parts;
    const std::vector<value>& items = sequence(call, 0);
    if (items.empty()) call.lacks("the concatenation of nothing");
    for (const value& item : items) parts.push_back(call.builder().tensor_of(item, call.node().title()));
    const bool is_new = call.integer("new_axis", 0) != 0;
    const int rank = parts[0].shape().rank() + (is_new ? 1 : 0),
              axis = call.axis(call.attribute("axis").integer.value_or(0), rank);
    const std::span<const tensor> all(parts);
    call.give(is_new ? stack(all, axis) : concat(all, axis), items[0].type);
}

/// Runs a graph on the elements of sequences; inputs that are none are the same for all.
void map_sequence(node_call& call) {
    const onnx_graph& body = call.graph("body");
    const std::size_t count = sequence(call, 0).size();
    std::vector<std::vector<value>> results(body.outputs.size());
    for (std::size_t k = 0; k < count; ++k) {
        std::vector<value> inputs;
        for (int i = 0; i < call.inputs(); ++i) {
            if (call.in(i).items != nullptr && sequence(call, i).size() != count)
                call.refuse(onnx_fault::refused, "sequences are of different lengths", "");
            inputs.push_back(call.in(i).items != nullptr ? sequence(call, i)[k] : call.in(i));
        }
        std::vector<value> made = call.builder().run(body, inputs, &call.names());
        for (std::size_t o = 0; o < made.size(); ++o) results[o].push_back(std::move(made[o]));
    }
    for (std::size_t o = 0; o < results.size(); ++o) call.give(sequence_of(std::move(results[o])), static_cast<int>(o));
}

// ---- dropout -------------------------------------------------------------------------------------------------------

/// Models are imported for inference, where nothing is dropped.
void dropout_by(node_call& call) {
    const bool trains = call.has(2) && holds(call, call.in(2)) && !(call.has(1) && call.known_number(1) == 0);
    if (trains) call.lacks("dropout while training");
    call.give(call.x(0));
    if (call.wants(1)) call.give(constant(call.s(), 1, call.x(0).shape(), {.dtype = boolean}), onnx_type::boolean, 1);
}

}  // namespace

void add_control(op_table& table) {
    table.add("If", &branch, 1, false);
    table.add("Loop", &loop, 1, false);
    table.add("Scan", &scan_over, 8, false);
    table.add(
        "SequenceEmpty", [](node_call& call) { call.give(sequence_of({})); }, 1, false);
    table.add("SequenceConstruct", &construct_sequence, 1, false);
    table.add("SequenceInsert", &insert_into_sequence, 1, false);
    table.add("SequenceErase", &erase_from_sequence, 1, false);
    table.add(
        "SequenceAt",
        [](node_call& call) {
            const std::vector<value>& items = sequence(call, 0);
            call.give(items[place_in(call, call.known_integer(1), items.size(), false)]);
        },
        1, false);
    table.add(
        "SequenceLength",
        [](node_call& call) {
            call.give(known_value<std::int64_t>({static_cast<std::int64_t>(sequence(call, 0).size())}, {}));
        },
        1, false);
    table.add("SplitToSequence", &split_to_sequence, 1, false);
    table.add("ConcatFromSequence", &concat_from_sequence, 1, false);
    table.add("SequenceMap", &map_sequence, 1, false);
    table.add(
        "Optional", [](node_call& call) { call.give(call.has(0) ? call.in(0) : value{}); }, 1, false);
    table.add(
        "OptionalGetElement", [](node_call& call) { call.give(call.in(0)); }, 1, false);
    table.add(
        "OptionalHasElement",
        [](node_call& call) { call.give(known_value(onnx_array::of<bool>(onnx_type::boolean, {}, {call.has(0)}))); }, 1,
        false);
    table.add("Dropout", &dropout_by);
}

}  // namespace ambit::onnx_parts
