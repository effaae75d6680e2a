// SPDX-License-Identifier: BSL-1.0
// What a store knows of one variable.
#pragma once

#include <ambit/core/names.hpp>
#include <ambit/core/place.hpp>
#include <ambit/core/tensor_spec.hpp>
#include <ambit/scope/collections.hpp>

namespace AMBIT_NAMESPACE::scope_parts {

/// What a variable is for. A model that only infers does without all but weights.
enum class variable_role : int {
    weight,  ///< of the model
    slot,    ///< an optimizer's, of one variable: `conv1/weights/adam/m`; a moving average
    step     ///< counts or scales with the steps of training
};

/// What is known of a variable in every graph that has it.
struct variable_traits {
    tensor_spec spec;
    place made;
    int uses = 1;  // calls of get_variable that returned it, in all modules that share it
    variable_role role = variable_role::weight;
    bool trainable = true;
    bool local = false;  // of one model
    bool made_by_variable = false;  // and so never returned by get_variable
};

/// One variable of a store. Its name is an id of the store's names.
struct variable_record : variable_traits {
    int name = names::root;
    int scope = 0;  // the scope record it was created in
    int first_value = 0;  // of a list initializer, in the store's pool
    int value_count = 0;
    int initializer = -1;  // in the store's initializers; -1 is the default of the dtype
    int constraint = -1;  // in the store's constraints
    int regularizer = -1;  // in the store's regularizers
    int begins_as = -1;  // a variable whose initial values it has too
    bool is_met = true;  // made or asked for by the module that runs, not only there before it

    /// Whether it is in a built-in collection by how it was made.
    constexpr bool belongs_to(variable_collection collection) const {
        return collection == variable_collection::trainable ? trainable
               : collection == variable_collection::local   ? local
                                                            : collection == variable_collection::global && !local;
    }
};

}  // namespace ambit::scope_parts
