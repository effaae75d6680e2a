// SPDX-License-Identifier: BSL-1.0
// Rules that name no variable: one the wrong way round, one misspelt, one that is no whole name of a scope.
// expect: error: .*\[ambit\] rule_unknown: a rule names no variable of the model: the name in the file comes first, the model's second
// expect: rule_unknown<.*"my_counter".*"rename<counter, my_counter>".*"the model has counter: did you swap .*the two\?"
// expect: rule_unknown<.*"train/weigths".*"transposed<train/weigths>".*"did you mean train/weights\?"
// expect: rule_unknown<.*"trai".*"prefix<old, trai>".*"did you mean train\?"
// lines: 6
// errors: 3
#include <ambit/checkpoint/save.hpp>
#include <ambit/ops/all.hpp>
using namespace ambit;

struct counted {
    constexpr tensor operator()(scope& s, tensor x) const {
        return matmul(x, s.get_variable("train/weights", {2, 3})) + s.get_variable("counter", {});
    }
};
using net = model<counted, input<float, 1, 2>>;

int main() {
    net model(seed{1});
#ifdef AMBIT_MISTAKE
    save(model, "m", rename<"counter", "my_counter">, transposed<"train/weigths">, prefix<"old", "trai">);
#else
    save(model, "m", rename<"my_counter", "counter">, transposed<"train/weights">, prefix<"old", "train">);
#endif
}
