// SPDX-License-Identifier: BSL-1.0
// A net that says after each character how probable each next one is: what both kinds can do.
#pragma once

#include "alphabet.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace characters {

/// Where a training stands, in bits per character.
struct learned {
    std::int64_t steps;
    double training, held_back;
};

struct training_plan {
    std::int64_t steps;
    std::uint64_t seed;
    std::optional<std::string> directory;  ///< of the checkpoints; without it there are none
    std::function<double()> judge;         ///< bits per character of held-back text
};

using use_of_probabilities = std::function<void(std::size_t place, std::span<const float> of_each)>;

class text_net {
public:
    text_net() = default;
    text_net(const text_net&) = delete;
    text_net& operator=(const text_net&) = delete;
    virtual ~text_net() = default;

    virtual std::int64_t usual_steps() const = 0;
    virtual std::string summary() const = 0;
    virtual void save(const std::string& file) const = 0;
    /// What it loaded, in words.
    virtual std::string load(const std::string& file) = 0;

    /// Learns what follows in a text, which begins with `before_text`, as do those in it.
    virtual std::vector<learned> train(std::span<const std::int32_t> text, const training_plan& plan) = 0;

    /// Reads a text from its beginning, knowing nothing else, and hands over for each place the probabilities of the
    /// characters that may stand there.
    virtual void read(std::span<const std::int32_t> text, const use_of_probabilities& use) = 0;

    /// The same one by one: at the beginning of a text, and behind one more character.
    virtual std::span<const float> begin() = 0;
    virtual std::span<const float> next(std::int32_t character) = 0;
};

std::unique_ptr<text_net> make_recurrent_net(std::uint64_t seed);
std::unique_ptr<text_net> make_transformer(std::uint64_t seed);

}  // namespace characters
