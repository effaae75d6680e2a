// SPDX-License-Identifier: BSL-1.0
// Ops that move elements, as a model computes them, against numbers written by hand, in every dtype.
#include <ambit/autodiff/gradients.hpp>
#include <ambit/model/model.hpp>
#include <ambit/ops/all.hpp>

#include "../../../support/numbers.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <initializer_list>

using namespace ambit;
using namespace ambit::contract_parts;
using namespace ambit_test;

namespace {

// The elements of a result as ints.
template <class X> std::vector<int> as_ints(const X& result) {
    std::vector<int> all;
    for (const auto x : elements(result)) all.push_back(static_cast<int>(x));
    return all;
}
using ints = std::vector<int>;

template <class T, std::size_t Count> std::array<T, Count> counted_from(int first) {
    std::array<T, Count> all{};
    for (std::size_t i = 0; i < Count; ++i) all[i] = static_cast<T>(first + static_cast<int>(i));
    return all;
}
// Which of some elements differ from zero: what is left of numbers in bool.
ints flags_of(ints numbers) {
    for (int& n : numbers) n = n != 0 ? 1 : 0;
    return numbers;
}
template <class T> ints held(ints numbers) { return std::is_same_v<T, bool> ? flags_of(numbers) : numbers; }

struct views {
    struct outputs {
        tensor box, rows, every_other, mirrored, corner, both_ends, turned, last_column;
    };
    constexpr outputs operator()(scope&, const tensor& x) const {  // [3, 4], 0 to 11
        const tensor box = slice(x, {1, 1}, {2, -1});
        const tensor rows = slice(x, {1, 0}, {1, -1});
        const tensor every_other = strided_slice(x, {.strides = {2, 2}});
        const tensor mirrored = strided_slice(x, {.begin = {1}, .strides = {1, -1}});
        const tensor corner = strided_slice(x, {.begin = {-1, -2}, .end = {unbounded, -1}});
        const tensor both_ends = strided_slice(x, {.strides = {-2, 3}});
        const tensor turned = reverse(x, {0, -1});
        return {box, rows, every_other, mirrored, corner, both_ends, turned, slice(x, {0, 3}, {3, 1})};
    }
};

template <class T> void check_views() {
    model<views, input<T, 3, 4>> net(seed{});
    const auto [box, rows, every_other, mirrored, corner, both_ends, turned, last_column] = net(counted_from<T, 12>(0));
    CHECK(as_ints(box) == held<T>({5, 6, 7, 9, 10, 11}));
    CHECK(as_ints(rows) == held<T>({4, 5, 6, 7}));
    CHECK(as_ints(every_other) == held<T>({0, 2, 8, 10}));
    CHECK(as_ints(mirrored) == held<T>({7, 6, 5, 4, 11, 10, 9, 8}));
    CHECK(as_ints(corner) == held<T>({10}));
    CHECK(as_ints(both_ends) == held<T>({8, 11, 0, 3}));
    CHECK(as_ints(turned) == held<T>({11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0}));
    CHECK(as_ints(last_column) == held<T>({3, 7, 11}));
}

struct joins {
    struct outputs {
        tensor rows, columns, stacked, stacked_last, tiled, spread, row_of_two, many;
    };
    constexpr outputs operator()(scope&, const tensor& a, const tensor& b) const {  // [2, 2] 0 to 3, [1, 2] 4 and 5
        const tensor rows = concat({a, b}, 0);
        const tensor columns = concat({a, concat({b, b}, 0), a}, 1);
        const tensor stacked = stack({a, a}, 0);
        const tensor stacked_last = stack({a, concat({b, b}, 0)}, -1);
        const tensor tiled = tile(a, {2, 3});
        const buffer<tensor> parts = unstack(a, 1);
        const tensor spread = concat({parts[1], parts[0], squeeze(split(b, {1, 1}, 1)[1], {0})}, -1);
        buffer<tensor> all;
        for (int i = 0; i < 11; ++i) all.push_back(i % 2 == 0 ? a : b);
        return {rows, columns, stacked, stacked_last, tiled, spread, split<2>(a, 0)[1], concat(all, 0)};
    }
};
// Without sums, which bool has not.
struct joins_of_flags {
    struct outputs {
        tensor rows, columns, stacked, stacked_last, tiled;
    };
    constexpr outputs operator()(scope&, const tensor& a, const tensor& b) const {
        const tensor columns = concat({a, concat({b, b}, 0), a}, 1);
        const tensor stacked_last = stack({a, concat({b, b}, 0)}, -1);
        return {concat({a, b}, 0), columns, stack({a, a}, 0), stacked_last, tile(a, {2, 3})};
    }
};

template <class T> void check_joins() {
    using module = std::conditional_t<std::is_same_v<T, bool>, joins_of_flags, joins>;
    model<module, input<T, 2, 2>, input<T, 1, 2>> net(seed{});
    const auto all = net(counted_from<T, 4>(0), counted_from<T, 2>(4));
    CHECK(as_ints(std::get<0>(all)) == held<T>({0, 1, 2, 3, 4, 5}));
    CHECK(as_ints(std::get<1>(all)) == held<T>({0, 1, 4, 5, 0, 1, 2, 3, 4, 5, 2, 3}));
    CHECK(as_ints(std::get<2>(all)) == held<T>({0, 1, 2, 3, 0, 1, 2, 3}));
    CHECK(as_ints(std::get<3>(all)) == held<T>({0, 4, 1, 5, 2, 4, 3, 5}));
    CHECK(as_ints(std::get<4>(all)) ==
          held<T>({0, 1, 0, 1, 0, 1, 2, 3, 2, 3, 2, 3, 0, 1, 0, 1, 0, 1, 2, 3, 2, 3, 2, 3}));
    if constexpr (!std::is_same_v<T, bool>) {
        CHECK(as_ints(std::get<5>(all)) == ints{1, 3, 0, 2, 5});
        CHECK(as_ints(std::get<6>(all)) == ints{2, 3});
        ints many;
        for (int i = 0; i < 11; ++i)
            for (const int x : i % 2 == 0 ? ints{0, 1, 2, 3} : ints{4, 5}) many.push_back(x);
        CHECK(as_ints(std::get<7>(all)) == many);
    }
}

struct paddings_of_a_matrix {
    struct outputs {
        tensor framed, reflected, symmetric, diagonal, main;
    };
    constexpr outputs operator()(scope&, const tensor& x) const {  // [2, 3], 1 to 6
        const tensor framed = pad(x, {{1, 0}, {2, 1}}, {.constant_value = 1});
        const tensor reflected = pad(x, {{1, 1}, {2, 0}}, {.mode = pad_mode::reflect});
        const tensor symmetric = pad(x, {{0, 2}, {1, 3}}, {.mode = pad_mode::symmetric});
        const tensor diagonal = diag(slice(x, {0, 1}, {-1, 2}));
        return {framed, reflected, symmetric, diagonal, diag_part(diagonal)};
    }
};

// The matrices are those that NumPy's pad writes.
template <class T> void check_paddings() {
    model<paddings_of_a_matrix, input<T, 2, 3>> net(seed{});
    const auto [framed, reflected, symmetric, diagonal, main] = net(counted_from<T, 6>(1));
    CHECK(as_ints(framed) == held<T>({1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 3, 1, 1, 1, 4, 5, 6, 1}));
    CHECK(as_ints(reflected) == held<T>({6, 5, 4, 5, 6, 3, 2, 1, 2, 3, 6, 5, 4, 5, 6, 3, 2, 1, 2, 3}));
    CHECK(as_ints(symmetric) ==
          held<T>({1, 1, 2, 3, 3, 2, 1, 4, 4, 5, 6, 6, 5, 4, 4, 4, 5, 6, 6, 5, 4, 1, 1, 2, 3, 3, 2, 1}));
    CHECK(as_ints(diagonal) == held<T>({2, 0, 0, 3, 5, 0, 0, 6}));
    CHECK(as_ints(main) == held<T>({2, 3, 5, 6}));
}

struct images {
    struct outputs {
        tensor deep, back;
    };
    constexpr outputs operator()(scope&, const tensor& x) const {
        const tensor deep = space_to_depth(x, 2);
        return {deep, depth_to_space(deep, 2)};
    }
};

struct by_index {
    struct outputs {
        tensor rows, columns, one, sequences, other_axes;
    };
    constexpr outputs operator()(scope&, const tensor& x, const tensor& at) const {  // [3, 4] 1 to 12, {2, 0, 7, -1}
        const tensor rows = gather(x, at);
        const tensor columns = gather(x, reshape(at, {2, 2}), {.axis = -1});
        const tensor one = gather(x, slice(at, {0}, {1}), {.axis = 0});
        const tensor sequences = reverse_sequence(x, slice(at, {0}, {3}), {.sequence_axis = 1});
        return {rows, columns, one, sequences, reverse_sequence(x, at, {.sequence_axis = 0, .batch_axis = 1})};
    }
};
struct sums_by_index {
    struct outputs {
        tensor sums, added, segments;
    };
    constexpr outputs operator()(scope&, const tensor& x, const tensor& at) const {  // [4] 1 to 4
        const tensor sums = scatter(at, x, {3});
        return {sums, scatter_add(x, at, x), unsorted_segment_sum(stack({x, x}, 1), at, 2)};
    }
};

template <class T, class Index> void check_indices() {
    model<by_index, input<T, 3, 4>, input<Index, 4>> net(seed{});
    const std::array<Index, 4> at{2, 0, 7, -1};
    const auto [rows, columns, one, sequences, other_axes] = net(counted_from<T, 12>(1), at);
    CHECK(as_ints(rows) == held<T>({9, 10, 11, 12, 1, 2, 3, 4, 0, 0, 0, 0, 0, 0, 0, 0}));
    CHECK(as_ints(columns) == held<T>({3, 1, 0, 0, 7, 5, 0, 0, 11, 9, 0, 0}));
    CHECK(as_ints(one) == held<T>({9, 10, 11, 12}));
    CHECK(as_ints(sequences) == held<T>({2, 1, 3, 4, 5, 6, 7, 8, 0, 0, 0, 0}));
    CHECK(as_ints(other_axes) == held<T>({5, 2, 0, 0, 1, 6, 0, 0, 9, 10, 0, 0}));
    if constexpr (!std::is_same_v<T, bool>) {
        model<sums_by_index, input<T, 4>, input<Index, 4>> adding(seed{});
        const auto [sums, added, segments] = adding(counted_from<T, 4>(1), std::array<Index, 4>{1, 5, 1, 0});
        CHECK(as_ints(sums) == ints{4, 4, 0});
        CHECK(as_ints(added) == ints{5, 6, 3, 4});
        CHECK(as_ints(segments) == ints{4, 4, 4, 4});
    }
}

template <dtype To> struct hot {
    struct outputs {
        tensor rows, columns;
    };
    constexpr outputs operator()(scope&, const tensor& at) const {  // {2, 0, 3}
        return {one_hot(at, 3, {.dtype = To}), one_hot(at, 3, {.on = 0, .off = 1, .axis = 0, .dtype = To})};
    }
};
template <dtype To, class Index> void check_one_hot() {
    model<hot<To>, input<Index, 3>> net(seed{});
    const auto [rows, columns] = net(std::array<Index, 3>{2, 0, 3});
    CHECK(as_ints(rows) == ints{0, 0, 1, 1, 0, 0, 0, 0, 0});
    CHECK(as_ints(columns) == ints{1, 0, 1, 1, 1, 1, 0, 1, 1});
}

}  // namespace

TEMPLATE_TEST_CASE("slices, strides and reversals", "[ops]", float, double, std::int32_t, std::int64_t, std::uint8_t,
                   bool) {
    check_views<TestType>();
}
TEMPLATE_TEST_CASE("joins, parts and tiles", "[ops]", float, std::int64_t, std::uint8_t, bool) {
    check_joins<TestType>();
}
TEMPLATE_TEST_CASE("padding and diagonals", "[ops]", float, std::int64_t, std::uint8_t, bool) {
    check_paddings<TestType>();
}
TEMPLATE_TEST_CASE("gathers, scatters and sequences", "[ops]", float, std::int64_t, bool) {
    check_indices<TestType, std::int32_t>();
}

TEST_CASE("indices of 64 bits, and bytes", "[ops]") {
    check_indices<float, std::int64_t>();
    check_indices<std::uint8_t, std::int64_t>();
}

TEST_CASE("one_hot", "[ops]") {
    check_one_hot<float32, std::int32_t>();
    check_one_hot<float64, std::int64_t>();
    check_one_hot<int32, std::uint8_t>();
    check_one_hot<int64, std::int32_t>();
    check_one_hot<uint8, std::int64_t>();
    check_one_hot<boolean, std::int32_t>();
}

TEST_CASE("space_to_depth orders channels by row and column of the block", "[ops]") {
    model<images, input<float, 1, 2, 4, 2>> net(seed{});
    const auto x = counted_from<float, 16>(0);
    const auto [deep, back] = net(x);
    CHECK(deep.shape(1) == 1);
    CHECK(deep.shape(2) == 2);
    CHECK(deep.shape(3) == 8);
    CHECK(as_ints(deep) == ints{0, 1, 2, 3, 8, 9, 10, 11, 4, 5, 6, 7, 12, 13, 14, 15});
    CHECK(elements(back) == std::vector<float>(x.begin(), x.end()));
}

namespace {

struct constants {
    struct outputs {
        tensor half, sevens, list, bytes, flags, large, sum, matrix, counted, down, grid, id, wide_id, product;
    };
    constexpr outputs operator()(scope& s) const {
        const tensor half = constant(s, 0.5);
        const tensor sevens = constant(s, 7, {2, 2});
        const tensor list = constant(s, {-1, 2, -3}, {3, 1});
        const tensor bytes = constant(s, {1, 2, 255}, {3}, {.dtype = uint8});
        const tensor flags = constant(s, std::array<bool, 3>{true, false, true});
        const tensor large = constant(s, {1LL << 40, -1LL}, {2});
        const tensor sum = list + constant(s, {10, 20, 30, 40}, {1, 4});
        const tensor matrix = constant(s, std::array{std::array{1.5, 2.5}, std::array{3.5, 4.5}});
        const tensor counted = range(s, 1, 8, 3);
        const tensor down = range(s, 1, 0, -0.25);
        const tensor grid = linspace(s, -1, 1, 5, {.dtype = float64});
        const tensor id = eye(s, 2);
        const tensor wide_id = eye(s, 2, {.columns = 3, .dtype = int32});
        const tensor product = matmul(matrix, constant(s, {0, 1, 1, 0}, {2, 2}, {.dtype = float64}));
        return {half, sevens, list, bytes, flags, large, sum, matrix, counted, down, grid, id, wide_id, product};
    }
};

struct likes {
    struct outputs {
        tensor zeros, ones, from_zeros;
    };
    constexpr outputs operator()(scope& s, const tensor& x) const {
        return {zeros_like(x), ones_like(x), zeros(s, {2}, {.dtype = int32}) + ones(s, {2}, {.dtype = int32}) + x};
    }
};

}  // namespace

TEST_CASE("constants", "[ops]") {
    model<constants> net(seed{});
    const auto [half, sevens, list, bytes, flags, large, sum, matrix, counted, down, grid, id, wide_id, product] =
        net();
    CHECK(half == 0.5F);
    CHECK(as_ints(sevens) == ints{7, 7, 7, 7});
    CHECK(elements(list) == std::vector<std::int32_t>{-1, 2, -3});
    CHECK(elements(bytes) == std::vector<std::uint8_t>{1, 2, 255});
    CHECK(as_ints(flags) == ints{1, 0, 1});
    CHECK(elements(large) == std::vector<std::int64_t>{1LL << 40, -1});
    CHECK(as_ints(sum) == ints{9, 19, 29, 39, 12, 22, 32, 42, 7, 17, 27, 37});
    CHECK(elements(matrix) == std::vector<double>{1.5, 2.5, 3.5, 4.5});
    CHECK(elements(counted) == std::vector<std::int32_t>{1, 4, 7});
    CHECK(elements(down) == std::vector<float>{1, 0.75F, 0.5F, 0.25F});
    CHECK(elements(grid) == std::vector<double>{-1, -0.5, 0, 0.5, 1});
    CHECK(as_ints(id) == ints{1, 0, 0, 1});
    CHECK(as_ints(wide_id) == ints{1, 0, 0, 0, 1, 0});
    CHECK(elements(product) == std::vector<double>{2.5, 1.5, 4.5, 3.5});
    model<likes, input<std::int32_t, 2>> like(seed{});
    const auto [zeros, ones, from_zeros] = like(std::array<std::int32_t, 2>{5, 6});
    CHECK(as_ints(zeros) == ints{0, 0});
    CHECK(as_ints(ones) == ints{1, 1});
    CHECK(as_ints(from_zeros) == ints{6, 7});
}

namespace {

struct trained {
    struct outputs {
        tensor loss, embeddings;
    };
    constexpr outputs operator()(scope& s, const tensor& ids) const {
        const variable table =
            s.get_variable("embeddings", {5, 2}, {.initializer = constant({0, 1, 2, 3, 4, 5, 6, 7, 8, 9})});
        const tensor rows = embedding_lookup(table, ids);
        const tensor loss = reduce_sum(square(rows));
        return {loss, gradients(loss, s.trainable_variables())[0]};
    }
};

}  // namespace

TEST_CASE("the gradient of a lookup is a table with the rows that were used", "[ops]") {
    model<trained, input<std::int32_t, 3>> net(seed{});
    const auto [loss, slope] = net(std::array<std::int32_t, 3>{1, 4, 1});
    CHECK(loss == 2 * (4 + 9) + 64 + 81);
    CHECK(as_ints(slope) == ints{0, 0, 8, 12, 0, 0, 0, 0, 16, 18});
}
