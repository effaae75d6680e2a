// SPDX-License-Identifier: BSL-1.0
// Two rules for one variable, and two variables under one name.
// expect: error: .*\[ambit\] rules_clash: two rules say the same of one variable, or give two one name: leave one out
// expect: rules_clash<.*"train/weights".*"prefix<old, train>".*"rename<w, train/weights>"
// expect: rules_clash<.*"counter".*"it would be saved as .*old/biases, .*and so would train/biases"
// lines: 4
// errors: 2
#include <ambit/checkpoint/save.hpp>
#include <ambit/ops/all.hpp>
using namespace ambit;

struct counted {
    constexpr tensor operator()(scope& s, tensor x) const {
        auto train = s.variable_scope("train");
        tensor y = matmul(x, train.get_variable("weights", {2, 3})) + train.get_variable("biases", {3});
        train.close();
        return y + s.get_variable("counter", {});
    }
};
using net = model<counted, input<float, 1, 2>>;

int main() {
    net model(seed{1});
#ifdef AMBIT_MISTAKE
    save(model, "m", prefix<"old", "train">, rename<"w", "train/weights">, rename<"old/biases", "counter">);
#else
    save(model, "m", prefix<"old", "train">, transposed<"train/weights">, rename<"old/counter", "counter">);
#endif
}
