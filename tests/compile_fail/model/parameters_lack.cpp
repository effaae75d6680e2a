// SPDX-License-Identifier: BSL-1.0
// Parameters of a model whose variables have other shapes: each is named, once. Those of one that has them below a
// prefix: where they are.
// expect: error: .*\[ambit\] parameters_lack: these parameters have no variable of this path, shape and dtype: take those of another model
// expect: parameters_lack<.*"dense/weights"
// expect: had float32\[4, 5\], .*asked float32\[4, 3\]
// expect: parameters_lack<.*"dense/biases"
// expect: had float32\[5\], .*asked float32\[3\]
// expect: parameters_lack<.*"dense/weights".*asked float32\[4, 3\].*"did you mean net/dense/weights\?"
// expect: parameters_lack<.*"dense/biases".*asked float32\[3\].*"did you mean net/dense/biases\?"
// expect: parameters_lack\.cpp:44:
// expect: parameters_lack\.cpp:46:
// errors: 4
// lines: 8
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
struct below_a_prefix {
    constexpr tensor operator()(scope& s, tensor x) const {
        auto net = s.variable_scope("net");
        return layer{}(net, x);
    }
};
#ifdef AMBIT_MISTAKE
using other = model<configured<layer{.units = 5}>, input<float, 7, 4>>;
using moved = model<below_a_prefix, input<float, 7, 4>>;
#else
using other = model<layer, input<float, 7, 4>>;
using moved = other;
#endif

int main() {
    other trained(seed{1});
    net first(trained.parameters());
    moved trained_below(seed{1});
    net second(trained_below.parameters());
}
