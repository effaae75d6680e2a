// SPDX-License-Identifier: BSL-1.0
// Memory for an output of another element type.
// expect: error: .*\[ambit\] output_dtype: memory for an output must hold its element type
// expect: output_dtype<.*output 0: had float64, .*asked float32\[2, 3\]
// expect: output_dtype\.cpp:30:
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
    std::array<double, 6> y{};
#else
    std::array<float, 6> y{};
#endif
    model.run_into(std::span(y), x);
}
