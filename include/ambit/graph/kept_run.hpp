// SPDX-License-Identifier: BSL-1.0
// What one run of a module leaves for the compiler to keep: the graph without names and places, but for paths of
// variables and texts of mistakes, in arrays that are larger than any graph. So one evaluation serves to see whether
// the module runs at all, to count, and to fill the arrays of exact size of a `frozen_graph`.
#pragma once

#include <ambit/graph/builder.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace AMBIT_NAMESPACE::graph_parts {

// No struct has padding: clang 16 writes padded constants out again at every use.
struct frozen_node {
    const op_info* op = nullptr;
    tensor_spec result;
    std::int32_t first_operand = 0;
    std::int32_t operand_count = 0;
    std::int32_t first_word = 0;
    std::int32_t word_count = 0;
    std::int32_t region = 0;
    std::int32_t filler = 0;
};

struct frozen_variable {
    std::int32_t path_begin = 0;
    std::int32_t path_length = 0;
    std::int32_t first_value = 0;
    std::int32_t value_count = 0;
    std::int32_t trainable = 1;
    std::int32_t uses = 0;
    std::int32_t gradients = 0;  ///< gradients that reach it
    std::int32_t local = 0;
    variable_role role = variable_role::weight;
    std::int32_t begins_as = 0;  ///< the variable whose path its random initial values depend on: itself, most often
    tensor_spec spec;
    ambit::initializer initializer;
};

struct graph_counts {
    int nodes = 0, operands = 0, words = 0, regions = 0, variables = 0, characters = 0, values = 0, outputs = 0;
    int mistakes = 0, mistake_details = 0, mistake_characters = 0;
};

/// An array with room for anything. Elements are made where they are written, the others cost no compiler a thing: no
/// element has a constructor that would run for it.
template <class T> class roomy_array {
public:
    constexpr int size() const { return size_; }
    constexpr const T& operator[](int index) const {
        if constexpr (std::is_scalar_v<T>) return elements_[index];
        else return elements_[index].value;
    }
    constexpr void push_back(const T& value) {
        if constexpr (std::is_scalar_v<T>) elements_[size_++] = value;
        else elements_[size_++] = element{.value = value};
    }
    // No call for each element: it would be charged to the evaluation's budget.
    constexpr void append(const T* first, int count) {
        if constexpr (std::is_scalar_v<T>) {
            for (int i = 0; i < count; ++i) elements_[size_ + i] = first[i];
            size_ += count;
        } else {
            for (int i = 0; i < count; ++i) push_back(first[i]);
        }
    }
    /// Copies the first `count` elements to elsewhere.
    constexpr void copy_to(T* to, int count) const {
        for (int i = 0; i < count; ++i) {
            if constexpr (std::is_scalar_v<T>) to[i] = elements_[i];
            else to[i] = elements_[i].value;
        }
    }

private:
    static constexpr int room = 1 << 20;  // as many as clang 18 takes without flags
    union element {
        char nothing;
        T value;
    };
    std::conditional_t<std::is_scalar_v<T>, T, element> elements_[room] = {};
    int size_ = 0;
};

/// Reports as they are kept.
template <template <class> class Array> struct kept_reports {
    Array<report> all;
    Array<report_detail> details;
    Array<char> text;

    constexpr void append(const reports& from) {
        for (int i = 0; i < from.size(); ++i) all.push_back(from[i]);
        for (int i = 0; i < from.details(); ++i) details.push_back(from.detail(i));
        text.append(from.characters().begin(), from.characters().size());
    }
    constexpr const report& operator[](int index) const { return all[index]; }
    constexpr const report_detail& detail(int index) const { return details[index]; }
    constexpr const Array<char>& characters() const { return text; }
};

/// What a run leaves, in arrays of the compiler's or of a program's.
template <template <class> class Array> struct kept_arrays {
    Array<frozen_node> nodes;
    Array<std::int64_t> words;
    Array<frozen_variable> variables;
    Array<double> values;
    Array<std::int32_t> operands;
    Array<region> regions;
    Array<int> outputs;
    Array<char> characters;
    kept_reports<Array> mistakes;

    constexpr kept_arrays(const graph_builder& builder, const auto& output_ids) {
        const graph& from = builder.value();
        for (const node& n : from.nodes)
            nodes.push_back({n.op, n.result, n.first_operand, n.operand_count, n.first_word, n.word_count, n.region});
        operands.append(from.operands.begin(), from.operands.size());
        words.append(from.words.begin(), from.words.size());
        regions.append(from.regions.begin(), from.regions.size());
        values.append(builder.values().begin(), builder.values().size());
        for (const int id : output_ids) outputs.push_back(id);
        buffer<char> path;  // one for all: what grows is copied, and characters are the most of it
        for (int i = 0; i < builder.variable_count(); ++i) keep_variable(builder, i, path);
        mistakes.append(builder.mistakes());
    }

    constexpr graph_counts counts() const {
        return {nodes.size(),        operands.size(),         words.size(),        regions.size(),
                variables.size(),    characters.size(),       values.size(),       outputs.size(),
                mistakes.all.size(), mistakes.details.size(), mistakes.text.size()};
    }

private:
    constexpr void keep_variable(const graph_builder& builder, int i, buffer<char>& path) {
        const variable_record& v = builder.variable_at(i);
        const int begin = characters.size();
        path.clear();
        builder.all_names().append_path(v.name, path);
        characters.append(path.begin(), path.size());
        frozen_variable kept;
        kept.path_begin = begin;
        kept.path_length = path.size();
        kept.first_value = v.first_value;
        kept.value_count = v.value_count;
        kept.trainable = v.trainable ? 1 : 0;
        kept.uses = v.uses;
        kept.local = v.local ? 1 : 0;
        kept.role = v.role;
        kept.begins_as = v.begins_as < 0 ? i : v.begins_as;
        kept.gradients = builder.gradients_of(i);
        kept.spec = v.spec;
        kept.initializer = builder.initializer_of(i);
        variables.push_back(kept);
    }
};

using kept_run = kept_arrays<roomy_array>;

}  // namespace ambit::graph_parts
