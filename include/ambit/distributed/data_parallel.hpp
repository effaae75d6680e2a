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
// (distributed/shards_of_rank.hpp). With `.shard_optimizer_state` each rank holds a part of the optimizer's state
// (distributed/sharded_updates.hpp). Checkpoints of both are those of one machine (distributed/checkpoints.hpp).
//
// On one rank nothing is copied and nobody is asked; gradients are stored, which a model of one machine may leave out.
#pragma once

#include <ambit/distributed/gradient_buckets.hpp>
#include <ambit/distributed/same_model.hpp>
#include <ambit/distributed/sharded_updates.hpp>
#include <ambit/distributed/shards_of_rank.hpp>
#include <ambit/math/number_text.hpp>
#include <ambit/model/any_batch_model.hpp>
#include <ambit/model/model.hpp>
#include <ambit/optim/minimize.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace AMBIT_NAMESPACE {

/// Settled while the module is built.
struct data_parallel_options {
    /// Gradients travel together up to so many bytes. What is less than an eighth of it takes the next gradient along,
    /// however large that is.
    std::int64_t bucket_bytes = std::int64_t{1} << 20;
    /// Every so many steps all ranks compare their weights and the state of their optimizers; 0: never.
    std::int64_t check_weights_every = 0;
    /// In each step all ranks tell each other whether their own gradients are finite: one more exchange, of 8 bytes,
    /// and one more look at the gradients. If those of a rank are not, all of them end with its number and the step.
    bool check_gradients = false;
    /// The same bits on any number of ranks: each batch is cut into so many shards, a power of two, and `run_shards`
    /// takes the place of `run`. 0: MPI chooses the order of sums.
    int shards = 0;
    /// So many ranks, and no other number, each hold and update one part of the optimizer's slots: their memory is
    /// divided by it. 0: each rank holds all of them.
    int shard_optimizer_state = 0;
};

/// What `run_shards` may be given for a shard whose mean counts for more or less than those of others.
template <class... Inputs> struct weighted_inputs {
    double weight = 1;
    std::tuple<Inputs...> inputs;
};
template <class... Inputs> weighted_inputs(double, std::tuple<Inputs...>) -> weighted_inputs<Inputs...>;

}  // namespace ambit

namespace AMBIT_NAMESPACE::distributed_parts {

/// A module whose `minimize` follows a rule.
template <class Module, class Rule> struct trained_by {
    template <class... Tensors>
    constexpr auto operator()(scope& s, const Tensors&... inputs) const -> decltype(Module{}(s, inputs...)) {
        s.builder()->set_update_rule(Rule::rule());
        return Module{}(s, inputs...);
    }
};

template <data_parallel_options Options>
using rule_of = std::conditional_t<(Options.shard_optimizer_state > 1),
                                   updates_of_parts<Options.bucket_bytes, Options.shard_optimizer_state>,
                                   updates_by_means<Options.bucket_bytes>>;

template <class... Inputs> constexpr double weight_of(const std::tuple<Inputs...>&) { return 1; }
template <class... Inputs> constexpr double weight_of(const weighted_inputs<Inputs...>& of) { return of.weight; }
template <class... Inputs> constexpr const auto& inputs_in(const std::tuple<Inputs...>& of) { return of; }
template <class... Inputs> constexpr const auto& inputs_in(const weighted_inputs<Inputs...>& of) { return of.inputs; }

}  // namespace ambit::distributed_parts

namespace AMBIT_NAMESPACE {

template <class Trainer, data_parallel_options Options = data_parallel_options{}> class data_parallel;

/// A trainer on each rank of a communicator, which outlives it.
template <storage Storage, class Module, class... Inputs, data_parallel_options Options>
class data_parallel<stored_model<Storage, Module, Inputs...>, Options> {
    static constexpr bool has_any_batch = graph_parts::any_batch_inputs<Inputs...>;
    static constexpr bool has_parts = Options.shard_optimizer_state > 1;

public:
    using model = stored_model<Storage, distributed_parts::trained_by<Module, distributed_parts::rule_of<Options>>,
                               Inputs...>;
    using outputs = typename model::outputs;
    /// The model that trains on one machine.
    using trainer = stored_model<Storage, Module, Inputs...>;

    /// What one call sends, in this order.
    static constexpr const auto& buckets = buckets_of<typename model::graph>;
    static_assert(Options.shards == 0 || distributed_parts::is_power_of_two(Options.shards),
                  "[ambit] shards are added by pairs: .shards is a power of two");
    static_assert(Options.shards == 0 || Options.shard_optimizer_state == 0,
                  "[ambit] shards of a batch are added on all ranks: .shards or .shard_optimizer_state, not both");
    static_assert(Options.shards == 0 || !has_any_batch,
                  "[ambit] shards have one size: say that of a shard in place of any_size");

    /// Bytes of the optimizer's slots on each rank.
    static constexpr std::int64_t slot_bytes = [] {
        std::int64_t bytes = 0;
        for (const variable_info& v : model::variables)
            if (v.role == scope_parts::variable_role::slot) bytes += v.bytes();
        return bytes;
    }();

    /// All ranks construct it, with one seed. Throws a `distributed_error`, on all ranks if their models differ: it
    /// names the first variable or op that does.
    data_parallel(communicator& ranks, seed s)
        requires(!has_any_batch)
        : ranks_(&ranks), net_(std::make_unique<model>(held_parameters(s), seed_of(s, ranks))) {
        begin(s);
    }
    /// The same of a model with `any_size`: `most` examples on this rank.
    data_parallel(communicator& ranks, largest_batch most, seed s)
        requires(has_any_batch)
        : ranks_(&ranks), net_(std::make_unique<model>(most, held_parameters(s), seed_of(s, ranks))) {
        begin(s);
    }
    data_parallel(const data_parallel&) = delete;
    data_parallel& operator=(const data_parallel&) = delete;
    ~data_parallel() {
        if (buckets_ && buckets_->is_on_the_way())
            static_cast<void>(net_.release());  // MPI may still write to its arena
    }

    /// `run` of the model, on this rank's inputs; all ranks ask for the same outputs. Throws a `distributed_error` if
    /// the ranks could not communicate, a variable has drifted apart in a step that looks, or, with
    /// `.check_gradients`, gradients of a rank were not finite: weights have taken them by then, and are to be loaded
    /// from a checkpoint.
    template <auto... Members, class... Arguments>
        requires(Options.shards == 0)
    auto run(const Arguments&... arguments) {
        return run_weighted<Members...>(1, arguments...);
    }

    /// The same where ranks have different numbers of examples: the mean over this rank's counts for `weight` times
    /// what one of `ranks` equal ones does, examples · ranks / examples of all ranks. 0: whatever it is. Throws a
    /// `distributed_error`, before anything is sent, if it is below 0, infinite or NaN.
    template <auto... Members, class... Arguments>
        requires(Options.shards == 0)
    auto run_weighted(double weight, const Arguments&... arguments) {
        expect_weight(weight);
        look_at_weights();
        const distributed_parts::set_while whole(distributed_parts::bound_buckets, buckets_ ? &*buckets_ : nullptr);
        const distributed_parts::set_while parts(distributed_parts::bound_parts, parts_ ? &*parts_ : nullptr);
        if (buckets_) buckets_->set_weight(weight);
        if (parts_) parts_->set_weight(weight);
        return checked([&]() -> decltype(auto) { return net_->template run<Members...>(arguments...); });
    }

    template <auto... Members, class... Arguments>
        requires(Options.shards == 0 && model::template run_returns_views<Members...>)
    AMBIT_REFUSES("results are views, which would outlive the temporary model: give the model a name")
    auto run(const Arguments&... arguments) && {
        return run_weighted<Members...>(1, arguments...);
    }
    template <auto... Members, class... Arguments>
        requires(Options.shards == 0 && model::template run_returns_views<Members...>)
    AMBIT_REFUSES("results are views, which would outlive the temporary model: give the model a name")
    auto run_weighted(double weight, const Arguments&... arguments) && {
        return static_cast<data_parallel&>(*this).template run_weighted<Members...>(weight, arguments...);
    }

    /// One step on a batch in shards: `inputs_of(shard)` answers the inputs of a shard, from 0 on, as a tuple, or as
    /// `weighted_inputs`, and is called for this rank's own. Updates happen once, from the gradients of all shards.
    /// Answers, for each scalar among the outputs, its mean over all shards, the same on all ranks: a double, or an
    /// array of them.
    template <auto... Members, class InputsOf>
        requires(Options.shards > 0)
    auto run_shards(const InputsOf& inputs_of) {
        look_at_weights();
        const distributed_parts::set_while bound(distributed_parts::bound_buckets, &*buckets_);
        return checked([&] {
            return shards_->template run<model::template selection<Members...>()>(
                *net_, *buckets_, [&](auto& net, int shard) {
                    const auto given = inputs_of(shard);
                    const double weight = distributed_parts::weight_of(given);
                    expect_weight(weight);
                    buckets_->set_weight(weight);
                    return std::apply([&](const auto&... inputs) { return net.template run<Members...>(inputs...); },
                                      distributed_parts::inputs_in(given));
                });
        });
    }

    /// Throws a `distributed_error` on all ranks that names the first variable which is not the same on all of them:
    /// among those that are trained, and the state of the optimizer where each rank has all of it.
    void expect_same_weights() const {
        distributed_parts::expect_same_weights<typename model::graph>(*ranks_, net_->parameters(), has_parts);
    }

    /// How long gradients of all steps so far were on their way, and how much of it this rank has waited.
    communication_times communication() const {
        if (buckets_) return buckets_->times();
        return parts_ ? parts_->times() : communication_times{};
    }

    /// The model of this rank: its variables are to be read and saved; whoever writes them does so on all ranks.
    model& net() { return *net_; }
    const model& net() const { return *net_; }
    communicator& ranks() const { return *ranks_; }

    /// Gives all ranks the parameters of one of them, but for slots of which each has its part: after that has loaded a
    /// checkpoint.
    [[gnu::cold]] void broadcast_parameters(int root = 0) {
        for_each_parameter([&](std::size_t v, std::byte* memory) {
            if (!is_own_part(v)) ranks_->broadcast(std::span(memory, held_parameters::bytes_of(v)), root);
        });
    }
    /// Whether a variable is a slot of which this rank has a part of its own.
    static constexpr bool is_own_part(std::size_t v) {
        return has_parts && model::variables[v].role == scope_parts::variable_role::slot;
    }
    /// The local variables of each shard of this rank; with no shards, of none.
    std::vector<std::vector<std::byte>>* locals_of_shards() {
        if constexpr (Options.shards > 0) return &shards_->locals();
        else return nullptr;
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
    using held_parameters = ambit::parameters<typename model::graph>;
    struct no_shards {};
    template <bool HasShards> static auto type_of_shards() {
        if constexpr (HasShards) {
            using gradients = distributed_parts::gradients_alone<Options.bucket_bytes>;
            using short_model = stored_model<Storage, distributed_parts::trained_by<Module, gradients>, Inputs...>;
            return std::type_identity<distributed_parts::shards_of_rank<model, short_model>>();
        } else {
            return std::type_identity<no_shards>();
        }
    }

    static constexpr seed seed_of(seed s, const communicator& ranks) {
        return distributed_parts::seed_of_rank(s, ranks.rank());
    }
    [[gnu::cold]] void begin(seed s) {
        const int ranks = ranks_->size();
        distributed_parts::expect_same_model<typename model::graph>(*ranks_);
        if (Options.shard_optimizer_state > 0 && ranks != Options.shard_optimizer_state)
            ranks_->refuse(distributed_fault::rank_count,
                           "the state of the optimizer is for " + std::to_string(Options.shard_optimizer_state) +
                               " ranks",
                           "start as many, or say .shard_optimizer_state = " + std::to_string(ranks));
        if constexpr (Options.shards > 0) {
            if (Options.shards % ranks != 0)
                ranks_->refuse(distributed_fault::rank_count,
                               std::to_string(Options.shards) + " shards are not shared by " + std::to_string(ranks) +
                                   " ranks equally",
                               "start 1, 2, 4 of them, or any power of two up to the number of shards");
            shards_.emplace(*ranks_, *net_, Options.shards / ranks, s);
        }
        if constexpr (has_parts) parts_.emplace(*ranks_, buckets, Options.check_gradients);
        else if (ranks > 1 || Options.shards > 0 || Options.check_gradients)
            buckets_.emplace(*ranks_, buckets, Options.shards / ranks, Options.check_gradients);
        broadcast_parameters();
    }
    void expect_weight(double weight) const {
        if (weight >= 0 && weight <= (std::numeric_limits<double>::max)()) return;
        core_parts::short_text said;
        math_parts::append_real(said, weight);
        ranks_->refuse(distributed_fault::illegal_weight, "the weight of a mean is " + std::string(said.view()),
                       "it is examples * ranks / examples of all ranks: a number from 0 on");
    }
    void look_at_weights() const {
        if constexpr (Options.check_weights_every > 0)
            if (const std::int64_t step = ranks_->step(); step > 0 && step % Options.check_weights_every == 0)
                expect_same_weights();
    }

    /// A step of the ranks, and what they look at behind it.
    template <class Step> decltype(auto) checked(const Step& step) {
        if constexpr (!Options.check_gradients) {
            return ranks_->run(step);
        } else if constexpr (std::is_void_v<std::invoke_result_t<const Step&>>) {
            ranks_->run(step);
            expect_finite_gradients();
        } else {
            decltype(auto) result = ranks_->run(step);
            expect_finite_gradients();
            return result;
        }
    }
    void expect_finite_gradients() {
        const bool were_finite = buckets_ ? buckets_->were_finite() : parts_->were_finite();
        const std::vector<std::uint64_t> of_all = ranks_->all_gather(std::uint64_t{were_finite ? 1U : 0U});
        const auto first = std::find(of_all.begin(), of_all.end(), 0U);
        if (first == of_all.end()) return;
        ranks_->refuse(distributed_fault::not_finite,
                       "gradients of rank " + std::to_string(first - of_all.begin()) + " were infinite or NaN",
                       "look at its examples of this step, take smaller steps or clip, and go on from a checkpoint");
    }

    template <class Visit> void for_each_parameter(const Visit& visit) {
        if (ranks_->size() == 1) return;
        const auto& parameters = net_->parameters();
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
    std::unique_ptr<model> net_;
    std::optional<distributed_parts::gradient_buckets> buckets_;
    std::optional<distributed_parts::buckets_of_parts> parts_;
    std::optional<typename decltype(type_of_shards<(Options.shards > 0)>())::type> shards_;
};

}  // namespace ambit
