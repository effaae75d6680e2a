// SPDX-License-Identifier: BSL-1.0
// Examples in batches of a fixed size, shuffled anew each epoch, and prepared on a thread while the model works.
//
//     batches<32, 784> training(digits, {.order = example_order::shuffled, .shuffle = seed{1}});
//     for (int epoch = 0; epoch < 5; ++epoch)
//         for (const auto& batch : training.epoch(epoch)) net.run<&outputs::train>(batch.images, batch.labels);
//
//     batches<100, 784> validation(digits, {.last = last_batch::padded});
//     for (const auto& batch : validation.epoch())                  // counts every example once
//         for (std::size_t i = 0; i < batch.count; ++i) …
//
//     batches<32, 784> own(digits, {.order = example_order::shuffled, .rank = 1, .ranks = 4});  // of each 128 in order
//
// A set is labelled_images, labelled_numbers, or what has the same functions.
#pragma once

#include <ambit/core/refuses.hpp>
#include <ambit/core/seed.hpp>
#include <ambit/core/standard.hpp>
#include <ambit/math/philox.hpp>
#include <ambit/diagnostics/error.hpp>
#include <ambit/io/prefetch.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <exception>  // xtl, which calls std::terminate, lacks it
#include <iterator>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

#include <xtensor/xfixed.hpp>

namespace AMBIT_NAMESPACE {

/// `Batch` examples as a model takes them. In a padded batch the first `count` are examples, the others zeros.
template <std::size_t Batch, std::size_t... Extents> struct labelled_batch {
    xt::xtensor_fixed<float, xt::xshape<Batch, Extents...>> images;  ///< pictures in [0, 1], or other numbers
    xt::xtensor_fixed<std::int32_t, xt::xshape<Batch>> labels;
    xt::xtensor_fixed<float, xt::xshape<Batch>> mask;  ///< 1 for an example, 0 for padding
    std::array<std::size_t, Batch> indices;  ///< where each example stands in the set
    std::size_t count = 0;
    /// On several machines, how much the mean over its examples counts for in that over all of the step, where 1 is as
    /// much as those of other batches: 0 if it has none.
    double weight = 1;
};

enum class example_order { stored, shuffled };
enum class last_batch {
    dropped,  ///< examples that do not fill a batch wait for another epoch
    padded,   ///< filled up with zeros, which `count` and `mask` leave out
};

struct batch_options {
    example_order order = example_order::stored;
    seed shuffle = {};
    last_batch last = last_batch::dropped;
    std::size_t ahead = 3;  ///< batches in memory, at least 2
    /// On several machines, which of them reads its part, and of how many. A step takes as many batches as there are
    /// ranks, in the order of the epoch, which is the same however many they are; or `shards` batches, a multiple.
    int rank = 0, ranks = 1;
    int shards = 0;
};

}  // namespace ambit

namespace AMBIT_NAMESPACE::io_parts {

/// A permutation of 0 … count - 1 that depends on seed and epoch only; all are equally likely.
/// Source: R. Durstenfeld, "Algorithm 235: random permutation", 1964.
inline std::vector<std::size_t> shuffled_indices(std::size_t count, seed s, std::int64_t epoch) {
    std::vector<std::size_t> order(count);
    std::iota(order.begin(), order.end(), std::size_t{0});
    random_stream random(philox_key(s.value, "shuffled examples"), epoch);
    for (std::size_t left = count; left > 1; --left) {
        // 64 bits modulo `left`; the few values that would favour small remainders are drawn again.
        const std::uint64_t favoured = ((std::numeric_limits<std::uint64_t>::max)() % left + 1) % left;
        std::uint64_t bits = 0;
        do bits = std::uint64_t{random.bits()} << 32 | random.bits();
        while (bits > (std::numeric_limits<std::uint64_t>::max)() - favoured);
        std::swap(order[left - 1], order[bits % left]);
    }
    return order;
}

/// Examples of `elements()` numbers each, with labels.
template <class Set>
concept example_set = requires(const Set& set, std::size_t index, float* to) {
    { set.size() } -> std::convertible_to<std::size_t>;
    { set.elements() } -> std::convertible_to<std::size_t>;
    { set.label(index) } -> std::convertible_to<std::int32_t>;
    set.copy_example(index, to);
    { set.extents_in_words() } -> std::convertible_to<std::string>;
};

}  // namespace ambit::io_parts

namespace AMBIT_NAMESPACE {

/// Batches of a set, which has to outlive them and to stay as it is. `Extents` are those of one example in the model's
/// input: `784` and `28, 28, 1` both take pictures of 28 x 28.
template <std::size_t Batch, std::size_t... Extents>
    requires(Batch > 0 && sizeof...(Extents) > 0)
class batches {
public:
    using batch = labelled_batch<Batch, Extents...>;
    static constexpr std::size_t elements = (Extents * ...);

    /// Throws `error` if an example has another number of elements, or ranks cannot share the batches of a step.
    template <io_parts::example_set Set>
    batches(const Set& set, const batch_options& options = {})
        : plan_{{&set, set.size(), &copy_of<Set>}, options} {
        int& shards = plan_.options.shards;
        if (shards == 0) shards = options.ranks;
        if (options.ranks < 1 || options.rank < 0 || options.rank >= options.ranks || shards < 1 ||
            shards % options.ranks != 0)
            throw error("batches: rank " + std::to_string(options.rank) + " of " + std::to_string(options.ranks) +
                        " with " + std::to_string(shards) +
                        " batches a step; count ranks from 0 on, and give each as many batches");
        if (set.elements() != elements)
            throw error("batches: " + set.extents_in_words() + ", and the batch takes " + std::to_string(elements) +
                        "; change the set, or give the batch its extents");
    }
    template <io_parts::example_set Set>
    AMBIT_REFUSES("batches would outlive the temporary set that they are of: give the set a name")
    batches(const Set&&, const batch_options& = {}) : plan_{} {}

    /// Batches of one epoch, of this rank: as many on each of them.
    std::size_t size() const { return plan_.size(); }
    /// Examples of one epoch, of this rank.
    std::size_t examples() const {
        std::size_t sum = 0;
        for (std::size_t number = 0; number < size(); ++number) sum += plan_.place_of(number).count;
        return sum;
    }

    /// One pass over the set: a range to be walked once. A number gives the same order each time.
    class pass {
    public:
        class iterator {
        public:
            using value_type = batch;
            using difference_type = std::ptrdiff_t;
            using reference = const batch&;
            using pointer = const batch*;
            using iterator_category = std::input_iterator_tag;

            reference operator*() const { return *at_; }
            pointer operator->() const { return at_; }
            iterator& operator++() {
                at_ = ahead_->next();
                return *this;
            }
            void operator++(int) { ++*this; }
            friend bool operator==(const iterator& place, std::default_sentinel_t) { return place.at_ == nullptr; }

        private:
            friend pass;
            explicit iterator(prefetch<batch>& ahead) : ahead_(&ahead), at_(ahead.next()) {}
            prefetch<batch>* ahead_;
            const batch* at_;
        };

        /// Each batch is valid until the iterator moves on.
        iterator begin() { return iterator(ahead_); }
        std::default_sentinel_t end() const { return {}; }

    private:
        friend batches;
        pass(const batches& of, std::int64_t epoch, std::size_t first_batch)
            : ahead_(of.plan_.options.ahead, producer(of.plan_, epoch, first_batch)) {}
        prefetch<batch> ahead_;
    };
    /// One that begins with a later batch goes on where it was left: the batches of step s of a training are those of
    /// `epoch(s / size(), s % size())`.
    pass epoch(std::int64_t number = 0, std::size_t first_batch = 0) const { return pass(*this, number, first_batch); }

private:
    /// A set whose type is forgotten.
    struct example_source {
        const void* set;
        std::size_t size;
        std::int32_t (*copy)(const void* set, std::size_t index, float* to);  ///< gives the label
    };
    template <class Set> static std::int32_t copy_of(const void* set, std::size_t index, float* to) {
        static_cast<const Set*>(set)->copy_example(index, to);
        return static_cast<const Set*>(set)->label(index);
    }

    /// Where a batch of this rank begins in the order of the epoch, and what it has.
    struct place {
        std::size_t begin, count;
        double weight;
    };
    struct plan {
        example_source examples;
        batch_options options;

        std::size_t batches_of_step() const { return static_cast<std::size_t>(options.shards); }
        std::size_t own_batches_of_step() const { return static_cast<std::size_t>(options.shards / options.ranks); }
        std::size_t size() const {
            const std::size_t step = batches_of_step() * Batch, filled = examples.size / step;
            const bool has_rest = options.last == last_batch::padded && examples.size % step != 0;
            return (has_rest ? filled + 1 : filled) * own_batches_of_step();
        }
        place place_of(std::size_t number) const {
            const std::size_t own = own_batches_of_step(), step = batches_of_step() * Batch;
            const std::size_t first = number / own * step, of_step = (std::min)(step, examples.size - first);
            const std::size_t before = (static_cast<std::size_t>(options.rank) * own + number % own) * Batch;
            const std::size_t count = before >= of_step ? 0 : (std::min)(Batch, of_step - before);
            return {first + before, count,
                    static_cast<double>(count * batches_of_step()) / static_cast<double>(of_step)};
        }
    };

    /// Writes one batch after the other. It knows the set, not the `batches` object, which may go first.
    struct producer {
        producer(const plan& from, std::int64_t epoch, std::size_t first_batch) : of(from), next(first_batch) {
            if (of.options.order == example_order::shuffled)
                order = io_parts::shuffled_indices(of.examples.size, of.options.shuffle, epoch);
        }

        bool operator()(batch& to) {
            if (next >= of.size()) return false;
            const place found = of.place_of(next++);
            to.count = found.count;
            to.weight = found.weight;
            to.images.fill(0);
            to.labels.fill(0);
            to.mask.fill(0);
            to.indices.fill(0);
            for (std::size_t i = 0; i < to.count; ++i) {
                const std::size_t index = order.empty() ? found.begin + i : order[found.begin + i];
                to.labels(i) = of.examples.copy(of.examples.set, index, to.images.data() + i * elements);
                to.mask(i) = 1;
                to.indices[i] = index;
            }
            return true;
        }

        plan of;
        std::size_t next;
        std::vector<std::size_t> order;
    };

    plan plan_;
};

}  // namespace ambit
