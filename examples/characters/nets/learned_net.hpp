// SPDX-License-Identifier: BSL-1.0
// A `text_net` from three models that share their weights: one learns, one reads pieces of a text, one reads it
// character by character.
//
//     learned_net<recurrent::net> net(seed);
#pragma once

#include "../../kept_training.hpp"
#include "pieces.hpp"
#include "../text_net.hpp"

#include <ambit/checkpoint/load.hpp>
#include <ambit/checkpoint/save.hpp>
#include <ambit/io/summary.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <span>
#include <string>
#include <vector>

namespace characters {

template <class Net> class learned_net final : public text_net {
public:
    explicit learned_net(std::uint64_t seed)
        : trainer_(ambit::seed{seed}), whole_(trainer_.parameters()), step_(trainer_.parameters()) {}

    std::int64_t usual_steps() const override { return Net::training_steps; }
    std::string summary() const override { return ambit::summary(trainer_); }
    void save(const std::string& file) const override { ambit::save(trainer_, file); }
    std::string load(const std::string& file) override { return to_string(ambit::load(trainer_, file)); }

    std::vector<learned> train(std::span<const std::int32_t> text, const training_plan& plan) override {
        const pieces_of_text pieces(text, Net::batch, Net::piece, plan.seed);
        const std::int64_t every = std::max(plan.steps / 20, std::int64_t{1});
        std::vector<std::int32_t> seen(Net::batch * Net::piece), wanted(seen.size());
        std::vector<learned> history;
        double sum = 0;
        std::int64_t count = 0;
        const kept_training kept{.directory = plan.directory,
                                 .name = "characters",
                                 .steps = plan.steps,
                                 .every = std::clamp(plan.steps / 2, std::int64_t{1}, std::int64_t{250}),
                                 .shown = "bits",
                                 .also_shown = "held back"};
        train_from_latest(trainer_, kept, [&](std::int64_t step) {
            pieces.copy(step, Net::is_time_major, seen, wanted);
            const double bits = static_cast<double>(Net::learn(trainer_, seen, wanted)) / std::numbers::ln2;
            sum += bits;
            ++count;
            if ((step + 1) % every == 0 || step + 1 == plan.steps) {
                history.push_back({step + 1, sum / static_cast<double>(count), plan.judge()});
                sum = 0;
                count = 0;
            }
            return shown_values{bits, history.empty() ? std::nullopt : std::optional(history.back().held_back)};
        });
        return history;
    }

    void read(std::span<const std::int32_t> text, const use_of_probabilities& use) override {
        std::array<std::int32_t, Net::whole> seen;
        whole_.reset();
        for (std::size_t begin = 0, known = 0; begin + known < text.size();
             begin += Net::whole - Net::read_again, known = Net::read_again) {
            for (std::size_t i = 0; i < Net::whole; ++i)
                seen[i] = begin + i == 0 || begin + i > text.size() ? before_text : text[begin + i - 1];
            const auto probabilities = Net::read(whole_, seen);
            for (std::size_t i = known; i < Net::whole && begin + i < text.size(); ++i)
                use(begin + i, of_step(probabilities, i));
        }
    }

    std::span<const float> begin() override {
        step_.reset();
        seen_.clear();
        return step(before_text);
    }
    std::span<const float> next(std::int32_t character) override {
        if (Net::read_again > 0 && seen_.size() == Net::whole) {
            const std::vector<std::int32_t> again(seen_.end() - Net::read_again, seen_.end());
            step_.reset();
            seen_.clear();
            for (const std::int32_t c : again) step(c);
        }
        return step(character);
    }

private:
    static constexpr auto classes_of_each = static_cast<std::size_t>(classes);

    static std::span<const float> of_step(const auto& probabilities, std::size_t i) {
        return {probabilities.data() + i * classes_of_each, classes_of_each};
    }
    std::span<const float> step(std::int32_t character) {
        seen_.push_back(character);
        if (Net::read_again == 0) seen_.clear();
        const auto probabilities = Net::read(step_, std::array{character});
        said_.assign(probabilities.begin(), probabilities.end());
        return said_;
    }

    typename Net::trainer trainer_;
    typename Net::whole_reader whole_;
    typename Net::step_reader step_;
    std::vector<std::int32_t> seen_;  // by step_, since it was reset, where it must read some again
    std::vector<float> said_;
};

}  // namespace characters
