// SPDX-License-Identifier: BSL-1.0
// More arguments than inputs.
// expect: error: .*\[ambit\] input_count: a call takes one argument for each input that its outputs depend on
// expect: input_count<.*"given 2, wanted 1".*"input 0: asked float32\[2, 4\]"
// expect: argument_count\.cpp:26:
// lines: 2
// errors: 1
#include <ambit/model/model.hpp>
#include <ambit/ops/all.hpp>
using namespace ambit;

struct layer {
    int units = 3;
    constexpr tensor operator()(scope& s, tensor x) const {
        auto dense = s.variable_scope("dense");
        variable weights = dense.get_variable("weights", {4, units});
        return bias_add(matmul(x, weights), dense.get_variable("biases", {units}));
    }
};
using net = model<layer, input<float, 2, 4>>;

int main() {
    net model(seed{1});
    const std::array<float, 8> x{};
#ifdef AMBIT_MISTAKE
    auto y = model(x, x);
#else
    auto y = model(x);
#endif
    return y(0, 0) == 0.0f ? 1 : 0;
}
