// SPDX-License-Identifier: BSL-1.0
// What a checkpoint says of its variables besides their values: which are state of an optimizer. In the file's text
// pairs, a key for each role, its value the paths with a blank between two; weights are not listed.
//
//     "__metadata__": {"ambit.slots": "dense/w/adam/m dense/w/adam/v", "ambit.steps": "adam/beta1_power"}
#pragma once

#include <ambit/scope/variable_record.hpp>

#include <string_view>

namespace AMBIT_NAMESPACE::checkpoint_parts {

/// What the keys of ambit begin with; other text pairs are the user's.
inline constexpr std::string_view own_keys = "ambit.";
/// The key of the step that a training was saved at.
inline constexpr std::string_view step_key = "ambit.step";
/// Keys of local variables begin so, and end with a path (local_state.hpp).
inline constexpr std::string_view local_key = "ambit.local ";

/// The roles that a file lists.
inline constexpr variable_role listed_roles[] = {variable_role::slot, variable_role::step};

/// The key of the text pair that lists the variables of a role.
constexpr std::string_view role_key(variable_role role) {
    return role == variable_role::slot ? "ambit.slots" : "ambit.steps";
}

}  // namespace ambit::checkpoint_parts
