// SPDX-License-Identifier: BSL-1.0
// A scope is neither copied nor moved: its lifetime is its block.
// expect(gcc): error: use of deleted function .*scope::scope\(const .*scope&\)
// expect(clang): error: call to deleted constructor of .*scope
// lines: 3
// others: 1
#include <ambit/graphs.hpp>
using namespace ambit;

constexpr tensor layer(scope& s, tensor x) {
#ifdef AMBIT_MISTAKE
    scope again = s;
#else
    scope& again = s;
#endif
    return x * again.get_variable("gain", {4});
}
