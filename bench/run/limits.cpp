// SPDX-License-Identifier: BSL-1.0
// What this core can do at most, measured in the same run as everything else: multiply-adds in registers, and bytes
// read from each level of the memory. Nobody's rows: the summary compares rates with them.
#include <ambit/kernels/vectors/simd.hpp>

#include <bench/contender.hpp>

#include <array>
#include <cstddef>
#include <string>
#include <vector>

namespace {

using vector = xsimd::batch<float>;

// As many sums as hide the latency of a multiply-add.
void multiply_add(benchmark::State& state) {
    constexpr std::size_t sums = 12, rounds = 1000;
    volatile float seen = 0.999f;  // nobody knows its value
    const vector factor(seen), term(1 - seen);
    vector sum[sums];
    for (std::size_t k = 0; k < sums; ++k) sum[k] = vector(static_cast<float>(k));
    for (auto _ : state)
        for (std::size_t round = 0; round < rounds; ++round)
            for (std::size_t k = 0; k < sums; ++k) sum[k] = xsimd::fma(sum[k], factor, term);
    for (std::size_t k = 1; k < sums; ++k) sum[0] += sum[k];
    seen = sum[0].get(0);
    state.counters["flops"] = benchmark::Counter(2.0 * vector::size * sums * rounds,
                                                 benchmark::Counter::kIsIterationInvariantRate);
}

void read_memory(benchmark::State& state, std::size_t bytes) {
    const std::size_t count = bytes / sizeof(float), step = 8 * vector::size;
    const std::vector<float, xsimd::aligned_allocator<float, 64>> memory(count, 1.0f);
    vector sum[8];
    for (vector& one : sum) one = vector(0.0f);
    for (auto _ : state) {
        for (std::size_t i = 0; i + step <= count; i += step)
            for (std::size_t k = 0; k < 8; ++k) sum[k] += vector::load_aligned(memory.data() + i + k * vector::size);
        bench::escape(memory.data());
    }
    for (std::size_t k = 1; k < 8; ++k) sum[0] += sum[k];
    volatile float seen = sum[0].get(0);
    static_cast<void>(seen);
    state.counters["bytes_a_second"] =
        benchmark::Counter(static_cast<double>(bytes), benchmark::Counter::kIsIterationInvariantRate);
}

}  // namespace

int main(int count, char** arguments) {
    benchmark::RegisterBenchmark("limits/multiply_add/core", &multiply_add);
    for (const std::size_t kibibytes : std::array<std::size_t, 4>{16, 256, 4096, 262144})
        benchmark::RegisterBenchmark(("limits/read_" + std::to_string(kibibytes) + "_KiB/core").c_str(), &read_memory,
                                     kibibytes * 1024);
    return bench::run(count, arguments);
}
