// SPDX-License-Identifier: BSL-1.0
// A model whose batch is known at run time only. The compiler checks the module for every batch at once and plans it
// once; memory is taken when a model is made, for the largest batch that it will see.
//
//     using net = model<mlp, input<float, any_size, 784>>;
//     static_assert(net::arena_bytes(32) <= 256_KiB);             // a constexpr function of the largest batch
//     net server(largest_batch{32}, seed{1});
//     auto probabilities = server(images);                        // images: any xtensor of [n, 784], 1 <= n <= 32
//     probabilities.shape(0);                                     // n
//
// A call finds its batch in the arrays that it is given: the extent of an xtensor, the number of elements of a
// `std::span`, divided by those of one example. It allocates nothing. A batch of none or beyond the largest throws a
// `model_error` of kind `batch_size`, two inputs with different batches one of kind `batches_differ`; nothing has
// changed then.
#pragma once

#include <ambit/model/any_batch_executor.hpp>
#include <ambit/model/array_view.hpp>
#include <ambit/model/stored_model.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace AMBIT_NAMESPACE {

/// The largest batch that a model with `any_size` takes memory for.
struct largest_batch {
    std::int64_t value = 1;
};

}  // namespace ambit

namespace AMBIT_NAMESPACE::model_parts {

[[noreturn]] inline void raise_batch(std::int64_t batch, std::int64_t largest, std::int64_t input,
                                     const tensor_spec& had, const tensor_spec& asked) {
    reports mistakes;
    mistakes.begin(mistake::batch_size);
    mistakes.add(detail_tag::input, input);
    mistakes.add(detail_tag::had, had);
    mistakes.add(detail_tag::asked, asked);
    short_text line("a batch of ");
    append_number(line, batch);
    line += ", the model was made for at most ";
    append_number(line, largest);
    mistakes.add(detail_tag::rule, line);
    raise(mistakes, 0);
}

/// Throws `batch_size` if a model cannot be made for a largest batch. Answers that batch.
template <class Graph> std::int64_t checked_largest(std::int64_t largest) {
    reports mistakes;
    short_text line("a largest batch of ");
    append_number(line, largest);
    if (largest < 1) {
        mistakes.begin(mistake::batch_size);
        mistakes.add(detail_tag::rule, line);
        raise(mistakes, 0);
    }
    // Far from where the extents of the largest value overflow.
    const bool is_too_large = largest > core_parts::max_tensor_bytes;
    if (const int unfit = is_too_large ? 0 : Graph::first_unfit(largest); unfit >= 0) {
        mistakes.begin(mistake::batch_size);
        if (!is_too_large) mistakes.add(detail_tag::op, Graph::value.nodes[unfit].op->name);
        line += is_too_large ? " is more than any memory" : " does not suit this op: ";
        if (!is_too_large) line += words_of(Graph::spec_at(unfit, largest));
        mistakes.add(detail_tag::rule, line);
        raise(mistakes, 0);
    }
    return largest;
}

/// Whether some outputs depend on the batch.
template <class Graph, std::uint64_t Selected>
inline constexpr bool depends_on_batch = [] {
    const graph_view graph = plan_parts::view_of(Graph::value, Graph::input_count);
    const buffer<bool> needed = needed_nodes(graph, Selected);
    for (int n = 0; n < graph.node_count; ++n)
        if (needed[n] && Graph::depends_on_batch(n)) return true;
    return false;
}();

/// Outputs may depend on the batch and on no element of an input that has it, as noise of its shape does: then the
/// first such input says it.
template <class Graph, std::uint64_t Selected>
inline constexpr int input_for_batch<plan_parts::planned_graph<Graph>, Selected> = [] {
    if (!depends_on_batch<Graph, Selected>) return -1;
    int first = -1;
    for (int i = 0; i < Graph::input_count - Graph::number_count; ++i) {
        if (!Graph::is_of_batch(i)) continue;
        if (plan_of<plan_parts::planned_graph<Graph>, Selected>::value.input_used[i] != 0) return -1;
        if (first < 0) first = i;
    }
    return first;
}();

template <class Graph, std::uint64_t Selected>
void look_at_findings_of_batch(std::byte* const* variables, std::int64_t batch) {
    for (const int n : findings_of<Graph, Selected>) {
        if (n < 0) return;
        const int variable = static_cast<int>(Graph::value.words[Graph::value.nodes[n].first_word]);
        check_finding found;
        std::memcpy(&found, variables[variable], sizeof found);
        if (found.count == 0) continue;
        const frozen_node& check = Graph::value.nodes[Graph::value.operands[Graph::value.nodes[n].first_operand]];
        throw_failed_check(check.op->id == check_range_info.id, Graph::value.path(variable),
                           Graph::spec_at(Graph::value.operands[check.first_operand], batch), found);
    }
}

}  // namespace ambit::model_parts

namespace AMBIT_NAMESPACE {

template <storage Storage, class Module, class... Inputs>
    requires graph_parts::any_batch_inputs<Inputs...>
class stored_model<Storage, Module, Inputs...>
    : public model_parts::model_base<false, graph_of<Module, Inputs...>,
                                     plan_parts::planned_graph<graph_of<Module, Inputs...>>, Inputs...> {
    using planned = plan_parts::planned_graph<graph_of<Module, Inputs...>>;
    using base = model_parts::model_base<false, graph_of<Module, Inputs...>, planned, Inputs...>;
    static_assert(Storage != storage::in_place, "[ambit] a model with any_size takes its arena from the heap, for its "
                                                "largest batch: model<module, inputs...>");

public:
    using graph = graph_of<Module, Inputs...>;
    using outputs = typename graph::outputs;
    using base::parameters, base::variables;

    /// Bytes of temporary memory for batches of up to `largest`. A batch that is no batch needs none.
    static constexpr std::int64_t arena_bytes(std::int64_t largest) {
        return largest < 1 ? 0 : plan_parts::arena_bytes_at<graph>(largest);
    }

    /// Takes memory for batches of up to `most` and initializes the variables. Throws a `model_error` of kind
    /// `batch_size` if `most` is less than 1 or some op does not allow it, and an `arithmetic_error` as models of one
    /// batch do.
    stored_model(ambit::largest_batch most, seed s)
        : base((model_parts::check_processor(), s)), largest_(model_parts::checked_largest<graph>(most.value)) {
        model_parts::check_arithmetic();
        take_memory();
    }

    /// Shares variables with another model, of any batch.
    template <class Other>
    stored_model(ambit::largest_batch most, const ambit::parameters<Other>& shared, seed of_local_variables = {})
        : base((model_parts::check_processor(), shared), of_local_variables),
          largest_(model_parts::checked_largest<graph>(most.value)) {
        model_parts::check_arithmetic();
        take_memory();
    }

    AMBIT_REFUSES("a model with any_size begins with its largest batch: net server(largest_batch{32}, seed{1})")
    explicit stored_model(seed s) : stored_model(ambit::largest_batch{}, s) {}
    template <class Other>
    AMBIT_REFUSES("a model with any_size begins with its largest batch: net(largest_batch{32}, other.parameters())")
    explicit stored_model(const ambit::parameters<Other>& shared) : stored_model(ambit::largest_batch{}, shared) {}
    AMBIT_REFUSES("a model with any_size begins with its largest batch: net server(largest_batch{32}, seed{1})")
    stored_model() : stored_model(ambit::largest_batch{}, seed{}) {}
    template <std::same_as<stored_model> Other>
    AMBIT_REFUSES("a model is copied in a word: auto second = net.copy(); or shares: net(largest_batch{9}, parameters)")
    stored_model(Other&) : stored_model(ambit::largest_batch{}, seed{}) {}
    template <std::same_as<stored_model> Other>
    AMBIT_REFUSES("a model is copied in a word: second = net.copy(); its values alone: second.assign(net.parameters())")
    stored_model& operator=(Other&) { return *this; }
    stored_model(stored_model&&) = default;
    stored_model& operator=(stored_model&&) = default;

    /// Another model with variables of its own, equal to these, for the same largest batch.
    stored_model copy() const {
        stored_model fresh(ambit::largest_batch{largest_}, parameters_.copy());
        fresh.locals_.assign(locals_);
        return fresh;
    }

    /// What output `k` is, with `any_size` where an extent is the batch.
    static constexpr tensor_spec declared_output(std::size_t k) {
        return graph::declared_spec(graph::value.outputs[int(k)]);
    }

    /// What the model was made for.
    std::int64_t largest_batch() const noexcept { return largest_; }

    // ---- calls ----------------------------------------------------------------------------------------------------

    /// Computes all outputs, as models of one batch do; views have the batch of the call.
    template <class... Arguments> auto operator()(const Arguments&... arguments) {
        if constexpr (refuse_operations())
            return call<plan_parts::all_outputs>(std::make_index_sequence<graph_parts::output_count<outputs>>{},
                                                 arguments...);
    }

    /// Computes the chosen outputs, and only what they depend on; takes exactly the inputs that they depend on.
    template <auto... Members, class... Arguments>
        requires model_parts::names_members<Members...>
    auto run(const Arguments&... arguments) {
        return call<(base::template bit_of<Members>() | ...)>(
            std::index_sequence<base::template position_of<Members>()...>{}, arguments...);
    }
    template <fixed_string... Names, class... Arguments>
        requires model_parts::names_outputs<sizeof...(Names)>
    auto run(const Arguments&... arguments) {
        return call<((std::uint64_t{1} << base::template position_named<Names>()) | ...)>(
            std::index_sequence<base::template position_named<Names>()...>{}, arguments...);
    }

    /// Computes all outputs into the caller's memory: for each output a `std::span` (or a reference to a scalar) with
    /// as many elements as it has at the batch of the inputs, then the inputs.
    template <class... Arguments> void run_into(Arguments&&... arguments) {
        if constexpr (refuse_operations())
            into<plan_parts::all_outputs>(std::make_index_sequence<graph_parts::output_count<outputs>>{}, arguments...);
    }

    /// The same of the chosen outputs, in the order in which they are named: memory for each that is a value, while
    /// operations run, then the inputs that they depend on.
    template <auto... Members, class... Arguments>
        requires model_parts::names_members<Members...>
    void run_into(Arguments&&... arguments) {
        into<(base::template bit_of<Members>() | ...)>(
            base::template values_among<base::template position_of<Members>()...>(), arguments...);
    }
    template <fixed_string... Names, class... Arguments>
        requires model_parts::names_outputs<sizeof...(Names)>
    void run_into(Arguments&&... arguments) {
        into<((std::uint64_t{1} << base::template position_named<Names>()) | ...)>(
            base::template values_among<base::template position_named<Names>()...>(), arguments...);
    }

    /// A call for all outputs whose kernels `run(memory)` runs: io/profile.hpp looks at each of them.
    template <class Run, class... Arguments> void run_by(const Run& run, const Arguments&... arguments) {
        using plan_parts::all_outputs;
        constexpr std::index_sequence_for<Arguments...> inputs;
        refuse_moved_from();
        if constexpr (base::template refuse_count<sizeof...(Arguments), 0, all_outputs>() &&
                      refuse_kernels<all_outputs>() && base::template accepts_all<all_outputs, Arguments...>(inputs))
            execute<all_outputs>(run, batch_of_call<all_outputs>(inputs, arguments...), own_outputs(),
                                 written_by<all_outputs>(), inputs, arguments...);
    }

    template <class... Arguments>
    AMBIT_REFUSES("run computes the outputs that it names: net.run<&outputs::loss>(x); net(x) computes all")
    int run(const Arguments&...) { return 0; }

    template <class... Arguments>
    AMBIT_REFUSES("a call writes into the model's memory, which is constant here: take it by reference, net& first")
    int operator()(const Arguments&...) const& { return 0; }
    template <auto... Members, class... Arguments>
    AMBIT_REFUSES("a call writes into the model's memory, which is constant here: take it by reference, net& first")
    int run(const Arguments&...) const& { return 0; }

    // ---- calls of a temporary model, which may return numbers only ------------------------------------------------

    template <class... Arguments>
        requires(base::call_returns_views)
    AMBIT_REFUSES("results are views, which would outlive the temporary model: give the model a name")
    auto operator()(const Arguments&... arguments) && {
        return static_cast<stored_model&>(*this)(arguments...);
    }
    template <auto... Members, class... Arguments>
        requires model_parts::names_members<Members...> && base::template run_returns_views<Members...>
    AMBIT_REFUSES("results are views, which would outlive the temporary model: give the model a name")
    auto run(const Arguments&... arguments) && {
        return static_cast<stored_model&>(*this).template run<Members...>(arguments...);
    }
    template <fixed_string... Names, class... Arguments>
        requires model_parts::names_outputs<sizeof...(Names)> && base::template run_by_name_returns_views<Names...>
    AMBIT_REFUSES("results are views, which would outlive the temporary model: give the model a name")
    auto run(const Arguments&... arguments) && {
        return call<((std::uint64_t{1} << base::template position_named<Names>()) | ...)>(
            std::index_sequence<base::template position_named<Names>()...>{}, arguments...);
    }

private:
    using base::input_specs, base::is_a_variable, base::locals_, base::parameters_, base::raise_generation,
        base::raise_generations_under, base::range_of_variable, base::refuse_moved_from, base::refuse_operations,
        base::spec_of_output, base::variables_;
    template <auto Make> using told = typename base::template told<Make>;
    static constexpr std::size_t output_count = graph_parts::output_count<outputs>;
    using addresses_of_outputs = std::array<std::byte*, output_count>;

    void take_memory() {
        const plan_parts::batch_slots<graph> places(largest_);
        arena_ = model_parts::allocate_aligned(places.bytes);
        arena_size_ = places.bytes;
        slots_.resize(static_cast<std::size_t>(places.offset.size()));
        for (std::size_t i = 0; i < slots_.size(); ++i) slots_[i] = arena_.get() + places.offset[static_cast<int>(i)];
    }

    static constexpr bool has_batch(std::size_t k) { return graph::has_batch(graph::value.outputs[int(k)]); }
    static constexpr tensor_spec spec_of_output_at(std::size_t k, std::int64_t batch) {
        return graph::spec_at(graph::value.outputs[int(k)], batch);
    }

    // ---- the batch of a call ----------------------------------------------------------------------------------------

    /// What one argument says of the batch, which is 0 until one has said it.
    template <int Input, class X> void agree_on_batch(std::int64_t& batch, int& first, const X& x) const {
        constexpr tensor_spec asked = input_specs[std::size_t(Input)];
        if constexpr (graph_parts::has_any_size(asked)) {
            const std::int64_t own = model_parts::batch_of<asked, Input>(x);
            if (first < 0) {
                if (own < 1 || own > largest_)
                    model_parts::raise_batch(own, largest_, Input, graph_parts::at_batch(asked, own), asked);
                batch = own;
                first = Input;
            } else if (own != batch) {
                reports mistakes;
                mistakes.begin(mistake::batches_differ);
                mistakes.add(mistake_parts::detail_tag::input, std::int64_t{first});
                mistakes.add(mistake_parts::detail_tag::had,
                             graph_parts::at_batch(input_specs[std::size_t(first)], batch));
                mistakes.add(mistake_parts::detail_tag::input, std::int64_t{Input});
                mistakes.add(mistake_parts::detail_tag::had, graph_parts::at_batch(asked, own));
                raise(mistakes, 0);
            }
        }
    }
    template <std::uint64_t Selected, std::size_t... I, class... Arguments>
    std::int64_t batch_of_call(std::index_sequence<I...>, const Arguments&... arguments) const {
        [[maybe_unused]] constexpr const auto& used = base::template used_inputs<Selected>;
        std::int64_t batch = 1;
        [[maybe_unused]] int first = -1;
        (agree_on_batch<used[I]>(batch, first, arguments), ...);
        return batch;
    }

    // ---- running ----------------------------------------------------------------------------------------------------

    template <std::uint64_t Selected> static constexpr reports unable_kernels() {
        using plan = plan_of<planned, Selected>;
        return model_parts::unable_kernels<graph, plan>(std::make_integer_sequence<int, plan::counts.steps>{});
    }
    /// True if every kernel runs with any batch; else a compile error, and false.
    template <std::uint64_t Selected> static constexpr bool refuse_kernels() {
        constexpr bool is_right = refused_parts::reports_nothing<&unable_kernels<Selected>>;
        if constexpr (!is_right) static_assert(refused_parts::no_mistakes_in<told<&unable_kernels<Selected>>>);
        return is_right;
    }

    template <std::uint64_t Selected, std::size_t... K, class... Arguments>
    auto call(std::index_sequence<K...>, const Arguments&... arguments) {
        static_assert(!kernels_elsewhere<stored_model>,
                      "[ambit] kernels_elsewhere: kernels of a model with any_size are compiled where it is called");
        refuse_moved_from();
        std::int64_t batch = 1;
        const addresses_of_outputs out = own_outputs();
        if constexpr (base::template refuse_count<sizeof...(Arguments), 0, Selected>() && refuse_kernels<Selected>()) {
            if constexpr (base::template accepts_all<Selected, Arguments...>(std::index_sequence_for<Arguments...>{})) {
                batch = batch_of_call<Selected>(std::index_sequence_for<Arguments...>{}, arguments...);
                execute<Selected>(own_kernels<Selected>{}, batch, out, written_by<Selected>(),
                                  std::index_sequence_for<Arguments...>{}, arguments...);
            }
        }
        return results(batch, out, base::template values_among<K...>());
    }

    template <std::size_t... K>
    auto results(std::int64_t batch, const addresses_of_outputs& out, std::index_sequence<K...>) const {
        if constexpr (sizeof...(K) == 1) return (result_at<K>(batch, out), ...);
        else if constexpr (sizeof...(K) > 1) return std::tuple(result_at<K>(batch, out)...);
    }
    template <std::size_t K> auto result_at(std::int64_t batch, const addresses_of_outputs& out) const {
        if constexpr (base::template is_refused<K>()) {
            return refused_parts::result{};
        } else {
            constexpr tensor_spec spec = spec_of_output(K);
            using T = element_t<spec.type>;
            const T* const data = reinterpret_cast<const T*>(out[K]);
            if constexpr (spec.extents.rank() == 0) return *data;
            else if constexpr (!has_batch(K)) return model_parts::view_at<spec>(data);
            else
                return model_parts::batch_view_at<std::size_t(spec.extents.rank())>(spec_of_output_at(K, batch), data);
        }
    }

    addresses_of_outputs own_outputs() const noexcept {
        addresses_of_outputs out{};
        for (std::size_t k = 0; k < out.size(); ++k) out[k] = slots_[k];
        return out;
    }

    template <std::uint64_t Selected, class... Outputs>
    auto written_by(const Outputs&... outputs_of_the_caller) const noexcept {
        constexpr const auto& changed = model_parts::written_variables<planned, Selected>;
        std::array<model_parts::memory_range, sizeof...(Outputs) + 1 + changed.size()> written{
            outputs_of_the_caller..., model_parts::memory_range{arena_.get(), arena_size_}};
        for (std::size_t i = 0; i < changed.size(); ++i)
            written[sizeof...(Outputs) + 1 + i] = range_of_variable(std::size_t(changed[i]));
        return written;
    }

    template <std::uint64_t Selected, int Input, class X>
    const std::byte* bind(std::int64_t batch, const X& x, std::span<const model_parts::memory_range> written) const {
        // Nothing reads its elements, so there is no place for them.
        if constexpr (model_parts::input_for_batch<planned, Selected> == Input) return nullptr;
        constexpr tensor_spec asked = input_specs[std::size_t(Input)];
        std::byte* const place = slots_[std::size_t(plan_parts::slots_of<graph>::inputs + Input)];
        if constexpr (graph_parts::has_any_size(asked))
            return model_parts::bind_batch<element_t<asked.type>>(x, graph_parts::at_batch(asked, batch).bytes(), place,
                                                                  written);
        else return model_parts::bind_argument<asked, Input>(x, place, written);
    }

    template <std::uint64_t Selected> struct own_kernels {
        [[gnu::always_inline]] void operator()(const model_parts::batch_memory& memory) const {
            using model_parts::batch_steps;
            if constexpr (model_parts::has_checks<graph, Selected>) {
                using plan_parts::plan_part;
                model_parts::run_all<batch_steps<graph, plan_of<planned, Selected, plan_part::before_effects>>>(memory);
                model_parts::look_at_findings_of_batch<graph, Selected>(memory.variables, memory.batch);
                model_parts::run_all<batch_steps<graph, plan_of<planned, Selected, plan_part::effects>>>(memory);
            } else {
                model_parts::run_all<batch_steps<graph, plan_of<planned, Selected>>>(memory);
            }
        }
    };
    template <std::uint64_t Selected, class Run, std::size_t... I, class... Arguments>
    void execute(const Run& run, std::int64_t batch, const addresses_of_outputs& out,
                 [[maybe_unused]] std::span<const model_parts::memory_range> written, std::index_sequence<I...>,
                 const Arguments&... arguments) {
        [[maybe_unused]] constexpr const auto& used = base::template used_inputs<Selected>;
        std::array<const std::byte*, static_cast<std::size_t>(graph::input_count) + 1> in{};
        ((in[std::size_t(used[I])] = bind<Selected, used[I]>(batch, arguments, written)), ...);
        put_numbers(batch, in.data() + sizeof...(Inputs));
        const model_parts::batch_memory memory{slots_.data(), nullptr,    variables_.data(),
                                               in.data(),     out.data(), batch,            nullptr};
        run(memory);
        for (const auto v : model_parts::written_variables<planned, Selected>) raise_generation(int(v));
    }

    /// The numbers that the module computes of the batch.
    void put_numbers(std::int64_t batch, const std::byte** in) {
        if constexpr (graph::number_count > 0) {
            for (int i = 0; i < graph::number_count; ++i) {
                const auto& number = graph::numbers[i];
                if (batch != batch_of_numbers_)
                    numbers_[std::size_t(i)] = plan_parts::element_bits(number.word(batch), number.type);
                in[i] = reinterpret_cast<const std::byte*>(&numbers_[std::size_t(i)]);
            }
            batch_of_numbers_ = batch;
        }
    }

    // ---- outputs in the caller's memory -----------------------------------------------------------------------------

    /// Computes outputs K into the memory that the first arguments are.
    template <std::uint64_t Selected, std::size_t... K, class... Arguments>
    void into(std::index_sequence<K...> chosen, Arguments&... arguments) {
        if constexpr (base::template refuse_count<sizeof...(Arguments), sizeof...(K), Selected>())
            into_split<Selected>(std::tie(arguments...), chosen, std::make_index_sequence<sizeof...(K)>{},
                                 std::make_index_sequence<sizeof...(Arguments) - sizeof...(K)>{});
    }
    template <std::uint64_t Selected, class All, std::size_t... K, std::size_t... J, std::size_t... I>
    void into_split(const All& all, std::index_sequence<K...>, std::index_sequence<J...>,
                    std::index_sequence<I...> inputs) {
        refuse_moved_from();
        if constexpr (refuse_kernels<Selected>() &&
                      (true && ... &&
                       base::template accepts_output<std::remove_cvref_t<std::tuple_element_t<J, All>>, K>()) &&
                      base::template accepts_all<
                          Selected, std::remove_cvref_t<std::tuple_element_t<sizeof...(K) + I, All>>...>(inputs)) {
            const std::int64_t batch = batch_of_call<Selected>(inputs, std::get<sizeof...(K) + I>(all)...);
            const std::array<model_parts::numbered_output, sizeof...(K)> chosen{{{K, spec_of_output_at(K, batch)}...}};
            (model_parts::check_output(K, chosen[J].spec, std::get<J>(all)), ...);
            const std::array<std::byte*, sizeof...(K)> given{model_parts::output_address(std::get<J>(all))...};
            const auto written = written_by<Selected>(model_parts::memory_range{given[J], chosen[J].spec.bytes()}...);
            model_parts::refuse_overlaps<planned, Selected>(written, chosen);
            // A variable is read until the call ends: what is to replace it waits in the arena.
            const addresses_of_outputs own = own_outputs();
            addresses_of_outputs out = own;
            ((out[K] = is_a_variable(written[J]) ? own[K] : given[J]), ...);
            execute<Selected>(own_kernels<Selected>{}, batch, out, written, inputs,
                              std::get<sizeof...(K) + I>(all)...);
            (model_parts::move_output(given[J], out[K], chosen[J].spec), ...);
            raise_generations_under(std::span(written).first(sizeof...(K)));
        }
    }

    std::int64_t largest_;
    model_parts::aligned_bytes arena_;
    std::int64_t arena_size_ = 0;
    std::vector<std::byte*> slots_;
    std::array<std::uint64_t, static_cast<std::size_t>(graph::number_count) + 1> numbers_{};
    std::int64_t batch_of_numbers_ = 0;
};

}  // namespace ambit
