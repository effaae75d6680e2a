// SPDX-License-Identifier: BSL-1.0
// The fuzzers' inputs, and some made of them, under the compilers of the tests: no reader may do anything but read or
// refuse them. What a fuzzer once found is among them, and stays found.
//
//     replay FOLDER        whose folders have the readers' names
#include "readers.hpp"

#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <span>
#include <string>

int main(int count, char** arguments) {
    if (count != 2) return 2;
    std::size_t files = 0, inputs = 0;
    std::mt19937 generator(1);  // the same inputs every time
    const auto below = [&](std::size_t end) { return std::size_t{generator()} % end; };
    for (const ambit_test::reader& reader : ambit_test::readers) {
        std::size_t own = 0;
        for (const auto& entry :
             std::filesystem::directory_iterator(std::filesystem::path(arguments[1]) / reader.name)) {
            std::ifstream stream(entry.path(), std::ios::binary);
            const std::string whole{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
            reader.read(std::as_bytes(std::span(whole)));
            ++own;
            for (int change = 0; change < 50 && !whole.empty(); ++change, ++inputs) {
                std::string changed = whole;
                for (std::size_t i = 0; i <= below(3); ++i)
                    changed[below(changed.size())] =
                        static_cast<char>(below(3) == 0 ? generator() % 256 : 255 * below(2));
                if (below(4) == 0) changed.resize(below(changed.size()));
                reader.read(std::as_bytes(std::span(changed)));
            }
        }
        if (own == 0) {
            std::fprintf(stderr, "there are no inputs for %s\n", reader.name.data());
            return 1;
        }
        files += own;
    }
    std::printf("%zu files and %zu inputs made of them were read or refused\n", files, files + inputs);
}
