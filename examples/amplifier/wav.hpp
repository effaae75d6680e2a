// SPDX-License-Identifier: BSL-1.0
// Recordings of one channel, through libsndfile.
#pragma once

#include "signal.hpp"

#include <ambit/diagnostics/error.hpp>
#include <ambit/diagnostics/quoted.hpp>

#include <memory>
#include <string>
#include <vector>

#include <sndfile.h>

namespace amplifier {

using sound_file = std::unique_ptr<SNDFILE, decltype([](SNDFILE* file) { sf_close(file); })>;

inline std::string in_words(const std::string& file) { return ambit::mistake_parts::in_quotes(file); }

/// At most ten minutes. Throws `ambit::error`.
inline std::vector<float> read_sound(const std::string& file) {
    SF_INFO info{};
    const sound_file opened(sf_open(file.c_str(), SFM_READ, &info));
    if (!opened) throw ambit::error(in_words(file) + " cannot be read as sound: " + sf_strerror(nullptr));
    if (info.channels != 1 || info.samplerate != sample_rate)
        throw ambit::error(in_words(file) + " has " + std::to_string(info.channels) + " channels at " +
                           std::to_string(info.samplerate) + " Hz; give one channel at 48000 Hz");
    if (info.frames < sample_rate || info.frames > sf_count_t{600} * sample_rate)
        throw ambit::error(in_words(file) + " has " + std::to_string(info.frames) +
                           " samples; give from one second to ten minutes");
    std::vector<float> sound(static_cast<std::size_t>(info.frames));
    if (sf_readf_float(opened.get(), sound.data(), info.frames) != info.frames)
        throw ambit::error(in_words(file) + " ends too early: " + sf_strerror(opened.get()));
    return sound;
}

/// As WAV of floats. Throws `ambit::error`.
inline void write_sound(const std::string& file, const std::vector<float>& sound) {
    SF_INFO info{};
    info.channels = 1;
    info.samplerate = sample_rate;
    info.format = SF_FORMAT_WAV | SF_FORMAT_FLOAT;
    const sound_file opened(sf_open(file.c_str(), SFM_WRITE, &info));
    if (!opened) throw ambit::error(in_words(file) + " cannot be written: " + sf_strerror(nullptr));
    const auto count = static_cast<sf_count_t>(sound.size());
    if (sf_writef_float(opened.get(), sound.data(), count) != count)
        throw ambit::error(in_words(file) + " was not written whole: " + sf_strerror(opened.get()));
}

}  // namespace amplifier
