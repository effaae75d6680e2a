// SPDX-License-Identifier: BSL-1.0
// A plucked string, and an overdrive that it goes through: what is played if no recordings are given.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <random>
#include <vector>

namespace amplifier {

inline constexpr int sample_rate = 48'000;

/// Notes of half a second. Source: K. Karplus, A. Strong, "Digital synthesis of plucked-string and drum timbres", 1983.
inline std::vector<float> plucked_string(double seconds, std::uint64_t seed) {
    std::mt19937_64 engine(seed);
    std::uniform_real_distribution<double> noise(-1, 1);
    std::vector<float> sound;
    while (static_cast<double>(sound.size()) < seconds * sample_rate) {
        const int semitone = std::uniform_int_distribution<int>(0, 36)(engine);
        const double frequency = 82.4 * std::exp2(semitone / 12.0), loudness = 0.2 + 0.3 * std::fabs(noise(engine));
        std::vector<double> string(static_cast<std::size_t>(sample_rate / frequency));
        for (double& x : string) x = loudness * noise(engine);
        for (std::size_t i = 0; i < sample_rate / 2; ++i) {
            double& x = string[i % string.size()];
            sound.push_back(static_cast<float>(x));
            x = 0.498 * (x + string[(i + 1) % string.size()]);
        }
    }
    sound.resize(static_cast<std::size_t>(seconds * sample_rate));
    return sound;
}

/// A high pass at 120 Hz, an asymmetric tanh, a low pass at 4 kHz, each of one pole.
inline std::vector<float> overdriven(const std::vector<float>& dry) {
    const auto pole = [](double frequency) { return std::exp(-2 * std::numbers::pi * frequency / sample_rate); };
    const double low = pole(120), high = pole(4000);
    double bass = 0, smooth = 0;
    std::vector<float> wet;
    wet.reserve(dry.size());
    for (const float sample : dry) {
        const double x = static_cast<double>(sample);
        bass = low * bass + (1 - low) * x;
        const double driven = std::tanh(6 * (x - bass) + 0.2) - std::tanh(0.2);
        smooth = high * smooth + (1 - high) * driven;
        wet.push_back(static_cast<float>(0.5 * smooth));
    }
    return wet;
}

}  // namespace amplifier
