// SPDX-License-Identifier: BSL-1.0
// One step of training: forward, backward, update. A net of dense layers and one of convolutions, with gradient
// descent and with Adam; the losses of the first steps are compared with training in double precision.
#include <bench/contender.hpp>
#include <bench/train/steppers.hpp>

#include <cstddef>

namespace {

using namespace bench;
using namespace bench::train;

template <network Net, std::size_t Batch, optimizer By> void enter_all() {
    using work = training<Net, Batch, By>;
    enter<work, stepping<work, ambit_stepper<work>>>("ambit");
#ifdef AMBIT_HAS_LIBTORCH
    enter<work, stepping<work, peer<by_libtorch>>>("libtorch");
    if constexpr (Net == network::conv)
        enter<work, stepping<work, peer<by_libtorch_channels_last>>>("libtorch_channels_last");
#endif
#ifdef AMBIT_HAS_DLIB
    // In its Adam, ε is added before the moments are freed of their bias; that moves small gradients.
    enter<work, stepping<work, peer<by_dlib, By == optimizer::adam ? 16 : 1>>>("dlib");
#endif
}

}  // namespace

int main(int count, char** arguments) {
    enter_all<network::mlp, 32, optimizer::sgd>();
    enter_all<network::mlp, 32, optimizer::adam>();
    enter_all<network::mlp, 128, optimizer::sgd>();
    enter_all<network::mlp, 128, optimizer::adam>();
    enter_all<network::conv, 32, optimizer::sgd>();
    enter_all<network::conv, 32, optimizer::adam>();
    return run(count, arguments);
}
