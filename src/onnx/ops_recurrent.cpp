// SPDX-License-Identifier: BSL-1.0
// RNN, GRU and LSTM: one loop over the steps for each direction.
#include "activations.hpp"

#include <array>

namespace AMBIT_NAMESPACE::onnx_parts {

namespace {

/// What one direction of a layer is made of; gates are stacked along axis 0, [gates · units, …].
struct direction {
    tensor input_weights, state_weights;         // [gates · units, inputs], [gates · units, units]
    std::optional<tensor> input_bias = {}, state_bias = {};  // [gates · units]
    std::optional<tensor> peepholes = {};        // [3 · units], of an LSTM
    tensor first_state, first_cell;              // [batch, units]
    bool is_reverse = false;
    std::size_t number = 0;
};

/// Row k of axis 0, without that axis.
tensor row(const tensor& x, std::int64_t k) {
    integers begin(static_cast<std::size_t>(x.shape().rank()), 0), size = extents_of(x);
    begin[0] = k;
    size[0] = 1;
    return squeeze(slice(x, shape_of(begin), shape_of(size)), {0});
}

/// Some of the parts along axis 0, each as long as there are units.
tensor parts(const tensor& x, std::int64_t first, std::int64_t count, std::int64_t units) {
    integers begin(static_cast<std::size_t>(x.shape().rank()), 0), size = extents_of(x);
    begin[0] = first * units;
    size[0] = count * units;
    return slice(x, shape_of(begin), shape_of(size));
}

/// The function of a gate, by its place among those of a direction.
tensor gate(const node_call& call, const direction& of, std::size_t place, std::size_t count, const char* otherwise,
            const tensor& x) {
    const std::vector<std::string> names =
        call.says("activations") ? call.attribute("activations").texts : std::vector<std::string>();
    const std::vector<float> alphas = call.numbers("activation_alpha"), betas = call.numbers("activation_beta");
    const std::size_t at = of.number * count + place;
    const auto said = [&](const std::vector<float>& list) {
        return at < list.size() ? std::optional<double>(list[at]) : std::nullopt;
    };
    const double limit = call.number("clip", 0);
    const tensor inside = limit > 0 ? clip(x, -limit, limit) : x;
    return activated(call, at < names.size() ? names[at] : otherwise, inside, said(alphas), said(betas));
}

using state = std::array<tensor, 2>;

state lstm_step(const node_call& call, const direction& of, const tensor& given, const state& before) {
    const std::int64_t units = before[0].shape()[1];
    tensor sums = given + matmul(before[0], of.state_weights, {.transpose_b = true});
    if (of.state_bias) sums = sums + *of.state_bias;
    auto [i, o, f, c] = split<4>(sums, 1);
    if (of.peepholes) {
        i = i + parts(*of.peepholes, 0, 1, units) * before[1];
        f = f + parts(*of.peepholes, 2, 1, units) * before[1];
    }
    const tensor in = gate(call, of, 0, 3, "Sigmoid", i);
    const tensor kept = call.integer("input_forget", 0) != 0 ? 1 - in : gate(call, of, 0, 3, "Sigmoid", f);
    const tensor cell = kept * before[1] + in * gate(call, of, 1, 3, "Tanh", c);
    if (of.peepholes) o = o + parts(*of.peepholes, 1, 1, units) * cell;
    return {gate(call, of, 0, 3, "Sigmoid", o) * gate(call, of, 2, 3, "Tanh", cell), cell};
}

state gru_step(const node_call& call, const direction& of, const tensor& given, const state& before) {
    const std::int64_t units = before[0].shape()[1];
    const auto by_state = [&](const tensor& h, std::int64_t first, std::int64_t count) {
        const tensor sums = matmul(h, parts(of.state_weights, first, count, units), {.transpose_b = true});
        return of.state_bias ? sums + parts(*of.state_bias, first, count, units) : sums;
    };
    const auto [given_z, given_r, given_h] = split<3>(given, 1);
    const auto [state_z, state_r] = split<2>(by_state(before[0], 0, 2), 1);
    const tensor z = gate(call, of, 0, 2, "Sigmoid", given_z + state_z);
    const tensor r = gate(call, of, 0, 2, "Sigmoid", given_r + state_r);
    const tensor from_state =
        call.integer("linear_before_reset", 0) != 0 ? r * by_state(before[0], 2, 1) : by_state(r * before[0], 2, 1);
    const tensor fresh = gate(call, of, 1, 2, "Tanh", given_h + from_state);
    return {(1 - z) * fresh + z * before[0], before[1]};
}

state rnn_step(const node_call& call, const direction& of, const tensor& given, const state& before) {
    tensor sums = given + matmul(before[0], of.state_weights, {.transpose_b = true});
    if (of.state_bias) sums = sums + *of.state_bias;
    return {gate(call, of, 0, 1, "Tanh", sums), before[1]};
}

using step_function = state (*)(const node_call&, const direction&, const tensor&, const state&);

struct run_result {
    tensor all;  // [steps, batch, units]
    state last;
};

run_result run_direction(const node_call& call, const direction& of, const tensor& x,
                         const std::optional<tensor>& lengths, step_function step) {
    const std::int64_t steps = x.shape()[0], batch = x.shape()[1];
    tensor given = matmul(reshape(x, shape{steps * batch, x.shape()[2]}), of.input_weights, {.transpose_b = true});
    if (of.input_bias) given = given + *of.input_bias;
    const std::array<tensor, 2> elements{reshape(given, shape{steps, batch, std::int64_t{-1}}), range(call.s(), steps)};
    // Behind the end of its sequence a state stays, and the output is 0.
    const auto body = [&](scope&, const state& before, const std::array<tensor, 2>& now) {
        state after = step(call, of, now[0], before);
        tensor out = after[0];
        if (lengths) {
            const tensor goes_on = expand_dims(now[1] < *lengths, 1);
            after = {where(goes_on, after[0], before[0]), where(goes_on, after[1], before[1])};
            out = where(goes_on, out, zeros_like(out));
        }
        return scan_step{after, out};
    };
    const auto result =
        scan(call.s(), body, elements, state{of.first_state, of.first_cell}, {.reverse = of.is_reverse});
    return {result.outputs, result.state};
}

op_function layer(step_function step, int cell_input, int peephole_input) {
    return [=](node_call& call) {
        const bool batch_first = call.integer("layout", 0) != 0;
        const auto turned = [&](const tensor& y) { return batch_first ? transpose(y, {1, 0, 2}) : y; };
        const tensor x = turned(call.x(0));
        const tensor w = call.x(1), r = call.x(2);
        const std::string asked = call.text("direction", "forward");
        const std::int64_t directions = w.shape()[0], units = r.shape()[-1], batch = x.shape()[1];
        if (x.shape().rank() != 3 || w.shape().rank() != 3 || r.shape().rank() != 3 ||
            directions != (asked == "bidirectional" ? 2 : 1))
            call.refuse(onnx_fault::refused, "operands have other shapes than the direction asks for", "");
        std::optional<tensor> lengths;
        if (call.has(4)) lengths = cast_to(call.x(4), int32);
        std::vector<tensor> all, states, cells;
        for (std::int64_t d = 0; d < directions; ++d) {
            direction of;
            of.input_weights = row(w, d);
            of.state_weights = row(r, d);
            of.number = static_cast<std::size_t>(d);
            of.is_reverse = asked == "reverse" || d == 1;
            if (call.has(3)) {
                const core_parts::buffer<tensor> halves = split(row(call.x(3), d), 2, 0);
                of.input_bias = halves[0];
                of.state_bias = halves[1];
            }
            const auto initial = [&](int i) {
                return i >= 0 && call.has(i) ? row(turned(call.x(i)), d)
                                             : zeros(call.s(), {batch, units}, {.dtype = x.dtype()});
            };
            of.first_state = initial(5);
            of.first_cell = initial(cell_input);
            if (peephole_input >= 0 && call.has(peephole_input)) of.peepholes = row(call.x(peephole_input), d);
            const run_result result = run_direction(call, of, x, lengths, step);
            all.push_back(result.all);
            states.push_back(result.last[0]);
            cells.push_back(result.last[1]);
        }
        const tensor outputs = stack(std::span<const tensor>(all), 1);  // [steps, directions, batch, units]
        call.give(batch_first ? transpose(outputs, {2, 0, 1, 3}) : outputs);
        call.give(turned(stack(std::span<const tensor>(states), 0)), call.type(0), 1);
        if (cell_input >= 0) call.give(turned(stack(std::span<const tensor>(cells), 0)), call.type(0), 2);
    };
}

}  // namespace

void add_recurrent(op_table& table) {
    table.add("LSTM", layer(&lstm_step, 6, 7));
    table.add("GRU", layer(&gru_step, -1, -1));
    table.add("RNN", layer(&rnn_step, -1, -1));
}

}  // namespace ambit::onnx_parts
