// SPDX-License-Identifier: BSL-1.0
#include <ambit/files/crc32c.hpp>

#include <catch2/catch.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

using namespace ambit::file_parts;

namespace {

// The definition, a bit at a time.
std::uint32_t by_bits(std::span<const std::byte> bytes) {
    std::uint32_t sum = ~0U;
    for (const std::byte b : bytes) {
        sum ^= std::to_integer<std::uint32_t>(b);
        for (int bit = 0; bit < 8; ++bit) sum = (sum & 1) != 0 ? sum >> 1 ^ 0x82F63B78U : sum >> 1;
    }
    return ~sum;
}

}  // namespace

TEST_CASE("CRC-32C of the vectors of RFC 3720") {
    std::vector<std::byte> bytes(32);
    CHECK(crc32c(bytes) == 0x8A9136AA);
    for (std::byte& b : bytes) b = std::byte{0xFF};
    CHECK(crc32c(bytes) == 0x62A8AB43);
    for (std::size_t i = 0; i < 32; ++i) bytes[i] = static_cast<std::byte>(i);
    CHECK(crc32c(bytes) == 0x46DD794E);
    for (std::size_t i = 0; i < 32; ++i) bytes[i] = static_cast<std::byte>(31 - i);
    CHECK(crc32c(bytes) == 0x113FDB5C);
    CHECK(crc32c(std::as_bytes(std::span(std::string_view("123456789")))) == 0xE3069283);
    CHECK(crc32c({}) == 0);
}

TEST_CASE("CRC-32C of any length, begun anywhere and in any parts, by the instruction and by tables") {
    std::vector<std::byte> bytes(40'000);
    std::uint32_t state = 1;
    for (std::byte& b : bytes) b = static_cast<std::byte>((state = state * 1664525 + 1013904223) >> 24);
    const std::span<const std::byte> all(bytes);
    constexpr std::size_t counts[] = {0,    1,    7,    8,    9,      255,    256,    767,    768,   769,
                                      1535, 1536, 4096, 12'287, 12'288, 12'289, 13'056, 24'576, 39'990};
    constexpr std::size_t begins[] = {0, 1, 3, 8, 10};
    for (const std::size_t count : counts)
        for (const std::size_t begin : begins) {
            CAPTURE(count, begin);
            const auto some = all.subspan(begin, count);
            const std::uint32_t sum = by_bits(some);
            REQUIRE(crc32c(some) == sum);
            REQUIRE(~crc32c_by_tables(some.data(), some.size(), ~0U) == sum);
            for (const std::size_t first : {count / 3, count - count / 5, count})
                REQUIRE(crc32c(some.subspan(first), crc32c(some.first(first))) == sum);
        }
}
