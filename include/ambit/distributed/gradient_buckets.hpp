// SPDX-License-Identifier: BSL-1.0
// How gradients become means over all ranks while the way back from the loss goes on. They lie side by side in buckets,
// which are parts of the arena, in the order in which the way back ends them; when the last one of a bucket is there,
// one non-blocking sum of all of it begins, and goes on beside the kernels that follow. Who reads a gradient waits for
// its bucket.
//
//     deposit_gradient   a gradient in its bucket, where its kernel has written it, unless something else reads it too;
//                        early (op_info::early)
//     terms_of_sum       how many gradients meet in a sum; behind each kernel that follows it lets MPI go on
//     collect_gradient   the sum, where the gradient was
//
// On one rank they do nothing. The mean is a quotient that joins the loop of the update. A mean that counts for more or
// less than those of the other ranks is multiplied in the bucket.
//
// Which gradient lies where is settled while the module is built, and a constant of the graph: `buckets_of<graph>`.
#pragma once

#include <ambit/distributed/collectives.hpp>
#include <ambit/distributed/shard_sum.hpp>
#include <ambit/plan/arena.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace AMBIT_NAMESPACE {

/// A run of gradients that travel together: their elements, with what fills gaps and parts up.
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

/// Multiplies gradients by a weight; 0 makes them zeros, whatever they are: the mean of no example is NaN.
template <class T> void weigh(T* values, std::int64_t count, double weight) noexcept {
    if (!(weight < 1 || weight > 1)) return;
    const bool is_zero = !(weight < 0 || weight > 0);
    const T factor = static_cast<T>(weight);
    if (is_zero) std::memset(values, 0, static_cast<std::size_t>(count) * sizeof(T));
    else
        for (std::int64_t i = 0; i < count; ++i) values[i] *= factor;
}

/// Whether the gradients of a step were finite, before they were added to those of other ranks.
class finite_gradients {
public:
    template <class T> void look_at(const T* gradient, std::int64_t count) noexcept {
        int others = 0;  // a number, so that the loop is one of vectors
        for (std::int64_t i = 0; i < count; ++i)
            others |= std::fabs(gradient[i]) <= (std::numeric_limits<T>::max)() ? 0 : 1;
        if (others != 0) were_finite_ = false;
    }
    /// Of all since it was asked last.
    bool take() noexcept { return std::exchange(were_finite_, true); }

private:
    bool were_finite_ = true;
};

/// Where each bucket of a model is in a call. Of a batch in shards, a rank calls the model for each of its own; the
/// last call has the sums of all shards of all ranks, the others end with their gradients.
class gradient_buckets {
public:
    /// `shards` of this rank; 0: one call is a step, and MPI sums. `checks`: whether somebody asks `were_finite`.
    [[gnu::cold]] gradient_buckets(communicator& ranks, std::span<const gradient_bucket> planned, int shards,
                                   bool checks = false)
        : ranks_(&ranks), shards_(shards), checks_(checks) {
        for (const gradient_bucket& bucket : planned) {
            state& made = all_.emplace_back();
            made.plan = bucket;
            if (shards > 0) made.by_shard.emplace(bucket.type, bucket.elements, shards);
        }
    }
    gradient_buckets(const gradient_buckets&) = delete;
    gradient_buckets& operator=(const gradient_buckets&) = delete;

    /// Whether MPI may still write to the arena: so it is after a failure.
    bool is_on_the_way() const noexcept {
        return std::any_of(all_.begin(), all_.end(), [](const state& bucket) { return bucket.sum.is_on_the_way(); });
    }

    /// The next call is for this shard of the rank's own.
    void begin_shard(int shard) noexcept {
        shard_ = shard;
        for (state& bucket : all_) bucket.deposited = 0;
    }
    /// How much the next call's gradients count for, where 1 is as much as those of other ranks.
    void set_weight(double weight) noexcept { weight_ = weight; }
    double weight() const noexcept { return weight_; }
    /// Of this rank's own in the last step.
    bool were_finite() noexcept { return finite_.take(); }

    /// A gradient that lies at this byte of its bucket. What is between it and the next one is made zeros.
    template <class T>
    void deposit(std::int64_t bucket, std::int64_t offset, T* gradient, std::int64_t count) noexcept {
        state& to = all_[static_cast<std::size_t>(bucket)];
        weigh(gradient, count, weight_);
        if (checks_) finite_.look_at(gradient, count);
        const std::int64_t bytes = count * std::int64_t{sizeof(T)};
        std::memset(gradient + count, 0, static_cast<std::size_t>(plan_parts::aligned(bytes) - bytes));
        to.memory = reinterpret_cast<std::byte*>(gradient) - offset;
        if (++to.deposited < to.plan.gradients) return;
        to.deposited = 0;
        if (!to.by_shard) {
            to.sum.begin([&](MPI_Request& request) {
                return ranks_->begin_all_reduce(to.memory, to.plan.elements, to.plan.type, request);
            });
            return;
        }
        to.by_shard->add(shard_, to.memory);
        if (shard_ + 1 == shards_) to.by_shard->add_other_ranks(*ranks_);
    }

    /// Lets MPI go on.
    void poke() noexcept {
        for (state& bucket : all_) bucket.sum.poke(*ranks_, times_);
    }

    /// Writes the sum of a gradient over all ranks, or all shards. After a failure it is any numbers.
    void collect(std::int64_t bucket, std::int64_t offset, std::byte* gradient, std::int64_t bytes) noexcept {
        state& from = all_[static_cast<std::size_t>(bucket)];
        if (!from.by_shard && !from.sum.finish(*ranks_, times_)) return;
        const std::byte* const sum = (from.by_shard ? from.by_shard->values() : from.memory) + offset;
        if (gradient != sum) std::memcpy(gradient, sum, static_cast<std::size_t>(bytes));
    }

    /// How many gradients a sum is made of.
    int terms() const noexcept { return ranks_->size() * (shards_ > 0 ? shards_ : 1); }
    const communication_times& times() const noexcept { return times_; }

private:
    struct state {
        gradient_bucket plan;
        std::byte* memory = nullptr;  // in the arena
        std::optional<shard_sum> by_shard;
        bucket_on_the_way sum;
        int deposited = 0;
    };

    communicator* ranks_;
    int shards_;
    bool checks_;
    int shard_ = 0;
    double weight_ = 1;
    finite_gradients finite_;
    communication_times times_;
    std::vector<state> all_;
};

/// Those of the model that this thread calls; nullptr on one rank.
inline thread_local gradient_buckets* bound_buckets = nullptr;

using graph_parts::place_in_bucket;

/// A gradient in its bucket.
struct deposit_gradient_op : collective_op {
    static constexpr std::string_view name = "deposit_gradient";
    using attributes = place_in_bucket;
    static constexpr bool early = true;
    static constexpr bool side_by_side = true;

    static constexpr inferred infer(const op_call& call) { return yields(call.operand(0)); }

    template <class T> static void run(const custom_call& call, T* out, const T* gradient) noexcept {
        const auto [bucket, offset] = call.attributes<attributes>();
        hand_on(bytes_of(out), bytes_of(gradient), call.result.bytes());
        if (bound_buckets != nullptr) bound_buckets->deposit(bucket, offset, out, call.result.extents.elements());
    }
};
inline constexpr op_info deposit_gradient_info = describe<deposit_gradient_op>();

/// How many gradients a sum is made of. The operand is one that has been deposited, of which only the dtype matters.
struct terms_of_sum_op : compute_op {
    static constexpr std::string_view name = "terms_of_sum";
    using kernel = kernel_tag::custom;
    static constexpr bool early = true;
    static constexpr bool repeated = true;

    static constexpr inferred infer(const op_call& call) { return yields({{}, call.type(0)}); }

    template <class T> static void run(const custom_call&, T* terms, const T*) noexcept {
        *terms = bound_buckets == nullptr ? T{1} : static_cast<T>(bound_buckets->terms());
        if (bound_buckets != nullptr) bound_buckets->poke();
    }
};
inline constexpr op_info terms_of_sum_info = describe<terms_of_sum_op>();

/// The sum of a gradient over all ranks. Operands: one that has been deposited, and the terms of the sum.
struct collect_gradient_op : collective_op {
    static constexpr std::string_view name = "collect_gradient";
    using attributes = place_in_bucket;

    static constexpr inferred infer(const op_call& call) { return yields(call.operand(0)); }

    template <class T> static void run(const custom_call& call, T* out, const T* gradient, const T*) noexcept {
        const auto [bucket, offset] = call.attributes<attributes>();
        if (bound_buckets != nullptr) bound_buckets->collect(bucket, offset, bytes_of(out), call.result.bytes());
        else hand_on(bytes_of(out), bytes_of(gradient), call.result.bytes());
    }
};
inline constexpr op_info collect_gradient_info = describe<collect_gradient_op>();

}  // namespace ambit::distributed_parts

namespace AMBIT_NAMESPACE {

template <> struct op_of<&distributed_parts::deposit_gradient_info> {
    using type = distributed_parts::deposit_gradient_op;
};
template <> struct op_of<&distributed_parts::terms_of_sum_info> {
    using type = distributed_parts::terms_of_sum_op;
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

/// A bucket of fewer bytes than this share of what one may have does not go alone: its collective would take as long as
/// one that has the next gradient besides.
inline constexpr std::int64_t least_share_of_bucket = 8;

/// Where gradients lie, in the order in which the way back ends them, each from where a value of an arena may begin: in
/// buckets of at most so many bytes, but for one gradient, which may be larger, and what little there was before it. Of
/// several parts, an offset is one in the part of the bucket that each of them has, with nothing in between.
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
        if (parts == 1) filled = plan_parts::aligned(filled);
        const bool goes_alone = filled * parts >= most_bytes / least_share_of_bucket;
        if (type != spec.type || (goes_alone && (filled + bytes) * parts > most_bytes)) {
            type = spec.type;
            filled = 0;
            ++bucket;
        }
        placed.places[i] = {bucket, filled};
        filled += bytes;
    }
    return placed;
}

/// Puts gradients into buckets.
constexpr void make_deposits(buffer<tensor>& gradients, const places_in_buckets& placed) {
    for (const int i : placed.order)
        gradients[i] = make_op(deposit_gradient_info, {gradients[i]}, placed.places[i], {}, {});
}

/// `minimize` with means over all ranks in place of gradients.
template <std::int64_t BucketBytes> struct updates_by_means {
    static constexpr void gradients(buffer<tensor>& all, graph_parts::update_rule::places&) {
        const places_in_buckets placed = place_gradients(all, BucketBytes, 1);
        make_deposits(all, placed);
        tensor terms, terms_of_double;
        for (const int i : placed.order) {
            tensor& of_type = all[i].dtype() == dtype::float64 ? terms_of_double : terms;
            if (of_type.builder() == nullptr) of_type = make_op(terms_of_sum_info, {all[i]}, no_attributes{}, {}, {});
        }
        for (const int i : placed.order) {
            const tensor& of_type = all[i].dtype() == dtype::float64 ? terms_of_double : terms;
            all[i] = div(make_op(collect_gradient_info, {all[i], of_type}, placed.places[i], {}, {}), of_type);
        }
    }
    static constexpr graph_parts::update_rule rule() { return {.gradients = &gradients}; }
};

/// `minimize` that ends when all gradients are in their buckets.
template <std::int64_t BucketBytes> struct gradients_alone {
    static constexpr void gradients(buffer<tensor>& all, graph_parts::update_rule::places&) {
        make_deposits(all, place_gradients(all, BucketBytes, 1));
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
        const tensor_spec& spec = Graph::value.nodes[gradient].result;
        bucket.type = spec.type;
        const auto& node = Graph::value.nodes[n];
        if (node.op->id == distributed_parts::deposit_of_parts) {
            const std::int64_t parts = Graph::value.words[node.first_word + 2];
            bucket.elements += distributed_parts::part_of(spec.extents.elements(), parts) * parts;
        } else {
            const std::int64_t begin = Graph::value.words[node.first_word + 1] / size_of(spec.type);
            bucket.elements = begin + spec.extents.elements();  // of the last one
        }
        ++bucket.gradients;
    }
    return buckets;
}();

}  // namespace ambit
