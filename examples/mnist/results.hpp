// SPDX-License-Identifier: BSL-1.0
// What is measured.
#pragma once

#include "digit.hpp"

#include <array>
#include <cstddef>
#include <vector>

namespace mnist {

struct scores {
    double loss = 0, accuracy = 0;  ///< means of the examples
};

struct epoch_result {
    scores training, unseen;
};

/// `[label][guess]` counts digits.
using confusion_matrix = std::array<std::array<int, class_count>, class_count>;

struct misreading {
    std::size_t index;  ///< in the set
    int label, guess;
};

struct judgement {
    scores mean;
    confusion_matrix confusion{};
    std::vector<misreading> misread;
};

}  // namespace mnist
