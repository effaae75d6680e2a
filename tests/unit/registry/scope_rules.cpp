// SPDX-License-Identifier: BSL-1.0
// The third world: every rule of scopes once more, on builders whose variables become those of a registry. A case that
// makes no mistake must leave in the registry what its builder says that it has made.
#include <ambit/registry/build.hpp>

// All that the cases include: below, their own lines must find nothing more to read.
#include <ambit/graph/collect.hpp>
#include <ambit/graph/frozen_graph.hpp>
#include <ambit/nn/regularizers.hpp>
#include <ambit/ops/all.hpp>
#include <ambit/scope/custom_getter.hpp>
#include <ambit/scope/scope_counters.hpp>
#include <ambit/scope/template.hpp>
#include <ambit/scope/variable_value.hpp>

#include <catch2/catch.hpp>

#include <array>
#include <concepts>
#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace ambit {

/// A builder of a case. When the case ends, a registry takes its variables.
class builder_on_registry : public graph_builder {
public:
    constexpr explicit builder_on_registry(mistake_parts::on_mistake policy = mistake_parts::on_mistake::collect)
        : graph_builder(policy) {}
    constexpr ~builder_on_registry() {
        if (!std::is_constant_evaluated() && mistakes().empty()) commit();
    }

    static inline bool agrees = true;
    static inline int committed = 0;

private:
    void commit() {
        try {
            agrees = commits() && agrees;
            ++committed;
        } catch (const std::exception&) {
            agrees = false;
        }
    }
    bool commits() {
        registry reg(seed{1});
        registry_parts::registry_contents& contents = *reg.contents();
        const registry_parts::variable_set hidden({});
        const registry_parts::admission known(*this, contents, hidden);
        registry_parts::planned_change change = registry_parts::change_by(*this, known, hidden);
        const std::vector<registry_parts::variable_pointer> created = registry_parts::create(contents, change);
        registry_parts::commit(contents, *this, change.variables, created, false);
        int kept = 0;
        for (int id = 0; id < variable_count(); ++id) {
            const scope_parts::variable_record& made = variable_at(id);
            if (made.local && made.made_by_variable) continue;
            ++kept;
            const registry::found v = reg.find(path_of(id));
            if (v == nullptr || v->spec() != made.spec || v->uses() != made.uses || v->is_local() != made.local ||
                v->is_trainable() != made.trainable || v->role() != made.role)
                return false;
        }
        return kept == reg.size();
    }
};

}  // namespace ambit

#define IN_BOTH_WORLDS(function)                     \
    do {                                             \
        ambit::builder_on_registry::agrees = true;   \
        REQUIRE(function() == 0);                    \
        REQUIRE(ambit::builder_on_registry::agrees); \
    } while (false)
#define graph_builder builder_on_registry

// Each in a namespace of its own, since their helpers have the same names.
namespace of_scopes {
#include "../scope/scope.cpp"
}
namespace of_op_names {
#include "../scope/op_names.cpp"
}
namespace of_name_scopes {
#include "../scope/name_scope.cpp"
}
namespace of_collections {
#include "../scope/collections.cpp"
}
namespace of_custom_getters {
#include "../scope/custom_getter.cpp"
}
namespace of_templates {
#include "../scope/template.cpp"
}
namespace of_values {
#include "../scope/variable_value.cpp"
}
namespace of_counters {
#include "../scope/scope_counters.cpp"
}
namespace of_stores {
#include "../scope/variable_store.cpp"
}

TEST_CASE("a case without mistakes leaves its variables in a registry, one with mistakes nothing") {
    const int before = ambit::builder_on_registry::committed;
    {
        ambit::builder_on_registry builder;
        ambit::scope s(builder);
        s.get_variable("w", {2});
    }
    CHECK(ambit::builder_on_registry::committed == before + 1);
    {
        ambit::builder_on_registry builder;
        ambit::scope s(builder);
        s.get_variable("w", {2});
        s.get_variable("w", {2});
    }
    CHECK(ambit::builder_on_registry::committed == before + 1);
}
