// SPDX-License-Identifier: BSL-1.0
// Models that are built at run time: the same numbers as the compiler's, batches that change, names, and what each
// mistake says.
#include <ambit/registry/dynamic_model.hpp>

#include <ambit/io/summary.hpp>
#include <ambit/model/model.hpp>
#include <ambit/nn/dense.hpp>
#include <ambit/nn/metrics.hpp>
#include <ambit/ops/all.hpp>
#include <ambit/optim/adam.hpp>
#include <ambit/optim/minimize.hpp>
#include <ambit/optim/sgd.hpp>

#include "../../support/numbers.hpp"
#include "support.hpp"

#include <catch2/catch.hpp>

#include <xtensor/xarray.hpp>
#include <xtensor/xbuilder.hpp>
#include <xtensor/xtensor.hpp>
#include <xtensor/xview.hpp>

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

using namespace ambit;
using namespace ambit_test;

namespace {

struct classifier {
    int hidden = 17;
    struct outputs {
        tensor logits, loss, accuracy;
        operation train;
    };
    constexpr outputs operator()(scope& s, const tensor& images, const tensor& labels) const {
        const tensor h = relu(dense(s, "hidden", images, hidden));
        const tensor logits = dense(s, "logits", h, 5);
        const tensor loss = reduce_mean(sparse_softmax_cross_entropy(logits, labels));
        return {logits, loss, accuracy(logits, labels), minimize(s, loss, adam{.learning_rate = 1e-2F})};
    }
};

xt::xarray<float> images_of(std::size_t batch, unsigned seed = 1) {
    xt::xarray<float> images = xt::zeros<float>({batch, std::size_t{12}});
    const std::vector<float> values = numbers<float>(static_cast<std::int64_t>(images.size()), seed);
    std::copy(values.begin(), values.end(), images.begin());
    return images;
}
xt::xarray<std::int32_t> labels_of(std::size_t batch) {
    xt::xarray<std::int32_t> labels = xt::zeros<std::int32_t>({batch});
    for (std::size_t i = 0; i < batch; ++i) labels(i) = static_cast<std::int32_t>(i * 7 % 5);
    return labels;
}

dynamic_model trainer_on(const registry& reg, std::int64_t batch = 6, int hidden = 17) {
    return dynamic_model(reg, classifier{hidden},
                         {{"images", spec(float32, {batch, 12})}, {"labels", spec(int32, {batch})}});
}

template <class T> std::vector<T> list(std::span<const T> elements) { return {elements.begin(), elements.end()}; }

struct doubled_sum {
    constexpr tensor operator()(scope&, const tensor& x, const tensor& y) const { return (x + y) * 2; }
};

}  // namespace

TEST_CASE("a dynamic model trains as the compiler's does", "[dynamic]") {
    registry reg(seed{1});
    dynamic_model net = trainer_on(reg);
    using trainer = model<classifier, input<float, 6, 12>, input<std::int32_t, 6>>;
    trainer compiled(seed{1});
    CHECK(same_bits(list<float>({reg.get<float>("hidden/weights").data(), 12 * 17}),
                    elements(compiled.get<"hidden/weights">())));
    const auto images = images_of(6);
    const auto labels = labels_of(6);
    float first = 0, last = 0;
    for (int step = 0; step < 30; ++step) {
        const auto results = net.run({"loss", "train"}, {{"images", images}, {"labels", labels}});
        CHECK(results.size() == 1);
        last = results["loss"].number<float>();
        if (step == 0) first = last;
        const float wanted = compiled.run<&classifier::outputs::loss, &classifier::outputs::train>(images, labels);
        CHECK(last == Approx(wanted).epsilon(1e-5));
    }
    CHECK(last < first / 4);
    const auto mine = reg.get<float>("logits/weights");
    const auto theirs = compiled.get<"logits/weights">();
    for (std::size_t i = 0; i < mine.size(); ++i)
        CHECK(mine.data()[i] == Approx(theirs.data()[i]).epsilon(1e-4).margin(1e-5));
    CHECK(net.run({"accuracy"}, images, labels).number<float>() ==
          Approx(compiled.run<&classifier::outputs::accuracy>(images, labels)));
}

TEST_CASE("elementwise results have the bits of the compiler's", "[dynamic]") {
    struct functions {
        constexpr tensor operator()(scope&, const tensor& x, const tensor& row) const {
            const tensor chosen = where(x > row, ambit::tanh(x), sigmoid(x) * row);
            return softplus(chosen) - ambit::exp(clip(x, -3, 1)) / (square(row) + 1);
        }
    };
    const auto check = [](auto net, auto extents_of) {
        using compiled_model = decltype(net);
        constexpr std::array extents = decltype(extents_of)::value;
        registry reg(seed{1});
        dynamic_model mine(reg, functions{}, {spec(float32, {extents[0], extents[1]}), spec(float32, {extents[1]})});
        compiled_model compiled(seed{1});
        const std::vector<float> x = numbers<float>(extents[0] * extents[1], 3), row = numbers<float>(extents[1], 4);
        CHECK(same_bits(list(mine(x, row).elements<float>()), elements(compiled(x, row))));
    };
    check(model<functions, input<float, 40, 3>, input<float, 3>>(seed{1}),
          core_parts::static_value<std::array<std::int64_t, 2>{40, 3}>{});
    check(model<functions, input<float, 3, 700>, input<float, 700>>(seed{1}),
          core_parts::static_value<std::array<std::int64_t, 2>{3, 700}>{});
    check(model<functions, input<float, 9, 7>, input<float, 7>>(seed{1}),
          core_parts::static_value<std::array<std::int64_t, 2>{9, 7}>{});
}

TEST_CASE("the batch may change from call to call", "[dynamic]") {
    registry reg(seed{1});
    dynamic_model net = trainer_on(reg, 6);
    const int size = reg.size();
    CHECK(net.session_count() == 1);
    for (const std::size_t batch : std::initializer_list<std::size_t>{6, 2, 1, 31, 2, 6}) {
        const auto y = net.run({"logits"}, images_of(batch, 7));
        CHECK(y.shape() == shape{static_cast<std::int64_t>(batch), 5});
        // Each example is what it is among any others.
        const auto alone = list(y.elements<float>());
        const auto first = xt::eval(xt::view(images_of(batch, 7), xt::range(0, 1)));
        const auto one = list(net.run({"logits"}, first).elements<float>());
        for (std::size_t i = 0; i < 5; ++i) CHECK(alone[i] == Approx(one[i]).epsilon(1e-5).margin(1e-6));
    }
    CHECK(net.session_count() == 4);
    CHECK(reg.size() == size);
    // Training at one batch is seen at the other ones.
    const float before = net.run({"logits"}, images_of(2)).elements<float>()[0];
    net.run({"train"}, {{"images", images_of(31)}, {"labels", labels_of(31)}});
    CHECK(net.run({"logits"}, images_of(2)).elements<float>()[0] != before);
    CHECK(net.session_count() == 4);
    // An input that is not needed has the batch of the others.
    CHECK(net.run({"logits"}, {{"images", images_of(9)}}).shape() == shape{9, 5});
}

namespace {

// Legal for sequences of any length.
struct features {
    constexpr tensor operator()(scope& s, const tensor& x) const {
        return tanh(matmul(reshape(x, {-1, x.shape()[2]}), s.get_variable("projection", {3, 4})));
    }
};
xt::xarray<float> sequences_of(std::size_t length, std::size_t width) {
    xt::xarray<float> all = xt::zeros<float>({std::size_t{2}, length, width});
    const std::vector<float> values = numbers<float>(static_cast<std::int64_t>(all.size()), 5);
    std::copy(values.begin(), values.end(), all.begin());
    return all;
}

}  // namespace

TEST_CASE("extents beside the batch may change where variables allow it", "[dynamic]") {
    registry reg(seed{1});
    dynamic_model net(reg, features{}, {spec(float32, {2, 4, 3})});
    dynamic_model longer(reg, features{}, {spec(float32, {2, 7, 3})}, {.reuse = true});
    for (int again = 0; again < 2; ++again) {
        CHECK(net(sequences_of(4, 3)).shape() == shape{8, 4});
        const auto many = net(sequences_of(7, 3));
        CHECK(many.shape() == shape{14, 4});
        CHECK(same_bits(list(many.elements<float>()), list(longer(sequences_of(7, 3)).elements<float>())));
        CHECK(net.session_count() == 2);
    }
    CHECK(reg.size() == 1);
    const auto width = thrown_by([&] { net(sequences_of(4, 5)); });
    CHECK(width.kind() == mistake::input_shape);
    CHECK(says(width, "had float32[2, 4, 5], asked float32[2, 4, 3]"));
    CHECK(says(width, "the module, run again for it, is refused:"));
    CHECK(says(width, "matmul"));
    CHECK(thrown_by([&] { net(xt::zeros<float>({2, 12})); }).kind() == mistake::input_shape);
    CHECK(thrown_by([&] { net(std::vector<float>(25)); }).kind() == mistake::input_shape);
    CHECK(net.session_count() == 2);
    CHECK(reg.size() == 1);
}

TEST_CASE("arrays of every kind go in, and come out as xtensor arrays", "[dynamic]") {
    registry reg(seed{1});
    dynamic_model net(reg, doubled_sum{}, {spec(float32, {2, 3}), spec(float32, {3})});
    const xt::xtensor<float, 2> x{{1, 2, 3}, {4, 5, 6}};
    const std::array<float, 3> row{10, 20, 30};
    const xt::xarray<float> wanted{{22, 44, 66}, {28, 50, 72}};
    const xt::xarray<float> y = net(x, row).as<float>();
    CHECK(elements(y) == elements(wanted));
    CHECK((xt::xarray<float>(net(x + 0, std::vector<float>{10, 20, 30}).as<float>()) == wanted));
    CHECK((xt::xarray<float>(net(xt::transpose(xt::eval(xt::transpose(x))), std::span(row)).as<float>()) == wanted));
    // A result is an input of the next call.
    const auto once = net(x, row);
    const xt::xarray<float> twice = net(once, row).as<float>();
    CHECK(elements(twice) == std::vector<float>{64, 128, 192, 76, 140, 204});

    dynamic_model scalar(reg, [](scope&, const tensor& a) { return a * a; }, {spec(int64, {})});
    CHECK(scalar(std::int64_t{9}).number<std::int64_t>() == 81);
    CHECK(thrown_by([&] { scalar(std::int64_t{9}).number<float>(); }).kind() == mistake::output_dtype);
}

TEST_CASE("a module without inputs' names or outputs' names is asked in order", "[dynamic]") {
    registry reg(seed{1});
    dynamic_model net(reg,
                      [](scope& s, const tensor& x) {
                          const variable b = s.get_variable("b", {2}, {.initializer = ones(), .dtype = float64});
                          return std::array<tensor, 2>{x + b, x * 3};
                      },
                      {spec(float64, {2})});
    const auto results = net(std::vector<double>{1, 2});
    REQUIRE(results.size() == 2);
    CHECK(list(results[0].elements<double>()) == std::vector<double>{2, 3});
    CHECK(list(results[1].elements<double>()) == std::vector<double>{3, 6});
    CHECK(thrown_by([&] { static_cast<void>(results[2]); }).kind() == mistake::output_unknown);
    CHECK(thrown_by([&] { static_cast<void>(results.as<double>()); }).kind() == mistake::output_unknown);
    CHECK(says(thrown_by([&] { net.run({"sum"}, std::vector<double>{1, 2}); }), "none of them has a name"));
}

TEST_CASE("two models share the variables of one registry", "[dynamic]") {
    registry reg(seed{1});
    const auto layer = [](scope& s, const tensor& x) { return dense(s, "layer", x, 2); };
    dynamic_model first(reg, layer, {spec(float32, {1, 3})});
    const auto again = thrown_by([&] { dynamic_model(reg, layer, {spec(float32, {1, 3})}); });
    CHECK(again.kind() == mistake::variable_exists);
    dynamic_model second(reg, layer, {spec(float32, {4, 3})}, {.reuse = true});
    reg.set("layer/weights", xt::ones<float>({3, 2}));
    reg.set("layer/biases", xt::zeros<float>({2}));
    CHECK(list(first(std::vector<float>{1, 2, 3}).elements<float>()) == std::vector<float>{6, 6});
    CHECK(list(second(xt::ones<float>({4, 3})).elements<float>()) == std::vector<float>(8, 3));
}

TEST_CASE("a step raises the generation of what it writes and of nothing else", "[dynamic]") {
    registry reg(seed{1});
    dynamic_model net = trainer_on(reg);
    const std::uint64_t before = reg.generation("hidden/weights");
    net.run({"loss"}, images_of(6), labels_of(6));
    CHECK(reg.generation("hidden/weights") == before);
    net.run({"train"}, images_of(6), labels_of(6));
    CHECK(reg.generation("hidden/weights") > before);
}

TEST_CASE("local variables belong to each model, and are reset", "[dynamic]") {
    registry reg(seed{1});
    const auto counter = [](scope& s, const tensor& x) {
        const variable count = s.get_local_variable("count", {}, {.initializer = zeros()});
        struct outputs {
            tensor value;
            operation step;
        };
        return outputs{x + count, assign_add(count, 1)};
    };
    dynamic_model first(reg, counter, {spec(float32, {})});
    dynamic_model second(reg, counter, {spec(float32, {})}, {.reuse = true});
    for (int i = 0; i < 3; ++i) first.run({"step"});
    CHECK(first.run({"value"}, 0.5F).number<float>() == 3.5F);
    CHECK(second.run({"value"}, 0.5F).number<float>() == 0.5F);
    first.reset();
    CHECK(first.run({"value"}, 0.5F).number<float>() == 0.5F);
}

TEST_CASE("a wrong call says what was asked, what was there and what to do, and changes nothing", "[dynamic]") {
    registry reg(seed{1});
    dynamic_model net = trainer_on(reg);
    const auto images = images_of(6);
    const auto labels = labels_of(6);
    const xt::xarray<float> before = reg.get<float>("hidden/weights");

    const auto shape_of_images = thrown_by([&] { net.run({"loss"}, xt::zeros<float>({6, 13}), labels); });
    CHECK(shape_of_images.kind() == mistake::input_shape);
    CHECK(says(shape_of_images, "images"));
    CHECK(says(shape_of_images, "float32[6, 13]"));
    CHECK(says(shape_of_images, "float32[6, 12]"));
    CHECK(says(shape_of_images, "the module, run again for it, is refused:\n  [ambit] shape_mismatch: hidden/weights"));
    CHECK(thrown_by([&] { net.run({"loss"}, xt::zeros<float>({6, 12, 1}), labels); }).kind() == mistake::input_shape);
    CHECK(thrown_by([&] { net.run({"loss"}, std::vector<float>(13), labels); }).kind() == mistake::input_shape);

    const auto dtype_of_images = thrown_by([&] { net.run({"loss"}, xt::zeros<double>({6, 12}), labels); });
    CHECK(dtype_of_images.kind() == mistake::input_dtype);
    CHECK(says(dtype_of_images, "float64"));

    const auto count = thrown_by([&] { net.run({"loss"}, images); });
    CHECK(count.kind() == mistake::input_count);
    CHECK(says(count, "labels"));
    CHECK(thrown_by([&] { net.run({"logits"}, images, labels); }).kind() == mistake::input_count);
    CHECK(thrown_by([&] { net.run({"loss"}, {{"images", images}}); }).kind() == mistake::input_count);
    CHECK(says(thrown_by([&] { net.run({"loss"}, {{"images", images}, {"images", images}}); }), "given twice"));

    const auto name = thrown_by([&] { net.run({"loss"}, {{"image", images}, {"labels", labels}}); });
    CHECK(name.kind() == mistake::input_unknown);
    CHECK(name.facts().nearest == "images");
    const auto output = thrown_by([&] { net.run({"trian"}, images, labels); });
    CHECK(output.kind() == mistake::output_unknown);
    CHECK(output.facts().nearest == "train");
    CHECK(says(output, "logits, loss, accuracy, train"));

    const auto empty = thrown_by([&] { net.run({"train"}, xt::zeros<float>({0, 12}), xt::zeros<std::int32_t>({0})); });
    CHECK(empty.kind() == mistake::input_empty);
    CHECK(says(empty, "float32[0, 12]"));
    // Two inputs of different batches break a rule of the module.
    CHECK(thrown_by([&] { net.run({"train"}, images_of(4), labels); }).kind() == mistake::op_shape);
    CHECK(thrown_by([&] { net(images, labels); }).kind() == mistake::operations_unasked);
    CHECK(thrown_by([&] { trainer_on(reg, 0); }).kind() == mistake::input_empty);
    const model_error late = thrown_by([&] { trainer_on(reg, any_size); });
    CHECK(late.kind() == mistake::input_empty);
    CHECK(std::string(late.what()).find("declare it with that of the first one") != std::string::npos);

    CHECK(elements(reg.get<float>("hidden/weights")) == elements(before));
    CHECK(net.session_count() == 1);
    net.run({"train"}, images, labels);
}

TEST_CASE("what is asked for twice is computed once, and nothing else", "[dynamic]") {
    registry reg(seed{1});
    struct outputs {
        tensor value;
        operation step;
    };
    dynamic_model net(reg,
                      [](scope& s, const tensor& x) {
                          const variable total = s.get_variable("total", {}, {.initializer = zeros()});
                          return outputs{x + total, assign_add(total, 1)};
                      },
                      {spec(float32, {})});
    const auto results = net.run({"value", "value"}, 2.0F);
    CHECK(results.size() == 2);
    CHECK(results[1].number<float>() == 2);
    CHECK(reg.get<float>("total")() == 0);
    CHECK(net.run({"value", "step"}, 2.0F).number<float>() == 2);
    CHECK(reg.get<float>("total")() == 1);
}

TEST_CASE("results may be arguments of calls of another batch", "[dynamic]") {
    registry reg(seed{1});
    dynamic_model twice(reg, [](scope&, const tensor& x) { return concat({x, x * 2}, 0); }, {spec(float32, {1, 3})});
    const std::vector<float> x{1, 2, 3};
    CHECK(list(twice(twice(x)).elements<float>()) == std::vector<float>{1, 2, 3, 2, 4, 6, 2, 4, 6, 4, 8, 12});
    CHECK(twice(twice(twice(x))).shape() == shape{8, 3});
    CHECK(twice.session_count() == 3);

    // Two results of one batch, as arguments of another one.
    dynamic_model pair(reg,
                       [](scope&, const tensor& a, const tensor& b) {
                           return std::array<tensor, 2>{concat({a, b}, 0), concat({b + 1, a}, 0)};
                       },
                       {spec(float32, {1, 2}), spec(float32, {1, 2})});
    const auto once = pair(std::vector<float>{1, 2}, std::vector<float>{3, 4});
    const auto again = pair(once[0], once[1]);
    CHECK(list(again[0].elements<float>()) == std::vector<float>{1, 2, 3, 4, 4, 5, 1, 2});
    CHECK(list(again[1].elements<float>()) == std::vector<float>{5, 6, 2, 3, 1, 2, 3, 4});
}

TEST_CASE("all batches share one arena, as large as the largest needs", "[dynamic]") {
    registry reg(seed{1});
    const auto module = [](scope&, const tensor& a, const tensor& b) {
        return std::array<tensor, 2>{concat({tanh(a) * 2, b}, 0), b + reduce_sum(a)};
    };
    const auto built_for = [&](std::int64_t batch) {
        return dynamic_model(reg, module, {spec(float32, {batch, 64}), spec(float32, {batch, 64})});
    };
    const std::int64_t one = built_for(1).arena_bytes(), forty = built_for(40).arena_bytes();
    REQUIRE(forty > one);
    dynamic_model net = built_for(1);
    CHECK(net.arena_bytes() == one);
    // Every call again by a model of this batch alone, from arrays that lie elsewhere.
    const auto expect_same = [&](std::int64_t batch, const auto& a, const auto& b) {
        const xt::xarray<float> x = a, y = b;
        dynamic_model alone = built_for(batch);
        const auto should = alone(x, y);
        const auto is = net(a, b);
        for (std::size_t k = 0; k < 2; ++k)
            CHECK(same_bits(list(is[k].template elements<float>()), list(should[k].template elements<float>())));
    };
    const auto some = [](std::size_t rows, float first) {
        xt::xarray<float> x = xt::zeros<float>({rows, std::size_t{64}});
        for (std::size_t i = 0; i < x.size(); ++i) x.data()[i] = first + static_cast<float>(i % 11);
        return x;
    };
    for (int round = 0; round < 2; ++round) {  // in the second one nothing is built
        expect_same(40, some(40, 1), some(40, 2));
        CHECK(net.arena_bytes() == forty);
        expect_same(3, some(3, 3), some(3, 4));
        CHECK(net.arena_bytes() == forty);
        // What a call of one batch has left in the arena, as arguments of another one: arrays, in either order, and
        // expressions that are evaluated into the arena.
        const auto six = net(some(3, 5), some(3, 6));
        const auto view = six[0].as<float>();
        expect_same(6, view, xt::xarray<float>(view * 3));
        const auto before = net(some(3, 7), some(3, 8));
        const auto left = before[0].as<float>();
        expect_same(6, xt::xarray<float>(left + 1), left);
        const auto again = net(some(3, 9), some(3, 1));
        const auto both = again[0].as<float>();
        expect_same(6, both + 1, both * 2);
        const auto twice = net(some(3, 2), some(3, 7));
        const auto alike = twice[0].as<float>();
        expect_same(6, alike, alike);
    }
    CHECK(net.session_count() == 4);
    CHECK(net.arena_bytes() == forty);
}

TEST_CASE("checked values throw at run time, too, and the step has not been taken", "[dynamic]") {
    registry reg(seed{1});
    struct outputs {
        tensor value;
        operation step;
    };
    dynamic_model net(reg,
                      [](scope& s, const tensor& x) {
                          const variable total = s.get_variable("total", {}, {.initializer = zeros()});
                          const tensor finite = check_finite(x);
                          return outputs{finite, assign_add(total, reduce_sum(finite))};
                      },
                      {spec(float32, {3})});
    net.run({"step"}, std::vector<float>{1, 2, 3});
    CHECK_THROWS_AS(net.run({"step", "value"}, std::vector<float>{1, NAN, 3}), non_finite_error);
    CHECK(reg.get<float>("total")() == 6);
    net.run({"step"}, std::vector<float>{1, 2, 3});
    CHECK(reg.get<float>("total")() == 12);
}

TEST_CASE("a failed build leaves no variables", "[dynamic]") {
    registry reg(seed{1});
    CHECK_THROWS_AS(dynamic_model(reg,
                                  [](scope& s, const tensor& x) {
                                      return matmul(x, s.get_variable("w", {4, 2})) + s.get_variable("b", {3});
                                  },
                                  {spec(float32, {2, 4})}),
                    model_error);
    CHECK(reg.size() == 0);
}

TEST_CASE("a summary lists what one of the compiler's model lists", "[dynamic]") {
    registry reg(seed{1});
    dynamic_model net = trainer_on(reg);
    model<classifier, input<float, 6, 12>, input<std::int32_t, 6>> compiled(seed{1});
    CHECK(summary(net) == summary(compiled));
    CHECK(summary(net).text().find("  output       accuracy, float32[]\n"
                                   "  output       train, operation\n") != std::string::npos);
}
