// SPDX-License-Identifier: BSL-1.0
// What is done when a scope ends, by an exception too:
//
//     const at_end written([&] { ++generation; });
#pragma once

#include <ambit/core/build.hpp>

#include <utility>

namespace AMBIT_NAMESPACE::core_parts {

/// Calls a function, which throws nothing, when it is destroyed.
template <class F> class [[nodiscard]] at_end {
public:
    explicit at_end(F f) : f_(std::move(f)) {}
    at_end(const at_end&) = delete;
    at_end& operator=(const at_end&) = delete;
    ~at_end() { f_(); }

private:
    F f_;
};

}  // namespace ambit::core_parts
