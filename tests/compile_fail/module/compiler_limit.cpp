// SPDX-License-Identifier: BSL-1.0
// A module that is right, but longer than the compiler evaluates: the limit is named, with the flag that raises it.
// expect: error: .*\[ambit\] compiler_limit: the module needs more evaluation than the compiler allows: raise -fconstexpr-ops-limit and -fconstexpr-loop-limit \(g\+\+\) or -fconstexpr-steps \(clang\)
// expect(gcc): compiler_limit<.*"module tower".*"-fconstexpr-ops-limit=4294967296 -fconstexpr-loop-limit=67108864"
// expect(clang): compiler_limit<.*"module tower".*"-fconstexpr-steps=1073741824"
// reject: module_not_constant
// errors: 1
// lines: 2
// flags(gcc): -fconstexpr-ops-limit=1000000
// flags(clang): -fconstexpr-steps=100000
#include <ambit/graphs.hpp>
using namespace ambit;

struct tower {
    constexpr tensor operator()(scope& s, tensor x) const {
        for (int level = 0; level < 40; ++level) {
            auto layer = s.variable_scope({.default_name = "layer"});
            x = relu(x * layer.get_variable("scale", {4}) + layer.get_variable("shift", {4}));
        }
        return x;
    }
};
static_assert(expect_valid<tower, input<float, 2, 4>>());
