// SPDX-License-Identifier: BSL-1.0
// Variables by run-time names: looking, writing, removing, copying, and what each answers when there is nothing.
#include <ambit/registry/build.hpp>
#include <ambit/registry/registry.hpp>

#include <ambit/model/model.hpp>
#include <ambit/nn/dense.hpp>
#include <ambit/ops/all.hpp>

#include "support.hpp"

#include <catch2/catch.hpp>

#include <xtensor/xarray.hpp>
#include <xtensor/xbuilder.hpp>
#include <xtensor/xtensor.hpp>

#include <array>
#include <cstdint>
#include <cstring>
#include <new>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

using namespace ambit;
using ambit_test::thrown_by;
using registry_parts::build;

namespace {

struct affine {
    constexpr tensor operator()(scope& s, tensor x) const {
        auto layer = s.variable_scope("layer");
        return matmul(x, layer.get_variable("weights", {3, 2})) +
               layer.get_variable("biases", {2}, {.initializer = zeros(), .collections = {"mine"}});
    }
};
constexpr std::array<tensor_spec, 1> one_input{spec(float32, {4, 3})};

/// Variables of these paths, float32 of shape {2}.
void create(registry& reg, const std::vector<std::string>& paths) {
    build(reg,
          [&](scope& s, tensor x) {
              for (const std::string& path : paths) s.get_variable(path, {2}, {.initializer = ones()});
              return relu(x);
          },
          one_input);
}

std::vector<std::string> paths_of(const std::vector<registry::found>& all) {
    std::vector<std::string> paths;
    for (const registry::found& v : all) paths.push_back(v->path());
    return paths;
}
using paths = std::vector<std::string>;

}  // namespace

TEST_CASE("a module creates its variables in the registry") {
    registry reg(seed{1});
    const auto built = build(reg, affine{}, one_input);
    REQUIRE(built.variables.size() == 2);
    CHECK(built.fresh == built.variables);
    CHECK(reg.size() == 2);
    CHECK(reg.bytes() == 8 * 4);
    const registry::found weights = reg.find("layer/weights");
    REQUIRE(weights != nullptr);
    CHECK(weights->spec() == spec(float32, {3, 2}));
    CHECK(weights->is_trainable());
    CHECK(weights->uses() == 1);
    CHECK(weights->generation() == 1);
    CHECK(weights->made().base_name() == "registry.cpp");
    CHECK(reinterpret_cast<std::uintptr_t>(weights->data()) % 64 == 0);
    CHECK(reg.find("layer") == nullptr);
    CHECK_FALSE(reg.has("layer/weight"));
}

TEST_CASE("initial values are those of a static model, bit by bit") {
    using net = model<affine, input<float, 4, 3>>;
    for (const std::uint64_t number : {1u, 42u}) {
        const net compiled(seed{number});
        registry reg(seed{number});
        build(reg, affine{}, one_input);
        const auto wanted = compiled.get<"layer/weights">();
        const auto had = reg.get<float>("layer/weights");
        CHECK(std::memcmp(wanted.data(), had.data(), 6 * sizeof(float)) == 0);
        reg.initialize(seed{number + 1});
        CHECK(std::memcmp(wanted.data(), had.data(), 6 * sizeof(float)) != 0);
        CHECK(reg.generation("layer/weights") == 2);
    }
}

TEST_CASE("a path that is there is shared by who reuses, and refused to others") {
    registry reg(seed{1});
    const auto first = build(reg, affine{}, one_input);
    const model_error twice = thrown_by([&] { build(reg, affine{}, one_input); });
    CHECK(twice.kind() == mistake::variable_exists);
    CHECK(twice.facts().first.substr(0, 13) == "registry.cpp:");
    CHECK(twice.facts().again == twice.facts().first);  // one line of one helper
    CHECK(reg.find("layer/weights")->uses() == 1);

    const std::array<tensor_spec, 1> larger{spec(float32, {32, 3})};
    const auto shared = build(reg, affine{}, larger, {.reuse = true});
    CHECK(shared.variables == first.variables);
    CHECK(shared.fresh.empty());
    CHECK(reg.find("layer/weights")->uses() == 2);
    CHECK(build(reg, affine{}, larger, {.reuse = auto_reuse}).variables == first.variables);

    const auto other_shape = [](scope& s, tensor x) {
        auto layer = s.variable_scope("layer");
        return matmul(x, layer.get_variable("weights", {3, 5}));
    };
    const model_error mismatch = thrown_by([&] { build(reg, other_shape, one_input, {.reuse = true}); });
    CHECK(mismatch.kind() == mistake::shape_mismatch);
    CHECK(mismatch.facts().path == "layer/weights");
    CHECK(mismatch.facts().had == spec(float32, {3, 2}));
    CHECK(mismatch.facts().asked == spec(float32, {3, 5}));
    CHECK(mismatch.facts().first != mismatch.facts().again);

    const auto misspelt = [](scope& s, tensor x) { return relu(x) + s.get_variable("layer/biasse", {3}); };
    const model_error missing = thrown_by([&] { build(reg, misspelt, one_input, {.reuse = true}); });
    CHECK(missing.kind() == mistake::variable_missing);
    CHECK(missing.facts().nearest == "layer/biases");
    CHECK(reg.size() == 2);
    CHECK(reg.find("layer/weights")->uses() == 3);
}

TEST_CASE("a module that runs again finds its own variables") {
    registry reg(seed{1});
    const auto random = [](scope& s, tensor x) {
        const variable counted = s.variable("counted", {1});
        return relu(dense(s, "d", x, 4)) * counted;
    };
    create(reg, {"before"});
    auto first = build(reg, random, one_input);
    CHECK(first.fresh.size() == 3);
    CHECK(first.variables.size() == 3);  // what others have is none of its graph
    std::vector<registry_parts::variable_pointer> own = first.fresh;
    const auto again = build(reg, random, std::array{spec(float32, {9, 3})}, {}, &own);
    CHECK(again.fresh.empty());
    CHECK(again.variables == first.variables);
    CHECK(reg.size() == 4);
    CHECK(reg.find("d/weights")->uses() == 1);

    const model_error changed =
        thrown_by([&] { build(reg, random, std::array{spec(float32, {4, 5})}, {}, &own); });
    CHECK(changed.kind() == mistake::shape_mismatch);
    CHECK(changed.facts().path == "d/weights");
}

TEST_CASE("what is thrown leaves no trace") {
    registry reg(seed{1});
    create(reg, {"a", "b"});
    const auto stays = [&](auto&& module, const registry_run_options& options) {
        try {
            build(reg, module, one_input, options);
            FAIL("nothing was thrown");
        } catch (const std::exception&) {
        }
        CHECK(paths_of(reg.variables()) == paths{"a", "b"});
        CHECK(reg.bytes() == 16);
        CHECK(reg.find("a")->uses() == 1);
        CHECK(reg.find("a")->is_trainable());
        CHECK(reg.collection("mine").empty());
        CHECK(reg.collection(collections::trainable_variables).size() == 2);
    };
    // Each does what would be seen, and then stops: by a mistake, by an exception of its own, in an initializer.
    stays(
        [](scope& s, tensor x) {
            s.get_variable("c", {2}, {.collections = {"mine"}});
            return relu(x) + s.get_variable("bad", {4, 4});
        },
        {});
    stays(
        [](scope& s, tensor x) -> tensor {
            const variable a = s.get_variable("a", {2});
            s.add_to_collection("mine", a);
            throw std::runtime_error("of the user");
            return x;
        },
        {.reuse = true});
    stays(
        [](scope& s, tensor x) {
            s.get_variable("c", {2}, {.initializer = custom([](const shape&, std::int64_t, random_stream&) -> double {
                                          throw std::runtime_error("no values");
                                      })});
            return relu(x);
        },
        {});
    stays(
        [](scope& s, tensor x) {
            s.get_variable("a/huge", {std::int64_t{1} << 20, 1 << 20});
            return relu(x);
        },
        {});
}

TEST_CASE("a byte limit is looked at before anything is allocated") {
    registry reg(seed{1}, {.byte_limit = 24});
    create(reg, {"a", "b"});
    const model_error full = thrown_by([&] { create(reg, {"c", "d"}); });
    CHECK(full.kind() == mistake::byte_limit);
    CHECK(full.facts().path == "d");
    CHECK(full.facts().asked == spec(float32, {2}));
    CHECK(std::string(full.what()).find("the limit is 24 bytes, of which variables before it take 24 bytes") !=
          std::string::npos);
    CHECK(reg.size() == 2);
    create(reg, {"c"});
    CHECK(reg.bytes() == 24);
    reg.remove("a");
    CHECK(reg.bytes() == 16);
    create(reg, {"d"});

    // Sums that would pass 2^63: each is as large as a variable may be.
    const auto huge = [](scope& s, tensor x) {
        for (int i = 0; i < 3; ++i) s.get_variable(name("huge_", i), {std::int64_t{1} << 36});
        return relu(x);
    };
    registry limited(seed{1}, {.byte_limit = (std::int64_t{1} << 38) + 1});
    CHECK(thrown_by([&] { build(limited, huge, one_input); }).kind() == mistake::byte_limit);
    CHECK(limited.size() == 0);
    CHECK(thrown_by([&] {
              build(limited, [](scope& s, tensor x) { return relu(x) + s.get_variable("w", {-1}); }, one_input);
          }).kind() == mistake::invalid_shape);
}

TEST_CASE("all mistakes at once, and nothing created") {
    registry reg(seed{1}, {.byte_limit = 100});
    create(reg, {"a"});
    const auto module = [](scope& s, tensor x) {
        s.get_variable("a", {2});                            // exists
        s.get_variable("_a", {2});                           // no name
        s.get_variable("large", {100});                      // the limit
        return relu(x) + s.get_variable("unfit", {5, 5});    // the op
    };
    const reports all = check(reg, module, {spec(float32, {4, 3})});
    REQUIRE(all.size() == 4);
    CHECK(all[0].kind == mistake::variable_exists);
    CHECK(all[1].kind == mistake::invalid_name);
    CHECK(all[2].kind == mistake::op_shape);
    CHECK(all[3].kind == mistake::byte_limit);
    CHECK(to_string(all, 0).find("[ambit] variable_exists: a\n  first at registry.cpp:") == 0);
    CHECK(paths_of(reg.variables()) == paths{"a"});
    CHECK(check(reg, module, {spec(float32, {4, 0})})[0].kind == mistake::invalid_shape);
    CHECK(check(reg, affine{}, {spec(float32, {4, 3})}).empty());
}

TEST_CASE("values are looked at and written by path") {
    registry reg(seed{1});
    build(reg, affine{}, one_input);
    const auto biases = reg.get<float>("layer/biases");
    CHECK(biases.shape()[0] == 2);
    const float* const where = biases.data();
    reg.set("layer/biases", xt::xtensor<float, 1>{1, 2});
    CHECK(biases(1) == 2.f);
    reg.set("layer/biases", std::array{3.f, 4.f});
    reg.set("layer/biases", reg.get<float>("layer/biases") * 2.f);  // reads what it writes
    CHECK(biases(1) == 8.f);
    reg.edit<float>("layer/biases", [](auto view) { view += 1; });
    CHECK(biases(0) == 7.f);
    CHECK(reg.get<float>("layer/biases").data() == where);
    CHECK(reg.generation("layer/biases") == 5);
    CHECK(reg.generation("layer/weights") == 1);
    std::ostringstream text;
    text << biases;
    CHECK(text.str() == "{7, 9}");

    build(reg, [](scope& s, tensor x) { return relu(x) + s.get_variable("scalar", {}, {.initializer = ones()}); },
          one_input);
    reg.set("scalar", 0.5f);
    CHECK(reg.get<float>("scalar")() == 0.5f);

    const auto kind = [](auto&& f) { return thrown_by(f).kind(); };
    CHECK(kind([&] { reg.get<double>("layer/biases"); }) == mistake::value_dtype);
    CHECK(kind([&] { reg.edit<std::int32_t>("layer/biases", [](auto) {}); }) == mistake::value_dtype);
    CHECK(kind([&] { reg.set("layer/biases", std::array{1.0, 2.0}); }) == mistake::value_dtype);
    CHECK(kind([&] { reg.set("layer/biases", std::array{1.f}); }) == mistake::value_shape);
    CHECK(kind([&] { reg.set("layer/biases", xt::xarray<float>::from_shape({1, 2})); }) == mistake::value_shape);
    CHECK(kind([&] { reg.set("layer/biases", 1.f); }) == mistake::value_shape);
    CHECK(kind([&] { reg.set("scalar", xt::xtensor<float, 1>{1}); }) == mistake::value_shape);
    const model_error unknown = thrown_by([&] { reg.get<float>("layer/biasse"); });
    CHECK(unknown.kind() == mistake::path_unknown);
    CHECK(unknown.facts().path == "layer/biasse");
    CHECK(unknown.facts().nearest == "layer/biases");
    CHECK(kind([&] { reg.set("", 1.f); }) == mistake::path_unknown);
    CHECK(kind([&] { reg.get<float>("layer"); }) == mistake::path_unknown);
    CHECK(biases(0) == 7.f);
    CHECK(reg.generation("layer/biases") == 5);
}

TEST_CASE("prefixes are whole components, and what they find is in order of creation") {
    registry reg(seed{1});
    create(reg, {"conv1/w", "conv1_1/w", "b", "conv1/a/w", "conv1-x/w", "conv1", "conv10/w", "conv1.b/w"});
    CHECK(paths_of(reg.variables("conv1")) == paths{"conv1/w", "conv1/a/w", "conv1"});
    CHECK(paths_of(reg.variables("conv1/")) == paths_of(reg.variables("conv1")));
    CHECK(paths_of(reg.variables("conv1/a")) == paths{"conv1/a/w"});
    CHECK(reg.variables("conv").empty());
    CHECK(reg.variables("conv1/w/x").empty());
    CHECK(reg.variables().size() == 8);
    CHECK(paths_of(reg.variables()).front() == "conv1/w");
    CHECK(paths_of(reg.collection(collections::trainable_variables, "conv1")) == paths_of(reg.variables("conv1")));
}

TEST_CASE("collections are those of the modules") {
    registry reg(seed{1});
    build(reg, affine{}, one_input);
    build(reg,
          [](scope& s, tensor x) {
              const variable w = s.get_variable("a/w", {2}, {.trainable = false});
              s.add_to_collection("mine", w);
              s.get_local_variable("a/state", {2});
              return relu(x);
          },
          one_input);
    CHECK(paths_of(reg.collection("mine")) == paths{"layer/biases", "a/w"});
    CHECK(paths_of(reg.collection("mine", "a")) == paths{"a/w"});
    CHECK(paths_of(reg.collection(collections::local_variables)) == paths{"a/state"});
    CHECK(paths_of(reg.collection(collections::global_variables, "a")) == paths{"a/w"});
    CHECK(reg.collection(collections::trainable_variables).size() == 2);
    CHECK(reg.collection("nobody's").empty());

    // The name of a local variable is taken, its value each model's own.
    CHECK(reg.bytes() == 10 * 4);
    const model_error local = thrown_by([&] { reg.get<float>("a/state"); });
    CHECK(local.kind() == mistake::path_unknown);
    CHECK(std::string(local.what()).find("it is local: each model has one of its own") != std::string::npos);
    reg.remove("a");
    CHECK(paths_of(reg.collection("mine")) == paths{"layer/biases"});
}

TEST_CASE("a module meets of a registry what it asks for, and no more") {
    registry reg(seed{1});
    create(reg, {"a/w", "b/w", "c/w", "a/v"});
    build(reg,
          [](scope& s, tensor x) {
              auto b = s.variable_scope("b", {.reuse = true});
              const variable w = b.get_variable("w");
              b.close();
              s.add_to_collection("mine", w);
              return relu(x);
          },
          one_input);
    CHECK(build(reg, [](scope&, tensor x) { return relu(x); }, one_input).variables.empty());
    CHECK(paths_of(reg.collection("mine")) == paths{"b/w"});

    paths below, outside;
    const auto names_of = [](const auto& variables) {
        paths all;
        for (const variable& v : variables) {
            all.emplace_back(v.name().view());
            all.back().resize(all.back().size() - 2);  // without the :0
        }
        return all;
    };
    const auto looks = [&](scope& s, tensor x) {
        auto a = s.variable_scope("a");
        below = names_of(a.trainable_variables());
        outside = names_of(a.get_collection<variable>("mine"));
        return relu(x);
    };
    CHECK(build(reg, looks, one_input).variables.size() == 3);  // those below, and the one that is in a collection
    CHECK(below == paths{"a/w", "a/v"});
    CHECK(outside.empty());

    // What was added before comes first, whoever asks.
    const auto adds = [&](scope& s, tensor x) {
        auto a = s.variable_scope("a", {.reuse = true});
        const variable v = a.get_variable("v");
        a.close();
        s.add_to_collection("mine", v);
        s.get_variable("d", {2}, {.collections = {"mine"}});
        below = names_of(s.get_collection<variable>("mine"));
        return relu(x);
    };
    build(reg, adds, one_input);
    CHECK(below == paths{"b/w", "a/v", "d"});
    CHECK(paths_of(reg.collection("mine")) == below);
    CHECK(paths_of(reg.collection("mine", "a")) == paths{"a/v"});
}

TEST_CASE("a subtree is removed, and who holds a variable keeps it") {
    registry reg(seed{1});
    create(reg, {"a/w", "ab/w", "a/b/w", "a"});
    const registry::found held = reg.find("a/w");
    const auto view = reg.get<float>("a/w");
    CHECK(reg.remove("a") == 3);
    CHECK(paths_of(reg.variables()) == paths{"ab/w"});
    CHECK(view(1) == 1.f);
    CHECK(held->path() == "a/w");
    create(reg, {"a/w"});
    CHECK(reg.find("a/w") != held);
    CHECK(paths_of(reg.variables()) == paths{"ab/w", "a/w"});
    for (const char* const nothing : {"", "/", "a/w/x", "c"})
        CHECK(thrown_by([&] { reg.remove(nothing); }).kind() == mistake::path_unknown);
    CHECK(reg.size() == 2);
    reg.clear();
    CHECK(reg.size() == 0);
    CHECK(reg.bytes() == 0);
    create(reg, {"ab/w"});
    CHECK(reg.size() == 1);
}

TEST_CASE("copy and share are two words") {
    static_assert(!std::is_copy_constructible_v<registry> && std::is_nothrow_move_constructible_v<registry>);
    registry reg(seed{7});
    build(reg, affine{}, one_input);
    registry copy = reg.copy();
    registry twin = reg.share();
    reg.set("layer/biases", std::array{5.f, 6.f});
    CHECK(twin.get<float>("layer/biases")(0) == 5.f);
    CHECK(copy.get<float>("layer/biases")(0) == 0.f);
    CHECK(paths_of(copy.variables()) == paths_of(reg.variables()));
    CHECK(paths_of(copy.collection("mine")) == paths{"layer/biases"});
    CHECK(copy.bytes() == reg.bytes());
    copy.remove("layer/biases");
    CHECK(reg.collection("mine").size() == 1);
    twin.remove("layer");
    CHECK(reg.size() == 0);
    // Variables that are created in either begin alike.
    build(reg, affine{}, one_input);
    CHECK(std::memcmp(reg.get<float>("layer/weights").data(), copy.get<float>("layer/weights").data(), 24) == 0);
}

TEST_CASE("a variable that begins as another one does so across modules") {
    registry reg(seed{3});
    build(reg, affine{}, one_input);
    build(reg,
          [](scope& s, tensor x) {
              auto all = s.variable_scope("layer", {.reuse = true});
              const variable weights = all.get_variable("weights");
              all.close();
              s.get_variable("target", same_as(weights));
              return relu(x);
          },
          one_input);
    reg.set("layer/weights", xt::xtensor<float, 2>(xt::zeros<float>({3, 2})));
    reg.initialize(seed{9});
    CHECK(std::memcmp(reg.get<float>("layer/weights").data(), reg.get<float>("target").data(), 24) == 0);
    reg.remove("layer");
    const registry fresh = [] {
        registry other(seed{9});
        build(other, affine{}, one_input);
        return other;
    }();
    reg.initialize(seed{9});
    CHECK(std::memcmp(reg.get<float>("target").data(), fresh.get<float>("layer/weights").data(), 24) == 0);
}

namespace {
tensor sum_of_squares(const tensor& values, double scale) { return reduce_sum(square(values)) * scale; }
}  // namespace

TEST_CASE("a variable begins as another one of the same module") {
    registry reg(seed{3});
    build(reg,
          [](scope& s, tensor x) {
              const variable w = s.get_variable("w", {3, 2});
              s.get_variable("copy", same_as(w));
              return relu(x);
          },
          one_input);
    CHECK(std::memcmp(reg.get<float>("w").data(), reg.get<float>("copy").data(), 24) == 0);
}

TEST_CASE("a module that shares a variable has its regularization loss, too") {
    registry reg(seed{3});
    const auto create_two = [](scope& s, tensor x) {
        auto all = s.variable_scope("all", {.regularizer = regularizer{&sum_of_squares, 0.5}});
        return relu(x) + all.get_variable("w", {3}) + all.get_variable("v", {3});
    };
    build(reg, create_two, one_input);
    int losses = 0;
    const auto share_one = [&](scope& s, tensor x) {
        auto all = s.variable_scope("all", {.reuse = true});
        CHECK(s.root().regularization_losses().size() == 0);
        const variable w = all.get_variable("w");
        const variable again = all.get_variable("w");
        CHECK(w == again);
        losses = s.root().regularization_losses().size();
        CHECK(s.root().regularization_losses()[0].op_name().view().substr(0, 18) == "all/w/Regularizer/");
        return relu(x) + w;
    };
    build(reg, share_one, one_input);
    CHECK(losses == 1);  // of what it asked for
    CHECK(reg.collection(collections::trainable_variables).size() == 2);
}
