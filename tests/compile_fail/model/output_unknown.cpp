// SPDX-License-Identifier: BSL-1.0
// An output that the module does not have, by name: the nearest is suggested.
// expect: error: .*\[ambit\] output_unknown: the module has no such output: run takes members of what it returns, by pointer or by name
// expect: output_unknown<.*"probabilites".*"did you mean probabilities\?"
// lines: 2
// errors: 1
#include <ambit/model/hana_view.hpp>
#include <ambit/ops/all.hpp>
using namespace ambit;

struct layer {
    struct outputs { tensor logits, probabilities; };
    constexpr outputs operator()(scope&, tensor x) const { return {x, softmax(x)}; }
};
BOOST_HANA_ADAPT_STRUCT(layer::outputs, logits, probabilities);
using net = model<layer, input<float, 2, 4>>;

int main() {
    net model(seed{1});
    xt::xtensor<float, 2> x = xt::ones<float>({2, 4});
#ifdef AMBIT_MISTAKE
    return model.run<"probabilites">(x)(0, 0) > 1 ? 1 : 0;
#else
    return model.run<"probabilities">(x)(0, 0) > 1 ? 1 : 0;
#endif
}
