// SPDX-License-Identifier: BSL-1.0
// Interned names: each is a component below a parent, so that `conv1/weights` and `conv1/biases` share `conv1`.
//
//     names all;
//     int conv1   = all.intern(names::root, "conv1");
//     int weights = all.intern(conv1, "weights");
//     all.path(weights) == "conv1/weights"
//
// One character pool and one hash table: thousands of names stay cheap in constant evaluation, where a string each
// would cost a megabyte a name on g++ 12. A name that was numbered to be free, `add_17`, is kept as `add` and 17: a
// graph has thousands of them, and their characters are needed only where somebody reads one.
#pragma once

#include <ambit/core/buffer.hpp>
#include <ambit/core/short_text.hpp>

#include <cstdint>
#include <string_view>

namespace AMBIT_NAMESPACE::core_parts {

class names {
public:
    /// The empty name, parent of all others.
    static constexpr int root = 0;
    static constexpr int none = -1;

    constexpr names() {
        entries_.push_back({});
        slots_.resize(64, none);
    }

    constexpr int size() const { return entries_.size(); }

    /// The name of one component below a parent, made if it is new. The component holds no `/`.
    constexpr int intern(int parent, std::string_view component) {
        return intern(parent, component.data(), static_cast<int>(component.size()), hash_of(component));
    }

    /// The name of `a/b/c` below a parent; an empty path is the parent itself.
    constexpr int intern_path(int parent, std::string_view path) {
        // A plain pointer: a call for each character would be charged to the evaluation's budget.
        const char* const characters = path.data();
        const int size = static_cast<int>(path.size());
        int begin = 0;
        std::uint32_t hash = 0;
        for (int end = 0; end < size; ++end) {
            const char c = characters[end];
            if (c == '/') {
                parent = intern(parent, characters + begin, end - begin, hash);
                begin = end + 1;
                hash = 0;
            } else {
                hash = (hash * 131 + static_cast<unsigned char>(c)) & 0xFFFFF;
            }
        }
        return begin < size ? intern(parent, characters + begin, size - begin, hash) : parent;
    }

    /// The name of `add_17` of `add` and 17, below the same parent; the number is positive.
    constexpr int intern_numbered(int base, int number) {
        const entry* const entries = entries_.begin();
        const int* const ids = slots_.begin();
        int scale = 1;
        while (number / scale >= 10) scale *= 10;
        std::uint32_t hash = (entries[base].hash * 131 + static_cast<unsigned char>('_')) & 0xFFFFF;
        for (int rest = number; scale > 0; rest %= scale, scale /= 10)
            hash = (hash * 131 + static_cast<unsigned char>('0' + rest / scale)) & 0xFFFFF;

        const int parent = entries[base].parent;
        const auto mask = static_cast<std::uint32_t>(slots_.size() - 1);
        std::uint32_t slot = first_slot(parent, hash) & mask;
        for (int id; (id = ids[slot]) != none; slot = (slot + 1) & mask) {
            const entry& e = entries[id];
            if (e.hash != hash || e.parent != parent) continue;
            if (e.number == number && e.begin == base) return id;
            short_text text;
            append_numbered(base, number, text.characters());
            if (is(id, text.view().data(), text.characters().size())) return id;
        }
        return add({parent, base, 0, number, hash}, slot);
    }

    /// The name if it is there, else `none`.
    constexpr int find(int parent, std::string_view component) const {
        const std::uint32_t hash = hash_of(component);
        return slots_[static_cast<int>(slot_of(parent, component.data(), static_cast<int>(component.size()), hash))];
    }

    /// How many slots are looked at to find a name that is there.
    constexpr int looks_for(int parent, std::string_view component) const {
        const auto mask = static_cast<std::uint32_t>(slots_.size() - 1);
        const std::uint32_t hash = hash_of(component);
        const std::uint32_t found = slot_of(parent, component.data(), static_cast<int>(component.size()), hash);
        return 1 + static_cast<int>((found - first_slot(parent, hash)) & mask);
    }

    constexpr int parent(int id) const { return entries_[id].parent; }
    constexpr short_text component(int id) const {
        short_text text;
        append_component(id, text.characters());
        return text;
    }

    /// Characters of the whole path.
    constexpr int path_length(int id) const {
        int length = 0;
        for (; id != root; id = parent(id)) length += component_length(id) + (parent(id) == root ? 0 : 1);
        return length;
    }

    /// Appends the whole path, components joined by `/`.
    constexpr void append_path(int id, buffer<char>& out) const {
        if (id == root) return;
        append_path(parent(id), out);
        if (parent(id) != root) out.push_back('/');
        append_component(id, out);
    }

    constexpr short_text path(int id) const {
        short_text whole;
        append_path(id, whole.characters());
        return whole;
    }

private:
    struct entry {
        int parent = none;
        int begin = 0;  // of its characters; of a numbered one the name that has the number
        int length = 0;
        int number = 0;  // 0: none
        std::uint32_t hash = 0;
    };

    // 20 bits, for tables of a million slots, and not 32: g++ keeps every different integer that a constant evaluation
    // makes. The factors were chosen by counting: 2,000 to 100,000 names that differ in a number, below one parent or
    // many, take 3 looks each or fewer. Written out in both loops: a constant costs no operation, a variable one for
    // each character.
    static constexpr std::uint32_t hash_of(std::string_view component) {
        const char* const characters = component.data();
        const std::size_t size = component.size();
        std::uint32_t hash = 0;
        for (std::size_t i = 0; i < size; ++i)
            hash = (hash * 131 + static_cast<unsigned char>(characters[i])) & 0xFFFFF;
        return hash;
    }
    /// Where the search for a name begins, before it is cut to the size of the table. Names that differ in their last
    /// character have hashes side by side: 29 slots apart, their searches do not run into one another.
    static constexpr std::uint32_t first_slot(int parent, std::uint32_t hash) {
        return 29 * hash + 1031 * static_cast<std::uint32_t>(parent);
    }

    // Components come as a pointer and a size: views of them would be charged several calls for each name.
    constexpr int intern(int parent, const char* component, int size, std::uint32_t hash) {
        const std::uint32_t slot = slot_of(parent, component, size, hash);
        if (const int found = slots_[static_cast<int>(slot)]; found != none) return found;
        return add({parent, place_of_text(component, size, hash), size, 0, hash}, slot);
    }

    // Where the characters of a new name lie: where those of another parent's `weights` do. To compare them costs an
    // evaluation less than to keep them.
    constexpr int place_of_text(const char* component, int size, std::uint32_t hash) {
        int& last = last_of_hash_[hash % 64];
        const int id = last;
        last = entries_.size();
        const entry& e = entries_[id];
        if (e.hash == hash && e.number == 0 && is(id, component, size)) return e.begin;
        const int begin = characters_.size();
        characters_.append(component, size);
        return begin;
    }

    constexpr int add(const entry& added, std::uint32_t slot) {
        const int id = entries_.size();
        entries_.emplace_back() = added;
        slots_[static_cast<int>(slot)] = id;
        if (2 * entries_.size() > slots_.size()) rehash();
        return id;
    }

    constexpr std::uint32_t slot_of(int parent, const char* component, int size, std::uint32_t hash) const {
        const auto mask = static_cast<std::uint32_t>(slots_.size() - 1);
        const int* const ids = slots_.begin();  // plain pointers: no call to charge for each step
        const entry* const entries = entries_.begin();
        std::uint32_t slot = first_slot(parent, hash) & mask;
        for (;; slot = (slot + 1) & mask) {
            const int id = ids[slot];
            if (id == none) return slot;
            const entry& e = entries[id];
            if (e.hash == hash && e.parent == parent && is(id, component, size)) return slot;
        }
    }

    /// Whether this is the component of a name. Character by character: a comparison of two views would be charged two
    /// calls for each.
    constexpr bool is(int id, const char* component, int size) const {
        const entry& e = entries_[id];
        if (e.number > 0)
            return this->component(id).view() == std::string_view(component, static_cast<std::size_t>(size));
        if (e.length != size) return false;
        const char* const own = characters_.begin() + e.begin;
        for (int i = 0; i < size; ++i)
            if (own[i] != component[i]) return false;
        return true;
    }

    constexpr int component_length(int id) const {
        int length = 0;
        for (; entries_[id].number > 0; id = entries_[id].begin) {
            ++length;
            for (int rest = entries_[id].number; rest > 0; rest /= 10) ++length;
        }
        return length + entries_[id].length;
    }

    constexpr void append_component(int id, buffer<char>& out) const {
        const entry& e = entries_[id];
        if (e.number == 0) return out.append(characters_.begin() + e.begin, e.length);
        append_numbered(e.begin, e.number, out);
    }
    constexpr void append_numbered(int base, int number, buffer<char>& out) const {
        append_component(base, out);
        out.push_back('_');
        int scale = 1;
        while (number / scale >= 10) scale *= 10;
        for (int rest = number; scale > 0; rest %= scale, scale /= 10)
            out.push_back(static_cast<char>('0' + rest / scale));
    }

    constexpr void rehash() {
        buffer<int> grown;
        grown.resize(2 * slots_.size(), none);
        const auto mask = static_cast<std::uint32_t>(grown.size() - 1);
        int* const ids = grown.begin();
        const entry* const entries = entries_.begin();
        const int count = entries_.size();
        for (int id = 1; id < count; ++id) {
            std::uint32_t slot = first_slot(entries[id].parent, entries[id].hash) & mask;
            while (ids[slot] != none) slot = (slot + 1) & mask;
            ids[slot] = id;
        }
        slots_.swap(grown);
    }

    buffer<char> characters_;
    buffer<entry> entries_;
    buffer<int> slots_;
    int last_of_hash_[64] = {};  // the last name of one of these hashes
};

}  // namespace ambit::core_parts
