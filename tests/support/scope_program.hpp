// SPDX-License-Identifier: BSL-1.0
// A program of scopes and variables as data: what a module does with its scope, statement by statement. The
// model of the rules, the interpreter and the emitter read it. Nothing of ambit is in here.
//
//     program p;                                              // auto s1 = s0.variable_scope("a");
//     p.body = {open(1, 0, "a", {get(2, 1, "w", {3})})};      // const variable v2 = s1.get_variable("w", {3});
//
// Every statement has a number, its own in the program: it names the object that the statement makes (scope s1,
// variable v2, tensor t3) and stands for its line. Number 0 is what a program begins with: the root scope s0 and
// the tensor x, float32 of shape {2}.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ambit_test {

// clang-format off
enum class does {
    open,           // auto s1 = s0.variable_scope("a", {…});  and its block
    open_default,   // auto s1 = s0.variable_scope({.default_name = "a", …});  and its block
    jump,           // auto s1 = s0.variable_scope(h0, {…});  and its block
    name_scope,     // auto n1 = s0.name_scope("a");  and its block
    name_scope_of,  // auto n1 = s0.name_scope(s2.original_name_scope());  and its block
    make_template,  // auto m1 = make_template("a", [&](scope& s2) { …; return v3; });   the block is the function's
    call_template,  // const variable v4 = m1(s0);
    close,          // s1.close();
    get,            // const variable v1 = s0.get_variable("w", {3}, {…});
    get_by_name,    // const variable v1 = s0.get_variable("w");
    get_local,      // const variable v1 = s0.get_local_variable("w", {3}, {…});
    variable,       // const variable v1 = s0.variable("w", {3}, {…});
    value,          // const variable v1 = s0.variable("w", 0.5f);
    get_value,      // const variable v1 = s0.get_variable("w", 0.5f);
    unnamed,        // const variable v1 = s0.variable(0.5f);  named Variable
    set_on_scope,   // s1.set_initializer(…);  or a dtype, a regularizer, a getter
    set_on_handle,  // h0.set_dtype(…);  or another
    unique_name,    // const auto u1 = s0.unique_op_name("add");
    current_names,  // const auto u1 = s0.current_name_scope();
    relu,           // const tensor t1 = relu(v2, {.name = "r"});  or by its whole name, "a/r/"
    add,            // const tensor t1 = add(v2, x, {.name = "sum"});
    reuse_scope,    // s1.reuse_variables();
    reuse_handle,   // h0.reuse_variables();
    take_handle,    // h0 = s1.handle();
    take_current,   // h0 = s1.current();
    collect,        // s0.add_to_collection("mine", v2);  or into a built-in one
    add_loss,       // s0.add_loss(t2);
    query           // s0.trainable_variables("a") has exactly …
};
// clang-format on

enum class says_reuse { nothing, no, yes, automatic };
enum class element { unsaid, float32, float64, int32 };
enum class filling { unsaid, zeros, ones, half, list_of_three, normal, glorot };
enum class regularizing { unsaid, none, sum, maximum };  // the loss of the values
enum class constraining { unsaid, none, half, two };  // by its parameter
enum class getting { unsaid, p, q, freeze };  // path_p, path_q, not trainable
enum class collection { global, trainable, local, regularization, losses, mine, my_tensors };
inline constexpr collection all_collections[] = {
    collection::global, collection::trainable, collection::local,     collection::regularization,
    collection::losses, collection::mine,      collection::my_tensors};

using extents = std::vector<int>;

/// What a scope, or a call that makes a variable, may say besides its name.
struct options {
    says_reuse reuse = says_reuse::nothing;
    filling initializer = filling::unsaid;
    element dtype = element::unsaid;
    std::optional<bool> trainable = std::nullopt;
    regularizing regularizer = regularizing::unsaid;
    constraining constraint = constraining::unsaid;
    getting getter = getting::unsaid;
    bool collected = false;  // .collections = {"mine", "mine"}, which adds once
    bool no_names = false;   // .auxiliary_name_scope = false
};

// clang-format off
struct statement {
    does what = does::get;
    int number = 0;
    int scope = 0;                                // the statement that opened it; of close also a name scope's
    int other = 0;                                // the scope of name_scope_of, the template of a call
    int handle = 0;                               // one of `handles`
    std::string name{};                           // of query: a prefix, from its scope on
    std::optional<extents> shape = std::nullopt;  // none is any_shape
    options says{};
    collection from = collection::mine;           // of query and collect
    bool at_once = false;                         // of a template: make_template(s0, …) fixes its scope
    bool exact = false;                           // of a template: its name is its .unique_name
    std::vector<int> operands{};                  // statements that made a variable or a tensor
    std::vector<statement> body{};                // of what opens a block
};
// clang-format on

/// Handles are h0, h1, h2, each of the root scope at first.
inline constexpr int handles = 3;

struct program {
    std::uint64_t seed = 0;
    std::vector<statement> body{};
};

inline bool opens_variable_scope(const statement& s) {
    return s.what == does::open || s.what == does::open_default || s.what == does::jump;
}
inline bool opens_name_scope(const statement& s) {
    return s.what == does::name_scope || s.what == does::name_scope_of;
}
inline bool has_block(const statement& s) { return opens_variable_scope(s) || opens_name_scope(s); }
inline bool is_op(const statement& s) { return s.what == does::relu || s.what == does::add; }
inline bool gives_value(const statement& s) {
    return s.what == does::value || s.what == does::get_value || s.what == does::unnamed;
}
/// The shape and dtype of the value that stands for one of three fillings: 0.5f, 1, a list of doubles.
inline extents shape_of_value(const statement& s) {
    return s.says.initializer == filling::list_of_three ? extents{3} : extents{};
}
inline element dtype_of_value(const statement& s) {
    return s.says.initializer == filling::list_of_three ? element::float64
           : s.says.initializer == filling::half        ? element::float32
                                                        : element::int32;
}
inline bool makes_variable(const statement& s) {
    return s.what == does::get || s.what == does::get_by_name || s.what == does::get_local ||
           s.what == does::variable || gives_value(s) || s.what == does::call_template;
}

inline int size_of(const std::vector<statement>& body) {
    int count = 0;
    for (const statement& s : body) count += 1 + size_of(s.body);
    return count;
}

// ---- For programs written by hand --------------------------------------------------------------------------

inline statement open(int number, int scope, std::string name, std::vector<statement> body,
                      options says = {}) {
    return {.what = does::open,
            .number = number,
            .scope = scope,
            .name = std::move(name),
            .says = says,
            .body = std::move(body)};
}
inline statement jump(int number, int scope, int handle, std::vector<statement> body, options says = {}) {
    return {.what = does::jump,
            .number = number,
            .scope = scope,
            .handle = handle,
            .says = says,
            .body = std::move(body)};
}
inline statement get(int number, int scope, std::string name, std::optional<extents> shape,
                     options says = {}) {
    return {.what = does::get,
            .number = number,
            .scope = scope,
            .name = std::move(name),
            .shape = std::move(shape),
            .says = says};
}
inline statement op(does what, int number, std::vector<int> operands, std::string name = {}) {
    return {.what = what, .number = number, .name = std::move(name), .operands = std::move(operands)};
}
inline statement of_scope(does what, int number, int scope, int handle = 0) {
    return {.what = what, .number = number, .scope = scope, .handle = handle};
}

}  // namespace ambit_test
