// SPDX-License-Identifier: BSL-1.0
// How the command lines of these programs end where they are not understood: in the words of the others, with where to
// read more, and exit code 2.
//
//     CLI::App app("Draw a picture", "draw");
//     return run_program(app, count, words, [&] { draw(wanted); });
#pragma once

#include <ambit/diagnostics/quoted.hpp>

#include <charconv>
#include <cstdint>
#include <exception>
#include <iostream>
#include <optional>
#include <string>
#include <system_error>

#include <CLI/CLI.hpp>

/// For options that take any number of 64 bits: CLI11 2.1 takes -1 for the greatest.
inline std::string not_a_seed(const std::string& text) {
    std::uint64_t number = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (code == std::errc{} && end == text.data() + text.size()) return {};
    return "takes a number from 0 to 18446744073709551615, not '" + text + "'";
}

/// The exit code, if there is nothing to do: 0 of help and version, 2 of a mistake.
inline std::optional<int> parse_command_line(CLI::App& app, int count, const char* const* words) {
    try {
        app.parse(count, words);
        return std::nullopt;
    } catch (const CLI::ParseError& reason) {
        if (reason.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success)) return app.exit(reason);
        const CLI::App* shown = &app;
        std::string name = app.get_name();
        while (!shown->get_subcommands().empty()) {
            shown = shown->get_subcommands().front();
            name += ' ' + shown->get_name();
        }
        // It repeats words of the command line.
        const std::string said = ambit::mistake_parts::visible(reason.what(), 1000);
        std::cerr << app.get_name() << ": " << said << "; see " << name << " --help\n";
        return 2;
    }
}

/// Does what a command line asks for. The exit code: 0, 1 of an error, which is said, 2 of words that are not
/// understood.
template <class Action> int run_program(CLI::App& app, int count, const char* const* words, Action&& action) {
    if (const auto code = parse_command_line(app, count, words)) return *code;
    try {
        action();
        return 0;
    } catch (const std::exception& reason) {
        std::cerr << app.get_name() << ": " << reason.what() << '\n';
        return 1;
    }
}
