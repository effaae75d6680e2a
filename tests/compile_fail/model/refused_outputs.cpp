// SPDX-License-Identifier: BSL-1.0
// A number where an op takes a tensor: the line says so, and calls for what was made of it add nothing.
// expect: refused_outputs\.cpp:22:.* error: .*\[ambit\] a number is no tensor
// reject: input_count|incomplete|undefined template
// errors: 1
// lines: 12
#include <ambit/model/model.hpp>
#include <ambit/ops/all.hpp>
using namespace ambit;

struct scaled {
    struct outputs {
        tensor y, sum;
    };
    constexpr outputs operator()(scope& s, tensor x) const {
        const tensor w = s.get_variable("w", {4});
#ifdef AMBIT_MISTAKE
        const float scale = 2;
#else
        const tensor scale = constant(s, 2.f);
#endif
        return {x * relu(scale), reduce_sum(x * w)};
    }
};

int main() {
    const std::array<float, 8> x{};
    model<scaled, input<float, 2, 4>> first(seed{1});
    auto [y, sum] = first(x);
    model<scaled, input<float, any_size, 4>> late(largest_batch{2}, seed{1});
    auto z = late.run<&scaled::outputs::y>(x);
    return y(0, 0) + sum > z(0, 0) + first.run<&scaled::outputs::y>(x)(1, 1) ? 1 : 0;
}
