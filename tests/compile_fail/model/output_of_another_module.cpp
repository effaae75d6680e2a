// SPDX-License-Identifier: BSL-1.0
// A member of what another module returns, one of this module that is no output, and a number: each is told, and calls
// go on with the nearest output.
// expect: error: .*\[ambit\] output_unknown: the module has no such output: run takes members of what it returns, by pointer or by name
// expect: output_unknown<.*"&generator::outputs::loss".*"the module returns .*discriminator::outputs".*"did you mean .*discriminator::outputs::loss\?"
// expect: output_unknown<.*"&discriminator::units".*"the module returns .*discriminator::outputs"
// expect: output_unknown<.*"1".*"the module returns .*discriminator::outputs"
// expect(gcc): output_of_another_module\.cpp:37:.*required from here
// expect(clang): output_of_another_module\.cpp:37:
// errors: 3
#include <ambit/model/model.hpp>
#include <ambit/ops/all.hpp>
using namespace ambit;

struct generator {
    struct outputs { tensor picture, loss; };
    constexpr outputs operator()(scope&, tensor x) const { return {x, reduce_mean(x)}; }
};
struct discriminator {
    int units = 4;
    struct outputs { tensor verdict, loss; };
    constexpr outputs operator()(scope&, tensor x) const { return {x, reduce_mean(x)}; }
};

int main() {
    model<discriminator, input<float, 2, 4>> judge(seed{1});
    const std::array<float, 8> x{};
#ifdef AMBIT_MISTAKE
#define OUTPUT_1 &generator::outputs::loss
#define OUTPUT_2 &discriminator::units
#define OUTPUT_3 1
#else
#define OUTPUT_1 &discriminator::outputs::loss
#define OUTPUT_2 &discriminator::outputs::verdict
#define OUTPUT_3 &discriminator::outputs::verdict
#endif
    const float loss = judge.run<OUTPUT_1>(x);
    const auto verdict = judge.run<OUTPUT_2>(x), again = judge.run<OUTPUT_3>(x);
    return loss + verdict(0, 0) + again(0, 0) > 0 ? 1 : 0;
}
