// SPDX-License-Identifier: BSL-1.0
// What most elementwise ops mean: part of tests/support/op_meaning.hpp. Values of bool are 0 and 1 of the type of the
// numbers.
#pragma once

#include <ambit/ops/all.hpp>

#include <optional>
#include <type_traits>

namespace ambit_test::interpreter_detail {

template <class T> std::optional<T> apply_floating(const ambit::op_info& op, const std::int64_t* words, const T* x) {
    using namespace ambit;
    using namespace ambit::op_parts;
    switch (op.id) {
        case op_id("is_nan"): return static_cast<T>(is_nan_op::apply(x[0]));
        case op_id("is_inf"): return static_cast<T>(is_inf_op::apply(x[0]));
        case op_id("is_finite"): return static_cast<T>(is_finite_op::apply(x[0]));
        case op_id("floor"): return floor_op::apply(x[0]);
        case op_id("ceil"): return ceil_op::apply(x[0]);
        case op_id("round"): return round_op::apply(x[0]);
        case op_id("sin"): return sin_op::apply(x[0]);
        case op_id("cos"): return cos_op::apply(x[0]);
        case op_id("asin"): return asin_op::apply(x[0]);
        case op_id("acos"): return acos_op::apply(x[0]);
        case op_id("atan"): return atan_op::apply(x[0]);
        case op_id("atan2"): return atan2_op::apply(x[0], x[1]);
        case op_id("sinh"): return sinh_op::apply(x[0]);
        case op_id("cosh"): return cosh_op::apply(x[0]);
        case op_id("asinh"): return asinh_op::apply(x[0]);
        case op_id("acosh"): return acosh_op::apply(x[0]);
        case op_id("atanh"): return atanh_op::apply(x[0]);
        case op_id("erf"): return erf_op::apply(x[0]);
        case op_id("expm1"): return expm1_op::apply(x[0]);
        case op_id("log1p"): return log1p_op::apply(x[0]);
        case op_id("rsqrt"): return rsqrt_op::apply(x[0]);
        case op_id("pow"): return pow_op::apply(x[0], x[1]);
        case op_id("leaky_relu"): return leaky_relu_op::apply(from_words<leaky_relu_op::attributes>(words), x[0]);
        case op_id("prelu"): return prelu_op::apply(x[0], x[1]);
        case op_id("elu"): return elu_op::apply(from_words<elu_op::attributes>(words), x[0]);
        case op_id("selu"): return selu_op::apply(x[0]);
        case op_id("gelu"): return gelu_op::apply(from_words<gelu_op::attributes>(words), x[0]);
        case op_id("softplus"): return softplus_op::apply(x[0]);
        case op_id("softsign"): return softsign_op::apply(x[0]);
        case op_id("swish"): return swish_op::apply(x[0]);
        default: return std::nullopt;
    }
}

template <class T> std::optional<T> apply_elementwise(const ambit::op_info& op, const std::int64_t* words, const T* x) {
    using namespace ambit;
    using namespace ambit::op_parts;
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
        case op_id("floor_div"): return floor_div_op::apply(x[0], x[1]);
        case op_id("floor_mod"): return floor_mod_op::apply(x[0], x[1]);
        case op_id("sign"): return sign_op::apply(x[0]);
        default: break;
    }
    if constexpr (std::is_floating_point_v<T>) return apply_floating(op, words, x);
    return std::nullopt;
}

}  // namespace ambit_test::interpreter_detail
