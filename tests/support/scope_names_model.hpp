// SPDX-License-Identifier: BSL-1.0
// What the rules say about names, as strings: the part of the model that speaks of no scope.
//
//     is_legal("a/_w") && !is_legal("_w");
//     free_name("add", [](const std::string& n) { return n == "add"; }) == "add_1";
#pragma once

#include <string>

namespace ambit_test {

inline std::string joined(const std::string& prefix, const std::string& name) {
    return prefix.empty() ? name : prefix + '/' + name;
}

/// The whole path: letters, digits, `_ . - /`; at first a letter, a digit or `.`; no component is empty.
inline bool is_legal(const std::string& path) {
    const std::string letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    if (path.empty() || path.find_first_not_of(letters + "_.-/") != std::string::npos) return false;
    if ((letters + '.').find(path.front()) == std::string::npos) return false;
    return path.find("//") == std::string::npos && path.back() != '/';
}

/// The name, or `name_1`, `name_2`, …: the first that is not taken.
template <class Taken> std::string free_name(const std::string& wanted, Taken is_taken) {
    std::string name = wanted;
    for (int k = 1; is_taken(name); ++k) name = wanted + '_' + std::to_string(k);
    return name;
}

/// Whether a path is that of the prefix or below it; a trailing slash is allowed, the empty prefix is all.
inline bool is_below(const std::string& path, const std::string& prefix) {
    const std::string whole = prefix.empty() || prefix.back() == '/' ? prefix : prefix + '/';
    return (path + '/').compare(0, whole.size(), whole) == 0;
}

/// The name scope that the user writes as `a/b/`.
inline std::string without_slash(const std::string& name) {
    return !name.empty() && name.back() == '/' ? name.substr(0, name.size() - 1) : name;
}
inline std::string with_slash(const std::string& name) { return name.empty() ? name : name + '/'; }

}  // namespace ambit_test
