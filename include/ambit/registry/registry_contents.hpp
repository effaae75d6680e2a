// SPDX-License-Identifier: BSL-1.0
// The variables of a registry, found by path, by what their paths begin with, and in order of creation. Nobody's but
// the registry's own; users meet `registry`.
#pragma once

#include <ambit/registry/path_table.hpp>
#include <ambit/registry/registered_variable.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <list>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace AMBIT_NAMESPACE::registry_parts {

using variable_pointer = std::shared_ptr<registered_variable>;

/// A variable in a collection of the user's own.
struct collection_member {
    std::string collection;
    variable_pointer variable;
};

class registry_contents {
public:
    ambit::seed seed;
    std::int64_t byte_limit = (std::numeric_limits<std::int64_t>::max)();
    std::vector<collection_member> collected;  // in order of adding

    std::int64_t bytes() const noexcept { return bytes_; }
    int size() const noexcept { return static_cast<int>(in_order_.size()); }
    const std::list<variable_pointer>& in_order() const noexcept { return in_order_; }

    /// Whether variables of so many bytes more may come: no sum is made that could overflow.
    bool has_room_for(std::int64_t bytes) const noexcept { return bytes <= byte_limit - bytes_; }

    /// Null if there is none.
    const variable_pointer* find(std::string_view path) const { return by_path_.find(path); }
    bool has(std::string_view path) const { return by_path_.find(path) != nullptr; }

    /// Adds new variables, all of them or, if memory runs out, none.
    void add(std::span<const variable_pointer> fresh) {
        std::list<variable_pointer> added(fresh.begin(), fresh.end());
        by_path_.reserve(fresh.size());
        sorted_paths sorted;
        for (auto v = added.begin(); v != added.end(); ++v) sorted.emplace((*v)->path(), v);
        // Nothing below can fail.
        sorted_.merge(sorted);
        for (const variable_pointer& v : fresh) {
            v->facts().serial = next_serial_++;
            by_path_.add(v);
            bytes_ += v->own_bytes();
        }
        in_order_.splice(in_order_.end(), added);
    }

    /// The variable of a prefix and all below it, by whole components, in order of creation; all for an empty one. A
    /// trailing slash says nothing.
    std::vector<variable_pointer> below(std::string_view prefix) const {
        if (!prefix.empty() && prefix.back() == '/') prefix.remove_suffix(1);
        if (prefix.empty()) return {in_order_.begin(), in_order_.end()};
        std::vector<variable_pointer> found;
        if (const auto itself = sorted_.find(prefix); itself != sorted_.end()) found.push_back(*itself->second);
        const std::string inside = std::string(prefix) + '/';
        for (auto place = sorted_.lower_bound(inside); place != sorted_.end() && place->first.starts_with(inside);
             ++place)
            found.push_back(*place->second);
        std::sort(found.begin(), found.end(), [](const variable_pointer& a, const variable_pointer& b) {
            return a->facts().serial < b->facts().serial;
        });
        return found;
    }

    /// Takes a variable out; who holds it still has it.
    void remove(const registered_variable& variable) noexcept {
        const auto gone = sorted_.find(variable.path());
        const position place = gone->second;
        bytes_ -= variable.own_bytes();
        by_path_.remove(variable.path());
        sorted_.erase(gone);
        in_order_.erase(place);  // which may be the last that holds it
    }
    void forget_members_that_left() noexcept {
        std::erase_if(collected, [&](const collection_member& m) {
            const variable_pointer* const there = find(m.variable->path());
            return there == nullptr || *there != m.variable;
        });
    }

    void clear() noexcept {
        collected.clear();
        by_path_.clear();
        sorted_.clear();
        in_order_.clear();
        bytes_ = 0;
    }

private:
    using position = std::list<variable_pointer>::iterator;
    using sorted_paths = std::map<std::string_view, position>;

    // Their keys are the paths of the variables themselves.
    std::list<variable_pointer> in_order_;
    path_table<variable_pointer> by_path_;
    sorted_paths sorted_;
    std::int64_t next_serial_ = 0;
    std::int64_t bytes_ = 0;
};

}  // namespace ambit::registry_parts
