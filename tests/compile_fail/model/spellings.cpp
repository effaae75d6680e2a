// SPDX-License-Identifier: BSL-1.0
// What is known to the compiler written as an argument, seeds and inputs that are none: a sentence each.
// expect: error: .*\[ambit\] an input of a model is input<element type, extents\.\.\.>: model<mlp, input<float, 32, 784>>
// expect: spellings\.cpp:40:.* error: .*\[ambit\] a model begins with a seed, or with another one's parameters: net trainer\(seed{1}\)
// expect: spellings\.cpp:41:.* error: .*\[ambit\] a seed says that it is one
// expect: spellings\.cpp:42:.* error: .*\[ambit\] the path is an argument of the template, known to the compiler: net\.get<.*>\(\)
// expect: spellings\.cpp:43:.* error: .*\[ambit\] the path is an argument of the template, known to the compiler: net\.set<.*>\(array\)
// expect: spellings\.cpp:44:.* error: .*\[ambit\] run computes the outputs that it names: net\.run<&outputs::loss>\(x\); net\(x\) computes all
// expect: spellings\.cpp:45:.* error: .*\[ambit\] a model is copied in a word: auto second = net\.copy\(\)
// expect: spellings\.cpp:46:.* error: .*\[ambit\] a model is copied in a word: second = net\.copy\(\)
// expect: spellings\.cpp:47:.* error: .*\[ambit\] a model is called: net\(x\)
// expect: spellings\.cpp:48:.* error: .*\[ambit\] the function is save\(net, .*\), of ambit/checkpoint/save\.hpp
// expect: spellings\.cpp:49:.* error: .*\[ambit\] a view only shows: net\.set<.*>\(array\) writes a variable, net\.edit<.*>\(f\) changes it
// expect: spellings\.cpp:50:.* error: .*\[ambit\] a view only shows
// expect: spellings\.cpp:51:.* error: .*\[ambit\] a view only shows
// expect: spellings\.cpp:53:.* error: .*\[ambit\] a view only shows
// expect: error: .*\[ambit\] input_count: a call takes one argument for each input that its outputs depend on
// expect: given 1, wanted 2.*output 0: asked float32\[2, 4\].*input 0: asked float32\[2, 4\]
// reject: no match|no viable|candidate
#include <ambit/model/model.hpp>
#include <ambit/ops/all.hpp>
using namespace ambit;

struct layer {
    struct outputs {
        tensor y;
    };
    constexpr outputs operator()(scope& s, tensor x) const {
        for (int i = 0; i < 2; ++i) x = x * s.get_variable(name("w", i), {4}) * ambit::sqrt(64.0) * ambit::pow(2.0, 0.5);
        return {x};
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
    of_a_number.get<"w0">() = 0;
    of_a_number.get<"w1">() += of_a_number.get<"w0">();
    of_a_number.get<"w1">().fill(1);
    auto y = of_a_number(x);
    y = xt::xtensor<float, 2>({2, 4});
    of_a_number.run_into<&layer::outputs::y>(x);
#else
    net first(seed{1});
    first.set<"w0">(std::array<float, 4>{});
    std::array<float, 8> y{};
    first.run_into(std::span<float, 8>(y), x);
    first.edit<"w0">([](auto w) { w += 1; });
    auto weights = first.get<"w1">();
    return weights(0) > first(x)(0, 0) + y[0] ? 1 : 0;
#endif
}
