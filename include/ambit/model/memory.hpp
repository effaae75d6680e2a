// SPDX-License-Identifier: BSL-1.0
// The memory of a model, which the compiler knows to the byte, and what it is expected to be at most:
//
//     static_assert(memory_of<net>::parameters == 205'120 && memory_of<net>::arena == 655'360);
//     static_assert(expect_memory<net, 1_MiB>());
//     static_assert(expect_memory<server, 1_MiB, 32>());                  // with any_size: of so large a batch
#pragma once

#include <ambit/model/stored_model.hpp>
#include <ambit/plan/lints.hpp>

#include <cstddef>
#include <cstdint>

namespace AMBIT_NAMESPACE::model_parts {

/// What `allocate_aligned` takes for so many bytes.
constexpr std::int64_t allocated(std::int64_t bytes) { return plan_parts::aligned(bytes > 0 ? bytes : 1); }

/// Whether a model's arena, or its local variables, are members of it; of one with `any_size` neither is.
template <class Model> constexpr bool is_in_place(bool arena) {
    if constexpr (requires { Model::keeps_arena_in_place; })
        return arena ? Model::keeps_arena_in_place : Model::keeps_local_variables_in_place;
    else return false;
}

/// A model of static shapes, or one with `any_size` and a batch.
template <class Model, std::int64_t LargestBatch>
concept has_memory_for = (LargestBatch == 0 && requires { Model::keeps_arena_in_place; }) ||
                         (LargestBatch > 0 && requires { Model::arena_bytes(LargestBatch); });

}  // namespace ambit::model_parts

namespace AMBIT_NAMESPACE {

/// Bytes that a model takes: what it allocates when it is made, and the object itself. Not in it are the allocator's
/// own notes, the stack and the program's code (scripts/code_and_stack finds them). Models that share parameters have
/// those once. A model with `any_size` takes them for its largest batch: `memory_of<server, 32>`.
template <class Model, std::int64_t LargestBatch = 0>
    requires model_parts::has_memory_for<Model, LargestBatch>
struct memory_of {
    using graph = typename Model::graph;
    static constexpr bool has_arena_in_place = model_parts::is_in_place<Model>(true);
    static constexpr bool has_locals_in_place = model_parts::is_in_place<Model>(false);

    /// Variables that models share and save, each from a multiple of 64 bytes on, and a count of changes for each.
    static constexpr std::int64_t parameters =
        model_parts::allocated(model_parts::layout_of_variables<graph, model_parts::belongs_to::parameters>.bytes +
                               std::int64_t{sizeof(std::uint64_t)} * graph::counts.variables);
    /// Variables of the one model.
    static constexpr std::int64_t local_variables =
        plan_parts::aligned(model_parts::layout_of_variables<graph, model_parts::belongs_to::one_model>.bytes);
    /// Weights as kernels read them, beside those among the parameters.
    static constexpr std::int64_t packed_weights = model_parts::packed_bytes<typename Model::planned_graph>;
    /// Temporary memory of calls, outputs in it.
    static constexpr std::int64_t arena = model_parts::allocated([] {
        if constexpr (LargestBatch > 0) return Model::arena_bytes(LargestBatch);
        else return Model::arena_bytes;
    }());
    /// With `any_size`: the addresses of what lies in the arena, which depend on the batch.
    static constexpr std::int64_t addresses = [] {
        if constexpr (LargestBatch > 0)
            return static_cast<std::int64_t>(sizeof(std::byte*)) *
                   static_cast<std::int64_t>(plan_parts::batch_slots<graph>(LargestBatch).offset.size());
        else return std::int64_t{0};
    }();
    /// The object, without what of these is part of it.
    static constexpr std::int64_t members = static_cast<std::int64_t>(sizeof(Model)) -
                                            (has_locals_in_place ? local_variables + packed_weights : 0) -
                                            (has_arena_in_place ? arena : 0);

    /// What is allocated. (Parameters are not where they lie in a `parameters_in_place`.)
    static constexpr std::int64_t heap = parameters + (has_locals_in_place ? 0 : local_variables + packed_weights) +
                                         (has_arena_in_place ? 0 : arena) + addresses;
    static constexpr std::int64_t total = heap + static_cast<std::int64_t>(sizeof(Model));
};

}  // namespace ambit

namespace AMBIT_NAMESPACE::lint_parts {

/// The bytes, and what they are made of.
template <class Model, std::int64_t Most, std::int64_t LargestBatch> constexpr reports larger_memory() {
    using memory = memory_of<Model, LargestBatch>;
    reports mistakes;
    mistakes.begin(mistake::memory_size);
    short_text had, asked("at most ");
    mistake_parts::append_bytes(had, memory::total);
    mistake_parts::append_bytes(asked, Most);
    mistakes.add(detail_tag::had, had);
    mistakes.add(detail_tag::asked, asked);
    const auto add = [&](std::string_view name, std::int64_t bytes) {
        short_text line(name);
        line += ' ';
        mistake_parts::append_bytes(line, bytes);
        mistakes.add(detail_tag::rule, line);
    };
    add("parameters", memory::parameters);
    if (memory::local_variables > 0) add("local variables", memory::local_variables);
    if (memory::packed_weights > 0) add("packed weights", memory::packed_weights);
    add("arena", memory::arena);
    add("members", memory::members);
    return mistakes;
}

}  // namespace ambit::lint_parts

namespace AMBIT_NAMESPACE {

/// A model takes at most so many bytes, parameters, arena and object together: `expect_memory<net, 256_KiB>()`, with
/// `any_size` `expect_memory<net, 256_KiB, 32>()` for batches of up to 32.
template <class Model, std::int64_t Most, std::int64_t LargestBatch = 0>
    requires model_parts::has_memory_for<Model, LargestBatch>
constexpr auto expect_memory() {
    using all = lint_parts::lints_of<Model>;
    return all::template settle<memory_of<Model, LargestBatch>::total <= Most,
                                &lint_parts::larger_memory<Model, Most, LargestBatch>>();
}

}  // namespace ambit
