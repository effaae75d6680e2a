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
inline std::string self(char letter, int number) { return letter + std::to_string(number); }

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
    for (std::size_t axis = 0; axis < e.size(); ++axis)
        text += (axis > 0 ? ", " : "") + std::to_string(e[axis]);
    return text + '}';
}

/// Its name in ambit; members of `my_tensors` are in "mine", too.
inline std::string name_of(collection c) {
    switch (c) {
        case collection::global: return "global_variables";
        case collection::trainable: return "trainable_variables";
        case collection::local: return "local_variables";
        case collection::regularization: return "regularization_losses";
        case collection::losses: return "losses";
        case collection::mine:
        case collection::my_tensors: return "mine";
    }
    return "";
}

inline std::string words_of(collection c, const std::string& prefix) {
    const std::string in = '(' + quoted(prefix) + ')', in_mine = "(\"mine\", " + quoted(prefix) + ')';
    switch (c) {
        case collection::mine: return "get_collection<variable>" + in_mine;
        case collection::my_tensors: return "get_collection<tensor>" + in_mine;
        default: return name_of(c) + in;
    }
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
    bool local = false;
    filling initializer = filling::unsaid;
    constraining constraint = constraining::none;
    int uses = 0;
};

inline void see(trace& all, const seen_variable& v) {
    const std::string me = self('v', v.statement), id = me + ".id()";
    const auto flag = [&](bool is_set, const char* name) { return (is_set ? "" : "!") + me + name; };
    all.push_back({v.statement, false,
                   me + ".name() == " + quoted(v.id < 0 ? "" : v.path + ":0") + " && " +
                       (v.id < 0 ? id + " < 0" : id + " == " + std::to_string(v.id)) + " && " + me +
                       ".shape() == shape" + words_of(v.shape) + " && " + me +
                       ".dtype() == " + words_of(v.dtype)});
    if (v.id < 0) return;
    const char* const parameter = v.constraint == constraining::half  ? "0.5"
                                  : v.constraint == constraining::two ? "2"
                                                                      : "0";
    all.push_back({v.statement, false,
                   flag(v.trainable, ".is_trainable()") + " && " + flag(v.local, ".is_local()") +
                       " && builder.variable_at(" + id + ").uses == " + std::to_string(v.uses) +
                       " && builder.constraint_of(" + id + ").parameter == " + parameter});
    all.push_back({v.statement, false, "filled_with(builder, " + me + ", " + words_of(v.initializer) + ')'});
}

/// The result of an op; no name is one that a mistake, its own or an earlier one, kept from being made.
inline void see_tensor(trace& all, int statement, const std::string& op_name) {
    const std::string me = self('t', statement);
    all.push_back(
        {statement, false,
         op_name.empty() ? "builder.is_inert(" + me + ".id())" : me + ".op_name() == " + quoted(op_name)});
}

/// A scope or a handle: "s3" or "h0".
struct seen_scope {
    int statement = 0;
    std::string self{};
    std::string prefix{};
    std::string name_scope{};  // that it opened, with its slash
    int mode = 0;  // 0 create, 1 reuse, 2 automatic
};

inline void see(trace& all, const seen_scope& s) {
    static const char* const modes[] = {"create", "reuse", "automatic"};
    all.push_back({s.statement, false,
                   s.self + ".name() == " + quoted(s.prefix) + " && " + s.self +
                       ".original_name_scope() == " + quoted(s.name_scope) + " && " + s.self +
                       ".reuse() == reuse_mode::" + modes[s.mode]});
}

inline void see_name_scope(trace& all, int statement, const std::string& name) {
    all.push_back({statement, false, self('n', statement) + ".name() == " + quoted(name)});
}

/// A name as text.
inline void see_text(trace& all, int statement, const std::string& name) {
    all.push_back({statement, false, self('u', statement) + ".view() == " + quoted(name)});
}

inline void see_innermost(trace& all, int statement, bool after_block, const std::string& prefix) {
    all.push_back({statement, after_block, "s0.current().name() == " + quoted(prefix)});
}

/// The members of a collection, by name.
inline void see_collection(trace& all, const statement& s, const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names) text += (text.empty() ? "" : " ") + name;
    all.push_back(
        {s.number, s.number == 0,
         "names_of(" + self('s', s.scope) + '.' + words_of(s.from, s.name) + ") == " + quoted(text)});
}

/// What is asked for when a program has ended: the whole of every collection.
inline statement at_the_end(collection from) { return {.what = does::query, .from = from}; }
inline void see_variable_count(trace& all, int count) {
    all.push_back({0, true, "builder.variable_count() == " + std::to_string(count)});
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
    std::string expression =
        "told(builder, " + std::to_string(index) + ", mistake::" + m.kind + ", " + quoted(m.subject);
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
