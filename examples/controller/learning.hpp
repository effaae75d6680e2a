// SPDX-License-Identifier: BSL-1.0
// Rounds of learning: drive, see what came of it, make what went well likelier. And trials, which only drive.
#pragma once

#include "policy.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

namespace controller {

inline constexpr double decision = 0.02;    ///< seconds that a force lasts while learning
inline constexpr double trial_time = 10.0;  ///< seconds

/// A cart somewhere near the middle, with a slightly leaning pole and another place to go to.
template <class Engine> cart_pole random_start(Engine& engine) {
    const auto between = [&](double low, double high) {
        return std::uniform_real_distribution<double>(low, high)(engine);
    };
    cart_pole cart;
    cart.position = between(-0.5, 0.5);
    cart.angle = between(-0.05, 0.05);
    cart.speed = between(-0.1, 0.1);
    cart.turning = between(-0.1, 0.1);
    cart.target = between(-1, 1);
    return cart;
}

/// How well a moment is: 1 where the cart is wanted, less far from there.
inline double worth(const cart_pole& cart) { return 1 - 0.5 * std::fmin(std::fabs(cart.target - cart.position), 2.0); }

class apprentice {
public:
    apprentice(trainer& net, std::uint64_t seed) : net_(net), driver_(net.parameters()), engine_(seed) { begin(); }

    /// The same for every process that goes on from a round: what was driven before leaves no trace.
    void begin_round(std::uint64_t seed, std::int64_t round) {
        std::seed_seq both{seed, static_cast<std::uint64_t>(round)};
        engine_.seed(both);
        begin();
    }

    /// Seconds that the pole stood, the mean of the drives that ended in this round.
    double learn() {
        constexpr auto count = static_cast<std::size_t>(moments);
        std::vector<double> worths(count);
        std::vector<bool> is_last(count);
        double time_up = 0;
        int drives = 0;
        for (std::size_t i = 0; i < count; ++i) {
            const auto seen = cart_.seen();
            std::copy(seen.begin(), seen.end(), seen_.begin() + static_cast<std::ptrdiff_t>(i * seen.size()));
            actions_[i] = draw(seen);
            cart_.move(cart_pole::forces[static_cast<std::size_t>(actions_[i])], decision);
            time_ += decision;
            const bool is_over = !cart_.is_up();
            worths[i] = is_over ? 0 : worth(cart_);
            is_last[i] = is_over || time_ >= trial_time || i + 1 == count;
            // A drive that only ends because its time is over would have gone on as well as this moment.
            if (is_last[i] && !is_over) worths[i] /= 1 - discount;
            if (is_over || time_ >= trial_time) {
                time_up += time_;
                ++drives;
                begin();
            }
        }
        judge(worths, is_last);
        net_.run<&learner::outputs::train>(seen_, actions_, returns_, advantages_);
        return drives > 0 ? time_up / drives : trial_time;
    }

private:
    static constexpr double discount = 0.98;  // of what comes a decision later: a second counts for a third

    void begin() {
        cart_ = random_start(engine_);
        time_ = 0;
    }

    /// An action, each as likely as the policy says.
    std::int32_t draw(const std::array<float, cart_pole::features>& seen) {
        const auto logits = driver_(seen);
        std::array<double, cart_pole::forces.size()> weight{};
        for (std::size_t i = 0; i < weight.size(); ++i) weight[i] = std::exp(static_cast<double>(logits(0, i)));
        return std::discrete_distribution<std::int32_t>(weight.begin(), weight.end())(engine_);
    }

    /// What came of each moment, and how much better that was than expected, in units of how much it varies.
    void judge(const std::vector<double>& worths, const std::vector<bool>& is_last) {
        constexpr double scale = 0.05;  // what comes of a good moment is about 50
        const auto expected = net_.run<&learner::outputs::expected>(seen_);
        double sum = 0, squares = 0, later = 0;
        for (std::size_t i = worths.size(); i-- > 0;) {
            later = worths[i] + (is_last[i] ? 0 : discount * later);
            returns_[i] = static_cast<float>(scale * later);
            const double better = scale * later - static_cast<double>(expected(i));
            advantages_[i] = static_cast<float>(better);
            sum += better;
            squares += better * better;
        }
        const double n = static_cast<double>(worths.size()), mean = sum / n;
        const double deviation = std::sqrt(std::fmax(squares / n - mean * mean, 1e-12));
        for (float& better : advantages_) better = static_cast<float>((static_cast<double>(better) - mean) / deviation);
    }

    trainer& net_;
    driver driver_;
    std::mt19937_64 engine_;
    cart_pole cart_;
    double time_ = 0;
    std::array<float, static_cast<std::size_t>(moments* feature_count)> seen_{};
    std::array<std::int32_t, static_cast<std::size_t>(moments)> actions_{};
    std::array<float, static_cast<std::size_t>(moments)> returns_{}, advantages_{};
};

struct trial_result {
    int up = 0, trials = 0;       ///< poles that stood to the end
    double seconds_up = 0;        ///< mean
    double from_target = 0;       ///< mean distance over the last half of those trials, metres
};

/// Drives of ten seconds, deciding a thousand times a second, from starts that learning has not seen.
inline trial_result try_out(driver& net, int trials, std::uint64_t seed) {
    std::mt19937_64 engine(seed);
    trial_result result;
    result.trials = trials;
    std::int64_t measured = 0;
    for (int i = 0; i < trials; ++i) {
        cart_pole cart = random_start(engine);
        double time = 0;
        for (; time < trial_time && cart.is_up(); time += 1e-3) {
            cart.move(preferred_force(net, cart), 1e-3);
            if (time < trial_time / 2) continue;
            result.from_target += std::fabs(cart.target - cart.position);
            ++measured;
        }
        result.seconds_up += time / trials;
        if (cart.is_up()) ++result.up;
    }
    if (measured > 0) result.from_target /= static_cast<double>(measured);
    return result;
}

}  // namespace controller
