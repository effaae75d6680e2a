// SPDX-License-Identifier: BSL-1.0
// The command line.
#pragma once

#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <limits>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

namespace mnist {

inline constexpr const char* usage =
    "usage: mnist [options]\n"
    "\n"
    "Trains a classifier of handwritten digits and reports its accuracy on digits\n"
    "that it has not seen.\n"
    "\n"
    "  --data DIR       the MNIST files in idx format, else the directory AMBIT_DATA;\n"
    "                   without either, digits are drawn by the program\n"
    "  --model NET      dense: 784-500-10; conv: two convolutions, 1024 hidden units;\n"
    "                   dense if not given\n"
    "  --epochs N       passes over the training digits, 12 (dense) or 8 if not given\n"
    "  --seed N         of initial values and order, 1 if not given\n"
    "  --choose         leave the last digits alone: train on fewer, report on the\n"
    "                   last 1,000 of the training digits, to choose settings\n"
    "  --save FILE      writes the trained variables, as safetensors\n"
    "  --evaluate FILE  reads them instead of training\n"
    "  --pictures DIR   writes learning curve, confusion matrix and misread digits\n"
    "                   as PNG\n";

enum class net_kind { dense, conv };

struct options {
    std::optional<std::filesystem::path> data, evaluate, save, pictures;
    net_kind model = net_kind::dense;
    std::optional<int> epochs;  ///< else the net's own number
    std::uint64_t seed = 1;
    bool choose = false, help = false;
};

/// The command line asks for something that the program does not know.
struct usage_error : std::runtime_error {
    using std::runtime_error::runtime_error;
};

template <class Number> Number parse_number(std::string_view option, std::string_view text, Number least, Number most) {
    Number number{};
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (code != std::errc{} || end != text.data() + text.size() || number < least || number > most)
        throw usage_error(std::string(option) + " takes a number from " + std::to_string(least) + " to " +
                          std::to_string(most) + ", not '" + std::string(text) + "'");
    return number;
}

inline net_kind parse_model(std::string_view name) {
    if (name == "dense") return net_kind::dense;
    if (name == "conv") return net_kind::conv;
    throw usage_error("--model takes dense or conv, not '" + std::string(name) + "'");
}

/// `words` are those after the program's name. Throws `usage_error`.
inline options parse_options(std::span<const char* const> words) {
    options result;
    for (std::size_t at = 0; at < words.size(); ++at) {
        const std::string_view option = words[at];
        const auto value = [&] {
            if (at + 1 == words.size()) throw usage_error(std::string(option) + " takes a value");
            return std::string_view(words[++at]);
        };
        if (option == "--data") result.data = value();
        else if (option == "--model") result.model = parse_model(value());
        else if (option == "--epochs") result.epochs = parse_number(option, value(), 1, 10'000);
        else if (option == "--seed")
            result.seed = parse_number<std::uint64_t>(option, value(), 0, std::numeric_limits<std::uint64_t>::max());
        else if (option == "--choose") result.choose = true;
        else if (option == "--save") result.save = value();
        else if (option == "--evaluate") result.evaluate = value();
        else if (option == "--pictures") result.pictures = value();
        else if (option == "--help" || option == "-h") result.help = true;
        else throw usage_error("'" + std::string(option) + "' is not an option");
    }
    if (result.evaluate && result.save)
        throw usage_error("--save has nothing to save when --evaluate replaces training");
    const char* const directory = std::getenv("AMBIT_DATA");
    if (!result.data && directory != nullptr && *directory != '\0') result.data = directory;
    return result;
}

/// What the options ask for, with one of the nets: each is compiled on its own. They throw `ambit::error`.
void run_dense(const options& wanted);
void run_conv(const options& wanted);

}  // namespace mnist
