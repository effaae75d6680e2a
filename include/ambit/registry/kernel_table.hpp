// SPDX-License-Identifier: BSL-1.0
// Where a program that plans at run time finds the code of an op: a table by op, filled where kernels are
// compiled. ambit's own ops are compiled once, in the library `ambit::dynamic` or in the one unit that includes
// <ambit/dynamic_kernels.hpp>; a user's op joins by a line beside its definition (registry/run_time_op.hpp).
//
//     const run_time_op* op = kernel_table::of_program().find(info);       // null: nobody has compiled it
#pragma once

#include <ambit/contract/block.hpp>
#include <ambit/graph/op_info.hpp>
#include <ambit/plan/fused_program.hpp>

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

namespace AMBIT_NAMESPACE::registry_parts {

/// Addresses of results, operands and scratch memory, in the order of a plan.
using step_addresses = std::byte* const*;

/// A kernel that writes one result: its geometry, then the addresses of result, operands and scratch memory.
using plain_function = void (*)(const void* geometry, step_addresses at) noexcept;

/// A kernel that ends in an epilogue: its geometry, the addresses of its operands, scratch memory, and who takes what
/// it has finished.
using root_function = void (*)(const void* geometry, step_addresses at, std::byte* scratch,
                               const block_sink& sink) noexcept;

/// What a program may know of an op at run time; null where that does not apply. Each finds the code for some dtypes,
/// and answers null if there is none.
struct run_time_op {
    /// An elementwise op of numbers of one dtype (bool if there are none); bit i of `masks` says that operand i is
    /// bool. `row` is the length of the rows that a fused loop of the compiler's has, for which it would choose its
    /// batches; 0 if it would take one element at a time.
    block_function (*loop)(dtype type, int operands, unsigned masks, std::int64_t row) = nullptr;

    plain_function (*plain)(const op_call&, const tensor_spec& result) = nullptr;
    root_function (*root)(const op_call&, const tensor_spec& result) = nullptr;

    /// Writes the geometry that plain and root functions take, and says how many bytes that is.
    std::size_t (*geometry)(const op_call&, const tensor_spec& result, std::byte* to) = nullptr;
    /// The length of the rows that an epilogue sees.
    std::int64_t (*columns)(const void* geometry) = nullptr;

    bool is_vectorizable = true;
};

/// The most bytes of a geometry, as of the call of a user's own op.
inline constexpr std::size_t most_geometry_bytes = 4096;

/// Whether two chains differ in nothing but their numbers and options.
inline bool have_one_form(const fused_program& a, const fused_program& b) {
    if (a.has_accumulator != b.has_accumulator || a.inputs != b.inputs || a.immediates != b.immediates ||
        a.ops != b.ops || a.outputs != b.outputs || a.masks != b.masks)
        return false;
    for (int k = 0; k < a.outputs; ++k)
        if (a.output[k] != b.output[k]) return false;
    for (int i = 0; i < a.ops; ++i) {
        if (a.op[i].op != b.op[i].op || a.op[i].operands != b.op[i].operands) return false;
        for (int j = 0; j < a.op[i].operands; ++j)
            if (a.op[i].operand[j] != b.op[i].operand[j]) return false;
    }
    return true;
}

/// Ops are told apart by their addresses: a user's op may have the name of another one.
class kernel_table {
public:
    void add(const op_info& info, const run_time_op& op) { ops_.insert_or_assign(&info, op); }
    const run_time_op* find(const op_info& info) const {
        const auto found = ops_.find(&info);
        return found == ops_.end() ? nullptr : &found->second;
    }

    /// Chains that were compiled as one loop (registry/compiled_chain.hpp), whatever their numbers and options are.
    void add_chain(const fused_program& form, dtype type, chain_function run) {
        if (find_chain(form, type) == nullptr) chains_.push_back({form, type, run});
    }
    chain_function find_chain(const fused_program& program, dtype type) const {
        for (const compiled_chain& chain : chains_)
            if (chain.type == type && have_one_form(chain.form, program)) return chain.run;
        return nullptr;
    }

    static kernel_table& of_program() {
        static kernel_table table;
        return table;
    }

private:
    struct compiled_chain {
        fused_program form;
        dtype type;
        chain_function run;
    };

    std::unordered_map<const op_info*, run_time_op> ops_;
    std::vector<compiled_chain> chains_;
};

/// Adds ambit's own ops. The linker does not find this? Link the program with the library `ambit::dynamic`, or include
/// <ambit/dynamic_kernels.hpp> in one of its units. Both are to be compiled for the instruction set of the program: the
/// namespace says which (core/build.hpp).
void link_with_ambit_dynamic_or_include_dynamic_kernels(kernel_table& table);

}  // namespace ambit::registry_parts
