// SPDX-License-Identifier: BSL-1.0
// Errors as values.
#pragma once

#include <ambit/diagnostics/raise.hpp>

#include <string_view>

namespace ambit_test {

using namespace ambit;

/// What a call throws; of kind `none` if it throws nothing.
template <class F> model_error thrown_by(F&& f) {
    try {
        f();
    } catch (const model_error& e) {
        return e;
    }
    return {mistake::none, "nothing was thrown"};
}

inline bool says(const model_error& e, std::string_view words) {
    return std::string_view(e.what()).find(words) != std::string_view::npos;
}

}  // namespace ambit_test
