// SPDX-License-Identifier: BSL-1.0
// Each rank updates its part of every variable, and holds that part of the optimizer's state alone. A variable of n
// elements, row by row, is cut into as many runs of ⌈n / ranks⌉ as there are ranks; zeros fill up the last ones.
//
//     deposit_gradient_parts   copies a gradient to its bucket, in which the parts of one rank lie side by side
//     collect_gradient_part    this rank's part of the sum over all ranks (reduce-scatter)
//     part_of_rank             this rank's part of a variable: what the optimizer updates
//     deposit_part             copies what it has become to the same bucket
//     collect_whole            the variable, of what all ranks have (all-gather)
//
// Both collectives of a bucket begin when the last of what it takes is there, and go on beside the kernels.
// Source: S. Rajbhandari, J. Rasley, O. Ruwase, Y. He, "ZeRO: memory optimizations toward training trillion parameter
// models", 2020, stage 1.
#pragma once

#include <ambit/distributed/gradient_buckets.hpp>
#include <ambit/model/variable_memory.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace AMBIT_NAMESPACE::distributed_parts {

/// Where the parts of a tensor lie in a block of memory: those of rank r from `stride` · r + `offset` on, all in bytes.
struct parts_in_memory {
    std::byte* memory;
    std::int64_t stride, offset, part;
    int ranks;

    std::byte* of(int rank) const noexcept { return memory + stride * rank + offset; }
    /// How much of a tensor of so many bytes a rank's part has; the rest of it is zeros.
    std::int64_t bytes_of(int rank, std::int64_t bytes) const noexcept {
        return std::clamp(bytes - part * rank, std::int64_t{0}, part);
    }
    void cut(const std::byte* whole, std::int64_t bytes) const noexcept {
        for (int rank = 0; rank < ranks; ++rank) {
            const std::int64_t count = bytes_of(rank, bytes);
            if (count > 0) std::memcpy(of(rank), whole + part * rank, static_cast<std::size_t>(count));
            std::memset(of(rank) + count, 0, static_cast<std::size_t>(part - count));
        }
    }
    void join(std::byte* whole, std::int64_t bytes) const noexcept {
        for (int rank = 0; rank < ranks; ++rank)
            if (const std::int64_t count = bytes_of(rank, bytes); count > 0)
                std::memcpy(whole + part * rank, of(rank), static_cast<std::size_t>(count));
    }
};

/// The buckets of a model whose ranks update parts.
class buckets_of_parts {
public:
    /// `checks`: whether somebody asks `were_finite`.
    buckets_of_parts(communicator& ranks, std::span<const gradient_bucket> planned, bool checks = false)
        : ranks_(&ranks), checks_(checks) {
        for (const gradient_bucket& bucket : planned) {
            state& made = all_.emplace_back();
            made.plan = bucket;
            made.part = bucket.bytes() / ranks.size();
            made.memory = model_parts::allocate_aligned(bucket.bytes());
            made.own = model_parts::allocate_aligned(made.part);
        }
    }
    buckets_of_parts(const buckets_of_parts&) = delete;
    buckets_of_parts& operator=(const buckets_of_parts&) = delete;
    ~buckets_of_parts() {
        for (state& bucket : all_) {
            if (!bucket.sum.is_on_the_way() && !bucket.whole.is_on_the_way()) continue;
            static_cast<void>(bucket.memory.release());  // MPI may still write to them
            static_cast<void>(bucket.own.release());
        }
    }

    void set_weight(double weight) noexcept { weight_ = weight; }
    /// Of this rank's own in the last step.
    bool were_finite() noexcept { return finite_.take(); }

    template <class T>
    void deposit_gradient(std::int64_t bucket, std::int64_t offset, const T* gradient, std::int64_t count) noexcept {
        state& to = all_[static_cast<std::size_t>(bucket)];
        const parts_in_memory parts = parts_of(to, offset, count * std::int64_t{sizeof(T)}, sizeof(T));
        parts.cut(reinterpret_cast<const std::byte*>(gradient), count * std::int64_t{sizeof(T)});
        for (int rank = 0; rank < parts.ranks; ++rank) {
            T* const part = reinterpret_cast<T*>(parts.of(rank));
            const std::int64_t elements = parts.part / std::int64_t{sizeof(T)};
            weigh(part, elements, weight_);
            if (checks_) finite_.look_at(part, elements);
        }
        poke_all();
        if (++to.deposited < to.plan.gradients) return;
        to.deposited = 0;
        to.sum.begin([&](MPI_Request& request) {
            return ranks_->begin_reduce_scatter(to.memory.get(), to.own.get(), to.part / size_of(to.plan.type),
                                                to.plan.type, request);
        });
    }
    void collect_gradient(std::int64_t bucket, std::int64_t offset, void* part, std::int64_t bytes) noexcept {
        state& from = all_[static_cast<std::size_t>(bucket)];
        if (from.sum.finish(*ranks_, times_))
            std::memcpy(part, from.own.get() + offset, static_cast<std::size_t>(bytes));
        else std::memset(part, 0, static_cast<std::size_t>(bytes));
    }

    /// The sum of the bucket has been collected by then: its memory is free.
    void deposit(std::int64_t bucket, std::int64_t offset, const void* part, std::int64_t bytes) noexcept {
        state& to = all_[static_cast<std::size_t>(bucket)];
        std::memcpy(to.memory.get() + to.part * ranks_->rank() + offset, part, static_cast<std::size_t>(bytes));
        poke_all();
        if (++to.updated < to.plan.gradients) return;
        to.updated = 0;
        to.whole.begin([&](MPI_Request& request) {
            return ranks_->begin_all_gather(to.memory.get(), to.part, request);
        });
    }
    /// Leaves the variable as it is after a failure.
    void collect(std::int64_t bucket, std::int64_t offset, std::byte* whole, std::int64_t bytes,
                 std::int64_t element) noexcept {
        state& from = all_[static_cast<std::size_t>(bucket)];
        if (from.whole.finish(*ranks_, times_)) parts_of(from, offset, bytes, element).join(whole, bytes);
    }

    const communication_times& times() const noexcept { return times_; }

private:
    struct state {
        gradient_bucket plan;
        std::int64_t part = 0;  // bytes of one rank
        model_parts::aligned_bytes memory, own;
        bucket_on_the_way sum, whole;
        int deposited = 0, updated = 0;
    };

    parts_in_memory parts_of(state& bucket, std::int64_t offset, std::int64_t bytes, std::int64_t element) noexcept {
        const int ranks = ranks_->size();
        return {bucket.memory.get(), bucket.part, offset,
                distributed_parts::part_of(bytes / element, ranks) * element, ranks};
    }
    void poke_all() noexcept {
        for (state& bucket : all_) {
            bucket.sum.poke(*ranks_, times_);
            bucket.whole.poke(*ranks_, times_);
        }
    }

    communicator* ranks_;
    bool checks_;
    double weight_ = 1;
    finite_gradients finite_;
    communication_times times_;
    std::vector<state> all_;
};

inline thread_local buckets_of_parts* bound_parts = nullptr;

/// Where the parts of a tensor lie: in a bucket, at this byte of what each rank has of it.
struct parts_in_bucket {
    std::int64_t bucket, offset, ranks;
};

/// The buckets of the call; a step outside of `data_parallel` would train a part alone, and ends the program.
inline buckets_of_parts& parts_of_call() {
    if (bound_parts == nullptr)
        throw_or_end(distributed_error(distributed_fault::rank_count, 0, 1, 0,
                                       "a trainer whose ranks share the state of the optimizer was called by itself",
                                       "call run of its data_parallel"));
    return *bound_parts;
}

/// Base of those that know their place.
struct op_of_parts : compute_op {
    using kernel = kernel_tag::custom;
    using attributes = parts_in_bucket;

    static constexpr tensor_spec part_of_operand(const op_call& call) {
        const std::int64_t ranks = call.attributes<attributes>().ranks;
        return {{distributed_parts::part_of(call.extents(0).elements(), ranks)}, call.type(0)};
    }
};

/// The result is the number of gradients that meet there.
struct deposit_gradient_parts_op : op_of_parts {
    static constexpr std::string_view name = "deposit_gradient_parts";
    static constexpr bool early = true;

    static constexpr inferred infer(const op_call& call) { return yields({{}, call.type(0)}); }

    template <class T> static void run(const custom_call& call, T* ranks, const T* gradient) noexcept {
        const auto [bucket, offset, count] = call.attributes<attributes>();
        parts_of_call().deposit_gradient(bucket, offset, gradient, call.operands[0].extents.elements());
        *ranks = static_cast<T>(count);
    }
};
inline constexpr op_info deposit_gradient_parts_info = describe<deposit_gradient_parts_op>();

/// Operands: the gradient, of which only the shape matters, and the result of its deposit.
struct collect_gradient_part_op : op_of_parts {
    static constexpr std::string_view name = "collect_gradient_part";

    static constexpr inferred infer(const op_call& call) { return yields(part_of_operand(call)); }

    template <class T> static void run(const custom_call& call, T* part, const T*, const T*) noexcept {
        const auto [bucket, offset, count] = call.attributes<attributes>();
        parts_of_call().collect_gradient(bucket, offset, part, call.result.bytes());
    }
};
inline constexpr op_info collect_gradient_part_info = describe<collect_gradient_part_op>();

/// This rank's run of a tensor's elements.
struct part_of_rank_op : op_of_parts {
    static constexpr std::string_view name = "part_of_rank";

    static constexpr inferred infer(const op_call& call) { return yields(part_of_operand(call)); }

    template <class T> static void run(const custom_call& call, T* part, const T* whole) noexcept {
        const int rank = bound_communicator == nullptr ? 0 : bound_communicator->rank();
        const std::int64_t bytes = call.result.bytes();
        const parts_in_memory own{bytes_of(part), 0, 0, bytes, 1};
        const std::int64_t count = own.bytes_of(rank, call.operands[0].bytes());
        if (count > 0) std::memcpy(part, bytes_of(whole) + bytes * rank, static_cast<std::size_t>(count));
        std::memset(bytes_of(part) + count, 0, static_cast<std::size_t>(bytes - count));
    }
};
inline constexpr op_info part_of_rank_info = describe<part_of_rank_op>();

struct deposit_part_op : op_of_parts {
    static constexpr std::string_view name = "deposit_part";
    static constexpr bool early = true;

    static constexpr inferred infer(const op_call& call) { return yields({{}, call.type(0)}); }

    template <class T> static void run(const custom_call& call, T* ranks, const T* part) noexcept {
        const auto [bucket, offset, count] = call.attributes<attributes>();
        parts_of_call().deposit(bucket, offset, part, call.operands[0].bytes());
        *ranks = static_cast<T>(count);
    }
};
inline constexpr op_info deposit_part_info = describe<deposit_part_op>();

/// Operands: the variable's old value, and the result of the deposit of its part.
struct collect_whole_op : op_of_parts {
    static constexpr std::string_view name = "collect_whole";
    static constexpr bool in_place = true;

    static constexpr inferred infer(const op_call& call) { return yields(call.operand(0)); }

    template <class T> static void run(const custom_call& call, T* out, const T* before, const T*) noexcept {
        const auto [bucket, offset, count] = call.attributes<attributes>();
        hand_on(bytes_of(out), bytes_of(before), call.result.bytes());
        parts_of_call().collect(bucket, offset, bytes_of(out), call.result.bytes(), sizeof(T));
    }
};
inline constexpr op_info collect_whole_info = describe<collect_whole_op>();

}  // namespace ambit::distributed_parts

namespace AMBIT_NAMESPACE {

template <> struct op_of<&distributed_parts::deposit_gradient_parts_info> {
    using type = distributed_parts::deposit_gradient_parts_op;
};
template <> struct op_of<&distributed_parts::collect_gradient_part_info> {
    using type = distributed_parts::collect_gradient_part_op;
};
template <> struct op_of<&distributed_parts::part_of_rank_info> {
    using type = distributed_parts::part_of_rank_op;
};
template <> struct op_of<&distributed_parts::deposit_part_info> {
    using type = distributed_parts::deposit_part_op;
};
template <> struct op_of<&distributed_parts::collect_whole_info> {
    using type = distributed_parts::collect_whole_op;
};

}  // namespace ambit

namespace AMBIT_NAMESPACE::distributed_parts {

/// How `minimize` updates parts: what graph_parts::update_rule asks for.
template <std::int64_t BucketBytes, int Ranks> struct updates_of_parts {
    static constexpr parts_in_bucket in(const place_in_bucket& place) { return {place.bucket, place.offset, Ranks}; }

    static constexpr void gradients(buffer<tensor>& all, graph_parts::update_rule::places& places) {
        const places_in_buckets placed = place_gradients(all, BucketBytes, Ranks);
        places = placed.places;
        buffer<tensor> deposits;
        deposits.resize(all.size(), tensor());
        for (const int i : placed.order)
            deposits[i] = make_op(deposit_gradient_parts_info, {all[i]}, in(placed.places[i]), {}, {});
        for (const int i : placed.order)
            all[i] = div(make_op(collect_gradient_part_info, {all[i], deposits[i]}, in(placed.places[i]), {}, {}),
                         deposits[i]);
    }
    static constexpr tensor part(const tensor& value) {
        return make_op(part_of_rank_info, {value}, parts_in_bucket{0, 0, Ranks}, {}, {});
    }
    static constexpr tensor of_all_ranks(const tensor& own) {
        return all_gather(reshape(own, {1}), {.ranks = Ranks});
    }
    static constexpr tensor largest(const tensor& own) { return reduce_max(of_all_ranks(own)); }
    static constexpr tensor total(const tensor& own) { return reduce_sum(of_all_ranks(own)); }

    /// Each part goes to the bucket that its gradient came from.
    static constexpr void wholes(buffer<tensor>& next, const buffer<tensor>& before,
                                 const graph_parts::update_rule::places& places) {
        buffer<tensor> deposits;
        for (int i = 0; i < next.size(); ++i)
            deposits.push_back(make_op(deposit_part_info, {next[i]}, in(places[i]), {}, {}));
        for (int i = 0; i < next.size(); ++i)
            next[i] = make_op(collect_whole_info, {before[i], deposits[i]}, in(places[i]), {}, {});
    }

    static constexpr graph_parts::update_rule rule() {
        return {.gradients = &gradients, .has_parts = true, .part_of = &part, .largest = &largest, .total = &total,
                .wholes = &wholes};
    }
};

}  // namespace ambit::distributed_parts
