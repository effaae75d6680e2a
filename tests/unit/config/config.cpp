// SPDX-License-Identifier: BSL-1.0
// Nets and structs from JSON and TOML, and what they become.
#include "support.hpp"

#include <ambit/model/model.hpp>
#include <ambit/ops/all.hpp>
#include <ambit/registry/dynamic_model.hpp>

#include <catch2/catch.hpp>

#include <xtensor/xtensor.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace settings {

enum class pace { slow, fast };
constexpr auto config_words(pace) { return std::array{std::pair{"slow", pace::slow}, std::pair{"fast", pace::fast}}; }
struct schedule {
    double rate = 0.5;
    std::optional<int> warm_up = 7;
};
struct run {
    std::string name = "none";
    bool quiet = false;
    std::uint8_t level = 3;
    std::uint64_t seed = 1;
    std::vector<std::int64_t> sizes{1};
    std::array<float, 2> range{0, 1};
    pace speed = pace::slow;
    schedule learning = {};
    std::optional<std::vector<schedule>> others = {};
};

}  // namespace settings
BOOST_HANA_ADAPT_STRUCT(settings::schedule, rate, warm_up);
BOOST_HANA_ADAPT_STRUCT(settings::run, name, quiet, level, seed, sizes, range, speed, learning, others);

using namespace ambit_test;

TEST_CASE("a net of a file is a module under the rules of scopes") {
    const layered_net net = read_config(in_toml(small_net));
    CHECK(net.layer_count() == 9);
    CHECK(net.input(5) == spec(float32, {5, 6, 6, 2}));
    CHECK(net.wanted(5) == spec(int32, {5}));
    CHECK(net.training().batch == 4);
    CHECK(net.training().epochs == 3);
    CHECK(net.training().seed == 9);
    CHECK(std::get<adam>(net.training().optimizer).beta1 == 0.8);

    registry reg(seed{1});
    dynamic_model trainer(reg, net.trainer(), {{"x", net.input(4)}, {"wanted", net.wanted(4)}});
    std::vector<std::string> paths;
    for (const auto& v : reg.variables())
        if (v->is_trainable()) paths.push_back(v->path());
    CHECK(paths == std::vector<std::string>{"conv1/weights", "conv1/biases", "batch_normalization/gamma",
                                            "batch_normalization/beta", "head/hidden/weights", "head/hidden/biases",
                                            "logits/weights"});
    CHECK(reg.find("conv1/weights")->shape() == shape{3, 3, 1, 4});
    CHECK(reg.find("head/hidden/weights")->uses() == 2);
    CHECK(std::string_view(reg.find("logits/weights")->made().file) == "net.toml");
    CHECK(reg.find("logits/weights")->made().line == 47);

    xt::xtensor<float, 4> x = xt::zeros<float>({4, 6, 6, 2});
    for (std::size_t i = 0; i < x.size(); ++i) x.data()[i] = static_cast<float>(i * 37 % 11) / 11;
    const std::array<std::int32_t, 4> wanted{0, 1, 2, 1};
    const float first = trainer.run({"loss"}, x, wanted)["loss"].number<float>();
    float last = first;
    for (int step = 0; step < 60; ++step) last = trainer.run({"train", "loss"}, x, wanted)["loss"].number<float>();
    CHECK(last < first / 2);
    CHECK(trainer.run({"error"}, x, wanted)["error"].number<float>() <= 0.25f);

    dynamic_model answer(reg, net, {net.input(1)}, {.reuse = true});
    CHECK(answer(x).shape() == shape{4, 3});
}

TEST_CASE("both formats describe the same net") {
    const std::string as_json = R"({"input": {"shape": [4]}, "layers": [
        {"type": "dense", "name": "a", "units": 5, "activation": "relu", "input": "input"},
        {"type": "dense", "name": "b", "units": 2}],
        "training": {"loss": "huber", "optimizer": "sgd"}})";
    const std::string as_toml = R"(input.shape = [4]
        layers = [{type = "dense", name = "a", units = 5, activation = "relu", input = "input"},
                  {type = "dense", name = "b", units = 2}]
        training = {loss = "huber", optimizer = "sgd"})";
    xt::xtensor<float, 2> x{{1, 2, 3, 4}};
    registry first(seed{1}), second(seed{1});
    const layered_net a = read_config(in_json(as_json)), b = read_config(in_toml(as_toml));
    dynamic_model of_json(first, a, {a.input(1)}), of_toml(second, b, {b.input(1)});
    const auto y = of_json(x).as<float>();
    CHECK(y(0, 1) == of_toml(x).as<float>()(0, 1));
    CHECK(a.wanted(3) == spec(float32, {3, 2}));
    const config_text two = in_toml("[other]\n[net]\ninput.shape = [4]\nlayers = [{type = \"flatten\"}]\n");
    CHECK(read_config({two, "net"}).layer_count() == 1);
    CHECK(refusal_of([&] { read_config({two, "nets"}); }).nearest == "nets");
    CHECK(refusal_of([&] { read_config({two, "nothing"}); }).kind == fault::missing_key);
}

TEST_CASE("every kind of layer, loss and optimizer can be asked for") {
    const std::string shape_and_layers = R"({"input": {"shape": [8, 8, 4], "dtype": "float64"}, "layers": [
        {"type": "separable_conv2d", "filters": 8, "kernel": 3, "multiplier": 2, "padding": 1},
        {"type": "avg_pool", "window": [2, 2], "strides": [2, 1], "padding": [1, 0, 0, 1], "ceil_mode": true},
        {"type": "group_normalization", "groups": 4, "epsilon": 0.01},
        {"type": "layer_normalization", "axis": -1, "center": false},
        {"type": "activation", "function": "gelu"},
        {"type": "reshape", "shape": [-1, 8], "name": "r"},
        {"type": "dense", "units": 8, "weights": "orthogonal", "biases": "ones", "l1": 0.1},
        {"type": "concat", "inputs": ["r", "dense"]},
        {"type": "flatten"}, {"type": "dense", "units": 2, "name": "out"}], "training": {"loss": ")";
    for (const char* loss :
         {"softmax_cross_entropy", "sigmoid_cross_entropy", "mean_squared_error", "absolute_difference", "huber"})
        for (const char* optimizer : {"\"sgd\"", "\"adam\"", R"({"type": "momentum", "nesterov": true})",
                                      R"({"type": "rmsprop", "centered": true, "decay": 0.5, "momentum": 0.1})",
                                      R"({"type": "adagrad", "initial_accumulator": 0.2, "learning_rate": 1})"}) {
            CAPTURE(loss, optimizer);
            const refusal r = refusal_of(in_json(shape_and_layers + loss + "\", \"optimizer\": " + optimizer + "}}"));
            CHECK(r.what == "");
        }
    for (const char* function : {"linear", "relu", "leaky_relu", "elu", "selu", "gelu", "sigmoid", "tanh", "softplus",
                                 "softsign", "swish", "hard_sigmoid", "hard_swish", "mish", "exp", "softmax", "log_softmax"})
        CHECK(refusal_of(with_layer(std::string(R"({"type": "activation", "function": ")") + function + "\"}")).what ==
              "");
}

TEST_CASE("pads by number and places rounded up are those that a file says") {
    registry reg(seed{1});
    const layered_net net = read_config(in_json(R"({"input": {"shape": [8, 8, 3]}, "layers": [
        {"type": "conv2d", "filters": 2, "kernel": 3, "strides": 2, "padding": 1},
        {"type": "conv2d", "filters": 2, "kernel": 2, "padding": [0, 3, 1, 0]},
        {"type": "max_pool", "window": 3, "strides": 2, "padding": [0, 1, 0, 0], "ceil_mode": true}]})"));
    dynamic_model m(reg, net, {net.input(1)});
    const std::vector<float> x(8 * 8 * 3, 1.0F);
    CHECK(m(x).shape() == shape{1, 3, 2, 2});  // of 4 x 4, then 6 x 4
}

TEST_CASE("sharing by mistake is told with the lines of the file") {
    const refusal r = refusal_of(with_layer(R"({"type": "dense", "name": "hidden", "units": 4},
{"type": "dense", "name": "hidden", "units": 4})"));
    CHECK(r.rule == mistake::variable_exists);
    CHECK(r.key == "hidden/weights");
    CHECK(r.what ==
          "[ambit] variable_exists: hidden/weights\n"
          "  first at net.json:3, in hidden, opened at net.json:3\n"
          "  again at net.json:4, in hidden_1, opened at net.json:4\n"
          "  set reuse on the scope, or give the variable another name\n"
          "[ambit] variable_exists: hidden/biases\n"
          "  first at net.json:3, in hidden, opened at net.json:3\n"
          "  again at net.json:4, in hidden_1, opened at net.json:4\n"
          "  set reuse on the scope, or give the variable another name\n"
          "  in this file, a layer that uses the variables of another one says shares = \"its name\"");

    SECTION("two files on one registry, too") {
        registry reg(seed{1});
        const layered_net a =
            read_config(in_json(R"({"input": {"shape": [4]}, "layers": [{"type": "dense", "units": 2}]})"));
        dynamic_model first(reg, a, {a.input(1)});
        const refusal again = refusal_of([&] { dynamic_model second(reg, a, {a.input(1)}); });
        CHECK(again.rule == mistake::variable_exists);
        CHECK(again.what.find("first at net.json:1") != std::string::npos);
    }
    SECTION("what is shared has to fit") {
        const refusal other = refusal_of(with_layer(R"({"type": "dense", "name": "a", "units": 3},
{"shares": "a"})"));
        CHECK(other.rule == mistake::shape_mismatch);
        CHECK(other.key == "a/weights");
        CHECK(other.what.find("first at net.json:3") != std::string::npos);
        CHECK(other.what.find("again at net.json:4") != std::string::npos);
        CHECK(refusal_of(with_layer(R"({"type": "dense", "name": "a", "units": 4, "use_bias": false},
{"shares": "a", "use_bias": true})"))
                  .rule == mistake::variable_missing);
    }
}

TEST_CASE("what TOML allows is read") {
    const auto all = read_config(in_toml("# \xC3\xA9 [=\n"
                                         "name = \"\\u00e9 \xC3\xA9 # [\"  # a comment\r\n"
                                         "'quiet' = true\n"
                                         "\"level\" = 0b1_1\n"
                                         "seed = 0xDEAD_beef\n"
                                         "range = [ -1e-3,\n  # between\n  +6.5E+2, ]\n"
                                         "sizes = [0o17, -0, 1_000]\n"
                                         "speed = '''\nfast'''\n"
                                         "[learning]\nrate = -inf\n"
                                         " [[ others ]] \n'rate' = 0.5\n"
                                         "[[others]]\nrate=1e2#\nwarm_up = +3"),
                                 settings::run{});
    CHECK(all.name == "\xC3\xA9 \xC3\xA9 # [");
    CHECK(all.quiet);
    CHECK(all.level == 3);
    CHECK(all.seed == 0xDEADBEEF);
    CHECK(all.range == std::array<float, 2>{-1e-3f, 650});
    CHECK(all.sizes == std::vector<std::int64_t>{15, 0, 1000});
    CHECK(all.speed == settings::pace::fast);
    CHECK(all.learning.rate == -std::numeric_limits<double>::infinity());
    REQUIRE(all.others->size() == 2);
    CHECK((*all.others)[1].warm_up == 3);
}

TEST_CASE("adapted structs read themselves") {
    const std::string text = R"({"name": "x", "quiet": true, "level": 255, "seed": 18446744073709551615,
        "sizes": [3, -4], "range": [0.25, 1], "speed": "fast", "learning": {"rate": 1},
        "others": [{"rate": 2, "warm_up": null}, {"rate": 3, "warm_up": 4}]})";
    const auto all = read_config<settings::run>(in_json(text));
    CHECK(all.name == "x");
    CHECK(all.quiet);
    CHECK(all.level == 255);
    CHECK(all.seed == std::numeric_limits<std::uint64_t>::max());
    CHECK(all.sizes == std::vector<std::int64_t>{3, -4});
    CHECK(all.range == std::array<float, 2>{0.25f, 1});
    CHECK(all.speed == settings::pace::fast);
    CHECK(all.learning.rate == 1);
    CHECK(all.learning.warm_up == 7);
    REQUIRE(all.others->size() == 2);
    CHECK_FALSE((*all.others)[0].warm_up);
    CHECK((*all.others)[1].warm_up == 4);

    SECTION("with values for what is not said") {
        const auto some = read_config(in_toml("name = \"y\"\n[learning]\nwarm_up = 9\n"), settings::run{.level = 8});
        CHECK(some.name == "y");
        CHECK(some.level == 8);
        CHECK(some.learning.warm_up == 9);
        CHECK(some.learning.rate == 0.5);
        CHECK(read_config({in_toml("[run]\nname = \"z\"\n"), "run"}, settings::run{}).name == "z");
        CHECK(read_config({in_toml("[net]\n"), "run"}, settings::run{}).name == "none");
        CHECK(refusal_of([] { read_config({in_toml("[rum]\n"), "run"}, settings::run{}); }).nearest == "run");
    }
    SECTION("with the same errors") {
        const auto refused = [](const std::string& change) {
            return refusal_of([&] { read_config(in_json("{" + change + "}"), settings::run{}); });
        };
        CHECK(refusal_of([] { read_config<settings::run>(in_json("{\n}")); }).what ==
              "net.json:1: name: it is missing; it has to be said");
        CHECK(refused("\"nam\": \"x\"").nearest == "name");
        CHECK(refused("\"level\": 256").kind == fault::out_of_range);
        CHECK(refused("\"level\": -1").kind == fault::out_of_range);
        CHECK(refused("\"level\": 1.0").kind == fault::wrong_type);
        CHECK(refused("\"seed\": -1").kind == fault::out_of_range);
        CHECK(refused("\"seed\": 18446744073709551616").kind == fault::out_of_range);
        CHECK(refused("\"range\": [1]").kind == fault::wrong_size);
        CHECK(refused("\"range\": [1, 1e39]").key == "range[1]");
        CHECK(refused("\"learning\": {\"rate\": 1e-400}").what ==
              "net.json:1: there is \"1e-400\", which no double holds; write 0, or a number that one holds");
        CHECK(read_config(in_toml("[learning]\nrate = 0.000e-999\n"), settings::run{.name = "x"}).learning.rate == 0);
        CHECK(read_config(in_toml("[learning]\nrate = 5e-324\n"), settings::run{.name = "x"}).learning.rate > 0);
        CHECK(refused("\"range\": [1, -1e-50]").what ==
              "net.json:1: range[1]: there is -1e-50; its type has nothing between 0 and 1.40129846432482e-45");
        CHECK(read_config(in_json(R"({"range": [0, -1e-45]})"), settings::run{}).range ==
              std::array<float, 2>{0, -std::numeric_limits<float>::denorm_min()});
        CHECK(refused("\"sizes\": [1, \"2\"]").key == "sizes[1]");
        CHECK(refused("\"sizes\": null").kind == fault::wrong_type);
        CHECK(refused("\"speed\": \"fasst\"").nearest == "fast");
        CHECK(refused("\"learning\": []").kind == fault::wrong_type);
        CHECK(refused("\"learning\": {\"rate\": 1,\n \"warmup\": 3}").nearest == "warm_up");
        CHECK(refused("\"others\": [{}, {\"warm_up\": 2147483648}]").key == "others[1].warm_up");
        settings::run kept{.name = "kept"};
        try {
            kept = read_config(in_json(R"({"name": "lost", "level": 999})"), kept);
        } catch (const config_error&) {
        }
        CHECK(kept.name == "kept");
    }
}
