// SPDX-License-Identifier: BSL-1.0
// The file before the model: a sentence each, at the user's own line.
// expect: arguments_swapped\.cpp:25:.* error: .*\[ambit\] the model comes first: load\(net, "net\.safetensors"\)
// expect: arguments_swapped\.cpp:26:.* error: .*\[ambit\] the model comes first: load
// expect: arguments_swapped\.cpp:27:.* error: .*\[ambit\] the model comes first: save\(net, "net\.safetensors"\)
// expect: arguments_swapped\.cpp:28:.* error: .*\[ambit\] the file comes first, as it is asked about: describe_mismatch
// reject: no match|no viable|candidate
#include <ambit/checkpoint/load.hpp>
#include <ambit/checkpoint/save.hpp>
#include <ambit/model/model.hpp>
#include <ambit/ops/all.hpp>

#include <string>
using namespace ambit;

struct layer {
    constexpr tensor operator()(scope& s, tensor x) const { return x * s.get_variable("w", {4}); }
};
using net = model<layer, input<float, 2, 4>>;

int main() {
    net first(seed{1});
    const std::string file = "net.safetensors";
#ifdef AMBIT_MISTAKE
    load(file, first);
    load("net.safetensors", first);
    save("net.safetensors", first, allow_missing);
    describe_mismatch(first, file);
#else
    save(first, file);
    static_cast<void>(load(first, file, allow_missing));
    static_cast<void>(describe_mismatch(file, first));
#endif
}
