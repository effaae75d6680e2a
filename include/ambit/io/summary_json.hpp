// SPDX-License-Identifier: BSL-1.0
// The summary of a model for other programs, as JSON.
//
//     nlohmann::json facts = summary(filter);
//     std::cout << facts["parameters"] << '\n' << facts.dump(2) << '\n';
#pragma once

#include <ambit/io/model_summary.hpp>

#include <nlohmann/json.hpp>

namespace AMBIT_NAMESPACE {

/// Variables, inputs and outputs as lists of objects, shapes as lists of extents; then counts and bytes. What has no
/// name has none.
template <class Caller> void to_json(nlohmann::json& json, const model_summary<Caller>& shown) {
    using list = nlohmann::json;
    const auto described = [](const tensor_spec& spec) {
        list extents = list::array();
        for (int axis = 0; axis < spec.extents.rank(); ++axis)
            if (spec.extents[axis] == any_size) extents.push_back("any_size");
            else extents.push_back(spec.extents[axis]);
        return list{{"dtype", name_of(spec.type)}, {"shape", extents}};
    };
    list variables = list::array(), inputs = list::array(), outputs = list::array();
    for (const auto& v : shown.variables) {
        list variable = described(v.spec);
        variable.update(list{{"path", v.path},
                             {"elements", v.spec.extents.elements()},
                             {"bytes", v.spec.bytes()},
                             {"flops", v.flops},
                             {"uses", v.uses},
                             {"local", v.is_local}});
        variables.push_back(variable);
    }
    for (const auto& spec : shown.inputs) inputs.push_back(described(spec));
    for (const auto& one : shown.outputs) {
        list output = one.spec.type == dtype::none ? list{{"operation", true}} : described(one.spec);
        if (!one.name.empty()) output["name"] = one.name;
        outputs.push_back(output);
    }
    json = list{{"variables", variables},
                {"inputs", inputs},
                {"outputs", outputs},
                {"parameters", shown.parameters()},
                {"parameter_bytes", shown.parameter_bytes()},
                {"nodes", shown.nodes},
                {"steps", shown.steps},
                {"flops", shown.flops},
                {"arena_bytes", shown.arena_bytes},
                {"packed_bytes", shown.packed_bytes}};
}

}  // namespace ambit
