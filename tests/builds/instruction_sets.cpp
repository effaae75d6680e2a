// SPDX-License-Identifier: BSL-1.0
// Compiled twice, for two instruction sets, into one program (instruction_sets.cmake): a trainer, files and text. The
// second one is called where the processor has what it needs.
#include <ambit/ambit.hpp>
#include <ambit/checkpoint/load.hpp>
#include <ambit/io/csv.hpp>

#include <array>
#include <cstdint>
#include <cstdio>

using namespace ambit;

struct classifier {
    struct outputs {
        tensor logits, loss;
        operation train;
    };
    constexpr outputs operator()(scope& s, tensor x, tensor labels) const {
        const tensor logits = dense(s, "logits", gelu(dropout(s, dense(s, "hidden", x, 32), {.rate = 0.25})), 10);
        const tensor loss = reduce_mean(sparse_softmax_cross_entropy(logits, labels)) + reduce_sum(top_k(x, 2).values);
        return {logits, loss, minimize(s, loss, adam{})};
    }
};
using net = model<classifier, input<float, 4, 20>, input<std::int32_t, 4>>;

/// Trains, saves and loads; gives the loss.
float NAME_OF_RUN(const char* file) {
    const std::array<float, 80> x{1, 2, 3};
    const std::array<std::int32_t, 4> labels{1, 2, 3, 4};
    net trained(seed{1});
    for (int step = 0; step < 3; ++step) trained.run<&classifier::outputs::train>(x, labels);
    save(trained, file);
    net loaded(seed{2});
    if (!load(loaded, file).fits()) return 0;
    return loaded.run<&classifier::outputs::loss>(x, labels);
}

#if defined(RUNS_ANOTHER)
float RUNS_ANOTHER(const char* file);

int main(int, char** arguments) {
    const float here = NAME_OF_RUN(arguments[1]);
    if (!(here > 0)) return 1;
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma") || !__builtin_cpu_supports("bmi2")) return 0;
    const float there = RUNS_ANOTHER(arguments[1]);
    std::printf("%g, %g\n", static_cast<double>(here), static_cast<double>(there));
    return there > 0.99F * here && there < 1.01F * here ? 0 : 1;
}
#endif
