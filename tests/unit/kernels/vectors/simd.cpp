// SPDX-License-Identifier: BSL-1.0
#include <ambit/kernels/vectors/simd.hpp>

#include "../support.hpp"

#include <catch2/catch.hpp>

#include <iterator>
#include <limits>

using namespace ambit::kernel_parts;
using namespace kernel_test;

namespace {

template <class T> using whole = xsimd::batch<T, xsimd::default_arch>;

// Notes which columns it was given.
template <class T> struct recorder {
    T* out;
    template <class V> void operator()(const V& value, std::int64_t row, std::int64_t column) const noexcept {
        store_vector(out + row + column, value);
    }
};

}  // namespace

TEMPLATE_TEST_CASE("partial loads read and partial stores write the first elements only",
                   "[kernels][simd]", float,
                   double, std::int32_t, std::uint8_t) {
    using V = whole<TestType>;
    for (std::int64_t count = 0; count <= lanes<V>; ++count) {
        const operand<TestType> x(count);
        guarded<TestType> all(lanes<V>), some(count), emitted(count + 5);
        const V loaded = load_partial<V>(x.data(), count, TestType(7));
        store_vector(all.data(), loaded);
        store_partial(some.data(), loaded, count);
        CHECK(some.is_intact());
        for (std::int64_t i = 0; i < lanes<V>; ++i) CHECK(all[i] == (i < count ? x[i] : TestType(7)));
        for (std::int64_t i = 0; i < count; ++i) CHECK(some[i] == x[i]);
        if (count > 0) hand_over(recorder<TestType>{emitted.data()}, loaded, 2, 3, count);
        CHECK(emitted.is_intact());
        for (std::int64_t i = 0; i < count; ++i) CHECK(emitted[i + 5] == x[i]);
    }
}

TEST_CASE("multiply_add rounds once where the machine can", "[kernels][simd]") {
#if defined(__FMA__)
    const double a = 1.0 + std::numeric_limits<double>::epsilon(), c =
        -(1.0 + 2 * std::numeric_limits<double>::epsilon());
    const double exact = std::numeric_limits<double>::epsilon() * std::numeric_limits<double>::epsilon();
    CHECK(multiply_add(a, a, c) == exact);
    CHECK(multiply_add(whole<double>(a), whole<double>(a), whole<double>(c)).get(0) == exact);
    CHECK(multiply_add(batch_of<double, 2>(a), batch_of<double, 2>(a), batch_of<double,
                       2>(c)).get(1) == exact);
#endif
    CHECK(multiply_add(3, 4, 5) == 17);
    CHECK(multiply_add(std::uint8_t{200}, std::uint8_t{2}, std::uint8_t{1}) == 145);
    CHECK(multiply_add(std::numeric_limits<std::int32_t>::max(), 2, 3) == 1);
}

// With the sanitizer of undefined behaviour, also that nothing overflows on the way.
TEST_CASE("integers wrap in every lane", "[kernels][simd]") {
    using V = whole<std::int32_t>;
    constexpr std::int32_t least = std::numeric_limits<std::int32_t>::min(), most = -(least + 1);
    constexpr std::int32_t values[] = {least, most, -1, 0, 1, 65536, -65537, 3, least + 1};
    for (const std::int32_t b : values)
        for (std::size_t first = 0; first < std::size(values); ++first) {
            std::int32_t x[V::size], product[V::size], sum[V::size], both[V::size], negative[V::size];
            for (std::size_t i = 0; i < V::size; ++i) x[i] = values[(first + i) % std::size(values)];
            const V a = load_vector<V>(x);
            store_vector(product, ambit::math::wrapping_mul(a, V(b)));
            store_vector(sum, ambit::math::wrapping_add(a, V(b)));
            store_vector(both, multiply_add(a, V(b), V(most)));
            store_vector(negative, ambit::math::negate(a));
            for (std::size_t i = 0; i < V::size; ++i) {
                const auto wrap = [](std::int64_t exact) { return static_cast<std::int32_t>(exact); };
                const std::int64_t wide = x[i];
                REQUIRE(product[i] == wrap(wide * b));
                REQUIRE(sum[i] == wrap(wide + b));
                REQUIRE(both[i] == wrap(wide * b + most));
                REQUIRE(negative[i] == wrap(-wide));
            }
        }
}

TEST_CASE("the narrowest register that fits", "[kernels][simd]") {
    STATIC_REQUIRE(lanes<float> == 1);
    STATIC_REQUIRE(lanes<typename decltype(fitting<std::uint8_t, xsimd::default_arch, 3>())::type> == 1);
    STATIC_REQUIRE(lanes<typename decltype(fitting<float, xsimd::default_arch,
                                           1'000>())::type> == lanes<whole<float>>);
    STATIC_REQUIRE(lanes<typename decltype(fitting<float, xsimd::default_arch, 3>())::type> >= 3);
}
