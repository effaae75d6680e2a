// SPDX-License-Identifier: BSL-1.0
// A header that `ambit_freeze` wrote before the model got a larger input.
// expect: error: .*\[ambit\] frozen_stale: what was frozen ahead is another model by now: build the target of ambit_freeze anew
// expect(gcc): frozen_stale<.*"module layer".*"input 0: asked float32\[2, 5\]"
// expect(clang): frozen_stale<.*"module layer"
// allow: ambit::plan_parts
#include <ambit/graphs.hpp>
#include <ambit/plan/frozen_ahead.hpp>
using namespace ambit;

struct layer {
    constexpr tensor operator()(scope& s, const tensor& x) const {
        const variable weights = s.get_variable("weights", {x.shape()[1], 3});
        return matmul(x, weights);
    }
};
/// The same module, which the compiler evaluates, in the place of what a file holds.
struct as_it_was : layer {};
using was = graph_of<as_it_was, input<float, 2, 4>>;

#ifdef AMBIT_MISTAKE
using now = input<float, 2, 5>;
#else
using now = input<float, 2, 4>;
#endif
template <> struct ambit::plan_parts::frozen_ahead<ambit::plan_parts::frozen_key<layer, now>> {
    static constexpr std::uint64_t fingerprint = frozen_key<layer, input<float, 2, 4>>::fingerprint();
    static constexpr const auto& graph = was::value;
    static constexpr const auto& layout = layout_of<was>::value;
};
static_assert(graph_of<layer, now>::counts.nodes == 3);
