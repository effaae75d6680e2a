// SPDX-License-Identifier: BSL-1.0
// A model with two plans, each asked for twice: what evaluations.cmake finds in clang's trace of its compilation.
#include <ambit/ambit.hpp>

using namespace ambit;

struct traced_module {
    struct outputs { tensor y, loss; operation train; };
    constexpr outputs operator()(scope& s, tensor x) const {
        const tensor y = sigmoid(dense(s, "d", x, 8));
        const tensor loss = reduce_mean(square(y));
        return {y, loss, minimize(s, loss, sgd{})};
    }
};

using net = model<traced_module, input<float, 4, 8>>;

xt::xtensor<float, 2> infer(net& n, const xt::xtensor<float, 2>& x) { return n.run<&traced_module::outputs::y>(x); }

float train(net& n, const xt::xtensor<float, 2>& x) {
    n.run<&traced_module::outputs::y>(x);
    n.run<&traced_module::outputs::loss, &traced_module::outputs::train>(x);
    return n.run<&traced_module::outputs::loss, &traced_module::outputs::train>(x);
}
