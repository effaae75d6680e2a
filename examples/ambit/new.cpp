// SPDX-License-Identifier: BSL-1.0
// Writes a project to begin with: the files of the folder `starter`, which the build puts into the program, under the
// project's name.
#include "commands.hpp"
#include "output.hpp"
#include "reading.hpp"

#include <ambit/diagnostics/quoted.hpp>

#include <starter_files.hpp>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <system_error>

namespace tool {

namespace {

constexpr std::string_view placeholder = "starter";

/// Targets that CMake or its generators have in every project.
constexpr std::array<std::string_view, 11> taken{"all",  "ambit",   "clean",   "depend",         "edit_cache",
                                                 "help", "install", "package", "package_source", "rebuild_cache",
                                                 "test"};

void check_name(const std::string& name) {
    constexpr std::size_t most = 64;
    const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    const auto may_follow = [&](char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '-'; };
    if (name.empty() || name.size() > most || !is_letter(name[0]) || !std::all_of(name.begin(), name.end(), may_follow))
        throw refusal("a project's name begins with a letter, and has letters, digits, '_' and '-', at most " +
                      std::to_string(most) + " in all; not " + ambit::mistake_parts::in_quotes(name));
    if (std::find(taken.begin(), taken.end(), name) != taken.end())
        throw refusal("CMake has a target " + ambit::mistake_parts::in_quotes(name) + " of its own: take another name");
}

std::string named(std::string_view text, const std::string& name) {
    std::string with_name;
    for (std::size_t found = text.find(placeholder); found != text.npos; found = text.find(placeholder)) {
        with_name.append(text.substr(0, found)).append(name);
        text.remove_prefix(found + placeholder.size());
    }
    return with_name.append(text);
}

}  // namespace

int start(const std::string& name) {
    check_name(name);
    const std::filesystem::path folder(name);
    std::error_code failed;
    // A folder that is there is not touched, nor one that another program makes at this moment.
    if (!std::filesystem::create_directory(folder, failed))
        throw refusal(ambit::mistake_parts::in_quotes(name) +
                      (failed ? " cannot be made: " + failed.message() : " is there: take another name"));
    for (const auto& [file, text] : starter_files) {
        std::ofstream out(folder / file, std::ios::binary);
        if (!(out << named(text, name)).flush()) {
            std::filesystem::remove_all(folder, failed);
            throw refusal(ambit::mistake_parts::in_quotes((folder / file).string()) +
                          " cannot be written: nothing was");
        }
    }
    print("wrote " + name + "; next:\n\n    cd " + name + "\n    cmake -B build && cmake --build build\n    build/" +
          name + "\n    ctest --test-dir build\n");
    return 0;
}

}  // namespace tool
