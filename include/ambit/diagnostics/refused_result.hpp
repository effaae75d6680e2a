// SPDX-License-Identifier: BSL-1.0
// What a model returns whose module the compiler could not run: its shape and dtype are unknown, so it takes whatever a
// program does with a result, without a word. The module has been refused.
#pragma once

#include <ambit/core/namespaces.hpp>

namespace AMBIT_NAMESPACE::refused_parts {

struct result {
    template <class... Indices> constexpr result operator()(const Indices&...) const { return {}; }
    template <class Index> constexpr result operator[](const Index&) const { return {}; }
    template <class Wanted> operator Wanted() const;  // nothing of a refused program is linked
    constexpr const result* begin() const { return nullptr; }
    constexpr const result* end() const { return nullptr; }
    constexpr const result* data() const { return nullptr; }
    constexpr int size() const { return 0; }
    constexpr result shape(int = 0) const { return {}; }

#define AMBIT_TAKES(operation)                                                                                    \
    friend constexpr result operator operation(const result&, const result&) { return {}; }                       \
    template <class Other> friend constexpr result operator operation(const result&, const Other&) { return {}; } \
    template <class Other> friend constexpr result operator operation(const Other&, const result&) { return {}; }
    AMBIT_TAKES(+)
    AMBIT_TAKES(-)
    AMBIT_TAKES(*)
    AMBIT_TAKES(/)
    AMBIT_TAKES(<)
    AMBIT_TAKES(>)
    AMBIT_TAKES(==)
#undef AMBIT_TAKES
    template <class Stream> friend constexpr Stream& operator<<(Stream& out, const result&) { return out; }
};

}  // namespace ambit::refused_parts
