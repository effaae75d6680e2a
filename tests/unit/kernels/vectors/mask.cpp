// SPDX-License-Identifier: BSL-1.0
#include <ambit/kernels/vectors/mask.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <cstring>
#include <random>

using namespace ambit::kernel_parts;

namespace {

// Bytes, since a vector of bool has no array.
template <std::size_t Size> using flags = std::array<bool, Size>;

template <std::size_t Size> flags<Size> some(std::mt19937& engine) {
    flags<Size> all{};
    for (bool& flag : all) flag = engine() % 2 == 0;
    return all;
}

template <class V> void check() {
    constexpr auto size = static_cast<std::size_t>(lanes<V>);
    std::mt19937 engine(static_cast<unsigned>(size));
    for (int round = 0; round < 200; ++round) {
        const flags<size> given = some<size>(engine);
        const mask_of<V> mask = load_mask<V>(given.data());
        flags<size + 2> stored = some<size + 2>(engine);
        const bool before = stored.front(), behind = stored.back();
        store_mask<V>(stored.data() + 1, mask);
        CHECK(std::equal(given.begin(), given.end(), stored.begin() + 1));
        CHECK(stored.front() == before);
        CHECK(stored.back() == behind);
        for (std::size_t i = 0; i < stored.size(); ++i) {  // in memory exactly 0 or 1
            unsigned char byte = 0;
            std::memcpy(&byte, stored.data() + i, 1);
            CHECK(byte <= 1);
        }
        for (std::size_t count = 0; count <= size; ++count) {
            const auto first = static_cast<std::int64_t>(count);
            const mask_of<V> part = load_partial_mask<V>(given.data(), first);
            flags<size> whole{}, rest = given;
            store_mask<V>(whole.data(), part);
            CHECK(std::equal(given.begin(), given.begin() + first, whole.begin()));
            CHECK(std::all_of(whole.begin() + first, whole.end(), [](bool flag) { return flag; }));
            store_partial_mask<V>(rest.data(), !mask, first);
            for (std::size_t i = 0; i < size; ++i) CHECK(rest[i] == (i < count ? !given[i] : given[i]));
        }
        // What comparisons give is the same kind of mask.
        if constexpr (lanes<V> > 1) {
            using T = element_of<V>;
            std::array<T, size> numbers{};
            for (std::size_t i = 0; i < size; ++i) numbers[i] = given[i] ? T(1) : T(-1);
            flags<size> compared{};
            store_mask<V>(compared.data(), V::load_unaligned(numbers.data()) > V(T(0)));
            CHECK(compared == given);
            std::array<T, size> chosen{};
            select(mask, V(T(3)), V(T(4))).store_unaligned(chosen.data());
            for (std::size_t i = 0; i < size; ++i) CHECK(chosen[i] == (given[i] ? T(3) : T(4)));
        }
    }
}

template <class T, std::int64_t Lanes> void check_sized() {
    if constexpr (!std::is_void_v<batch_of<T, Lanes>>) check<batch_of<T, Lanes>>();
}

}  // namespace

TEMPLATE_TEST_CASE("masks go to memory and back", "[kernels]", float, double, std::int32_t) {
    check<TestType>();
    check_sized<TestType, 2>();
    check_sized<TestType, 4>();
    check_sized<TestType, 8>();
    check_sized<TestType, 16>();
}
