// SPDX-License-Identifier: BSL-1.0
// Many read a registry at a time, or one writes: under the thread sanitizer, which finds every race. With the argument
// `race` one writes while others read; the sanitizer must say so, or it would find nothing above either.
#include <ambit/registry/build.hpp>

#include <array>
#include <cstdio>
#include <string>
#include <thread>
#include <vector>

using namespace ambit;

namespace {

void create(const registry& reg, int first) {
    const auto module = [first](scope& s, const tensor& x) {
        for (int i = first; i < first + 50; ++i) s.get_variable(name("a/w_", i), {16}, {.collections = {"mine"}});
        return x;
    };
    registry_parts::build(reg, module, std::array{spec(float32, {1})});
}

/// What all may do together.
double read(const registry& reg) {
    double sum = 0;
    for (const auto& v : reg.variables("a")) sum += static_cast<double>(reg.get<float>(v->path())(3));
    sum += static_cast<double>(reg.collection("mine", "a").size()) + static_cast<double>(reg.generation("a/w_3"));
    try {
        reg.get<float>("a/w_x");
    } catch (const model_error& e) {
        sum += e.facts().nearest.empty() ? 0 : 1;
    }
    return sum + reg.has("a/w_49") + static_cast<double>(reg.copy().bytes());
}

}  // namespace

int main(int count, char** arguments) {
    const bool with_race = count > 1 && std::string(arguments[1]) == "race";
    registry reg(seed{1});
    double wanted = 0;
    for (int round = 0; round < 3; ++round) {
        create(reg, 50 * round);  // one writes
        reg.edit<float>("a/w_3", [](auto view) { view += 1; });
        wanted = read(reg);
        std::array<double, 4> sums{};
        std::vector<std::thread> readers;
        for (double& sum : sums) readers.emplace_back([&] { sum = read(reg); });
        if (with_race) reg.set("a/w_3", std::vector<float>(16, 2.f));
        for (std::thread& reader : readers) reader.join();
        for (const double sum : sums)
            if (!with_race && (sum < wanted || sum > wanted)) return 1;
    }
    std::puts("read by many, written by one");
}
