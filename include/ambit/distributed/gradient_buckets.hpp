// SPDX-License-Identifier: BSL-1.0
// How gradients become means over all ranks while the way back from the loss goes on. They lie side by side in buckets,
// in the order in which the way back ends them; when the last one of a bucket is there, one non-blocking sum of all of
// it begins, and goes on beside the kernels that follow. Who reads a gradient waits for its bucket.
//
//     deposit_gradient   copies a gradient to its bucket, early (op_info::early); its result says how many meet there
//     collect_gradient   the sum, written over the gradient where nothing else reads that
//
// On one rank neither does anything. The mean is a quotient of the two that joins the loop of the update.
//
// Which gradient lies where is settled while the module is built, and a constant of the graph: `buckets_of<graph>`.
#pragma once

#include <ambit/distributed/collectives.hpp>
#include <ambit/distributed/shard_sum.hpp>
#include <ambit/model/variable_memory.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace AMBIT_NAMESPACE {

/// A run of gradients that travel together.
struct gradient_bucket {
    dtype type = dtype::none;
    int gradients = 0;
    std::int64_t elements = 0;

    constexpr std::int64_t bytes() const { return elements * size_of(type); }
};

}  // namespace ambit

namespace AMBIT_NAMESPACE::distributed_parts {

/// The buckets of a model in memory, and where each of them is in a call. Of a batch in shards, a rank calls the model
/// for each of its own; the last call has the sums of all shards of all ranks, the others keep their own gradients.
class gradient_buckets {
public:
    /// `shards` of this rank; 0: one call is a step, and MPI sums.
    gradient_buckets(communicator& ranks, std::span<const gradient_bucket> planned, int shards)
        : ranks_(&ranks), shards_(shards) {
        for (const gradient_bucket& bucket : planned) {
            state& made = all_.emplace_back();
            made.plan = bucket;
            made.memory = model_parts::allocate_aligned(bucket.bytes());
            if (shards > 0) made.by_shard.emplace(bucket.type, bucket.elements, shards);
        }
    }
    gradient_buckets(const gradient_buckets&) = delete;
    gradient_buckets& operator=(const gradient_buckets&) = delete;
    ~gradient_buckets() {
        for (state& bucket : all_)
            if (bucket.sum != MPI_REQUEST_NULL)
                static_cast<void>(bucket.memory.release());  // MPI may still write to it
    }

    /// The next call is for this shard of the rank's own.
    void begin_shard(int shard) noexcept {
        shard_ = shard;
        for (state& bucket : all_) bucket.deposited = 0;
    }

    void deposit(std::int64_t bucket, std::int64_t offset, const void* gradient, std::int64_t bytes) noexcept {
        state& to = all_[static_cast<std::size_t>(bucket)];
        std::memcpy(to.memory.get() + offset, gradient, static_cast<std::size_t>(bytes));
        for (state& other : all_) ranks_->poke(other.sum);
        if (++to.deposited < to.plan.gradients) return;
        to.deposited = 0;
        if (!to.by_shard) {
            to.is_summed = false;
            ranks_->begin_all_reduce(to.memory.get(), to.plan.elements, to.plan.type, to.sum);
            return;
        }
        to.by_shard->add(shard_, to.memory.get());
        if (shard_ + 1 == shards_) to.by_shard->add_other_ranks(*ranks_);
    }

    /// Writes the sum of a gradient over all ranks, or all shards; leaves it as it is after a failure.
    void collect(std::int64_t bucket, std::int64_t offset, void* gradient, std::int64_t bytes) noexcept {
        state& from = all_[static_cast<std::size_t>(bucket)];
        if (from.by_shard) {
            if (shard_ + 1 == shards_)
                std::memcpy(gradient, from.by_shard->values() + offset, static_cast<std::size_t>(bytes));
            return;
        }
        if (!from.is_summed && !ranks_->finish("all_reduce of gradients", from.sum)) return;
        from.is_summed = true;
        std::memcpy(gradient, from.memory.get() + offset, static_cast<std::size_t>(bytes));
    }

    /// How many gradients a sum is made of.
    int terms() const noexcept { return ranks_->size() * (shards_ > 0 ? shards_ : 1); }

private:
    struct state {
        gradient_bucket plan;
        model_parts::aligned_bytes memory;
        std::optional<shard_sum> by_shard;
        MPI_Request sum = MPI_REQUEST_NULL;
        int deposited = 0;
        bool is_summed = false;
    };

    communicator* ranks_;
    int shards_;
    int shard_ = 0;
    std::vector<state> all_;
};

/// Those of the model that this thread calls; nullptr on one rank.
inline thread_local gradient_buckets* bound_buckets = nullptr;

/// Where a gradient lies: its bucket, and the byte in it at which it begins.
struct place_in_bucket {
    std::int64_t bucket, offset;
};

/// Copies a gradient to its bucket. The result is the number of gradients that meet there.
struct deposit_gradient_op : compute_op {
    static constexpr std::string_view name = "deposit_gradient";
    using kernel = kernel_tag::custom;
    using attributes = place_in_bucket;
    static constexpr bool early = true;

    static constexpr inferred infer(const op_call& call) { return yields({{}, call.type(0)}); }

    template <class T> static void run(const custom_call& call, T* ranks, const T* gradient) noexcept {
        const auto [bucket, offset] = call.attributes<attributes>();
        *ranks = 1;
        if (bound_buckets == nullptr) return;
        bound_buckets->deposit(bucket, offset, gradient, call.operands[0].bytes());
        *ranks = static_cast<T>(bound_buckets->terms());
    }
};
inline constexpr op_info deposit_gradient_info = describe<deposit_gradient_op>();

/// The sum of a gradient over all ranks, from its bucket. Operands: the gradient, and the result of its deposit.
struct collect_gradient_op : collective_op {
    static constexpr std::string_view name = "collect_gradient";
    using attributes = place_in_bucket;

    static constexpr inferred infer(const op_call& call) { return yields(call.operand(0)); }

    template <class T> static void run(const custom_call& call, T* out, const T* gradient, const T*) noexcept {
        const auto [bucket, offset] = call.attributes<attributes>();
        hand_on(bytes_of(out), bytes_of(gradient), call.result.bytes());
        if (bound_buckets != nullptr) bound_buckets->collect(bucket, offset, out, call.result.bytes());
    }
};
inline constexpr op_info collect_gradient_info = describe<collect_gradient_op>();

}  // namespace ambit::distributed_parts

namespace AMBIT_NAMESPACE {

template <> struct op_of<&distributed_parts::deposit_gradient_info> {
    using type = distributed_parts::deposit_gradient_op;
};
template <> struct op_of<&distributed_parts::collect_gradient_info> {
    using type = distributed_parts::collect_gradient_op;
};

}  // namespace ambit

namespace AMBIT_NAMESPACE::distributed_parts {

/// The nodes of some gradients in the order in which the way back ends them: that of their numbers.
constexpr buffer<int> in_order_of_ending(const buffer<tensor>& gradients) {
    buffer<int> order;
    // The way back ends the last variables first: from the last one on most are in order.
    for (int i = gradients.size() - 1; i >= 0; --i) {
        if (gradients[i].builder()->is_inert(gradients[i].id())) continue;
        order.push_back(i);
        for (int k = order.size() - 1; k > 0 && gradients[order[k - 1]].id() > gradients[order[k]].id(); --k) {
            const int later = order[k - 1];
            order[k - 1] = order[k];
            order[k] = later;
        }
    }
    return order;
}

/// The number of the first bucket that the graph does not have yet: a module may train several parts of it.
constexpr std::int64_t first_free_bucket(const graph_builder& builder) {
    std::int64_t free = 0;
    const graph& value = builder.value();
    for (int n = 0; n < value.nodes.size(); ++n) {
        const node& made = value.nodes[n];
        if (made.op->id != deposit_gradient_info.id) continue;
        const std::int64_t bucket = value.words[made.first_word];
        if (bucket >= free) free = bucket + 1;
    }
    return free;
}

/// Puts gradients into buckets of at most so many bytes, or of one gradient; their means take their place.
template <std::int64_t BucketBytes> constexpr void average_gradients(buffer<tensor>& gradients) {
    const buffer<int> order = in_order_of_ending(gradients);
    if (order.empty()) return;
    buffer<place_in_bucket> places;
    buffer<tensor> deposits;
    places.resize(gradients.size(), place_in_bucket{0, 0});
    deposits.resize(gradients.size(), tensor());
    std::int64_t bucket = first_free_bucket(*gradients[order[0]].builder()) - 1, filled = 0;
    dtype type = dtype::none;
    for (const int i : order) {
        const tensor& gradient = gradients[i];
        const std::int64_t bytes = gradient.spec().bytes();
        if (type != gradient.dtype() || filled + bytes > BucketBytes) {
            type = gradient.dtype();
            filled = 0;
            ++bucket;
        }
        places[i] = {bucket, filled};
        filled += bytes;
        deposits[i] = make_op(deposit_gradient_info, {gradient}, places[i], {}, {});
    }
    for (const int i : order)
        gradients[i] = div(make_op(collect_gradient_info, {gradients[i], deposits[i]}, places[i], {}, {}), deposits[i]);
}

/// The bucket that a node of a graph puts something in, or -1.
template <class Graph> constexpr std::int64_t bucket_filled_by(int n) {
    const frozen_node& node = Graph::value.nodes[n];
    return node.op->id == deposit_gradient_info.id ? Graph::value.words[node.first_word] : -1;
}
template <class Graph>
inline constexpr std::size_t bucket_count = [] {
    std::int64_t last = -1;
    for (int n = 0; n < Graph::counts.nodes; ++n)
        if (const std::int64_t bucket = bucket_filled_by<Graph>(n); bucket > last) last = bucket;
    return static_cast<std::size_t>(last + 1);
}();

}  // namespace ambit::distributed_parts

namespace AMBIT_NAMESPACE {

/// The buckets of a graph (a `graph_of`), in the order in which the way back fills them.
template <class Graph>
inline constexpr auto buckets_of = [] {
    std::array<gradient_bucket, distributed_parts::bucket_count<Graph>> buckets{};
    for (int n = 0; n < Graph::counts.nodes; ++n) {
        const std::int64_t number = distributed_parts::bucket_filled_by<Graph>(n);
        if (number < 0) continue;
        const int gradient = Graph::value.operands[Graph::value.nodes[n].first_operand];
        gradient_bucket& bucket = buckets[static_cast<std::size_t>(number)];
        bucket.type = Graph::value.nodes[gradient].result.type;
        bucket.elements += Graph::value.nodes[gradient].result.extents.elements();
        ++bucket.gradients;
    }
    return buckets;
}();

}  // namespace ambit
