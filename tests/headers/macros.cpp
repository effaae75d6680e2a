// SPDX-License-Identifier: BSL-1.0
// Headers of other systems leave macros behind. Whatever they have of these, ours compile; a model is instantiated, since
// a template that nobody uses could hide a name.
#include <algorithm>
#include <array>
#include <boost/hana.hpp>
#include <cmath>
#include <iostream>
#include <limits>
#include <nlohmann/json.hpp>
#include <random>
#include <thread>
#include <vector>

#include <xsimd/xsimd.hpp>
#include <xtensor/xadapt.hpp>
#include <xtensor/xfixed.hpp>
#include <xtensor/xnoalias.hpp>
#include <xtensor/xrandom.hpp>
#include <xtensor/xtensor.hpp>
#include <xtensor/xview.hpp>

// A function-like macro of one argument more than any call has would not be noticed where it must not be expanded.
#define min(a, b) (((a) < (b)) ? (a) : (b))
#define max(a, b) (((a) > (b)) ? (a) : (b))
#define check(a) static_assert(false, "a macro was called")
#define require(a) static_assert(false, "a macro was called")
#define verify(a) static_assert(false, "a macro was called")
#define near
#define far
#define small char
// Qt's, of X11 and of Windows.
#define signals public
#define slots
#define emit
#define foreach(a, b) for (a : b)
#define Status int
#define Bool int
#define None 0L
#define Success 0
#define IN
#define OUT
#define ERROR 0
#define interface struct

#include <ambit/ambit.hpp>
#include <ambit/checkpoint/load.hpp>
#include <ambit/io/batches.hpp>
#include <ambit/io/cifar10.hpp>
#include <ambit/io/csv.hpp>
#include <ambit/io/idx.hpp>
#include <ambit/io/images.hpp>
#include <ambit/io/prefetch.hpp>
#include <ambit/io/progress_bar.hpp>
#include <ambit/io/raw_image.hpp>
#include <ambit/model/hana_view.hpp>
#include <ambit/registry.hpp>

namespace {

using namespace ambit;

struct classifier {
    struct outputs {
        tensor loss;
        operation train;
    };
    constexpr outputs operator()(scope& s, tensor images, tensor labels) const {
        const tensor edges = max_pool(conv(s, "edges", images, 4, {3, 3}));
        const tensor h = clip(gelu(dense(s, "hidden", reshape(edges, {2, -1}), 8)), -1, 1);
        const tensor logits = dense(s, "logits", maximum(h, minimum(h * 2, 3)), 10);
        const tensor loss = check_finite(reduce_mean(sparse_softmax_cross_entropy(logits, labels)));
        return {loss, minimize(s, loss, adam{})};
    }
};

}  // namespace

// Compiled, never called.
float step_of_a_model_under_macros(const xt::xtensor<float, 4>& images, const xt::xtensor<std::int32_t, 1>& labels) {
    model<classifier, input<float, 2, 8, 8, 1>, input<std::int32_t, 2>> net(seed{1});
    return net.run<&classifier::outputs::train, &classifier::outputs::loss>(images, labels);
}
