// SPDX-License-Identifier: BSL-1.0
// A program of scopes and variables as data: what a module does with its scope, statement by statement. The
// model of the rules, the interpreter and the emitter read it. Nothing of ambit is in here.
//
//     program p;                                              // auto s1 = s0.variable_scope("a");
//     p.body = {open(1, 0, "a", {get(2, 1, "w", {3})})};      // variable v2 = s1.get_variable("w", {3});
//
// Every statement has a number, its own in the program: it names the object that the statement makes (scope s1,
// variable v2, tensor t3) and stands for its line. Number 0 is what a program begins with: the root scope s0 and
// the tensor x, float32 of shape {2}.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ambit_test {

enum class does {
    open,           // auto s1 = s0.variable_scope("a", {…});  and its block
    jump,           // auto s1 = s0.variable_scope(h0, {…});   and its block
    close,          // s1.close();
    get,            // variable v1 = s0.get_variable("w", {3}, {…});
    get_by_name,    // variable v1 = s0.get_variable("w");
    relu,           // tensor t1 = relu(v2, {.name = "r"});
    add,            // tensor t1 = add(v2, x, {.name = "sum"});
    reuse_scope,    // s1.reuse_variables();
    reuse_handle,   // h0.reuse_variables();
    take_handle,    // h0 = s1.handle();
    take_current,   // h0 = s1.current();
};

enum class says_reuse { nothing, no, yes, automatic };
enum class element { unsaid, float32, float64, int32 };
enum class filling { unsaid, zeros, ones, half, list_of_three, normal, glorot };

using extents = std::vector<int>;

struct statement {
    does what = does::get;
    int number = 0;
    int scope = 0;                                 // the statement that opened it
    int handle = 0;                                // one of `handles`
    std::string name{};
    std::optional<extents> shape = std::nullopt;   // of get: none is any_shape
    says_reuse reuse = says_reuse::nothing;
    element dtype = element::unsaid;
    filling initializer = filling::unsaid;
    std::optional<bool> trainable = std::nullopt;
    std::vector<int> operands{};                   // of ops: statements that made a variable or a tensor
    std::vector<statement> body{};                 // of what opens a block
};

/// Handles are h0, h1, h2, each of the root scope at first.
inline constexpr int handles = 3;

struct program {
    std::uint64_t seed = 0;
    std::vector<statement> body{};
};

inline bool has_block(const statement& s) { return s.what == does::open || s.what == does::jump; }
inline bool is_op(const statement& s) { return s.what == does::relu || s.what == does::add; }
inline bool is_get(const statement& s) { return s.what == does::get || s.what == does::get_by_name; }

inline int size_of(const std::vector<statement>& body) {
    int count = 0;
    for (const statement& s : body) count += 1 + size_of(s.body);
    return count;
}

// ---- For programs written by hand --------------------------------------------------------------------------

inline statement open(int number, int scope, std::string name, std::vector<statement> body) {
    return {.what = does::open, .number = number, .scope = scope, .name = std::move(name), .body = std::move(body)};
}
inline statement jump(int number, int scope, int handle, std::vector<statement> body) {
    return {.what = does::jump, .number = number, .scope = scope, .handle = handle, .body = std::move(body)};
}
inline statement get(int number, int scope, std::string name, std::optional<extents> shape) {
    return {.what = does::get, .number = number, .scope = scope, .name = std::move(name), .shape = std::move(shape)};
}
inline statement op(does what, int number, std::vector<int> operands, std::string name = {}) {
    return {.what = what, .number = number, .name = std::move(name), .operands = std::move(operands)};
}
inline statement of_scope(does what, int number, int scope, int handle = 0) {
    return {.what = what, .number = number, .scope = scope, .handle = handle};
}

}  // namespace ambit_test
