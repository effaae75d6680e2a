// SPDX-License-Identifier: BSL-1.0
// Variables and their values: making, initializing, reading, writing, counting. TensorFlow 1's pages on variables in
// ambit, in their order; each EXPECT holds in the compiler (static_assert) and at run time.
#include "expect.hpp"

#include <ambit/ambit.hpp>
#include <ambit/checkpoint/load.hpp>
#include <ambit/checkpoint/save.hpp>

#include <array>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <iostream>

using namespace ambit;
using examples::holds;

// ---- Making --------------------------------------------------------------------------------------------------

struct layer {
    struct outputs { tensor weights, biases; };
    constexpr outputs operator()(scope& s) const {
        variable weights =
            s.variable("weights", {784, 200}, {.initializer = random_normal({.standard_deviation = 0.35})});
        variable biases = s.variable("biases", {200}, {.initializer = zeros()});
        EXPECT(weights.name() == "weights:0");
        EXPECT(biases.name() == "biases:0");
        EXPECT(weights.shape() == shape{784, 200});
        EXPECT(weights.dtype() == float32);
        return {weights, biases};
    }
};

constexpr void a_variable_of_random_values() {
    module_run<layer, 0> run({}, {});
    EXPECT(run.builder().variable_count() == 2);
    EXPECT(run.builder().initializer_of(0) == random_normal({.standard_deviation = 0.35}));
    EXPECT(run.builder().initializer_of(1) == zeros());
}
static_assert(holds(a_variable_of_random_values));

// ---- Initializing, reading, initializing again ---------------------------------------------------------------

using layer_net = model<layer>;
static_assert(layer_net::variables.size() == 2);
static_assert(layer_net::parameter_count == 784 * 200 + 200);

// A value depends on the seed, the path and the element: the compiler knows it as well.
constexpr float a_weight = initial_value<float>(layer_net::variables[0].initializer, {784, 200}, {42, "weights"}, 1234);

void initialized_and_again() {
    layer_net net(seed{42});  // there is no uninitialized variable
    const auto weights = net.get<"weights">();
    EXPECT(weights(6, 34) == a_weight);
    const double mean = xt::mean(weights)(), deviation = xt::stddev(weights)();
    std::cout << "  mean " << mean << ", standard deviation " << deviation << '\n';
    EXPECT(std::abs(mean) < 0.005);
    EXPECT(std::abs(deviation - 0.35) < 0.005);
    EXPECT(xt::all(xt::equal(net.get<"biases">(), 0)));

    net.set<"weights">(xt::zeros<float>({784, 200}));
    EXPECT(net.get<"weights">()(6, 34) == 0);
    net.initialize(seed{42});  // the same seed, the same values
    EXPECT(net.get<"weights">()(6, 34) == a_weight);
    net.initialize(seed{43});
    EXPECT(net.get<"weights">()(6, 34) != a_weight);
}

// ---- Shapes, dtypes, values ----------------------------------------------------------------------------------

struct kinds {
    struct outputs { tensor mine, integers, other, scalar; };
    constexpr outputs operator()(scope& s) const {
        variable mine = s.get_variable("my_variable", {1, 2, 3});  // float32, Glorot uniform
        variable integers = s.get_variable("my_int_variable", {1, 2, 3}, {.initializer = zeros(), .dtype = int32});
        variable other = s.variable("other_variable", std::array{23, 42});  // shape and dtype of the value
        variable scalar = s.variable("scalar", 0.5f);
        EXPECT(mine.shape() == shape{1, 2, 3});
        EXPECT(mine.dtype() == float32);
        EXPECT(integers.dtype() == int32);
        EXPECT(other.shape() == shape{2});
        EXPECT(other.dtype() == int32);
        EXPECT(scalar.shape() == shape{});
        return {mine, integers, other, scalar};
    }
};

constexpr void shapes_and_dtypes() { module_run<kinds, 0> run({}, {}); }
static_assert(holds(shapes_and_dtypes));

void their_values() {
    model<kinds> net(seed{1});
    const auto [mine, integers, other, scalar] = net();
    EXPECT(xt::any(xt::not_equal(mine, 0)));
    EXPECT(xt::all(xt::equal(integers, 0)));
    EXPECT(other(0) == 23);
    EXPECT(other(1) == 42);
    EXPECT(scalar == 0.5f);
}

// ---- From another variable -----------------------------------------------------------------------------------

struct pair_of_weights {
    struct outputs { tensor weights, copy, twice; };
    constexpr outputs operator()(scope& s) const {
        variable weights = s.variable("weights", {3, 2}, {.initializer = random_normal({.standard_deviation = 0.35})});
        variable copy = s.variable("w2", {3, 2});
        variable twice = s.variable("w_twice", {3, 2});
        return {weights, copy, twice};
    }
};

void another_variable_s_values() {
    model<pair_of_weights> net(seed{1});
    net.set<"w2">(net.get<"weights">());
    net.set<"w_twice">(2 * net.get<"weights">());
    const auto [weights, copy, twice] = net();
    EXPECT(copy == weights);
    EXPECT(twice == weights + weights);
}

// `initialized_value()` of TensorFlow is same_as: what the other one begins with, whatever it holds later.
struct copy_of_weights {
    struct outputs { tensor weights, copy; };
    constexpr outputs operator()(scope& s) const {
        variable weights = s.variable("weights", {3, 2}, {.initializer = random_normal({.standard_deviation = 0.35})});
        variable copy = s.variable("w2", same_as(weights));
        EXPECT(copy != weights);
        EXPECT(copy.shape() == weights.shape());
        return {weights, copy};
    }
};

void both_begin_alike() {
    model<copy_of_weights> net(seed{1});
    const auto [weights, copy] = net();
    EXPECT(copy == weights);
    EXPECT(xt::any(xt::not_equal(copy, 0)));
}

// ---- A counter -----------------------------------------------------------------------------------------------

struct counter {
    constexpr tensor operator()(scope& s) const {
        variable state = s.variable("counter", 0);
        EXPECT(state.name() == "counter:0");
        EXPECT(state.dtype() == int32);
        return state + 1;
    }
};

constexpr void a_counter_is_one_variable() {
    module_run<counter, 0> run({}, {});
    EXPECT(run.builder().variable_count() == 1);
    EXPECT(run.result().op_name() == "add");
}
static_assert(holds(a_counter_is_one_variable));

void counting() {
    model<counter> net(seed{1});
    EXPECT(net.get<"counter">()() == 0);
    for (std::int32_t step = 1; step <= 3; ++step) {
        net.set<"counter">(net());  // what the model computed becomes its state
        std::cout << "  counter " << net.get<"counter">()() << '\n';
        EXPECT(net.get<"counter">()() == step);
    }
    net.initialize(seed{1});
    EXPECT(net.get<"counter">()() == 0);
}

// The counter of the tutorials: `increment` is an operation, run ten times, saved, and restored in another model.
struct incremented {
    struct outputs { tensor value; operation increment; };
    constexpr outputs operator()(scope& s) const {
        variable state = s.variable("counter", 0);
        operation increment = assign(state, state + 1);
        return {state, increment};
    }
};

void ten_increments_saved_and_restored() {
    using net = model<incremented>;
    net counter(seed{1});
    for (int step = 0; step < 10; ++step) counter.run<&incremented::outputs::increment>();
    EXPECT(counter.run<&incremented::outputs::value>() == 10);

    const auto file = std::filesystem::temp_directory_path() / "ambit_counter.safetensors";
    save(counter, file.string());
    net restored(seed{2});
    EXPECT(restored.get<"counter">()() == 0);
    std::cout << "  " << load(restored, file.string()) << '\n';
    std::filesystem::remove(file);
    std::cout << "  counter " << restored.get<"counter">()() << '\n';
    EXPECT(restored.get<"counter">()() == 10);
}

// A local variable is state of one model: it is neither shared nor saved, and `reset` sets it back.
struct step_count {
    constexpr tensor operator()(scope& s) const {
        variable steps = s.get_local_variable("steps", {}, {.initializer = zeros(), .dtype = int32});
        EXPECT(steps.is_local() && !steps.is_trainable());
        return steps + 1;
    }
};

constexpr void a_local_variable_is_no_parameter() {
    module_run<step_count, 0> run({}, {});
    EXPECT(run.builder().variable_count() == 1);
    EXPECT(model<step_count>::parameter_count == 0);
}
static_assert(holds(a_local_variable_is_no_parameter));

void counting_in_one_model() {
    model<step_count> net(seed{1});
    model<step_count> other(net.parameters());
    net.set<"steps">(net());
    net.set<"steps">(net());
    EXPECT(net() == 3);
    EXPECT(other() == 1);
    net.reset();
    EXPECT(net() == 1);
}

// ---- Collections ---------------------------------------------------------------------------------------------

constexpr void a_variable_belongs_to_collections() {
    graph_builder graph;
    scope s(graph);
    variable plain = s.get_variable("plain", {1});
    variable frozen = s.get_variable("my_non_trainable", {}, {.trainable = false});
    variable local = s.get_local_variable("my_local", {});
    s.add_to_collection("my_collection_name", local);
    EXPECT(s.global_variables().size() == 2);
    EXPECT(s.global_variables()[1] == frozen);
    EXPECT(s.trainable_variables().size() == 1);
    EXPECT(s.trainable_variables()[0] == plain);
    EXPECT(s.local_variables()[0] == local);
    EXPECT(s.get_collection<variable>("my_collection_name")[0] == local);
}
static_assert(holds(a_variable_belongs_to_collections));

int main() {
    return examples::tell({
        {"A variable of random values", a_variable_of_random_values},
        {"Initialized, and initialized again", initialized_and_again},
        {"Shapes and dtypes", shapes_and_dtypes},
        {"Their values", their_values},
        {"Another variable's values", another_variable_s_values},
        {"Both begin alike", both_begin_alike},
        {"A counter is one variable", a_counter_is_one_variable},
        {"Counting", counting},
        {"Ten increments, saved and restored", ten_increments_saved_and_restored},
        {"A local variable is no parameter", a_local_variable_is_no_parameter},
        {"Counting in one model", counting_in_one_model},
        {"A variable belongs to collections", a_variable_belongs_to_collections},
    });
}
