// SPDX-License-Identifier: BSL-1.0
// What is no rule: C's function of two literals, as an argument and among rules, and the name of a variable alone.
// expect: error: .*\[ambit\] of two literals, rename is a function of C: rename<"in the file", "in the model">
// expect: error: .*\[ambit\] of two literals, rename is a function of C: rename<.*>\(\)
// expect: error: .*\[ambit\] rules are rename<"in the file", "in the model">, prefix, transposed
// lines: 7
// errors(gcc): 3
// errors(clang): 4
#include <ambit/checkpoint/save.hpp>
#include <ambit/ops/all.hpp>
#include <cstdio>
using namespace ambit;

struct layer {
    constexpr tensor operator()(scope& s, tensor x) const { return x + s.get_variable("biases", {3}); }
};
using net = model<layer, input<float, 3>>;

int main() {
    net model(seed{1});
    checkpoint_rules rules;
#ifdef AMBIT_MISTAKE
    save(model, "m", rename("b", "biases"));
    rules += rename("b", "biases");
    save(model, "m", "biases");
#else
    save(model, "m", rename<"b", "biases">);
    rules += ambit::rename("b", "biases");
    save(model, "m", only<"biases">);
#endif
}
