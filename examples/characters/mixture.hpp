// SPDX-License-Identifier: BSL-1.0
// What a net says and what a memory says, as one distribution: from the shortest match to the longest, each takes a
// share of the probability and leaves the rest to what was said so far. Shares depend on the length of the match, on
// how often it was met and on how much those agree that follow; they are those under which held-back text is likeliest,
// by expectation maximization. Sources: F. Jelinek, R. L. Mercer, "Interpolated estimation of Markov source parameters
// from sparse data", 1980; A. P. Dempster, N. M. Laird, D. B. Rubin, "Maximum likelihood from incomplete data via the
// EM algorithm", 1977. A memory behind a recurrent net: E. Grave, A. Joulin, N. Usunier, "Improving neural language
// models with a continuous cache", 2017.
#pragma once

#include "copy_memory.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace characters {

class mixture {
public:
    /// The probability of a character, of which the net says `of_net`.
    double probability(double of_net, std::span<const followed> matches, std::int32_t character) const {
        for (const followed& match : matches) {
            const double share = shares_[kind_of(match)];
            of_net += share * (match.share(character) - of_net);
        }
        return of_net;
    }

    /// One character of the held-back text.
    void observe(double of_net, std::span<const followed> matches, std::int32_t character) {
        observed_.push_back({of_net, said_.size(), said_.size() + matches.size()});
        for (const followed& match : matches) said_.push_back({kind_of(match), match.share(character)});
    }

    /// Finds the shares for what was observed.
    void fit() {
        for (int round = 0; round < 30; ++round) {
            std::array<double, kinds> taken, met;  // one of two, before any is counted
            taken.fill(1);
            met.fill(2);
            for (const observation& o : observed_) count(o, taken, met);
            for (std::size_t i = 0; i < kinds; ++i) shares_[i] = taken[i] / met[i];
        }
    }

private:
    static constexpr std::size_t counts = 5, agreements = 4, kinds = match_lengths.size() * counts * agreements;

    struct saying {
        std::size_t kind;
        double share;
    };
    struct observation {
        double of_net;
        std::size_t begin, end;  // in said_
    };

    static std::size_t kind_of(const followed& match) {
        const double often = match.in_all;
        const std::size_t count = often <= 1 ? 0 : often <= 2 ? 1 : often <= 4 ? 2 : often <= 16 ? 3 : 4;
        const double agree = std::ranges::max(match.times) / often;
        const std::size_t agreement = agree >= 1 ? 0 : agree > 0.8 ? 1 : agree > 0.5 ? 2 : 3;
        return (match.length * counts + count) * agreements + agreement;
    }

    /// How probable it is that each match was reached, from the longest on, and that the character was its.
    void count(const observation& o, std::array<double, kinds>& taken, std::array<double, kinds>& met) {
        mixed_.assign(1, o.of_net);
        for (std::size_t i = o.begin; i < o.end; ++i)
            mixed_.push_back(mixed_.back() + shares_[said_[i].kind] * (said_[i].share - mixed_.back()));
        double reached = 1;
        for (std::size_t i = o.end; i > o.begin; --i) {
            const saying& said = said_[i - 1];
            const double here = shares_[said.kind] * said.share / mixed_[i - o.begin];
            taken[said.kind] += reached * here;
            met[said.kind] += reached;
            reached *= 1 - here;
        }
    }

    std::array<double, kinds> shares_ = [] {
        std::array<double, kinds> all;
        all.fill(0.5);
        return all;
    }();
    std::vector<observation> observed_;
    std::vector<saying> said_;
    std::vector<double> mixed_;
};

}  // namespace characters
