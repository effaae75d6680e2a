// SPDX-License-Identifier: BSL-1.0
// Trains two nets to sound like an amplifier, from a recording before it and one behind it, measures how long a block
// takes, and writes the weights that the plugin beside it plays.
#include "../command_line.hpp"
#include "keras_json.hpp"
#include "net.hpp"
#include "wav.hpp"

#include <ambit/checkpoint/layouts/keras.hpp>
#include <ambit/checkpoint/load.hpp>
#include <ambit/checkpoint/save.hpp>
#include <ambit/io/progress_bar.hpp>
#include <ambit/io/summary.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace {

using namespace amplifier;

struct options {
    std::vector<std::string> recordings;
    std::filesystem::path bundle = AMBIT_AMPLIFIER_BUNDLE;
    std::uint64_t seed = 1;
    int training_steps = learner<recurrent_net>::training_steps;
    std::vector<std::string> compared;
    std::optional<std::string> import;
};

void add_options(CLI::App& app, options& wanted) {
    app.set_help_flag("-h,--help", "print this");
    app.get_formatter()->column_width(20);
    app.add_option("recordings", wanted.recordings,
                   "before and behind the amplifier, WAV of one channel\nat 48 kHz; else a plucked string and "
                   "an\noverdrive are computed")
        ->expected(0, 2)
        ->type_name("");
    app.add_option("--bundle", wanted.bundle, "where the plugin is, and its weights go")->type_name("DIR");
    app.add_option("--steps", wanted.training_steps, "of training, 8000 if not given")
        ->type_name("N")
        ->check(CLI::Range(1, learner<recurrent_net>::training_steps).description(""));
    app.add_option("--seed", wanted.seed, "of initial values and pieces, 1 if not given")
        ->type_name("N")
        ->check(not_a_seed);
    app.add_option("--import", wanted.import,
                   "weights of an LSTM of 16 units and a dense layer, as\nJSON of Keras layers, instead of training")
        ->type_name("FILE");
    app.add_option("--compare", wanted.compared, "say how far two recordings are apart, and nothing else")
        ->expected(2)
        ->type_name("FILE FILE");
    app.callback([&wanted] {
        if (wanted.recordings.size() == 1)
            throw CLI::ValidationError("there is a recording before the amplifier, and none behind it: give both");
    });
}

/// The energy of a difference as a share of that of what was wanted.
double error_share(const std::vector<float>& heard, const std::vector<float>& wanted, std::size_t begin) {
    double off = 0, all = 0;
    for (std::size_t i = begin; i < std::min(heard.size(), wanted.size()); ++i) {
        off += std::pow(static_cast<double>(heard[i]) - static_cast<double>(wanted[i]), 2);
        all += std::pow(static_cast<double>(wanted[i]), 2);
    }
    return all > 0 ? off / all : off;
}

struct recording {
    std::vector<float> dry, wet;
    std::size_t learned;  ///< so many samples from the beginning are trained on
};

template <class Net> void train(trainer_of<Net>& net, const recording& sound, const options& wanted, const char* name) {
    using out = typename learner<Net>::outputs;
    std::mt19937_64 engine(wanted.seed);
    constexpr auto length = static_cast<std::size_t>(steps), count = static_cast<std::size_t>(pieces);
    std::uniform_int_distribution<std::size_t> any_begin(0, sound.learned - length);
    std::vector<float> x(count * length), y(count * length);
    progress_bar bar(std::cerr, name, wanted.training_steps, "steps", terminal_width(STDERR_FILENO));
    double mean = 1;
    for (int step = 0; step < wanted.training_steps; ++step) {
        for (std::size_t piece = 0; piece < count; ++piece) {
            const auto begin = static_cast<std::ptrdiff_t>(any_begin(engine));
            const auto to = static_cast<std::ptrdiff_t>(piece * length);
            std::copy_n(sound.dry.begin() + begin, length, x.begin() + to);
            std::copy_n(sound.wet.begin() + begin, length, y.begin() + to);
        }
        const double loss = static_cast<double>(net.template run<&out::loss, &out::train>(x, y));
        mean += 0.02 * (loss - mean);
        bar.advance(1, {{"error", mean}});
    }
    bar.finish();
}

/// Plays what training has not heard; says how well and how fast.
template <class Net> std::vector<float> judge(player_of<Net>& net, const recording& sound, const char* name) {
    constexpr std::size_t block = 64;
    using clock = std::chrono::steady_clock;
    std::vector<float> heard(sound.dry.size() - sound.learned);
    double worst = 0, all = 0;
    for (std::size_t begin = 0; begin < heard.size(); begin += block) {
        const std::size_t end = std::min(begin + block, heard.size());
        const auto start = clock::now();
        for (std::size_t i = begin; i < end; ++i) heard[i] = play<Net>(net, sound.dry[sound.learned + i]);
        const double spent = std::chrono::duration<double>(clock::now() - start).count();
        worst = std::max(worst, spent);
        all += spent;
    }
    const std::vector<float> unheard(sound.wet.begin() + static_cast<std::ptrdiff_t>(sound.learned), sound.wet.end());
    std::printf("%-14s error %.4f of the signal's energy; real-time factor %.4f, worst block of %zu %.0f of %.0f us\n",
                name, error_share(heard, unheard, sample_rate / 10),
                all * sample_rate / static_cast<double>(heard.size()), block, worst * 1e6, 1e6 * block / sample_rate);
    std::fflush(stdout);
    return heard;
}

/// Samples one after the other.
template <class Net> std::vector<float> played(player_of<Net>& net, const std::vector<float>& dry) {
    std::vector<float> heard;
    heard.reserve(dry.size());
    for (const float x : dry) heard.push_back(play<Net>(net, x));
    return heard;
}

/// Weights for the plugin, and what it sounds like.
template <class Net>
void write_net(const Net& net, const std::string& name, const std::vector<float>& heard, const options& wanted) {
    save(net, (wanted.bundle / (name + ".safetensors")).string());
    write_sound((wanted.bundle / (name + ".wav")).string(), heard);
}

template <class Net> void learn_and_play(const recording& sound, const options& wanted, const char* name) {
    trainer_of<Net> net(seed{wanted.seed});
    player_of<Net> playing(net.parameters());
    std::cout << summary(net);
    train<Net>(net, sound, wanted, name);
    const std::vector<float> heard = judge<Net>(playing, sound, name);
    write_net(playing, name, heard, wanted);
}

void run(const options& wanted) {
    if (!wanted.compared.empty()) {
        std::printf("error %.9f of the second's energy\n",
                    error_share(read_sound(wanted.compared[0]), read_sound(wanted.compared[1]), 0));
        return;
    }
    recording sound;
    if (wanted.recordings.empty()) {
        sound.dry = plucked_string(20, 1);
        sound.wet = overdriven(sound.dry);
    } else {
        sound.dry = read_sound(wanted.recordings[0]);
        sound.wet = read_sound(wanted.recordings[1]);
        if (sound.dry.size() != sound.wet.size())
            throw error("the recordings have " + std::to_string(sound.dry.size()) + " and " +
                        std::to_string(sound.wet.size()) + " samples: cut them to the same");
    }
    sound.learned = sound.dry.size() * 9 / 10;
    std::filesystem::create_directories(wanted.bundle);
    const std::vector<float> unheard(sound.dry.begin() + static_cast<std::ptrdiff_t>(sound.learned), sound.dry.end());
    write_sound((wanted.bundle / "dry.wav").string(), unheard);
    if (wanted.import) {
        player_of<recurrent_net> net(seed{wanted.seed});
        std::cout << load(net, keras_json(*wanted.import), keras::lstm<"lstm", "rnn/lstm_cell">,
                          keras::dense<"dense", "mix">)
                  << '\n';
        write_net(net, "recurrent", played<recurrent_net>(net, unheard), wanted);
        return;
    }
    learn_and_play<recurrent_net>(sound, wanted, "recurrent");
    learn_and_play<convolutional_net>(sound, wanted, "convolutional");
    std::cout << "wrote the weights, and what the nets have played, to " << wanted.bundle.string() << '\n';
}

}  // namespace

int main(int count, char** words) {
    CLI::App app("Train the nets of an LV2 plugin that sounds like an amplifier", "amplifier");
    options wanted;
    add_options(app, wanted);
    return run_program(app, count, words, [&] { run(wanted); });
}
