// SPDX-License-Identifier: BSL-1.0
// More memory than expected: what it is made of is told.
// expect: error: .*\[ambit\] memory_size: the model takes more memory than expected: make it smaller, or allow more
// expect: memory_size<.*had 17,[0-9]+ bytes \(17.[0-9] KiB\), .*asked at most 1,024 bytes \(1 KiB\)"
// expect: "parameters 16,064 bytes \(15.7 KiB\)".*"arena 1,664 bytes \(1.7 KiB\)".*"members [0-9]+ bytes"
// lines: 2
// errors: 1
#include <ambit/graphs.hpp>
#include <ambit/model/model.hpp>

using namespace ambit;

struct layer {
    constexpr tensor operator()(scope& s, tensor x) const { return matmul(x, s.get_variable("weights", {400, 10})); }
};
using net = model<layer, input<float, 1, 400>>;

#ifdef AMBIT_MISTAKE
static_assert(expect_memory<net, 1_KiB>());
#else
static_assert(expect_memory<net, 20_KiB>());
#endif
