// SPDX-License-Identifier: BSL-1.0
// A path that the model does not have: the nearest is suggested; lines that use the result are not reported.
// expect: error: .*\[ambit\] variable_unknown: the model has no variable of this path: net::variables lists them
// expect: variable_unknown<.*"dense/weight"
// expect: did you mean dense/weights\?
// expect(gcc): variable_unknown\.cpp:26:.*required from here
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
    auto weights = model.get<"dense/weight">();
#else
    auto weights = model.get<"dense/weights">();
#endif
    return weights(0, 0) == 0.0f ? 1 : 0;
}
