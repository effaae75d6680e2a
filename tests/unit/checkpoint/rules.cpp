// SPDX-License-Identifier: BSL-1.0
// Rules of load and save, and the report: checkpoint/rules.hpp, rule_check.hpp, load_plan.hpp, load_report.hpp.
#include <ambit/checkpoint/load.hpp>
#include <ambit/checkpoint/save.hpp>
#include <ambit/model/any_model.hpp>
#include <ambit/ops/all.hpp>

#include "../../support/numbers.hpp"
#include "../../support/temporary_directory.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

using namespace ambit;
using namespace ambit_test;

namespace {

struct towers {
    constexpr tensor operator()(scope& s, const tensor& x) const {
        tensor y = x;
        for (const char* name : {"A_train", "B"}) {
            auto tower = s.variable_scope(name);
            y = matmul(y, tower.get_variable("w", {2, 2}, {.initializer = random_normal()})) +
                tower.get_variable("b", {2}, {.initializer = random_normal()});
        }
        const variable counter =
            s.get_variable("counter", {}, {.initializer = constant(7), .dtype = int32, .trainable = false});
        return y + cast(counter, float32);
    }
};
using net = model<towers, input<float, 1, 2>>;

static_assert(expected_keys<net>.size() == 5 && expected_keys<net>[4] == "counter");
static_assert(expected_keys<net, rename<"my_counter", "counter">, prefix<"A_untrain", "A_train">>[0] == "A_untrain/w");
static_assert(expected_keys<net, rename<"my_counter", "counter">, prefix<"A_untrain", "A_train">>[4] == "my_counter");
static_assert(expected_keys<net, prefix<"", "B">, except<"A_train">>[1] == "b");
static_assert(expected_keys<net, prefix<"model/", "">, only<"B/w", "counter">>[1] == "model/counter");

static_assert(expected_keys<net, only_trainable>.size() == 4 && expected_keys<net, only_trainable>[3] == "B/b");
static_assert(expected_keys<net, only_trainable, only<"B", "counter">>.size() == 2);

template <class T> tensor_entry entry(std::string name, std::vector<std::int64_t> extents, const std::vector<T>& from) {
    constexpr dtype type = dtype_of<T>;
    return {std::move(name), element_type_from(type), std::move(extents), std::as_bytes(std::span(from))};
}
const std::vector<float> four{1, 2, 3, 4}, other_four{5, 6, 7, 8}, two{1, 2};
const std::vector<std::int32_t> one{11};

std::vector<float> all_of(const net& n) {
    std::vector<float> all = elements(n.get<"A_train/w">());
    for (const float value : elements(n.get<"A_train/b">())) all.push_back(value);
    for (const float value : elements(n.get<"B/w">())) all.push_back(value);
    for (const float value : elements(n.get<"B/b">())) all.push_back(value);
    all.push_back(static_cast<float>(n.get<"counter">()()));
    return all;
}

template <class... Rules> load_report refusal_of(const std::string& file, const Rules&... rules) {
    net n(seed{9});
    const auto before = all_of(n);
    try {
        static_cast<void>(load(n, file, rules...));
    } catch (const checkpoint_error& e) {
        REQUIRE(all_of(n) == before);
        REQUIRE(e.kind() == checkpoint_fault::other_variables);
        REQUIRE(e.report() != nullptr);
        REQUIRE(e.report()->loaded == 0);
        return *e.report();
    }
    FAIL("accepted");
    return {};
}
template <class... Rules> mistake mistake_of(const Rules&... rules) {
    net n(seed{9});
    try {
        static_cast<void>(load(n, std::string("/there/is/no/such/file"), rules...));
    } catch (const model_error& e) {
        return e.kind();
    } catch (const checkpoint_error&) {
        return mistake::none;  // the rules fit, and the file was looked for
    }
    return mistake::none;
}

}  // namespace

TEST_CASE("variables are loaded from other names, scopes and layouts", "[checkpoint]") {
    const temporary_directory directory;
    const std::string file = directory / "m.safetensors";
    write_checkpoint(file, std::vector<tensor_entry>{entry("A_untrain/w", {2, 2}, four), entry("A_untrain/b", {2}, two),
                                                     entry("w", {2, 2}, other_four), entry("b", {2}, two),
                                                     entry("my_counter", {}, one)});
    net n(seed{1});
    const std::uint64_t before = *n.parameters().generations()[0];
    const load_report report = load(n, file, rename<"my_counter", "counter">, prefix<"A_untrain", "A_train">,
                                    prefix<"", "B">, transposed<"A_train/w">, permuted<"B/w", 1, 0>);
    CHECK(*n.parameters().generations()[0] == before + 1);
    CHECK(elements(n.get<"A_train/w">()) == std::vector<float>{1, 3, 2, 4});
    CHECK(elements(n.get<"B/w">()) == std::vector<float>{6, 5, 8, 7});
    CHECK(n.get<"counter">()() == 11);
    CHECK((report.loaded == 5 && report.variables == 5 && report.fits()));
    REQUIRE(report.find("A_train/w") != nullptr);
    CHECK((report.find("A_train/w")->is_transposed && report.find("A_train/w")->tensor == "A_untrain/w"));
    CHECK((report.find("B/w")->is_rearranged && !report.find("B/w")->is_transposed));

    // The same with names that the program knows.
    net again(seed{2});
    checkpoint_rules rules;
    for (const auto& [from, to] : {std::pair<std::string, std::string>{"A_untrain", "A_train"}, {"", "B"}})
        rules += prefix(from, to);
    rules += rules.empty() ? rules : transposed("A_train/w");
    CHECK(load(again, file, rules, permuted("B/w", {1, 0}), ambit::rename("my_counter", "counter")).fits());
    CHECK(all_of(again) == all_of(n));

    // Saving by rules writes what the same rules load; names may change places.
    save(n, file, rename<"A_train/w", "B/w">, rename<"B/w", "A_train/w">, transposed<"B/w">,
         permuted<"A_train/b", 1, 0>);
    net swapped(seed{3});
    CHECK(load(swapped, file, transposed<"A_train/w">).fits());
    CHECK(elements(swapped.get<"A_train/w">()) == elements(n.get<"B/w">()));
    CHECK(elements(swapped.get<"A_train/b">()) == std::vector<float>{2, 1});
    CHECK(load(again, file, rename<"A_train/w", "B/w">, rename<"B/w", "A_train/w">, transposed<"B/w">,
               permuted<"A_train/b", 1, 0>)
              .fits());
    CHECK(all_of(again) == all_of(n));
}

TEST_CASE("subsets of a model are saved and loaded", "[checkpoint]") {
    const temporary_directory directory;
    const std::string part = directory / "part", whole = directory / "whole";
    net n(seed{1}), m(seed{2});
    save(n, part, only<"B">);
    save(n, whole);
    const auto before = elements(m.get<"A_train/w">());
    CHECK(load(m, part, only<"B">).loaded == 2);
    CHECK(elements(m.get<"B/w">()) == elements(n.get<"B/w">()));
    CHECK(elements(m.get<"A_train/w">()) == before);
    // What the rules leave out of the model is not unexpected in the file; strict about everything else.
    net k(seed{3});
    const load_report report = load(k, whole, except<"A_train", "counter">);
    CHECK((report.loaded == 2 && report.count(load_outcome::left_out) == 3 && report.fits()));
    // What optimizers change, and of that a part.
    save(n, directory / "trainable", only_trainable);
    CHECK(checkpoint_parts::safetensors_file(directory / "trainable").tensors().size() == 4);
    net j(seed{4});
    j.set<"counter">(3);
    CHECK(load(j, whole, only_trainable, except<"A_train/b">).loaded == 3);
    CHECK(elements(j.get<"A_train/w">()) == elements(n.get<"A_train/w">()));
    CHECK(j.get<"counter">()() == 3);
    CHECK(refusal_of(directory / "trainable").count(load_outcome::missing) == 1);
    CHECK(refusal_of(part).count(load_outcome::missing) == 3);
    CHECK(refusal_of(part, allow_unexpected).count(load_outcome::missing) == 3);
    const load_report some = load(k, part, allow_missing);
    CHECK((some.loaded == 2 && !some.fits()));
    CHECK_THAT(to_string(some), Catch::StartsWith("loaded 2 of 5 variables from ") &&
                                    Catch::Contains("\n  missing in the file: 3\n    A_train/w  float32[2, 2]\n"));
}

TEST_CASE("a report says of each variable and tensor what became of it", "[checkpoint]") {
    const temporary_directory directory;
    const std::string file = directory / "m";
    const std::vector<double> wide{1, 2};
    const std::vector<std::int64_t> count{12};
    write_checkpoint(file,
                     std::vector<tensor_entry>{entry("A_train/w", {4}, four), entry("A_train/b", {2}, wide),
                                               entry("A_train/weights", {2, 2}, four), entry("B/bb", {2}, two),
                                               entry("counter", {}, count)},
                     {{"B/w", "A_train/weights"}});
    const load_report report = refusal_of(file, allow_cast);
    CHECK(report.find("A_train/w")->outcome == load_outcome::other_shape);
    CHECK((report.find("A_train/b")->outcome == load_outcome::applied && report.find("A_train/b")->is_cast));
    CHECK(report.find("B/w")->outcome == load_outcome::tied);
    CHECK((report.find("B/b")->outcome == load_outcome::missing && report.find("B/b")->nearest == "B/bb"));
    CHECK((report.find("B/bb")->outcome == load_outcome::unexpected && report.find("B/bb")->nearest == "B/b"));
    CHECK(refusal_of(file).find("A_train/b")->outcome == load_outcome::other_dtype);

    net n(seed{1});
    const load_report described = describe_mismatch(file, n, allow_cast);
    CHECK((described.is_description && described.loaded == 3 && described.entries.size() == report.entries.size()));
    const load_report loaded = load(n, file, allow_cast, except<"A_train/w">, allow_missing, ignored<"B/bb">);
    CHECK(elements(n.get<"B/w">()) == four);
    CHECK(n.get<"counter">()() == 12);
    CHECK(to_string(loaded).substr(to_string(loaded).find('\n') + 1) ==
          "  missing in the file: 1\n"
          "    B/b  float32[2]  did you mean \"B/bb\"?\n"
          "  applied as the rules say: 2\n"
          "    A_train/b  float32[2]  cast from float64\n"
          "    counter    int32[]     cast from int64\n"
          "  tied to another name in the file: 1\n"
          "    B/w  float32[2, 2]  from \"A_train/weights\"\n"
          "  left out as the rules say: 2\n"
          "    A_train/w  float32[2, 2]\n"
          "    \"B/bb\"     float32[2]");
    CHECK_THAT(checkpoint_parts::report_text(loaded, true).text(),
               Catch::Contains("\x1B[31mmissing in the file: 1\x1B[0m"));

    // A value that the dtype lacks is found in the middle of reading: nothing has changed.
    const std::vector<std::int64_t> large{std::int64_t{1} << 40};
    write_checkpoint(file, std::vector<tensor_entry>{entry("B/w", {2, 2}, four), entry("counter", {}, large)});
    const auto before = all_of(n);
    CHECK_THROWS_AS(static_cast<void>(load(n, file, allow_cast, only<"B/w", "counter">)), checkpoint_error);
    CHECK(all_of(n) == before);
}

namespace {
struct with_state {
    constexpr tensor operator()(scope& s, const tensor& x) const {
        return x * s.get_variable("w", {2}) + s.get_local_variable("state", {2}, {.initializer = constant(1)});
    }
};
}  // namespace

TEST_CASE("of an array of Python objects a report says why it is not read", "[checkpoint]") {
    load_report report;
    load_entry& it = report.entries.emplace_back();
    it.outcome = load_outcome::other_dtype;
    it.variable = it.tensor = "w";
    it.wanted = {{2}, float32};
    it.stored = {"w", element_type::other, "|O", {2}, 123};
    CHECK_THAT(to_string(report), Catch::Contains("there |O[2], objects of Python's, which are not read"));
    it.stored.type_name = "<U1";
    CHECK_THAT(to_string(report), Catch::Contains("there <U1[2]") && !Catch::Contains("Python"));
}

TEST_CASE("local variables are in no file", "[checkpoint]") {
    const temporary_directory directory;
    using stateful = model<with_state, input<float, 2>>;
    STATIC_REQUIRE(expected_keys<stateful, prefix<"old", "">>.size() == 1);
    stateful n(seed{1});
    const std::vector<float> state{5, 5};
    write_checkpoint(directory / "m", std::vector<tensor_entry>{entry("w", {2}, two), entry("state", {2}, state)});
    CHECK(load(n, directory / "m", allow_unexpected).find("state")->outcome == load_outcome::unexpected);
    CHECK(elements(n.get<"state">()) == std::vector<float>{1, 1});
    try {
        static_cast<void>(load(n, directory / "m", only("state")));
        FAIL("was loaded");
    } catch (const model_error& e) {
        CHECK(e.kind() == mistake::rule_unknown);
        CHECK_THAT(e.what(), Catch::Contains("the variable is local: each model has its own, and no file"));
    }
}

TEST_CASE("what does not lie as a rule says is of another shape", "[checkpoint]") {
    const temporary_directory directory;
    write_checkpoint(directory / "m",
                     std::vector<tensor_entry>{entry("A_train/w", {4}, four), entry("A_train/b", {2}, two),
                                               entry("B/w", {1, 2, 2}, four)});
    const load_report report = refusal_of(directory / "m", transposed<"A_train/w">, only<"A_train">, allow_unexpected);
    CHECK(report.find("A_train/w")->outcome == load_outcome::other_shape);
    CHECK(report.find("A_train/b")->outcome == load_outcome::applied);
    CHECK(refusal_of(directory / "m", transposed<"B/w", 1, 0>, only<"B/w">, allow_unexpected).find("B/w")->outcome ==
          load_outcome::other_shape);
    // One tensor may fill several variables.
    net n(seed{1});
    CHECK(load(n, directory / "m", rename<"A_train/b", "B/b">, only<"A_train/b", "B/b">, allow_unexpected).loaded == 2);
    CHECK(elements(n.get<"B/b">()) == two);
}

TEST_CASE("rules that do not fit the model are refused before anything is read", "[checkpoint]") {
    using ambit::rename;
    CHECK(mistake_of() == mistake::none);
    CHECK(mistake_of(rename(std::string("x"), "counter"), transposed("B/w"), permuted("B/w", {1, 0})) == mistake::none);
    CHECK(mistake_of(rename(std::string("counter"), "x")) == mistake::rule_unknown);
    CHECK(mistake_of(rename(std::string("x"), "")) == mistake::rule_unknown);
    CHECK(mistake_of(rename(std::string("x"), "B")) == mistake::rule_unknown);  // a scope is no variable
    CHECK(mistake_of(prefix("x", "A_tr")) == mistake::rule_unknown);
    CHECK(mistake_of(only("C")) == mistake::rule_unknown);
    CHECK(mistake_of(prefix("x", "B"), rename(std::string("w"), "B/w")) == mistake::rules_clash);
    CHECK(mistake_of(prefix("x", ""), prefix("y", "B")) == mistake::rules_clash);
    CHECK(mistake_of(rename<"x", "counter">, rename(std::string("x"), "counter")) == mistake::rules_clash);
    CHECK(mistake_of(transposed("B/b")) == mistake::rule_unfit);
    CHECK(mistake_of(transposed("B/w", {0, 2})) == mistake::rule_unfit);
    CHECK(mistake_of(permuted("B/w", {0, 1, 2, 3, 4, 5, 6, 7, 8})) == mistake::rule_unfit);
    CHECK(mistake_of(permuted("B/w", {0})) == mistake::rule_unfit);
    try {
        net n(seed{1});
        save(n, "/nowhere/m", rename(std::string("B/w"), "A_train/w"));
        FAIL("was saved");
    } catch (const model_error& e) {
        CHECK(e.kind() == mistake::rules_clash);
        CHECK_THAT(e.what(), Catch::Contains("it would be saved as B/w, and so would A_train/w"));
    }
}

TEST_CASE("one of a list loads by rules, bytes load as files do, and models share what is loaded", "[checkpoint]") {
    const temporary_directory directory;
    any_model<net> any("towers", seed{1});
    save(any, directory / "m", prefix<"a", "A_train">);
    const std::string whole = contents(directory / "m");
    net first(seed{2});
    net second(first.parameters());
    CHECK(load(second, std::as_bytes(std::span(whole)), prefix<"a", "A_train">).fits());
    CHECK(all_of(first) == all_of(second));
    CHECK(load(any, directory / "m", prefix<"a", "A_train">).loaded == 5);
    CHECK_FALSE(describe_mismatch(directory / "m", any).fits());
    CHECK_THROWS_AS(static_cast<void>(load(any, directory / "m", prefix<"a", "C">)), model_error);
    // Empty, it has no variables: those that it had are the other's.
    net moved(std::move(first));
    const auto before = all_of(moved);
    CHECK_THROWS_AS(static_cast<void>(load(first, directory / "m", prefix<"a", "A_train">)), model_error);
    CHECK(all_of(moved) == before);
}
