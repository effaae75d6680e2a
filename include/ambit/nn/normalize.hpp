// SPDX-License-Identifier: BSL-1.0
// What the normalizing layers share: values moved to mean 0 and variance 1, then scaled and moved as the layer learnt.
//
//     tensor y = normalize(x, mean, variance, {.gamma = gamma, .beta = beta});
#pragma once

#include <ambit/graph/option_ranges.hpp>
#include <ambit/ops/all.hpp>

#include <string_view>

namespace AMBIT_NAMESPACE {

struct normalize_options {
    tensor gamma = {};  ///< none given: no factor
    tensor beta = {};   ///< none given: nothing added
    double epsilon = 1e-3;  ///< at least 0
    std::string_view name = {};
};

/// (x - mean) / sqrt(variance + epsilon) · gamma + beta, broadcast; NaN where the variance is no value of the dtype.
///
///     tensor y = normalize(x, mean, variance, {.gamma = gamma, .beta = beta});
constexpr tensor normalize(const tensor& x, const tensor& mean, const tensor& variance, const normalize_options& o = {},
                           const location& at = location::current()) {
    const graph_parts::line_of_call here(x, at);
    graph_parts::option_ranges ranges(x, o.name.empty() ? std::string_view("normalize") : o.name, at);
    ranges.from("epsilon", o.epsilon, 0);
    if (!ranges.all_fit()) return x.builder()->inert(x.spec());
    const bool is_scaled = o.gamma.builder() != nullptr, is_moved = o.beta.builder() != nullptr;
    // Before anything of the operand's size: so all that has it is one loop.
    const tensor above = add(variance, o.epsilon);
    tensor factor = rsqrt(above);
    // Of values so large that their variance is infinite it would be 0, as if they were all alike.
    factor = where(less(above, math::infinity), factor, math::not_a_number);
    // One factor for each mean, where there is one: a product of few elements, and one operand less for the many.
    const bool is_one_factor = is_scaled && o.gamma.shape() == factor.shape();
    if (is_one_factor) factor = mul(factor, o.gamma);
    const bool scales_after = is_scaled && !is_one_factor;
    const tensor centred = sub(x, mean);
    tensor y = mul(centred, factor, {is_moved || scales_after ? std::string_view{} : o.name}, at);
    if (scales_after) y = mul(y, o.gamma, {is_moved ? std::string_view{} : o.name}, at);
    return is_moved ? add(y, o.beta, {o.name}, at) : y;
}

}  // namespace ambit
