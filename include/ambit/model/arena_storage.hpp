// SPDX-License-Identifier: BSL-1.0
// Memory that a model takes when it is made, in the object or on the heap.
#pragma once

#include <ambit/model/variable_memory.hpp>

#include <cstddef>
#include <cstdint>

namespace AMBIT_NAMESPACE::model_parts {

/// `Bytes` bytes, aligned as values of a plan are; `data()` is null if it was moved from and lies on the heap.
template <std::int64_t Bytes, bool InPlace> class arena_storage {
public:
    arena_storage() : memory_(allocate_aligned(Bytes)) {}
    std::byte* data() const noexcept { return memory_.get(); }

private:
    aligned_bytes memory_;
};
template <std::int64_t Bytes> class arena_storage<Bytes, true> {
public:
    std::byte* data() const noexcept { return const_cast<std::byte*>(memory_); }

private:
    static constexpr auto alignment = static_cast<std::size_t>(arena_alignment);
    alignas(alignment) std::byte memory_[static_cast<std::size_t>(Bytes > 0 ? Bytes : 1)] = {};
};

}  // namespace ambit::model_parts
