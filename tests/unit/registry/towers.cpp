// SPDX-License-Identifier: BSL-1.0
// The tutorial's network in towers, with fewer channels: as many towers as a registry is told at run time have the
// gradients that those of the compiler have, and those of one tower on all pictures.
#include "../../../examples/cifar10/net.hpp"

#include <ambit/registry/dynamic_model.hpp>

#include "../../support/numbers.hpp"
#include "../../support/op_function.hpp"

#include <catch2/catch.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

using namespace ambit;
using namespace ambit_test;

namespace {

struct gradients_of_towers {
    struct outputs {
        tensor loss, conv1, local3, softmax_linear;
    };
    constexpr outputs operator()(scope& s, const tensor& images, const tensor& labels) const {
        const tensor loss =
            cifar10::network::loss_of_towers(s, images, labels, {.convolved = 4, .local3 = 6, .local4 = 5});
        auto known = s.variable_scope(s.handle(), {.reuse = true});
        core_parts::buffer<variable> variables;
        for (const char* path : {"conv1/weights", "local3/biases", "softmax_linear/weights"})
            variables.push_back(known.get_variable(path));
        const auto by = gradients(loss, variables);
        return {loss, by[0], by[1], by[2]};
    }
};

constexpr std::int64_t side = 8;
using compiled = model<gradients_of_towers, input<float, 2, 2, side, side, 3>, input<std::int32_t, 2, 2>>;
using outputs = gradients_of_towers::outputs;

std::vector<std::vector<double>> at_run_time(const registry& reg, std::int64_t towers, std::int64_t batch,
                                             const std::vector<float>& images,
                                             const std::vector<std::int32_t>& labels) {
    dynamic_model net(reg, gradients_of_towers{},
                      {spec(float32, {towers, batch, side, side, 3}), spec(int32, {towers, batch})});
    const auto results = net(images, labels);
    std::vector<std::vector<double>> all;
    for (const char* name : {"loss", "conv1", "local3", "softmax_linear"}) {
        const auto values = results[name].elements<float>();
        all.emplace_back(values.begin(), values.end());
    }
    return all;
}

}  // namespace

TEST_CASE("towers on a registry have the averaged gradients of compiled ones, under the tutorial's names",
          "[dynamic]") {
    const std::vector<float> images = numbers<float>(2 * 2 * side * side * 3, 3, -1, 1);
    const std::vector<std::int32_t> labels{3, 9, 0, 3};
    compiled net(seed{5});
    const auto [loss, conv1, local3, softmax_linear] = net(images, labels);
    const auto listed = [](const auto& array) {
        const auto values = elements(array);
        return std::vector<double>(values.begin(), values.end());
    };
    const std::vector<std::vector<double>> wanted{{loss}, listed(conv1), listed(local3), listed(softmax_linear)};

    registry two(seed{5}), one(seed{5}), three(seed{5});
    const auto by_two = at_run_time(two, 2, 2, images, labels), by_one = at_run_time(one, 1, 4, images, labels);
    for (std::size_t k = 0; k < wanted.size(); ++k) {
        REQUIRE(by_two[k].size() == wanted[k].size());
        REQUIRE(by_one[k].size() == wanted[k].size());
        for (std::size_t i = 0; i < wanted[k].size(); ++i) {
            CAPTURE(k, i);
            CHECK(by_two[k][i] == Approx(wanted[k][i]).epsilon(1e-4).margin(1e-6));
            CHECK(by_one[k][i] == Approx(wanted[k][i]).epsilon(1e-4).margin(1e-6));
        }
    }
    for (const auto& v : compiled::variables) CHECK(two.find(v.path));
    for (const char* path :
         {"conv1/weights", "conv2/biases", "local3/weights", "local4/biases", "softmax_linear/weights"}) {
        CAPTURE(path);
        REQUIRE(two.find(path));
        CHECK(two.find(path)->uses() >= 2);
    }

    const std::vector<float> more = numbers<float>(3 * 2 * side * side * 3, 4, -1, 1);
    static_cast<void>(at_run_time(three, 3, 2, more, {0, 1, 2, 3, 4, 5}));
    CHECK(three.find("conv2/weights")->uses() == 3);
    CHECK(three.size() == two.size());
}
