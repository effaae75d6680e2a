// SPDX-License-Identifier: BSL-1.0
// What a user's own kernel knows of its call (ops/op.hpp).
//
//     template <class T> static void run(const ambit::custom_call& call, T* out, const T* in) noexcept {
//         const ambit::shape& extents = call.operands[0].extents;
//         const double beta = call.attributes<attributes>().beta;
//     }
#pragma once

#include <ambit/core/attributes.hpp>
#include <ambit/core/tensor_spec.hpp>
#include <ambit/graph/builder.hpp>

#include <cstdint>

namespace AMBIT_NAMESPACE {

/// Specs of the result and of the operands, and the options of the op.
struct custom_call {
    static constexpr int max_words = 16;
    tensor_spec result;
    tensor_spec operands[graph_parts::graph_builder::max_operands] = {};
    std::int64_t words[max_words] = {};

    constexpr custom_call() = default;
    constexpr custom_call(const op_call& call, const tensor_spec& of_result, int word_count) : result(of_result) {
        for (int i = 0; i < call.operand_count; ++i) operands[i] = call.operands[i];
        for (int i = 0; i < word_count && i < max_words; ++i) words[i] = call.words[i];
    }

    template <core_parts::attribute_struct Attributes> constexpr Attributes attributes() const {
        static_assert(core_parts::word_count<Attributes> <= max_words, "[ambit] a custom op has at most 16 attributes");
        return core_parts::from_words<Attributes>(words);
    }
};

}  // namespace ambit
