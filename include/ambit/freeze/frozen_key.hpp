// SPDX-License-Identifier: BSL-1.0
// How a header that `ambit_freeze` has written names what it is about: by the model's name in the user's header.
#pragma once

#include <ambit/model/stored_model.hpp>
#include <ambit/plan/frozen_ahead.hpp>

namespace AMBIT_NAMESPACE::freeze_parts {

/// What a model, or the graph of a module, is frozen under; neither is instantiated for that.
template <class Model> struct key_behind;
template <storage Storage, class Module, class... Inputs> struct key_behind<stored_model<Storage, Module, Inputs...>> {
    using type = frozen_key<Module, Inputs...>;
};
template <class Module, class... Inputs> struct key_behind<graph_of<Module, Inputs...>> {
    using type = frozen_key<Module, Inputs...>;
};

template <class Model> using key_named = typename key_behind<Model>::type;

/// Whether the compiler takes the graph of a model from the file: not where it has built one before.
template <class Model> inline constexpr bool is_taken = frozen_graph_of<typename key_named<Model>::graph>;

}  // namespace ambit::freeze_parts
