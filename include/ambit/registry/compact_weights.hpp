// SPDX-License-Identifier: BSL-1.0
// Weights in a half or a quarter of the bytes for models whose sizes or names only the running program knows
// (model/compact_weights.hpp): a registry of floats that is trained, and one of bytes that serves.
//
//     registry trained(seed{1}), served(seed{1});
//     dynamic_model net(trained, ensemble{towers}, {{"x", spec(float32, {1, 64})}});
//     load(trained, "ensemble.safetensors");
//     using small_ensemble = weights_as<weight_format::int8, ensemble>;
//     dynamic_model small(served, small_ensemble{{towers}}, {{"x", spec(float32, {1, 64})}});
//     take_weights(served, trained);                      // rounds them
//     save(served, "small.safetensors");
//
// One registry holds one of both: a variable is floats or bytes. Weights of a static model are there by `mount`.
#pragma once

#include <ambit/model/compact_weights.hpp>
#include <ambit/registry/bridges.hpp>
#include <ambit/registry/registry.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <source_location>
#include <string_view>
#include <vector>

namespace AMBIT_NAMESPACE::registry_parts {

/// How bytes store floats of some shape; `plain` if they do not.
inline model_parts::compact_variable stored_as(const tensor_spec& bytes, const tensor_spec& plain) {
    using model_parts::stored_weights;
    const auto is_of = [&](weight_format format) {
        const model_parts::weights_matrix matrix(plain.extents);
        return bytes.extents == contract_parts::compact_shape(format, matrix.k, matrix.n);
    };
    if (bytes.type != dtype::uint8 || plain.type != dtype::float32 || plain.extents.rank() == 0) return {};
    if (is_of(weight_format::int8)) return {stored_weights::int8, plain.extents};
    if (is_of(weight_format::bfloat16)) return {stored_weights::bfloat16, plain.extents};
    return {};
}

}  // namespace ambit::registry_parts

namespace AMBIT_NAMESPACE {

/// Gives each variable of `to` the value of that of the same path in `from`: floats are rounded to the format that
/// `to` stores, all else is copied. Throws a `model_error` that says what `from` lacks, or has in another shape or
/// dtype, and a `non_finite_error` with the variable's path if a weight is no finite number, or rounds to none; then
/// nothing has changed.
///
///     take_weights(served, trained);
inline void take_weights(registry& to, const registry& from,
                         const std::source_location& at = std::source_location::current()) {
    struct taken {
        registry::found source;
        std::shared_ptr<registered_variable> target;
        model_parts::compact_variable stores;
    };
    using model_parts::stored_weights;
    std::vector<taken> all;
    reports mistakes;
    for (const registry::found& v : to.variables()) {
        if (v->is_local()) continue;
        taken next{from.find(v->path()), *to.contents()->find(v->path()), {}};
        if (next.source != nullptr && next.source->spec() != v->spec())
            next.stores = registry_parts::stored_as(v->spec(), next.source->spec());
        const bool is_alike = next.source != nullptr && !next.source->is_local() &&
                              (next.source->spec() == v->spec() || next.stores.how != stored_weights::plain);
        if (is_alike) all.push_back(next);
        else from.report_unfit(mistakes, v->path(), v->spec(), at);
    }
    registry_parts::raise_all(mistakes);

    for (const auto& [source, target, stores] : all) {
        if (stores.how == stored_weights::plain) continue;
        const auto* const plain = reinterpret_cast<const float*>(source->data());
        const std::int64_t bad = model_parts::first_without_value(stores.how, plain, source->elements());
        if (bad < source->elements())
            model_parts::refuse_weight(source->path(), bad, static_cast<double>(plain[bad]));
    }
    for (const auto& [source, target, stores] : all) {
        model_parts::store_weights(stores, source->data(), static_cast<std::size_t>(target->bytes()), target->data());
        target->raise_generation();
    }
}

}  // namespace ambit
