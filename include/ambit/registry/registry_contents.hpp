// SPDX-License-Identifier: BSL-1.0
// The variables of a registry, found by path, by what their paths begin with, and in order of creation. Nobody's but
// the registry's own; users meet `registry`.
#pragma once

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
#include <unordered_map>
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
    const variable_pointer* find(std::string_view path) const {
        const auto found = by_path_.find(path);
        return found == by_path_.end() ? nullptr : &*found->second.place;
    }

    /// Adds new variables, all of them or, if memory runs out, none.
    void add(std::span<const variable_pointer> fresh) {
        std::list<variable_pointer> added(fresh.begin(), fresh.end());
        std::int64_t bytes = 0;
        std::size_t done = 0;
        const auto undo = [&] {
            for (auto it = added.begin(); done > 0; ++it, --done) forget((*it)->path());
        };
        // A plain flag in a destructor: builds without exceptions read this too.
        struct unless_done {
            decltype(undo)& f;
            bool is_done = false;
            ~unless_done() {
                if (!is_done) f();
            }
        } guard{undo};
        by_path_.reserve(by_path_.size() + fresh.size());
        for (auto it = added.begin(); it != added.end(); ++it) {
            const std::string_view path = (*it)->path();
            const auto sorted = sorted_.emplace(path, next_serial_ + static_cast<std::int64_t>(done)).first;
            ++done;
            by_path_.emplace(path, entry{it, sorted});
            bytes += (*it)->is_local() ? 0 : (*it)->bytes();
        }
        guard.is_done = true;
        next_serial_ += static_cast<std::int64_t>(fresh.size());
        bytes_ += bytes;
        in_order_.splice(in_order_.end(), added);
    }

    /// The variable of a prefix and all below it, by whole components, in order of creation; all for an empty one. A
    /// trailing slash says nothing.
    std::vector<variable_pointer> below(std::string_view prefix) const {
        if (!prefix.empty() && prefix.back() == '/') prefix.remove_suffix(1);
        if (prefix.empty()) return {in_order_.begin(), in_order_.end()};
        std::vector<std::pair<std::int64_t, const variable_pointer*>> found;
        const auto take = [&](const auto& of_path) {
            found.emplace_back(of_path.second, &*by_path_.find(of_path.first)->second.place);
        };
        if (const auto itself = sorted_.find(prefix); itself != sorted_.end()) take(*itself);
        const std::string inside = std::string(prefix) + '/';
        for (auto it = sorted_.lower_bound(inside); it != sorted_.end() && it->first.starts_with(inside); ++it)
            take(*it);
        std::sort(found.begin(), found.end());
        std::vector<variable_pointer> variables;
        variables.reserve(found.size());
        for (const auto& [serial, variable] : found) variables.push_back(*variable);
        return variables;
    }

    /// Takes a variable out; who holds it still has it.
    void remove(const registered_variable& variable) noexcept {
        const auto found = by_path_.find(variable.path());
        const auto place = found->second.place;
        bytes_ -= variable.is_local() ? 0 : variable.bytes();
        forget(variable.path());
        in_order_.erase(place);
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
    using sorted_paths = std::map<std::string_view, std::int64_t>;  // to the number of creation
    struct entry {
        std::list<variable_pointer>::iterator place;
        sorted_paths::iterator sorted;
    };

    void forget(std::string_view path) noexcept {
        const auto found = by_path_.find(path);
        if (found == by_path_.end()) {
            sorted_.erase(path);
            return;
        }
        sorted_.erase(found->second.sorted);
        by_path_.erase(found);
    }

    // Their keys are the paths of the variables themselves.
    std::list<variable_pointer> in_order_;
    std::unordered_map<std::string_view, entry> by_path_;
    sorted_paths sorted_;
    std::int64_t next_serial_ = 0;
    std::int64_t bytes_ = 0;
};

}  // namespace ambit::registry_parts
