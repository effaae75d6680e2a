// SPDX-License-Identifier: BSL-1.0
// Reads the variables of a model from a file (open_checkpoint.hpp says of which formats), strictly: the file must hold
// all of the model's variables, each with its path, dtype and shape, and no others but what it says itself to be state
// of an optimizer. So a model for inference loads what its trainer saved. A load that fails changes nothing.
//
//     load(filter, "filter.safetensors");                       // throws checkpoint_error
//     std::cout << load(server, "trainer.safetensors");         // loaded 2 variables; passed over 6 tensors of ...
#pragma once

#include <ambit/core/standard.hpp>
#include <ambit/checkpoint/open_checkpoint.hpp>
#include <ambit/checkpoint/roles.hpp>
#include <ambit/diagnostics/grouped_number.hpp>
#include <ambit/diagnostics/nearest_name.hpp>
#include <ambit/diagnostics/quoted.hpp>
#include <ambit/diagnostics/raise.hpp>
#include <ambit/model/model.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace AMBIT_NAMESPACE {

/// What a load did.
struct load_report {
    std::size_t loaded = 0;                ///< variables of the model: all that are not local
    std::vector<std::string> passed_over;  ///< names of tensors that the model lacks, state of an optimizer; sorted
};

}  // namespace ambit

namespace AMBIT_NAMESPACE::checkpoint_parts {

/// Facts of one kind, of which only the first few are told: a file may have millions.
class told_facts {
public:
    void add(const std::string& fact) {
        if (count_++ < most) text_ += fact;
    }
    bool is_full() const { return count_ >= most; }
    /// What was told, and how many more there are; `more` says of what kind they are.
    std::string text(std::string_view more) const {
        return count_ <= most ? text_
                              : text_ + "\n  and " + grouped(static_cast<std::int64_t>(count_ - most)) + " more" +
                                    std::string(more);
    }

private:
    static constexpr std::size_t most = 8;
    std::size_t count_ = 0;
    std::string text_;
};

/// For each tensor of a file whether the file says that it is state of an optimizer. Roles that this version does not
/// know, and names that the file lacks, say nothing.
inline std::vector<bool> optimizer_state(const tensor_source& file) {
    std::vector<bool> found(file.tensors().size());
    for (const variable_role role : listed_roles) {
        const auto pair = file.metadata().find(std::string(role_key(role)));
        if (pair == file.metadata().end()) continue;
        for (std::string_view rest = pair->second; !rest.empty();) {
            const std::size_t length = (std::min)(rest.find(' '), rest.size());
            if (const stored_tensor* const there = file.find(rest.substr(0, length)))
                found[static_cast<std::size_t>(there - file.tensors().data())] = true;
            rest.remove_prefix((std::min)(length + 1, rest.size()));
        }
    }
    return found;
}

/// A tensor of a file has the shape and dtype of a variable.
inline bool is_of(const stored_tensor& there, const tensor_spec& wanted) {
    return dtype_from(there.type) == wanted.type && same_extents(there.extents, wanted.extents);
}

/// `; did you mean "model/hidden/weights"?` of a tensor of this shape and dtype whose name is near, else nothing.
inline std::string nearest_in(const tensor_source& file, const tensor_spec& wanted, std::string_view path) {
    nearest_name search(path);
    for (std::size_t t = 0; t < file.tensors().size(); ++t) {
        const stored_tensor& there = file.tensors()[t];
        if (is_of(there, wanted)) search.consider(static_cast<int>(t), there.name);
    }
    if (search.best() < 0) return {};
    return "; did you mean " + in_quotes(file.tensors()[static_cast<std::size_t>(search.best())].name) + "?";
}

/// What stands between the tensors of a file and the variables of a model, a line each, no more than a screen holds;
/// empty if the one can be loaded into the other. Names that are passed over go into the report.
inline std::string differences(const tensor_source& file, std::span<const variable_info> variables,
                               load_report& report) {
    told_facts lacking, other, unexpected;
    std::vector<std::string_view> known;
    for (const variable_info& v : variables) {
        if (v.local != 0) continue;
        known.push_back(v.path);
        const stored_tensor* const there = file.find(v.path);
        const tensor_spec wanted{v.extents, v.dtype};
        if (there == nullptr)
            lacking.add("\n  it lacks " + std::string(v.path) + ", " + to_string(wanted) +
                        (lacking.is_full() ? std::string() : nearest_in(file, wanted, v.path)));
        else if (!is_of(*there, wanted))
            other.add("\n  it has " + std::string(v.path) + " as " + type_and_shape(*there) + ", the model as " +
                      to_string(wanted));
    }
    report.loaded = known.size();
    std::sort(known.begin(), known.end());
    const std::vector<bool> is_state = optimizer_state(file);
    for (std::size_t t = 0; t < is_state.size(); ++t) {
        const std::string& name = file.tensors()[t].name;
        if (std::binary_search(known.begin(), known.end(), name)) continue;
        if (is_state[t]) report.passed_over.push_back(name);
        else unexpected.add("\n  it has " + in_quotes(name) + ", which the model lacks");
    }
    return lacking.text(" that it lacks") + other.text(" of another shape or dtype") +
           unexpected.text(" that the model lacks");
}

}  // namespace ambit::checkpoint_parts

namespace AMBIT_NAMESPACE::mistake_parts {

/// `loaded 2 variables; passed over 6 tensors of an optimizer: "d/w/adam/m", "d/w/adam/v", and 4 more`
inline std::string to_string(const load_report& report) {
    constexpr std::size_t most = 4;
    const auto counted = [](std::size_t count, const char* what) {
        return mistake_parts::grouped(static_cast<std::int64_t>(count)) + what + (count == 1 ? "" : "s");
    };
    std::string text = "loaded " + counted(report.loaded, " variable");
    const std::size_t count = report.passed_over.size();
    if (count == 0) return text;
    text += "; passed over " + counted(count, " tensor") + " of an optimizer: ";
    for (std::size_t i = 0; i < (std::min)(count, most); ++i)
        text += (i > 0 ? ", " : "") + in_quotes(report.passed_over[i]);
    return count <= most ? text
                         : text + ", and " + mistake_parts::grouped(static_cast<std::int64_t>(count - most)) + " more";
}

}  // namespace ambit::mistake_parts

namespace AMBIT_NAMESPACE {

inline std::ostream& operator<<(std::ostream& out, const load_report& report) {
    return out << mistake_parts::to_string(report);
}

/// Loads all of a model's variables but local ones. Tensors that the model lacks are refused unless the file says that
/// they are state of an optimizer; then the result names them. Files of versions that did not say so load into the
/// model that they were saved from. Throws `checkpoint_error`; the model is then as it was.
template <storage Storage, class Module, class... Inputs>
load_report load(stored_model<Storage, Module, Inputs...>& model, const std::string& path) {
    const std::unique_ptr<tensor_source> opened = open_checkpoint(path);
    const tensor_source& file = *opened;
    load_report report;
    if (const std::string text = checkpoint_parts::differences(file, model.variables, report); !text.empty())
        throw checkpoint_error(checkpoint_fault::other_variables, path,
                               "the file does not hold exactly the variables of the model:" + text,
                               "load it into the model that it was saved from");
    const auto loaded = model.parameters().copy();
    for (std::size_t v = 0; v < model.variables.size(); ++v)
        if (model.variables[v].local == 0)
            file.read(*file.find(model.variables[v].path),
                      {loaded.variables()[v], static_cast<std::size_t>(model.variables[v].bytes())});
    model.assign(loaded);
    return report;
}

template <model_parts::one_of_models Any> load_report load(Any& any, const std::string& path) {
    return any.visit([&](auto& model) { return load(model, path); });
}

/// The same into all variables of a registry but local ones.
template <class Registry>
    requires requires(Registry& of) { of.contents()->in_order(); }
load_report load(Registry& into, const std::string& path) {
    const std::unique_ptr<tensor_source> opened = open_checkpoint(path);
    const tensor_source& file = *opened;
    const auto all = into.variables();
    std::vector<variable_info> known;
    for (const auto& v : all) {
        known.emplace_back();
        known.back().path = v->path();
        known.back().extents = v->shape();
        known.back().dtype = v->dtype();
        known.back().local = v->is_local() ? 1 : 0;
    }
    load_report report;
    if (const std::string text = checkpoint_parts::differences(file, known, report); !text.empty())
        throw checkpoint_error(checkpoint_fault::other_variables, path,
                               "the file does not hold exactly the variables of the registry:" + text,
                               "load it into one with the models that it was saved from");
    std::vector<model_parts::aligned_bytes> loaded;
    for (const auto& v : all) {
        loaded.push_back(v->is_local() ? nullptr : model_parts::allocate_aligned(v->bytes()));
        if (!v->is_local())
            file.read(*file.find(v->path()), {loaded.back().get(), static_cast<std::size_t>(v->bytes())});
    }
    // Nothing below can fail.
    std::size_t next = 0;
    for (const auto& v : into.contents()->in_order()) {
        const model_parts::aligned_bytes& value = loaded[next++];
        if (value == nullptr) continue;
        std::memcpy(v->data(), value.get(), static_cast<std::size_t>(v->bytes()));
        v->raise_generation();
    }
    return report;
}

}  // namespace ambit
