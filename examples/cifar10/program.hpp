// SPDX-License-Identifier: BSL-1.0
// What is the same however the towers are made.
//
//     run(options, sets, net, reader, [&](const auto& images, const auto& labels) { … return loss; });
#pragma once

#include "../kept_training.hpp"
#include "judge.hpp"
#include "options.hpp"

#include <ambit/checkpoint/load.hpp>
#include <ambit/checkpoint/save.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <iostream>
#include <random>
#include <vector>

namespace cifar10 {

/// Pictures of a training step of one process, which its towers share out; a rank among several trains on as many as
/// one of two towers.
inline constexpr std::int64_t pictures_a_step = 64, pictures_a_rank = 32;

inline picture_sets read_sets(const options& wanted) {
    picture_sets sets = wanted.data ? read_pictures(*wanted.data)
                                    : picture_sets{draw_pictures(2000, 1), draw_pictures(500, 2),
                                                   "patterns drawn by this program, since no data were given (--data)"};
    if (sets.training.size() == 0 || sets.unseen.size() == 0) throw error("a set of pictures is empty: give more data");
    return sets;
}

inline void print_origin(const picture_sets& sets) {
    std::cout << sets.origin << ": " << sets.training.size() << " to train on, " << sets.unseen.size() << " unseen\n";
}

/// Pictures of a step, as one of `parts` equal parts of them is to see them: whoever draws them, the whole is the same.
class batch {
public:
    batch(const labelled_images& set, std::int64_t count, std::uint64_t seed, std::size_t part = 0,
          std::size_t parts = 1)
        : images(static_cast<std::size_t>(count) * numbers_of_a_picture),
          labels(static_cast<std::size_t>(count)),
          set_(&set),
          seed_(seed),
          part_(part),
          parts_(parts) {}

    void draw(std::int64_t step) {
        std::seed_seq both{seed_, static_cast<std::uint64_t>(step)};
        std::mt19937_64 engine(both);
        const std::size_t count = labels.size(), first = part_ * count;
        for (std::size_t i = 0; i < parts_ * count; ++i) {
            const std::size_t index = std::uniform_int_distribution<std::size_t>(0, set_->size() - 1)(engine);
            const distortion changed = any_distortion(engine);
            if (i < first || i >= first + count) continue;
            copy_picture(*set_, index, changed, images.data() + (i - first) * numbers_of_a_picture);
            labels[i - first] = set_->label(index);
        }
    }

    std::vector<float> images;
    std::vector<std::int32_t> labels;

private:
    const labelled_images* set_;
    std::uint64_t seed_;
    std::size_t part_, parts_;
};

inline void print_told_right(double right, const labelled_images& unseen) {
    std::printf("%.1f %% of %zu unseen pictures are told right\n", 100 * right / static_cast<double>(unseen.size()),
                unseen.size());
    std::fflush(stdout);
}

/// All that the command line asks for. `train` takes pictures and labels, and returns their loss; `net` holds the
/// variables, which `reader` reads. Throws `error`.
template <class Net, class Train>
void run(const options& wanted, const picture_sets& sets, Net& net, judge& reader, const Train& train) {
    if (wanted.evaluate) {
        std::cout << load(net, *wanted.evaluate) << '\n';
    } else {
        batch drawn(sets.training, pictures_a_step, wanted.seed);
        train_from_latest(net, {wanted.train_dir, "cifar10", wanted.steps, 250}, [&](std::int64_t step) {
            drawn.draw(step);
            return static_cast<double>(train(drawn.images, drawn.labels));
        });
    }
    print_told_right(static_cast<double>(told_right(reader, sets.unseen)), sets.unseen);
    if (wanted.save) {
        save(net, *wanted.save);
        std::cout << "saved " << *wanted.save << '\n';
    }
}

}  // namespace cifar10
