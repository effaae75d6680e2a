// SPDX-License-Identifier: BSL-1.0
// Communication as ops of a module: what a tensor is over all ranks that run the same call.
//
//     tensor mean = all_reduce_mean(reduce_mean(x, {.axes = 0}));      // over the whole batch, not only this rank's
//     tensor all = all_gather(queries, {.ranks = 4});                  // [8, 64] of each rank -> [32, 64]
//
// A module with them runs inside of `communicator::run`, or in a model of `data_parallel`. Elsewhere, and on one rank,
// each is its operand and costs nothing where nobody else reads that. All ranks make the same calls in the same order;
// one that does not lets the others meet their deadline. Gradients are those of the sum of all ranks' losses. What a
// collective meets, `communicator::run` throws; outside of it, a module made for several ranks ends the program.
#pragma once

#include <ambit/core/throw_or_end.hpp>
#include <ambit/distributed/communicator.hpp>
#include <ambit/model/custom_call.hpp>
#include <ambit/ops/all.hpp>

#include <cstdint>
#include <cstring>
#include <string_view>

namespace AMBIT_NAMESPACE {

/// What `broadcast` may be told: which rank's value it is.
struct broadcast_options {
    std::int64_t root = 0;
    std::string_view name = {};
};

/// What `all_gather` and `reduce_scatter_sum` must be told: how many ranks there are, since shapes depend on it. A call
/// on another number of them is refused (`distributed_fault::rank_count`).
struct ranks_options {
    std::int64_t ranks = 1;
    std::string_view name = {};
};

/// The sum of x over all ranks, the same on each: float32, float64, int32 or int64. MPI chooses the order of the sum,
/// so other numbers of ranks give other last bits. The gradient is summed over all ranks, too. MPI's `MPI_Allreduce`.
///
///     tensor seen = all_reduce_sum(reduce_sum(counts));         // -> []
constexpr tensor all_reduce_sum(const tensor& x, const op_options& options = {},
                                const location& at = location::current());

/// The mean of x over all ranks, float32 or float64: their sum, divided. The gradient is the mean over all ranks.
///
///     tensor mean = all_reduce_mean(reduce_mean(x, {.axes = 0}));  // [32, 10] -> [10]
constexpr tensor all_reduce_mean(const tensor& x, const op_options& options = {},
                                 const location& at = location::current());

/// The x of rank `root` on all ranks. Any dtype; float32 and float64 have a gradient: on `root` the sum of what comes
/// from all ranks, elsewhere zero. MPI's `MPI_Bcast`.
///
///     tensor same_noise = broadcast(noise);                     // that of rank 0
constexpr tensor broadcast(const tensor& x, const broadcast_options& options = {},
                           const location& at = location::current());

/// The x of all ranks one behind the other along axis 0, in the order of the ranks: [k, …] becomes [ranks · k, …]. Any
/// dtype; the gradient is `reduce_scatter_sum`. MPI's `MPI_Allgather`.
///
///     tensor all = all_gather(queries, {.ranks = 4});           // [8, 64] -> [32, 64]
constexpr tensor all_gather(const tensor& x, const ranks_options& options, const location& at = location::current());

/// The sum of x over all ranks, of which each keeps its part along axis 0: [ranks · k, …] becomes [k, …]. float32,
/// float64, int32 or int64; the gradient is `all_gather`. MPI's `MPI_Reduce_scatter_block`.
///
///     tensor part = reduce_scatter_sum(x, {.ranks = 4});        // [32, 10] -> [8, 10]
constexpr tensor reduce_scatter_sum(const tensor& x, const ranks_options& options,
                                    const location& at = location::current());

}  // namespace ambit

namespace AMBIT_NAMESPACE::distributed_parts {

using namespace op_parts;

/// Hands an operand on as the result, which may be the same memory.
inline void hand_on(std::byte* to, const std::byte* from, std::int64_t bytes) noexcept {
    if (to != from) std::memcpy(to, from, static_cast<std::size_t>(bytes));
}
template <class T> std::byte* bytes_of(T* values) noexcept { return reinterpret_cast<std::byte*>(values); }
template <class T> const std::byte* bytes_of(const T* values) noexcept {
    return reinterpret_cast<const std::byte*>(values);
}

/// The ranks that a call for so many of them goes over; nullptr if there is this one alone, or none to be asked.
inline communicator* ranks_for(std::int64_t wanted) {
    communicator* const bound = bound_communicator;
    if (bound == nullptr && wanted != 1)
        throw_or_end(distributed_error(distributed_fault::rank_count, 0, 1, 0,
                                       "a module for " + std::to_string(wanted) +
                                           " ranks was called outside of "
                                           "communicator::run",
                                       "call it there"));
    if (bound == nullptr || !bound->has_ranks(wanted) || wanted == 1) return nullptr;
    return bound;
}

/// Base of ops whose kernels communicate. They may write over their operand.
struct collective_op : compute_op {
    using kernel = kernel_tag::custom;
    static constexpr bool in_place = true;

    static constexpr bool is_summed(dtype type) {
        return is_floating(type) || type == dtype::int32 || type == dtype::int64;
    }
    static constexpr inferred refuses_to_sum(const tensor_spec& x) {
        return refuses(mistake::op_dtype, "the operand must be float32, float64, int32 or int64", x);
    }
};

/// The sum over all ranks, on each of them.
struct all_reduce_sum_op : collective_op {
    static constexpr std::string_view name = "all_reduce_sum";

    static constexpr inferred infer(const op_call& call) {
        return is_summed(call.type(0)) ? yields(call.operand(0)) : refuses_to_sum(call.operand(0));
    }
    static constexpr void gradient(gradient_call& call);

    template <class T> static void run(const custom_call& call, T* out, const T* in) noexcept {
        hand_on(bytes_of(out), bytes_of(in), call.result.bytes());
        if (bound_communicator != nullptr)
            bound_communicator->all_reduce(out, call.result.extents.elements(), call.result.type);
    }
};
inline constexpr op_info all_reduce_sum_info = describe<all_reduce_sum_op>();

/// The mean over all ranks, on each of them.
struct all_reduce_mean_op : collective_op {
    static constexpr std::string_view name = "all_reduce_mean";

    static constexpr inferred infer(const op_call& call) {
        if (!is_floating(call.type(0)))
            return refuses(mistake::op_dtype, "the operand must be float32 or float64", call.operand(0));
        return yields(call.operand(0));
    }
    static constexpr void gradient(gradient_call& call);

    template <class T> static void run(const custom_call& call, T* out, const T* in) noexcept {
        const std::int64_t count = call.result.extents.elements();
        hand_on(bytes_of(out), bytes_of(in), call.result.bytes());
        if (bound_communicator == nullptr || bound_communicator->size() == 1) return;
        if (!bound_communicator->all_reduce(out, count, call.result.type)) return;
        const T ranks = static_cast<T>(bound_communicator->size());
        for (std::int64_t i = 0; i < count; ++i) out[i] /= ranks;
    }
};
inline constexpr op_info all_reduce_mean_info = describe<all_reduce_mean_op>();

/// What ops with a root and those for a number of ranks are told.
struct root_attributes {
    std::int64_t root;
};
struct ranks_attributes {
    std::int64_t ranks;
};

/// The value of one rank.
struct broadcast_op : collective_op {
    static constexpr std::string_view name = "broadcast";
    using attributes = root_attributes;

    static constexpr inferred infer(const op_call& call) {
        const std::int64_t root = call.attributes<attributes>().root;
        if (root < 0) return refuses({"root", static_cast<double>(root), range_of::from(0)}, call.operand(0));
        return yields(call.operand(0));
    }
    static constexpr void gradient(gradient_call& call);

    template <class T> static void run(const custom_call& call, T* out, const T* in) noexcept {
        hand_on(bytes_of(out), bytes_of(in), call.result.bytes());
        if (bound_communicator != nullptr)
            bound_communicator->broadcast(out, call.result.bytes(), int(call.attributes<attributes>().root));
    }
};
inline constexpr op_info broadcast_info = describe<broadcast_op>();

/// The gradient of broadcast: the sum over all ranks on one of them, zero on the others.
struct reduce_to_root_op : collective_op {
    static constexpr std::string_view name = "reduce_to_root";
    using attributes = root_attributes;

    static constexpr inferred infer(const op_call& call) { return all_reduce_mean_op::infer(call); }
    static constexpr void gradient(gradient_call& call);

    template <class T> static void run(const custom_call& call, T* out, const T* in) noexcept {
        hand_on(bytes_of(out), bytes_of(in), call.result.bytes());
        if (bound_communicator == nullptr || bound_communicator->size() == 1) return;
        bound_communicator->all_reduce(out, call.result.extents.elements(), call.result.type);
        if (bound_communicator->rank() != call.attributes<attributes>().root)
            std::memset(out, 0, static_cast<std::size_t>(call.result.bytes()));
    }
};
inline constexpr op_info reduce_to_root_info = describe<reduce_to_root_op>();

/// Base of the two whose shapes depend on the number of ranks.
struct sharing_op : collective_op {
    static constexpr bool in_place = false;
    using attributes = ranks_attributes;

    static constexpr inferred look_at(const op_call& call) {
        const tensor_spec& x = call.operand(0);
        const std::int64_t ranks = call.attributes<attributes>().ranks;
        if (x.extents.rank() < 1) return refuses(mistake::op_shape, "the operand needs an axis that ranks share", x);
        if (ranks < 1) return refuses({"ranks", static_cast<double>(ranks), range_of::from(1)}, x);
        return yields(x);
    }
};

/// The values of all ranks along axis 0.
struct all_gather_op : sharing_op {
    static constexpr std::string_view name = "all_gather";

    static constexpr inferred infer(const op_call& call) {
        inferred all = look_at(call);
        if (all.fault != mistake::none) return all;
        all.result.extents.set(0, call.extents(0)[0] * call.attributes<attributes>().ranks);
        return yields_below_a_terabyte(all.result, call.operand(0));
    }
    static constexpr void gradient(gradient_call& call);

    template <class T> static void run(const custom_call& call, T* out, const T* in) noexcept {
        if (communicator* const ranks = ranks_for(call.attributes<attributes>().ranks))
            ranks->all_gather(bytes_of(in), bytes_of(out), call.operands[0].bytes());
        else hand_on(bytes_of(out), bytes_of(in), call.operands[0].bytes());
    }
};
inline constexpr op_info all_gather_info = describe<all_gather_op>();

/// A rank's part of the sum of all ranks.
struct reduce_scatter_sum_op : sharing_op {
    static constexpr std::string_view name = "reduce_scatter_sum";

    static constexpr inferred infer(const op_call& call) {
        inferred part = look_at(call);
        if (part.fault != mistake::none) return part;
        if (!is_summed(call.type(0))) return refuses_to_sum(call.operand(0));
        const std::int64_t ranks = call.attributes<attributes>().ranks, all = call.extents(0)[0];
        if (all % ranks != 0)
            return refuses(mistake::op_shape, "axis 0 must be a multiple of .ranks, each of which gets a part of it",
                           call.operand(0));
        part.result.extents.set(0, all / ranks);
        return part;
    }
    static constexpr void gradient(gradient_call& call);

    template <class T> static void run(const custom_call& call, T* out, const T* in) noexcept {
        if (communicator* const ranks = ranks_for(call.attributes<attributes>().ranks))
            ranks->reduce_scatter(in, out, call.result.extents.elements(), call.result.type);
        else hand_on(bytes_of(out), bytes_of(in), call.result.bytes());
    }
};
inline constexpr op_info reduce_scatter_sum_info = describe<reduce_scatter_sum_op>();

}  // namespace ambit::distributed_parts

namespace AMBIT_NAMESPACE {

template <> struct op_of<&distributed_parts::all_reduce_sum_info> {
    using type = distributed_parts::all_reduce_sum_op;
};
template <> struct op_of<&distributed_parts::all_reduce_mean_info> {
    using type = distributed_parts::all_reduce_mean_op;
};
template <> struct op_of<&distributed_parts::broadcast_info> {
    using type = distributed_parts::broadcast_op;
};
template <> struct op_of<&distributed_parts::reduce_to_root_info> {
    using type = distributed_parts::reduce_to_root_op;
};
template <> struct op_of<&distributed_parts::all_gather_info> {
    using type = distributed_parts::all_gather_op;
};
template <> struct op_of<&distributed_parts::reduce_scatter_sum_info> {
    using type = distributed_parts::reduce_scatter_sum_op;
};

constexpr tensor all_reduce_sum(const tensor& x, const op_options& options, const location& at) {
    return make_op(distributed_parts::all_reduce_sum_info, {x}, no_attributes{}, options, at);
}
constexpr tensor all_reduce_mean(const tensor& x, const op_options& options, const location& at) {
    return make_op(distributed_parts::all_reduce_mean_info, {x}, no_attributes{}, options, at);
}
constexpr tensor broadcast(const tensor& x, const broadcast_options& options, const location& at) {
    return make_op(distributed_parts::broadcast_info, {x}, distributed_parts::root_attributes{options.root},
                   {options.name}, at);
}
constexpr tensor all_gather(const tensor& x, const ranks_options& options, const location& at) {
    return make_op(distributed_parts::all_gather_info, {x}, distributed_parts::ranks_attributes{options.ranks},
                   {options.name}, at);
}
constexpr tensor reduce_scatter_sum(const tensor& x, const ranks_options& options, const location& at) {
    return make_op(distributed_parts::reduce_scatter_sum_info, {x}, distributed_parts::ranks_attributes{options.ranks},
                   {options.name}, at);
}

}  // namespace ambit

namespace AMBIT_NAMESPACE::distributed_parts {

constexpr void all_reduce_sum_op::gradient(gradient_call& call) { call.give(0, all_reduce_sum(call.upstream())); }
constexpr void all_reduce_mean_op::gradient(gradient_call& call) { call.give(0, all_reduce_mean(call.upstream())); }
constexpr void broadcast_op::gradient(gradient_call& call) {
    call.give(0, make_op(reduce_to_root_info, {call.upstream()}, call.attributes<attributes>(), {}, {}));
}
constexpr void reduce_to_root_op::gradient(gradient_call& call) {
    call.give(0, make_op(broadcast_info, {call.upstream()}, call.attributes<attributes>(), {}, {}));
}
constexpr void all_gather_op::gradient(gradient_call& call) {
    call.give(0, reduce_scatter_sum(call.upstream(), {.ranks = call.attributes<attributes>().ranks}));
}
constexpr void reduce_scatter_sum_op::gradient(gradient_call& call) {
    call.give(0, all_gather(call.upstream(), {.ranks = call.attributes<attributes>().ranks}));
}

}  // namespace ambit::distributed_parts
