// SPDX-License-Identifier: BSL-1.0
// Reads a net from a file, trains it on handwritten digits, saves it, and loads it back. Whatever is wrong with the
// file is said with its lines: shares_by_mistake.toml and shares_nothing.json show that.
#include "program.hpp"

#include <cstdlib>
#include <exception>
#include <iostream>
#include <string_view>

namespace {

constexpr const char* usage =
    "usage: configured [FILE] [--data DIR] [--save FILE]\n"
    "\n"
    "  FILE         the net, in JSON or TOML; digits.toml if not given\n"
    "  --data DIR   the MNIST files in idx format, else the directory AMBIT_DATA;\n"
    "               without either, digits are drawn by the program\n"
    "  --save FILE  writes the trained variables, as safetensors, and reads them\n";

}  // namespace

int main(int count, char** words) {
    try {
        std::filesystem::path file = AMBIT_CONFIGURED_FILES "/digits.toml";
        program_settings said;
        const char* const directory = std::getenv("AMBIT_DATA");
        if (directory != nullptr && *directory != '\0') said.data = directory;
        for (int i = 1; i < count; ++i) {
            const std::string_view word = words[i];
            if ((word == "--data" || word == "--save") && i + 1 < count)
                (word == "--data" ? said.data : said.save) = words[++i];
            else if (word.starts_with("-")) return std::cerr << usage, 2;
            else file = word;
        }
        // What the command line says comes after the file.
        program_settings wanted = ambit::read_config({file, "program"}, program_settings{});
        if (said.data) wanted.data = said.data;
        if (said.save) wanted.save = said.save;
        configured::run(file, wanted);
        return 0;
    } catch (const std::exception& reason) {
        std::cerr << "configured: " << reason.what() << '\n';
        return 1;
    }
}
