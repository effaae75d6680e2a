// SPDX-License-Identifier: BSL-1.0
// The summary of what a rank trains: of its model (io/summary.hpp), and what it sends in a call, which is settled by
// the compiler.
//
//     if (ranks.is_root()) std::cout << summary(t);                  // 784-500-10, .bucket_bytes = 65'536
//
//     2 buckets of gradients, 1,590,040 bytes (1.6 MiB); on each rank slots of 3,180,080 bytes (3.1 MiB)
//       20,040 bytes (19.6 KiB), 2 gradients: begins behind step 9 of 31
#pragma once

#include <ambit/diagnostics/grouped_number.hpp>
#include <ambit/distributed/data_parallel.hpp>
#include <ambit/io/summary.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

namespace AMBIT_NAMESPACE::distributed_parts {

/// Behind which step of a call for all outputs each bucket begins its way: those that fill it are steps of their own.
template <class Parallel>
inline constexpr auto begin_of_buckets = [] {
    using plan = plan_of<typename Parallel::model::planned_graph, plan_parts::all_outputs>;
    std::array<int, Parallel::buckets.size()> begins{};
    for (int s = 0; s < plan::counts.steps; ++s) {
        const int root = plan::value.steps[s].root;
        if (root < 0 || !is_deposit(*plan::view.node(root).op)) continue;
        begins[static_cast<std::size_t>(plan::view.word(root, 0))] = s + 1;
    }
    return begins;
}();

}  // namespace ambit::distributed_parts

namespace AMBIT_NAMESPACE {

/// The lines above, below those of the rank's model.
template <class Trainer, data_parallel_options Options>
[[gnu::cold]] std::string summary(const data_parallel<Trainer, Options>& shown) {
    using parallel = data_parallel<Trainer, Options>;
    using plan = plan_of<typename parallel::model::planned_graph, plan_parts::all_outputs>;
    std::string lines;
    std::int64_t sent = 0;
    for (std::size_t b = 0; b < parallel::buckets.size(); ++b) {
        const gradient_bucket& bucket = parallel::buckets[b];
        sent += bucket.bytes();
        lines += "  " + mistake_parts::readable_bytes(bucket.bytes()) + ", " + std::to_string(bucket.gradients) +
                 (bucket.gradients == 1 ? " gradient" : " gradients") + ": begins behind step " +
                 std::to_string(distributed_parts::begin_of_buckets<parallel>[b]) + " of " +
                 std::to_string(plan::counts.steps) + '\n';
    }
    return summary(shown.net()).text() + std::to_string(parallel::buckets.size()) +
           (parallel::buckets.size() == 1 ? " bucket" : " buckets") + " of gradients, " +
           mistake_parts::readable_bytes(sent) + "; on each rank slots of " +
           mistake_parts::readable_bytes(parallel::slot_bytes) + '\n' + lines;
}

}  // namespace ambit
