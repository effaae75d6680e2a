// SPDX-License-Identifier: BSL-1.0
// What scopes say for the variables below them: an entry for each scope that says something, which its children share
// until they say more; and the initializers, values and getters that entries and variables refer to.
#pragma once

#include <ambit/core/buffer.hpp>
#include <ambit/scope/options.hpp>

#include <cstddef>
#include <span>

namespace AMBIT_NAMESPACE::scope_parts {

/// What scopes say for the variables below them. Most scopes share the entry of the scope around.
struct scope_defaults {
    int initializer = -1;  // in the table's pool
    int given = -1;        // in the table's given values, if it gives shape and dtype
    int trainable = -1;    // 0, 1; -1 is not said
    int getter = -1;       // the innermost link of the chain
    ambit::dtype dtype = ambit::dtype::none;
    ambit::regularizer regularizer = no_regularizer;
    ambit::constraint constraint = no_constraint;
};

class defaults_table {
public:
    /// Entry 0 says nothing.
    constexpr defaults_table() { entries_.push_back({}); }

    constexpr const scope_defaults& operator[](int entry) const { return entries_[entry]; }

    /// The entry of a scope that says this below one that has the entry `around`: that one, if it says nothing.
    constexpr int with(int around, const scope_options& said) {
        if (!says_something(said)) return around;
        scope_defaults kept = entries_[around];
        if (said.initializer) {
            kept.initializer = keep_initializer(*said.initializer);
            kept.given = given_by(said.initializer, kept);
        }
        if (said.dtype != dtype::none) kept.dtype = said.dtype;
        if (said.trainable) kept.trainable = *said.trainable ? 1 : 0;
        if (said.regularizer) kept.regularizer = *said.regularizer;
        if (said.constraint) kept.constraint = *said.constraint;
        if (said.custom_getter) kept.getter = keep_getter(*said.custom_getter, kept.getter);
        entries_.push_back(kept);
        return entries_.size() - 1;
    }

    /// A copy of an entry, to be changed: scopes that share the old one keep it.
    constexpr int copy_of(int entry) {
        entries_.push_back(entries_[entry]);
        return entries_.size() - 1;
    }
    constexpr scope_defaults& to_change(int entry) { return entries_[entry]; }

    // ---- initializers -----------------------------------------------------------------------------------------------

    /// A list of values lives only as long as the call that says it: it moves into the pool.
    constexpr int keep_initializer(const ambit::initializer& given) {
        kept_initializer& kept = initializers_.emplace_back();
        kept.value = given.with_values({});
        kept.list_begin = values_.size();
        kept.list_size = static_cast<int>(given.list_size);
        if (kept.list_size > 0) values_.append(given.list, kept.list_size);
        return initializers_.size() - 1;
    }

    struct kept_initializer {
        ambit::initializer value;  // without its list,
        int list_begin = 0;  // which begins here in the values,
        int list_size = 0;  // and has this many
    };
    constexpr const kept_initializer& kept(int initializer) const { return initializers_[initializer]; }

    /// With its list, which lies in the pool.
    constexpr ambit::initializer initializer_at(int index) const {
        const kept_initializer& kept = initializers_[index];
        return kept.value.with_values({values_.begin() + kept.list_begin, static_cast<std::size_t>(kept.list_size)});
    }
    constexpr const buffer<double>& values() const { return values_; }

    // ---- values and other variables, which give shape and dtype too -------------------------------------------------

    /// -1 if the initializer fills any shape.
    constexpr int given_by(const initializer_option& said, const scope_defaults& defaults) {
        const given_value* const given = said.given();
        if (given != nullptr) {
            given_.push_back(*given);
            return given_.size() - 1;
        }
        return said ? -1 : defaults.given;
    }
    constexpr const given_value& given(int index) const { return given_[index]; }

    // ---- custom getters ---------------------------------------------------------------------------------------------

    /// One link of the chain that stands before get_variable, and the one after it.
    struct getter_link {
        ambit::custom_getter function = nullptr;
        int next = -1;
    };
    constexpr int keep_getter(ambit::custom_getter function, int next) {
        getters_.push_back({function, next});
        return getters_.size() - 1;
    }
    constexpr bool has_getters() const { return !getters_.empty(); }
    constexpr const getter_link& getter(int index) const { return getters_[index]; }

private:
    static constexpr bool says_something(const scope_options& said) {
        return said.initializer || said.dtype != dtype::none || said.trainable || said.regularizer || said.constraint ||
               said.custom_getter;
    }

    buffer<scope_defaults> entries_;
    buffer<kept_initializer> initializers_;
    buffer<double> values_;
    buffer<given_value> given_;
    buffer<getter_link> getters_;
};

}  // namespace ambit::scope_parts
