// SPDX-License-Identifier: BSL-1.0
// What is said of files that are not as they should be, or made to hurt.
#include "support.hpp"

#include "../../support/temporary_directory.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

using namespace ambit_test;

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
            {"{\"a\":\n -1e-400}", fault::out_of_range, 2, ""},
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
            {"a = 1\nb = [0.5, 1_0e-4_00]\n", fault::out_of_range, 2, ""},
            {"b = +1e400\n", fault::out_of_range, 1, ""},
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
