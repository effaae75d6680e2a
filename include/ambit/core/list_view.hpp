// SPDX-License-Identifier: BSL-1.0
// A list that lies elsewhere, read like a `std::span<const T>`.
//
//     constexpr int count_of(list_view<tensor> parts);
//     count_of({first, 2}), count_of(std::array{a, b}), count_of(parts_in_a_buffer);
//
// Why not std::span: g++ 12 asks of each type of element whether its pointers are contiguous iterators, which is 0.4 %
// of what it takes to read ambit.hpp, and more where a span is copied; and constant evaluation is charged calls for
// each element. Functions that users call take std::span, and pass it on as this.
#pragma once

#include <ambit/core/buffer.hpp>
#include <ambit/core/namespaces.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <span>

namespace AMBIT_NAMESPACE::core_parts {

template <class T> class list_view {
public:
    constexpr list_view() = default;
    constexpr list_view(const T* first, std::size_t size) : first_(first), size_(size) {}
    constexpr list_view(const buffer<T>& list) : first_(list.begin()), size_(static_cast<std::size_t>(list.size())) {}
    template <std::same_as<std::span<const T>> Span>  // no conversion: a list that is copied would be tried as one
    constexpr list_view(const Span& list) : first_(list.data()), size_(list.size()) {}
    template <std::size_t Size>
    constexpr list_view(const std::array<T, Size>& list) : first_(list.data()), size_(Size) {}

    constexpr const T* data() const { return first_; }
    constexpr std::size_t size() const { return size_; }
    constexpr bool empty() const { return size_ == 0; }
    constexpr const T& operator[](std::size_t index) const { return first_[index]; }
    constexpr const T* begin() const { return first_; }
    constexpr const T* end() const { return first_ + size_; }

private:
    const T* first_ = nullptr;
    std::size_t size_ = 0;
};

}  // namespace ambit::core_parts
