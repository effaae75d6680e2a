// SPDX-License-Identifier: BSL-1.0
// The blocks of at_run_time.md: variables by names that the program makes up, models on them, and what the rules say.
#include <ambit/ambit.hpp>
#include <ambit/config.hpp>
#include <ambit/registry.hpp>

#include <xtensor/xtensor.hpp>

#include <array>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

using namespace ambit;

namespace {

int failures = 0;
void expect(bool is_met, std::string_view claim) {
    std::cout << (is_met ? "  holds  " : "  FAILS  ") << claim << '\n';
    failures += is_met ? 0 : 1;
}

struct scorer {
    int hidden = 8;
    struct outputs {
        tensor score, loss;
        operation train;
    };
    constexpr outputs operator()(scope& s, tensor x) const {
        const tensor score = dense(s, "score", relu(dense(s, "hidden", x, hidden)), 1);
        const tensor loss = reduce_mean(square(score));
        return {score, loss, minimize(s, loss, sgd{.learning_rate = 0.1f})};
    }
};

void train_towers(registry& reg, int count, int hidden, const xt::xtensor<float, 2>& x) {
    std::vector<dynamic_model> towers;
    for (int i = 0; i < count; ++i) {
        const auto tower = [=](scope& s, tensor images) {
            auto own = s.variable_scope(name("tower_", i));
            return scorer{hidden}(own, images);
        };
        towers.push_back(dynamic_model(reg, tower, {{"x", spec(float32, {4, 3})}}));
    }
    for (dynamic_model& tower : towers) tower.run({"train"}, {{"x", x}});
}

void look(registry& reg) {
    auto weights = reg.get<float>("tower_0/hidden/weights");
    expect(weights.dimension() == 2, "a view has the variable's shape");

    reg.set("tower_0/score/biases", std::array{0.5f});
    reg.edit<float>("tower_0/hidden/weights", [](auto view) { view *= 0.5f; });

    for (const auto& v : reg.variables("tower_1")) std::cout << v->path() << ", " << v->elements() << " elements\n";
    expect(reg.collection(collections::trainable_variables, "tower_0").size() == 4, "a collection below a prefix");
    expect(reg.remove("tower_1") == 4, "a subtree goes");
}

// Reads tower_0 and makes nothing.
struct server {
    int hidden = 8;
    constexpr tensor operator()(scope& s, tensor x) const {
        auto own = s.variable_scope("tower_0");
        return dense(own, "score", relu(dense(own, "hidden", x, hidden)), 1);
    }
};

void share(registry& reg, int hidden, const xt::xtensor<float, 2>& x) {
    try {
        dynamic_model refused(reg, server{hidden}, {spec(float32, {4, 3})});
    } catch (const model_error& e) {
        std::cout << e.what() << '\n';
        expect(e.kind() == mistake::variable_exists, "sharing by accident is refused");
        expect(e.facts().path == "tower_0/hidden/weights", "what it is about");
    }
    dynamic_model net(reg, server{hidden}, {spec(float32, {4, 3})}, {.reuse = true});
    net(x);

    const reports all = check(reg, server{hidden + 1}, {spec(float32, {4, 3})}, {.reuse = true});
    for (int i = 0; i < all.size(); ++i) std::cout << to_string(all, i) << '\n';
    expect(all.size() == 3, "all mistakes at once");
}

void read_results(const xt::xtensor<float, 2>& x) {
    registry reg(seed{5});
    dynamic_model net(reg, scorer{4}, {{"x", spec(float32, {4, 3})}});
    const dynamic_results results = net.run({"score", "loss"}, {{"x", x}});
    const xt::xtensor<float, 2> scores = results["score"].as<float>();     // a copy of the view
    const std::span<const float> elements = results["score"].elements<float>();
    expect(scores(3, 0) == elements[3], "a result as an array, and as its elements");
    expect(results["loss"].number<float>() > 0, "a result with one element as a number");
}

using static_server = model<configured<scorer{.hidden = 5}>, input<float, 4, 3>>;

void bridge(registry& reg, const xt::xtensor<float, 2>& x) {
    static_server net(seed{2});
    bind(net, reg, "tower_0");
    net.run<&scorer::outputs::train>(x);

    static_server other(seed{3});
    mount(reg, "shown", other);
    expect(reg.has("shown/hidden/weights"), "the registry shows a static model's variables");
}

void bind_towers(registry& reg, int count, const xt::xtensor<float, 2>& x) {
    std::vector<static_server> towers;
    for (int i = 0; i < count; ++i) {
        towers.emplace_back(seed{2});
        bind(towers.back(), reg, name("tower_", i).view());
    }
    for (static_server& tower : towers) tower.run<&scorer::outputs::train>(x);
}

struct linear {
    constexpr tensor operator()(scope& s, tensor x) const { return dense(s, "score", x, 1); }
};
template <class Module> using on_rows = model<Module, input<float, 4, 3>>;
using chosen_net = any_model<on_rows<linear>, on_rows<server>,
                             named_model<"wide", on_rows<configured<server{.hidden = 99}>>>>;

void choose(std::string_view asked, const xt::xtensor<float, 2>& x) {
    chosen_net net(asked, seed{1});
    std::cout << net.name() << ", " << net.parameter_count() << " parameters, says " << net(x)(0, 0) << '\n';
}

void refuse_choice(const xt::xtensor<float, 2>& x) {
    try {
        choose("wied", x);
    } catch (const model_error& e) {
        expect(e.kind() == mistake::model_unknown && e.facts().nearest == "wide", "the nearest name is told");
    }
}

// What stands in a file, score.toml.
const char* const score_toml = R"(
[net.input]
shape = [3]                      # of one example

[[net.layers]]
type = "dense"
name = "hidden"                  # the scope of its variables
units = 8
activation = "relu"

[[net.layers]]
type = "dense"
name = "score"
units = 1

[net.training]
loss = "mean_squared_error"
optimizer = { type = "adam", learning_rate = 0.01 }

[program]
steps = 20
)";

using late_scorer = model<configured<scorer{.hidden = 5}>, input<float, any_size, 3>>;
static_assert(late_scorer::arena_bytes(32) <= 8_KiB);

void leave_the_batch_open(const static_server& trained) {
    late_scorer late(largest_batch{32}, trained.parameters());
    for (const std::size_t batch : std::vector<std::size_t>{1, 7, 32}) {
        const xt::xtensor<float, 2> rows = xt::ones<float>({batch, std::size_t{3}});
        auto scores = late.run<&scorer::outputs::score>(rows);
        expect(scores.shape(0) == batch, "the outputs have the batch of the inputs");
    }
    const std::vector<float> two_rows(6, 1.0f);
    late.run<&scorer::outputs::train>(two_rows);
    try {
        late.run<&scorer::outputs::score>(std::vector<float>(99));
    } catch (const model_error& e) {
        std::cout << e.what() << '\n';
        expect(e.kind() == mistake::batch_size, "a larger batch is refused");
    }
}

}  // namespace

struct program_settings {
    int steps = 10;
    std::optional<std::string> save;                    // may be left out
};
BOOST_HANA_ADAPT_STRUCT(program_settings, steps, save);

namespace {

void read_settings(const config_text& file, const xt::xtensor<float, 2>& x, const xt::xtensor<float, 2>& wanted) {
    const layered_net net = read_config({file, "net"});
    const auto program = read_config<program_settings>({file, "program"});

    registry reg(seed{net.training().seed});
    dynamic_model trainer(reg, net.trainer(), {{"x", net.input(4)}, {"wanted", net.wanted(4)}});
    for (int step = 0; step < program.steps; ++step) trainer.run({"train"}, {{"x", x}, {"wanted", wanted}});
    if (program.save) save(reg, *program.save);

    dynamic_model answer(reg, net, {net.input(1)}, {.reuse = true});
    std::cout << "a net of " << net.layer_count() << " layers says " << answer(x).as<float>()(0, 0) << '\n';
}

void refuse_settings() {
    try {
        const char* const misspelt = "[input]\nshape = [3]\n[[layers]]\ntype = \"dense\"\nunit = 8\n";
        read_config(config_text{misspelt, config_format::toml, "net.toml"});
    } catch (const config_error& e) {
        std::cout << e.what() << '\n';
        expect(e.line() == 5 && e.key() == "layers[0].unit" && e.nearest() == "units", "what is wrong, and where");
    }
}

}  // namespace

int main(int count, char** words) {
    const int towers = count > 1 ? std::atoi(words[1]) : 3;
    if (towers < 2) return std::cerr << "at_run_time [number of towers, from 2 on]\n", 2;
    const xt::xtensor<float, 2> x = xt::ones<float>({4, 3});
    registry reg(seed{1}, {.byte_limit = 64 << 20});
    train_towers(reg, towers, 5, x);
    bind_towers(reg, towers, x);
    look(reg);
    share(reg, 5, x);
    read_results(x);
    bridge(reg, x);
    choose("linear", x);
    choose("wide", x);
    refuse_choice(x);
    read_settings(config_text{score_toml, config_format::toml}, x, xt::ones<float>({4, 1}));
    refuse_settings();
    leave_the_batch_open(static_server(seed{4}));
    return failures == 0 ? 0 : 1;
}
