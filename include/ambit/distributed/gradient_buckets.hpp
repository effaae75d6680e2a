// SPDX-License-Identifier: BSL-1.0
// How gradients become means over all ranks while the way back from the loss goes on. They lie side by side in buckets,
// in the order in which the way back ends them; when the last one of a bucket is there, one non-blocking sum of all of
// it begins, and goes on beside the kernels that follow. Who reads a gradient waits for its bucket.
//
//     deposit_gradient   copies a gradient to its bucket, early (op_info::early); its result says how many meet there
//     collect_gradient   the sum, written over the gradient where nothing else reads that
//
// On one rank neither does anything. The mean is a quotient of the two that joins the loop of the update. A mean that
// counts for more or less than those of the other ranks is multiplied on its way into the bucket.
//
// Which gradient lies where is settled while the module is built, and a constant of the graph: `buckets_of<graph>`.
#pragma once

#include <ambit/distributed/collectives.hpp>
#include <ambit/distributed/shard_sum.hpp>
#include <ambit/model/variable_memory.hpp>

#include <array>
#include <chrono>
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

/// How long buckets were on their way, and how much of that ranks did nothing but wait; the rest of it was hidden
/// behind computation. Of several buckets at once each counts.
struct communication_times {
    std::chrono::nanoseconds on_the_way{}, waited{};

    double hidden_share() const {
        return on_the_way.count() == 0
                   ? 1
                   : 1 - static_cast<double>(waited.count()) / static_cast<double>(on_the_way.count());
    }
};

}  // namespace ambit

namespace AMBIT_NAMESPACE::distributed_parts {

/// A collective that goes on while the program does, and how long it takes.
class bucket_on_the_way {
public:
    bool is_on_the_way() const noexcept { return request_ != MPI_REQUEST_NULL; }

    template <class Begin> void begin(const Begin& begin) noexcept {
        begin_ = clock::now();
        is_there_ = !begin(request_);
    }
    void poke(communicator& ranks, communication_times& times) noexcept {
        if (!is_on_the_way()) return;
        ranks.poke(request_);
        if (!is_on_the_way()) times.on_the_way += clock::now() - begin_;
    }
    /// Waits for it, once.
    bool finish(communicator& ranks, communication_times& times) noexcept {
        if (is_there_) return !ranks.has_failed();
        const auto asked = clock::now();
        const bool was_on_the_way = is_on_the_way();
        if (!ranks.finish("all_reduce of gradients", request_)) return false;
        is_there_ = true;
        if (!was_on_the_way) return true;
        const auto end = clock::now();
        times.on_the_way += end - begin_;
        times.waited += end - asked;
        return true;
    }

private:
    using clock = std::chrono::steady_clock;

    MPI_Request request_ = MPI_REQUEST_NULL;
    clock::time_point begin_;
    bool is_there_ = false;
};

/// Copies a gradient, times a weight; of weight 0 zeros, whatever it is: the mean of no example is NaN.
template <class T> void copy_weighted(T* to, const T* from, std::int64_t count, double weight) noexcept {
    const T factor = static_cast<T>(weight);
    if (weight == 1) std::memcpy(to, from, static_cast<std::size_t>(count) * sizeof(T));
    else if (weight == 0) std::memset(to, 0, static_cast<std::size_t>(count) * sizeof(T));
    else
        for (std::int64_t i = 0; i < count; ++i) to[i] = from[i] * factor;
}

/// The buckets of a model in memory, and where each of them is in a call. Of a batch in shards, a rank calls the model
/// for each of its own; the last call has the sums of all shards of all ranks, the others end with their gradients.
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
            if (bucket.sum.is_on_the_way())
                static_cast<void>(bucket.memory.release());  // MPI may still write to it
    }

    /// The next call is for this shard of the rank's own.
    void begin_shard(int shard) noexcept {
        shard_ = shard;
        for (state& bucket : all_) bucket.deposited = 0;
    }
    /// How much the next call's gradients count for, where 1 is as much as those of other ranks.
    void set_weight(double weight) noexcept { weight_ = weight; }
    double weight() const noexcept { return weight_; }

    template <class T>
    void deposit(std::int64_t bucket, std::int64_t offset, const T* gradient, std::int64_t count) noexcept {
        state& to = all_[static_cast<std::size_t>(bucket)];
        copy_weighted(reinterpret_cast<T*>(to.memory.get() + offset), gradient, count, weight_);
        for (state& other : all_) other.sum.poke(*ranks_, times_);
        if (++to.deposited < to.plan.gradients) return;
        to.deposited = 0;
        if (!to.by_shard) {
            to.sum.begin([&](MPI_Request& request) {
                return ranks_->begin_all_reduce(to.memory.get(), to.plan.elements, to.plan.type, request);
            });
            return;
        }
        to.by_shard->add(shard_, to.memory.get());
        if (shard_ + 1 == shards_) to.by_shard->add_other_ranks(*ranks_);
    }

    /// Writes the sum of a gradient over all ranks, or all shards; leaves it as it is after a failure.
    void collect(std::int64_t bucket, std::int64_t offset, void* gradient, std::int64_t bytes) noexcept {
        state& from = all_[static_cast<std::size_t>(bucket)];
        if (!from.by_shard && !from.sum.finish(*ranks_, times_)) return;
        const std::byte* const sums = from.by_shard ? from.by_shard->values() : from.memory.get();
        std::memcpy(gradient, sums + offset, static_cast<std::size_t>(bytes));
    }

    /// How many gradients a sum is made of.
    int terms() const noexcept { return ranks_->size() * (shards_ > 0 ? shards_ : 1); }
    const communication_times& times() const noexcept { return times_; }

private:
    struct state {
        gradient_bucket plan;
        model_parts::aligned_bytes memory;
        std::optional<shard_sum> by_shard;
        bucket_on_the_way sum;
        int deposited = 0;
    };

    communicator* ranks_;
    int shards_;
    int shard_ = 0;
    double weight_ = 1;
    communication_times times_;
    std::vector<state> all_;
};

/// Those of the model that this thread calls; nullptr on one rank.
inline thread_local gradient_buckets* bound_buckets = nullptr;

using graph_parts::place_in_bucket;

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
        bound_buckets->deposit(bucket, offset, gradient, call.operands[0].extents.elements());
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

/// Whether an op puts a gradient into a bucket: one of this page, or of sharded_updates.hpp.
inline constexpr std::uint64_t deposit_of_whole = graph_parts::op_id("deposit_gradient");
inline constexpr std::uint64_t deposit_of_parts = graph_parts::op_id("deposit_gradient_parts");
constexpr bool is_deposit(const op_info& op) { return op.id == deposit_of_whole || op.id == deposit_of_parts; }

/// The number of the first bucket that the graph does not have yet: a module may train several parts of it.
constexpr std::int64_t first_free_bucket(const graph_builder& builder) {
    std::int64_t free = 0;
    const graph& value = builder.value();
    for (int n = 0; n < value.nodes.size(); ++n) {
        const node& made = value.nodes[n];
        if (!is_deposit(*made.op)) continue;
        const std::int64_t bucket = value.words[made.first_word];
        if (bucket >= free) free = bucket + 1;
    }
    return free;
}

/// How many elements each of so many parts of a tensor has: the last ones are filled up with zeros.
constexpr std::int64_t part_of(std::int64_t elements, std::int64_t parts) { return (elements + parts - 1) / parts; }

/// Where gradients lie, in the order in which the way back ends them: in buckets of at most so many bytes, or of one
/// gradient. Of several parts, an offset is one in the part of the bucket that each of them has.
struct places_in_buckets {
    buffer<int> order;
    buffer<place_in_bucket> places;
};
constexpr places_in_buckets place_gradients(const buffer<tensor>& gradients, std::int64_t most_bytes,
                                            std::int64_t parts) {
    places_in_buckets placed{in_order_of_ending(gradients), {}};
    if (placed.order.empty()) return placed;
    placed.places.resize(gradients.size(), place_in_bucket{0, 0});
    std::int64_t bucket = first_free_bucket(*gradients[placed.order[0]].builder()) - 1, filled = 0;
    dtype type = dtype::none;
    for (const int i : placed.order) {
        const tensor_spec& spec = gradients[i].spec();
        const std::int64_t bytes = part_of(spec.extents.elements(), parts) * size_of(spec.type);
        if (type != spec.type || (filled + bytes) * parts > most_bytes) {
            type = spec.type;
            filled = 0;
            ++bucket;
        }
        placed.places[i] = {bucket, filled};
        filled += bytes;
    }
    return placed;
}

/// Puts gradients into buckets; what is known of each is the result of its deposit.
constexpr buffer<tensor> make_deposits(const buffer<tensor>& gradients, const places_in_buckets& placed) {
    buffer<tensor> deposits = gradients;
    for (const int i : placed.order)
        deposits[i] = make_op(deposit_gradient_info, {gradients[i]}, placed.places[i], {}, {});
    return deposits;
}

/// `minimize` with means over all ranks in place of gradients.
template <std::int64_t BucketBytes> struct updates_by_means {
    static constexpr void gradients(buffer<tensor>& all, graph_parts::update_rule::places&) {
        const places_in_buckets placed = place_gradients(all, BucketBytes, 1);
        const buffer<tensor> deposits = make_deposits(all, placed);
        for (const int i : placed.order)
            all[i] = div(make_op(collect_gradient_info, {all[i], deposits[i]}, placed.places[i], {}, {}), deposits[i]);
    }
    static constexpr graph_parts::update_rule rule() { return {.gradients = &gradients}; }
};

/// `minimize` that ends when all gradients are in their buckets.
template <std::int64_t BucketBytes> struct gradients_alone {
    static constexpr void gradients(buffer<tensor>& all, graph_parts::update_rule::places&) {
        all = make_deposits(all, place_gradients(all, BucketBytes, 1));
    }
    static constexpr graph_parts::update_rule rule() { return {.gradients = &gradients, .updates = false}; }
};

/// The bucket that a node of a graph puts something in, or -1.
template <class Graph> constexpr std::int64_t bucket_filled_by(int n) {
    const frozen_node& node = Graph::value.nodes[n];
    return is_deposit(*node.op) ? Graph::value.words[node.first_word] : -1;
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
        // Of parts, with what fills up the last of them.
        const auto& node = Graph::value.nodes[n];
        const std::int64_t parts =
            node.op->id == distributed_parts::deposit_of_parts ? Graph::value.words[node.first_word + 2] : 1;
        bucket.elements +=
            distributed_parts::part_of(Graph::value.nodes[gradient].result.extents.elements(), parts) * parts;
        ++bucket.gradients;
    }
    return buckets;
}();

}  // namespace ambit
