// SPDX-License-Identifier: BSL-1.0
#include <ambit/io/batches.hpp>
#include <ambit/io/labelled_images.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <type_traits>
#include <vector>

using namespace ambit;
using namespace ambit::io_parts;

namespace {

/// Pictures of 1 x 2: the number of the example, and 255 less that.
labelled_images numbered(std::size_t count) {
    labelled_images set{1, 2, {}, {}};
    for (std::size_t i = 0; i < count; ++i) {
        set.pixels.push_back(static_cast<std::uint8_t>(i));
        set.pixels.push_back(static_cast<std::uint8_t>(255 - i));
        set.labels.push_back(static_cast<std::uint8_t>(i % 7));
    }
    return set;
}

template <class Batches> std::vector<std::size_t> order_of(const Batches& of, std::int64_t epoch) {
    std::vector<std::size_t> order;
    for (const auto& batch : of.epoch(epoch))
        order.insert(order.end(), batch.indices.begin(), batch.indices.begin() + std::ptrdiff_t(batch.count));
    return order;
}

}  // namespace

TEST_CASE("a batch holds its examples as a model takes them", "[io]") {
    const labelled_images set = numbered(100);
    const batches<4, 1, 2> examples(set, {.order = example_order::shuffled, .shuffle = seed{3}});
    REQUIRE(examples.size() == 25);
    std::size_t count = 0;
    for (const auto& batch : examples.epoch()) {
        REQUIRE(batch.count == 4);
        for (std::size_t i = 0; i < 4; ++i, ++count) {
            const std::size_t index = batch.indices[i];
            REQUIRE(batch.images(i, 0, 0) == static_cast<float>(index) / 255.0F);
            REQUIRE(batch.images(i, 0, 1) == static_cast<float>(255 - index) / 255.0F);
            REQUIRE(batch.labels(i) == std::int32_t(index % 7));
            REQUIRE(batch.mask(i) == 1);
        }
    }
    REQUIRE(count == 100);
}

TEST_CASE("what does not fill a batch is dropped, or padded", "[io]") {
    const auto count = GENERATE(Catch::Generators::as<std::size_t>{}, 0, 1, 3, 4, 5, 8, 11);
    CAPTURE(count);
    const labelled_images set = numbered(count);
    const batches<4, 2> dropping(set, {.last = last_batch::dropped});
    REQUIRE(dropping.size() == count / 4);
    REQUIRE(dropping.examples() == count / 4 * 4);
    REQUIRE(order_of(dropping, 0).size() == count / 4 * 4);

    const batches<4, 2> padding(set, {.last = last_batch::padded});
    REQUIRE(padding.examples() == count);
    std::vector<std::size_t> all(count);
    std::iota(all.begin(), all.end(), std::size_t{0});
    REQUIRE(order_of(padding, 0) == all);
    std::size_t number = 0;
    for (const auto& batch : padding.epoch()) {
        ++number;
        for (std::size_t i = 0; i < 4; ++i) {
            REQUIRE(batch.mask(i) == (i < batch.count ? 1.0F : 0.0F));
            // Slots are used again: nothing of an earlier batch is left in the padding.
            if (i >= batch.count) REQUIRE((batch.images(i, 0) == 0 && batch.images(i, 1) == 0 && batch.labels(i) == 0));
        }
    }
    REQUIRE(number == padding.size());
}

TEST_CASE("an epoch has every example once, in an order that seed and epoch give", "[io]") {
    const labelled_images set = numbered(90);
    const batch_options options{.order = example_order::shuffled, .shuffle = seed{1}, .last = last_batch::padded};
    const batches<8, 2> examples(set, options);
    const auto first = order_of(examples, 0);
    REQUIRE(std::set(first.begin(), first.end()).size() == 90);
    REQUIRE(order_of(examples, 0) == first);
    REQUIRE(order_of(batches<9, 2>(set, options), 0) == first);  // whatever the batch
    REQUIRE(order_of(examples, 1) != first);
    batch_options other = options;
    other.shuffle = seed{2};
    REQUIRE(order_of(batches<8, 2>(set, other), 0) != first);
    other = options;
    other.ahead = 7;
    REQUIRE(order_of(batches<8, 2>(set, other), 0) == first);
}

TEST_CASE("an epoch that begins with a later batch is the rest of it", "[io]") {
    const labelled_images set = numbered(22);
    for (const last_batch last : {last_batch::dropped, last_batch::padded}) {
        const batches<4, 2> examples(set, {.order = example_order::shuffled, .shuffle = seed{5}, .last = last});
        const std::vector<std::size_t> whole = order_of(examples, 2);
        for (std::size_t first = 0; first <= examples.size() + 1; ++first) {
            std::vector<std::size_t> rest;
            for (const auto& batch : examples.epoch(2, first))
                rest.insert(rest.end(), batch.indices.begin(), batch.indices.begin() + std::ptrdiff_t(batch.count));
            const auto begin = whole.begin() + std::ptrdiff_t((std::min)(4 * first, whole.size()));
            REQUIRE(rest == std::vector<std::size_t>(begin, whole.end()));
        }
    }
}

TEST_CASE("every permutation is equally likely", "[io]") {
    std::map<std::vector<std::size_t>, int> seen;
    for (int epoch = 0; epoch < 24'000; ++epoch) ++seen[shuffled_indices(4, seed{5}, epoch)];
    REQUIRE(seen.size() == 24);
    double chi_squared = 0;
    for (const auto& [order, count] : seen) chi_squared += (count - 1000.0) * (count - 1000.0) / 1000;
    REQUIRE(chi_squared < 52.6);  // 23 degrees of freedom: once in 2,500 seeds it is more, and the seed is fixed
    REQUIRE(shuffled_indices(0, seed{5}, 0).empty());
    REQUIRE(shuffled_indices(1, seed{5}, 0) == std::vector<std::size_t>{0});
}

TEST_CASE("an epoch may be left early, and batches may go before it", "[io]") {
    const labelled_images set = numbered(100);
    auto begun = batches<4, 2>(set, {.order = example_order::shuffled}).epoch();
    std::size_t count = 0;
    for (const auto& batch : begun)
        if (count += batch.count; count >= 20) break;
    REQUIRE(count == 20);
}

TEST_CASE("pictures of another size", "[io]") {
    const labelled_images set = numbered(4);
    REQUIRE_THROWS_WITH((batches<2, 3>(set)), Catch::Contains("the pictures have 1 x 2 pixels, and the batch takes 3"));
    STATIC_REQUIRE(std::is_constructible_v<batches<2, 2>, const labelled_images&>);
}

TEST_CASE("ranks share the batches of a step, in the same order however many they are", "[io]") {
    const auto count = GENERATE(Catch::Generators::as<std::size_t>{}, 0, 5, 16, 17, 31, 33);
    const auto last = GENERATE(last_batch::dropped, last_batch::padded);
    CAPTURE(count, last);
    const labelled_images set = numbered(count);
    const batch_options whole{.order = example_order::shuffled, .shuffle = seed{3}, .last = last};
    const batches<16, 2> alone(set, whole);
    for (const int ranks : {1, 2, 4})
        for (const int shards : {ranks, 4}) {
            std::map<std::size_t, std::vector<std::size_t>> by_step;  // what all ranks have
            std::map<std::size_t, double> weights;
            std::size_t examples = 0;
            for (int rank = 0; rank < ranks; ++rank) {
                batch_options part = whole;
                part.rank = rank;
                part.ranks = ranks;
                part.shards = shards;
                // 16 examples a step in any case.
                const auto visit = [&](const auto& own) {
                    const auto of_step = static_cast<std::size_t>(shards / ranks);
                    REQUIRE(own.size() == alone.size() * of_step);
                    examples += own.examples();
                    std::size_t number = 0;
                    for (const auto& batch : own.epoch(7)) {
                        auto& seen = by_step[number / of_step];
                        seen.insert(seen.end(), batch.indices.begin(),
                                    batch.indices.begin() + std::ptrdiff_t(batch.count));
                        weights[number / of_step] += batch.weight;
                        ++number;
                    }
                    REQUIRE(number == own.size());
                };
                if (shards == 1) visit(batches<16, 2>(set, part));
                if (shards == 2) visit(batches<8, 2>(set, part));
                if (shards == 4) visit(batches<4, 2>(set, part));
            }
            REQUIRE(examples == alone.examples());
            std::size_t step = 0;
            for (const auto& batch : alone.epoch(7)) {
                REQUIRE(by_step[step] == std::vector<std::size_t>(batch.indices.begin(),
                                                                  batch.indices.begin() + std::ptrdiff_t(batch.count)));
                REQUIRE(weights[step] == Approx(shards));
                ++step;
            }
        }
}

TEST_CASE("ranks that cannot share the batches of a step are refused", "[io]") {
    const labelled_images set = numbered(8);
    using of_four = batches<4, 2>;
    REQUIRE_THROWS_WITH(of_four(set, {.rank = 2, .ranks = 2}), Catch::Contains("rank 2 of 2 with 2 batches a step"));
    REQUIRE_THROWS_WITH(of_four(set, {.rank = 0, .ranks = 2, .shards = 3}), Catch::Contains("3 batches a step"));
}
