// SPDX-License-Identifier: BSL-1.0
// What is asked of a model by members that it lacks, files that are not named, outputs named without an &.
// expect: other_members\.cpp:32:.* error: .*\[ambit\] a seed says that it is one
// expect: other_members\.cpp:33:.* error: .*\[ambit\] the file is missing: save\(net, "net\.safetensors"\)
// expect: other_members\.cpp:34:.* error: .*\[ambit\] the file is missing: load\(net, "net\.safetensors"\)
// expect: other_members\.cpp:35:.* error: .*\[ambit\] a model's variables are net\.parameters\(\)
// expect: other_members\.cpp:36:.* error: .*\[ambit\] the compiler has done it; optimizer and loss are the module's
// expect: other_members\.cpp:37:.* error: .*\[ambit\] a model runs on the processor that it was compiled for
// expect: other_members\.cpp:38:.* error: .*\[ambit\] a model runs on the processor that it was compiled for
// expect: other_members\.cpp:39:.* error: .*\[ambit\] a step is an output that calls ask for
// expect: other_members\.cpp:40:.* error: .*\[ambit\] outputs are named by pointers to members, with an &
// reject: no match|no viable|candidate|not declared|undeclared|too few|ambiguous|invalid use|cannot convert|no member
#include <ambit/ambit.hpp>
#include <ambit/checkpoint/load.hpp>

#include <array>

using namespace ambit;

struct line {
    struct outputs { tensor y, loss; };
    constexpr outputs operator()(scope& s, tensor x) const {
        const tensor y = dense(s, "line", x, 1);
        return {y, reduce_mean(y)};
    }
};
using net = model<line, input<float, 2, 4>>;

float loss_of(const std::array<float, 8>& x) {
    net whole(seed{1});
#ifdef AMBIT_MISTAKE
    net other = 3;
    save(whole);
    load(whole);
    whole.weights();
    whole.compile("adam", "mse");
    whole.to("cuda");
    whole.cuda();
    whole.minimize();
    whole.run<line::outputs>(x);
#else
    net other(seed{3});
    save(whole, "line.safetensors");
    static_cast<void>(load(other, "line.safetensors"));
#endif
    return other.run<&line::outputs::loss>(x);
}
