// SPDX-License-Identifier: BSL-1.0
// Finds what belongs to a path among a hundred thousand in two looks at memory: an open hash table that keeps the hash
// beside what is found. (std::unordered_map takes twice as many: its buckets are lists.)
#pragma once

#include <ambit/core/namespaces.hpp>

#include <cstddef>
#include <functional>
#include <string_view>
#include <utility>
#include <vector>

namespace AMBIT_NAMESPACE::registry_parts {

/// A pointer to what says by `path()` which path it belongs to; null where there is none.
template <class Found> class path_table {
public:
    /// Null if there is none; good until the table changes.
    const Found* find(std::string_view path) const {
        if (slots_.empty()) return nullptr;
        const slot& s = slots_[place_of(path, hash_of(path))];
        return s.found ? &s.found : nullptr;
    }

    /// Memory for so many more: adding them cannot fail then.
    void reserve(std::size_t more) {
        std::size_t size = slots_.empty() ? 16 : slots_.size();
        while (size < 2 * (count_ + more)) size *= 2;
        if (size == slots_.size()) return;
        path_table grown;
        grown.slots_.resize(size);
        for (slot& s : slots_)
            if (s.found) grown.slots_[grown.place_of(s.found->path(), s.hash)] = std::move(s);
        slots_.swap(grown.slots_);
    }

    /// Adds what has a path that is new; there is memory for it.
    void add(const Found& found) noexcept {
        const std::size_t hash = hash_of(found->path());
        slots_[place_of(found->path(), hash)] = {hash, found};
        ++count_;
    }

    /// Those behind it move up, so that no search ends too early.
    void remove(std::string_view path) noexcept {
        if (slots_.empty()) return;
        std::size_t gap = place_of(path, hash_of(path));
        if (!slots_[gap].found) return;
        for (std::size_t next = (gap + 1) & mask(); slots_[next].found; next = (next + 1) & mask()) {
            const std::size_t wish = slots_[next].hash & mask();
            if (((next - wish) & mask()) < ((next - gap) & mask()))
                continue;  // it stands behind the gap by its own wish
            slots_[gap] = std::move(slots_[next]);
            gap = next;
        }
        slots_[gap] = {};
        --count_;
    }

    void clear() noexcept {
        slots_.clear();
        count_ = 0;
    }

private:
    struct slot {
        std::size_t hash = 0;
        Found found{};
    };

    static std::size_t hash_of(std::string_view path) noexcept { return std::hash<std::string_view>{}(path); }
    std::size_t mask() const noexcept { return slots_.size() - 1; }

    /// Where a path stands, or would.
    std::size_t place_of(std::string_view path, std::size_t hash) const noexcept {
        std::size_t place = hash & mask();
        while (slots_[place].found && (slots_[place].hash != hash || slots_[place].found->path() != path))
            place = (place + 1) & mask();
        return place;
    }

    std::vector<slot> slots_;  // a power of two, at most half of them full
    std::size_t count_ = 0;
};

}  // namespace ambit::registry_parts
