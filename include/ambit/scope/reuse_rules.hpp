// SPDX-License-Identifier: BSL-1.0
// When `get_variable` creates, shares or refuses: one function from values to a verdict, for both worlds.
#pragma once

#include <ambit/core/refuses.hpp>
#include <ambit/diagnostics/kinds.hpp>

#include <concepts>

namespace AMBIT_NAMESPACE::scope_parts {

/// What a scope does with `get_variable`: create only, return what exists only, or either.
enum class reuse_mode : int { create, reuse, automatic };

struct auto_reuse_t {
    explicit constexpr auto_reuse_t() = default;
};

}  // namespace ambit::scope_parts

namespace AMBIT_NAMESPACE {

using scope_parts::reuse_mode;

/// `s.variable_scope("head", {.reuse = auto_reuse})`: create on the first call, share on the later ones.
inline constexpr scope_parts::auto_reuse_t auto_reuse{};

}  // namespace ambit

namespace AMBIT_NAMESPACE::scope_parts {

/// The `.reuse` option of a scope: `true`, `auto_reuse`, or `false`, which inherits.
class reuse_option {
public:
    constexpr reuse_option() = default;
    template <std::same_as<bool> Flag>
    constexpr reuse_option(Flag flag) : mode_(flag ? reuse_mode::reuse : reuse_mode::create) {}
    constexpr reuse_option(auto_reuse_t) : mode_(reuse_mode::automatic) {}
    /// As another scope: `{.reuse = encoder.reuse()}`.
    constexpr reuse_option(reuse_mode mode) : mode_(mode) {}
    template <class Other>
        requires((std::integral<Other> && !std::same_as<Other, bool>) || std::same_as<Other, const char*>)
    AMBIT_REFUSES("reuse is true, false or auto_reuse: {.reuse = true}")
    constexpr reuse_option(Other) {}

    /// Inherited reuse is never weakened: strict stays strict, and `auto_reuse` gives way to strict only.
    constexpr reuse_mode inside(reuse_mode around) const {
        if (around == reuse_mode::reuse || mode_ == reuse_mode::reuse) return reuse_mode::reuse;
        return mode_ == reuse_mode::automatic ? reuse_mode::automatic : around;
    }

private:
    reuse_mode mode_ = reuse_mode::create;
};

/// One call of `get_variable`, without its name. What was not asked for agrees with anything.
struct variable_request {
    reuse_mode mode = reuse_mode::create;
    bool exists = false;
    bool has_shape = false;      // the call gave a shape
    bool shape_agrees = true;    // with the existing variable's
    bool dtype_agrees = true;
    bool is_made_by_variable = false;  // which `get_variable` never returns
};

/// `mistake::none` where the call may go on: create if the variable does not exist, else return it.
constexpr mistake judge(const variable_request& request) {
    if (!request.exists) {
        if (request.mode == reuse_mode::reuse) return mistake::variable_missing;
        return request.has_shape ? mistake::none : mistake::shape_needed;
    }
    if (request.is_made_by_variable)
        return request.mode == reuse_mode::reuse ? mistake::variable_missing : mistake::variable_exists;
    if (request.mode == reuse_mode::create) return mistake::variable_exists;
    if (!request.shape_agrees) return mistake::shape_mismatch;
    if (!request.dtype_agrees) return mistake::dtype_mismatch;
    return mistake::none;
}

}  // namespace ambit::scope_parts
