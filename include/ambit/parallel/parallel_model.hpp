// SPDX-License-Identifier: BSL-1.0
// Calls of a model whose large steps several threads share: parallelism within an op.
//
//     using trainer = model<classifier, input<float, 128, 784>, input<std::int32_t, 128>>;
//     trainer t(seed{1});
//     thread_pool pool(2);
//     parallel_model<trainer> both(t, pool);
//     float loss = both.run<&outputs::train, &outputs::loss>(images, labels);     // as t.run, with the same bits
//
// What a user may count on:
//
// - Results have the bits of `t.run`, with any number of threads: kernels are split where their tiles end, and every
//   sum is computed by one thread in one order.
// - Which steps are split, the compiler settles by their work: products of matrices by panels of columns or rows,
//   convolutions and their gradients by lines and taps, pooling by images, elementwise loops by rows. Others, and what
//   is too small for threads to wake up, run in the calling thread.
// - A model that nobody makes a parallel model of has none of this in its code, and no call of it starts a thread.
#pragma once

#include <ambit/model/arena_storage.hpp>
#include <ambit/model/model.hpp>
#include <ambit/parallel/split_steps.hpp>

#include <cstddef>
#include <cstdint>

namespace AMBIT_NAMESPACE {

/// Calls `Model`, a model of fixed shapes, with the threads of a pool. Model and pool outlive it. It takes scratch
/// memory for each thread when it is made; beside that, a call allocates what TBB does.
template <class Model> class parallel_model {
    using graph = typename Model::graph;

public:
    static_assert(
        requires { Model::keeps_arena_in_place; },
        "[ambit] a parallel model is made of a model of fixed shapes, not of one with any_size");

    parallel_model(Model& net, thread_pool& pool)
        : net_(&net),
          pool_(&pool),
          scratch_(model_parts::allocate_aligned(pool.size() * parallel_parts::largest_scratch<graph>)) {}

    /// The model, for what is no call: its variables are these.
    Model& net() const noexcept { return *net_; }

    /// As `net()(arguments...)`. Views live until the next call of the model.
    template <class... Arguments> auto operator()(const Arguments&... arguments) {
        return net_->call_by(kernels<plan_parts::all_outputs>(), arguments...);
    }

    /// As `net().run<...>(arguments...)`.
    template <auto... Members, class... Arguments>
        requires model_parts::names_members<Members...>
    auto run(const Arguments&... arguments) {
        return net_->template run_by<Members...>(kernels<Model::template selection<Members...>()>(), arguments...);
    }

private:
    template <std::uint64_t Selected> parallel_parts::split_call<graph, Selected> kernels() const noexcept {
        return {pool_, scratch_.get()};
    }

    Model* net_;
    thread_pool* pool_;
    model_parts::aligned_bytes scratch_;
};

}  // namespace ambit
