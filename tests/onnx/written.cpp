// SPDX-License-Identifier: BSL-1.0
// The module that an ONNX file was written as, compiled, with its weights: it computes what the registry does.
#include "small_nets.hpp"
#include "written_net.hpp"

#include <catch2/catch.hpp>

#include <ambit/checkpoint/load.hpp>
#include <ambit/onnx/onnx_module.hpp>
#include <ambit/onnx/onnx_source.hpp>

#include <vector>

TEST_CASE("onnx: a module written in C++ computes what the registry does", "[onnx]") {
    using namespace ambit;
    const onnx_module imported(onnx_tests::written_file());
    registry reg(seed{1});
    dynamic_model wanted = imported.build(reg);
    const std::string weights = std::string(AMBIT_ONNX_WRITTEN) + "/weights.safetensors";
    write_weights(weights, imported);
    using net = model<written_net, input<float, 1, 1, 5, 5>>;
    net compiled(seed{2});
    CHECK(load(compiled, weights).loaded == 4);
    xt::xtensor<float, 4> image = xt::zeros<float>({1, 1, 5, 5});
    for (std::size_t i = 0; i < 25; ++i) image.data()[i] = static_cast<float>(i % 6) * 0.3F - 0.5F;
    const dynamic_results expected = wanted(image);
    const auto [logits, probabilities] = compiled(image);
    for (std::size_t i = 0; i < 3; ++i) {
        CHECK(logits(0, i) == Approx(expected["logits"].elements<float>()[i]).epsilon(1e-5));
        CHECK(probabilities(0, i) == Approx(expected["probabilities"].elements<float>()[i]).epsilon(1e-5));
    }
}
