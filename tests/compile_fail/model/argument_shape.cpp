// SPDX-License-Identifier: BSL-1.0
// A fixed tensor of another shape, though of the same size.
// expect: error: .*\[ambit\] input_shape: an argument must have exactly the shape of its input
// expect: input_shape<.*input 0: had float32\[4, 2\], .*asked float32\[2, 4\]
// expect: argument_shape\.cpp:25:
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
#ifdef AMBIT_MISTAKE
    auto y = model(xt::xtensor_fixed<float, xt::xshape<4, 2>>{});
#else
    auto y = model(xt::xtensor_fixed<float, xt::xshape<2, 4>>{});
#endif
    return y(0, 0) == 0.0f ? 1 : 0;
}
