// SPDX-License-Identifier: BSL-1.0
// The blocks of models.md: what a model object does.
#include <ambit/ambit.hpp>

#include <xtensor/xio.hpp>
#include <xtensor/xtensor.hpp>

#include <array>
#include <iostream>
#include <span>
#include <string_view>
#include <utility>

using namespace ambit;

// The page has these columns.
// clang-format off

namespace {

int failures = 0;
void expect(bool is_met, std::string_view claim) {
    std::cout << (is_met ? "  holds  " : "  FAILS  ") << claim << '\n';
    failures += is_met ? 0 : 1;
}

struct amplifier {
    struct outputs { tensor louder, power; };
    constexpr outputs operator()(scope& s, tensor block) const {
        variable gain = s.get_variable("gain", {4}, {.initializer = constant(2)});
        tensor louder = tanh(block * gain);
        return {louder, reduce_mean(square(louder))};
    }
};
using net = model<amplifier, input<float, 4>>;

struct follower {
    struct outputs { tensor level; operation keep; };
    constexpr outputs operator()(scope& s, tensor block) const {
        variable before = s.get_variable("level", {4}, {.initializer = constant(0), .local = true});
        tensor level = before + 0.5 * (abs(block) - before);
        return {level, assign(before, level)};
    }
};

void calls() {
    net amp(seed{1});
    std::array<float, 4> block{0, 0.5f, 1, -1};
    auto [louder, power] = amp(block);                             // a view, and a number
    std::cout << louder << ", power " << power << '\n';
    float alone = amp.run<&amplifier::outputs::power>(block);      // what the other output needs is left out
    expect(alone == power, "an output alone is what it is among all");

    xt::xtensor<float, 1> kept = louder;                           // a copy: the next call writes where the view looks
    amp(std::array<float, 4>{});
    expect(louder(1) == 0 && kept(1) > 0.7f, "a view shows the latest call");
}

void calls_into_memory() {
    net amp(seed{1});
    std::array<float, 4> block{0, 0.5f, 1, -1};
    float power = 0;
    amp.run_into(std::span<float, 4>(block), power, block);        // outputs first; here over the input
    expect(block[0] == 0 && block[1] > 0.7f && power > 0, "outputs may lie over inputs");
}

void variables() {
    net amp(seed{1});
    amp.set<"gain">(std::array{1.f, 2.f, 3.f, 4.f});
    amp.edit<"gain">([](auto gain) { gain *= 0.5f; });             // in place
    std::cout << amp.get<"gain">() << '\n';
    expect(amp.get<"gain">()(3) == 2, "set and edit change a variable");

    net second = amp.copy();                                       // variables of its own
    net third(amp.parameters());                                   // the same variables, memory of its own for calls
    amp.edit<"gain">([](auto gain) { gain *= 10.f; });
    expect(second.get<"gain">()(3) == 2, "a copy keeps its values");
    expect(third.get<"gain">()(3) == 20, "who shares parameters sees the change");
}

void state() {
    using outputs = follower::outputs;
    model<follower, input<float, 4>> level(seed{1});
    std::array<float, 4> ones{1, 1, 1, 1};
    level.run<&outputs::level, &outputs::keep>(ones);
    auto now = level.run<&outputs::level, &outputs::keep>(ones);
    expect(now(0) == 0.75f, "a local variable is the state between calls");
    std::array<float, 4> kept{};
    level.run_into<&outputs::level, &outputs::keep>(std::span<float, 4>(kept), ones);
    expect(kept[0] == 0.875f, "memory for each output that is a value, and operations run");
    level.reset();                                                 // the state alone: parameters stay
    expect(level.run<&outputs::level, &outputs::keep>(ones)(0) == 0.5f, "reset begins again");
}

void in_a_real_time_thread() {
    using block = std::array<float, 4>;
    static_assert(noexcept(std::declval<net&>()(block{})));        // its type says its shape: nothing can go wrong
    static_assert(net::arena_bytes < 1024);                        // memory of calls, in the object where it is small
    static_assert(net::parameter_count == 4);
}

}  // namespace

int main() {
    calls();
    calls_into_memory();
    variables();
    state();
    in_a_real_time_thread();
    return failures == 0 ? 0 : 1;
}
