// SPDX-License-Identifier: BSL-1.0
// An argument of another element type.
// expect: error: .*\[ambit\] input_dtype: an argument must hold the element type of its input: convert it, e\.g\. with xt::cast
// expect: input_dtype<.*input 0: had float64, .*asked float32\[2, 4\]
// expect: argument_dtype\.cpp:29:
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
    xt::xtensor<double, 2> x = xt::ones<double>({2, 4});
#else
    xt::xtensor<float, 2> x = xt::ones<float>({2, 4});
#endif
    auto [first, second] = std::pair(model(x), 1);
    return first(0, 0) == 0.0f ? second : 0;
}
