// SPDX-License-Identifier: BSL-1.0
// What ops and programs exchange, on however many ranks this runs. Numbers are small and whole: sums are exact.
#include <ambit/distributed/collectives.hpp>

#include <ambit/autodiff/gradients.hpp>
#include <ambit/model/model.hpp>

#include "ranks.hpp"
#include "../support/shape_rule.hpp"

#include <catch2/catch.hpp>

using namespace ambit;
using namespace ambit_test;

namespace {

/// x of rank r is {r + 1, 10 (r + 1)}; the loss weighs what comes out by {1, 2}, times r + 1.
struct exchange {
    struct outputs {
        tensor sum, mean, first, sum_by_x, mean_by_x, first_by_x;
        tensor counted;
    };
    constexpr outputs operator()(scope& s, const tensor& x, const tensor& weight, const tensor& count) const {
        const variable v = s.get_variable("v", {2}, {.initializer = zeros()});
        const tensor own = x + v;  // d loss / d v is d loss / d x
        const tensor sum = all_reduce_sum(own), mean = all_reduce_mean(own), first = broadcast(own);
        const auto by = [&](const tensor& y) { return gradients(reduce_sum(y * weight), std::array{v})[0]; };
        return {sum, mean, first, by(sum), by(mean), by(first), all_reduce_sum(count)};
    }
};
using exchanger = model<exchange, input<float, 2>, input<float, 2>, input<std::int64_t>>;

/// The sum of 1 … n.
constexpr float sum_to(int n) { return static_cast<float>(n * (n + 1) / 2); }

template <int Ranks> struct sharing {
    struct outputs {
        tensor all, part, all_by_x, part_by_x;
    };
    constexpr outputs operator()(scope& s, const tensor& x) const {
        const variable v = s.get_variable("v", {1, 2}, {.initializer = zeros()});
        const tensor own = x + v;
        const tensor all = all_gather(own, {.ranks = Ranks});
        const tensor part = reduce_scatter_sum(all * all, {.ranks = Ranks});
        return {all, part, gradients(reduce_sum(all * all), std::array{v})[0],
                gradients(reduce_sum(part), std::array{v})[0]};
    }
};

template <int Ranks> void check_sharing(communicator& ranks) {
    model<sharing<Ranks>, input<float, 1, 2>> net(seed{1});
    const float own = static_cast<float>(ranks.rank() + 1);
    ranks.run([&] {
        const auto [all, part, all_by_x, part_by_x] = net(xt::xtensor<float, 2>{{own, 10 * own}});
        for (int r = 0; r < Ranks; ++r) {
            CHECK(all(r, 0) == static_cast<float>(r + 1));
            CHECK(all(r, 1) == 10 * static_cast<float>(r + 1));
        }
        // Each rank has summed the squares of all: Ranks times those of this one.
        CHECK(part(0, 0) == Ranks * own * own);
        CHECK(part(0, 1) == Ranks * 100 * own * own);
        // d/dx of Ranks losses, each of which has x².
        CHECK(all_by_x(0, 0) == 2 * Ranks * own);
        CHECK(part_by_x(0, 1) == 20 * Ranks * own);
    });
}

}  // namespace

TEST_CASE("sums, means and one rank's values, with gradients", "[distributed]") {
    communicator& ranks = all_ranks();
    const int n = ranks.size();
    const float own = static_cast<float>(ranks.rank() + 1);
    exchanger net(seed{1});
    ranks.run([&] {
        const auto [sum, mean, first, sum_by_x, mean_by_x, first_by_x, counted] =
            net(xt::xtensor<float, 1>{own, 10 * own}, xt::xtensor<float, 1>{own, 2 * own}, std::int64_t{1} << 40);
        CHECK(sum(0) == sum_to(n));
        CHECK(sum(1) == 10 * sum_to(n));
        CHECK(mean(1) == 10 * sum_to(n) / static_cast<float>(n));
        CHECK(first(1) == 10);
        CHECK(sum_by_x(0) == sum_to(n));
        CHECK(mean_by_x(1) == 2 * sum_to(n) / static_cast<float>(n));
        CHECK(first_by_x(0) == (ranks.is_root() ? sum_to(n) : 0));
        CHECK(counted == (std::int64_t{1} << 40) * n);
    });
}

TEST_CASE("without a communicator there is one rank", "[distributed]") {
    exchanger net(seed{1});
    const auto [sum, mean, first, sum_by_x, mean_by_x, first_by_x, counted] =
        net(xt::xtensor<float, 1>{3, 4}, xt::xtensor<float, 1>{5, 6}, std::int64_t{7});
    CHECK(sum(0) == 3);
    CHECK(mean(1) == 4);
    CHECK(first(0) == 3);
    CHECK(sum_by_x(0) == 5);
    CHECK(mean_by_x(1) == 6);
    CHECK(first_by_x(0) == 5);
    CHECK(counted == 7);
}

TEST_CASE("values of all ranks, and parts of sums", "[distributed]") {
    communicator& ranks = all_ranks();
    if (ranks.size() == 1) check_sharing<1>(ranks);
    if (ranks.size() == 2) check_sharing<2>(ranks);
    if (ranks.size() == 4) check_sharing<4>(ranks);
}

TEST_CASE("a module for another number of ranks is refused on all of them, and nothing hangs", "[distributed]") {
    communicator& ranks = all_ranks();
    communicator fresh(MPI_COMM_WORLD);
    model<sharing<3>, input<float, 1, 2>> net(seed{1});
    try {
        fresh.run([&] { net(xt::xtensor<float, 2>{{1, 2}}); });
        FAIL("made for 3 ranks");
    } catch (const distributed_error& e) {
        CHECK(e.kind() == distributed_fault::rank_count);
        CHECK(e.rank() == ranks.rank());
        CHECK(e.step() == 1);
        CHECK(std::string(e.what()).find("made for 3 ranks") != std::string::npos);
    }
    CHECK_THROWS_AS(fresh.sum(1), distributed_error);  // what it has met stays
}

TEST_CASE("programs exchange numbers and bytes", "[distributed]") {
    communicator& ranks = all_ranks();
    CHECK(ranks.sum(ranks.rank() + 1) == Approx(sum_to(ranks.size())));
    CHECK(ranks.mean(3) == 3);
    const auto all = ranks.all_gather(ranks.rank() * 2);
    REQUIRE(all.size() == static_cast<std::size_t>(ranks.size()));
    for (int r = 0; r < ranks.size(); ++r) CHECK(all[static_cast<std::size_t>(r)] == 2 * r);
    int last = ranks.rank();
    ranks.broadcast(std::as_writable_bytes(std::span(&last, 1)), ranks.size() - 1);
    CHECK(last == ranks.size() - 1);
    ranks.barrier();
}

TEST_CASE("what collectives are made of", "[distributed]") {
    using namespace ambit::distributed_parts;
    STATIC_REQUIRE(gives<all_reduce_sum_op>({i64(2, 3)}, {}, i64(2, 3)));
    STATIC_REQUIRE(gives<broadcast_op>({flags(3)}, {1}, flags(3)));
    STATIC_REQUIRE(gives<all_gather_op>({u8(2, 3)}, {4}, u8(8, 3)));
    STATIC_REQUIRE(gives<reduce_scatter_sum_op>({f64(8, 3)}, {4}, f64(2, 3)));
    using ambit_test::refuses;
    STATIC_REQUIRE(refuses<all_reduce_sum_op>({u8(3)}, {}, mistake::op_dtype,
                                              "the operand must be float32, float64, int32 or int64"));
    STATIC_REQUIRE(
        refuses<all_reduce_mean_op>({i32(3)}, {}, mistake::op_dtype, "the operand must be float32 or float64"));
    STATIC_REQUIRE(refuses<broadcast_op>({f32(3)}, {-1}, mistake::op_option, "root is -1: at least 0"));
    STATIC_REQUIRE(refuses<all_gather_op>({f32(3)}, {0}, mistake::op_option, "ranks is 0: at least 1"));
    STATIC_REQUIRE(
        refuses<all_gather_op>({f32()}, {2}, mistake::op_shape, "the operand needs an axis that ranks share"));
    STATIC_REQUIRE(refuses<reduce_scatter_sum_op>(
        {f32(3)}, {2}, mistake::op_shape, "axis 0 must be a multiple of .ranks, each of which gets a part of it"));
}
