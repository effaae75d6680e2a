// SPDX-License-Identifier: BSL-1.0
// The planner of dynamic models, compiled once.
#pragma once

#include <ambit/registry/planned_session.hpp>

namespace AMBIT_NAMESPACE::registry_parts {

[[gnu::weak]] std::unique_ptr<dynamic_session> make_session(const built_module& built,
                                                            const std::vector<tensor_spec>& specs,
                                                            const session_variables& variables) {
    return std::make_unique<planned_session>(built, specs, variables);
}

[[gnu::weak]] void refuse_uncompiled(const graph_builder& builder, std::span<const int> outputs) {
    expect_compiled(builder, outputs);
}

}  // namespace ambit::registry_parts
