// SPDX-License-Identifier: BSL-1.0
// The meaning of elementwise ops with bool among operands or results, which are 0 and 1 of the other operands' type:
// comparisons, logic, and the choice between two values.
#pragma once

#include <ambit/ops/all.hpp>

#include <optional>

namespace ambit_test::interpreter_detail {

template <class T> std::optional<T> apply_beside_bool(const ambit::op_info& op, const T* x) {
    using namespace ambit;
    const auto holds = [&](int i) { return x[i] != T(0); };
    switch (op.id) {
        case op_id("equal"): return static_cast<T>(equal_op::apply(x[0], x[1]));
        case op_id("not_equal"): return static_cast<T>(not_equal_op::apply(x[0], x[1]));
        case op_id("less"): return static_cast<T>(less_op::apply(x[0], x[1]));
        case op_id("less_equal"): return static_cast<T>(less_equal_op::apply(x[0], x[1]));
        case op_id("greater"): return static_cast<T>(greater_op::apply(x[0], x[1]));
        case op_id("greater_equal"): return static_cast<T>(greater_equal_op::apply(x[0], x[1]));
        case op_id("logical_and"): return static_cast<T>(logical_and_op::apply(holds(0), holds(1)));
        case op_id("logical_or"): return static_cast<T>(logical_or_op::apply(holds(0), holds(1)));
        case op_id("logical_xor"): return static_cast<T>(logical_xor_op::apply(holds(0), holds(1)));
        case op_id("logical_not"): return static_cast<T>(logical_not_op::apply(holds(0)));
        case op_id("where"): return where_op::apply(holds(0), x[1], x[2]);
        default: return std::nullopt;
    }
}

}  // namespace ambit_test::interpreter_detail
