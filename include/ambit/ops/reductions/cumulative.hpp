// SPDX-License-Identifier: BSL-1.0
// Running sums and products along one axis.
//
//     tensor totals = cumsum(x, 0);                             // a, a + b, a + b + c
//     tensor before = cumsum(x, -1, {.exclusive = true});       // 0, a, a + b
//     tensor behind = cumprod(x, 1, {.reverse = true});         // a b c, b c, c
//
// Elements are put together in the order of the axis, or against it. Gradients of cumprod do not divide: zeros are
// fine.
#pragma once

#include <ambit/contract/reductions.hpp>
#include <ambit/ops/reductions.hpp>

namespace AMBIT_NAMESPACE::op_parts {

/// What running totals share.
struct cumulative_op : compute_op {
    struct attributes {
        std::int64_t axis, exclusive, reverse;
    };

    static constexpr inferred infer(const op_call& call) {
        const tensor_spec& x = call.operand(0);
        if (x.type == dtype::boolean) return refuses(mistake::op_dtype, "the operand must be a number", x);
        if (normalize_axis(call.attributes<attributes>().axis, x.extents.rank()) < 0)
            return refuses(mistake::op_option, "the axis lies outside of the operand", x);
        return yields(x);
    }

    static constexpr cumulative_geometry geometry(const op_call& call, const tensor_spec&) {
        const shape& x = call.extents(0);
        const auto a = call.attributes<attributes>();
        const axis_geometry g = along_axis(x, normalize_axis(a.axis, x.rank()));
        return {g.outer, g.extent, g.inner, static_cast<std::int32_t>(a.exclusive),
                static_cast<std::int32_t>(a.reverse)};
    }
};

/// Running sums along one axis.
struct cumsum_op : cumulative_op {
    static constexpr std::string_view name = "cumsum";
    static constexpr void gradient(gradient_call& call);
    using kernel = kernel_tag::cumulative_sum;
};
inline constexpr op_info cumsum_info = describe<cumsum_op>();

/// Running products along one axis.
struct cumprod_op : cumulative_op {
    static constexpr std::string_view name = "cumprod";
    static constexpr void gradient(gradient_call& call);
    using kernel = kernel_tag::cumulative_product;
};
inline constexpr op_info cumprod_info = describe<cumprod_op>();

/// The gradient of cumprod: operands x, and the upstream gradient of each product. It has no gradient itself.
struct cumprod_gradient_op : cumulative_op {
    static constexpr std::string_view name = "cumprod_gradient";
    using kernel = kernel_tag::cumulative_product_gradient;
    static constexpr inferred infer(const op_call& call) {
        const inferred result = cumulative_op::infer(call);
        if (result.fault == mistake::none && call.operand(1) != call.operand(0))
            return refuses(mistake::op_shape, "one gradient for each product", result.result);
        return result;
    }
};
inline constexpr op_info cumprod_gradient_info = describe<cumprod_gradient_op>();

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

template <> struct op_of<&op_parts::cumsum_info> {
    using type = op_parts::cumsum_op;
};
template <> struct op_of<&op_parts::cumprod_info> {
    using type = op_parts::cumprod_op;
};
template <> struct op_of<&op_parts::cumprod_gradient_info> {
    using type = op_parts::cumprod_gradient_op;
};

constexpr tensor cumsum(const tensor& x, core_parts::whole_number axis, const cumulative_options& options,
                        const location& at) {
    const op_parts::cumulative_op::attributes a{axis, options.exclusive, options.reverse};
    return make_op(op_parts::cumsum_info, {x}, a, {options.name}, at);
}

constexpr tensor cumprod(const tensor& x, core_parts::whole_number axis, const cumulative_options& options,
                         const location& at) {
    const op_parts::cumulative_op::attributes a{axis, options.exclusive, options.reverse};
    return make_op(op_parts::cumprod_info, {x}, a, {options.name}, at);
}

}  // namespace ambit

namespace AMBIT_NAMESPACE::op_parts {

constexpr void cumsum_op::gradient(gradient_call& call) {
    auto a = call.attributes<attributes>();
    a.reverse = 1 - a.reverse;
    call.give(0, make_op(cumsum_info, {call.upstream()}, a, {}, {}));
}

constexpr void cumprod_op::gradient(gradient_call& call) {
    const auto a = call.attributes<attributes>();
    call.give(0, make_op(cumprod_gradient_info, {call.operand(0), call.upstream()}, a, {}, {}));
}

}  // namespace ambit::op_parts
