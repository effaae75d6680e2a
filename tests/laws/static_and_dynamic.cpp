// SPDX-License-Identifier: BSL-1.0
// Random modules, run by a model of the compiler's and by one that is planned at run time, step after step: elementwise
// and integer results, and variables that follow from them, have the same bits; what follows from sums of floats is
// within rounding. The programs are few, for each is a model that the compiler plans.
#include <ambit/ambit.hpp>
#include <ambit/registry.hpp>

#include "../support/numbers.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

using namespace ambit;
using namespace ambit_test;

namespace {

/// A sequence that constant evaluation has, too.
class draws {
public:
    constexpr explicit draws(std::uint32_t seed) : state_(seed * 2654435761U + 12345U) {}
    constexpr int pick(int low, int high) {
        for (const int shift : {13, -17, 5}) state_ ^= shift > 0 ? state_ << shift : state_ >> -shift;
        return low + static_cast<int>(state_ % static_cast<std::uint32_t>(high - low + 1));
    }

private:
    std::uint32_t state_;
};

constexpr std::int64_t rows = 5, columns = 19;

/// Values of [rows, columns], one made of others, by ops without sums, or also by products, reductions and gradients.
template <std::uint32_t Seed, bool Sums> struct random_module {
    struct outputs {
        tensor first, second, mask, whole;
        operation change;
    };
    constexpr outputs operator()(scope& s, const tensor& x, const tensor& row, const tensor& numbers) const {
        draws random(Seed);
        const initializer some = random_normal();
        const variable slot = s.get_variable("slot", {rows, columns}, {.initializer = some});
        const variable scale = s.get_variable("scale", {columns}, {.initializer = some});
        const variable square_matrix = s.get_variable("matrix", {columns, columns}, {.initializer = some});
        const variable count = s.get_variable("count", {rows, columns}, {.initializer = zeros(), .dtype = int32});
        std::array<tensor, 3> pool{x, slot, x * row};
        tensor whole = numbers;
        operation change = assign_add(count, numbers);
        for (int step = random.pick(8, 14); step > 0; --step) {
            tensor& to = pool[static_cast<std::size_t>(random.pick(0, 2))];
            const tensor y = pool[static_cast<std::size_t>(random.pick(0, 2))];
            to = made_of(random, to, y, scale, square_matrix);
            if (random.pick(0, 2) == 0) whole = maximum(whole * random.pick(-3, 3), count) - numbers;
            if (random.pick(0, 3) == 0) change = group({change, assign(slot, slot * 0.5F + clip(to, -1, 1))});
        }
        if constexpr (Sums) {
            const tensor loss = reduce_mean(square(pool[0] - row)) + reduce_sum(pool[1] * scale) * 0.01F;
            change = group({change, minimize(s, loss, momentum{.learning_rate = 1e-3F},
                                             {.variables = s.trainable_variables("scale")})});
        }
        return {pool[0], pool[1] + pool[2], pool[0] > pool[2], whole + cast(pool[2] > 0, int32), change};
    }

private:
    static constexpr tensor made_of(draws& random, const tensor& x, const tensor& y, const variable& scale,
                                    const variable& matrix) {
        switch (random.pick(0, Sums ? 12 : 9)) {
            case 0: return tanh(x);
            case 1: return x * y;
            case 2: return x - y * scale;
            case 3: return where(x > y, x, -y);
            case 4: return sigmoid(x) + scale;
            case 5: return maximum(x, y * 0.5F);
            case 6: return exp(clip(x, -2, 2));
            case 7: return x / (square(y) + 1.5F);
            case 8: return transpose(transpose(x) * 0.75F);
            case 9: return relu(x) + sqrt(abs(y) + 0.25F);
            case 10: return tanh(matmul(x, matrix));
            case 11: return x - reduce_mean(y, {.axes = 1, .keep_dims = true});
            default: return y * reduce_max(x, {.axes = 0, .keep_dims = true});
        }
    }
};

template <class A, class B> bool same_memory(const A& a, const B& b) {
    return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(*a.data())) == 0;
}
template <class A, class B> bool are_close(const A& a, const B& b) {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i)
        if (!(std::fabs(a.data()[i] - b.data()[i]) <= 2e-5F * (1 + std::fabs(a.data()[i])))) return false;
    return true;
}

template <std::uint32_t Seed, bool Sums> void look_at_both() {
    CAPTURE(Seed, Sums);
    using module = random_module<Seed, Sums>;
    using out = typename module::outputs;
    model<module, input<float, rows, columns>, input<float, columns>, input<std::int32_t, rows, columns>> compiled(
        seed{Seed});
    registry reg(seed{Seed});
    dynamic_model planned(reg, module{},
                          {spec(float32, {rows, columns}), spec(float32, {columns}), spec(int32, {rows, columns})});
    const auto agree = [](const auto& a, const auto& b) { return Sums ? are_close(a, b) : same_memory(a, b); };
    for (unsigned step = 0; step < 4; ++step) {
        CAPTURE(step);
        const std::vector<float> x = numbers<float>(rows * columns, step), row = numbers<float>(columns, step + 9);
        const std::vector<std::int32_t> whole = numbers<std::int32_t>(rows * columns, step + 3, -9, 9);
        const auto [first, second, mask, sum] =
            compiled.template run<&out::first, &out::second, &out::mask, &out::whole, &out::change>(x, row, whole);
        const dynamic_results all = planned.run({"first", "second", "mask", "whole", "change"}, x, row, whole);
        CHECK(agree(first, all[0].elements<float>()));
        CHECK(agree(second, all[1].elements<float>()));
        if (!Sums) CHECK(same_memory(mask, all[2].elements<bool>()));
        if (!Sums) CHECK(same_memory(sum, all[3].elements<std::int32_t>()));
        CHECK(agree(compiled.template get<"slot">(), reg.get<float>("slot")));
        CHECK(agree(compiled.template get<"scale">(), reg.get<float>("scale")));
        CHECK(same_memory(compiled.template get<"count">(), reg.get<std::int32_t>("count")));
    }
}

}  // namespace

TEST_CASE("random modules without sums have the same bits in both worlds", "[laws]") {
    look_at_both<1, false>();
    look_at_both<2, false>();
    look_at_both<3, false>();
}

TEST_CASE("random modules with sums, gradients and updates agree in both worlds", "[laws]") {
    look_at_both<4, true>();
    look_at_both<5, true>();
}
