// SPDX-License-Identifier: BSL-1.0
// Every mistake in a model that ambit knows, and what to do about it. The tags are stable.
//
//     AMBIT_MISTAKES(AMBIT_ENUMERATE)          // variable_exists, variable_missing, …
//     AMBIT_SENTENCE(variable_exists)          // "[ambit] variable_exists: set reuse on the scope, …"
//
// Why macros: each sentence is needed twice, as the literal of a static_assert and as the text of an
// exception. Why the sentence alone and not the whole assertion: compilers add notes about a macro to every
// error inside of one.
#pragma once

#define AMBIT_MISTAKES(KIND)  \
    KIND(module_call)         \
    KIND(module_result)       \
    KIND(module_value)        \
    KIND(module_not_constant) \
    KIND(compiler_limit)      \
    KIND(variable_exists)     \
    KIND(variable_missing)    \
    KIND(shape_mismatch)      \
    KIND(dtype_mismatch)      \
    KIND(invalid_name)        \
    KIND(invalid_shape)       \
    KIND(shape_needed)        \
    KIND(initializer_unfit)   \
    KIND(scope_out_of_order)  \
    KIND(foreign_handle)      \
    KIND(cell_elsewhere)      \
    KIND(collection_member)   \
    KIND(op_shape)            \
    KIND(op_dtype)            \
    KIND(op_option)           \
    KIND(foreign_tensor)      \
    KIND(variable_unknown)    \
    KIND(input_shape)         \
    KIND(input_dtype)         \
    KIND(input_count)         \
    KIND(value_shape)         \
    KIND(value_dtype)         \
    KIND(output_shape)        \
    KIND(output_dtype)        \
    KIND(output_overlap)      \
    KIND(output_unknown)      \
    KIND(parameters_lack)     \
    KIND(variable_unlisted)   \
    KIND(variable_uses)       \
    KIND(parameter_count)     \
    KIND(arena_size)          \
    KIND(memory_size)         \
    KIND(variable_unread)     \
    KIND(variable_untrained)  \
    KIND(operations_unasked)  \
    KIND(moved_from)          \
    KIND(no_variables)        \
    KIND(gradient_loss)       \
    KIND(gradient_missing)    \
    KIND(not_differentiable)  \
    KIND(loop_state)          \
    KIND(loop_assignment)     \
    KIND(body_value)          \
    KIND(models_differ)       \
    KIND(batch_dependence)    \
    KIND(rule_unknown)        \
    KIND(rules_clash)         \
    KIND(rule_unfit)          \
    KIND(frozen_stale)        \
    KIND(weights_written)

/// Those that only a program at run time can make.
#define AMBIT_THROWN_MISTAKES(KIND) \
    KIND(path_unknown)              \
    KIND(byte_limit)                \
    KIND(op_uncompiled)             \
    KIND(input_unknown)             \
    KIND(input_empty)               \
    KIND(model_unknown)             \
    KIND(batch_size)                \
    KIND(batches_differ)

#define AMBIT_ADVICE_module_call "a module has operator()(scope&, tensor, ...) const, with a tensor for each input"
#define AMBIT_ADVICE_module_result \
    "a module returns a tensor, a std::array of them, or a struct of 1 to 16 tensors and operations"
#define AMBIT_ADVICE_module_value \
    "a model makes its module itself: say the values that it needs with configured<module{...}>"
#define AMBIT_ADVICE_module_not_constant                                                                            \
    "mend other errors first; else the one above names the line that stops the compiler: call constexpr functions " \
    "only, as name(\"layer\", i) and ambit::sqrt, or raise its limit, -fconstexpr-depth"
#define AMBIT_ADVICE_compiler_limit                                                               \
    "the module needs more evaluation than the compiler allows: raise -fconstexpr-ops-limit and " \
    "-fconstexpr-loop-limit (g++) or -fconstexpr-steps (clang)"
#define AMBIT_ADVICE_variable_exists "set reuse on the scope, or give the variable another name"
#define AMBIT_ADVICE_variable_missing \
    "a reusing scope only returns variables that exist: create it first, or check the name"
#define AMBIT_ADVICE_shape_mismatch "a variable keeps the shape it was created with: ask for that one, or for any_shape"
#define AMBIT_ADVICE_dtype_mismatch "a variable keeps the dtype it was created with: ask for that one"
#define AMBIT_ADVICE_invalid_name \
    "names have letters, digits, '_', '.', '-' and single inner '/', and begin with no '_' or '-'"
#define AMBIT_ADVICE_invalid_shape "every extent is at least 1 and the whole tensor stays below a terabyte"
#define AMBIT_ADVICE_shape_needed "the variable does not exist yet: give the shape to create it with"
#define AMBIT_ADVICE_initializer_unfit "the initializer cannot fill a variable of this shape and dtype"
#define AMBIT_ADVICE_scope_out_of_order "use the innermost open scope; close the scopes opened after this one first"
#define AMBIT_ADVICE_foreign_handle "a handle leads back within its own graph: take one from a scope of this module"
#define AMBIT_ADVICE_cell_elsewhere "a cell keeps the scope of its first use: make another cell here, or call it there"
#define AMBIT_ADVICE_collection_member \
    "a built-in collection holds one kind of member: take a name of your own for others"
#define AMBIT_ADVICE_op_shape "the shapes of the operands do not fit this op"
#define AMBIT_ADVICE_op_dtype "the dtypes of the operands do not fit this op: convert with cast"
#define AMBIT_ADVICE_op_option "an option of this op is out of its range"
#define AMBIT_ADVICE_foreign_tensor \
    "operands and outputs are tensors of this module's scope, each set before it is used"
#define AMBIT_ADVICE_variable_unknown "the model has no variable of this path: net::variables lists them"
#define AMBIT_ADVICE_input_shape "an argument must have exactly the shape of its input"
#define AMBIT_ADVICE_input_dtype "an argument must hold the element type of its input: convert it, e.g. with xt::cast"
#define AMBIT_ADVICE_input_count "a call takes one argument for each input that its outputs depend on"
#define AMBIT_ADVICE_value_shape "a variable is set from an array of exactly its shape"
#define AMBIT_ADVICE_value_dtype "a variable is set from an array of its element type: convert it, e.g. with xt::cast"
#define AMBIT_ADVICE_output_shape "memory for an output must have exactly as many elements as the output"
#define AMBIT_ADVICE_output_dtype "memory for an output must hold its element type"
#define AMBIT_ADVICE_output_overlap "memory for an output overlaps what else the call writes: give it memory of its own"
#define AMBIT_ADVICE_output_unknown \
    "the module has no such output: run takes members of what it returns, by pointer or by name"
#define AMBIT_ADVICE_parameters_lack \
    "these parameters have no variable of this path, shape and dtype: take those of another model"
#define AMBIT_ADVICE_variable_unlisted \
    "the model has a variable that expect_variables does not list: list it, or do not create it"
#define AMBIT_ADVICE_variable_uses \
    "more or fewer calls share this variable than expected: look at the reuse of its scope"
#define AMBIT_ADVICE_parameter_count "the variables have more or fewer elements than expected: look at their shapes"
#define AMBIT_ADVICE_arena_size \
    "a call needs more temporary memory than expected: take smaller values or a larger limit"
#define AMBIT_ADVICE_memory_size "the model takes more memory than expected: make it smaller, or allow more"
#define AMBIT_ADVICE_variable_unread "no output depends on this variable: use it, or do not create it"
#define AMBIT_ADVICE_variable_untrained \
    "no gradient reaches this trainable variable: let the loss use it, or set .trainable = false"
#define AMBIT_ADVICE_operations_unasked \
    "this module has operations: say what to run, run<&outputs::train, &outputs::loss>(inputs)"
#define AMBIT_ADVICE_moved_from "what was moved from is empty: use what it was moved to, or assign to it first"
#define AMBIT_ADVICE_no_variables \
    "a list of variables is empty: look at the prefix that it was asked for with, or create them first"
#define AMBIT_ADVICE_gradient_loss "a loss is a float32 or float64 scalar: reduce it, e.g. with reduce_mean"
#define AMBIT_ADVICE_gradient_missing \
    "the loss does not depend on this variable: use it, leave it out, or set .trainable = false"
#define AMBIT_ADVICE_not_differentiable \
    "no gradient passes this op: lead the loss around it, or leave the variables out"

#define AMBIT_ADVICE_loop_state "the body of a loop returns a state of the shape and dtype that it was given"
#define AMBIT_ADVICE_loop_assignment "a body only computes values: assign or minimize outside of it"
#define AMBIT_ADVICE_body_value \
    "a value of a body lives for one iteration of it: let the body return it, and use the result"

#define AMBIT_ADVICE_batch_dependence \
    "extents are a + b * batch, nothing else may depend on it: keep its axis, or give its size"

#define AMBIT_ADVICE_rule_unknown \
    "a rule names no variable of the model: the name in the file comes first, the model's second"
#define AMBIT_ADVICE_rules_clash "two rules say the same of one variable, or give two one name: leave one out"
#define AMBIT_ADVICE_rule_unfit "the variable cannot have the layout that a rule says"
#define AMBIT_ADVICE_frozen_stale "what was frozen ahead is another model by now: build the target of ambit_freeze anew"
#define AMBIT_ADVICE_weights_written "compact weights are not trained: train with floats, and take them"

#define AMBIT_ADVICE_path_unknown "the registry has no variable of this path: reg.variables() lists them"
#define AMBIT_ADVICE_byte_limit \
    "the variables need more bytes than the registry may take: make fewer, or raise its .byte_limit"

#define AMBIT_ADVICE_op_uncompiled                                                                                 \
    "compile it for dynamic models by a line beside its definition: inline const ambit::at_run_time<&swish_info> " \
    "ready"
#define AMBIT_ADVICE_input_unknown \
    "the model has no such input: its inputs have the names that they were declared with, or are given in order"
#define AMBIT_ADVICE_input_empty "every extent of an input is at least 1: leave out the call for a batch of none"
#define AMBIT_ADVICE_batch_size \
    "a batch is at least 1 and at most the largest that the model was made for: net(largest_batch{64}, seed{1})"
#define AMBIT_ADVICE_batches_differ "all inputs with any_size have the same batch in one call"

#define AMBIT_ADVICE_models_differ \
    "the models of an any_model have the same inputs and outputs, and each a name of its own"
#define AMBIT_ADVICE_model_unknown "the list has no model of this name: give one of its names"

/// The whole sentence of a mistake, as a literal.
#define AMBIT_SENTENCE(kind) "[ambit] " #kind ": " AMBIT_ADVICE_##kind
