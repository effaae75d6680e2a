// SPDX-License-Identifier: BSL-1.0
// A program of scopes as C++ source, with what is seen in it as expectations.
//
//     std::cout << as_function(p, "program_17", wanted);      // constexpr int program_17() { … EXPECT(…); … }
#pragma once

#include "scope_trace.hpp"

#include <set>
#include <string>

namespace ambit_test {

class scope_emitter {
public:
    explicit scope_emitter(const trace& seen) : seen_(seen) {}

    std::string function(const program& p, const std::string& name) {
        text_ = "constexpr int " + name + "() {\n";
        line("graph_builder builder;");
        line("scope s0(builder);");
        line("const tensor x = builder.input(spec(float32, {2}));");
        line("EXPECT(x.op_name() == \"input\");");
        std::set<int> used;
        find_handles(p.body, used);
        for (const int h : used) line("scope_handle h" + std::to_string(h) + " = s0.handle();");
        block(p.body);
        expectations(0, true);
        line("return 0;");
        return text_ + "}\n";
    }

private:
    void line(const std::string& code) { text_ += std::string(static_cast<std::size_t>(4 * depth_), ' ') + code + '\n'; }

    static void find_handles(const std::vector<statement>& body, std::set<int>& used) {
        using enum does;
        for (const statement& s : body) {
            if (s.what == jump || s.what == reuse_handle || s.what == take_handle || s.what == take_current)
                used.insert(s.handle);
            find_handles(s.body, used);
        }
    }

    void block(const std::vector<statement>& body) {
        for (const statement& s : body) {
            if (has_block(s)) {
                line("{");
                ++depth_;
                line(code_of(s));
                expectations(s.number, false);
                block(s.body);
                --depth_;
                line("}");
                expectations(s.number, true);
            } else {
                line(code_of(s));
                expectations(s.number, false);
            }
        }
    }

    void expectations(int statement, bool after_block) {
        for (const observation& o : seen_)
            if (o.statement == statement && o.after_block == after_block) line("EXPECT(" + o.expression + ");");
    }

    static std::string self(char letter, int number) { return letter + std::to_string(number); }

    std::string code_of(const statement& s) {
        const std::string from = self('s', s.scope) + '.';
        const std::string handle = self('h', s.handle);
        switch (s.what) {
            case does::open:
                return "auto " + self('s', s.number) + " = " + from + "variable_scope(" + quoted(s.name) +
                       comma(scope_options(s)) + ");";
            case does::jump:
                return "auto " + self('s', s.number) + " = " + from + "variable_scope(" + handle +
                       comma(scope_options(s)) + ");";
            case does::close: return from + "close();";
            case does::get:
                variables_.insert(s.number);
                return "const variable " + self('v', s.number) + " = " + from + "get_variable(" + quoted(s.name) + ", " +
                       (s.shape ? words_of(*s.shape) : "any_shape") + comma(variable_options(s)) + ");";
            case does::get_by_name:
                variables_.insert(s.number);
                return "const variable " + self('v', s.number) + " = " + from + "get_variable(" + quoted(s.name) + ");";
            case does::relu:
            case does::add: {
                std::string code = "const tensor " + self('t', s.number) + (s.what == does::relu ? " = relu(" : " = add(");
                for (const int operand : s.operands) code += operand_of(operand) + ", ";
                code.resize(code.size() - 2);
                return code + (s.name.empty() ? "" : ", {.name = " + quoted(s.name) + "}") + ");";
            }
            case does::reuse_scope: return from + "reuse_variables();";
            case does::reuse_handle: return handle + ".reuse_variables();";
            case does::take_handle: return handle + " = " + from + "handle();";
            case does::take_current: return handle + " = " + from + "current();";
        }
        return "";
    }

    std::string operand_of(int number) const {
        if (number == 0) return "x";
        return self(variables_.count(number) > 0 ? 'v' : 't', number);
    }

    static std::string comma(const std::string& options) { return options.empty() ? "" : ", {" + options + '}'; }
    static std::string joined(const std::vector<std::string>& all) {
        std::string text;
        for (const std::string& one : all) text += (text.empty() ? "" : ", ") + one;
        return text;
    }
    static std::string scope_options(const statement& s) {
        std::vector<std::string> all;
        if (s.reuse == says_reuse::no) all.push_back(".reuse = false");
        if (s.reuse == says_reuse::yes) all.push_back(".reuse = true");
        if (s.reuse == says_reuse::automatic) all.push_back(".reuse = auto_reuse");
        add_defaults(s, all);
        return joined(all);
    }
    static std::string variable_options(const statement& s) {
        std::vector<std::string> all;
        add_defaults(s, all);
        return joined(all);
    }
    static void add_defaults(const statement& s, std::vector<std::string>& all) {
        if (s.initializer != filling::unsaid) all.push_back(".initializer = " + words_of(s.initializer));
        if (s.dtype != element::unsaid) all.push_back(".dtype = " + words_of(s.dtype));
        if (s.trainable) all.push_back(std::string(".trainable = ") + (*s.trainable ? "true" : "false"));
    }

    const trace& seen_;
    std::string text_;
    std::set<int> variables_;
    int depth_ = 1;
};

inline std::string as_function(const program& p, const std::string& name, const trace& seen) {
    return scope_emitter(seen).function(p, name);
}

}  // namespace ambit_test
