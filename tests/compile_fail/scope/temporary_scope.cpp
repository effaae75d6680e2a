// SPDX-License-Identifier: BSL-1.0
// A temporary scope would end with the line: it does not bind to `scope&`.
// expect(gcc): error: cannot bind non-const lvalue reference of type .*scope&.* to an rvalue of type .*scope
// expect(clang): error: no matching function for call to .scaled.
// expect(clang): expects an lvalue for 1st argument
// lines: 3
// others: 1
#include <ambit/graphs.hpp>
using namespace ambit;

constexpr tensor scaled(scope& s, tensor x) { return x * s.get_variable("gain", {4}); }

#ifdef AMBIT_MISTAKE
constexpr tensor layer(scope& s, tensor x) { return scaled(s.variable_scope("layer"), x); }
#else
constexpr tensor layer(scope& s, tensor x) {
    auto inner = s.variable_scope("layer");
    return scaled(inner, x);
}
#endif
