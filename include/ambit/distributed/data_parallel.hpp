// SPDX-License-Identifier: BSL-1.0
// Training on several ranks, each with its part of every batch: their gradients are averaged before the updates.
//
//     using trainer = model<classifier, input<float, 16, 784>, input<std::int32_t, 16>>;
//     data_parallel<trainer> t(ranks, seed{1});
//     float loss = t.run<&outputs::train, &outputs::loss>(images, labels);       // this rank's 16 of the batch
//     if (ranks.is_root()) save(t.net(), "classifier.safetensors");
//
// The module is the one that trains on one machine. What a user may count on:
//
// - All ranks begin with the weights of rank 0, and every `minimize` gets the mean of the gradients of all ranks. A
//   loss that is a mean over 16 examples trains, on 2 ranks, as one over 32; sums are in MPI's order, and so the last
//   bits depend on the number of ranks.
// - Clipping looks at the means: by global norm it is that of the whole batch.
// - Losses, metrics and moving averages of batch normalization are of each rank's own examples: `ranks.mean(loss)` is
//   that of all, and `average_statistics()` gives all ranks the mean of the moving averages, before they evaluate or
//   save.
// - Ranks draw other random numbers (dropout); rank 0 draws those of a model on one machine.
//
// With `.shards` a batch has a fixed number of shards, and its weights the same bits on any number of ranks
// (distributed/shards_of_rank.hpp).
//
// On one rank nothing is copied and nobody is asked; gradients are stored, which a model of one machine may leave out.
#pragma once

#include <ambit/distributed/gradient_buckets.hpp>
#include <ambit/distributed/same_model.hpp>
#include <ambit/distributed/shards_of_rank.hpp>
#include <ambit/model/model.hpp>
#include <ambit/optim/minimize.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <utility>

namespace AMBIT_NAMESPACE {

/// Settled while the module is built.
struct data_parallel_options {
    /// Gradients travel together up to so many bytes; a larger one travels alone.
    std::int64_t bucket_bytes = std::int64_t{1} << 20;
    /// Every so many steps all ranks compare their weights and the state of their optimizers; 0: never.
    std::int64_t check_weights_every = 0;
    /// The same bits on any number of ranks: each batch is cut into so many shards, a power of two, and `run_shards`
    /// takes the place of `run`. 0: MPI chooses the order of sums.
    int shards = 0;
};

}  // namespace ambit

namespace AMBIT_NAMESPACE::distributed_parts {

/// A module whose `minimize` averages gradients over ranks.
template <class Module, std::int64_t BucketBytes> struct averaged_over_ranks {
    template <class... Tensors>
    constexpr auto operator()(scope& s, const Tensors&... inputs) const -> decltype(Module{}(s, inputs...)) {
        s.builder()->set_gradient_rule(&average_gradients<BucketBytes>);
        return Module{}(s, inputs...);
    }
};

}  // namespace ambit::distributed_parts

namespace AMBIT_NAMESPACE {

template <class Trainer, data_parallel_options Options = data_parallel_options{}> class data_parallel;

/// A trainer on each rank of a communicator, which outlives it.
template <storage Storage, class Module, class... Inputs, data_parallel_options Options>
class data_parallel<stored_model<Storage, Module, Inputs...>, Options> {
public:
    using model =
        stored_model<Storage, distributed_parts::averaged_over_ranks<Module, Options.bucket_bytes>, Inputs...>;
    using outputs = typename model::outputs;

    /// What one call sends, in this order.
    static constexpr const auto& buckets = buckets_of<typename model::graph>;
    static_assert(Options.shards == 0 || distributed_parts::is_power_of_two(Options.shards),
                  "[ambit] shards are added by pairs: .shards is a power of two");

    /// All ranks construct it, with one seed. Throws a `distributed_error`, on all ranks if their models differ: it
    /// names the first variable or op that does.
    data_parallel(communicator& ranks, seed s)
        : ranks_(&ranks),
          net_(ambit::parameters<typename model::graph>(s), distributed_parts::seed_of_rank(s, ranks.rank())) {
        distributed_parts::expect_same_model<typename model::graph>(ranks);
        if constexpr (Options.shards > 0) {
            if (Options.shards % ranks.size() != 0)
                ranks.refuse(distributed_fault::rank_count,
                             std::to_string(Options.shards) + " shards are not shared by " +
                                 std::to_string(ranks.size()) + " ranks equally",
                             "start 1, 2, 4 of them, or any power of two up to the number of shards");
            shards_.emplace(ranks, net_, Options.shards / ranks.size(), s);
        }
        if (ranks.size() > 1 || Options.shards > 0) buckets_.emplace(ranks, buckets, Options.shards / ranks.size());
        broadcast_parameters();
    }
    data_parallel(const data_parallel&) = delete;
    data_parallel& operator=(const data_parallel&) = delete;

    /// `run` of the model, on this rank's inputs; all ranks ask for the same outputs. Throws a `distributed_error` if
    /// the ranks could not communicate, or a variable has drifted apart in a step that looks.
    template <auto... Members, class... Arguments>
        requires(Options.shards == 0)
    auto run(const Arguments&... arguments) {
        if (Options.check_weights_every > 0 && ranks_->step() > 0 && ranks_->step() % Options.check_weights_every == 0)
            expect_same_weights();
        const distributed_parts::set_while bound(distributed_parts::bound_buckets, buckets_ ? &*buckets_ : nullptr);
        return ranks_->run([&] { return net_.template run<Members...>(arguments...); });
    }

    /// One step on a batch in shards: `inputs_of(shard)` answers the inputs of a shard, from 0 on, as a tuple, and is
    /// called for this rank's own. Updates happen once, from the gradients of all shards. Answers, for each scalar
    /// among the outputs, its mean over all shards, the same on all ranks: a double, or an array of them.
    template <auto... Members, class InputsOf>
        requires(Options.shards > 0)
    auto run_shards(const InputsOf& inputs_of) {
        if (Options.check_weights_every > 0 && ranks_->step() > 0 && ranks_->step() % Options.check_weights_every == 0)
            expect_same_weights();
        const distributed_parts::set_while bound(distributed_parts::bound_buckets, &*buckets_);
        return ranks_->run([&] {
            return shards_->run(net_, *buckets_, [&](int shard) {
                return std::apply([&](const auto&... inputs) { return net_.template run<Members...>(inputs...); },
                                  inputs_of(shard));
            });
        });
    }

    /// Throws a `distributed_error` on all ranks that names the first variable which is not the same on all of them:
    /// among those that are trained, and the state of the optimizer.
    void expect_same_weights() const {
        distributed_parts::expect_same_weights<typename model::graph>(*ranks_, net_.parameters());
    }

    /// The model of this rank: its variables are to be read and saved; whoever writes them does so on all ranks.
    model& net() { return net_; }
    const model& net() const { return net_; }
    communicator& ranks() const { return *ranks_; }

    /// Gives all ranks the parameters of one of them: after that has loaded a checkpoint.
    void broadcast_parameters(int root = 0) {
        for_each_parameter([&](std::size_t v, std::byte* memory) {
            ranks_->broadcast(std::span(memory, ambit::parameters<typename model::graph>::bytes_of(v)), root);
        });
    }

    /// Gives all ranks the mean of what nobody trains and calls may change, such as moving averages.
    void average_statistics() {
        for_each_parameter([&](std::size_t v, std::byte* memory) {
            const variable_info& variable = model::variables[v];
            if (variable.trainable != 0 || variable.role != scope_parts::variable_role::weight) return;
            if (variable.dtype == dtype::float32) average(reinterpret_cast<float*>(memory), variable);
            if (variable.dtype == dtype::float64) average(reinterpret_cast<double*>(memory), variable);
        });
    }

private:
    template <class Visit> void for_each_parameter(const Visit& visit) {
        if (ranks_->size() == 1) return;
        const auto& parameters = net_.parameters();
        for (std::size_t v = 0; v < model::variables.size(); ++v) {
            if (!parameters.is_shared(v)) continue;
            visit(v, parameters.variables()[v]);
            parameters.raise_generation(v);
        }
    }
    template <class T> void average(T* values, const variable_info& variable) {
        ranks_->all_reduce(values, variable.elements(), variable.dtype);
        ranks_->throw_failure();
        for (std::int64_t i = 0; i < variable.elements(); ++i) values[i] /= static_cast<T>(ranks_->size());
    }

    communicator* ranks_;
    model net_;
    std::optional<distributed_parts::gradient_buckets> buckets_;
    std::optional<distributed_parts::shards_of_rank<model>> shards_;
};

}  // namespace ambit
