// SPDX-License-Identifier: BSL-1.0
// What training on several ranks costs, on as many as this job has (scripts/bench distributed):
//
//     bucket          the bytes of each, as planned
//     step            the plain trainer, and data_parallel on one rank: what buckets cost where nobody is asked
//     ranks_step      a step on all ranks, and of that what they waited for gradients
//     all_reduce      all gradients of a net through buckets, and one MPI_Allreduce over as many bytes
//     shards          a step in 4 shards on one rank, and the plain trainer with as many examples
//     message         MPI_Allreduce of so many bytes: what bench/distributed/larger.py fits latency and bandwidth to
//
// Contenders take turns; rank 0 prints lines `measure,workload,ranks,bytes,ns`, the least of each: whoever else uses
// the cores only adds to it. Of what a step waited for gradients it prints medians.
#include <ambit/ambit.hpp>
#include <ambit/distributed.hpp>

#include <bench/train/steppers.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <span>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <vector>

namespace {

using namespace ambit;
using namespace bench::train;

constexpr int rounds = 41;
constexpr std::size_t batch_size = 32;

template <network Net, std::size_t Batch, class Module = module_of<Net, bench::train::optimizer::adam>>
using trainer = std::conditional_t<Net == network::mlp,
                                   model<Module, input<float, count(Batch), count(pixels)>,
                                         input<std::int32_t, count(Batch)>>,
                                   model<Module, input<float, count(Batch), count(side), count(side), 1>,
                                         input<std::int32_t, count(Batch)>>>;

double median(std::vector<double> values) {
    std::nth_element(values.begin(), values.begin() + std::ptrdiff_t(values.size() / 2), values.end());
    return values[values.size() / 2];
}

/// Nanoseconds of one call.
template <class Call> double time_of(const Call& call) {
    const auto begin = std::chrono::steady_clock::now();
    call();
    return std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - begin).count();
}

/// The least of calls that take turns, each begun by all ranks together.
template <class... Calls> std::array<double, sizeof...(Calls)> compare(communicator& ranks, const Calls&... calls) {
    std::array<std::vector<double>, sizeof...(Calls)> times;
    for (int round = -3; round < rounds; ++round) {
        std::size_t next = 0;
        const auto measure = [&](const auto& call) {
            ranks.barrier();
            const double time = time_of(call);
            if (round >= 0) times[next].push_back(time);
            ++next;
        };
        (measure(calls), ...);
    }
    std::array<double, sizeof...(Calls)> least{};
    for (std::size_t i = 0; i < least.size(); ++i) least[i] = *std::min_element(times[i].begin(), times[i].end());
    return least;
}

void print(const communicator& ranks, std::string_view measure, std::string_view workload, std::int64_t bytes,
           double nanoseconds) {
    if (ranks.is_root())
        std::cout << measure << ',' << workload << ',' << ranks.size() << ',' << bytes << ','
                  << static_cast<std::int64_t>(nanoseconds) << std::endl;
}

template <class Buckets> std::int64_t bytes_of(const Buckets& buckets) {
    std::int64_t bytes = 0;
    for (const gradient_bucket& bucket : buckets) bytes += bucket.bytes();
    return bytes;
}

/// All gradients through buckets, as a step does, with nothing to compute between them.
template <class Parallel> class only_buckets {
public:
    explicit only_buckets(communicator& ranks) : buckets_(ranks, Parallel::buckets, 0) {
        for (const gradient_bucket& bucket : Parallel::buckets)
            gradients_.emplace_back(static_cast<std::size_t>(bucket.elements) + 16, 1e-3F);  // one may end in zeros
    }
    void operator()() {
        // One gradient a bucket that has all of its elements: as many bytes are sent.
        for (std::size_t b = 0; b < gradients_.size(); ++b)
            for (int part = 0; part < Parallel::buckets[b].gradients; ++part) {
                const std::int64_t elements = part == 0 ? Parallel::buckets[b].elements : 0;
                buckets_.deposit(std::int64_t(b), 0, gradients_[b].data(), elements);
            }
        for (std::size_t b = 0; b < gradients_.size(); ++b)
            buckets_.collect(std::int64_t(b), 0, reinterpret_cast<std::byte*>(gradients_[b].data()),
                             Parallel::buckets[b].bytes());
    }

private:
    distributed_parts::gradient_buckets buckets_;
    std::vector<std::vector<float>> gradients_;
};

/// Examples of a rank, or of a shard, as the inputs of a trainer.
template <network Net, std::size_t Batch> auto inputs_of(const problem& work, std::size_t first) {
    const bench::train::batch& all = work.batches[0];
    return std::tuple(std::span<const float, Batch * pixels>(all.images.data() + first * pixels, Batch * pixels),
                      std::span<const std::int32_t, Batch>(all.labels.data() + first, Batch));
}

template <network Net> void measure_net(communicator& ranks, std::string_view name) {
    using parallel = data_parallel<trainer<Net, batch_size>>;
    const problem work = make_problem(Net, bench::train::optimizer::adam, batch_size);
    const std::int64_t bytes = bytes_of(parallel::buckets);
    const auto inputs = inputs_of<Net, batch_size>(work, 0);
    communicator alone(MPI_COMM_SELF);
    trainer<Net, batch_size> plain(seed{1});
    parallel on_one(alone, seed{1}), on_all(ranks, seed{1});
    const auto step = [&](auto& t) {
        return [&] {
            std::apply(
                [&](const auto&... in) {
                    t.template run<&bench::train::outputs::train, &bench::train::outputs::loss>(in...);
                },
                inputs);
        };
    };
    const auto [plain_ns, one_ns, all_ns] = compare(ranks, step(plain), step(on_one), step(on_all));
    // Of a bucket on its way beside another each counts.
    std::vector<double> on_the_way, waited;
    for (int round = 0; round < rounds; ++round) {
        const communication_times before = on_all.communication();
        ranks.barrier();
        step(on_all)();
        const communication_times after = on_all.communication();
        on_the_way.push_back(static_cast<double>((after.on_the_way - before.on_the_way).count()));
        waited.push_back(static_cast<double>((after.waited - before.waited).count()));
    }
    for (const gradient_bucket& bucket : parallel::buckets) print(ranks, "bucket", name, bucket.bytes(), 0);
    print(ranks, "plain_step", name, 0, plain_ns);
    print(ranks, "one_rank_step", name, 0, one_ns);
    print(ranks, "ranks_step", name, bytes, all_ns);
    print(ranks, "on_the_way", name, bytes, median(on_the_way));
    print(ranks, "waited", name, bytes, median(waited));

    if (ranks.size() == 1) return;
    only_buckets<parallel> buckets(ranks);
    std::vector<float> flat(static_cast<std::size_t>(bytes) / sizeof(float), 1e-3F);
    const auto [buckets_ns, flat_ns] = compare(ranks, [&] { buckets(); }, [&] {
        MPI_Allreduce(MPI_IN_PLACE, flat.data(), static_cast<int>(flat.size()), MPI_FLOAT, MPI_SUM, MPI_COMM_WORLD);
    });
    print(ranks, "all_reduce_in_buckets", name, bytes, buckets_ns);
    print(ranks, "all_reduce_flat", name, bytes, flat_ns);
}

void measure_shards(communicator& ranks) {
    constexpr std::size_t shards = 4, in_shard = batch_size / shards;
    const problem work = make_problem(network::mlp, bench::train::optimizer::adam, batch_size);
    communicator alone(MPI_COMM_SELF);
    trainer<network::mlp, batch_size> plain(seed{1});
    data_parallel<trainer<network::mlp, in_shard>, data_parallel_options{.shards = shards}> t(alone, seed{1});
    const auto [plain_ns, shards_ns] = compare(
        ranks,
        [&] {
            const auto [images, labels] = inputs_of<network::mlp, batch_size>(work, 0);
            plain.run<&bench::train::outputs::train, &bench::train::outputs::loss>(images, labels);
        },
        [&] {
            t.run_shards<&bench::train::outputs::train, &bench::train::outputs::loss>([&](int shard) {
                return inputs_of<network::mlp, in_shard>(work, static_cast<std::size_t>(shard) * in_shard);
            });
        });
    print(ranks, "plain_step", "mlp_32", 0, plain_ns);
    print(ranks, "shards_step", "mlp_4_shards_of_8", 0, shards_ns);
}

void measure_messages(communicator& ranks) {
    for (std::int64_t bytes = 8; bytes <= std::int64_t{16} << 20; bytes *= 8) {
        std::vector<float> flat(static_cast<std::size_t>(bytes) / sizeof(float), 1e-3F);
        const auto [ns] = compare(ranks, [&] {
            MPI_Allreduce(MPI_IN_PLACE, flat.data(), static_cast<int>(flat.size()), MPI_FLOAT, MPI_SUM, MPI_COMM_WORLD);
        });
        print(ranks, "message", "all_reduce", bytes, ns);
    }
}

}  // namespace

int main(int argc, char** argv) {
    const mpi_environment mpi(argc, argv);
    communicator ranks(mpi);
    measure_net<network::mlp>(ranks, "mlp");
    measure_net<network::conv>(ranks, "conv");
    if (ranks.size() == 1) measure_shards(ranks);
    else measure_messages(ranks);
}
