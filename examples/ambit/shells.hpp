// SPDX-License-Identifier: BSL-1.0
// The command line as shells and `man` want it, written from the same description as --help.
#pragma once

#include <string>

#include <CLI/CLI.hpp>

namespace tool {

/// What bash reads to complete words behind `ambit`.
std::string bash_completion(const CLI::App& app);
/// The same for zsh, a file `_ambit` in its `fpath`.
std::string zsh_completion(const CLI::App& app);
/// The page of section 1 for `man`.
std::string manual_page(const CLI::App& app);

}  // namespace tool
