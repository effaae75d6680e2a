// SPDX-License-Identifier: BSL-1.0
// The names of ops' functions below the scopes in which they are called, spelled out once for each scope.
#pragma once

#include <ambit/graph/op_info.hpp>
#include <ambit/scope/name_table.hpp>

#include <cstdint>

namespace AMBIT_NAMESPACE::graph_parts {

class op_names {
public:
    /// The name of an op's function below a name scope.
    constexpr int name_of(const op_info& info, int scope, name_table& names) {
        known_name& known = known_[(info.id + static_cast<std::uint64_t>(scope)) % 64];
        if (known.scope != scope || known.op != info.id) known = {scope, names.intern(scope, info.name), info.id};
        return known.name;
    }

private:
    struct known_name {
        int scope = -1;
        int name = -1;
        std::uint64_t op = 0;
    };

    known_name known_[64] = {};  // those asked for last
};

}  // namespace ambit::graph_parts
