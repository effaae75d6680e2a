// SPDX-License-Identifier: BSL-1.0
// What is known to the compiler written as an argument, seeds and inputs that are none: a sentence each.
// expect: error: .*\[ambit\] an input of a model is input<element type, extents\.\.\.>: model<mlp, input<float, 32, 784>>
// expect: spellings\.cpp:31:.* error: .*\[ambit\] a model begins with a seed, or with another one's parameters: net trainer\(seed{1}\)
// expect: spellings\.cpp:32:.* error: .*\[ambit\] a seed says that it is one
// expect: spellings\.cpp:33:.* error: .*\[ambit\] the path is an argument of the template, known to the compiler: net\.get<.*>\(\)
// expect: spellings\.cpp:34:.* error: .*\[ambit\] the path is an argument of the template, known to the compiler: net\.set<.*>\(array\)
// expect: spellings\.cpp:35:.* error: .*\[ambit\] run computes the outputs that it names: net\.run<&outputs::loss>\(x\); net\(x\) computes all
// expect: spellings\.cpp:36:.* error: .*\[ambit\] a model is copied in a word: auto second = net\.copy\(\)
// expect: spellings\.cpp:37:.* error: .*\[ambit\] a model is copied in a word: second = net\.copy\(\)
// expect: spellings\.cpp:38:.* error: .*\[ambit\] a model is called: net\(x\)
// expect: spellings\.cpp:39:.* error: .*\[ambit\] the function is save\(net, .*\), of ambit/checkpoint/save\.hpp
// reject: no match|no viable|candidate
#include <ambit/model/model.hpp>
#include <ambit/ops/all.hpp>
using namespace ambit;

struct layer {
    constexpr tensor operator()(scope& s, tensor x) const {
        for (int i = 0; i < 2; ++i) x = x * s.get_variable(name("w", i), {4}) * ambit::sqrt(64.0) * ambit::pow(2.0, 0.5);
        return x;
    }
};
using net = model<layer, input<float, 2, 4>>;

int main() {
    const std::array<float, 8> x{};
#ifdef AMBIT_MISTAKE
    model<layer, float> of_a_type(seed{1});
    of_a_type(x);
    net without_seed;
    net of_a_number(1);
    of_a_number.get("w0");
    of_a_number.set("w0", std::array<float, 4>{});
    of_a_number.run(x);
    auto copied = of_a_number;
    without_seed = of_a_number;
    of_a_number.forward(x);
    of_a_number.save("x");
#else
    net first(seed{1});
    first.set<"w0">(std::array<float, 4>{});
    return first.get<"w1">()(0) > first(x)(0, 0) ? 1 : 0;
#endif
}
