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
    void line(const std::string& code) {
        text_ += std::string(static_cast<std::size_t>(4 * depth_), ' ') + code + '\n';
    }

    static void find_handles(const std::vector<statement>& body, std::set<int>& used) {
        using enum does;
        for (const statement& s : body) {
            if (s.what == jump || s.what == set_on_handle || s.what == reuse_handle || s.what == take_handle ||
                s.what == take_current)
                used.insert(s.handle);
            find_handles(s.body, used);
        }
    }

    void block(const std::vector<statement>& body, bool is_seen = true) {
        for (const statement& s : body) {
            if (s.what == does::make_template) {
                define_template(s);
                continue;
            }
            if (has_block(s)) {
                line("{");
                ++depth_;
            }
            line(code_of(s));
            if (is_seen) expectations(s.number, false);
            if (!has_block(s)) continue;
            block(s.body, is_seen);
            --depth_;
            line("}");
            if (is_seen) expectations(s.number, true);
        }
    }

    void define_template(const statement& s) {
        line("auto " + self('m', s.number) + " = make_template(" +
             (s.at_once ? self('s', s.scope) + ", " : "") + quoted(s.exact ? "ignored" : s.name) +
             ", [&](scope& " + self('s', s.number) + ") {");
        ++depth_;
        block(s.body, false);
        line("return " + self('v', s.operands.at(0)) + ";");
        --depth_;
        line(s.exact ? "}, {.unique_name = " + quoted(s.name) + "});" : "});");
        line("static_cast<void>(" + self('m', s.number) + ");");
        expectations(s.number, false);
    }

    void expectations(int statement, bool after_block) {
        for (const observation& o : seen_)
            if (o.statement == statement && o.after_block == after_block)
                line("EXPECT(" + o.expression + ");");
    }

    std::string code_of(const statement& s) {
        const std::string from = self('s', s.scope) + '.', name = quoted(s.name);
        const std::string handle = self('h', s.handle);
        const std::string new_scope = "auto " + self('s', s.number) + " = " + from + "variable_scope(";
        const std::string new_names = "auto " + self('n', s.number) + " = " + from + "name_scope(";
        const std::string new_variable = "[[maybe_unused]] const variable " + self('v', s.number) + " = ";
        if (makes_variable(s)) variables_.insert(s.number);
        if (opens_name_scope(s)) name_scopes_.insert(s.number);
        switch (s.what) {
            case does::open: return new_scope + name + comma(options_of(s)) + ");";
            case does::open_default: return new_scope + '{' + options_of(s) + "});";
            case does::jump: return new_scope + handle + comma(options_of(s)) + ");";
            case does::name_scope: return new_names + name + ");";
            case does::name_scope_of: return new_names + self('s', s.other) + ".original_name_scope());";
            case does::make_template: return "";
            case does::call_template:
                return new_variable + self('m', s.other) + '(' + self('s', s.scope) + ");";
            case does::close: return self(name_scopes_.count(s.scope) > 0 ? 'n' : 's', s.scope) + ".close();";
            case does::get:
                return new_variable + from + "get_variable(" + name + ", " +
                       (s.shape ? words_of(*s.shape) : "any_shape") + comma(options_of(s)) + ");";
            case does::get_by_name: return new_variable + from + "get_variable(" + name + ");";
            case does::get_local:
                return new_variable + from + "get_local_variable(" + name + ", " + words_of(*s.shape) +
                       comma(options_of(s)) + ");";
            case does::variable:
                return new_variable + from + "variable(" + name + ", shape" + words_of(*s.shape) +
                       comma(options_of(s)) + ");";
            case does::get_value: return new_variable + from + "get_variable(" + name + ", " + value_of(s) + ");";
            case does::unnamed: return new_variable + from + "variable(" + value_of(s) + ");";
            case does::value: return new_variable + from + "variable(" + name + ", " + value_of(s) + ");";
            case does::set_on_scope: return set_on(from, s.says);
            case does::set_on_handle: return set_on(handle + '.', s.says);
            case does::unique_name: return text_of_name(s) + from + "unique_op_name(" + name + ");";
            case does::current_names: return text_of_name(s) + from + "current_name_scope();";
            case does::relu:
            case does::add: {
                std::string code = "[[maybe_unused]] const tensor " + self('t', s.number) + " = ";
                code += s.what == does::relu ? "relu(" : "add(";
                for (const int operand : s.operands) code += operand_of(operand) + ", ";
                code.resize(code.size() - 2);
                return code + (s.name.empty() ? "" : ", {.name = " + name + "}") + ");";
            }
            case does::reuse_scope: return from + "reuse_variables();";
            case does::reuse_handle: return handle + ".reuse_variables();";
            case does::take_handle: return handle + " = " + from + "handle();";
            case does::take_current: return handle + " = " + from + "current();";
            case does::collect:
                return from + "add_to_collection(" + quoted(name_of(s.from)) + ", " + operand_of(s.operands.at(0)) + ");";
            case does::add_loss: return from + "add_loss(" + operand_of(s.operands.at(0)) + ");";
            case does::query: return "// " + from + words_of(s.from, s.name);
        }
        return "";
    }

    static std::string value_of(const statement& s) {
        return s.says.initializer == filling::half   ? "0.5f"
               : s.says.initializer == filling::ones ? "1"
                                                     : "std::array<double, 3>{1, 2, 3}";
    }
    static std::string text_of_name(const statement& s) {
        return "[[maybe_unused]] const auto " + self('u', s.number) + " = ";
    }
    static std::string set_on(const std::string& of, const options& says) {
        if (says.initializer != filling::unsaid) return of + "set_initializer(" + words_of(says.initializer) + ");";
        if (says.dtype != element::unsaid) return of + "set_dtype(" + words_of(says.dtype) + ");";
        if (says.regularizer != regularizing::unsaid)
            return of + "set_regularizer(" + regularizers[static_cast<int>(says.regularizer)] + ");";
        return of + "set_custom_getter(" + getters[static_cast<int>(says.getter)] + ");";
    }

    std::string operand_of(int number) const {
        if (number == 0) return "x";
        return self(variables_.count(number) > 0 ? 'v' : 't', number);
    }

    static std::string comma(const std::string& options) {
        return options.empty() ? "" : ", {" + options + '}';
    }
    static std::string joined(const std::vector<std::string>& all) {
        std::string text;
        for (const std::string& one : all) text += (text.empty() ? "" : ", ") + one;
        return text;
    }
    static std::string options_of(const statement& s) {
        const options& o = s.says;
        std::vector<std::string> all;
        if (o.reuse == says_reuse::no) all.push_back(".reuse = false");
        if (o.reuse == says_reuse::yes) all.push_back(".reuse = true");
        if (o.reuse == says_reuse::automatic) all.push_back(".reuse = auto_reuse");
        if (o.initializer != filling::unsaid) all.push_back(".initializer = " + words_of(o.initializer));
        if (o.dtype != element::unsaid) all.push_back(".dtype = " + words_of(o.dtype));
        if (o.trainable) all.push_back(std::string(".trainable = ") + (*o.trainable ? "true" : "false"));
        static const char* const constraints[] = {"", "no_constraint", "by_half", "by_two"};
        add(all, ".regularizer = ", regularizers[static_cast<int>(o.regularizer)]);
        add(all, ".constraint = ", constraints[static_cast<int>(o.constraint)]);
        add(all, ".custom_getter = ", getters[static_cast<int>(o.getter)]);
        if (s.what == does::open_default) all.push_back(".default_name = " + quoted(s.name));
        if (o.no_names) all.push_back(".auxiliary_name_scope = false");
        if (o.collected) all.push_back(".collections = {\"mine\", \"mine\"}");
        return joined(all);
    }
    static void add(std::vector<std::string>& all, const std::string& member, const std::string& value) {
        if (!value.empty()) all.push_back(member + value);
    }

    static constexpr const char* regularizers[] = {"", "no_regularizer", "summed", "greatest"};
    static constexpr const char* getters[] = {"", "renamed_p", "renamed_q", "frozen"};

    const trace& seen_;
    std::string text_;
    std::set<int> variables_, name_scopes_;
    int depth_ = 1;
};

inline std::string as_function(const program& p, const std::string& name, const trace& seen) {
    return scope_emitter(seen).function(p, name);
}

}  // namespace ambit_test
