// SPDX-License-Identifier: BSL-1.0
// Nets and structs from JSON and TOML: what they become, and what is said of files that are not as they should be.
#include <ambit/config.hpp>

#include <ambit/model/model.hpp>
#include <ambit/ops/all.hpp>
#include <ambit/registry/dynamic_model.hpp>

#include "../../support/temporary_directory.hpp"

#include <catch2/catch.hpp>

#include <xtensor/xtensor.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
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

using namespace ambit;
using fault = config_fault;

namespace {

config_text in_json(std::string text) { return {std::move(text), config_format::json, "net.json"}; }
config_text in_toml(std::string text) { return {std::move(text), config_format::toml, "net.toml"}; }

/// What is thrown, in words: of a `model_error` its kind.
struct refusal {
    std::optional<fault> kind;
    mistake rule = mistake::none;
    std::string what, key, nearest;
    int line = 0;
};
template <class Read> refusal refusal_of(const Read& read) {
    try {
        read();
        return {};
    } catch (const config_error& e) {
        return {e.kind(), mistake::none, e.what(), e.key(), e.nearest(), e.line()};
    } catch (const model_error& e) {
        return {std::nullopt, e.kind(), e.what(), e.facts().path, e.facts().nearest, 0};
    }
}
refusal refusal_of(const config_text& text) {
    return refusal_of([&] { read_config(text); });
}

const std::string small_net = R"([input]
shape = [6, 6, 2]
dtype = "float32"

[[layers]]
type = "conv2d"
name = "conv1"
filters = 4
kernel = [3, 3]
strides = 1
dilations = [1, 1]
groups = 2
padding = "same"
activation = "relu"
weights = "he_normal"

[[layers]]
type = "batch_normalization"
momentum = 0.9

[[layers]]
type = "max_pool"
window = 2

[[layers]]
type = "flatten"
name = "rows"

[[layers]]
type = "dense"
name = "head/hidden"
units = 36
activation = "tanh"
l2 = 1e-3

[[layers]]
shares = "head/hidden"

[[layers]]
type = "add"
inputs = ["rows", "head/hidden", "dense"]

[[layers]]
type = "dropout"
rate = 0.25

[[layers]]
type = "dense"
name = "logits"
units = 3
use_bias = false

[training]
loss = "sparse_softmax_cross_entropy"
optimizer = { type = "adam", learning_rate = 0.01, beta1 = 0.8 }
clip_by_global_norm = 5
batch = 4
epochs = 3
seed = 9
)";

/// A net of one dense layer, whose table is this, in JSON.
config_text with_layer(const std::string& layer) {
    return in_json("{\"input\": {\"shape\": [4]},\n \"layers\": [\n" + layer + "\n]}");
}

}  // namespace

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

TEST_CASE("a word of advice for each mistake of a file") {
    const refusal misspelt = refusal_of(with_layer(R"({"type": "dense",
 "unitz": 3})"));
    CHECK(misspelt.what ==
          "net.json:4: layers[0].unitz: nobody reads the key \"unitz\"; there may be \"shares\", \"type\", "
          "\"input\" and \"units\"; did you mean \"units\"?");
    const refusal lacks = refusal_of(in_toml("[input]\nshape = [1]\n[[layers]]\ntype = \"dense\"\n"));
    CHECK(lacks.what == "net.toml:3: layers[0].units: it is missing; it has to be said");
    CHECK(refusal_of(with_layer(R"({"type": "dens", "units": 3})")).what.ends_with("did you mean \"dense\"?"));
    CHECK(refusal_of(with_layer(R"({"type": "dense", "units": 1099511627776})")).what ==
          "net.json:3: layers[0].units: there is 1,099,511,627,776; it takes 1 to 1,073,741,824");
    CHECK(refusal_of(with_layer(R"({"type": "dense", "units": 2.5})")).what ==
          "net.json:3: layers[0].units: there is 2.5, written with a fraction; it takes a whole number");
    CHECK(refusal_of(with_layer(R"({"type": "dense", "units": "3"})")).what ==
          "net.json:3: layers[0].units: there is a text; it takes a whole number");
    CHECK(refusal_of(with_layer(R"({"type": "dense", "units": 3, "name": "a"},
{"shares": "b"})"))
              .what ==
          "net.json:4: layers[1].shares: there is no layer \"b\"; a layer depends on one before it, or "
          "on \"input\"; did you mean \"a\"?");
    CHECK(
        refusal_of(with_layer(R"({"type": "flatten", "name": "a", "input": "c"},
{"type": "flatten", "name": "b"},
{"type": "flatten", "name": "c"})"))
            .what ==
        "net.json:3: layers[0].input: the layer depends on itself: this layer -> \"c\" -> \"b\" -> this layer; a layer "
        "depends on layers before it");
    CHECK(refusal_of([] { read_config("there/is/none.toml"); }).what ==
          "there/is/none.toml: cannot open: No such file or directory; check the path and its permissions");
}

namespace {

struct broken {
    const char* text;
    fault kind;
    int line;
    const char* key;
};

const std::string long_name(5000, 'n');

}  // namespace

TEST_CASE("files that are not as they should be") {
    const auto check_all = [](const auto& cases, const auto& make) {
        for (const broken& it : cases) {
            CAPTURE(it.text);
            const refusal r = refusal_of(make(it.text));
            CAPTURE(r.what);
            CHECK(r.kind == it.kind);
            CHECK(r.line == it.line);
            CHECK(r.key == it.key);
            CHECK(r.what.size() < 2000);
        }
    };
    SECTION("as JSON") {
        static constexpr broken cases[] = {
            {"", fault::syntax, 0, ""},
            {" \n\t\n", fault::syntax, 0, ""},
            {"\xEF\xBB\xBF", fault::syntax, 0, ""},
            {"{", fault::syntax, 1, ""},
            {"{\n\"input\"", fault::syntax, 2, ""},
            {"{\"a\": 1,}", fault::syntax, 1, ""},
            {"{\"a\": 01}", fault::syntax, 1, ""},
            {"{\"a\": 1e999}", fault::syntax, 1, ""},
            {"{\"a\": NaN}", fault::syntax, 1, ""},
            {"{} {}", fault::syntax, 1, ""},
            {"// no comments\n{}", fault::syntax, 1, ""},
            {"{\"a\": \"\\x\"}", fault::syntax, 1, ""},
            {"{\"a\": \"\\ud800\"}", fault::syntax, 1, ""},
            {"{\n\"a\": \"\xFF\"}", fault::not_utf8, 2, ""},
            {"[]", fault::wrong_type, 1, ""},
            {"7", fault::wrong_type, 1, ""},
            {"null", fault::wrong_type, 1, ""},
            {"{\"input\": {}, \n \"input\": {}}", fault::duplicate_key, 2, ""},
            {"{}", fault::missing_key, 1, "input"},
            {"{\"imput\": 1}", fault::unknown_key, 1, "imput"},
            {"{\"input\": 1}", fault::wrong_type, 1, "input"},
            {"{\"input\": null}", fault::wrong_type, 1, "input"},
            {"{\"input\": {}}", fault::missing_key, 1, "input.shape"},
            {"{\"input\": {\"shape\": 4}}", fault::wrong_type, 1, "input.shape"},
            {"{\"input\": {\"shape\": []}}", fault::wrong_size, 1, "input.shape"},
            {"{\"input\": {\"shape\": [1,1,1,1,1,1,1,1]}}", fault::wrong_size, 1, "input.shape"},
            {"{\"input\": {\"shape\": [0]}}", fault::out_of_range, 1, "input.shape[0]"},
            {"{\"input\": {\"shape\": [3, -1]}}", fault::out_of_range, 1, "input.shape[1]"},
            {"{\"input\": {\"shape\": [18446744073709551615]}}", fault::out_of_range, 1, "input.shape[0]"},
            {"{\"input\": {\"shape\": [99999999999999999999999]}}", fault::out_of_range, 1, "input.shape[0]"},
            {"{\"input\": {\"shape\": [1.5]}}", fault::wrong_type, 1, "input.shape[0]"},
            {"{\"input\": {\"shape\": [true]}}", fault::wrong_type, 1, "input.shape[0]"},
            {"{\"input\": {\"shape\": [4], \"dtype\": \"int32\"}}", fault::unknown_word, 1, "input.dtype"},
            {"{\"input\": {\"shape\": [4], \"batch\": 3}}", fault::unknown_key, 1, "input.batch"},
            {"{\"input\": {\"shape\": [4]}}", fault::missing_key, 1, "layers"},
            {"{\"input\": {\"shape\": [4]}, \"layers\": {}}", fault::wrong_type, 1, "layers"},
            {"{\"input\": {\"shape\": [4]}, \"layers\": []}", fault::wrong_size, 1, "layers"},
            {"{\"input\": {\"shape\": [4]}, \"layers\": [3]}", fault::wrong_type, 1, "layers[0]"},
            {"{\"input\": {\"shape\": [4]}, \"layers\": [{}]}", fault::missing_key, 1, "layers[0].type"},
        };
        check_all(cases, in_json);
    }
    SECTION("as a layer") {
        static constexpr broken cases[] = {
            {"{\"type\": 3}", fault::wrong_type, 3, "layers[0].type"},
            {"{\"type\": \"\"}", fault::unknown_word, 3, "layers[0].type"},
            {"{\"type\": \"Dense\", \"units\": 3}", fault::unknown_word, 3, "layers[0].type"},
            {"{\"type\": \"dense\", \"units\": 0}", fault::out_of_range, 3, "layers[0].units"},
            {"{\"type\": \"dense\", \"units\": -3}", fault::out_of_range, 3, "layers[0].units"},
            {"{\"type\": \"dense\", \"units\": [3]}", fault::wrong_type, 3, "layers[0].units"},
            {"{\"type\": \"dense\", \"units\": 3,\n \"activation\": \"rleu\"}", fault::unknown_word, 4,
             "layers[0].activation"},
            {"{\"type\": \"dense\", \"units\": 3, \"use_bias\": 1}", fault::wrong_type, 3, "layers[0].use_bias"},
            {"{\"type\": \"dense\", \"units\": 3, \"weights\": \"he\"}", fault::unknown_word, 3, "layers[0].weights"},
            {"{\"type\": \"dense\", \"units\": 3, \"l2\": -1}", fault::out_of_range, 3, "layers[0].l2"},
            {"{\"type\": \"dense\", \"units\": 3, \"l1\": 1, \"l2\": 1}", fault::contradiction, 3, "layers[0].l2"},
            {"{\"type\": \"dense\", \"units\": 4}, {\"shares\": \"dense\", \"l2\": 1}", fault::unknown_key, 3,
             "layers[1].l2"},
            {"{\"type\": \"dense\", \"units\": 3, \"a.b\": -1}", fault::unknown_key, 3, "layers[0].\"a.b\""},
            {"{\"type\": \"dense\", \"units\": 3, \"\": -1}", fault::unknown_key, 3, "layers[0].\"\""},
            {"{\"type\": \"dense\", \"units\": 3, \"\\u001b[2J\\u0000\": -1}", fault::unknown_key, 3,
             "layers[0].\"?[2J?\""},
            {"{\"type\": \"dense\", \"units\": 3, \"name\": \"\"}", fault::unknown_word, 3, "layers[0].name"},
            {"{\"type\": \"dense\", \"units\": 3, \"name\": 3}", fault::wrong_type, 3, "layers[0].name"},
            {"{\"type\": \"dense\", \"units\": 3, \"name\": \"input\"}", fault::duplicate_layer, 3, "layers[0].name"},
            {"{\"type\": \"flatten\", \"name\": \"a\"},\n{\"type\": \"flatten\", \"name\": \"a\"}",
             fault::duplicate_layer, 4, "layers[1].name"},
            {"{\"type\": \"flatten\", \"name\": \"a\"},\n{\"type\": \"dense\", \"units\": 1, \"name\": \"a\"}",
             fault::duplicate_layer, 4, "layers[1].name"},
            {"{\"type\": \"flatten\", \"name\": \"a\", \"input\": \"a\"}", fault::cycle, 3, "layers[0].input"},
            {"{\"shares\": \"a\", \"name\": \"a\"}", fault::cycle, 3, "layers[0].shares"},
            {"{\"type\": \"flatten\", \"input\": \"b\"},\n{\"type\": \"flatten\", \"name\": \"b\", \"input\": "
             "\"input\"}",
             fault::out_of_order, 3, "layers[0].input"},
            {"{\"shares\": \"input\"}", fault::unknown_layer, 3, "layers[0].shares"},
            {"{\"shares\": \"\"}", fault::unknown_layer, 3, "layers[0].shares"},
            {"{\"type\": \"flatten\", \"name\": \"f\"}, {\"shares\": \"f\"}", fault::unknown_layer, 3,
             "layers[1].shares"},
            {"{\"type\": \"dense\", \"units\": 4}, {\"shares\": \"dense\", \"type\": \"conv2d\"}", fault::unknown_word,
             3, "layers[1].type"},
            {"{\"type\": \"add\"}", fault::missing_key, 3, "layers[0].inputs"},
            {"{\"type\": \"add\", \"inputs\": [\"input\"]}", fault::wrong_size, 3, "layers[0].inputs"},
            {"{\"type\": \"add\", \"inputs\": \"input\"}", fault::wrong_type, 3, "layers[0].inputs"},
            {"{\"type\": \"add\", \"inputs\": [\"input\", 3]}", fault::wrong_type, 3, "layers[0].inputs[1]"},
            {"{\"type\": \"add\", \"inputs\": [\"input\", \"inptu\"]}", fault::unknown_layer, 3, "layers[0].inputs[1]"},
            {"{\"type\": \"dropout\", \"rate\": 1}", fault::out_of_range, 3, "layers[0].rate"},
            {"{\"type\": \"dropout\", \"rate\": \"0.5\"}", fault::wrong_type, 3, "layers[0].rate"},
            {"{\"type\": \"reshape\", \"shape\": [0]}", fault::out_of_range, 3, "layers[0].shape[0]"},
            {"{\"type\": \"conv2d\", \"filters\": 3, \"kernel\": [3]}", fault::wrong_size, 3, "layers[0].kernel"},
            {"{\"type\": \"conv2d\", \"filters\": 3, \"kernel\": {}}", fault::wrong_type, 3, "layers[0].kernel"},
            {"{\"type\": \"conv2d\", \"filters\": 3, \"kernel\": 0}", fault::out_of_range, 3, "layers[0].kernel"},
            {"{\"type\": \"conv2d\", \"filters\": 3, \"kernel\": 3, \"padding\": true}", fault::wrong_type, 3,
             "layers[0].padding"},
            {"{\"type\": \"conv2d\", \"filters\": 3, \"kernel\": 3, \"padding\": -1}", fault::out_of_range, 3,
             "layers[0].padding"},
            {"{\"type\": \"conv2d\", \"filters\": 3, \"kernel\": 3, \"padding\": [1, 2]}", fault::wrong_size, 3,
             "layers[0].padding"},
            {"{\"type\": \"conv2d\", \"filters\": 3, \"kernel\": 3, \"padding\": [1, 2, 3, -4]}",
             fault::out_of_range, 3, "layers[0].padding[3]"},
            {"{\"type\": \"conv2d\", \"filters\": 3, \"kernel\": 3, \"padding\": \"SAME\"}", fault::unknown_word, 3,
             "layers[0].padding"},
            {"{\"type\": \"batch_normalization\", \"momentum\": 2}", fault::out_of_range, 3, "layers[0].momentum"},
            {"{\"type\": \"layer_normalization\", \"axis\": 1e3}", fault::wrong_type, 3, "layers[0].axis"},
        };
        check_all(cases, [](const std::string& layer) { return with_layer(layer); });
    }
    SECTION("as TOML") {
        static constexpr broken cases[] = {
            {"# nothing\n", fault::missing_key, 1, "input"},
            {"input", fault::syntax, 1, ""},
            {"input = \n", fault::syntax, 1, ""},
            {"[input]\n[input]\n", fault::syntax, 2, ""},
            {"[input]\nshape = [1]\nshape = [1]\n", fault::syntax, 3, ""},
            {"[input]\nshape = 1979-05-27\n", fault::syntax, 2, ""},
            {"[input]\nshape = 07:32:00\n", fault::syntax, 2, ""},
            {"a = 1\n[=\n", fault::syntax, 2, ""},
            {"[\xC3\xA9]\n", fault::syntax, 1, ""},
            {"[[[a]]]\n", fault::syntax, 1, ""},
            {"a = relu\n", fault::syntax, 1, ""},
            {"a = _1\n", fault::syntax, 1, ""},
            {"a = 1979-05-\n", fault::syntax, 1, ""},
            {"a = 0x\n", fault::syntax, 1, ""},
            {"a = 01\n", fault::syntax, 1, ""},
            {"a = 1__0\n", fault::syntax, 1, ""},
            {"a = 1.\n", fault::syntax, 1, ""},
            {"a = 1'b'\n", fault::syntax, 1, ""},
            {"a = [1, }\n", fault::syntax, 1, ""},
            {"a = ,\n", fault::syntax, 1, ""},
            {"a = ]\n", fault::syntax, 1, ""},
            {"\n\xCE\xBC = 1\n", fault::syntax, 2, ""},
            {"a = 1\f\n", fault::syntax, 1, ""},
            {"a = \"\"\"\\\n \xC3\xA9\"\"\"\n", fault::syntax, 2, ""},
            {"a = \"\\\xC3\xA9\"\n", fault::syntax, 1, ""},
            {"[input]\nshape = [9223372036854775808]\n", fault::syntax, 2, ""},
            {"[input]\nshape = [inf]\n", fault::out_of_range, 2, "input.shape[0]"},
            {"[input]\nshape = [nan]\n", fault::wrong_type, 2, "input.shape[0]"},
            {"[input]\nshape = [1]\n[[layers]]\ntype = \"dropout\"\nrate = nan\n", fault::out_of_range, 5,
             "layers[0].rate"},
            {"[input]\nshape = [1]\n[[layers]]\ntype = \"dense\"\nunits = 0x10000000000\n", fault::out_of_range, 5,
             "layers[0].units"},
            {"[input]\nshape = [1]\n[[layers]]\ntype = \"flatten\"\n[training]\nloss = \"mse\"\n", fault::unknown_word,
             6, "training.loss"},
            {"[input]\nshape = [1]\n[[layers]]\ntype = \"flatten\"\n[training]\nloss = \"huber\"\noptimizer = 3\n",
             fault::wrong_type, 7, "training.optimizer"},
            {"[input]\nshape = [1]\n[[layers]]\ntype = \"flatten\"\n[training]\nloss = \"huber\"\noptimizer = {type = "
             "\"sgd\", lr = 1}\n",
             fault::unknown_key, 7, "training.optimizer.lr"},
            {"[input]\nshape = [1]\n[[layers]]\ntype = \"flatten\"\n[training]\nloss = \"huber\"\noptimizer = {type = "
             "\"adam\", beta1 = 1}\n",
             fault::out_of_range, 7, "training.optimizer.beta1"},
            {"[input]\nshape = [1]\n[[layers]]\ntype = \"flatten\"\n[training]\nloss = \"huber\"\noptimizer = "
             "\"sgd\"\nbatch = 0\n",
             fault::out_of_range, 8, "training.batch"},
            {"[input]\nshape = [1]\n[[layers]]\ntype = \"flatten\"\n[training]\nloss = \"huber\"\noptimizer = "
             "\"sgd\"\nseed = -1\n",
             fault::out_of_range, 8, "training.seed"},
        };
        check_all(cases, in_toml);
    }
}

TEST_CASE("files made to hurt") {
    const auto repeated = [](std::string_view text, int times) {
        std::string all;
        for (int i = 0; i < times; ++i) all += text;
        return all;
    };
    for (const config_text& text :
         {in_json(repeated("[", 500'000)), in_json(repeated("{\"a\":", 100'000)),
          in_toml("a = " + repeated("[", 500'000)), in_toml("a = " + repeated("{b = ", 100'000)),
          in_toml(repeated("a.", 400'000) + "a = 1"), in_toml("[" + repeated("a.", 400'000) + "a]"),
          in_toml("x = {" + repeated("a.", 60) + "b = {" + repeated("c.", 60) + "d = 1}}"),
          in_toml("x = '''" + repeated("[", 100) + "'''\n" + "y = " + repeated("[", 100))})
        CHECK(refusal_of(text).kind == fault::too_deep);
    CHECK(refusal_of(in_toml("x = '''" + repeated("[", 100) + "'''\n# " + repeated("a.", 100) + "\ny = \"" +
                             repeated("a.", 100) + "\\\"[[\"\nz = [" + repeated("0.5, ", 5000) + "1]"))
              .kind == fault::missing_key);
    CHECK(refusal_of(in_json(repeated(" ", 2 << 20))).kind == fault::too_large);
    CHECK(refusal_of(with_layer(repeated("{\"type\": \"flatten\"},", 10'001) + "{}")).kind == fault::wrong_size);
    // Sizes that are each allowed, and not together.
    CHECK(refusal_of(with_layer(R"({"type": "dense", "units": 1073741824}, {"type": "dense", "units": 1073741824})"))
              .rule == mistake::invalid_shape);
    const refusal named = refusal_of(with_layer("{\"type\": \"dense\", \"units\": 3, \"name\": \"a b/\\u202e\\n\"}"));
    CHECK(named.rule == mistake::invalid_name);
    CHECK(named.what.find("net.json:3") != std::string::npos);
    CHECK(refusal_of(with_layer("{\"type\": \"dense\", \"units\": 3, \"input\": \"" + long_name + "\"}")).what.size() <
          400);
    CHECK(refusal_of(with_layer("{\"type\": \"conv2d\", \"filters\": 3, \"kernel\": 3}")).rule == mistake::op_shape);
    CHECK(refusal_of(with_layer("{\"type\": \"group_normalization\"}")).rule == mistake::op_option);
    // As much as may be said at all.
    const std::string most = R"({"input": {"shape": [1073741824, 1073741824, 1]}, "layers": [{"type": ")";
    for (const char* layer : {R"(conv2d", "filters": 1073741824, "kernel": 1073741824, "dilations": 1073741824)",
                              R"(conv2d", "filters": 1, "kernel": 2, "dilations": 1073741824, "padding": "same")",
                              R"(separable_conv2d", "filters": 1, "kernel": 1, "multiplier": 1073741824)",
                              R"(max_pool", "window": 1073741824, "strides": 1)", R"(flatten")",
                              R"(reshape", "shape": [1073741824, -1, -1])", R"(dense", "units": 1073741824)"}) {
        const refusal r = refusal_of(in_json(most + layer + "}]}"));
        CAPTURE(layer, r.what);
        CHECK(r.rule != mistake::none);
    }
    CHECK(refusal_of(with_layer("{\"type\": \"add\", \"inputs\": [" + repeated("\"input\",", 100) + "\"input\"]}"))
              .kind == fault::wrong_size);
    CHECK(refusal_of(with_layer("{\"type\": \"concat\", \"inputs\": [" + repeated("\"input\",", 99) + "\"input\"]}"))
              .what == "");
    CHECK(refusal_of(with_layer(repeated("{\"type\": \"dense\", \"units\": 2},", 999) + "{\"shares\": \"dense_998\"}"))
              .what == "");

    const ambit_test::temporary_directory directory;
    CHECK(refusal_of([&] { read_config(directory.path()); }).kind == fault::unknown_format);
    CHECK(refusal_of([&] { read_config(directory / "net.yaml"); }).kind == fault::unknown_format);
    CHECK(refusal_of([&] { read_config(directory / "no.json"); }).kind == fault::cannot_open);
    CHECK(refusal_of([&] { read_config(std::string("a\0b.json", 8)); }).kind == fault::cannot_open);
    CHECK(refusal_of([&] { read_config("/dev/zero.toml"); }).kind == fault::cannot_open);
    std::filesystem::create_directory(directory / "folder.toml");
    CHECK(refusal_of([&] { read_config(directory / "folder.toml"); }).kind == fault::cannot_open);
    ambit_test::put(directory / "large.toml", repeated("#", (1 << 20) + 1));
    CHECK(refusal_of([&] { read_config(directory / "large.toml"); }).kind == fault::too_large);
    ambit_test::put(directory / "\x1b[2J.toml", "a");
    CHECK(refusal_of([&] { read_config(directory / "\x1b[2J.toml"); }).what.find('\x1b') == std::string::npos);
    ambit_test::put(directory / "net.toml", small_net);
    CHECK(read_config(directory / "net.toml").layer_count() == 9);
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

TEST_CASE("cut or changed anywhere, a file is a net or a typed error") {
    const std::string as_json = R"({"input": {"shape": [4, 4, 1]}, "layers": [
{"type": "conv2d", "name": "c", "filters": 2, "kernel": [3, 3], "padding": "same"},
{"shares": "c", "input": "input", "name": "d"}, {"type": "add", "inputs": ["c", "d"]},
{"type": "dense", "name": "e", "units": 3}],
"training": {"loss": "huber", "optimizer": {"type": "sgd", "learning_rate": 1e-1}, "seed": 18446744073709551615}})";
    int nets = 0, refused = 0;
    const auto look_at = [&](const config_text& text) {
        try {
            nets += read_config(text).layer_count() > 0 ? 1 : 0;
        } catch (const error&) {
            ++refused;
        }
    };
    std::uint64_t random = 1;
    for (const auto& [whole, make] : {std::pair{as_json, &in_json}, std::pair{small_net, &in_toml}}) {
        for (std::size_t length = 0; length < whole.size(); length += 3) look_at(make(whole.substr(0, length)));
        for (std::size_t at = 0; at < whole.size(); ++at) {
            std::string changed = whole;
            random = random * 6364136223846793005U + 1442695040888963407U;
            static constexpr std::string_view often = "\"[]{}=,.'\n\\#0-e ";
            changed[at] = (random >> 60) < 8 ? often[(random >> 33) % often.size()] : static_cast<char>(random >> 33);
            look_at(make(changed));
        }
    }
    CHECK(nets > 30);
    CHECK(refused > 1000);
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
