// SPDX-License-Identifier: BSL-1.0
// Two towers, made by the compiler.
#include "program.hpp"

#include <ambit/io/summary.hpp>

namespace cifar10 {

namespace {

using trainer = model<learner, input<float, 2, pictures_a_step / 2, side, side, 3>,
                      input<std::int32_t, 2, pictures_a_step / 2>>;
static_assert(expect_shared<trainer, "conv1/weights", 2>() && expect_shared<trainer, "softmax_linear/biases", 2>());

}  // namespace

void run_compiled(const options& wanted) {
    const picture_sets sets = read_sets(wanted);
    print_origin(sets);
    trainer net(seed{wanted.seed});
    judge reader(net.parameters());  // sees each step at once
    std::cout << summary(net);
    run(wanted, sets, net, reader, [&](const auto& images, const auto& labels) {
        return net.run<&learner::outputs::loss, &learner::outputs::train>(images, labels);
    });
}

}  // namespace cifar10
