// SPDX-License-Identifier: BSL-1.0
// Models whose batch is known at run time only, beside models of one batch: names, memory, numbers, and what is thrown.
#include <ambit/ambit.hpp>

#include <catch2/catch.hpp>

#include <xtensor/xmath.hpp>
#include <xtensor/xtensor.hpp>
#include <xtensor/xview.hpp>

#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <span>
#include <sstream>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

using namespace ambit;

namespace {

/// Numbers of both signs, the same ones in every run.
template <class T> std::vector<T> numbers(std::size_t count, int range) {
    std::vector<T> list(count);
    for (std::size_t i = 0; i < count; ++i)
        list[i] = static_cast<T>(static_cast<double>((i * 7919 + 13) % 1009) / 1009 * range - range / 3.0);
    return list;
}

// What has no sum: elementwise ops, long ones among them, over rows of one, of a few and of many elements, integers,
// and what moves elements around.
struct elementwise {
    struct outputs {
        tensor rows, few, column, wide, flags, whole, moved, joined, part, hot, picked, best, noise;
    };
    constexpr outputs operator()(scope& s, tensor x, tensor labels) const {
        variable bias = s.get_variable("bias", {5}, {.initializer = random_normal()});
        tensor few = slice(x, {0, 0}, {-1, 3});
        tensor column = slice(x, {0, 1}, {-1, 1});
        tensor line = reshape(column, {-1});
        return {tanh(x + bias) * exp(column),
                sigmoid(few) / (few * few + 1.0),
                exp(line) - log(line * line + 2.0),
                tile(x, {1, 7}) + 1.0,
                logical_and(greater(x, column), less(x, bias)),
                labels * labels - cast(floor(line), int32),
                transpose(x),
                concat({x, few, column}, 1),
                slice(x, {0, 2}, {-1, 2}),
                one_hot(labels, 4),
                gather(bias, labels),
                argmax(x, 1),
                random_normal(s, x.shape())};
    }
};
template <std::int64_t N> using elementwise_net = model<elementwise, input<float, N, 5>, input<std::int32_t, N>>;

// Products, losses, statistics of the batch, masks, gradients and updates.
struct classifier {
    struct outputs {
        tensor logits, loss, hits, spread;
        operation train;
    };
    constexpr outputs operator()(scope& s, tensor images, tensor labels) const {
        tensor h = batch_normalization(s, "norm", dense(s, "hidden", images, 19));
        h = dropout(s, relu(h), {.rate = 0.25});
        tensor logits = dense(s, "logits", h, 4);
        auto [mean, variance] = moments(logits, {.axes = 0});
        tensor loss = reduce_mean(sparse_softmax_cross_entropy(logits, labels)) + 0.01 * reduce_sum(variance) +
                      0.1 * reduce_mean(square(logits));
        return {logits, loss, accuracy(logits, labels), variance, minimize(s, loss, adam{.learning_rate = 1e-2F})};
    }
};
template <std::int64_t N> using classifier_net = model<classifier, input<float, N, 23>, input<std::int32_t, N>>;

template <std::int64_t... N, class F> void at_batches(const F& f) { (f.template operator()<N>(), ...); }
template <class F> void at_all_batches(const F& f) { at_batches<1, 3, 8, 33>(f); }

template <class Late, class Fixed> bool same_bits(const Late& late, const Fixed& fixed) {
    return late.size() == fixed.size() &&
           std::memcmp(late.data(), fixed.data(), late.size() * sizeof(typename Late::value_type)) == 0;
}

struct halves {
    constexpr tensor operator()(scope&, tensor x) const { return x * 0.5F; }
};
using halving = model<halves, input<float, any_size, 3>>;

struct sums {
    struct outputs {
        tensor total, of_rows;
    };
    constexpr outputs operator()(scope& s, tensor x, tensor y) const {
        tensor w = s.get_variable("w", {3}, {.initializer = constant(2.0)});
        return {reduce_sum(x * w), reduce_sum(x, {.axes = 1}) + y};
    }
};
using summing = model<sums, input<float, any_size, 3>, input<float, any_size>>;

// Loops whose states, elements and captured values have the batch, with gradients; and loops over the batch itself.
struct recurrent {
    struct outputs {
        tensor states, loss, rounds, sums, back, counted;
        operation train;
    };
    constexpr outputs operator()(scope& s, tensor xs, tensor y) const {
        const std::int64_t batch = y.shape()[0];
        variable w = s.get_variable("w", {7, 4}, {.initializer = random_normal()});
        variable decay = s.get_variable("decay", {4}, {.initializer = constant(0.5)});
        tensor states = scan(
            s,
            [&](scope&, tensor h, tensor x) {
                return tanh(matmul(concat({h, x}, 1), w)) * (1.0F / float(batch)) + y;
            },
            xs, zeros(s, {batch, 4}));
        tensor rounds = while_loop(
            s, [&](scope&, tensor z) { return less(reduce_max(z), 100.0F); },
            [&](scope&, tensor z) { return z * 2.0F + abs(y); }, abs(y) + 1.0F, {.maximum_iterations = 20});
        tensor sums = scan(
            s, [&](scope&, tensor sum, tensor row) { return sum * decay + row; }, y, ones(s, {4}));
        tensor back = scan(s, [&](scope&, tensor sum, tensor row) { return sum * 0.5F + row; }, y, zeros(s, {4}),
                           {.reverse = true});
        tensor counted = scan(
            s, [&](scope&, tensor n, tensor i) { return n + i; }, batch, zeros(s, {}, {.dtype = int32}));
        tensor loss = reduce_mean(square(states - 0.5F)) + 0.1F * reduce_sum(sums);
        return {states,
                loss,
                rounds,
                sums,
                back,
                slice(counted, {batch - 1}, {1}),
                minimize(s, loss, sgd{.learning_rate = 0.1F})};
    }
};
template <std::int64_t N> using recurrent_net = model<recurrent, input<float, 5, N, 3>, input<float, N, 4>>;

template <class Late, class Fixed> void check_close(const Late& late, const Fixed& fixed) {
    REQUIRE(late.size() == fixed.size());
    for (std::size_t i = 0; i < late.size(); ++i) CHECK(late.data()[i] == Approx(fixed.data()[i]).margin(1e-6));
}

// The batch is what a product's columns are, and what no output has an element of.
struct batch_of_columns {
    struct outputs {
        tensor product, noise, halves;
    };
    constexpr outputs operator()(scope& s, tensor x, tensor y) const {
        variable w = s.get_variable("w", {3, 5}, {.initializer = random_normal()});
        return {relu(matmul(w, x, {.transpose_b = true}) + y) * y, random_normal(s, x.shape()), y * 0.5F};
    }
};
template <std::int64_t N> using columns_net = model<batch_of_columns, input<float, N, 5>, input<float, 3, N>>;

template <class F> std::string thrown(mistake kind, const F& f) {
    try {
        f();
    } catch (const model_error& e) {
        CHECK(e.kind() == kind);
        return e.what();
    }
    return "nothing";
}

}  // namespace

TEST_CASE("variables, memory and lints are those of a model of one batch", "[model][any_batch]") {
    using late = classifier_net<any_size>;
    STATIC_REQUIRE(late::variables.size() == classifier_net<8>::variables.size());
    STATIC_REQUIRE(late::parameter_count == classifier_net<8>::parameter_count);
    for (std::size_t v = 0; v < late::variables.size(); ++v) {
        CHECK(late::variables[v].path == classifier_net<8>::variables[v].path);
        CHECK(late::variables[v].extents == classifier_net<8>::variables[v].extents);
    }
    STATIC_REQUIRE(late::arena_bytes(8) == classifier_net<8>::arena_bytes);
    at_all_batches([]<std::int64_t N>() {
        // At a batch of 1 fewer shapes differ, and other ops go together.
        if (N == 1) return;
        CHECK(late::arena_bytes(N) == classifier_net<N>::arena_bytes);
        CHECK(elementwise_net<any_size>::arena_bytes(N) == elementwise_net<N>::arena_bytes);
    });
    STATIC_REQUIRE(expect_none_unread<late>());
    STATIC_REQUIRE(expect_none_untrained<late>());
    STATIC_REQUIRE(expect_shared<late, "hidden/weights", 1>());
    STATIC_REQUIRE(halving::arena_bytes(0) == 0);
}

TEST_CASE("what has no sum has the bits of a model of one batch", "[model][any_batch]") {
    elementwise_net<any_size> late(largest_batch{33}, seed{3});
    const auto list = numbers<float>(33 * 5, 3);
    const auto classes = numbers<std::int32_t>(33, 4);
    at_all_batches([&]<std::int64_t N>() {
        elementwise_net<N> fixed(seed{3});
        late.reset();
        const std::span<const float> x(list.data(), std::size_t{N} * 5);
        std::vector<std::int32_t> y(std::size_t{N});
        for (std::size_t i = 0; i < y.size(); ++i) y[i] = std::abs(classes[i]) % 4;
        INFO("batch " << N);
        const auto a = late(x, std::span<const std::int32_t>(y));
        const auto b = fixed(x, std::span<const std::int32_t>(y));
        [&]<std::size_t... K>(std::index_sequence<K...>) {
            const bool equal_bits[] = {same_bits(std::get<K>(a), std::get<K>(b))...};
            for (std::size_t k = 0; k < sizeof...(K); ++k) {
                INFO("output " << k);
                CHECK(equal_bits[k]);
            }
        }(std::make_index_sequence<13>{});
        CHECK(std::get<0>(a).shape(0) == std::size_t{N});
        CHECK(std::get<6>(a).shape(1) == std::size_t{N});
    });
}

TEST_CASE("training takes the steps of a model of one batch", "[model][any_batch]") {
    using out = classifier::outputs;
    const auto list = numbers<float>(33 * 23, 2);
    at_all_batches([&]<std::int64_t N>() {
        classifier_net<any_size> late(largest_batch{33}, seed{5});
        classifier_net<N> fixed(seed{5});
        const std::span<const float> x(list.data(), std::size_t{N} * 23);
        std::vector<std::int32_t> y(std::size_t{N});
        for (std::size_t i = 0; i < y.size(); ++i) y[i] = static_cast<std::int32_t>(i * 5 % 4);
        INFO("batch " << N);
        const std::span<const std::int32_t> classes(y);
        for (int step = 0; step < 3; ++step) {
            const auto [a, hits, spread] =
                late.template run<&out::loss, &out::hits, &out::spread, &out::train>(x, classes);
            const auto [b, fixed_hits, fixed_spread] =
                fixed.template run<&out::loss, &out::hits, &out::spread, &out::train>(x, classes);
            CHECK(a == Approx(b).epsilon(1e-5));
            CHECK(hits == fixed_hits);
            CHECK(xt::allclose(spread, fixed_spread, 1e-4, 1e-6));
        }
        CHECK(xt::allclose(late.template get<"hidden/weights">(), fixed.template get<"hidden/weights">(), 1e-4, 1e-5));
        CHECK(xt::allclose(late.template get<"norm/moving_variance">(), fixed.template get<"norm/moving_variance">(),
                           1e-5, 1e-6));
    });
}

TEST_CASE("loops run in any batch, and over it, as in models of one batch", "[model][any_batch]") {
    using out = recurrent::outputs;
    recurrent_net<any_size> late(largest_batch{8}, seed{3});
    at_batches<8, 1, 3>([&]<std::int64_t N>() {
        CAPTURE(N);
        recurrent_net<N> fixed(seed{3});
        late.initialize(seed{3});
        const std::vector<float> xs = numbers<float>(std::size_t(5 * N * 3), 2);
        const std::vector<float> y = numbers<float>(std::size_t(N * 4), 1);
        const auto now = std::span<const float, std::size_t(5 * N * 3)>(xs);
        const auto then = std::span<const float, std::size_t(N * 4)>(y);
        for (int step = 0; step < 3; ++step) {
            const auto [states, loss, rounds, sums, back, counted] =
                late.template run<&out::states, &out::loss, &out::rounds, &out::sums, &out::back, &out::counted,
                                  &out::train>(std::span(xs), std::span(y));
            const auto all = fixed.template run<&out::states, &out::loss, &out::rounds, &out::sums, &out::back,
                                                &out::counted, &out::train>(now, then);
            check_close(states, std::get<0>(all));
            CHECK(loss == Approx(std::get<1>(all)));
            check_close(rounds, std::get<2>(all));
            check_close(sums, std::get<3>(all));
            check_close(back, std::get<4>(all));
            CHECK(counted(0) == N * (N - 1) / 2);
            check_close(late.template get<"w">(), fixed.template get<"w">());
            check_close(late.template get<"decay">(), fixed.template get<"decay">());
        }
        // How often a loop runs is all that this depends on: the first input that has the batch says it.
        CHECK(late.template run<&out::counted>(std::span(xs))(0) == N * (N - 1) / 2);
    });
    // Loops of one batch end in reductions, and what they store lies elsewhere.
    CHECK(static_cast<double>(late.arena_bytes(8)) == Approx(recurrent_net<8>::arena_bytes).epsilon(0.1));
}

TEST_CASE("an epilogue reads rows as long as the batch, and outputs of its shape alone are given it",
          "[model][any_batch]") {
    using out = batch_of_columns::outputs;
    columns_net<any_size> late(largest_batch{19}, seed{3});
    at_batches<1, 19, 3>([&]<std::int64_t N>() {
        CAPTURE(N);
        columns_net<N> fixed(seed{3});
        const std::vector<float> x = numbers<float>(std::size_t(N * 5), 2), y = numbers<float>(std::size_t(N * 3), 1);
        const auto product = late.template run<&out::product>(std::span(x), std::span(y));
        check_close(product, fixed.template run<&out::product>(std::span<const float, std::size_t(N * 5)>(x),
                                                               std::span<const float, std::size_t(N * 3)>(y)));
        // x is where the output before lies, and none of its elements is read.
        const auto halves = late.template run<&out::halves>(std::span(y));
        const std::vector<float> before(halves.begin(), halves.end());
        late.reset();
        const auto noise = late.template run<&out::noise>(xt::ones<float>({std::size_t(N), std::size_t(5)}) * 2);
        CHECK(same_bits(noise, fixed.template run<&out::noise>()));
        CHECK(std::int64_t(noise.shape(0)) == N);
        const auto again = late.template run<&out::halves>(std::span(y));
        CHECK(std::equal(before.begin(), before.end(), again.begin()));
    });
    CHECK(thrown(mistake::batch_size, [&] { late.run<&out::noise>(std::vector<float>(100)); }).find("a batch of 20") !=
          std::string::npos);
}

TEST_CASE("a call takes arrays of any kind and answers in its batch", "[model][any_batch]") {
    halving net(largest_batch{4}, seed{1});
    CHECK(net.largest_batch() == 4);
    const xt::xtensor<float, 2> x{{1, 2, 3}, {4, 5, 6}};
    const auto y = net(x);
    CHECK(y.shape(0) == 2);
    CHECK(y.shape(1) == 3);
    CHECK(y(1, 2) == 3.0F);
    CHECK(net(net(x))(1, 2) == 1.5F);  // its own memory is copied first
    CHECK(net(xt::xarray<float>(x))(0, 1) == 1.0F);
    CHECK(net(xt::xtensor_fixed<float, xt::xshape<1, 3>>{{2, 4, 6}})(0, 2) == 3.0F);
    CHECK(net(std::array<float, 6>{2, 4, 6, 8, 10, 12}).shape(0) == 2);
    CHECK(net(std::vector<float>{2, 4, 6})(0, 2) == 3.0F);
    CHECK(net(x + 1.0F)(0, 0) == 1.0F);
    CHECK(net(xt::view(x, xt::range(1, 2), xt::all()))(0, 0) == 2.0F);
    std::ostringstream text;
    text << net(x);
    CHECK(text.str().find("{0.5,   1, 1.5}") != std::string::npos);

    std::array<float, 6> out{};
    net.run_into(std::span<float>(out), x);
    CHECK(out[5] == 3.0F);
    net.run_into(std::span<float>(out).first(3), std::span<const float>(out).first(3));  // over its input
    CHECK(out[0] == 0.25F);
}

TEST_CASE("run_into of a chosen output takes the inputs that it depends on", "[model][any_batch]") {
    summing net(largest_batch{4}, seed{1});
    float total = 0;
    net.run_into<&sums::outputs::total>(total, xt::xtensor<float, 2>{{1, 2, 3}, {4, 5, 6}});
    CHECK(total == 42.0F);
    std::array<float, 2> rows{1, 2};
    net.run_into<&sums::outputs::of_rows>(std::span<float>(rows), std::array<float, 6>{1, 2, 3, 4, 5, 6}, rows);
    CHECK(rows == std::array<float, 2>{7, 17});
}

TEST_CASE("a batch of none, beyond the largest or of two sizes is refused, and nothing has changed",
          "[model][any_batch]") {
    halving net(largest_batch{2}, seed{1});
    const xt::xtensor<float, 2> three = xt::ones<float>({3, 3});
    const xt::xtensor<float, 2> none = xt::ones<float>({0, 3});
    const xt::xtensor<float, 2> narrow = xt::ones<float>({2, 4});
    std::string text = thrown(mistake::batch_size, [&] { net(three); });
    CHECK(text.find("input 0: had float32[3, 3], asked float32[any_size, 3]") != std::string::npos);
    CHECK(text.find("a batch of 3, the model was made for at most 2") != std::string::npos);
    CHECK(text.find("largest_batch{64}") != std::string::npos);
    text = thrown(mistake::batch_size, [&] { net(none); });
    CHECK(text.find("a batch of 0") != std::string::npos);
    thrown(mistake::batch_size, [&] { net(std::vector<float>{}); });
    text = thrown(mistake::input_shape, [&] { net(narrow); });
    CHECK(text.find("had float32[2, 4], asked float32[any_size, 3]") != std::string::npos);
    text = thrown(mistake::input_shape, [&] { net(std::vector<float>(4)); });
    CHECK(text.find("had float32[4]") != std::string::npos);
    thrown(mistake::input_shape, [&] { net(xt::xtensor<float, 1>(xt::ones<float>({3}))); });
    std::array<float, 7> out{};
    text = thrown(mistake::output_shape, [&] { net.run_into(std::span<float>(out), xt::ones<float>({2, 3})); });
    CHECK(text.find("had float32[7], asked float32[2, 3]") != std::string::npos);
    thrown(mistake::batch_size, [] { halving(largest_batch{0}, seed{1}); });
    thrown(mistake::batch_size, [] { halving(largest_batch{-1}, seed{1}); });
    thrown(mistake::batch_size, [] { halving(largest_batch{std::int64_t{1} << 39}, seed{1}); });
    thrown(mistake::batch_size, [] { halving(largest_batch{std::int64_t{1} << 62}, seed{1}); });

    summing both(largest_batch{4}, seed{1});
    const xt::xtensor<float, 1> ys = xt::ones<float>({2});
    text = thrown(mistake::batches_differ, [&] { both(three, ys); });
    CHECK(text.find("input 0: had float32[3, 3]\n  input 1: had float32[2]") != std::string::npos);

    using out_of = classifier::outputs;
    classifier_net<any_size> trained(largest_batch{2}, seed{1});
    const xt::xtensor<float, 2> before = trained.get<"hidden/weights">();
    thrown(mistake::batches_differ, [&] {
        trained.run<&out_of::train>(xt::xtensor<float, 2>(xt::ones<float>({2, 23})), std::vector<std::int32_t>{1});
    });
    CHECK(xt::all(xt::equal(before, trained.get<"hidden/weights">())));
}

TEST_CASE("models of any and of one batch share variables", "[model][any_batch]") {
    using fixed = model<sums, input<float, 2, 3>, input<float, 2>>;
    fixed trained(seed{1});
    summing server(largest_batch{5}, trained.parameters());
    trained.set<"w">(xt::xtensor<float, 1>{1, 10, 100});
    const xt::xtensor<float, 2> x = xt::ones<float>({5, 3});
    const xt::xtensor<float, 1> y = xt::ones<float>({5});
    CHECK(std::get<0>(server(x, y)) == 555.0F);
    CHECK(std::get<1>(server(x, y))(4) == 4.0F);
    fixed again(server.parameters());
    server.edit<"w">([](auto w) { w += 1; });
    CHECK(again.get<"w">()(2) == 101.0F);

    summing copied = server.copy();
    server.set<"w">(xt::xtensor<float, 1>{0, 0, 0});
    CHECK(copied.largest_batch() == 5);
    CHECK(std::get<0>(copied(x, y)) == 570.0F);
    summing moved = std::move(copied);
    CHECK(std::get<0>(moved(x, y)) == 570.0F);
    const std::string text = summary(moved).text();
    CHECK(text.find("float32[any_size, 3]") != std::string::npos);
    CHECK(text.find("arena") != std::string::npos);
}
