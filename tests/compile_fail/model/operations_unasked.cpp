// SPDX-License-Identifier: BSL-1.0
// A plain call is for modules that only compute: one with operations is told what to do.
// expect: error: .*\[ambit\] operations_unasked: this module has operations: say what to run, run<&outputs::train, &outputs::loss>\(inputs\)
// expect: operations_unasked<.*"output 1"
// lines: 8
// errors: 1
#include <ambit/ambit.hpp>
using namespace ambit;

struct counter {
    struct outputs {
        tensor sum;
        operation step;
    };
    constexpr outputs operator()(scope& s, tensor by) const {
        const variable total = s.get_variable("total", {}, {.initializer = zeros()});
        const operation step = assign_add(total, by);
        return {total, step};
    }
};

void use(model<counter, input<float>>& net) {
#ifdef AMBIT_MISTAKE
    static_cast<void>(net(1.0f));
#else
    static_cast<void>(net.run<&counter::outputs::sum, &counter::outputs::step>(1.0f));
#endif
}
