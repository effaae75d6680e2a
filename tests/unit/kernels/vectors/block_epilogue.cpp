// SPDX-License-Identifier: BSL-1.0
// Products whose geometry is known at run time only, handed on in blocks, or to where they belong at once: every
// element once, of small whole numbers, so that no order of sums makes a difference.
#include <ambit/kernels/products/batch_gemm.hpp>
#include <ambit/kernels/vectors/block_epilogue.hpp>
#include <ambit/kernels/vectors/scalar.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

using namespace ambit;
using namespace ambit::contract_parts;
using namespace ambit::kernel_parts;

namespace {

template <class T> struct matrix_sink : block_sink {
    std::vector<T> values;
    std::vector<int> written;

    matrix_sink(std::int64_t rows, std::int64_t columns, bool at_once)
        : values(static_cast<std::size_t>(rows * columns)), written(values.size()) {
        row_length = columns;
        if (at_once) direct = reinterpret_cast<std::byte*>(values.data());
        take = [](const block_sink& to, const finished_block& block) noexcept {
            auto& self = const_cast<matrix_sink&>(static_cast<const matrix_sink&>(to));
            const T* const from = reinterpret_cast<const T*>(block.data);
            for (std::int64_t r = 0; r < block.rows; ++r)
                for (std::int64_t c = 0; c < block.columns; ++c) {
                    const auto place =
                        static_cast<std::size_t>((block.row + r * block.row_step) * self.row_length + block.column + c);
                    self.values[place] = from[r * block.stride + c];
                    ++self.written[place];
                }
        };
    }
};

template <class T> std::vector<T> whole_numbers(std::int64_t count, int first) {
    std::vector<T> list(static_cast<std::size_t>(count));
    for (std::size_t i = 0; i < list.size(); ++i)
        list[i] = static_cast<T>((static_cast<int>(i % 1009) * 7 + first) % 11 - 5);
    return list;
}

template <class T> bool is_right(const gemm_geometry& g, bool at_once) {
    const std::vector<T> a = whole_numbers<T>(g.m * g.k, 1), b = whole_numbers<T>(g.k * g.n, 4);
    std::vector<T> wanted(static_cast<std::size_t>(g.m * g.n));
    scalar::gemm<T>(g, a.data(), b.data(), wanted.data());
    const auto bytes = static_cast<std::size_t>(scratch_elements(g)) * sizeof(T) + 64;
    std::vector<std::byte> memory(bytes + 64);
    std::byte* const aligned = memory.data() + (64 - reinterpret_cast<std::uintptr_t>(memory.data()) % 64);
    matrix_sink<T> sink(g.m, g.n, at_once);
    const block_epilogue<T> epilogue(sink);
    gemm(g, a.data(), b.data(), reinterpret_cast<T*>(aligned), epilogue);
    epilogue.finish();
    const int times = at_once ? 0 : 1;
    return sink.values == wanted &&
           std::all_of(sink.written.begin(), sink.written.end(), [&](int count) { return count == times; });
}

}  // namespace

TEST_CASE("a product is handed on in blocks, or stored at once", "[kernels]") {
    for (const std::int64_t m : {1, 2, 3, 5, 9, 10, 14, 23, 31})
        for (const std::int64_t n : {1, 5, 16, 17, 33, 50, 63, 64, 100, 116, 128, 150, 500})
            for (const std::int64_t k : {1, 4, 7, 8, 17, 300})
                for (const std::int32_t transposed : {0, 1, 2, 3}) {
                    const gemm_geometry g{m, n, k, transposed & 1, transposed >> 1};
                    CAPTURE(m, n, k, transposed);
                    REQUIRE(is_right<float>(g, false));
                    REQUIRE(is_right<float>(g, true));
                }
}

TEST_CASE("rows longer than a block, and panels that are copied, are handed on piece by piece", "[kernels]") {
    for (const bool at_once : {false, true}) {
        CHECK(is_right<float>({1, 5000, 9}, at_once));
        CHECK(is_right<float>({2, 2049, 260, 1}, at_once));
        for (const std::int64_t m : {24, 31, 32})
            for (const std::int64_t n : {1024, 1040, 1051}) {
                CAPTURE(m, n);
                REQUIRE(needs_packing({m, n, 520}));
                CHECK(is_right<float>({m, n, 520}, at_once));
                CHECK(is_right<float>({m, n, 520, 0, 1}, at_once));
            }
    }
}
