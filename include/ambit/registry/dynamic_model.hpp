// SPDX-License-Identifier: BSL-1.0
// A model whose module, sizes or names are known at run time only: the graph, the rules, the gradients and the plan of
// a model of the compiler's, run by kernels that were compiled once.
//
//     registry reg(seed{1});
//     dynamic_model net(reg, classifier{.hidden = hidden}, {{"images", spec(float32, {batch, 784})},
//                                                           {"labels", spec(int32, {batch})}});
//     auto loss = net.run({"train", "loss"}, {{"images", images}, {"labels", labels}})["loss"].number<float>();
//     auto y = net(images).as<float>();                          // of a module without operations among its outputs
//
// A program links with the library `ambit::dynamic`, or includes <ambit/dynamic_kernels.hpp> in one of its units.
//
// Extents of the inputs may be others in each call, the batch or, if variables allow it, any: the module runs again for
// each list of specs, once, and so it is planned for each list of outputs that is asked for, once; a call for which
// there is a plan allocates nothing. All of them share one block of temporary memory, as large as the largest needs.
// Memory without a shape, a `std::vector` for one, says the batch alone.
// Mistakes are thrown as `model_error`s, and change nothing. One model, one thread; a step of training writes the
// registry. A model or a registry that was moved from is empty: whatever is done with it is `moved_from`.
#pragma once

#include <ambit/graph/member_names.hpp>
#include <ambit/model/arithmetic.hpp>
#include <ambit/model/processor.hpp>
#include <ambit/registry/dynamic_names.hpp>
#include <ambit/registry/dynamic_session.hpp>
#include <ambit/registry/kernel_table.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace AMBIT_NAMESPACE {

class dynamic_model {
public:
    /// Runs the module on the registry, which gets its variables. Each input is a spec, or a name and a spec.
    template <class Module, std::size_t Inputs>
        requires graph_parts::module<Module, Inputs>
    dynamic_model(const registry& reg, const Module& module, const dynamic_input (&inputs)[Inputs],
                  const registry_run_options& options = {})
        : registry_(reg.share()) {
        model_parts::check_processor();
        model_parts::check_arithmetic();
        using outputs = graph_parts::outputs_of<Module, Inputs>;
        add_kernels();
        std::vector<tensor_spec> specs;
        for (const dynamic_input& input : inputs) {
            input_names_.push_back(input.name);
            specs.push_back(input.spec);
        }
        for (std::size_t k = 0; k < graph_parts::output_count<outputs>; ++k)
            output_names_.emplace_back(graph_parts::member_name<outputs>(k));
        build_ = [module, options](const registry& on, std::span<const tensor_spec> of,
                                   const std::vector<registry_parts::variable_pointer>* own) {
            std::array<tensor_spec, Inputs> given;
            for (std::size_t i = 0; i < Inputs; ++i) given[i] = of[i];
            return registry_parts::build(on, module, given, options, own, &registry_parts::refuse_uncompiled);
        };
        begin(specs);
    }

    /// The same of a module whose inputs and outputs only the running program counts: it is called with a scope and a
    /// `std::span<const tensor>`, and returns a `std::vector<tensor>`, one for each name of `outputs`; else
    /// `output_unknown` is thrown.
    template <registry_parts::module_of_lists Module>
    dynamic_model(const registry& reg, const Module& module, std::span<const dynamic_input> inputs,
                  std::vector<std::string> outputs, const registry_run_options& options = {})
        : registry_(reg.share()), output_names_(std::move(outputs)) {
        model_parts::check_processor();
        model_parts::check_arithmetic();
        add_kernels();
        std::vector<tensor_spec> specs;
        for (const dynamic_input& input : inputs) {
            input_names_.push_back(input.name);
            specs.push_back(input.spec);
        }
        build_ = [module, options, count = output_names_.size()](
                     const registry& on, std::span<const tensor_spec> of,
                     const std::vector<registry_parts::variable_pointer>* own) {
            const auto run = [&](graph_builder& builder) {
                std::vector<int> made = registry_parts::run_module(builder, module, of, options);
                if (made.size() != count) registry_parts::refuse_outputs(made.size(), count);
                return made;
            };
            return registry_parts::build_by(on, run, own, &registry_parts::refuse_uncompiled);
        };
        begin(specs);
    }

    dynamic_model(dynamic_model&&) = default;
    dynamic_model& operator=(dynamic_model&&) = default;

    // ---- calls ----------------------------------------------------------------------------------------------------

    /// Computes all outputs, from the inputs that they depend on, in order. A module that has operations among them is
    /// run by name.
    template <class... Arguments> dynamic_results operator()(const Arguments&... arguments) & {
        static_cast<void>(first());
        refuse_operations();
        const std::array<dynamic_argument, sizeof...(Arguments)> given{dynamic_argument(arguments)...};
        return run_in_order(all_of_them_, given);
    }

    /// The same from a list with an argument for each input, whether the outputs depend on it or not.
    dynamic_results run_list(std::span<const dynamic_argument> arguments) & {
        static_cast<void>(first());
        refuse_operations();
        if (arguments.size() != given_.size())
            refuse_count(last_->call_for(all_of_them_, output_names_), arguments.size());
        for (std::size_t i = 0; i < given_.size(); ++i) given_[i] = &arguments[i];
        return call(all_of_them_);
    }

    /// Computes the outputs of these names and what they depend on, from inputs by name. Inputs that none of them
    /// depends on may be given, too.
    dynamic_results run(std::initializer_list<std::string_view> outputs,
                        std::initializer_list<named_argument> arguments) & {
        static_cast<void>(first());
        find_outputs(outputs);
        std::fill(given_.begin(), given_.end(), nullptr);
        for (const named_argument& argument : arguments) {
            const std::size_t i = registry_parts::place_of_name(argument.name, input_names_, mistake::input_unknown);
            const dynamic_argument*& place = given_[i];
            if (place != nullptr) registry_parts::refuse_argument(argument.name, "it is given twice");
            place = &argument.value;
        }
        return call(asked_);
    }

    /// The same from the inputs that the outputs depend on, in order.
    template <class... Arguments>
        requires(sizeof...(Arguments) > 0)
    dynamic_results run(std::initializer_list<std::string_view> outputs, const Arguments&... arguments) & {
        static_cast<void>(first());
        find_outputs(outputs);
        const std::array<dynamic_argument, sizeof...(Arguments)> given{dynamic_argument(arguments)...};
        return run_in_order(asked_, given);
    }
    /// Of outputs that depend on no input.
    dynamic_results run(std::initializer_list<std::string_view> outputs) & { return run(outputs, {}); }

    // ---- calls of a temporary model, and of a constant one ----------------------------------------------------------

    template <class... Arguments>
    AMBIT_REFUSES("results are views, which would outlive the temporary model: give the model a name")
    dynamic_results operator()(const Arguments&...) && {
        return dynamic_results({});
    }
    AMBIT_REFUSES("results are views, which would outlive the temporary model: give the model a name")
    dynamic_results run_list(std::span<const dynamic_argument>) && { return dynamic_results({}); }
    AMBIT_REFUSES("results are views, which would outlive the temporary model: give the model a name")
    dynamic_results run(std::initializer_list<std::string_view>, std::initializer_list<named_argument>) && {
        return dynamic_results({});
    }
    template <class... Arguments>
    AMBIT_REFUSES("results are views, which would outlive the temporary model: give the model a name")
    dynamic_results run(std::initializer_list<std::string_view>, const Arguments&...) && {
        return dynamic_results({});
    }
    template <class... Arguments>
    AMBIT_REFUSES("a call writes into the model's memory, which is constant here: take it by reference, net& first")
    dynamic_results operator()(const Arguments&...) const& {
        return dynamic_results({});
    }
    AMBIT_REFUSES("a call writes into the model's memory, which is constant here: take it by reference, net& first")
    dynamic_results run(std::initializer_list<std::string_view>, std::initializer_list<named_argument>) const& {
        return dynamic_results({});
    }
    template <class... Arguments>
    AMBIT_REFUSES("a call writes into the model's memory, which is constant here: take it by reference, net& first")
    dynamic_results run(std::initializer_list<std::string_view>, const Arguments&...) const& {
        return dynamic_results({});
    }

    /// Sets the local variables back to their initial values.
    void reset() {
        static_cast<void>(first());
        for (auto& [variable, memory] : locals_) variable->write_initial_value(registry_.initial_seed(), memory.get());
    }

    /// Where a variable of its own lies: a local one in this model, others where their registry has them.
    std::byte* address_of(const registered_variable& v) const {
        for (const auto& [known, memory] : locals_)
            if (known.get() == &v) return memory.get();
        for (const registry_parts::variable_pointer& known : first().variables())
            if (known.get() == &v) return known->data();
        return nullptr;
    }

    // ---- what it is -------------------------------------------------------------------------------------------------

    /// In order of declaration; empty for one that has none.
    std::span<const std::string> output_names() const { return output_names_; }
    std::span<const std::string> input_names() const { return input_names_; }

    /// The specs of the inputs that it was built for first.
    std::span<const tensor_spec> inputs() const { return first().specs(); }
    tensor_spec output(std::size_t k) const {
        const plan_parts::graph_view graph = first().graph();
        return graph.node(graph.outputs[k]).result;
    }

    /// Its variables in the order in which its module met them; local ones have their memory in this model.
    std::vector<registry::found> variables() const {
        const auto mine = first().variables();
        return {mine.begin(), mine.end()};
    }

    /// The same as those who write them need them (checkpoint/load.hpp); local ones have no memory here.
    std::span<const registry_parts::variable_pointer> variables_in_memory() const { return first().variables(); }

    int node_count() const { return first().graph().node_count; }
    /// As passes read it (plan/graph_view.hpp): reads have the places of variables in `variables()`.
    plan_parts::graph_view graph() const { return first().graph(); }
    int step_count() { return first().call_for(all_of_them_, output_names_).step_count(); }
    /// Bytes of temporary memory: those that the largest batch so far needs, which all of them share.
    std::int64_t arena_bytes() const {
        static_cast<void>(first());
        return arena_bytes_;
    }
    /// For how many lists of specs it was built.
    std::size_t session_count() const { return sessions_.size(); }

private:
    using session = registry_parts::dynamic_session;

    /// That of the specs which it was built for first; a model that was moved from has none.
    session& first() const {
        if (sessions_.empty()) model_parts::raise_moved_from();
        return *sessions_.front();
    }

    static void add_kernels() {
        static const bool done = [] {
            registry_parts::link_with_ambit_dynamic_or_include_dynamic_kernels(
                registry_parts::kernel_table::of_program());
            return true;
        }();
        static_cast<void>(done);
    }

    void begin(const std::vector<tensor_spec>& specs) {
        for (std::size_t i = 0; i < specs.size(); ++i) refuse_empty(specs[i], i);
        for (std::size_t k = 0; k < output_names_.size(); ++k) all_of_them_.push_back(static_cast<int>(k));
        given_.resize(specs.size());
        data_.resize(specs.size());
        last_ = &session_of(specs, nullptr);
        const plan_parts::graph_view graph = last_->graph();
        for (int k = graph.output_count - 1; k >= 0; --k)
            if (graph_parts::is_operation(graph.role(graph.outputs[k]))) first_operation_ = k;
    }

    /// Builds the module for these specs.
    session& session_of(const std::vector<tensor_spec>& specs,
                        const std::vector<registry_parts::variable_pointer>* own) {
        const registry_parts::built_module built = build_(registry_, specs, own);
        const registry_parts::session_variables variables(built, [&](const registry_parts::variable_pointer& v) {
            return v->is_local() ? memory_of_local(v) : v->data();
        });
        auto made = registry_parts::make_session(built, specs, variables);
        make_room(*made);
        sessions_.push_back(std::move(made));
        own_.insert(own_.end(), built.fresh.begin(), built.fresh.end());
        return *sessions_.back();
    }

    /// All sessions share one arena. What one of them has computed may be an argument of the call for which another one
    /// was built: the old arena stays until that is done, and there is memory beside the new one for inputs that lie in
    /// it.
    void make_room(const session& made) {
        const bool grows = arena_ == nullptr || made.arena_bytes() > arena_bytes_;
        model_parts::aligned_bytes arena, beside;
        if (grows) arena = model_parts::allocate_aligned(made.arena_bytes());
        std::int64_t inputs = made.input_bytes();
        for (const auto& planned : sessions_) inputs = (std::max)(inputs, planned->input_bytes());
        if (!sessions_.empty()) beside = model_parts::allocate_aligned(inputs);
        if (grows) {
            retired_ = std::exchange(arena_, std::move(arena));
            arena_bytes_ = made.arena_bytes();
        }
        beside_ = std::move(beside);
    }

    /// A local variable is this model's, whatever other models of the registry have it, too.
    std::byte* memory_of_local(const registry_parts::variable_pointer& v) {
        for (auto& [known, memory] : locals_)
            if (known == v) return memory.get();
        locals_.emplace_back(v, model_parts::allocate_aligned(v->bytes()));
        v->write_initial_value(registry_.initial_seed(), locals_.back().second.get());
        return locals_.back().second.get();
    }

    dynamic_results run_in_order(std::span<const int> asked, std::span<const dynamic_argument> arguments) {
        static_cast<void>(first());
        const registry_parts::dynamic_call& needed = last_->call_for(asked, output_names_);
        std::fill(given_.begin(), given_.end(), nullptr);
        std::size_t next = 0;
        for (std::size_t i = 0; i < given_.size(); ++i) {
            if (!needed.uses_input(i)) continue;
            if (next < arguments.size()) given_[i] = &arguments[next];
            ++next;
        }
        if (next != arguments.size()) refuse_count(needed, arguments.size());
        return call(asked);
    }

    dynamic_results call(std::span<const int> asked) {
        session& at = session_for_arguments();
        registry_parts::dynamic_call& wanted = at.call_for(asked, output_names_);
        std::size_t missing = 0;
        for (std::size_t i = 0; i < given_.size(); ++i)
            missing += given_[i] == nullptr && wanted.uses_input(i) ? 1U : 0U;
        if (missing > 0) refuse_missing(wanted);
        std::int64_t used = 0;
        for (std::size_t i = 0; i < given_.size(); ++i)
            data_[i] = wanted.uses_input(i) ? bind(i, at, wanted, used) : nullptr;
        last_run_ = &at;
        const dynamic_results results(wanted.run(arena_.get(), data_));
        if (retired_ != nullptr) retired_.reset();
        return results;
    }

    /// The address of an input: the array's own memory, or a copy if that is none, or would change during the call.
    /// What the session of the last call has computed lies elsewhere than another's copies of inputs expect: those go
    /// beside the arena, where `used` bytes are taken.
    const std::byte* bind(std::size_t i, const session& at, const registry_parts::dynamic_call& wanted,
                          std::int64_t& used) const {
        const dynamic_argument& x = *given_[i];
        const tensor_spec& asked = at.specs()[i];
        const model_parts::memory_range range{x.data(), asked.bytes()};
        if (x.data() != nullptr && !model_parts::overlap(range, {arena_.get(), arena_bytes_}) &&
            !model_parts::overlaps(range, wanted.writes()))
            return x.data();
        std::byte* place = arena_.get() + wanted.input_offset(i);
        if (last_run_ != nullptr && last_run_ != &at) {
            place = beside_.get() + used;
            used += plan_parts::aligned(asked.bytes());
        }
        x.copy_to(asked, place);
        return place;
    }

    // ---- which specs ------------------------------------------------------------------------------------------------

    static bool fits(const dynamic_argument& x, const tensor_spec& asked) {
        if (x.spec().type != asked.type) return false;
        if (x.is_shapeless()) return x.spec().extents[0] == asked.extents.elements();
        return x.rank() == asked.extents.rank() && x.spec().extents == asked.extents;
    }

    session& session_for_arguments() {
        bool fits_last = true;
        for (std::size_t i = 0; i < given_.size(); ++i)
            fits_last = fits_last && (given_[i] == nullptr || fits(*given_[i], last_->specs()[i]));
        if (fits_last) return *last_;
        for (const auto& planned : sessions_) {
            bool fits_all = true;
            for (std::size_t i = 0; i < given_.size(); ++i)
                fits_all = fits_all && (given_[i] == nullptr || fits(*given_[i], planned->specs()[i]));
            if (fits_all) return *(last_ = planned.get());
        }
        return *(last_ = &new_session());
    }

    /// Where more than batches differ from what the model was declared with, a module that refuses it is told of the
    /// input that does.
    session& new_session() {
        const std::vector<tensor_spec> specs = specs_of_arguments();
        const std::vector<tensor_spec>& declared = first().specs();
        for (std::size_t i = 0; i < specs.size(); ++i) {
            tensor_spec of_batch = declared[i];
            if (of_batch.extents.rank() > 0) of_batch.extents.set(0, specs[i].extents[0]);
            if (of_batch == specs[i]) continue;
            try {
                return session_of(specs, &own_);
            } catch (const model_error& why) {
                refuse_shape(specs[i], declared[i], i, why.what());
            }
        }
        return session_of(specs, &own_);
    }

    /// Those that the model was declared with, but for the extents that are given. What is not given has the batch of
    /// an input that it had the batch of at first.
    std::vector<tensor_spec> specs_of_arguments() const {
        const std::vector<tensor_spec>& declared = first().specs();
        std::vector<tensor_spec> wanted = declared;
        for (std::size_t i = 0; i < given_.size(); ++i)
            if (given_[i] != nullptr) wanted[i] = spec_of(*given_[i], declared[i], i);
        for (std::size_t i = 0; i < given_.size(); ++i) {
            if (given_[i] != nullptr || declared[i].extents.rank() == 0) continue;
            for (std::size_t other = 0; other < given_.size(); ++other)
                if (given_[other] != nullptr && declared[other].extents.rank() > 0 &&
                    declared[other].extents[0] == declared[i].extents[0])
                    wanted[i].extents.set(0, wanted[other].extents[0]);
        }
        return wanted;
    }

    /// The spec of an array if it has as many axes as was declared; else a mistake. Memory without a shape has the
    /// extents that were declared, and a batch.
    tensor_spec spec_of(const dynamic_argument& x, const tensor_spec& declared, std::size_t i) const {
        const registry_parts::array_target target = target_of(i);
        registry_parts::expect_dtype(x.spec().type, declared, target);
        tensor_spec wanted = declared;
        const int rank = declared.extents.rank();
        bool is_right = x.rank() == rank || x.is_shapeless();
        if (is_right && rank > 0 && x.is_shapeless()) {
            const std::int64_t example = declared.extents.elements() / declared.extents[0];
            is_right = x.spec().extents[0] % example == 0;
            wanted.extents.set(0, x.spec().extents[0] / example);
        } else if (is_right && rank > 0) {
            wanted.extents = x.spec().extents;
        } else if (is_right) {
            is_right = !x.is_shapeless() || x.spec().extents[0] == 1;
        }
        if (!is_right) refuse_shape(x.spec(), declared, i);
        refuse_empty(wanted, i);
        if (!core_parts::is_legal(wanted.extents)) refuse_shape(x.spec(), declared, i);
        return wanted;
    }

    // ---- names ------------------------------------------------------------------------------------------------------

    void find_outputs(std::initializer_list<std::string_view> names) {
        asked_.clear();
        for (const std::string_view name : names)
            asked_.push_back(
                static_cast<int>(registry_parts::place_of_name(name, output_names_, mistake::output_unknown)));
    }

    registry_parts::array_target target_of(std::size_t i) const {
        return {mistake::input_shape, mistake::input_dtype, mistake_parts::detail_tag::name, input_names_[i],
                static_cast<std::int64_t>(i)};
    }

    void refuse_operations() const {
        if (first_operation_ < 0) return;
        mistake_parts::reports mistakes;
        mistakes.begin(mistake::operations_unasked);
        mistakes.add(mistake_parts::detail_tag::output, std::int64_t{first_operation_});
        mistake_parts::raise(mistakes, 0);
    }

    [[noreturn]] void refuse_shape(const tensor_spec& had, const tensor_spec& declared, std::size_t i,
                                   std::string_view why = {}) const {
        mistake_parts::reports mistakes;
        target_of(i).begin(mistakes, mistake::input_shape);
        mistakes.add(mistake_parts::detail_tag::had, had);
        mistakes.add(mistake_parts::detail_tag::asked, declared);
        mistakes.add(mistake_parts::detail_tag::rule,
                     declared.extents.rank() == 0 ? "the model was built for a number"
                     : why.empty()
                         ? "it has as many axes as the model was built for; memory without a shape, whole examples"
                         : "the module, run again for it, is refused:");
        for (; !why.empty(); why.remove_prefix((std::min)(why.find('\n'), why.size() - 1) + 1))
            mistakes.add(mistake_parts::detail_tag::rule, why.substr(0, why.find('\n')));
        mistake_parts::raise(mistakes, 0);
    }

    void refuse_empty(const tensor_spec& spec, std::size_t i) const {
        for (int axis = 0; axis < spec.extents.rank(); ++axis) {
            if (spec.extents[axis] > 0) continue;
            mistake_parts::reports mistakes;
            target_of(i).begin(mistakes, mistake::input_empty);
            mistakes.add(mistake_parts::detail_tag::had, spec);
            if (spec.extents[axis] == any_size)
                mistakes.add(mistake_parts::detail_tag::rule,
                             "a dynamic model takes whatever batch a call has: declare it with that of the first one");
            mistake_parts::raise(mistakes, 0);
        }
    }

    void add_needed(mistake_parts::reports& mistakes, const registry_parts::dynamic_call& wanted) const {
        for (std::size_t i = 0; i < given_.size(); ++i) {
            if (!wanted.uses_input(i)) continue;
            mistakes.add(mistake_parts::detail_tag::input, static_cast<std::int64_t>(i));
            if (!input_names_[i].empty()) mistakes.add(mistake_parts::detail_tag::name, input_names_[i]);
            mistakes.add(mistake_parts::detail_tag::asked, first().specs()[i]);
        }
    }
    [[noreturn]] void refuse_count(const registry_parts::dynamic_call& wanted, std::size_t given) const {
        std::int64_t needed = 0;
        for (std::size_t i = 0; i < given_.size(); ++i) needed += wanted.uses_input(i) ? 1 : 0;
        mistake_parts::reports mistakes;
        mistakes.begin(mistake::input_count);
        mistakes.add(mistake_parts::detail_tag::given, static_cast<std::int64_t>(given));
        mistakes.add(mistake_parts::detail_tag::wanted, needed);
        add_needed(mistakes, wanted);
        mistake_parts::raise(mistakes, 0);
    }
    [[noreturn]] void refuse_missing(const registry_parts::dynamic_call& wanted) const {
        std::size_t given = 0;
        for (std::size_t i = 0; i < given_.size(); ++i) given += given_[i] != nullptr && wanted.uses_input(i) ? 1U : 0U;
        refuse_count(wanted, given);
    }
    registry registry_;
    std::function<registry_parts::built_module(const registry&, std::span<const tensor_spec>,
                                               const std::vector<registry_parts::variable_pointer>*)>
        build_;
    std::vector<std::string> input_names_, output_names_;
    std::vector<std::unique_ptr<session>> sessions_;
    session* last_ = nullptr;  // that of the specs of the last call
    const session* last_run_ = nullptr;  // whose results lie in the arena
    model_parts::aligned_bytes arena_, retired_, beside_;
    std::int64_t arena_bytes_ = 0;
    std::vector<registry_parts::variable_pointer> own_;  // variables that its runs have created
    std::vector<std::pair<registry_parts::variable_pointer, model_parts::aligned_bytes>> locals_;
    std::vector<int> all_of_them_, asked_;
    int first_operation_ = -1;  // among the outputs
    std::vector<const dynamic_argument*> given_;  // of each input, during a call
    std::vector<const std::byte*> data_;
};

}  // namespace ambit
