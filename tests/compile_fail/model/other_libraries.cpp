// SPDX-License-Identifier: BSL-1.0
// What models of other libraries have: a sentence each, at the user's own line.
// expect: other_libraries\.cpp:33:.* error: .*\[ambit\] a call writes into the model\'s memory, which is constant here: take it by reference, net& first
// expect: other_libraries\.cpp:34:.* error: .*\[ambit\] a call writes into the model\'s memory, which is constant here
// expect: other_libraries\.cpp:44:.* error: .*\[ambit\] a step is an output that calls ask for, made by minimize\(s, loss, adam{}\): net\.run<&outputs::train>\(x\)
// expect: other_libraries\.cpp:45:.* error: .*\[ambit\] a step is an output that calls ask for
// expect: other_libraries\.cpp:46:.* error: .*\[ambit\] training or not is said by the module
// expect: other_libraries\.cpp:47:.* error: .*\[ambit\] training or not is said by the module
// expect: other_libraries\.cpp:48:.* error: .*\[ambit\] a model is called: net\(x\)
// expect: other_libraries\.cpp:49:.* error: .*\[ambit\] the function is load\(net, "net\.safetensors"\)
// expect: other_libraries\.cpp:50:.* error: .*\[ambit\] a model.s variables are net\.parameters\(\)
// expect: other_libraries\.cpp:51:.* error: .*\[ambit\] the function is summary\(net\)
// expect: other_libraries\.cpp:52:.* error: .*\[ambit\] a variable is got by its path, known to the compiler: net\.get
// expect: other_libraries\.cpp:53:.* error: .*\[ambit\] a model is shown by summary\(net\)
// reject: no match|no viable|candidate|not declared|undeclared|too few|ambiguous|cannot convert
#include <ambit/model/model.hpp>
#include <ambit/ops/all.hpp>

#include <iostream>
using namespace ambit;

struct layer {
    struct outputs { tensor y, sum; };
    constexpr outputs operator()(scope& s, tensor x) const {
        const tensor y = x * s.get_variable("w", {4});
        return {y, reduce_sum(y)};
    }
};
using net = model<layer, input<float, 2, 4>>;

float of(const net& constant, const std::array<float, 8>& x) {
#ifdef AMBIT_MISTAKE
    constant(x);
    return float(constant.run<&layer::outputs::sum>(x));
#else
    return constant.get<"w">()(0) + x[0];
#endif
}

int main() {
    const std::array<float, 8> x{};
    net first(seed{1});
#ifdef AMBIT_MISTAKE
    first.fit(x);
    first.zero_grad();
    first.train();
    first.eval();
    first.predict(x);
    first.load("net.safetensors");
    first.state_dict();
    first.summary();
    first["w"];
    std::cout << first;
#endif
    std::cout << first.get<"w">();
    return of(first, x) > 0 ? 1 : 0;
}
