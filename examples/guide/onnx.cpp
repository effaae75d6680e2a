// SPDX-License-Identifier: BSL-1.0
// The program of the guide's page on ONNX (onnx.md): a module written as an ONNX file, and the file as a model.
#include <ambit/onnx.hpp>
#include <ambit/registry.hpp>

#include <cstddef>
#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

using namespace ambit;

struct mlp {
    struct outputs {
        tensor logits, label;
    };
    constexpr outputs operator()(scope& s, const tensor& x) const {
        const tensor hidden =
            relu(matmul(x, s.get_variable("hidden/weights", {4, 8})) + s.get_variable("hidden/biases", {8}));
        const tensor logits = matmul(hidden, s.get_variable("logits/weights", {8, 3}));
        return {logits, argmax(logits, -1)};
    }
};

void write(const registry& weights, const std::string& file) {
    write_onnx(file, to_onnx(mlp{}, {{"x", spec(float32, {2, 4})}}, {"logits", "label"}, weights));
}

std::vector<float> read_and_run(const std::string& file, const std::vector<float>& x) {
    const onnx_module net(read_onnx_file(file));
    for (const onnx_weight& weight : net.weights()) std::cout << weight.path << '\n';
    registry reg(seed{1});
    dynamic_model model = net.build(reg);                      // its weights are those of the file
    const auto logits = model(x)["logits"].elements<float>();
    return {logits.begin(), logits.end()};
}

void refused(const std::string& file) {
    try {
        const onnx_module net(read_onnx_file(file));
    } catch (const onnx_error& why) {
        std::cout << why.what() << '\n';                       // and why.kind(), why.node(), why.name()
    }
}

int main() {
    registry reg(seed{3});
    dynamic_model trained(reg, mlp{}, {{"x", spec(float32, {2, 4})}});
    const std::string file = (std::filesystem::temp_directory_path() / "ambit_guide.onnx").string();
    write(reg, file);
    const std::vector<float> x{1, 2, 3, 4, -1, 0, 1, 2};
    const auto wanted = trained(x)["logits"].elements<float>();
    const std::vector<float> got = read_and_run(file, x);
    bool is_same = got.size() == wanted.size();
    for (std::size_t i = 0; i < got.size() && is_same; ++i) is_same = std::abs(got[i] - wanted[i]) <= 1e-5F;
    refused("/nowhere.onnx");
    std::filesystem::remove(file);
    return is_same ? 0 : 1;
}
