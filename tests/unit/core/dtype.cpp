// SPDX-License-Identifier: BSL-1.0
#include <ambit/core/dtype.hpp>

#include <catch2/catch.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>

using namespace ambit;

namespace {

struct row {
    dtype type;
    const char* name;
    std::int64_t size;
    bool floating, integer;
};

constexpr row rows[] = {
    {float32, "float32", 4, true,  false},
    {float64, "float64", 8, true,  false},
    {int32,   "int32",   4, false, true},
    {int64,   "int64",   8, false, true},
    {uint8,   "uint8",   1, false, true},
    {boolean, "bool",    1, false, false},
    {dtype::none, "none", 0, false, false},
};

constexpr bool holds(const row& r) {
    return name_of(r.type) == r.name && size_of(r.type) == r.size && is_floating(r.type) == r.floating &&
           is_integer(r.type) == r.integer;
}

constexpr bool all_hold() {
    for (const row& r : rows)
        if (!holds(r)) return false;
    return true;
}

template <dtype Type, class Element>
constexpr bool correspond = std::is_same_v<element_t<Type>, Element> && dtype_of<Element> == Type &&
                            size_of(Type) == std::int64_t{sizeof(Element)} && tensor_element<Element>;

template <dtype Type>
concept has_element = requires { typename element_t<Type>; };

}  // namespace

TEST_CASE("each dtype has a name, a size and a kind", "[dtype]") {
    STATIC_REQUIRE(all_hold());
    for (const row& r : rows) {
        INFO(r.name);
        CHECK(holds(r));
    }
}

TEST_CASE("a value that is no dtype has no size", "[dtype]") {
    STATIC_REQUIRE(size_of(static_cast<dtype>(99)) == 0);
    STATIC_REQUIRE(name_of(static_cast<dtype>(99)) == "none");
}

TEST_CASE("dtypes and C++ types correspond one to one", "[dtype]") {
    STATIC_REQUIRE(correspond<float32, float>);
    STATIC_REQUIRE(correspond<float64, double>);
    STATIC_REQUIRE(correspond<int32,   std::int32_t>);
    STATIC_REQUIRE(correspond<int64,   std::int64_t>);
    STATIC_REQUIRE(correspond<uint8,   std::uint8_t>);
    STATIC_REQUIRE(correspond<boolean, bool>);
}

TEST_CASE("other types are no elements", "[dtype]") {
    STATIC_REQUIRE_FALSE(tensor_element<char>);
    STATIC_REQUIRE_FALSE(tensor_element<std::int8_t>);
    STATIC_REQUIRE_FALSE(tensor_element<std::int16_t>);
    STATIC_REQUIRE_FALSE(tensor_element<std::uint32_t>);
    STATIC_REQUIRE_FALSE(tensor_element<std::uint64_t>);
    STATIC_REQUIRE_FALSE(tensor_element<long double>);
    STATIC_REQUIRE_FALSE(tensor_element<std::byte>);
    STATIC_REQUIRE_FALSE(tensor_element<float*>);
    STATIC_REQUIRE_FALSE(tensor_element<const float>);
    STATIC_REQUIRE_FALSE(tensor_element<float&>);
    STATIC_REQUIRE_FALSE(tensor_element<void>);
    STATIC_REQUIRE_FALSE(has_element<dtype::none>);
    STATIC_REQUIRE(has_element<float32>);
}
