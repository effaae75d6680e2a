// SPDX-License-Identifier: BSL-1.0
// The nets as an LV2 plugin. Its weights are files of its bundle, read when a host makes an instance; `run` computes
// and does nothing else: it allocates nothing, takes no lock and calls nothing of the system.
#include "../net.hpp"

#include <ambit/checkpoint/load.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <iostream>
#include <memory>
#include <string>

#include <lv2/core/lv2.h>

namespace {

using namespace amplifier;

enum port : std::uint32_t { sound_in, sound_out, which_net, gain };

class instance {
public:
    explicit instance(const std::string& bundle) {
        static_cast<void>(load(recurrent_, bundle + "recurrent.safetensors"));
        static_cast<void>(load(convolutional_, bundle + "convolutional.safetensors"));
    }

    void connect(std::uint32_t number, void* data) noexcept {
        if (number < ports_.size()) ports_[number] = static_cast<float*>(data);
    }
    void silence() {
        recurrent_.reset();
        convolutional_.reset();
    }
    /// `ports_` may share memory: each sample is read before its place is written.
    void run(std::uint32_t samples) noexcept {
        const float loudness = ports_[gain] != nullptr ? std::exp2(*ports_[gain] / 6.0206F) : 1;
        const bool is_recurrent = ports_[which_net] == nullptr || *ports_[which_net] < 0.5F;
        const float* const in = ports_[sound_in];
        float* const out = ports_[sound_out];
        if (is_recurrent)
            for (std::uint32_t i = 0; i < samples; ++i) out[i] = play<recurrent_net>(recurrent_, loudness * in[i]);
        else
            for (std::uint32_t i = 0; i < samples; ++i)
                out[i] = play<convolutional_net>(convolutional_, loudness * in[i]);
    }

private:
    player_of<recurrent_net> recurrent_{seed{1}};
    player_of<convolutional_net> convolutional_{seed{1}};
    std::array<float*, 4> ports_{};
};

LV2_Handle instantiate(const LV2_Descriptor*, double rate, const char* bundle, const LV2_Feature* const*) {
    try {
        if (rate != 48'000) throw error("the nets know sound at 48000 Hz, and the host has " + std::to_string(rate));
        return std::make_unique<instance>(bundle).release();
    } catch (const std::exception& reason) {
        std::cerr << "amplifier: " << reason.what() << '\n';
        return nullptr;
    }
}

constexpr LV2_Descriptor descriptor{
    "urn:ambit:amplifier",
    instantiate,
    [](LV2_Handle handle, std::uint32_t number, void* data) { static_cast<instance*>(handle)->connect(number, data); },
    [](LV2_Handle handle) { static_cast<instance*>(handle)->silence(); },
    [](LV2_Handle handle, std::uint32_t samples) { static_cast<instance*>(handle)->run(samples); },
    nullptr,
    [](LV2_Handle handle) { delete static_cast<instance*>(handle); },
    nullptr,
};

}  // namespace

LV2_SYMBOL_EXPORT const LV2_Descriptor* lv2_descriptor(std::uint32_t index) {
    return index == 0 ? &descriptor : nullptr;
}
