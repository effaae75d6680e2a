// SPDX-License-Identifier: BSL-1.0
#include <ambit/kernels/vectors/array_sum.hpp>
#include <ambit/kernels/vectors/sum_tree.hpp>

#include "../support.hpp"

#include <catch2/catch.hpp>

using namespace ambit;
using namespace ambit::kernel_parts;
using namespace kernel_test;

namespace {

// Ones are added exactly up to 2^53 of them: no block is lost or counted twice.
template <std::int64_t Most> double count_steps(std::int64_t run, std::int64_t runs) {
    double sums[2] = {0, 0};
    sum_tree<double, 2, Most> before;
    for (std::int64_t r = 0; r < runs; ++r)
        before.run(run, sums, [&](std::int64_t steps) {
            if (steps > Most) sums[1] = 1;
            sums[0] += static_cast<double>(steps);
            sums[1] -= static_cast<double>(steps);
        });
    before.add_to(sums);
    REQUIRE(sums[0] == -sums[1]);
    return sums[0];
}

}  // namespace

TEST_CASE("every step is counted once", "[kernels][sum_tree]") {
    for (std::int64_t steps = 0; steps < 600; ++steps) REQUIRE(count_steps<1>(steps, 1) == double(steps));
    for (std::int64_t steps : {63, 64, 65, 511, 512, 513, 4096, 32'768, 1'000'001})
        REQUIRE(count_steps<64>(steps, 1) == double(steps));
    for (std::int64_t run : {1, 7, 63, 64, 65, 100}) REQUIRE(count_steps<64>(run, 1000) == double(run * 1000));
    REQUIRE(count_steps<1>(5'000'011, 1) == 5'000'011);  // the last level has more than one
}

TEST_CASE("sums of terms one by one", "[kernels][sum_tree]") {
    for (const float term : unround)
        for (std::int64_t count : {1, 64, 65, 1'000'003}) {
            CAPTURE(term, count);
            CHECK(is_sum_of_equals(sum_in_blocks<float>(count, [&](std::int64_t) { return term; }), term, count));
        }
    std::int64_t next = 0;
    const double sum = sum_in_blocks<double>(1000, [&](std::int64_t i) { return i == next++ ? static_cast<double>(i) : -1; });
    CHECK(sum == 499'500);
}

TEST_CASE("sums of arrays", "[kernels][array_sum]") {
    for (std::int64_t blocks : {1, 2, 8, 9, 64, 65, 1025, 40'000}) {
        CAPTURE(blocks);
        constexpr std::int64_t size = 3;
        std::vector<float> scratch(static_cast<std::size_t>(array_sum_scratch(blocks, size)));
        guarded<float> out(size);
        array_sum<float> sum(blocks, size, scratch.data(), out.data());
        for (std::int64_t b = 0; b < blocks; ++b) {
            for (std::int64_t i = 0; i < size; ++i) sum.into()[i] += unround[i];
            sum.finish_block();
        }
        sum.finish();
        for (std::int64_t i = 0; i < size; ++i) CHECK(is_sum_of_equals(out[i], unround[i], blocks));
        CHECK(out.is_intact());
    }
    STATIC_REQUIRE(array_sum_scratch(8, 100) == 0);
    STATIC_REQUIRE(array_sum_scratch(9, 100) == 100);
    STATIC_REQUIRE(array_sum_scratch(64, 100) == 100);
    STATIC_REQUIRE(array_sum_scratch(65, 100) == 200);
}
