// SPDX-License-Identifier: BSL-1.0
// What is seen while a program of scopes runs, as C++ expressions that are true at that point: the model of the
// rules and the interpreter write them, a test compares them, the emitter makes expectations of them.
//
//     4: v4.name() == "a/w:0" && v4.id() == 1
//     5: builder.mistakes().size() == 1
//     5: told(builder, 0, mistake::variable_exists, "a/w")     first at 4, asked at 5
#pragma once

#include "scope_program.hpp"

#include <string>
#include <vector>

namespace ambit_test {

/// One observation. `after_block` is one made where the block of an opening statement has ended. The note is
/// compared too, but is no expression: places differ from one form of a program to the other.
struct observation {
    int statement = 0;
    bool after_block = false;
    std::string expression{};
    std::string note{};

    friend bool operator==(const observation&, const observation&) = default;
};

/// Observations in the order in which they were made.
using trace = std::vector<observation>;

inline std::string text_of(const trace& all) {
    std::string text;
    for (const observation& o : all)
        text += std::to_string(o.statement) + (o.after_block ? " left: " : ": ") + o.expression +
                (o.note.empty() ? "" : "     " + o.note) + '\n';
    return text;
}

// ---- Words for values --------------------------------------------------------------------------------------

inline std::string quoted(const std::string& text) { return '"' + text + '"'; }

inline std::string words_of(element e) {
    switch (e) {
        case element::unsaid: return "dtype::none";
        case element::float32: return "float32";
        case element::float64: return "float64";
        case element::int32: return "int32";
    }
    return "";
}

inline std::string words_of(filling f) {
    switch (f) {
        case filling::unsaid: return "";
        case filling::zeros: return "zeros()";
        case filling::ones: return "ones()";
        case filling::half: return "constant(0.5)";
        case filling::list_of_three: return "constant({1, 2, 3})";
        case filling::normal: return "random_normal()";
        case filling::glorot: return "glorot_uniform()";
    }
    return "";
}

inline std::string words_of(const extents& e) {
    std::string text = "{";
    for (std::size_t axis = 0; axis < e.size(); ++axis) text += (axis > 0 ? ", " : "") + std::to_string(e[axis]);
    return text + '}';
}

// ---- Observations ------------------------------------------------------------------------------------------

/// A variable that a call returned; `id` is below 0 for one that a mistake kept from being made.
struct seen_variable {
    int statement = 0;
    std::string path{};
    int id = -1;
    extents shape{};
    element dtype = element::float32;
    bool trainable = true;
    filling initializer = filling::unsaid;
    int uses = 0;
};

inline void see(trace& all, const seen_variable& v) {
    const std::string self = "v" + std::to_string(v.statement);
    const std::string id = self + ".id()";
    all.push_back({v.statement, false,
                   self + ".name() == " + quoted(v.id < 0 ? "" : v.path + ":0") + " && " +
                       (v.id < 0 ? id + " < 0" : id + " == " + std::to_string(v.id)) + " && " + self +
                       ".shape() == shape" + words_of(v.shape) + " && " + self + ".dtype() == " + words_of(v.dtype)});
    if (v.id < 0) return;
    all.push_back({v.statement, false,
                   std::string(v.trainable ? "" : "!") + "builder.variable_at(" + id + ").trainable && builder.variable_at(" +
                       id + ").uses == " + std::to_string(v.uses)});
    all.push_back({v.statement, false, "filled_with(builder, " + self + ", " + words_of(v.initializer) + ")"});
}

/// The result of an op; no name is one that a mistake, its own or an earlier one, kept from being made.
inline void see_tensor(trace& all, int statement, const std::string& op_name) {
    const std::string self = "t" + std::to_string(statement);
    all.push_back({statement, false,
                   op_name.empty() ? "builder.is_inert(" + self + ".id())" : self + ".op_name() == " + quoted(op_name)});
}

inline std::string words_of_mode(int mode) {  // 0, 1, 2
    static const char* const modes[] = {"create", "reuse", "automatic"};
    return std::string("reuse_mode::") + modes[mode];
}

/// A scope or a handle: "s3" or "h0", its prefix and its flag (0 create, 1 reuse, 2 automatic).
inline void see_scope(trace& all, int statement, const std::string& self, const std::string& prefix, int mode) {
    all.push_back({statement, false,
                   self + ".name() == " + quoted(prefix) + " && " + self + ".reuse() == " + words_of_mode(mode)});
}

inline void see_innermost(trace& all, int statement, bool after_block, const std::string& prefix) {
    all.push_back({statement, after_block, "s0.current().name() == " + quoted(prefix)});
}

/// A mistake: what it is about, and if a scope is in the way, which one.
struct seen_mistake {
    std::string kind{};
    std::string subject{};
    std::string still_open{};
    int first = 0;  // the statement that made the variable
    int asked = 0;  // the statement that made the mistake
};

inline void see(trace& all, int statement, bool after_block, int index, const seen_mistake& m) {
    std::string expression = "told(builder, " + std::to_string(index) + ", mistake::" + m.kind + ", " + quoted(m.subject);
    if (m.kind == "scope_out_of_order") expression += ", " + quoted(m.still_open);
    std::string note;
    if (m.first > 0) note += "first at " + std::to_string(m.first);
    if (m.asked > 0) note += (note.empty() ? "asked at " : ", asked at ") + std::to_string(m.asked);
    all.push_back({statement, after_block, expression + ')', note});
}

inline void see_count(trace& all, int statement, bool after_block, int mistakes) {
    all.push_back({statement, after_block, "builder.mistakes().size() == " + std::to_string(mistakes)});
}

/// Where mistakes are thrown: a statement that was not carried out.
inline void see_thrown(trace& all, int statement, const std::string& kind) {
    all.push_back({statement, false, "throws mistake::" + kind});
}

}  // namespace ambit_test
