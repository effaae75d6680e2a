// SPDX-License-Identifier: BSL-1.0
// Outputs are asked for by name, but have none.
// expect: error: .*\[ambit\] output_unknown: the module has no such output: run takes members of what it returns, by pointer or by name
// expect: output_unknown<.*"y".*they get names by .*BOOST_HANA_ADAPT_STRUCT and .*ambit/.*model/hana_view\.hpp"
// lines: 2
// errors: 1
#include <ambit/model/model.hpp>
#include <ambit/ops/all.hpp>
using namespace ambit;

struct layer {
    struct outputs { tensor y; };
    constexpr outputs operator()(scope&, tensor x) const { return {relu(x)}; }
};
using net = model<layer, input<float, 2, 4>>;

int main() {
    net model(seed{1});
    xt::xtensor<float, 2> x = xt::ones<float>({2, 4});
#ifdef AMBIT_MISTAKE
    return model.run<"y">(x)(0, 0) > 1 ? 1 : 0;
#else
    return model.run<&layer::outputs::y>(x)(0, 0) > 1 ? 1 : 0;
#endif
}
