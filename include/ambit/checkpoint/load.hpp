// SPDX-License-Identifier: BSL-1.0
// Reads the variables of a model from a checkpoint (open_checkpoint.hpp says of which formats), strictly unless rules
// say otherwise: the file must hold all of the model's variables, each with its path, dtype and shape, and no others
// but what it says itself to be state of an optimizer. So a model for inference loads what its trainer saved.
//
//     const load_report report = load(filter, "filter.safetensors");      // throws checkpoint_error
//     std::cout << load(net, file, rename<"my_counter", "counter">, prefix<"A_untrain", "A_train">, allow_missing);
//     std::cout << describe_mismatch(file, net);                          // what load would say; reads no data
//
// rules.hpp says what rules there are, load_report.hpp what became of each variable.
#pragma once

#include <ambit/core/refuses.hpp>
#include <ambit/core/standard.hpp>
#include <ambit/checkpoint/held_variables.hpp>
#include <ambit/checkpoint/load_plan.hpp>
#include <ambit/checkpoint/load_report.hpp>
#include <ambit/checkpoint/open_checkpoint.hpp>
#include <ambit/checkpoint/rule_check.hpp>
#include <ambit/checkpoint/rules.hpp>
#include <ambit/checkpoint/staging_memory.hpp>
#include <ambit/diagnostics/quoted.hpp>
#include <ambit/model/model.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace AMBIT_NAMESPACE::checkpoint_parts {

/// The bytes of a tensor as elements of a dtype.
inline std::vector<std::byte> elements_of(const tensor_source& file, std::size_t tensor, dtype type) {
    const stored_tensor& held = file.tensors()[tensor];
    std::vector<std::byte> stored(static_cast<std::size_t>(held.bytes));
    file.read(tensor, stored);
    if (dtype_from(held.type) == type) return stored;
    const std::size_t count = stored.size() / size_of(held.type);
    std::vector<std::byte> converted(count * static_cast<std::size_t>(size_of(type)));
    if (const auto unfit = convert_elements(held.type, stored, type, converted))
        throw_or_end(checkpoint_error(checkpoint_fault::illegal_value, file.file(),
                                      "element " + std::to_string(*unfit) + " of tensor " + in_quotes(held.name) +
                                          ", " + type_and_shape(held) + ", is no " + std::string(name_of(type)),
                                      "load it into a variable of a dtype that has its values"));
    return converted;
}

template <class T> void add_elements(std::byte* to, const std::byte* from, std::size_t bytes) {
    for (std::size_t at = 0; at < bytes; at += sizeof(T)) {
        T sum, added;
        std::memcpy(&sum, to + at, sizeof(T));
        std::memcpy(&added, from + at, sizeof(T));
        sum += added;
        std::memcpy(to + at, &sum, sizeof(T));
    }
}
template <class T> void raise_gate(std::byte* variable, const variable_info& known, const planned_read& read) {
    const auto last = static_cast<std::size_t>(known.extents[-1]),
               of_a_gate = last / static_cast<std::size_t>(read.gates);
    const std::size_t first = static_cast<std::size_t>(read.raised_gate) * of_a_gate;
    for (std::size_t row = 0; row < static_cast<std::size_t>(known.elements()); row += last)
        for (std::size_t j = row + first; j < row + first + of_a_gate; ++j) {
            T value;
            std::memcpy(&value, variable + j * sizeof(T), sizeof(T));
            value += static_cast<T>(read.raised_by);
            std::memcpy(variable + j * sizeof(T), &value, sizeof(T));
        }
}

/// Reads one variable. Only floats are summed and raised.
inline void read_variable(const tensor_source& file, const planned_read& read, const variable_info& known,
                          std::byte* variable) {
    const auto bytes = static_cast<std::size_t>(known.bytes());
    if (read.parts.size() == 1 && read.parts[0].layout.changes_nothing() &&
        dtype_from(file.tensors()[read.parts[0].tensor].type) == known.dtype) {
        file.read(read.parts[0].tensor, {variable, bytes});
    } else {
        std::vector<std::byte> part(read.parts.size() > 1 && read.become == parts_become::sum ? bytes : 0);
        std::size_t end = 0;
        for (const planned_part& from : read.parts) {
            const std::vector<std::byte> elements = elements_of(file, from.tensor, known.dtype);
            const std::vector<std::int64_t>& extents = file.tensors()[from.tensor].extents;
            const bool is_added = read.become == parts_become::sum && end > 0;
            rearrange(elements.data(), extents, from.layout, size_of(known.dtype),
                      is_added ? part.data() : variable + end);
            if (is_added && known.dtype == float32) add_elements<float>(variable, part.data(), bytes);
            else if (is_added) add_elements<double>(variable, part.data(), bytes);
            auto arranged_bytes = static_cast<std::size_t>(size_of(known.dtype));
            const auto arranged = extents_of_layout(extents, from.layout);
            for (const std::int64_t extent : *arranged) arranged_bytes *= static_cast<std::size_t>(extent);
            if (!is_added) end += arranged_bytes;
        }
    }
    if (read.raised_gate < 0) return;
    if (known.dtype == float32) raise_gate<float>(variable, known, read);
    else raise_gate<double>(variable, known, read);
}

inline load_report load_into(const tensor_source& file, const held_variables& into, const fitting_rules& rules) {
    load_plan plan = plan_load(file, into.variables, rules);
    if (plan.is_refused) {
        plan.report.loaded = 0;
        const std::string text = to_string(plan.report);
        throw_or_end(checkpoint_error(
            checkpoint_fault::other_variables, file.file(),
            "the file does not hold exactly the variables of the " + std::string(into.of) + ":" +
                text.substr((std::min)(text.find('\n'), text.size())) + "\n  nothing was loaded",
            into.of == "model" ? "add rules or load it into the model that it was saved from"
                               : "add rules or load it into one with the models that it was saved from",
            std::make_shared<const load_report>(std::move(plan.report))));
    }
    const auto bytes_of = [&](const planned_read& read) {
        return static_cast<std::size_t>(into.variables[read.variable].bytes());
    };
    // One behind the other, each aligned.
    const auto behind = [&](std::size_t begin, const planned_read& read) {
        return begin + (bytes_of(read) + 63) / 64 * 64;
    };
    std::size_t end = 0;
    for (const planned_read& read : plan.reads) end = behind(end, read);
    const staging_memory loaded(end);
    end = 0;
    for (const planned_read& read : plan.reads) {
        read_variable(file, read, into.variables[read.variable], loaded.get() + end);
        end = behind(end, read);
    }
    // Nothing below can fail.
    end = 0;
    for (const planned_read& read : plan.reads) {
        const held_variable& target = into.targets[read.variable];
        std::memcpy(target.data, loaded.get() + end, bytes_of(read));
        ++*target.generation;
        end = behind(end, read);
    }
    return std::move(plan.report);
}

inline load_report describe(const tensor_source& file, const held_variables& of, const fitting_rules& rules) {
    load_report report = plan_load(file, of.variables, rules).report;
    report.is_description = true;
    return report;
}

inline std::unique_ptr<tensor_source> opened(const std::string& file) { return open_checkpoint(file); }
inline std::unique_ptr<tensor_source> opened(std::span<const std::byte> bytes) {
    return open_checkpoint(bytes, "checkpoint in memory");
}
inline const tensor_source* opened(const tensor_source& file) { return &file; }

template <class From>
concept can_be_opened = requires(const From& from) { checkpoint_parts::opened(from); };

}  // namespace ambit::checkpoint_parts

namespace AMBIT_NAMESPACE {

/// Loads a model's variables, all but local ones and those that rules leave out. `from` is the path of a file, the
/// bytes of one, or an open `tensor_source`. Files of versions that did not say what is an optimizer's load into the
/// model that they were saved from.
///
/// Throws `checkpoint_error`, which has the report if its kind is `other_variables`; nothing has changed then, whatever
/// failed. Rules that only the program knows throw a `model_error` if they do not fit the model.
template <checkpoint_parts::holds_variables Net, checkpoint_parts::can_be_opened From, class... Rules>
load_report load(Net& net, const From& from, const Rules&... rules) {
    checkpoint_parts::check_rules<Net, checkpoint_parts::file_is::read, Rules...>();
    const checkpoint_parts::held_variables into = checkpoint_parts::variables_of(net);
    const checkpoint_parts::fitting_rules fitting(checkpoint_parts::merged_rules(rules...), into.variables,
                                                  checkpoint_parts::file_is::read);
    return checkpoint_parts::load_into(*checkpoint_parts::opened(from), into, fitting);
}

/// What `load` would say, which it says of a file that fits, too. Reads no data. Throws `checkpoint_error` only if the
/// file cannot be opened.
template <checkpoint_parts::can_be_opened From, checkpoint_parts::holds_variables Net, class... Rules>
load_report describe_mismatch(const From& from, const Net& net, const Rules&... rules) {
    checkpoint_parts::check_rules<Net, checkpoint_parts::file_is::read, Rules...>();
    const checkpoint_parts::held_variables of = checkpoint_parts::variables_of(net);
    const checkpoint_parts::fitting_rules fitting(checkpoint_parts::merged_rules(rules...), of.variables,
                                                  checkpoint_parts::file_is::read);
    return checkpoint_parts::describe(*checkpoint_parts::opened(from), of, fitting);
}

template <class = void>
AMBIT_REFUSES("the file is missing: load(net, \"net.safetensors\")")
void load(const refused_parts::model_alone&) {}
template <class Net, class... Rules>
    requires(checkpoint_parts::holds_variables<Net> || model_parts::one_of_models<Net>)
AMBIT_REFUSES("the model comes first: load(net, \"net.safetensors\")")
load_report load(const std::string&, Net&, const Rules&...) {
    return {};
}
template <class Net, class... Rules>
    requires(checkpoint_parts::holds_variables<Net> || model_parts::one_of_models<Net>)
AMBIT_REFUSES("the file comes first, as it is asked about: describe_mismatch(\"net.safetensors\", net)")
load_report describe_mismatch(const Net&, const std::string&, const Rules&...) {
    return {};
}

/// The same of the chosen one of a list. Its rules are checked when it is chosen, at run time.
template <model_parts::one_of_models Any, checkpoint_parts::can_be_opened From, class... Rules>
load_report load(Any& any, const From& from, const Rules&... rules) {
    return any.visit([&](auto& model) { return load(model, from, checkpoint_parts::merged_rules(rules...)); });
}
template <checkpoint_parts::can_be_opened From, model_parts::one_of_models Any, class... Rules>
load_report describe_mismatch(const From& from, const Any& any, const Rules&... rules) {
    return any.visit(
        [&](const auto& model) { return describe_mismatch(from, model, checkpoint_parts::merged_rules(rules...)); });
}

}  // namespace ambit
