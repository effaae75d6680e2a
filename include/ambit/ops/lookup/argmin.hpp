// SPDX-License-Identifier: BSL-1.0
// Where the smallest element stands along one axis, as int32; the first of equals, and the first NaN if there is one.
//
//     tensor nearest = argmin(distances, -1);                   // [32, 10] -> [32]
#pragma once

#include <ambit/contract/lookup.hpp>
#include <ambit/ops/lookup.hpp>
#include <ambit/ops/lookup/argmax.hpp>

namespace AMBIT_NAMESPACE::op_parts {

struct argmin_op : compute_op {
    static constexpr std::string_view name = "argmin";
    using kernel = kernel_tag::argmin;
    using attributes = argmax_op::attributes;
    static constexpr inferred infer(const op_call& call) { return argmax_op::infer(call); }
    static constexpr axis_geometry geometry(const op_call& call, const tensor_spec& result) {
        return argmax_op::geometry(call, result);
    }
};
inline constexpr op_info argmin_info = describe<argmin_op>();

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

template <> struct op_of<&op_parts::argmin_info> {
    using type = op_parts::argmin_op;
};

constexpr tensor argmin(const tensor& x, core_parts::whole_number axis, const op_options& options, const location& at) {
    return make_op(op_parts::argmin_info, {x}, op_parts::argmin_op::attributes{axis}, options, at);
}

}  // namespace ambit
