// SPDX-License-Identifier: BSL-1.0
// A model that the compiler built: a module with inputs of fixed shape, its variables in memory, and calls that run
// straight through kernels.
//
//     using net = model<two_images, input<float, 1, 32, 32, 32>, input<float, 1, 32, 32, 32>>;
//     static_assert(net::variables.size() == 4);
//     net filter(seed{42});
//     auto [a, b] = filter(image1, image2);                       // views that live until the next call
//     auto loss   = trainer.run<&classifier::outputs::loss>(images, labels);
//
// A call is `noexcept` if the types of its arguments say their shapes and it checks no values (ops/control/check.hpp).
// One model, one thread; several models may read one `parameters`.
//
// A model that was moved from is empty until another is assigned to it. In builds without NDEBUG whatever else is done
// with it throws a `model_error` of kind `moved_from`, which ends the program where the call is `noexcept`; with NDEBUG
// a call looks at nothing, and what happens is undefined.
#pragma once

#include <ambit/core/fixed_string.hpp>
#include <ambit/core/refuses.hpp>
#include <ambit/diagnostics/explain.hpp>
#include <ambit/diagnostics/nearest_name.hpp>
#include <ambit/diagnostics/refused_result.hpp>
#include <ambit/model/arguments.hpp>
#ifndef AMBIT_MODEL_ELSEWHERE
#include <ambit/model/array_view.hpp>
#endif
#include <ambit/model/arena_storage.hpp>
#include <ambit/model/arithmetic.hpp>
#include <ambit/model/checks.hpp>
#include <ambit/model/graph_facts.hpp>
#include <ambit/model/kernels_of.hpp>
#include <ambit/model/model_base.hpp>
#include <ambit/model/processor.hpp>
#include <ambit/model/view_at.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <tuple>
#include <utility>

namespace AMBIT_NAMESPACE {

/// Where a model keeps its arena: in the object if it is smaller than 16 KiB, or by wish. With `in_place` its local
/// variables, too: such a model on parameters_in_place.hpp allocates nothing at all.
enum class storage { automatic, in_place, heap };

}  // namespace ambit

namespace AMBIT_NAMESPACE::model_parts {

/// Arenas below this size are members of the model.
inline constexpr std::int64_t largest_arena_in_place = 16 * 1024;

}  // namespace ambit::model_parts

namespace AMBIT_NAMESPACE {

template <storage Storage, class Module, class... Inputs>
class stored_model
    : public model_parts::model_base<Storage == storage::in_place, graph_of<Module, Inputs...>,
                                     graph_of<Module, Inputs...>, Inputs...> {
    using base = model_parts::model_base<Storage == storage::in_place, graph_of<Module, Inputs...>,
                                         graph_of<Module, Inputs...>, Inputs...>;

public:
    using graph = graph_of<Module, Inputs...>;
    using outputs = typename graph::outputs;
    using base::parameters, base::variables;

    /// Bytes of temporary memory, fixed by the compiler; constant in every build of the same model.
    static constexpr std::int64_t arena_bytes = plan_parts::layout_of<graph>::value.arena_bytes;
    /// Whether that memory is part of the object.
    static constexpr bool keeps_arena_in_place =
        Storage == storage::in_place ||
        (Storage == storage::automatic && arena_bytes < model_parts::largest_arena_in_place);

    /// Whether the local variables are.
    static constexpr bool keeps_local_variables_in_place = Storage == storage::in_place;

    /// Takes memory and initializes the variables. Throws an `arithmetic_error` if the compiler was allowed to change
    /// what the model computes (-funsafe-math-optimizations and its kin on clang). Where this processor lacks
    /// instructions that the file was compiled for, the program ends with a sentence.
    explicit stored_model(seed s) : base((model_parts::check_processor(), s)) { model_parts::check_arithmetic(); }
    AMBIT_REFUSES("a model begins with a seed, or with another one's parameters: net trainer(seed{1})")
    stored_model() : stored_model(seed{}) {}
    template <std::integral Number>
    AMBIT_REFUSES("a seed says that it is one: model<mlp, input<float, 32, 784>> net(seed{1})")
    stored_model(Number number) : stored_model(seed{static_cast<std::uint64_t>(number)}) {}

    /// Shares variables with another model; the compiler checks that they contain this model's.
    template <class Other>
    explicit stored_model(const ambit::parameters<Other>& shared, seed of_local_variables = {})
        : base((model_parts::check_processor(), shared), of_local_variables) {
        model_parts::check_arithmetic();
    }

    template <std::same_as<stored_model> Other>
    AMBIT_REFUSES("a model is copied in a word: auto second = net.copy(); or shares: model second(net.parameters())")
    stored_model(Other&) : stored_model(seed{}) {}
    template <std::same_as<stored_model> Other>
    AMBIT_REFUSES("a model is copied in a word: second = net.copy(); its values alone: second.assign(net.parameters())")
    stored_model& operator=(Other&) {
        return *this;
    }
    stored_model(stored_model&&) = default;
    stored_model& operator=(stored_model&&) = default;

    /// Another model with variables of its own, equal to these.
    stored_model copy() const {
        stored_model fresh(parameters_.copy());
        fresh.locals_.assign(locals_);
        return fresh;
    }

    // ---- calls ----------------------------------------------------------------------------------------------------

    /// Computes all outputs. One output is returned as a view; several as a tuple of views, in order of declaration.
    /// A scalar is returned as a number. Views live until the next call.
    template <class... Arguments>
    auto operator()(const Arguments&... arguments) noexcept(throws_nothing<plan_parts::all_outputs, Arguments...>) {
        if constexpr (refuse_operations())
            return call<plan_parts::all_outputs>(own_kernels<plan_parts::all_outputs>{},
                                                 std::make_index_sequence<graph_parts::output_count<outputs>>{},
                                                 arguments...);
    }

    /// Computes the chosen outputs, and only what they depend on; takes exactly the inputs that they depend on.
    template <auto... Members, class... Arguments>
        requires model_parts::names_members<Members...>
    auto run(const Arguments&... arguments) noexcept(
        throws_nothing<(base::template bit_of<Members>() | ...), Arguments...>) {
        constexpr std::uint64_t selected = (base::template bit_of<Members>() | ...);
        return call<selected>(own_kernels<selected>{}, std::index_sequence<base::template position_of<Members>()...>{},
                              arguments...);
    }

    /// The same by name, for outputs adapted with BOOST_HANA_ADAPT_STRUCT (include ambit/model/hana_view.hpp).
    template <fixed_string... Names, class... Arguments>
        requires model_parts::names_outputs<sizeof...(Names)>
    auto run(const Arguments&... arguments) noexcept(
        throws_nothing<((std::uint64_t{1} << base::template position_named<Names>()) | ...), Arguments...>) {
        constexpr std::uint64_t selected = ((std::uint64_t{1} << base::template position_named<Names>()) | ...);
        return call<selected>(own_kernels<selected>{}, std::index_sequence<base::template position_named<Names>()...>{},
                              arguments...);
    }

    /// Computes all outputs into the caller's memory: first a `std::span<T, N>` (or a reference to a scalar) for each
    /// output, then the inputs. An output may lie over an input, or over a variable, which then becomes what was
    /// computed of its old value. Outputs that overlap each other or what else the call writes throw a `model_error` of
    /// kind `output_overlap`.
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
        refuse_moved_from();
        if constexpr (base::template refuse_count<sizeof...(Arguments), 0, plan_parts::all_outputs>() &&
                      base::template accepts_all<plan_parts::all_outputs, Arguments...>(
                          std::index_sequence_for<Arguments...>{}))
            execute<plan_parts::all_outputs>(run, own_outputs<plan_parts::all_outputs>(),
                                             written_by<plan_parts::all_outputs>(),
                                             std::index_sequence_for<Arguments...>{}, arguments...);
    }

    /// `run` with kernels that `by(memory)` runs: parallel/parallel_model.hpp splits them.
    template <auto... Members, class Run, class... Arguments>
        requires model_parts::names_members<Members...>
    auto run_by(const Run& by, const Arguments&... arguments) {
        constexpr std::uint64_t selected = (base::template bit_of<Members>() | ...);
        return call<selected>(by, std::index_sequence<base::template position_of<Members>()...>{}, arguments...);
    }
    /// And the plain call.
    template <class Run, class... Arguments> auto call_by(const Run& by, const Arguments&... arguments) {
        if constexpr (refuse_operations())
            return call<plan_parts::all_outputs>(by, std::make_index_sequence<graph_parts::output_count<outputs>>{},
                                                 arguments...);
    }

    /// The outputs of a call as `kernels_of` takes them.
    template <auto... Members>
        requires model_parts::names_members<Members...>
    static constexpr std::uint64_t selection() {
        return (base::template bit_of<Members>() | ...);
    }

    template <class... Arguments>
    AMBIT_REFUSES("run computes the outputs that it names: net.run<&outputs::loss>(x); net(x) computes all")
    int run(const Arguments&...) {
        return 0;
    }

    template <class Output, class... Arguments>
    AMBIT_REFUSES("outputs are named by pointers to members, with an &: net.run<&outputs::loss>(x)")
    int run(const Arguments&...) {
        return 0;
    }

    template <class... Arguments>
    AMBIT_REFUSES("a call writes into the model's memory, which is constant here: take it by reference, net& first")
    int operator()(const Arguments&...) const& {
        return 0;
    }
    template <auto... Members, class... Arguments>
    AMBIT_REFUSES("a call writes into the model's memory, which is constant here: take it by reference, net& first")
    int run(const Arguments&...) const& {
        return 0;
    }

private:
    using base::input_specs, base::is_a_variable, base::locals_, base::packed_, base::parameters_,
        base::raise_generation, base::raise_generations_under, base::range_of_variable, base::refuse_moved_from,
        base::refuse_operations, base::spec_of_output, base::variables_;

    template <class... Arguments>
    static constexpr bool has_static_shapes =
        (true && ... && model_parts::shape_is_known<std::remove_cvref_t<Arguments>>());

    /// Whether a call has nothing to find out at run time: neither shapes nor values that are checked.
    template <std::uint64_t Selected, class... Arguments>
    static constexpr bool throws_nothing = has_static_shapes<Arguments...> && !model_parts::has_checks<graph, Selected>;

    template <class Run>
    static constexpr bool is_nothrow = noexcept(std::declval<const Run&>()(model_parts::model_memory{}));

    template <std::uint64_t Selected, class Run, std::size_t... K, class... Arguments>
    auto call(const Run& run, std::index_sequence<K...>,
              const Arguments&... arguments) noexcept(is_nothrow<Run> && throws_nothing<Selected, Arguments...>) {
        refuse_moved_from();
        const std::array<std::byte*, graph_parts::output_count<outputs>> out = own_outputs<Selected>();
        if constexpr (base::template refuse_count<sizeof...(Arguments), 0, Selected>()) {
            if constexpr (base::template accepts_all<Selected, Arguments...>(std::index_sequence_for<Arguments...>{})) {
                execute<Selected>(run, out, written_by<Selected>(), std::index_sequence_for<Arguments...>{},
                                  arguments...);
            }
        }
        // After a mistake too, so that the lines that use the result add no errors of their own.
        return results(out, base::template values_among<K...>());
    }

    template <class Out, std::size_t... K> auto results(const Out& out, std::index_sequence<K...>) const {
        if constexpr (sizeof...(K) == 1) return (result_at<K>(out), ...);
        else if constexpr (sizeof...(K) > 1) return std::tuple(result_at<K>(out)...);
    }

    template <std::uint64_t Selected>
    static constexpr auto output_offsets = plan_of<graph, Selected>::value.output_offsets;

    template <std::uint64_t Selected>
    std::array<std::byte*, graph_parts::output_count<outputs>> own_outputs() const noexcept {
        std::array<std::byte*, graph_parts::output_count<outputs>> out{};
        for (std::size_t k = 0; k < out.size(); ++k) out[k] = arena_.data() + output_offsets<Selected>[int(k)];
        return out;
    }

    /// The memory that a call writes: some outputs, the arena, and the variables that it gives values.
    template <std::uint64_t Selected, class... Outputs>
    auto written_by(const Outputs&... outputs_of_the_caller) const noexcept {
        constexpr const auto& changed = model_parts::written_variables<graph, Selected>;
        std::array<model_parts::memory_range, sizeof...(Outputs) + 1 + changed.size()> written{
            outputs_of_the_caller..., model_parts::memory_range{arena_.data(), arena_bytes}};
        for (std::size_t i = 0; i < changed.size(); ++i)
            written[sizeof...(Outputs) + 1 + i] = range_of_variable(std::size_t(changed[i]));
        return written;
    }
    template <std::uint64_t Selected> struct own_kernels {
        [[gnu::always_inline]] void operator()(const model_parts::model_memory& memory) const
            noexcept(!model_parts::has_checks<graph, Selected>) {
            if constexpr (kernels_elsewhere<stored_model>) kernels_of<stored_model, Selected>::run(memory);
            else model_parts::run_call<graph, Selected>(memory);
        }
    };
    template <std::uint64_t Selected, class Run, class Out, std::size_t... I, class... Arguments>
    void execute(const Run& run, const Out& out, [[maybe_unused]] std::span<const model_parts::memory_range> written,
                 std::index_sequence<I...>,
                 const Arguments&... arguments) noexcept(is_nothrow<Run> && throws_nothing<Selected, Arguments...>) {
        using plan = plan_of<graph, Selected>;
        constexpr const auto& used = base::template used_inputs<Selected>;
        std::array<const std::byte*, sizeof...(Inputs)> in{};
        ((in[std::size_t(used[I])] = model_parts::bind_argument<input_specs[std::size_t(used[I])], used[I]>(
              arguments, arena_.data() + plan::value.input_offsets[used[I]], written)),
         ...);
        const model_parts::model_memory memory{arena_.data(), nullptr,    variables_.data(),
                                               in.data(),     out.data(), packed_.data()};
        run(memory);
        for (const auto v : model_parts::written_variables<graph, Selected>) raise_generation(int(v));
    }

    template <std::size_t K, class Out> auto result_at(const Out& out) const {
        if constexpr (base::template is_refused<K>()) {
            return refused_parts::result{};
        } else {
            constexpr tensor_spec spec = spec_of_output(K);
            using T = element_t<spec.type>;
            const T* const data = reinterpret_cast<const T*>(out[K]);
            if constexpr (spec.extents.rank() == 0) return *data;
            else return model_parts::view_at<spec>(data);
        }
    }

    /// Computes outputs K into the memory that the first arguments are.
    template <std::uint64_t Selected, std::size_t... K, class... Arguments>
    void into(std::index_sequence<K...> chosen, Arguments&... arguments) {
        if constexpr (base::template refuse_count<sizeof...(Arguments), sizeof...(K), Selected>())
            into_split<Selected>(std::tie(arguments...), chosen, std::make_index_sequence<sizeof...(K)>{},
                                 std::make_index_sequence<sizeof...(Arguments) - sizeof...(K)>{});
    }
    template <std::uint64_t Selected, class All, std::size_t... K, std::size_t... J, std::size_t... I>
    void into_split(const All& all, std::index_sequence<K...>, std::index_sequence<J...>, std::index_sequence<I...>) {
        refuse_moved_from();
        if constexpr ((true && ... &&
                       base::template accepts_output<std::remove_cvref_t<std::tuple_element_t<J, All>>, K>()) &&
                      base::template accepts_all<Selected,
                                                 std::remove_cvref_t<std::tuple_element_t<sizeof...(K) + I, All>>...>(
                          std::index_sequence<I...>{})) {
            (model_parts::check_output(K, spec_of_output(K), std::get<J>(all)), ...);
            const std::array<std::byte*, sizeof...(K)> given{model_parts::output_address(std::get<J>(all))...};
            const std::array<model_parts::numbered_output, sizeof...(K)> chosen{{{K, spec_of_output(K)}...}};
            const auto written = written_by<Selected>(model_parts::memory_range{given[J], chosen[J].spec.bytes()}...);
            model_parts::refuse_overlaps<graph, Selected>(written, chosen);
            // A variable is read until the call ends: what is to replace it waits in the arena.
            const auto own = own_outputs<Selected>();
            auto out = own;
            ((out[K] = is_a_variable(written[J]) ? own[K] : given[J]), ...);
            execute<Selected>(own_kernels<Selected>{}, out, written, std::index_sequence<I...>{},
                              std::get<sizeof...(K) + I>(all)...);
            (model_parts::move_output(given[J], out[K], spec_of_output(K)), ...);
            raise_generations_under(std::span(written).first(sizeof...(K)));
        }
    }

public:
    // ---- calls of a temporary model, which may return numbers only ------------------------------------------------

    template <class... Arguments>
        requires(base::call_returns_views)
    AMBIT_REFUSES("results are views, which would outlive the temporary model: give the model a name") auto operator()(
        const Arguments&... arguments) && {
        return static_cast<stored_model&>(*this)(arguments...);
    }
    template <auto... Members, class... Arguments>
        requires model_parts::names_members<Members...> && base::template run_returns_views<Members...>
    AMBIT_REFUSES("results are views, which would outlive the temporary model: give the model a name") auto run(
        const Arguments&... arguments) && {
        constexpr std::uint64_t selected = (base::template bit_of<Members>() | ...);
        return call<selected>(own_kernels<selected>{}, std::index_sequence<base::template position_of<Members>()...>{},
                              arguments...);
    }
    template <fixed_string... Names, class... Arguments>
        requires model_parts::names_outputs<sizeof...(Names)> && base::template run_by_name_returns_views<Names...>
    AMBIT_REFUSES("results are views, which would outlive the temporary model: give the model a name") auto run(
        const Arguments&... arguments) && {
        constexpr std::uint64_t selected = ((std::uint64_t{1} << base::template position_named<Names>()) | ...);
        return call<selected>(own_kernels<selected>{}, std::index_sequence<base::template position_named<Names>()...>{},
                              arguments...);
    }

private:
    model_parts::arena_storage<arena_bytes, keeps_arena_in_place> arena_;
};

/// With `any_size` among the extents of an input: ambit/model/any_batch_model.hpp.
template <storage Storage, class Module, class... Inputs>
    requires graph_parts::any_batch_inputs<Inputs...>
class stored_model<Storage, Module, Inputs...>;

/// A type among the inputs that is none: told once, and whatever is done with the model is not told.
template <storage Storage, class Module, class... Inputs>
    requires(!graph_parts::are_inputs<Inputs...>)
class stored_model<Storage, Module, Inputs...> {
    static_assert(refused_parts::type_that_is_no_input<Inputs...>::is_told());

public:
    explicit stored_model(const auto&...) {}
    int operator()(const auto&...) { return 0; }
    template <auto...> int run(const auto&...) { return 0; }
};

/// A model of a module with these inputs, its arena in the object if it is small.
template <class Module, class... Inputs> using model = stored_model<storage::automatic, Module, Inputs...>;

}  // namespace ambit

namespace AMBIT_NAMESPACE::model_parts {

/// One of several models, `any_model` (any_model.hpp): what is done with a model is done with the chosen one.
template <class T>
concept one_of_models = requires { typename T::chosen_of; };

}  // namespace ambit::model_parts
