// SPDX-License-Identifier: BSL-1.0
// A growable array that works during constant evaluation on both compilers and costs it little.
//
//     buffer<int> numbers;
//     numbers.push_back(3);
//     for (int n : numbers) …
//
// Why not std::vector: clang 16 refuses libstdc++ 12's `vector<T>(n)` of a trivial T in constant evaluation, and
// every layer of its allocator is charged to the evaluation's budget.
#pragma once

#include <ambit/core/namespaces.hpp>
#include <ambit/core/standard.hpp>

#include <cstddef>

namespace AMBIT_NAMESPACE::core_parts {

/// Lists that users are handed check indices: a specialization for their elements has a function
/// `list_has_no_such_element(index, size)`. Behind the last element, up to the end of the memory, lie elements `T{}`,
/// which whatever is done with them refuses: code behind another mistake may find a list shorter than it should be.
template <class T> struct index_of_list {};

/// `T` is default constructible and assignable. Indices are `int`: a graph has fewer than 2^31 of anything.
template <class T> class buffer {
    static constexpr bool checks_indices = requires { index_of_list<T>::list_has_no_such_element(0, 0); };

public:
    constexpr buffer() = default;
    constexpr buffer(const buffer& other) { append(other.begin(), other.size()); }
    constexpr buffer(buffer&& other) noexcept { swap(other); }
    constexpr buffer& operator=(buffer other) noexcept {
        swap(other);
        return *this;
    }
    constexpr ~buffer() { delete[] data_; }

    constexpr int size() const { return size_; }
    constexpr bool empty() const { return size_ == 0; }
    // Functions of their own: clang counts each statement, one that is left out as well.
    constexpr T& operator[](int index) { return data_[index]; }
    constexpr const T& operator[](int index) const { return data_[index]; }
    constexpr T& operator[](int index)
        requires checks_indices
    {
        return data_[checked(index)];
    }
    constexpr const T& operator[](int index) const
        requires checks_indices
    {
        return data_[checked(index)];
    }
    constexpr T& back() { return data_[size_ - 1]; }
    constexpr const T& back() const { return data_[size_ - 1]; }
    constexpr T* begin() { return data_; }
    constexpr T* end() { return data_ + size_; }
    constexpr const T* begin() const { return data_; }
    constexpr const T* end() const { return data_ + size_; }

    /// By value: an element of this very buffer may be pushed although pushing moves the elements.
    constexpr void push_back(T value) {
        if (size_ == capacity_) reserve(capacity_ == 0 ? 16 : more());
        data_[size_++] = static_cast<T&&>(value);
    }

    /// A new last element to be filled in place, without copies: for buffers that never shrink, where it is `T{}`.
    constexpr T& emplace_back() {
        if (size_ == capacity_) reserve(capacity_ == 0 ? 16 : more());
        return data_[size_++];
    }

    /// Copies `count` elements from elsewhere; they must not be elements of this buffer.
    constexpr void append(const T* first, int count) {
        if (size_ + count > capacity_) reserve(size_ + count > more() ? size_ + count : more());
        T* const to = data_ + size_;
        for (int i = 0; i < count; ++i) to[i] = first[i];
        size_ += count;
    }

    constexpr void pop_back() { --size_; }
    constexpr void truncate(int size) { size_ = size; }
    constexpr void clear() { size_ = 0; }

    constexpr void resize(int size, const T& value = T{}) {
        if (size > capacity_) reserve(size > more() ? size : more());
        for (int i = size_; i < size; ++i) data_[i] = value;
        size_ = size;
    }

    constexpr void reserve(int capacity) {
        if (capacity <= capacity_) return;
        T* grown = new T[static_cast<std::size_t>(capacity)]{};
        // No std::move: it would be charged a call for each. The second bound is for g++ 12, which else warns of an
        // overflow that cannot be.
        for (int i = 0; i < size_ && i < capacity; ++i) grown[i] = static_cast<T&&>(data_[i]);
        delete[] data_;
        data_ = grown;
        capacity_ = capacity;
    }

    constexpr void swap(buffer& other) noexcept {
        // No std::swap: it would be charged calls, and asks each type whether it moves.
        T* const data = data_;
        const int size = size_, capacity = capacity_;
        data_ = other.data_;
        size_ = other.size_;
        capacity_ = other.capacity_;
        other.data_ = data;
        other.size_ = size;
        other.capacity_ = capacity;
    }

private:
    // Four times as much while that is little: each element that moves costs a constant evaluation what it cost to
    // make.
    constexpr int more() const { return (capacity_ < 4096 ? 4 : 2) * capacity_; }

    constexpr int checked(int index) const {
        if (index < 0 || index >= capacity_) index_of_list<T>::list_has_no_such_element(index, size_);
        return index;
    }

    T* data_ = nullptr;
    int size_ = 0;
    int capacity_ = 0;
};

}  // namespace ambit::core_parts
