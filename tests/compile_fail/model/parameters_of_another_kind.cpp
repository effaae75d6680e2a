// SPDX-License-Identifier: BSL-1.0
// Parameters of quite another model: eight of the twelve variables that they lack are told, then how many there are.
// expect: error: .*\[ambit\] parameters_lack: 
// expect: parameters_lack<.*"layer_a/gain".*"asked float32\[4\]"
// expect: parameters_lack<.*"layer_h/gain".*"asked float32\[4\]".*"and 4 more of this kind"
// reject: layer_i
// lines: 16
// errors: 8
#include <ambit/model/model.hpp>
#include <ambit/ops/all.hpp>
using namespace ambit;

struct chain {
    int layers = 12;
    constexpr tensor operator()(scope& s, tensor x) const {
        char name[] = "layer_a";
        for (int i = 0; i < layers; ++i, ++name[6]) {
            auto layer = s.variable_scope(name);
            x = x * layer.get_variable("gain", {4});
        }
        return x;
    }
};
using net = model<chain, input<float, 2, 4>>;
using small = model<configured<chain{.layers = 0}>, input<float, 2, 4>>;

#ifdef AMBIT_MISTAKE
small trained(seed{1});
#else
net trained(seed{1});
#endif
net served(trained.parameters());
