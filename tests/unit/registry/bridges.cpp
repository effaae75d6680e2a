// SPDX-License-Identifier: BSL-1.0
// Static models and a registry on one set of weights.
#include "../../support/temporary_directory.hpp"
#include "support.hpp"

#include <ambit/registry/bridges.hpp>
#include <ambit/registry/dynamic_model.hpp>

#include <ambit/checkpoint/load.hpp>
#include <ambit/checkpoint/save.hpp>
#include <ambit/io/summary.hpp>
#include <ambit/model/model.hpp>
#include <ambit/nn/dense.hpp>
#include <ambit/nn/losses.hpp>
#include <ambit/ops/all.hpp>
#include <ambit/optim/minimize.hpp>
#include <ambit/optim/sgd.hpp>

#include <catch2/catch.hpp>

#include <xtensor/xtensor.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <vector>

using namespace ambit;
using ambit_test::thrown_by;

namespace {

struct net_of_two {
    struct outputs {
        tensor y, loss;
        operation train;
    };
    constexpr outputs operator()(scope& s, tensor x) const {
        const tensor y = dense(s, "out", tanh(dense(s, "hidden", x, 5)), 2);
        const tensor loss = reduce_mean(square(y));
        return {y, loss, minimize(s, loss, sgd{.learning_rate = 0.25f})};
    }
};
using trainer = model<net_of_two, input<float, 4, 3>>;

struct inference {
    constexpr tensor operator()(scope& s, tensor x) const {
        return dense(s, "out", tanh(dense(s, "hidden", x, 5)), 2);
    }
};
using server = model<inference, input<float, 1, 3>>;

const std::array<float, 12> images{1, 2, 3, -1, 0, 1, .5f, 2, 0, 3, 1, -2};
const std::array<float, 3> image{1, 2, 3};

std::array<float, 2> answer(server& net) {
    const auto y = net(image);
    return {y(0, 0), y(0, 1)};
}

}  // namespace

TEST_CASE("a registry shows the variables of a static model without copying") {
    registry reg(seed{5}, {.byte_limit = 0});
    std::optional<trainer> net(std::in_place, seed{1});
    mount(reg, "tower_0", *net);
    CHECK(reg.size() == static_cast<int>(trainer::variables.size()));
    CHECK(reg.bytes() == 0);
    const auto weights = reg.get<float>("tower_0/hidden/weights");
    CHECK(static_cast<const void*>(weights.data()) == net->get<"hidden/weights">().data());
    const float before = weights(0, 0);
    net->run<&net_of_two::outputs::train>(images);
    CHECK(weights(0, 0) != before);
    reg.set("tower_0/out/biases", std::array{3.f, 4.f});
    CHECK(net->get<"out/biases">()(1) == 4.f);
    CHECK(reg.collection(collections::trainable_variables, "tower_0").size() == 4);
    CHECK(reg.find("tower_0/out/biases")->made().base_name() == "bridges.cpp");

    // The memory lives as long as somebody holds it.
    const float after = weights(0, 0);
    net.reset();
    CHECK(weights(0, 0) == after);

    // Begins again as the model does.
    reg.initialize(seed{9});
    const trainer fresh(seed{9});
    CHECK(std::memcmp(weights.data(), fresh.get<"hidden/weights">().data(), 15 * sizeof(float)) == 0);
    reg.remove("tower_0");
    CHECK(reg.bytes() == 0);
}

TEST_CASE("a mount that meets what is there changes nothing, and names every path") {
    registry reg(seed{5});
    const trainer net(seed{1}), other(seed{2});
    mount(reg, "a", net);
    const model_error twice = thrown_by([&] { mount(reg, "a/", other); });
    CHECK(twice.kind() == mistake::variable_exists);
    CHECK(twice.facts().path == "a/hidden/weights");
    for (const char* const path : {"a/hidden/weights", "a/hidden/biases", "a/out/weights", "a/out/biases"})
        CHECK(std::string(twice.what()).find("variable_exists: " + std::string(path)) != std::string::npos);
    CHECK(reg.size() == 4);
    mount(reg, "", other);
    CHECK(reg.has("hidden/weights"));
    for (const char* const prefix : {"_a", "a b", "a//b"})
        CHECK(thrown_by([&] { mount(reg, prefix, net); }).kind() == mistake::invalid_name);
    CHECK(reg.size() == 8);
}

TEST_CASE("a static model uses the variables of a registry") {
    registry reg(seed{5});
    trainer net(seed{1});
    mount(reg, "tower_0", net);
    server first(seed{3}), second(seed{4});
    bind(first, reg, "tower_0");
    bind(second, reg, "tower_0/");
    server fresh(net.parameters());
    CHECK(answer(first) == answer(fresh));
    // After any step and any set the next call is that of a freshly built model.
    for (int step = 0; step < 3; ++step) {
        net.run<&net_of_two::outputs::train>(images);
        CHECK(answer(first) == answer(fresh));
        reg.set("tower_0/out/biases", std::array{float(step), 1.f});
        CHECK(answer(second) == answer(fresh));
        first.set<"hidden/biases">(std::array{1.f, 2.f, float(step), 4.f, 5.f});
        CHECK(net.get<"hidden/biases">()(2) == float(step));
        CHECK(answer(second) == answer(fresh));
    }
    server copy = first.copy();
    reg.set("tower_0/out/biases", std::array{100.f, 100.f});
    CHECK(answer(copy) != answer(first));

    // What the registry removes stays with the model.
    const std::array<float, 2> last = answer(first);
    reg.clear();
    CHECK(answer(first) == last);
}

TEST_CASE("models whose batch is known late show and use variables of a registry") {
    using late_server = model<inference, input<float, any_size, 3>>;
    using late_trainer = model<net_of_two, input<float, any_size, 3>>;
    registry reg(seed{5});
    late_trainer net(largest_batch{4}, seed{1});
    mount(reg, "tower_0", net);
    CHECK(reg.size() == 4);
    CHECK(static_cast<const void*>(reg.get<float>("tower_0/hidden/weights").data()) ==
          net.get<"hidden/weights">().data());
    server one(seed{3});
    late_server any(largest_batch{4}, seed{4});
    bind(one, reg, "tower_0");
    bind(any, reg, "tower_0");
    for (int step = 0; step < 3; ++step) {
        // A step at one batch, and one at another, are seen by whoever is bound.
        net.run<&net_of_two::outputs::train>(images);
        net.run<&net_of_two::outputs::train>(image);
        reg.set("tower_0/out/biases", std::array{float(step), 1.f});
        const std::array<float, 2> wanted = answer(one);
        const auto alone = any(image);
        CHECK(std::array{alone(0, 0), alone(0, 1)} == wanted);
        const auto all = any(images);
        CHECK(all(0, 0) == Approx(wanted[0]));
        CHECK(all(0, 1) == Approx(wanted[1]));
    }

    late_trainer other(largest_batch{2}, seed{1});
    const model_error missing = thrown_by([&] { bind(other, reg, "tower_1"); });
    CHECK(missing.kind() == mistake::path_unknown);
    bind(other, reg, "tower_0");
    CHECK(other.get<"out/biases">()(0) == 2.f);
    CHECK(other.largest_batch() == 2);
}

TEST_CASE("a bind names everything that does not fit, and changes nothing") {
    registry reg(seed{5});
    const trainer net(seed{1});
    mount(reg, "tower_0", net);
    reg.remove("tower_0/hidden/biases");
    reg.remove("tower_0/out/weights");
    registry_parts::build(
        reg,
        [](scope& s, tensor x) {
            s.get_variable("tower_0/out/weights", {5, 3});
            s.get_variable("tower_0/hidden/biasse", {5});
            return relu(x);
        },
        std::array{spec(float32, {1})});
    server unbound(seed{3});
    const std::array<float, 2> before = answer(unbound);
    const model_error fault = thrown_by([&] { bind(unbound, reg, "tower_0"); });
    const std::string text = fault.what();
    CHECK(fault.kind() == mistake::path_unknown);
    CHECK(fault.facts().path == "tower_0/hidden/biases");
    CHECK(fault.facts().nearest == "tower_0/hidden/biasse");
    CHECK(text.find("[ambit] shape_mismatch: tower_0/out/weights") != std::string::npos);
    CHECK(text.find("had float32[5, 3], asked float32[5, 2]") != std::string::npos);
    CHECK(answer(unbound) == before);
    CHECK(thrown_by([&] { bind(unbound, reg, "tower_1"); }).facts().nearest == "tower_0/hidden/weights");
}

TEST_CASE("a static and a dynamic model train on one set of weights") {
    registry reg(seed{7});
    for (int tower = 0; tower < 3; ++tower) {  // as many as only the program knows
        const std::string prefix(name("tower_", tower).view());
        dynamic_model dynamic(
            reg,
            [&](scope& s, tensor x) {
                auto inside = s.variable_scope(prefix);
                return net_of_two{}(inside, x);
            },
            {{"x", spec(float32, {4, 3})}});
        trainer bound(seed{1});
        bind(bound, reg, prefix);
        trainer alone(bound.parameters().copy());
        for (int step = 0; step < 4; ++step) {
            if (step % 2 == 0) dynamic.run({"train"}, {{"x", images}});
            else bound.run<&net_of_two::outputs::train>(images);
            alone.run<&net_of_two::outputs::train>(images);
            const auto shared = bound.get<"hidden/weights">();
            const auto wanted = alone.get<"hidden/weights">();
            for (std::size_t i = 0; i < 15; ++i)
                CHECK(shared.data()[i] == Approx(wanted.data()[i]).epsilon(1e-5).margin(1e-6));
        }
    }
    CHECK(reg.size() == 12);
}

namespace {

struct net_with_state {
    struct outputs {
        tensor y;
        operation train;
    };
    constexpr outputs operator()(scope& s, tensor x) const {
        const variable calls = s.get_local_variable("calls", {});
        const tensor y = dense(s, "out", tanh(dense(s, "hidden", x, 5)), 2);
        const operation counted = assign_add(calls, 1);
        return {y, group({counted, minimize(s, reduce_mean(square(y)), momentum{.learning_rate = 0.25f})})};
    }
};

}  // namespace

TEST_CASE("a registry is saved and loaded, whole or not at all") {
    const ambit_test::temporary_directory directory;
    const std::string file = (directory / "all.safetensors").string(), weights = (directory / "net").string();
    const dynamic_input inputs[] = {spec(float32, {4, 3})};
    registry reg(seed{3});
    dynamic_model learns(reg, net_with_state{}, inputs);
    learns.run({"train"}, images);
    save(reg, file);

    registry again(seed{4});
    dynamic_model other(again, net_with_state{}, inputs);
    const load_report report = load(again, file);
    CHECK(report.loaded == 8);
    CHECK(report.passed_over.empty());
    for (const auto& v : reg.variables())
        if (!v->is_local())
            CHECK(std::memcmp(v->data(), again.find(v->path())->data(), static_cast<std::size_t>(v->bytes())) == 0);
    CHECK(again.generation("out/biases") == 2);
    CHECK(learns.run({"y"}, images)["y"].elements<float>()[0] == other.run({"y"}, images)["y"].elements<float>()[0]);

    SECTION("without the optimizer's state into a static model, and back") {
        registry serving(seed{5});
        dynamic_model answers(serving, inference{}, inputs);
        CHECK(load(serving, file).passed_over.size() == 4);
        save(answers, weights);
        server net(seed{6});
        CHECK(load(net, weights).loaded == 4);
        CHECK(answer(net)[0] == Approx(answers(xt::xtensor<float, 2>{{1, 2, 3}}).as<float>()(0, 0)));
        save(net, weights);
        CHECK(load(serving, weights).loaded == 4);
    }
    SECTION("by rules, into a dynamic model and its registry") {
        registry serving(seed{5});
        dynamic_model answers(serving, inference{}, inputs);
        save(answers, weights, prefix<"old", "hidden">, rename<"b", "out/biases">);
        registry fresh(seed{6});
        dynamic_model asked(fresh, inference{}, inputs);
        checkpoint_rules rules = prefix("old", "hidden");
        rules += rename(std::string("b"), "out/biases");
        CHECK(load(asked, weights, rules).loaded == 4);
        CHECK(fresh.generation("out/biases") == 2);
        for (const auto& v : serving.variables())
            CHECK(std::memcmp(v->data(), fresh.find(v->path())->data(), static_cast<std::size_t>(v->bytes())) == 0);
        CHECK(load(fresh, weights, rules, except("out")).loaded == 2);
        CHECK(fresh.generation("out/biases") == 2);
        CHECK_FALSE(describe_mismatch(weights, fresh).fits());
        try {
            static_cast<void>(load(fresh, weights, rename<"b", "out/bias">));
            FAIL("was loaded");
        } catch (const model_error& e) {
            CHECK(e.kind() == mistake::rule_unknown);
            CHECK(e.facts().nearest == "out/biases");
        }
    }
    SECTION("what does not fit changes nothing") {
        registry serving(seed{5});
        dynamic_model answers(serving, inference{}, inputs);
        save(answers, weights);
        const std::vector<float> before(again.get<float>("out/biases").begin(), again.get<float>("out/biases").end());
        try {
            static_cast<void>(load(again, weights));
            FAIL("was loaded");
        } catch (const checkpoint_error& e) {
            CHECK(e.kind() == checkpoint_fault::other_variables);
            const std::string_view text = e.what();
            CHECK(text.find("hidden/weights/momentum/velocity") != std::string_view::npos);
        }
        CHECK(again.generation("out/biases") == 2);
        const auto after = again.get<float>("out/biases");
        CHECK(std::equal(before.begin(), before.end(), after.begin()));
    }
}

TEST_CASE("whoever writes a variable raises its generation, and nobody else does") {
    registry reg(seed{5});
    trainer net(seed{1});
    mount(reg, "a", net);
    server bound(seed{3}), sharing(net.parameters());
    bind(bound, reg, "a");
    const std::array<std::string, 4> paths{"a/hidden/weights", "a/hidden/biases", "a/out/weights", "a/out/biases"};
    std::array<std::uint64_t, 4> last{};
    // Which of them have risen since this was last asked.
    const auto risen = [&] {
        std::string which;
        for (std::size_t i = 0; i < paths.size(); ++i) {
            const std::uint64_t now = reg.generation(paths[i]);
            REQUIRE(now >= last[i]);
            which += now > last[i] ? '1' : '0';
            last[i] = now;
        }
        return which;
    };
    CHECK(risen() == "1111");
    CHECK(risen() == "0000");

    // The static model that they are, one that is bound, one that shares its parameters.
    net.run<&net_of_two::outputs::loss>(images);
    bound(image);
    CHECK(risen() == "0000");
    net.run<&net_of_two::outputs::train>(images);
    CHECK(risen() == "1111");
    net.set<"hidden/biases">(std::array{1.f, 2.f, 3.f, 4.f, 5.f});
    CHECK(risen() == "0100");
    bound.set<"out/weights">(std::array<float, 10>{});
    CHECK(risen() == "0010");
    sharing.edit<"out/biases">([](auto view) { view += 1.f; });
    CHECK(risen() == "0001");
    sharing.assign(server(seed{8}).parameters());
    CHECK(risen() == "1111");
    bound.initialize(seed{4});
    CHECK(risen() == "1111");
    server into(seed{1});
    bind(into, reg, "a");
    std::array<float, 2> biases{};
    into.run_into(std::span<float, 2>(biases), image);
    CHECK(risen() == "0000");

    // The registry, and a dynamic model on it.
    reg.set("a/out/biases", std::array{3.f, 4.f});
    CHECK(risen() == "0001");
    const auto below = [](scope& s, tensor x) {
        auto inside = s.variable_scope("a");
        return net_of_two{}(inside, x);
    };
    dynamic_model dynamic(reg, below, {{"x", spec(float32, {4, 3})}}, {.reuse = true});
    dynamic.run({"loss"}, {{"x", images}});
    CHECK(risen() == "0000");
    dynamic.run({"train"}, {{"x", images}});
    CHECK(risen() == "1111");

    // A trainer that is bound to what the registry created.
    registry own(seed{6});
    dynamic_model made(own, net_of_two{}, {{"x", spec(float32, {4, 3})}});
    trainer second(seed{2});
    bind(second, own, "");
    const std::uint64_t before = own.generation("hidden/weights");
    second.run<&net_of_two::outputs::train>(images);
    CHECK(own.generation("hidden/weights") == before + 1);
    // A copy has its own.
    trainer copy = second.copy();
    copy.run<&net_of_two::outputs::train>(images);
    CHECK(own.generation("hidden/weights") == before + 1);
}

TEST_CASE("after whatever any model does the next call of each is that of a fresh one") {
    registry reg(seed{5});
    trainer net(seed{1});
    mount(reg, "a", net);
    server bound(seed{3});
    bind(bound, reg, "a");
    const auto below = [](auto module) {
        return [=](scope& s, tensor x) {
            auto inside = s.variable_scope("a");
            return module(inside, x);
        };
    };
    const registry_run_options reuse{.reuse = true};
    dynamic_model dynamic_trainer(reg, below(net_of_two{}), {{"x", spec(float32, {4, 3})}}, reuse);
    dynamic_model dynamic_server(reg, below(inference{}), {{"x", spec(float32, {1, 3})}}, reuse);
    const ambit_test::temporary_directory folder;
    const std::string file = (folder / "net.safetensors").string();
    save(net, file);
    std::mt19937 engine(1);
    for (int action = 0; action < 120; ++action) {
        CAPTURE(action);
        const float some = static_cast<float>(engine() % 7) - 3;
        switch (engine() % 9) {
            case 0: net.run<&net_of_two::outputs::train>(images); break;
            case 1: dynamic_trainer.run({"train"}, {{"x", images}}); break;
            case 2: reg.set("a/out/biases", std::array{some, 1.f}); break;
            case 3: bound.set<"hidden/biases">(std::array{1.f, some, 0.f, 4.f, 5.f}); break;
            case 4: net.edit<"out/weights">([&](auto view) { view(0, 0) = some; }); break;
            case 5: static_cast<void>(load(net, file)); break;
            case 6: save(net, file); break;
            case 7: reg.edit<float>("a/hidden/weights", [&](auto view) { view(1, 2) = some; }); break;
            default: bound.initialize(seed{engine()}); break;
        }
        server fresh(net.parameters().copy());
        REQUIRE(answer(bound) == answer(fresh));
        const registry copy = reg.copy();
        dynamic_model fresh_dynamic(copy, below(inference{}), {{"x", spec(float32, {1, 3})}}, reuse);
        const auto is = dynamic_server(image).elements<float>(), should = fresh_dynamic(image).elements<float>();
        REQUIRE(std::equal(is.begin(), is.end(), should.begin(), should.end()));
        for (std::size_t i = 0; i < 2; ++i) REQUIRE(is[i] == Approx(answer(fresh)[i]).epsilon(1e-5).margin(1e-5));
    }
}
