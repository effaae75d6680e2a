// SPDX-License-Identifier: BSL-1.0
// Lists of variables do not read what is not there: the first variable below a prefix that none has.
#pragma once

#include <ambit/core/buffer.hpp>
#include <ambit/core/throw_or_end.hpp>
#include <ambit/diagnostics/error.hpp>

#include <cstdio>

namespace AMBIT_NAMESPACE {

class variable;

/// An element was asked for that a list does not have: `s.trainable_variables("critics")[0]` where there are none.
class list_error : public error {
public:
    using error::error;
};

}  // namespace ambit

namespace AMBIT_NAMESPACE::refused_parts {

struct checked_list {
    // Not constexpr: it ends the evaluation of a module, and the compiler says its name behind the module's line.
    [[noreturn, gnu::cold]] static void list_has_no_such_element(int index, int size) {
        char text[160];
        std::snprintf(text, sizeof text,
                      "[ambit] list_error: element %d of a list of %d\n"
                      "  ask for its size() first, or look at the prefix that it was asked for with",
                      index, size);
        core_parts::throw_or_end(list_error(text));
    }
};

}  // namespace ambit::refused_parts

namespace AMBIT_NAMESPACE::core_parts {

template <> struct index_of_list<variable> : refused_parts::checked_list {};

}  // namespace ambit::core_parts
