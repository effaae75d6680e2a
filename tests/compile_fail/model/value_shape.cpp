// SPDX-License-Identifier: BSL-1.0
// A variable is set from an array of its shape; the message names the variable.
// expect: error: .*\[ambit\] value_shape: a variable is set from an array of exactly its shape
// expect: value_shape<.*"dense/weights".*"had float32\[3, 4\], .*asked float32\[4, 3\]"
// lines: 2
// errors: 1
#include <ambit/model/model.hpp>
#include <ambit/ops/all.hpp>

#include <array>

using namespace ambit;

struct layer {
    constexpr tensor operator()(scope& s, tensor x) const {
        auto dense = s.variable_scope("dense");
        variable weights = dense.get_variable("weights", {4, 3});
        return bias_add(matmul(x, weights), dense.get_variable("biases", {3}));
    }
};
using net = model<layer, input<float, 2, 4>>;

int main() {
    net model(seed{1});
#ifdef AMBIT_MISTAKE
    model.set<"dense/weights">(xt::xtensor_fixed<float, xt::xshape<3, 4>>());
#else
    model.set<"dense/weights">(xt::xtensor_fixed<float, xt::xshape<4, 3>>());
#endif
}
