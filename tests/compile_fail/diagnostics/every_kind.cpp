// SPDX-License-Identifier: BSL-1.0
// Each kind of mistake has a carrier and an assertion of its own: its name, its sentence and its facts come together.
// expect: error: .*\[ambit\] module_call: a module has operator\(\)\(scope&, tensor, \.\.\.\) const, with a tensor for each input
// expect: module_call<.*"a fact of module_call"
// expect: error: .*\[ambit\] module_result: a module returns a tensor, a std::array of them, or a struct of 1 to 16 tensors and operations
// expect: module_result<.*"a fact of module_result"
// expect: error: .*\[ambit\] module_value: a model makes its module itself: say the values that it needs with configured<module{\.\.\.}>
// expect: module_value<.*"a fact of module_value"
// expect: error: .*\[ambit\] module_not_constant: mend other errors first; else the one above names the line that stops the compiler: call constexpr functions only, as name\(.*, i\) and ambit::sqrt, or raise its limit, -fconstexpr-depth
// expect: module_not_constant<.*"a fact of module_not_constant"
// expect: error: .*\[ambit\] compiler_limit: the module needs more evaluation than the compiler allows: raise -fconstexpr-ops-limit and -fconstexpr-loop-limit \(g\+\+\) or -fconstexpr-steps \(clang\)
// expect: compiler_limit<.*"a fact of compiler_limit"
// expect: error: .*\[ambit\] variable_exists: set reuse on the scope, or give the variable another name
// expect: variable_exists<.*"a fact of variable_exists"
// expect: error: .*\[ambit\] variable_missing: a reusing scope only returns variables that exist: create it first, or check the name
// expect: variable_missing<.*"a fact of variable_missing"
// expect: error: .*\[ambit\] shape_mismatch: a variable keeps the shape it was created with: ask for that one, or for any_shape
// expect: shape_mismatch<.*"a fact of shape_mismatch"
// expect: error: .*\[ambit\] dtype_mismatch: a variable keeps the dtype it was created with: ask for that one
// expect: dtype_mismatch<.*"a fact of dtype_mismatch"
// expect: error: .*\[ambit\] invalid_name: names have letters, digits, '_', '\.', '-' and single inner '/', and begin with no '_' or '-'
// expect: invalid_name<.*"a fact of invalid_name"
// expect: error: .*\[ambit\] invalid_shape: every extent is at least 1 and the whole tensor stays below a terabyte
// expect: invalid_shape<.*"a fact of invalid_shape"
// expect: error: .*\[ambit\] shape_needed: the variable does not exist yet: give the shape to create it with
// expect: shape_needed<.*"a fact of shape_needed"
// expect: error: .*\[ambit\] initializer_unfit: the initializer cannot fill a variable of this shape and dtype
// expect: initializer_unfit<.*"a fact of initializer_unfit"
// expect: error: .*\[ambit\] scope_out_of_order: use the innermost open scope; close the scopes opened after this one first
// expect: scope_out_of_order<.*"a fact of scope_out_of_order"
// expect: error: .*\[ambit\] foreign_handle: a handle leads back within its own graph: take one from a scope of this module
// expect: foreign_handle<.*"a fact of foreign_handle"
// expect: error: .*\[ambit\] cell_elsewhere: a cell keeps the scope of its first use: make another cell here, or call it there
// expect: cell_elsewhere<.*"a fact of cell_elsewhere"
// expect: error: .*\[ambit\] collection_member: a built-in collection holds one kind of member: take a name of your own for others
// expect: collection_member<.*"a fact of collection_member"
// expect: error: .*\[ambit\] op_shape: the shapes of the operands do not fit this op
// expect: op_shape<.*"a fact of op_shape"
// expect: error: .*\[ambit\] op_dtype: the dtypes of the operands do not fit this op: convert with cast
// expect: op_dtype<.*"a fact of op_dtype"
// expect: error: .*\[ambit\] op_option: an option of this op is out of its range
// expect: op_option<.*"a fact of op_option"
// expect: error: .*\[ambit\] foreign_tensor: operands and outputs are tensors of this module's scope, each set before it is used
// expect: foreign_tensor<.*"a fact of foreign_tensor"
// expect: error: .*\[ambit\] variable_unknown: the model has no variable of this path: net::variables lists them
// expect: variable_unknown<.*"a fact of variable_unknown"
// expect: error: .*\[ambit\] input_shape: an argument must have exactly the shape of its input
// expect: input_shape<.*"a fact of input_shape"
// expect: error: .*\[ambit\] input_dtype: an argument must hold the element type of its input: convert it, e\.g\. with xt::cast
// expect: input_dtype<.*"a fact of input_dtype"
// expect: error: .*\[ambit\] input_count: a call takes one argument for each input that its outputs depend on
// expect: input_count<.*"a fact of input_count"
// expect: error: .*\[ambit\] value_shape: a variable is set from an array of exactly its shape
// expect: value_shape<.*"a fact of value_shape"
// expect: error: .*\[ambit\] value_dtype: a variable is set from an array of its element type: convert it, e\.g\. with xt::cast
// expect: value_dtype<.*"a fact of value_dtype"
// expect: error: .*\[ambit\] output_shape: memory for an output must have exactly as many elements as the output
// expect: output_shape<.*"a fact of output_shape"
// expect: error: .*\[ambit\] output_dtype: memory for an output must hold its element type
// expect: output_dtype<.*"a fact of output_dtype"
// expect: error: .*\[ambit\] output_overlap: memory for an output overlaps what else the call writes: give it memory of its own
// expect: output_overlap<.*"a fact of output_overlap"
// expect: error: .*\[ambit\] output_unknown: the module has no such output: run takes members of what it returns, by pointer or by name
// expect: output_unknown<.*"a fact of output_unknown"
// expect: error: .*\[ambit\] parameters_lack: these parameters have no variable of this path, shape and dtype: take those of another model
// expect: parameters_lack<.*"a fact of parameters_lack"
// expect: error: .*\[ambit\] variable_unlisted: the model has a variable that expect_variables does not list: list it, or do not create it
// expect: variable_unlisted<.*"a fact of variable_unlisted"
// expect: error: .*\[ambit\] variable_uses: more or fewer calls share this variable than expected: look at the reuse of its scope
// expect: variable_uses<.*"a fact of variable_uses"
// expect: error: .*\[ambit\] parameter_count: the variables have more or fewer elements than expected: look at their shapes
// expect: parameter_count<.*"a fact of parameter_count"
// expect: error: .*\[ambit\] arena_size: a call needs more temporary memory than expected: take smaller values or a larger limit
// expect: arena_size<.*"a fact of arena_size"
// expect: error: .*\[ambit\] memory_size: the model takes more memory than expected: make it smaller, or allow more
// expect: memory_size<.*"a fact of memory_size"
// expect: error: .*\[ambit\] variable_unread: no output depends on this variable: use it, or do not create it
// expect: variable_unread<.*"a fact of variable_unread"
// expect: error: .*\[ambit\] variable_untrained: no gradient reaches this trainable variable: let the loss use it, or set \.trainable = false
// expect: variable_untrained<.*"a fact of variable_untrained"
// expect: error: .*\[ambit\] operations_unasked: this module has operations: say what to run, run<&outputs::train, &outputs::loss>\(inputs\)
// expect: operations_unasked<.*"a fact of operations_unasked"
// expect: error: .*\[ambit\] moved_from: what was moved from is empty: use what it was moved to, or assign to it first
// expect: moved_from<.*"a fact of moved_from"
// expect: error: .*\[ambit\] no_variables: a list of variables is empty: look at the prefix that it was asked for with, or create them first
// expect: no_variables<.*"a fact of no_variables"
// expect: error: .*\[ambit\] gradient_loss: a loss is a float32 or float64 scalar: reduce it, e\.g\. with reduce_mean
// expect: gradient_loss<.*"a fact of gradient_loss"
// expect: error: .*\[ambit\] gradient_missing: the loss does not depend on this variable: use it, leave it out, or set \.trainable = false
// expect: gradient_missing<.*"a fact of gradient_missing"
// expect: error: .*\[ambit\] not_differentiable: no gradient passes this op: lead the loss around it, or leave the variables out
// expect: not_differentiable<.*"a fact of not_differentiable"
// expect: error: .*\[ambit\] loop_state: the body of a loop returns a state of the shape and dtype that it was given
// expect: loop_state<.*"a fact of loop_state"
// expect: error: .*\[ambit\] loop_assignment: a body only computes values: assign or minimize outside of it
// expect: loop_assignment<.*"a fact of loop_assignment"
// expect: error: .*\[ambit\] body_value: a value of a body lives for one iteration of it: let the body return it, and use the result
// expect: body_value<.*"a fact of body_value"
// expect: error: .*\[ambit\] models_differ: the models of an any_model have the same inputs and outputs, and each a name of its own
// expect: models_differ<.*"a fact of models_differ"
// expect: error: .*\[ambit\] batch_dependence: extents are a \+ b \* batch, nothing else may depend on it: keep its axis, or give its size
// expect: batch_dependence<.*"a fact of batch_dependence"
// expect: error: .*\[ambit\] rule_unknown: a rule names no variable of the model: the name in the file comes first, the model's second
// expect: rule_unknown<.*"a fact of rule_unknown"
// expect: error: .*\[ambit\] rules_clash: two rules say the same of one variable, or give two one name: leave one out
// expect: rules_clash<.*"a fact of rules_clash"
// expect: error: .*\[ambit\] rule_unfit: the variable cannot have the layout that a rule says
// expect: rule_unfit<.*"a fact of rule_unfit"
// expect: error: .*\[ambit\] frozen_stale: what was frozen ahead is another model by now: build the target of ambit_freeze anew
// expect: frozen_stale<.*"a fact of frozen_stale"
// expect: error: .*\[ambit\] weights_written: compact weights are not trained: train with floats, and take them
// expect: weights_written<.*"a fact of weights_written"
// reject: a kind of mistake is missing
// errors: 55
// lines: 110
#include <ambit/diagnostics/explain.hpp>
using namespace ambit;
using namespace ambit::mistake_parts;

constexpr reports one_of_each() {
    reports all;
#define AMBIT_REPORT(kind)    \
    all.begin(mistake::kind); \
    all.add(detail_tag::rule, "a fact of " #kind);
    AMBIT_MISTAKES(AMBIT_REPORT)
#undef AMBIT_REPORT
    return all;
}

struct every_kind {
    static constexpr const auto& mistakes = refused_parts::made_reports<&one_of_each>::mistakes;
};
#ifdef AMBIT_MISTAKE
static_assert(refused_parts::no_mistakes_in<every_kind>);
#else
static_assert(every_kind::mistakes.size == 55);
#endif
