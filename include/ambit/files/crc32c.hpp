// SPDX-License-Identifier: BSL-1.0
// CRC-32C, the checksum of checkpoints: ours, and TensorFlow's. Sources: G. Castagnoli, S. Bräuer, M. Herrmann,
// "Optimization of cyclic redundancy-check codes with 24 and 32 parity bits", 1993; RFC 3720, appendix B.4 (test
// vectors); M. E. Kounavis, F. L. Berry, "Novel table lookup-based algorithms for high-performance CRC generation",
// 2008.
//
//     std::uint32_t sum = crc32c(first_part);
//     sum               = crc32c(second_part, sum);          // that of both parts, one behind the other
//
// Why not XXH3, which is as fast: this one finds every error of up to three bits and every burst of up to 32 for sure,
// TensorFlow's files need it anyway, and `save` stands in `ambit.hpp`, so that each program would have to have, and to
// parse, the header of a library more. Processors of the x86 family have an instruction for it, of which three are
// under way at a time: with them a core sums as fast as it reads memory. Elsewhere eight bytes at a time are looked up.
#pragma once

#include <ambit/core/namespaces.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace AMBIT_NAMESPACE::file_parts {

/// What eight bytes, or fewer, do to a sum: `at[k][b]` is the sum of a byte b with k bytes of zeros behind it.
struct crc32c_tables {
    std::array<std::array<std::uint32_t, 256>, 8> at{};

    crc32c_tables() {
        for (std::uint32_t b = 0; b < 256; ++b) {
            std::uint32_t sum = b;
            for (int bit = 0; bit < 8; ++bit) sum = sum >> 1 ^ ((sum & 1) != 0 ? 0x82F63B78U : 0U);
            at[0][b] = sum;
        }
        for (std::size_t k = 1; k < at.size(); ++k)
            for (std::size_t b = 0; b < 256; ++b) at[k][b] = at[k - 1][b] >> 8 ^ at[0][at[k - 1][b] & 0xFF];
    }
    static const crc32c_tables& get() {
        static const crc32c_tables tables;
        return tables;
    }
};

/// Sums without the inversions at both ends, which are linear: the sum of x ^ y is that of x ^ that of y.
inline std::uint32_t crc32c_by_tables(const std::byte* from, std::size_t count, std::uint32_t sum) {
    const auto& at = crc32c_tables::get().at;
    for (; count >= 8; count -= 8, from += 8) {
        std::uint64_t next;
        std::memcpy(&next, from, 8);
        next ^= sum;
        sum = 0;
        for (std::size_t k = 0; k < 8; ++k) sum ^= at[7 - k][next >> 8 * k & 0xFF];
    }
    for (; count > 0; --count, ++from) sum = sum >> 8 ^ at[0][(sum ^ std::to_integer<std::uint32_t>(*from)) & 0xFF];
    return sum;
}

#if defined(__x86_64__)

[[gnu::target("sse4.2")]] inline std::uint64_t crc32c_of_word(std::uint64_t sum, const std::byte* from) {
    std::uint64_t next;
    std::memcpy(&next, from, 8);
    return __builtin_ia32_crc32di(sum, next);
}

/// What `Bytes` of zeros behind a sum do to it, one byte of the sum looked up at a time.
template <std::size_t Bytes> class crc32c_zeros {
public:
    static const crc32c_zeros& get() {
        static const crc32c_zeros zeros;
        return zeros;
    }
    std::uint32_t operator()(std::uint32_t sum) const {
        return at_[0][sum & 0xFF] ^ at_[1][sum >> 8 & 0xFF] ^ at_[2][sum >> 16 & 0xFF] ^ at_[3][sum >> 24];
    }

private:
    crc32c_zeros() {
        const std::array<std::byte, Bytes> zeros{};
        for (unsigned place = 0; place < 4; ++place)
            for (std::size_t bit = 1; bit < 256; bit *= 2) {
                const std::uint32_t sum =
                    crc32c_by_tables(zeros.data(), Bytes, static_cast<std::uint32_t>(bit) << 8 * place);
                for (std::size_t lower = 0; lower < bit; ++lower) at_[place][bit + lower] = at_[place][lower] ^ sum;
            }
    }
    std::array<std::array<std::uint32_t, 256>, 4> at_{};
};

/// Three lanes of `Lane` bytes at a time: the instruction takes three cycles, and one can begin in each.
template <std::size_t Lane>
[[gnu::target("sse4.2")]] inline void crc32c_by_lanes(const std::byte*& from, std::size_t& count, std::uint64_t& sum) {
    if (count < 3 * Lane) return;
    const crc32c_zeros<Lane>& behind = crc32c_zeros<Lane>::get();
    for (; count >= 3 * Lane; count -= 3 * Lane, from += 3 * Lane) {
        std::uint64_t second = 0, third = 0;
        for (std::size_t i = 0; i < Lane; i += 8) {
            sum = crc32c_of_word(sum, from + i);
            second = crc32c_of_word(second, from + Lane + i);
            third = crc32c_of_word(third, from + 2 * Lane + i);
        }
        sum = behind(behind(static_cast<std::uint32_t>(sum)) ^ static_cast<std::uint32_t>(second)) ^ third;
    }
}

[[gnu::target("sse4.2")]] inline std::uint32_t crc32c_by_instruction(const std::byte* from, std::size_t count,
                                                                     std::uint32_t before) {
    std::uint64_t sum = before;
    crc32c_by_lanes<4096>(from, count, sum);
    crc32c_by_lanes<256>(from, count, sum);
    for (; count >= 8; count -= 8, from += 8) sum = crc32c_of_word(sum, from);
    return crc32c_by_tables(from, count, static_cast<std::uint32_t>(sum));
}

#endif

/// The sum of what was summed before, if anything, and these bytes behind it.
inline std::uint32_t crc32c(std::span<const std::byte> bytes, std::uint32_t before = 0) {
#if defined(__x86_64__)
    static const bool has_instruction = __builtin_cpu_supports("sse4.2") != 0;
    if (has_instruction) return ~crc32c_by_instruction(bytes.data(), bytes.size(), ~before);
#endif
    return ~crc32c_by_tables(bytes.data(), bytes.size(), ~before);
}

}  // namespace ambit::file_parts
