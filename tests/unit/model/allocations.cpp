// SPDX-License-Identifier: BSL-1.0
// A call allocates nothing: every allocation of this executable is counted, whoever makes it.
#include <ambit/model/model.hpp>
#include <ambit/model/parameters_in_place.hpp>
#include <ambit/nn/dense.hpp>
#include <ambit/ops/all.hpp>
#include <ambit/optim/adam.hpp>
#include <ambit/optim/minimize.hpp>
#include <ambit/registry/dynamic_model.hpp>

#include <catch2/catch.hpp>

#include <xtensor/xarray.hpp>
#include <xtensor/xmanipulation.hpp>
#include <xtensor/xmath.hpp>
#include <xtensor/xview.hpp>

#include <array>
#include <cstddef>
#include <cstdlib>
#include <memory>
#include <new>
#include <span>
#include <vector>

#if defined(__SANITIZE_ADDRESS__)
#define AMBIT_TEST_ADDRESS_SANITIZER
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define AMBIT_TEST_ADDRESS_SANITIZER
#endif
#endif

namespace {
// One thread: a plain number. `volatile`, since malloc may not be assumed to change what the compiler knows
// of it.
volatile long allocations = 0, bytes_allocated = 0;
void count_one(std::size_t bytes) {
    allocations = allocations + 1;
    bytes_allocated = bytes_allocated + static_cast<long>(bytes);
}
}  // namespace

#ifdef AMBIT_TEST_ADDRESS_SANITIZER
extern "C" int __sanitizer_install_malloc_and_free_hooks(void (*)(const volatile void*, std::size_t),
                                                         void (*)(const volatile void*));
namespace {
[[maybe_unused]] const int installed = __sanitizer_install_malloc_and_free_hooks(
    [](const volatile void*, std::size_t bytes) { count_one(bytes); }, [](const volatile void*) {});
}
#else
// glibc's own functions under their second names; `operator new` ends in them, too.
extern "C" {
void* __libc_malloc(std::size_t) noexcept;
void* __libc_calloc(std::size_t, std::size_t) noexcept;
void* __libc_realloc(void*, std::size_t) noexcept;
void* __libc_memalign(std::size_t, std::size_t) noexcept;

void* malloc(std::size_t size) noexcept {
    count_one(size);
    return __libc_malloc(size);
}
void* calloc(std::size_t count, std::size_t size) noexcept {
    count_one(count * size);
    return __libc_calloc(count, size);
}
void* realloc(void* memory, std::size_t size) noexcept {
    count_one(size);
    return __libc_realloc(memory, size);
}
void* memalign(std::size_t alignment, std::size_t size) noexcept {
    count_one(size);
    return __libc_memalign(alignment, size);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
    count_one(size);
    return __libc_memalign(alignment, size);
}
int posix_memalign(void** memory, std::size_t alignment, std::size_t size) noexcept {
    count_one(size);
    *memory = __libc_memalign(alignment, size);
    return *memory == nullptr ? 12 : 0;  // ENOMEM
}
}
#endif

using namespace ambit;

namespace {

/// Allocations of one call.
template <class F> long allocations_in(F&& f) {
    const long before = allocations;
    f();
    return allocations - before;
}

// [1, 4, 4, 2] -> one row of 16 features, 5 scores.
struct net_of_everything {
    struct outputs {
        tensor features, scores, best, total;
    };
    constexpr outputs operator()(scope& s, const tensor& image, const tensor& labels) const {
        tensor x = relu(
            conv2d(image, s.get_variable("kernel", {3, 3, 2, 4}, {.initializer = random_normal()}), {.padding = same}));
        x = reshape(max_pool(x), {-1, 16});
        const tensor scores =
            softmax(matmul(x, s.get_variable("w", {5, 16}, {.initializer = random_normal()}), {.transpose_b = true}));
        return {transpose(x), scores, argmax(scores, 1), reduce_sum(scores * labels)};
    }
};
using net = model<net_of_everything, input<float, 1, 4, 4, 2>, input<float, 5>>;

/// 100 floats of parameters, 100 of its own.
struct with_a_state {
    constexpr tensor operator()(scope& s, const tensor& x) const {
        return x * s.get_variable("gain", {100}) + s.get_variable("state", {100}, {.local = true});
    }
};

volatile float sink = 0;

}  // namespace

TEST_CASE("allocations are counted", "[model]") {
    CHECK(allocations_in(
              [] { sink = static_cast<float>(ambit::model_parts::allocate_aligned(100)[3] == std::byte{}); }) == 1);
    CHECK(allocations_in([] { std::make_unique<std::array<int, 9>>()->front() = 1; }) <= 1);
    CHECK(allocations_in([] {
              std::vector<float> v(100);
              sink = v[3];
          }) == 1);
    CHECK(allocations_in([] {
              void* p = std::malloc(10);
              sink = p == nullptr ? 1.0F : 0.0F;
              std::free(p);
          }) == 1);
    CHECK(allocations_in([] {
              xt::xarray<float> x = xt::ones<float>({2, 3});
              sink = x(0, 0);
          }) >= 1);
}

template <class Model> static void check_memory() {
    using memory = memory_of<Model>;
    const long before = bytes_allocated;
    const auto made = std::make_unique<Model>(seed{1});
    const long taken = bytes_allocated - before;
    CHECK(made->parameters().memory() != nullptr);
#ifdef AMBIT_TEST_ADDRESS_SANITIZER
    constexpr long unseen = 63;  // the sanitizer's `new` does not round up to whole cache lines
#else
    constexpr long unseen = 0;
#endif
    // Of the parameters there is a count of owners, too.
    CHECK(taken >= memory::total - unseen);
    CHECK(taken <= memory::total + 96);
    STATIC_REQUIRE(memory::members < 1024);
    STATIC_REQUIRE(expect_memory<Model, memory::total>());
}

TEST_CASE("a model takes the memory that it says", "[model]") {
    check_memory<net>();
    check_memory<stored_model<storage::heap, net_of_everything, input<float, 1, 4, 4, 2>, input<float, 5>>>();
    check_memory<model<with_a_state, input<float, 100>>>();
    STATIC_REQUIRE(memory_of<model<with_a_state, input<float, 100>>>::local_variables == 448);
    STATIC_REQUIRE(memory_of<model<with_a_state, input<float, 100>>>::parameters == 448 + 64);
}

TEST_CASE("a model with any_size takes the memory that it says for a batch", "[model]") {
    using server = model<with_a_state, input<float, any_size, 100>>;
    using memory = memory_of<server, 32>;
    STATIC_REQUIRE(memory_of<server, 64>::arena > memory::arena);
    STATIC_REQUIRE(expect_memory<server, memory::total, 32>());
    const long before = bytes_allocated;
    const server made(largest_batch{32}, seed{1});
    const long taken = bytes_allocated - before;
    CHECK(made.parameters().memory() != nullptr);
    // While the addresses are found there are lists of them, too.
    CHECK(taken >= memory::heap);
    CHECK(taken <= memory::heap + 2048);
    CHECK(memory::arena >= server::arena_bytes(32));
}

TEST_CASE("a model in place on variables in place allocates nothing", "[model]") {
    using small = stored_model<storage::in_place, with_a_state, input<float, 100>>;
    using memory = memory_of<small>;
    STATIC_REQUIRE(sizeof(parameters_in_place<small>) == memory::parameters);
    STATIC_REQUIRE(sizeof(small) == memory::arena + memory::local_variables + memory::members);
    STATIC_REQUIRE(memory::heap == memory::parameters);
    std::array<float, 100> ones{}, fives{};
    ones.fill(1);
    fives.fill(5);
    float first = 0, second = 0, third = 0;
    CHECK(allocations_in([&] {
              parameters_in_place<small> variables(seed{1});
              small n(variables.parameters());
              n.set<"gain">(ones);
              n.set<"state">(fives);
              first = n(ones)(7);
              small moved(std::move(n));
              moved.set<"state">(ones);
              second = moved(ones)(7);
              n = std::move(moved);
              moved.share(n.parameters());
              moved.set<"state">(fives);
              third = n(ones)(7);
          }) == 0);
    CHECK(first == 6);
    CHECK(second == 2);
    CHECK(third == 2);
}

TEST_CASE("a call with containers and memory allocates nothing", "[model]") {
    net n(seed{1});
    const xt::xtensor<float, 4> x = xt::ones<float>({1, 4, 4, 2});
    const xt::xarray<float> any = x;
    const xt::xtensor_fixed<float, xt::xshape<1, 4, 4, 2>> fixed = x;
    const xt::xtensor<float, 4, xt::layout_type::column_major> columns = x;
    const std::vector<float> v(32, 1);
    const std::array<float, 5> labels{1, 2, 3, 4, 5};
    const xt::xtensor<float, 1> label_tensor = xt::ones<float>({5});
    CHECK(allocations_in([&] { sink = std::get<3>(n(x, labels)); }) == 0);
    CHECK(allocations_in([&] { sink = std::get<3>(n(any, label_tensor)); }) == 0);
    CHECK(allocations_in([&] { sink = std::get<3>(n(fixed, labels)); }) == 0);
    CHECK(allocations_in([&] { sink = std::get<3>(n(columns, labels)); }) == 0);
    CHECK(allocations_in([&] { sink = std::get<3>(n(v, std::span(labels))); }) == 0);
}

TEST_CASE("a call with views and lazy expressions allocates nothing", "[model]") {
    net n(seed{1});
    const xt::xtensor<float, 4> x = xt::ones<float>({1, 4, 4, 2}), wide = xt::ones<float>({2, 4, 4, 5});
    const xt::xarray<float> any = x;
    const std::array<float, 5> labels{1, 2, 3, 4, 5};
    const xt::xtensor<float, 1> means{0.5F, 2}, label_tensor = xt::ones<float>({5});
    CHECK(allocations_in([&] {
              sink = std::get<3>(n(xt::view(wide, xt::range(1, 2), xt::all(), xt::all(), xt::range(1, 3)), labels));
          }) == 0);
    CHECK(allocations_in([&] { sink = std::get<3>(n((x - means) / 3.0F, label_tensor * 2.0F)); }) == 0);
    CHECK(allocations_in([&] { sink = std::get<3>(n(any * 2.0F + 1.0F, labels)); }) == 0);
    CHECK(allocations_in([&] {
              sink = std::get<3>(n(xt::transpose(x, std::array<std::size_t, 4>{0, 2, 1, 3}), labels));
          }) == 0);
}

TEST_CASE("run and run_into allocate nothing, nor do results as arguments", "[model]") {
    using out = net_of_everything::outputs;
    net n(seed{1});
    const std::vector<float> x(32, 1);
    const std::array<float, 5> labels{};
    std::vector<float> features(64), scores(20);
    std::array<std::int32_t, 4> best{};
    float total = 0;
    CHECK(allocations_in([&] { sink = n.run<&out::scores>(x)(0, 0); }) == 0);
    CHECK(allocations_in([&] { sink = n.run<&out::total>(x, labels); }) == 0);
    CHECK(allocations_in([&] { sink = std::get<1>(n.run<&out::best, &out::features>(x))(0, 0); }) == 0);
    CHECK(allocations_in([&] {
              n.run_into(std::span(features).first<16>(), std::span(scores).first(5), std::span(best).first<1>(), total,
                         x, labels);
          }) == 0);
    CHECK(allocations_in([&] { sink = std::get<3>(n(x, xt::view(n.run<&out::scores>(x), 0))); }) == 0);
}

TEST_CASE("the arena of a large model is taken when the model is made", "[model]") {
    using large = stored_model<storage::heap, net_of_everything, input<float, 1, 4, 4, 2>, input<float, 5>>;
    std::unique_ptr<large> n;
    CHECK(allocations_in([&] { n = std::make_unique<large>(seed{1}); }) >= 3);  // the object, parameters, arena
    const std::vector<float> x(32, 1);
    const std::array<float, 5> labels{};
    CHECK(allocations_in([&] { sink = std::get<3>((*n)(x, labels)); }) == 0);
    CHECK(allocations_in([&] {
              large other(std::move(*n));
              sink = std::get<3>(other(x, labels));
          }) == 0);
}

namespace {

struct learner {
    struct outputs {
        tensor loss;
        operation train;
    };
    constexpr outputs operator()(scope& s, const tensor& x, const tensor& labels) const {
        const tensor h = relu(dense(s, "hidden", x, 6));
        const tensor logits = dense(s, "logits", h, 3);
        const tensor loss = reduce_mean(sparse_softmax_cross_entropy(logits, labels));
        return {loss, minimize(s, loss, adam{}, {.clip = clip_by_global_norm(1)})};
    }
};

}  // namespace

TEST_CASE("a step of training allocates nothing", "[model]") {
    model<learner, input<float, 4, 5>, input<std::int32_t, 4>> n(seed{1});
    const std::vector<float> x(20, 0.5F);
    const std::array<std::int32_t, 4> labels{0, 1, 2, 1};
    using out = learner::outputs;
    CHECK(allocations_in([&] { sink = n.run<&out::train, &out::loss>(x, labels); }) == 0);
    CHECK(allocations_in([&] { n.run<&out::train>(x, labels); }) == 0);
}

namespace {

struct recurrent_learner {
    struct outputs {
        tensor loss;
        operation train;
    };
    constexpr outputs operator()(scope& s, const tensor& xs, const tensor& limit) const {
        const tensor zero = broadcast_to(xs.builder()->constant(0, float32), {2, 4});
        const tensor states = scan(
            s,
            [](scope& in, const tensor& h, const tensor& x) {
                const tensor both = matmul(x, in.get_variable("u", {3, 4})) + h;
                return ambit::tanh(matmul(both, in.get_variable("w", {4, 4})));
            },
            xs, zero);
        const tensor sum = while_loop(
            s, [&](scope&, const tensor& t) { return less(t, limit); }, [](scope&, const tensor& t) { return t * 2; },
            reduce_sum(square(states)) + 1);
        const tensor loss = reduce_mean(square(states));
        return {cond(
                    s, less(limit, 0), [&](scope&) { return loss; }, [&](scope&) { return sum; }),
                minimize(s, loss, adam{})};
    }
};

}  // namespace

TEST_CASE("a call allocates nothing at any batch up to the largest", "[model][any_batch]") {
    struct rows {
        struct outputs {
            tensor scores, loss;
            operation train;
        };
        constexpr outputs operator()(scope& s, const tensor& x) const {
            const tensor scores = softmax(dense(s, "dense", relu(x), 5));
            const tensor loss = reduce_mean(square(scores));
            return {scores, loss, minimize(s, loss, adam{})};
        }
    };
    using any = model<rows, input<float, any_size, 9>>;
    CHECK(allocations_in([] { any(largest_batch{32}, seed{1}); }) > 0);
    any n(largest_batch{32}, seed{1});
    const xt::xtensor<float, 2> x = xt::ones<float>({32, 9});
    CHECK(allocations_in([&] { sink = n.run<&rows::outputs::scores>(x)(31, 4); }) == 0);
    std::vector<float> memory(32 * 9, 1.0F);
    for (const std::size_t batch : {std::size_t{1}, std::size_t{7}, std::size_t{32}}) {
        const std::span<const float> some(memory.data(), batch * 9);
        CHECK(allocations_in([&] { sink = n.run<&rows::outputs::loss, &rows::outputs::train>(some); }) == 0);
        CHECK(allocations_in([&] { sink = n.run<&rows::outputs::scores>(some)(0, 0); }) == 0);
    }
}

TEST_CASE("loops allocate nothing, forwards and backwards", "[model]") {
    model<recurrent_learner, input<float, 6, 2, 3>, input<float>> n(seed{1});
    const std::vector<float> xs(36, 0.5F);
    using out = recurrent_learner::outputs;
    CHECK(allocations_in([&] { sink = n.run<&out::train, &out::loss>(xs, 100.0F); }) == 0);
    CHECK(sink >= 100);
    CHECK(allocations_in([&] { sink = n.run<&out::loss>(xs, -1.0F); }) == 0);
    CHECK(sink < 1);
}

TEST_CASE("a call of a dynamic model for which there is a plan allocates nothing", "[model]") {
    registry reg(seed{1});
    dynamic_model n(reg, learner{}, {{"x", spec(float32, {4, 5})}, {"labels", spec(int32, {4})}});
    const xt::xtensor<float, 2> x = xt::ones<float>({4, 5}), less = xt::ones<float>({2, 5});
    const std::array<std::int32_t, 4> labels{0, 1, 2, 1};
    const std::array<std::int32_t, 2> two{0, 1};
    const auto step = [&] { sink = n.run({"train", "loss"}, {{"x", x}, {"labels", labels}}).number<float>(); };
    const auto smaller = [&] { sink = n.run({"loss"}, less, two).as<float>()(); };
    CHECK(allocations_in(step) > 0);
    CHECK(allocations_in(step) == 0);
    CHECK(allocations_in(smaller) > 0);
    CHECK(allocations_in(smaller) == 0);
    CHECK(allocations_in(step) == 0);
    // A lazy expression is evaluated into the model's own memory.
    const auto lazy = [&] { sink = n.run({"loss"}, x * 2.0F, labels).number<float>(); };
    lazy();
    CHECK(allocations_in(lazy) == 0);

    registry other(seed{1});
    dynamic_model loops(other, recurrent_learner{}, {spec(float32, {6, 2, 3}), spec(float32, {})});
    const std::vector<float> xs(36, 0.5F);
    const auto train = [&] { sink = loops.run({"train", "loss"}, xs, 100.0F).number<float>(); };
    train();
    CHECK(allocations_in(train) == 0);
    CHECK(sink >= 100);
}
