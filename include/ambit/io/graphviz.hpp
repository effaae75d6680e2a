// SPDX-License-Identifier: BSL-1.0
// Draws what is written in the language of Graphviz, by its program `dot`: a process of its own, so nothing is linked,
// and what goes wrong in it goes wrong there.
//
//     std::string svg = drawn_by_graphviz("digraph { a -> b }", "graph.svg");
#pragma once

#include <ambit/core/standard.hpp>
#include <ambit/diagnostics/error.hpp>
#include <ambit/diagnostics/quoted.hpp>

#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>

#include <spawn.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

extern "C" char** environ;

namespace AMBIT_NAMESPACE {

enum class graphviz_fault {
    missing,  ///< there is no program `dot` on the path
    failed    ///< it ended with an error
};

/// A picture that Graphviz could not draw. `what()` reads "file: what happened; what to do".
class graphviz_error : public error {
public:
    graphviz_error(graphviz_fault kind, const std::filesystem::path& file, const std::string& words)
        : error(mistake_parts::shown_path(file.string()) + ": " + words), kind_(kind) {}

    graphviz_fault kind() const { return kind_; }

private:
    graphviz_fault kind_;
};

}  // namespace ambit

namespace AMBIT_NAMESPACE::io_parts {

/// A file without a name, which a process may read or write.
class nameless_file {
public:
    nameless_file() : file_(std::tmpfile(), &std::fclose) {
        if (file_ == nullptr) throw std::system_error(errno, std::generic_category(), "cannot create a temporary");
    }
    void write(std::string_view text) {
        const bool is_written = std::fwrite(text.data(), 1, text.size(), file_.get()) == text.size();
        if (!is_written || std::fflush(file_.get()) != 0)
            throw std::system_error(errno, std::generic_category(), "cannot write a temporary");
        std::rewind(file_.get());
    }
    std::string read() {
        std::string text;
        std::rewind(file_.get());
        char part[4096];
        while (const std::size_t size = std::fread(part, 1, sizeof part, file_.get())) text.append(part, size);
        return text;
    }
    int descriptor() const { return ::fileno(file_.get()); }

private:
    std::unique_ptr<std::FILE, int (*)(std::FILE*)> file_;
};

/// A picture as SVG. `target` is for messages: the file that it is meant for.
inline std::string drawn_by_graphviz(const std::string& dot, const std::filesystem::path& target) {
    nameless_file input, output, errors;
    input.write(dot);

    posix_spawn_file_actions_t streams;
    ::posix_spawn_file_actions_init(&streams);
    ::posix_spawn_file_actions_adddup2(&streams, input.descriptor(), STDIN_FILENO);
    ::posix_spawn_file_actions_adddup2(&streams, output.descriptor(), STDOUT_FILENO);
    ::posix_spawn_file_actions_adddup2(&streams, errors.descriptor(), STDERR_FILENO);
    char program[] = "dot", format[] = "-Tsvg";
    char* const arguments[] = {program, format, nullptr};
    pid_t child = 0;
    const int failure = ::posix_spawnp(&child, program, &streams, nullptr, arguments, environ);
    ::posix_spawn_file_actions_destroy(&streams);
    if (failure == ENOENT)
        throw graphviz_error(graphviz_fault::missing, target,
                             "Graphviz's program dot is not there; install the package graphviz, or use write_dot");
    if (failure != 0) throw std::system_error(failure, std::generic_category(), "cannot run Graphviz's program dot");

    int status = 0;
    while (::waitpid(child, &status, 0) < 0)
        if (errno != EINTR) throw std::system_error(errno, std::generic_category(), "cannot wait for dot");
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        throw graphviz_error(graphviz_fault::failed, target,
                             "Graphviz's program dot failed, saying " + mistake_parts::in_quotes(errors.read()) +
                                 "; write_dot writes what it was given");
    return output.read();
}

}  // namespace ambit::io_parts
