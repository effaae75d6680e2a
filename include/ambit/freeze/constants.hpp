// SPDX-License-Identifier: BSL-1.0
// Values of a graph and its plan as the text of C++ that makes them again.
//
//     constants text;
//     text.add_array(layout.order);          // {{0,1,2,…}}
#pragma once

#include <ambit/diagnostics/error.hpp>
#include <ambit/freeze/symbols.hpp>
#include <ambit/plan/frozen_ahead.hpp>

#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>

namespace AMBIT_NAMESPACE::freeze_parts {

class constants {
public:
    const std::string& text() const { return text_; }
    constants& add_text(std::string_view text) {
        text_ += text;
        return *this;
    }

    // ---- numbers --------------------------------------------------------------------------------------------------

    template <class T>
        requires std::is_arithmetic_v<T>
    void add(T number) {
        if constexpr (std::is_floating_point_v<T>) return add_real(number);
        else if constexpr (std::is_same_v<T, char>) return add(static_cast<int>(number));
        else {
            // The least number of 64 bits has no literal.
            if (std::is_signed_v<T> && number == (std::numeric_limits<T>::min)()) {
                add(static_cast<T>(number + 1));
                text_ += "-1";
                return;
            }
            text_ += std::to_string(number);
            if (std::is_unsigned_v<T>) text_ += 'u';
        }
    }
    template <class T>
        requires std::is_enum_v<T>
    void add(T choice, std::string_view type) {
        text_ += type;
        text_ += '(';
        text_ += std::to_string(static_cast<int>(choice));
        text_ += ')';
    }

    // ---- parts of a graph -----------------------------------------------------------------------------------------

    void add(const tensor_spec& spec) {
        text_ += "{{";
        for (int axis = 0; axis < spec.extents.rank(); ++axis) {
            if (axis > 0) text_ += ',';
            add(spec.extents[axis]);
        }
        text_ += "},";
        add(spec.type, "dtype");
        text_ += '}';
    }
    void add(const graph_parts::frozen_node& node) {
        text_ += "{&";
        text_ += name_of_op(*node.op);
        text_ += ',';
        add(node.result);
        add_more(node.first_operand, node.operand_count, node.first_word, node.word_count, node.region);
        text_ += '}';
    }
    void add(const graph_parts::region& region) { add_list(region.parent, region.begin, region.end); }
    void add(const graph_parts::frozen_variable& variable) {
        text_ += '{';
        add_all(variable.path_begin, variable.path_length, variable.first_value, variable.value_count,
                variable.trainable, variable.uses, variable.gradients, variable.local);
        text_ += ',';
        add(variable.role, "variable_role");
        add_more(variable.begins_as);
        text_ += ',';
        add(variable.spec);
        text_ += ',';
        add(variable.initializer);
        text_ += '}';
    }
    void add(const initializer& begins) {
        text_ += '{';
        add(begins.kind, "initializer_kind");
        text_ += ',';
        add(begins.mode, "fan_mode");
        text_ += ',';
        add(begins.distribution, "random_distribution");
        add_more(begins.has_seed, begins.seed, begins.first, begins.second);
        text_ += ",nullptr,0,";
        if (begins.function == nullptr) {
            text_ += "nullptr";
        } else {
            const std::string name = name_of_symbol(reinterpret_cast<const void*>(begins.function));
            if (name.empty())
                throw error(
                    "an initializer is a function without a name that other units know: make it `inline` or "
                    "`constexpr`, outside of an unnamed namespace");
            text_ += '&' + name;
        }
        text_ += '}';
    }

    // ---- parts of a plan ------------------------------------------------------------------------------------------

    void add(const plan_parts::value_place& place) {
        text_ += '{';
        add(place.space, "memory_space");
        add_more(place.index, place.offset);
        text_ += '}';
    }
    void add(const plan_parts::plan_step& step) {
        text_ += '{';
        add(step.kind, "step_kind");
        add_more(step.root, step.first_node, step.ops, step.inputs, step.outputs, step.root_operands,
                 step.first_operand);
        text_ += '}';
    }
    void add(const plan_parts::plan_loop& loop) {
        add_list(loop.trips, loop.begin, loop.test, loop.end, loop.first_place, loop.places, loop.first_counter,
                 loop.counters, loop.node);
    }
    void add(const plan_parts::moving_place& place) {
        text_ += '{';
        add(place.first);
        add_more(place.stride, place.value);
        text_ += '}';
    }
    void add(const plan_parts::loop_counter& counter) {
        text_ += '{';
        add(counter.at);
        add_more(counter.step);
        text_ += '}';
    }

    // ---- lists ----------------------------------------------------------------------------------------------------

    /// The braces of a struct whose members these are.
    template <class... Members> void add_list(const Members&... members) {
        text_ += '{';
        add_all(members...);
        text_ += '}';
    }

    /// A `frozen_array`, of anything that has `size()` and elements.
    template <class Array> void add_array(const Array& array) {
        text_ += "{{";
        auto line = text_.size();
        for (int i = 0; i < array.size(); ++i) {
            if (i > 0) text_ += ',';
            if (text_.size() - line > 100) {
                text_ += '\n';
                line = text_.size();
            }
            add(array[i]);
        }
        text_ += "}}";
    }

private:
    template <class... Members> void add_all(const Members&... members) {
        const char* between = "";
        ((text_ += between, add(members), between = ","), ...);
    }
    template <class... Members> void add_more(const Members&... members) { ((text_ += ',', add(members)), ...); }

    void add_real(double number) {
        if (!std::isfinite(number)) {
            text_ += "std::bit_cast<double>(std::uint64_t(";
            add(std::bit_cast<std::uint64_t>(number));
            text_ += "))";
            return;
        }
        char digits[64];
        const auto written = std::to_chars(digits, digits + sizeof digits, number, std::chars_format::scientific);
        text_.append(digits, written.ptr);
    }

    static std::string name_of_op(const op_info& op) {
        const std::string name = name_of_symbol(&op);
        if (name.empty())
            throw error("the op " + std::string(op.name) +
                        " has an op_info without a name that other units know: declare it `inline constexpr`, outside "
                        "of an unnamed namespace");
        return name;
    }

    std::string text_;
};

}  // namespace ambit::freeze_parts
