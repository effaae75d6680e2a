// SPDX-License-Identifier: BSL-1.0
// Runs a function in a forked process, where it may be killed, limited or cut off without harm to the test.
#pragma once

#include <csignal>
#include <cstdint>
#include <functional>
#include <stdexcept>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace ambit_test {

struct child_result {
    int exit_code = -1;  // -1 if killed
    int signal = 0;      // 0 if it ended by itself
};

/// Starts the function in a child, which ends with the function's result as exit code and 99 after an
/// exception.
inline pid_t start_child(const std::function<int()>& function) {
    const pid_t child = ::fork();
    if (child < 0) throw std::runtime_error("cannot fork");
    if (child > 0) return child;
    // Catch reports fatal signals as failures of the test; here they are meant.
    for (int number : {SIGXFSZ, SIGTERM, SIGABRT, SIGSEGV}) std::signal(number, SIG_DFL);
    int code = 99;
    try {
        code = function();
    } catch (...) {
    }
    ::_exit(code);
}

inline child_result wait_for(pid_t child) {
    int status = 0;
    if (::waitpid(child, &status, 0) != child) throw std::runtime_error("cannot wait");
    if (WIFSIGNALED(status)) return {-1, WTERMSIG(status)};
    return {WEXITSTATUS(status), 0};
}

inline child_result in_child(const std::function<int()>& function) { return wait_for(start_child(function)); }

/// What this process has had in memory at most, in MiB.
inline long peak_memory() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss / 1024;
}

/// From here on no file of this process grows beyond `bytes`: a write there fails with EFBIG if SIGXFSZ is
/// ignored, and kills the process otherwise.
inline void limit_file_size(std::uint64_t bytes, bool survive) {
    std::signal(SIGXFSZ, survive ? SIG_IGN : SIG_DFL);
    const rlimit no_core{0, 0};
    const rlimit limit{static_cast<rlim_t>(bytes), static_cast<rlim_t>(bytes)};
    if (::setrlimit(RLIMIT_CORE, &no_core) != 0 || ::setrlimit(RLIMIT_FSIZE, &limit) != 0)
        throw std::runtime_error("cannot set limits");
}

}  // namespace ambit_test
