// SPDX-License-Identifier: BSL-1.0
// Results of a dynamic model, and variables of a registry, read as if the compiler knew their type: a sentence each.
// expect: results_of_a_dynamic_model\.cpp:21:.* error: .*\[ambit\] a result says as what it is read: .*as<float>
// expect: results_of_a_dynamic_model\.cpp:22:.* error: .*\[ambit\] a result says as what it is read
// expect: results_of_a_dynamic_model\.cpp:23:.* error: .*\[ambit\] a result says as what it is read
// expect: results_of_a_dynamic_model\.cpp:24:.* error: .*\[ambit\] a result says as what it is read
// expect: results_of_a_dynamic_model\.cpp:25:.* error: .*\[ambit\] a result says as what it is read
// expect: results_of_a_dynamic_model\.cpp:26:.* error: .*\[ambit\] the element type is an argument of the template
// reject: no match|no viable|candidate|no member|has no
#include <ambit/registry.hpp>

#include <array>
using namespace ambit;

float asked(dynamic_model& net, const registry& reg) {
    const std::array<float, 8> x{};
#ifdef AMBIT_MISTAKE
    const dynamic_results results = net.run({"y", "loss"}, {{"x", x}});
    float sum = 0;
    sum += static_cast<float>(
        results["y"].view<float>() +
        results["y"](0, 1) +
        results["loss"].item<float>() +
        results["loss"].get<float>() +
        net(x)(0, 1) +
        reg.get("w"));
    return sum;
#else
    const dynamic_results results = net.run({"y", "loss"}, {{"x", x}});
    return results["y"].as<float>()(0, 1) + results["loss"].number<float>() + net(x).elements<float>()[1] +
           reg.get<float>("w")(0);
#endif
}
