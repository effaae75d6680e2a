// SPDX-License-Identifier: BSL-1.0
// A program whose symbols have the names of its ops: named_kernels.cmake reads them.
#include <ambit/ambit.hpp>

#include <array>

using namespace ambit;

namespace {

struct classifier {
    struct outputs { tensor shares; };
    constexpr outputs operator()(scope& s, tensor x) const {
        const tensor hidden = relu(dense(s, "hidden", x, 16));
        return {softmax(dense(s, "logits", relu(dense(s, "again", hidden, 16)), 4))};
    }
};

}  // namespace

int main() {
    model<classifier, input<float, 2, 16>> two(seed{1});
    model<classifier, input<float, any_size, 16>> many(largest_batch{4}, seed{1});
    const std::array<float, 32> x{1, 2, 3};
    const float both[] = {two(x)(1, 3), many(x)(1, 3)};
    return both[0] > 0 && both[0] < 1 && !(both[0] < both[1]) && !(both[0] > both[1]) ? 0 : 1;
}
