// SPDX-License-Identifier: BSL-1.0
// No path is near: none is suggested.
// expect: error: .*\[ambit\] variable_unknown: 
// expect: variable_unknown<.*"momentum"
// reject: did you mean
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
    model.set<"momentum">(std::array<float, 3>{});
#else
    model.set<"dense/biases">(std::array<float, 3>{});
#endif
}
