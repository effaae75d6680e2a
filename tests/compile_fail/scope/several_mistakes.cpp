// SPDX-License-Identifier: BSL-1.0
// All mistakes of a model are reported in one compilation, in the order of the program and each once.
// expect: \[ambit\] invalid_name: 
// expect: "name hid den"
// expect: \[ambit\] variable_exists: 
// expect: "layer/gain"
// expect: again at .*several_mistakes\.cpp:25, 
// expect: \[ambit\] op_shape: 
// expect: op layer/wide\(.*input_1 float32\[2, 4\]
// expect: \[ambit\] variable_missing: 
// expect: "layer/shift"
// errors: 4
// lines: 8
#include <ambit/graphs.hpp>
using namespace ambit;

struct net {
    constexpr tensor operator()(scope& s, tensor x, tensor y) const {
#ifdef AMBIT_MISTAKE
        x = x + s.get_variable("hid den", {4});
#endif
        auto layer = s.variable_scope("layer");
        x = x * layer.get_variable("gain", {4});
#ifdef AMBIT_MISTAKE
        for (int i = 0; i < 3; ++i) x = x * layer.get_variable("gain", {4});
        matmul(y, layer.get_variable("weights", {5, 4}), {.name = "wide"});
        layer.reuse_variables();
        x = x + layer.get_variable("shift", {4});
#endif
        return x + y;
    }
};
static_assert(expect_valid<net, input<float, 2, 4>, input<float, 2, 4>>());
