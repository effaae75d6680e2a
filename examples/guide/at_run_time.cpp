// SPDX-License-Identifier: BSL-1.0
// The blocks of at_run_time.md: variables by names that the program makes up, models on them, and what the rules say.
#include <ambit/ambit.hpp>
#include <ambit/registry.hpp>

#include <xtensor/xtensor.hpp>

#include <array>
#include <iostream>
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

using static_server = model<configured<scorer{.hidden = 5}>, input<float, 4, 3>>;

void bridge(registry& reg, const xt::xtensor<float, 2>& x) {
    static_server net(seed{2});
    bind(net, reg, "tower_0");
    net.run<&scorer::outputs::train>(x);

    static_server other(seed{3});
    mount(reg, "shown", other);
    expect(reg.has("shown/hidden/weights"), "the registry shows a static model's variables");
}

}  // namespace

int main() {
    const xt::xtensor<float, 2> x = xt::ones<float>({4, 3});
    registry reg(seed{1}, {.byte_limit = 64 << 20});
    train_towers(reg, 3, 5, x);
    look(reg);
    share(reg, 5, x);
    bridge(reg, x);
    return failures == 0 ? 0 : 1;
}
