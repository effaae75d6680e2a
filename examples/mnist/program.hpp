// SPDX-License-Identifier: BSL-1.0
// Training and evaluation of a net as the command line asks for it.
//
//     run<dense_net>(options);
#pragma once

#include "classifier.hpp"
#include "digits.hpp"
#include "options.hpp"
#include "pictures.hpp"
#include "results.hpp"

#include <ambit/checkpoint/load.hpp>
#include <ambit/io/batches.hpp>
#include <ambit/io/images.hpp>
#include <ambit/io/progress_bar.hpp>
#include <ambit/io/summary.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <iomanip>
#include <iostream>
#include <string>
#include <vector>

namespace mnist {

using training_batches = batches<training_batch, side, side, 1>;
using evaluation_batches = batches<evaluation_batch, side, side, 1>;

/// One pass over the training digits; the mean of what each batch had before its step.
template <class Net> scores train(trainer<Net>& net, const training_batches& examples, int epoch, int epochs) {
    using outputs = training_outputs;
    const std::string title = "epoch " + std::to_string(epoch + 1) + '/' + std::to_string(epochs);
    progress_bar bar(std::cerr, title, static_cast<std::int64_t>(examples.examples()), "examples",
                     terminal_width(STDERR_FILENO));
    scores sum;
    double count = 0;
    for (const auto& batch : examples.epoch(epoch)) {
        const auto [loss, accuracy] =
            net.template run<&outputs::loss, &outputs::accuracy, &outputs::train>(batch.images, batch.labels);
        sum.loss += double{loss};
        sum.accuracy += double{accuracy};
        ++count;
        bar.advance(training_batch, {{"loss", sum.loss / count}, {"accuracy", sum.accuracy / count}});
    }
    bar.finish();
    return {sum.loss / count, sum.accuracy / count};
}

template <class Evaluator> judgement judge(Evaluator& net, const evaluation_batches& examples) {
    judgement result;
    int right = 0, count = 0;
    for (const auto& batch : examples.epoch()) {
        const auto [guesses, losses] = net(batch.images, batch.labels);
        for (std::size_t i = 0; i < batch.count; ++i, ++count) {
            const int label = batch.labels(i), guess = guesses(i);
            result.mean.loss += double{losses(i)};
            ++result.confusion[std::size_t(label)][std::size_t(guess)];
            if (label == guess) ++right;
            else result.misread.push_back({batch.indices[i], label, guess});
        }
    }
    result.mean.loss /= count;
    result.mean.accuracy = double(right) / count;
    return result;
}

inline void write_pictures(const std::filesystem::path& directory, const std::vector<epoch_result>& history,
                           const judgement& verdict, const labelled_images& digits) {
    std::filesystem::create_directories(directory);
    const auto write = [&](const char* name, const xt::xtensor<float, 3>& picture) {
        write_png(directory / name, picture);
        std::cout << "wrote " << (directory / name).string() << '\n';
    };
    if (!history.empty()) write("learning-curve.png", draw_learning_curve(history));
    write("confusion.png", draw_confusion(verdict.confusion));
    if (!verdict.misread.empty()) write("misread.png", draw_misread(digits, verdict.misread));
}

template <class Net, weight_format Format>
void judge_compact(const char* format, const evaluator<Net>& of_floats, const evaluation_batches& examples) {
    using net = compact_evaluator<Net, Format>;
    net reader(seed{1});
    take_weights(reader, of_floats);
    std::cout << "weights as " << format << ": accuracy " << 100 * judge(reader, examples).mean.accuracy << " %, "
              << memory_of<net>::parameters << " bytes of " << memory_of<evaluator<Net>>::parameters << '\n';
}

/// All that the command line asks for. Throws `error`.
template <class Net> void run(const options& wanted) {
    digit_sets digits = wanted.data ? read_digits(*wanted.data) : draw_digits(4000);
    if (wanted.choose) digits = split(digits.training, digits.origin);
    const labelled_images& unseen = digits.unseen;
    const training_batches examples(
        digits.training, {.order = example_order::shuffled, .shuffle = seed{wanted.seed}, .last = last_batch::dropped});
    const evaluation_batches judged(unseen, {.last = last_batch::padded});
    if (examples.size() == 0)
        throw error("there are " + std::to_string(digits.training.size()) + " digits to train on: a batch has " +
                    std::to_string(training_batch) + "; give more data");
    std::cout << digits.origin << ": " << digits.training.size() << " to train on, "
              << unseen.size() << " unseen\n";

    const int epochs = wanted.epochs.value_or(Net::epochs);
    trainer<Net> net(seed{wanted.seed});
    evaluator<Net> reader(net.parameters());  // sees each step of the trainer at once
    std::cout << summary(net);
    std::vector<epoch_result> history;
    judgement verdict;
    if (wanted.evaluate) {
        std::cout << load(net, *wanted.evaluate) << '\n';
        verdict = judge(reader, judged);
    } else {
        const auto start = std::chrono::steady_clock::now();
        for (int epoch = 0; epoch < epochs; ++epoch) {
            const scores seen = train(net, examples, epoch, epochs);
            verdict = judge(reader, judged);
            history.push_back({seen, verdict.mean});
        }
        const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
        std::cerr << "trained in " << std::fixed << std::setprecision(1) << elapsed.count() << " s\n";
    }
    std::cout << std::fixed << std::setprecision(2) << "accuracy " << 100 * verdict.mean.accuracy << " % of "
              << unseen.size() << " unseen digits, " << verdict.misread.size() << " misread; loss "
              << std::setprecision(4) << verdict.mean.loss << '\n';
    if (wanted.compact) {
        std::cout << std::setprecision(2);
        judge_compact<Net, weight_format::bfloat16>("bfloat16", reader, judged);
        judge_compact<Net, weight_format::int8>("int8", reader, judged);
    }
    if (wanted.save) {
        save(net, *wanted.save);
        std::cout << "saved " << wanted.save->string() << '\n';
    }
    if (wanted.pictures) write_pictures(*wanted.pictures, history, verdict, unseen);
}

}  // namespace mnist
