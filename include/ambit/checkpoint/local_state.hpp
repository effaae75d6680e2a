// SPDX-License-Identifier: BSL-1.0
// What a training needs besides the values of parameters to go on as if it had never stopped: the local variables of
// its model, among them the state of random numbers (which call of `dropout` is the next). They belong to no parameters
// and are no tensors of a file, so that `load` and other programs see the same weights as ever: each is a text pair,
// its dtype, its extents and its bytes in hexadecimal digits.
//
//     "__metadata__": {"ambit.local dropout/mask/state": "int64[2] 15cd5b07000000000300000000000000", …}
#pragma once

#include <ambit/checkpoint/checkpoint_error.hpp>
#include <ambit/checkpoint/roles.hpp>
#include <ambit/checkpoint/tensor_source.hpp>
#include <ambit/core/standard.hpp>
#include <ambit/core/tensor_spec.hpp>
#include <ambit/diagnostics/quoted.hpp>
#include <ambit/model/model.hpp>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace AMBIT_NAMESPACE::checkpoint_parts {

/// A variable of a model with its memory, local ones included.
struct trained_variable {
    std::string_view path;
    tensor_spec spec;
    variable_role role = variable_role::weight;
    bool is_local = false;
    std::byte* data = nullptr;
};

template <storage Storage, class Module, class... Inputs>
std::vector<trained_variable> trained_variables(const stored_model<Storage, Module, Inputs...>& model) {
    std::vector<trained_variable> all;
    for (std::size_t v = 0; v < model.variables.size(); ++v) {
        const variable_info& info = model.variables[v];
        all.push_back(
            {info.path, {info.extents, info.dtype}, info.role, info.local != 0, model.addresses_of_variables()[v]});
    }
    return all;
}
/// Of a dynamic model; of a registry those that are not local, since it has no others in memory. (A template, so that
/// their headers are for those who have one.)
template <class Holder>
    requires requires(const Holder& of) { of.address_of(*of.variables().front()); }
std::vector<trained_variable> trained_variables(const Holder& of) {
    std::vector<trained_variable> all;
    for (const auto& v : of.variables())
        if (std::byte* const data = of.address_of(*v))
            all.push_back({v->path(), v->spec(), v->role(), v->is_local(), data});
    return all;
}
template <model_parts::one_of_models Any> std::vector<trained_variable> trained_variables(const Any& any) {
    return any.visit([](const auto& model) { return trained_variables(model); });
}

template <class Net>
concept is_trained = requires(const Net& net) { checkpoint_parts::trained_variables(net); };

// ---- text pairs -----------------------------------------------------------------------------------------------------

inline std::string text_of_local(const trained_variable& local) {
    std::string text = to_string(local.spec) + ' ';
    for (std::int64_t i = 0; i < local.spec.bytes(); ++i) {
        const auto value = std::to_integer<unsigned>(local.data[i]);
        text += "0123456789abcdef"[value >> 4];
        text += "0123456789abcdef"[value & 15];
    }
    return text;
}

/// The bytes of such a text; nothing if it is of another variable, or no such text.
inline std::vector<std::byte> bytes_of_local(std::string_view text, const tensor_spec& spec) {
    const std::string begin = to_string(spec) + ' ';
    const auto count = static_cast<std::size_t>(spec.bytes());
    if (!text.starts_with(begin) || text.size() - begin.size() != 2 * count) return {};
    std::vector<std::byte> bytes(count);
    for (std::size_t i = 0; i < 2 * count; ++i) {
        const char c = text[begin.size() + i];
        const bool is_letter = c >= 'a' && c <= 'f';
        if (!is_letter && !(c >= '0' && c <= '9')) return {};
        bytes[i / 2] = bytes[i / 2] << 4 | static_cast<std::byte>(is_letter ? c - 'a' + 10 : c - '0');
    }
    if (spec.type == boolean && std::any_of(bytes.begin(), bytes.end(), [](std::byte b) { return b > std::byte{1}; }))
        return {};
    return bytes;
}

/// What a file has for the local variables among these, in order; it has them all and no others, or this throws a
/// `checkpoint_error`.
inline std::vector<std::vector<std::byte>> local_state_in(const tensor_source& file,
                                                          const std::vector<trained_variable>& all) {
    const auto refuse = [&](const std::string& found) {
        throw checkpoint_error(checkpoint_fault::other_variables, file.file(), found,
                               "go on with the model that a saver saved it from; load reads its parameters alone");
    };
    std::vector<std::vector<std::byte>> values;
    for (const trained_variable& trained : all) {
        if (!trained.is_local) continue;
        const auto pair = file.metadata().find(std::string(local_key) + std::string(trained.path));
        if (pair == file.metadata().end())
            refuse("the file lacks the state of " + std::string(trained.path) + ", a local variable of the model");
        values.push_back(bytes_of_local(pair->second, trained.spec));
        if (values.back().empty())
            refuse("the file has the state of " + std::string(trained.path) + " as " +
                   mistake_parts::in_quotes(pair->second) + ", the model as " + to_string(trained.spec));
    }
    for (const auto& [key, value] : file.metadata()) {
        if (!key.starts_with(local_key)) continue;
        const std::string_view path = std::string_view(key).substr(local_key.size());
        if (std::none_of(all.begin(), all.end(), [&](const auto& v) { return v.is_local && v.path == path; }))
            refuse("the file has the state of " + mistake_parts::in_quotes(path) +
                   ", a local variable that the model lacks");
    }
    return values;
}

}  // namespace ambit::checkpoint_parts
