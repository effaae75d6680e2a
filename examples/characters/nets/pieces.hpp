// SPDX-License-Identifier: BSL-1.0
// What a training step reads of a text: several places of it, which move on from step to step.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>
#include <span>

namespace characters {

/// `batch` places at equal distances, each of which moves on by `piece` characters a step. Each pass over the text
/// begins elsewhere. A text is a ring.
class pieces_of_text {
public:
    pieces_of_text(std::span<const std::int32_t> text, std::size_t batch, std::size_t piece, std::uint64_t seed)
        : text_(text), batch_(batch), piece_(piece), seed_(seed) {}

    /// The characters that a step sees, [piece, batch] if time comes first, else [batch, piece], and the ones that
    /// follow them.
    void copy(std::int64_t step, bool is_time_major, std::span<std::int32_t> seen,
              std::span<std::int32_t> wanted) const {
        const std::size_t distance = text_.size() / batch_, steps = std::max(distance / piece_, std::size_t{1});
        const auto number = static_cast<std::size_t>(step);
        const std::size_t first = begin_of_pass(number / steps) + number % steps * piece_;
        for (std::size_t row = 0; row < batch_; ++row)
            for (std::size_t i = 0; i < piece_; ++i) {
                const std::size_t from = first + row * distance + i,
                                  to = is_time_major ? i * batch_ + row : row * piece_ + i;
                seen[to] = text_[from % text_.size()];
                wanted[to] = text_[(from + 1) % text_.size()];
            }
    }

private:
    std::size_t begin_of_pass(std::uint64_t pass) const {
        std::seed_seq both{seed_, pass};
        std::mt19937_64 engine(both);
        return std::uniform_int_distribution<std::size_t>(0, text_.size() - 1)(engine);
    }

    std::span<const std::int32_t> text_;
    std::size_t batch_, piece_;
    std::uint64_t seed_;
};

}  // namespace characters
