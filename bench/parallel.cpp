// SPDX-License-Identifier: BSL-1.0
// How much faster threads of a pool are than the calling one alone, for a step of training and for inference
// (scripts/bench parallel [threads]). Calls of both take turns; a machine that does something else meanwhile only makes
// them slower, so that the fastest of each count. Lines are `workload,threads,alone_ns,shared_ns,speedup`.
#include <ambit/ambit.hpp>
#include <ambit/parallel.hpp>

#include <bench/train/steppers.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iomanip>
#include <iostream>
#include <limits>
#include <span>
#include <string_view>
#include <type_traits>

namespace {

using namespace ambit;
using namespace bench::train;
using outputs = bench::train::outputs;

constexpr std::chrono::seconds long_enough(4);

/// Nanoseconds of one call.
template <class Call> double time_of(const Call& call) {
    const auto begin = std::chrono::steady_clock::now();
    call();
    return std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - begin).count();
}

template <class Alone, class Shared>
void compare(std::string_view workload, int threads, const Alone& alone, const Shared& shared) {
    double of_alone = std::numeric_limits<double>::max(), of_shared = of_alone;
    for (const auto end = std::chrono::steady_clock::now() + long_enough; std::chrono::steady_clock::now() < end;) {
        of_alone = std::min(of_alone, time_of(alone));
        // The threads fall asleep while one computes alone: the second call finds them awake.
        for (int call = 0; call < 2; ++call) of_shared = std::min(of_shared, time_of(shared));
    }
    std::cout << workload << ',' << threads << ',' << std::fixed << std::setprecision(0) << of_alone << ',' << of_shared
              << ',' << std::setprecision(2) << of_alone / of_shared << std::endl;
}

template <network Net, std::size_t Batch> void measure(std::string_view workload, thread_pool& pool) {
    using images = std::conditional_t<Net == network::mlp, input<float, count(Batch), count(pixels)>,
                                      input<float, count(Batch), count(side), count(side), 1>>;
    using trainer = model<module_of<Net, bench::train::optimizer::adam>, images, input<std::int32_t, count(Batch)>>;
    const problem work = make_problem(Net, bench::train::optimizer::adam, Batch);
    const std::span<const float, Batch * pixels> x(work.batches[0].images);
    const std::span<const std::int32_t, Batch> labels(work.batches[0].labels);
    trainer net(seed{1});
    parallel_model<trainer> shared(net, pool);
    const auto step = [&](auto& by) { return [&] { by.template run<&outputs::train, &outputs::loss>(x, labels); }; };
    const auto loss = [&](auto& by) { return [&] { by.template run<&outputs::loss>(x, labels); }; };
    compare(std::string(workload) + "_adam", pool.size(), step(net), step(shared));
    compare(std::string(workload) + "_loss", pool.size(), loss(net), loss(shared));
}

}  // namespace

int main(int count, char** arguments) {
    thread_pool pool(count > 1 ? std::atoi(arguments[1]) : 2);
    measure<network::mlp, 128>("mlp_batch_128", pool);
    measure<network::conv, 32>("conv_batch_32", pool);
}
