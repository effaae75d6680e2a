// SPDX-License-Identifier: BSL-1.0
// Nothing is expected of a module with mistakes: they are told, once, and only they.
// expect: \[ambit\] shape_needed: 
// reject: variable_unknown|parameter_count|variable_unread
// errors: 1
// lines: 2
#include <ambit/graphs.hpp>

using namespace ambit;

struct layer {
    constexpr tensor operator()(scope& s, tensor x) const {
#ifdef AMBIT_MISTAKE
        return x * s.get_variable("gain");
#else
        return x * s.get_variable("gain", {4});
#endif
    }
};
using net = graph_of<layer, input<float, 2, 4>>;
static_assert(expect_variables<net, "gain">());
static_assert(expect_shared<net, "gain", 1>());
static_assert(expect_parameters<net, 4>() && expect_none_unread<net>());
