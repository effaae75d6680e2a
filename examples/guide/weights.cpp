// SPDX-License-Identifier: BSL-1.0
// The blocks of weights.md: weights that come from elsewhere, scopes that were renamed in between, parts of models; and
// that of small_machines.md with weights of fewer bytes.
#include <ambit/ambit.hpp>
#include <ambit/checkpoint/layouts/pytorch.hpp>
#include <ambit/checkpoint/load.hpp>
#include <ambit/model/compact_weights.hpp>

#include <xtensor/xtensor.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <iostream>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <unistd.h>

using namespace ambit;

namespace {

int failures = 0;
void expect(bool is_met, std::string_view claim) {
    std::cout << (is_met ? "  holds  " : "  FAILS  ") << claim << '\n';
    failures += is_met ? 0 : 1;
}

/// What the Python lines of the page write, with weights of whole numbers: [out, in], as PyTorch has them.
void save_as_pytorch_does(const std::string& file) {
    const std::vector<float> fc1{1, 2, -1, 0, 0, 1, 3, -2, 2, 0, 0, 1}, fc1_bias{0, -5, 1};
    const std::vector<float> fc2{1, 0, -1, 2, 3, 1}, fc2_bias{0.5F, -0.5F};
    const auto bytes = [](const std::vector<float>& values) { return std::as_bytes(std::span(values)); };
    write_checkpoint(file, std::vector<tensor_entry>{{"fc1.weight", float32, {3, 4}, bytes(fc1)},
                                                     {"fc1.bias", float32, {3}, bytes(fc1_bias)},
                                                     {"fc2.weight", float32, {2, 3}, bytes(fc2)},
                                                     {"fc2.bias", float32, {2}, bytes(fc2_bias)}});
}

struct mlp {
    constexpr tensor operator()(scope& s, tensor x) const {
        const tensor hidden = dense(s, "hidden", x, 3, {.activation = relu});
        return dense(s, "logits", hidden, 2);
    }
};
using net = model<mlp, input<float, 1, 4>>;

net from_pytorch(const std::string& file) {
    net trained(seed{1});
    std::cout << load(trained, file, pytorch::linear<"fc1", "hidden">, pytorch::linear<"fc2", "logits">) << '\n';
    return trained;
}

struct two_towers {
    constexpr tensor operator()(scope& s, tensor x) const {
        for (const char* name : {"A_train", "B_train"}) {
            auto tower = s.variable_scope(name);
            x = dense(tower, "hidden", x, 4, {.activation = relu});
        }
        const variable counter = s.get_variable("counter", {}, {.initializer = zeros()});
        return dense(s, "head", x, 2) + counter;
    }
};
using towers = model<two_towers, input<float, 1, 4>>;

static_assert(expected_keys<towers, prefix<"A_untrain", "A_train">, rename<"my_counter", "counter">>[0] ==
              "A_untrain/hidden/weights");

void rename_and_choose(const std::string& file) {
    towers before(seed{1});
    save(before, file, prefix<"A_untrain", "A_train">, rename<"my_counter", "counter">);

    towers after(seed{2});
    const load_report all = load(after, file, prefix<"A_untrain", "A_train">, rename<"my_counter", "counter">);
    expect(all.loaded == 7 && all.fits(), "every variable, two of them from other names");

    towers tuned(seed{3});
    const load_report part = load(tuned, file, prefix<"A_untrain", "A_train">, only<"A_train">, allow_unexpected);
    expect(part.loaded == 2, "one tower, and the rest as it began");
    std::cout << part << '\n';
}

void look_first(const std::string& file) {
    towers asked(seed{1});
    const load_report difference = describe_mismatch(file, asked);
    std::cout << difference << '\n';
    for (const load_entry& it : difference)
        if (it.outcome == load_outcome::missing) expect(!it.nearest.empty(), "something near " + it.variable);

    try {
        const load_report loaded = load(asked, file);
        expect(loaded.fits(), "the file fits");
    } catch (const checkpoint_error& e) {
        expect(e.report() != nullptr && !e.report()->fits(), "strict, unless rules say otherwise");
    }
}

void names_from_elsewhere(const std::string& file, const std::vector<std::pair<std::string, std::string>>& names) {
    towers filled(seed{1});
    checkpoint_rules rules;
    for (const auto& [in_file, in_model] : names) rules += prefix(in_file, in_model);
    try {
        std::cout << load(filled, file, rules, rename<"my_counter", "counter">) << '\n';
    } catch (const model_error& e) {
        std::cout << e.what() << '\n';  // before the file is opened, in the words of the compiler
        expect(e.facts().nearest == "A_train", "the nearest name");
    }
}

}  // namespace

namespace compact {

namespace {

struct classifier {
    constexpr tensor operator()(scope& s, tensor image) const { return dense(s, "logits", image, 10); }
};
using net   = model<classifier, input<float, 1, 784>>;
using small = model<weights_as<weight_format::int8, classifier>, input<float, 1, 784>>;

void store_in_few_bytes() {
    save(net(seed{7}), "classifier.safetensors");
    net trained(seed{1});
    std::cout << load(trained, "classifier.safetensors") << '\n';
    small served(seed{1});
    take_weights(served, trained);  // rounds them; NaN and infinities are refused by the variable's name
    save(served, "small.safetensors");  // what served, or a program that embeds the file, loads
    const std::vector<float> image(784, 0.5F);
    const auto exact = trained(image), rounded = served(image);
    bool is_near = true;
    for (std::size_t k = 0; k < 10; ++k) is_near = is_near && std::abs(exact(0, k) - rounded(0, k)) < 0.2F;
    expect(is_near, "logits of int8 weights");
    expect(std::filesystem::file_size("small.safetensors") * 3 < std::filesystem::file_size("classifier.safetensors"),
           "a third of the bytes");
}

}  // namespace

}  // namespace compact

int main() {
    const auto place = std::filesystem::temp_directory_path() / ("ambit_weights_" + std::to_string(::getpid()));
    std::filesystem::create_directory(place);
    save_as_pytorch_does(place / "mlp.safetensors");
    net trained = from_pytorch(place / "mlp.safetensors");
    const auto logits = trained(std::array<float, 4>{1, 2, 3, 4});
    // relu(1 + 4 - 3, 2 + 9 - 8 - 5, 2 + 4 + 1) = (2, 0, 7)
    expect(std::abs(logits(0, 0) - (2 - 7 + 0.5F)) < 1e-5F, "first logit");
    expect(std::abs(logits(0, 1) - (4 + 7 - 0.5F)) < 1e-5F, "second logit");
    rename_and_choose(place / "towers.safetensors");
    look_first(place / "towers.safetensors");
    names_from_elsewhere(place / "towers.safetensors", {{"A_untrain", "A_train"}});
    names_from_elsewhere(place / "towers.safetensors", {{"A_untrain", "A_trian"}});
    std::filesystem::current_path(place);
    compact::store_in_few_bytes();
    std::filesystem::current_path(place.parent_path());
    std::filesystem::remove_all(place);
    return failures;
}
