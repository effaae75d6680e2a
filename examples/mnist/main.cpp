// SPDX-License-Identifier: BSL-1.0
// Trains a classifier of handwritten digits and says how well it reads digits that it has not seen.
#include "options.hpp"

#include <exception>
#include <iostream>
#include <span>

int main(int count, char** words) {
    using namespace mnist;
    try {
        const options wanted = parse_options(std::span<const char* const>(words + 1, words + count));
        if (wanted.help) std::cout << usage;
        else if (wanted.model == net_kind::dense) run_dense(wanted);
        else run_conv(wanted);
        return 0;
    } catch (const usage_error& reason) {
        std::cerr << "mnist: " << reason.what() << "\n\n" << usage;
        return 2;
    } catch (const std::exception& reason) {
        std::cerr << "mnist: " << reason.what() << '\n';
        return 1;
    }
}
