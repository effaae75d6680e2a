// SPDX-License-Identifier: BSL-1.0
// What a variable or a function of the program is called in its source, from its address: the linker knows. For
// programs that are linked with their symbols (-rdynamic).
//
//     name_of_symbol(&op_parts::relu_info) == "::ambit::op_parts::relu_info"
#pragma once

#include <ambit/core/namespaces.hpp>

#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include <cxxabi.h>
#include <dlfcn.h>

namespace AMBIT_NAMESPACE::freeze_parts {

/// Empty for what no other unit can name: the static, the unnamed.
inline std::string name_of_symbol(const void* address) {
    Dl_info found{};
    if (dladdr(address, &found) == 0 || found.dli_saddr != address || found.dli_sname == nullptr) return {};
    int status = 0;
    const std::unique_ptr<char, decltype(&std::free)> readable(
        abi::__cxa_demangle(found.dli_sname, nullptr, nullptr, &status), &std::free);
    std::string name = status == 0 ? readable.get() : found.dli_sname;
    if (name.find('{') != std::string::npos || name.find("(anonymous") != std::string::npos) return {};
    // Of a function without its parameters, and without the build's name (core/build.hpp): the namespace is inline.
    name.resize(name.find('(') == std::string::npos ? name.size() : name.find('('));
    for (auto build = name.find("ambit::build_"); build != std::string::npos; build = name.find("ambit::build_")) {
        const auto begin = build + std::string_view("ambit::").size();
        name.erase(begin, name.find("::", begin) + 2 - begin);
    }
    return "::" + name;
}

}  // namespace ambit::freeze_parts
