// SPDX-License-Identifier: BSL-1.0
// Dropout: each element becomes 0 with probability `rate`, others are divided by 1 - rate, so that sums keep their
// expectation. Source: N. Srivastava, G. Hinton, A. Krizhevsky, I. Sutskever, R. Salakhutdinov, "Dropout: a simple way
// to prevent neural networks from overfitting", 2014.
//
//     tensor h = dropout(s, dense(s, "hidden", x, 1024), {.rate = 0.4, .training = is_training});
//
// Other elements at each call, the same ones for the same seed (ops/random/random.hpp). The mask is a tensor of 0 and
// 1 / (1 - rate) that gradients read again; it is drawn by one kernel, and the multiplication is fused with what stands
// around it. A module built for training and one built without share their variables.
#pragma once

#include <ambit/ops/all.hpp>
#include <ambit/ops/refusal.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace AMBIT_NAMESPACE {

struct dropout_options {
    scope_parts::named_members_only only_named{};
    double rate = 0.5;  ///< the share of elements that become 0: 0 <= rate < 1
    AMBIT_NO_OPTION(keep_prob, "the option is the share that becomes 0, .rate = 1 - keep_prob")
    AMBIT_NO_OPTION(p, "the option is the share that becomes 0, .rate = 0.5")
    /// Of the mask, which is broadcast to x: `shape{batch, 1, 1, channels}` drops whole channels.
    scope_parts::option<shape> noise_shape = {};
    bool training = true;  ///< false: x as it is
    std::optional<std::uint64_t> seed{};
    std::string_view name = {};
};

/// float32 or float64, of any shape. An infinite or NaN element that is dropped is NaN.
///
///     tensor h = dropout(s, x, {.rate = 0.1});                  // [32, 10] -> [32, 10]
constexpr tensor dropout(scope& s, const tensor& x, const dropout_options& o = {},
                         const location& at = location::current()) {
    const graph_parts::line_of_call here(s, at);
    const std::string_view name = o.name.empty() ? std::string_view("dropout") : o.name;
    if (const auto off = contract_parts::outside("rate", o.rate, contract_parts::range_of::from_to_below(0, 1)))
        return op_parts::refuse(off, x, name, at);
    if (!o.training || (math::equals(o.rate, 0) && is_floating(x.dtype()))) return identity(x, {name}, at);
    if (x.builder() != nullptr && x.builder()->is_inert(x.id())) return x;  // has no dtype to draw
    graph_builder& builder = *s.builder();
    if (!builder.may_be_named(o.name, at)) return builder.inert(x.spec());
    const shape extents = o.noise_shape ? *o.noise_shape : x.shape();
    const double kept = 1 / (1 - o.rate);
    core_parts::short_text path(name);
    path += "/mask";
    tensor mask = op_parts::draw(s, op_parts::dropout_mask_info, o.rate, kept, {extents, x.dtype()}, o.seed,
                                 {path}, at);
    if (extents != x.shape()) mask = broadcast_to(mask, x.shape());
    return mul(x, mask, {name}, at);
}

namespace refused_parts {
struct rate_as_argument {
    AMBIT_REFUSES("the rate is an option, the share of elements that become 0: dropout(s, x, {.rate = 0.5})")
    constexpr rate_as_argument(double) {}
};
}  // namespace refused_parts
constexpr tensor dropout(scope&, const tensor& x, const refused_parts::rate_as_argument&) { return identity(x); }
template <class... More>
AMBIT_REFUSES("what draws random numbers begins with its scope: dropout(s, x, {.rate = 0.5})")
constexpr tensor dropout(const tensor& x, const More&...) { return x; }
AMBIT_REFUSES("what draws random numbers begins with its scope: dropout(s, x, {.rate = 0.5})")
constexpr tensor dropout(const tensor& x, const dropout_options&) { return x; }

}  // namespace ambit
