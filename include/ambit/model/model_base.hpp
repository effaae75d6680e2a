// SPDX-License-Identifier: BSL-1.0
// What all models of the compiler share, whether their batch is known to it or not: variables in memory, and how the
// outputs of a call are chosen.
//
//     net.get<"hidden/weights">();  net.set<"b">(array);  net.parameters();      // variables
//     position_of<&outputs::loss>() == 1;  used_inputs<selected>;                // of a call
#pragma once

#include <ambit/core/at_end.hpp>
#include <ambit/core/fixed_string.hpp>
#include <ambit/core/refuses.hpp>
#include <ambit/diagnostics/explain.hpp>
#include <ambit/diagnostics/nearest_name.hpp>
#include <ambit/diagnostics/refused_result.hpp>
#include <ambit/model/arguments.hpp>
#include <ambit/model/graph_facts.hpp>
#include <ambit/model/local_variables.hpp>
#include <ambit/model/no_members.hpp>
#include <ambit/model/output_memory.hpp>
#include <ambit/model/overlap.hpp>
#include <ambit/model/packed_weights.hpp>
#include <ambit/model/parameters.hpp>
#include <ambit/model/view_at.hpp>
#include <ambit/plan/lints.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

namespace AMBIT_NAMESPACE::model_parts {

/// Finds outputs by name; ambit/model/hana_view.hpp defines it for outputs adapted with BOOST_HANA_ADAPT_STRUCT.
template <class Outputs> struct output_names;

/// Whether a call of `run` names any output: a concept, so that what asks for more than that is preferred.
template <std::size_t Named>
concept names_outputs = Named > 0;

template <class T> inline constexpr bool is_text = false;
template <std::size_t Size> inline constexpr bool is_text<fixed_string<Size>> = true;
/// The same by members: a name that is handed on from another template's `fixed_string` would be an `auto`, too.
template <auto... Members>
concept names_members = sizeof...(Members) > 0 && (!is_text<std::remove_cv_t<decltype(Members)>> && ...);

/// The input that says the batch of a call for some outputs, though they depend on none of its elements; or -1.
template <class Planned, std::uint64_t Selected> inline constexpr int input_for_batch = -1;

/// `Planned` is the graph as its plan sees it; `InPlace` says whether local variables are part of the object.
template <bool InPlace, class Graph, class Planned, class... Inputs> class model_base : public no_members {
public:
    using graph = Graph;
    using planned_graph = Planned;
    using outputs = typename graph::outputs;
    static_assert(refused_parts::no_mistakes_in<graph>);

    /// Every variable, in order of creation; `local` ones belong to each model alone.
    static constexpr const auto& variables = model_parts::variable_list<graph>;

    /// Paths of the variables that no output depends on, and of the trainable ones that no gradient reaches.
    static constexpr const auto& unread = lint_parts::unread_variables<graph>;
    static constexpr const auto& untrained = lint_parts::untrained_variables<graph>;

    /// Elements of all variables that models share and save.
    static constexpr std::int64_t parameter_count = [] {
        std::int64_t count = 0;
        for (const variable_info& v : model_parts::variable_list<graph>) count += v.local != 0 ? 0 : v.elements();
        return count;
    }();

    const ambit::parameters<graph>& parameters() const& {
        refuse_moved_from();
        return parameters_;
    }
    ambit::parameters<graph> parameters() && {
        refuse_moved_from();
        return parameters_;
    }

    /// Uses other variables from here on, which another model or a registry may use, too.
    void share(const ambit::parameters<graph>& other) {
        parameters_ = other;
        variables_ = addresses();
        packed_.begin_again(parameters_.generations());
    }

    /// Copies values into this model's variables, but for the local ones.
    void assign(const ambit::parameters<graph>& values) {
        refuse_moved_from();
        for (std::size_t v = 0; v < variables.size(); ++v)
            if (!locals_.is_local(v)) {
                std::memmove(parameters_.variables()[v], values.variables()[v], ambit::parameters<graph>::bytes_of(v));
                parameters_.raise_generation(v);
            }
    }

    /// Initializes the variables again.
    void initialize(seed s) {
        parameters_.initialize(s);
        locals_.initialize(s);
    }

    /// Sets the local variables back to their initial values.
    void reset() {
        refuse_moved_from();
        locals_.reset();
    }

    /// Where each variable is, local ones included, in the order of `variables`.
    const std::array<std::byte*, variables.size()>& addresses_of_variables() const {
        refuse_moved_from();
        return variables_;
    }

    // ---- variables ------------------------------------------------------------------------------------------------

    /// A constant view of a variable, row-major, which `std::cout` prints. A wrong path does not compile.
    template <fixed_string Path> auto get() const& {
        refuse_moved_from();
        if constexpr (constexpr int v = find<Path>(); v >= 0) {
            using T = element_t<spec_of_variable(v).type>;
            return model_parts::view_at<spec_of_variable(v)>(reinterpret_cast<const T*>(variables_[std::size_t(v)]));
        } else if constexpr (!graph::is_of_the_module) {
            return refused_parts::result{};
        }
    }
    template <fixed_string Path>
    AMBIT_REFUSES("a view would outlive the temporary model that it is of: give the model a name")
    auto get() const&& {
        return static_cast<const model_base&>(*this).template get<Path>();
    }

    /// Writes a variable from anything that a call would take as an input of its shape.
    template <fixed_string Path, class Value> void set(const Value& value) {
        refuse_moved_from();
        if constexpr (constexpr int v = find<Path>(); v >= 0) {
            constexpr tensor_spec spec = spec_of_variable(v);
            if constexpr (accepts<Value, spec, Path>()) {
                std::byte* const to = variables_[std::size_t(v)];
                if constexpr (model_parts::contiguous_memory<Value>) {
                    std::memmove(to, model_parts::bind_argument<spec, Path>(value, to, {}),
                                 static_cast<std::size_t>(spec.bytes()));
                } else {  // an expression may read the variable that it is assigned to
                    const model_parts::aligned_bytes place = model_parts::allocate_aligned(spec.bytes());
                    const std::byte* const from = model_parts::bind_argument<spec, Path>(value, place.get(), {});
                    std::memmove(to, from, static_cast<std::size_t>(spec.bytes()));
                }
                raise_generation(v);
            }
        }
    }

    /// Changes a variable in place: `net.edit<"b">([](auto view) { view += 1; })`.
    template <fixed_string Path, class F> void edit(F&& f) {
        refuse_moved_from();
        if constexpr (constexpr int v = find<Path>(); v >= 0) {
            using T = element_t<spec_of_variable(v).type>;
            // Before, for calls that `f` makes, and after them, though `f` may throw half-way.
            raise_generation(v);
            const core_parts::at_end written([this] { raise_generation(v); });
            std::forward<F>(f)(
                model_parts::view_at<spec_of_variable(v)>(reinterpret_cast<T*>(variables_[std::size_t(v)])));
        }
    }

    AMBIT_REFUSES("the path is an argument of the template, known to the compiler: net.get<\"hidden/weights\">()")
    int get(const char*) const { return 0; }
    template <class Value>
    AMBIT_REFUSES("the path is an argument of the template, known to the compiler: net.set<\"hidden/weights\">(array)")
    void set(const char*, const Value&) {}

protected:
    explicit model_base(seed s)
        : parameters_(s), locals_(s), variables_(addresses()), packed_(parameters_.generations()) {}
    template <class Other>
    model_base(const ambit::parameters<Other>& shared, seed of_local_variables)
        : parameters_(shared),
          locals_(of_local_variables),
          variables_(addresses()),
          packed_(parameters_.generations()) {}

    // Local variables in the object move with it.
    model_base(model_base&& other) noexcept
        : parameters_(std::move(other.parameters_)),
          locals_(std::move(other.locals_)),
          variables_(other.variables_),
          packed_(std::move(other.packed_)) {
        if constexpr (InPlace) point_to_locals(variables_);
    }
    model_base& operator=(model_base&& other) noexcept {
        parameters_ = std::move(other.parameters_);
        packed_ = std::move(other.packed_);
        locals_ = std::move(other.locals_);
        variables_ = other.variables_;
        if constexpr (InPlace) point_to_locals(variables_);
        return *this;
    }

    /// Local variables have none.
    void raise_generation(int v) const noexcept {
        if (!locals_.is_local(std::size_t(v))) parameters_.raise_generation(std::size_t(v));
    }

    void refuse_moved_from() const { model_parts::refuse_moved_from(parameters_.memory().get()); }

    static constexpr tensor_spec spec_of_variable(int v) { return graph::value.variables[v].spec; }
    static constexpr tensor_spec spec_of_output(std::size_t k) {
        return graph::value.nodes[graph::value.outputs[int(k)]].result;
    }

    /// Whether any of some outputs is an array: numbers are returned as they are, operations not at all.
    template <std::uint64_t Selected>
    static constexpr bool returns_views = [] {
        for (std::size_t k = 0; k < graph_parts::output_count<outputs>; ++k)
            if (plan_parts::is_selected(Selected, int(k)) && spec_of_output(k).extents.rank() > 0) return true;
        return false;
    }();

    static constexpr std::array<tensor_spec, sizeof...(Inputs)> input_specs{Inputs::spec...};

    /// The inputs that some outputs depend on, if only by their batch.
    template <std::uint64_t Selected>
    static constexpr auto used_inputs = [] {
        constexpr auto is_used = [](int i) {
            return plan_of<Planned, Selected>::value.input_used[i] != 0 ||
                   model_parts::input_for_batch<Planned, Selected> == i;
        };
        constexpr std::size_t count = [is_used] {
            std::size_t n = 0;
            for (int i = 0; i < static_cast<int>(sizeof...(Inputs)); ++i)
                n += is_used(i) ? std::size_t{1} : std::size_t{0};
            return n;
        }();
        std::array<int, count> used{};
        std::size_t n = 0;
        for (int i = 0; i < static_cast<int>(sizeof...(Inputs)); ++i)
            if (is_used(i)) used[n++] = i;
        return used;
    }();

    /// The place of an output among all of them, from its member pointer. What points to none is refused, and
    /// compilation goes on with the output whose name is nearest, or the first.
    template <auto Member> static constexpr std::size_t position_of() {
        if constexpr (requires(const outputs& all) { (all.*Member).id(); }) {
            constexpr auto ids = [] {
                std::array<int, graph_parts::output_count<outputs>> positions{};
                for (std::size_t i = 0; i < positions.size(); ++i) positions[i] = static_cast<int>(i);
                return positions;
            }();
            return static_cast<std::size_t>((graph_parts::detached<outputs>(ids).*Member).id());
        } else {
            static_assert(refused_parts::no_mistakes_in<told<&no_output<Member>>>);
            constexpr int nearest = nearest_output<Member>();
            return static_cast<std::size_t>(nearest < 0 ? 0 : nearest);
        }
    }
    template <auto Member> static constexpr int nearest_output() {
        std::string_view name = core_parts::spelling_of_value<Member>::value;
        while (name.find(':') != std::string_view::npos) name.remove_prefix(name.find(':') + 1);
        mistake_parts::nearest_name search(name);
        for (std::size_t k = 0; k < graph_parts::output_count<outputs>; ++k)
            search.consider(static_cast<int>(k), graph_parts::member_name<outputs>(k));
        return search.best();
    }
    template <auto Member> static constexpr reports no_output() {
        reports mistakes;
        mistakes.begin(mistake::output_unknown);
        mistakes.add(mistake_parts::detail_tag::path, core_parts::spelling_of_value<Member>::value);
        core_parts::short_text line("the module returns ");
        line += core_parts::spelling_of<outputs>::value;
        mistakes.add(mistake_parts::detail_tag::rule, line);
        if (const int nearest = nearest_output<Member>(); nearest >= 0)
            mistakes.add(mistake_parts::detail_tag::did_you_mean,
                         graph_parts::words_of_output<outputs>(static_cast<std::size_t>(nearest)));
        return mistakes;
    }
    template <auto Member> static constexpr std::uint64_t bit_of() { return std::uint64_t{1} << position_of<Member>(); }

    template <fixed_string Name> static constexpr std::size_t position_named() {
        constexpr int position = [] {
            if constexpr (has_output_names) return model_parts::output_names<outputs>::find(Name.view());
            else return -1;
        }();
        if constexpr (position < 0) static_assert(refused_parts::no_mistakes_in<told<&unknown_output<Name>>>);
        return static_cast<std::size_t>(position < 0 ? 0 : position);
    }
    static constexpr bool has_output_names = requires { model_parts::output_names<outputs>::find(std::string_view()); };

public:
    /// Whether a call returns a view for any of its outputs: the plain call, `run` by members, `run` by names.
    static constexpr bool call_returns_views = returns_views<plan_parts::all_outputs>;
    template <auto... Members>
    static constexpr bool run_returns_views = returns_views<(bit_of<Members>() | ...)>;
    template <fixed_string... Names>
    static constexpr bool run_by_name_returns_views =
        returns_views<((std::uint64_t{1} << position_named<Names>()) | ...)>;

protected:

    template <fixed_string Name> static constexpr reports unknown_output() {
        reports mistakes;
        mistakes.begin(mistake::output_unknown);
        mistakes.add(mistake_parts::detail_tag::path, Name.view());
        if constexpr (has_output_names) {
            using named = model_parts::output_names<outputs>;
            mistake_parts::nearest_name search(Name.view());
            for (int k = 0; k < static_cast<int>(graph_parts::output_count<outputs>); ++k)
                search.consider(k, named::name(k));
            if (search.best() >= 0) mistakes.add(mistake_parts::detail_tag::did_you_mean, named::name(search.best()));
        } else {
            mistakes.add(mistake_parts::detail_tag::rule,
                         "they get names by BOOST_HANA_ADAPT_STRUCT and ambit/model/hana_view.hpp");
        }
        return mistakes;
    }

    /// What `Make` reports of a use of this model: 
    /// `static_assert(refused_parts::no_mistakes_in<told<Make>>)`. A model with
    /// mistakes has told them, and what follows from them is not told. An alias: the chain that compilers print is one
    /// level shorter.
    template <auto Make>
    using told = std::conditional_t<(graph::mistakes.size > 0), refused_parts::nothing_reported,
                                    refused_parts::made_reports<Make>>;

    /// How many arguments there are and should be, and what each is for: memory for `Outputs` outputs, none or all
    /// those of the call that are values, then inputs.
    template <std::size_t Given, std::size_t Outputs, std::uint64_t Selected> static constexpr reports count_mistake() {
        constexpr const auto& used = used_inputs<Selected>;
        reports mistakes;
        if (selects_refused<Selected>(std::make_index_sequence<graph_parts::output_count<outputs>>{})) return mistakes;
        mistakes.begin(mistake::input_count);
        mistakes.add(mistake_parts::detail_tag::given, static_cast<std::int64_t>(Given));
        mistakes.add(mistake_parts::detail_tag::wanted, static_cast<std::int64_t>(Outputs + used.size()));
        for (std::size_t k = 0; Outputs > 0 && k < graph_parts::output_count<outputs>; ++k) {
            if (!plan_parts::is_selected(Selected, int(k)) || spec_of_output(k).type == dtype::none) continue;
            mistakes.add(mistake_parts::detail_tag::output, static_cast<std::int64_t>(k));
            mistakes.add(mistake_parts::detail_tag::asked, spec_of_output(k));
        }
        for (const int input : used) {
            mistakes.add(mistake_parts::detail_tag::input, std::int64_t{input});
            mistakes.add(mistake_parts::detail_tag::asked, input_specs[std::size_t(input)]);
        }
        return mistakes;
    }

    /// True if the count is right; else a compile error, and false.
    template <std::size_t Given, std::size_t Outputs, std::uint64_t Selected> static constexpr bool refuse_count() {
        constexpr bool is_right = Given == Outputs + used_inputs<Selected>.size();
        if constexpr (!is_right)
            static_assert(refused_parts::no_mistakes_in<told<&count_mistake<Given, Outputs, Selected>>>);
        return is_right;
    }

    static constexpr reports unasked_operations() {
        reports mistakes;
        for (int k = 0; k < graph::counts.outputs; ++k) {
            if (!graph_parts::is_operation(graph::value.nodes[graph::value.outputs[k]].op->role)) continue;
            mistakes.begin(mistake::operations_unasked);
            mistakes.add(mistake_parts::detail_tag::output, static_cast<std::int64_t>(k));
            break;
        }
        return mistakes;
    }

    /// True if every output is a value; else a compile error, and false.
    static constexpr bool refuse_operations() {
        constexpr bool is_right = refused_parts::reports_nothing<&unasked_operations>;
        if constexpr (!is_right) static_assert(refused_parts::no_mistakes_in<told<&unasked_operations>>);
        return is_right;
    }

    // A member, since compilers name it in their messages.
    template <class X, tensor_spec Spec, auto Target> static constexpr reports argument_mistakes() {
        return model_parts::argument_mistakes<X, Spec, Target>();
    }
    template <class X, tensor_spec Spec, auto Target> static constexpr bool accepts() {
        constexpr bool is_right = refused_parts::reports_nothing<&argument_mistakes<X, Spec, Target>>;
        if constexpr (!is_right)
            static_assert(refused_parts::no_mistakes_in<told<&argument_mistakes<X, Spec, Target>>>);
        return is_right;
    }
    template <std::uint64_t Selected, class... Arguments, std::size_t... I>
    static constexpr bool accepts_all(std::index_sequence<I...>) {
        constexpr const auto& used = used_inputs<Selected>;
        return (true && ... && accepts<Arguments, input_specs[std::size_t(used[I])], used[I]>());
    }

    // A member for the same reason.
    template <class X, std::size_t K> static constexpr reports output_mistakes() {
        return model_parts::output_mistakes<X, std::is_same_v<Graph, Planned>>(K, spec_of_output(K));
    }
    template <class X, std::size_t K> static constexpr bool accepts_output() {
        constexpr bool is_right = refused_parts::reports_nothing<&output_mistakes<X, K>>;
        if constexpr (!is_right) static_assert(refused_parts::no_mistakes_in<told<&output_mistakes<X, K>>>);
        return is_right;
    }

    /// The outputs among some that are values and no operations.
    template <std::size_t... K> static constexpr auto values_among() {
        constexpr std::size_t count = (std::size_t{0} + ... + (is_value<K>() ? std::size_t{1} : std::size_t{0}));
        constexpr std::array<std::size_t, count> chosen = [] {
            std::array<std::size_t, count> list{};
            std::size_t next = 0;
            ((is_value<K>() ? static_cast<void>(list[next++] = K) : static_cast<void>(0)), ...);
            return list;
        }();
        return [&]<std::size_t... I>(std::index_sequence<I...>) {
            return std::index_sequence<chosen[I]...>{};
        }(std::make_index_sequence<count>{});
    }
    template <std::size_t K> static constexpr bool is_value() {
        return !graph_parts::is_operation(graph::value.nodes[graph::value.outputs[int(K)]].op->role);
    }

    /// Whether the compiler has refused what output K is made of, or the module: nothing more is said of its results.
    template <std::size_t K> static constexpr bool is_refused() {
        return !graph::is_of_the_module || (is_value<K>() && spec_of_output(K).type == dtype::none);
    }
    template <std::uint64_t Selected, std::size_t... K>
    static constexpr bool selects_refused(std::index_sequence<K...>) {
        return (false || ... || (plan_parts::is_selected(Selected, int(K)) && is_refused<K>()));
    }

    model_parts::memory_range range_of_variable(std::size_t v) const noexcept {
        return {variables_[v], model_parts::bytes_of_variables<graph>[v]};
    }
    bool is_a_variable(const model_parts::memory_range& range) const noexcept {
        for (std::size_t v = 0; v < variables.size(); ++v)
            if (model_parts::overlap(range, range_of_variable(v))) return true;
        return false;
    }

    /// A variable that a call has written over, in memory given for an output, has changed.
    void raise_generations_under(std::span<const memory_range> outputs_of_the_caller) {
        for (std::size_t v = 0; v < variables.size(); ++v)
            if (overlaps(range_of_variable(v), outputs_of_the_caller)) raise_generation(static_cast<int>(v));
    }

    /// The variable of a path. If there is none, a compile error suggests the nearest, and compilation goes on with
    /// that one, so that the lines that use it add no errors of their own; -1 if none is nearest.
    template <fixed_string Path> static constexpr int find() {
        constexpr int found = index_of(Path.view());
        if constexpr (found >= 0) {
            return found;
        } else {
            static_assert(refused_parts::no_mistakes_in<told<&unknown<Path>>>);
            return nearest_to(Path.view());
        }
    }
    static constexpr int nearest_to(std::string_view path) {
        mistake_parts::nearest_name search(path);
        for (int v = 0; v < graph::counts.variables; ++v) search.consider(v, graph::value.path(v));
        return search.best();
    }
    static constexpr int index_of(std::string_view path) {
        for (int v = 0; v < graph::counts.variables; ++v)
            if (graph::value.path(v) == path) return v;
        return -1;
    }
    template <fixed_string Path> static constexpr reports unknown() {
        reports mistakes;
        mistakes.begin(mistake::variable_unknown);
        mistakes.add(mistake_parts::detail_tag::path, Path.view());
        const int nearest = nearest_to(Path.view());
        if (nearest >= 0) mistakes.add(mistake_parts::detail_tag::did_you_mean, graph::value.path(nearest));
        return mistakes;
    }

    std::array<std::byte*, variables.size()> addresses() const {
        std::array<std::byte*, variables.size()> all = parameters_.variables();
        point_to_locals(all);
        return all;
    }
    void point_to_locals(std::array<std::byte*, variables.size()>& all) const noexcept {
        for (std::size_t v = 0; v < all.size(); ++v)
            if (locals_.is_local(v)) all[v] = locals_.address(v);
    }

    ambit::parameters<graph> parameters_;
    model_parts::local_variables<graph, InPlace> locals_;
    std::array<std::byte*, variables.size()> variables_;
    [[no_unique_address]] model_parts::packed_weights<Planned, InPlace> packed_;
};

}  // namespace ambit::model_parts
