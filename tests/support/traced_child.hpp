// SPDX-License-Identifier: BSL-1.0
// Runs a function in a child and does something to its n-th system call, whatever that is: lets it fail, shortens what
// it reads or writes, or kills the process in front of it. On Linux, for x86-64.
//
//     for (int n = 0;; ++n) {
//         const traced_result result = in_traced_child(save, {n, interference::fails, EIO});
//         if (result.calls <= n) break;                      // it has no such call
//     }
#pragma once

#include "child_process.hpp"

#include <csignal>
#include <functional>

#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

namespace ambit_test {

enum class interference { fails, halves, kills };

struct interfered_call {
    int number = 0;  // from 0 on, among those that are counted
    interference what = interference::fails;
    int error = 0;   // of one that fails
};

struct traced_result {
    child_result end;
    int calls = 0;             // those that were counted
    bool was_traced = true;    // false where that is not permitted
};

#if defined(__x86_64__) && defined(__linux__)

/// Calls that are not about files: memory, signals, threads, clocks, and those of the tracing itself.
inline bool is_counted(unsigned long long call) {
    for (const long other : {SYS_mmap, SYS_munmap, SYS_mremap, SYS_mprotect, SYS_madvise, SYS_brk, SYS_futex,
                             SYS_rt_sigaction, SYS_rt_sigprocmask, SYS_rt_sigreturn, SYS_sigaltstack, SYS_getpid,
                             SYS_gettid, SYS_tgkill, SYS_exit_group, SYS_clock_gettime, SYS_getrandom, SYS_sched_yield})
        if (call == static_cast<unsigned long long>(other)) return false;
    return true;
}

inline traced_result in_traced_child(const std::function<int()>& function, const interfered_call& plan) {
    const pid_t child = start_child([&] {
        if (::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0) return 77;
        ::raise(SIGSTOP);
        return function();
    });
    traced_result result;
    int status = 0;
    const auto wait = [&] {
        if (::waitpid(child, &status, 0) != child) throw std::runtime_error("cannot wait");
        return WIFSTOPPED(status);
    };
    const auto go_on = [&](int signal) { ::ptrace(PTRACE_SYSCALL, child, nullptr, static_cast<long>(signal)); };
    if (!wait()) {
        result.was_traced = false;
        return result;
    }
    ::ptrace(PTRACE_SETOPTIONS, child, nullptr, static_cast<long>(PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL));
    go_on(0);
    bool is_entry = true, is_refused = false;
    while (wait()) {
        if (WSTOPSIG(status) != (SIGTRAP | 0x80)) {
            go_on(WSTOPSIG(status));
            continue;
        }
        user_regs_struct registers{};
        ::ptrace(PTRACE_GETREGS, child, nullptr, &registers);
        if (is_entry && is_counted(registers.orig_rax) && result.calls++ == plan.number) {
            if (plan.what == interference::kills) {
                ::kill(child, SIGKILL);
            } else if (plan.what == interference::fails) {
                is_refused = true;
                registers.orig_rax = ~0ULL;  // no such call
            } else {
                for (const long transfer : {SYS_read, SYS_write, SYS_pread64, SYS_pwrite64, SYS_getdents64})
                    if (registers.orig_rax == static_cast<unsigned long long>(transfer) && registers.rdx > 1)
                        registers.rdx /= 2;
            }
            ::ptrace(PTRACE_SETREGS, child, nullptr, &registers);
        } else if (!is_entry && is_refused) {
            is_refused = false;
            registers.rax = static_cast<unsigned long long>(-static_cast<long long>(plan.error));
            ::ptrace(PTRACE_SETREGS, child, nullptr, &registers);
        }
        is_entry = !is_entry;
        go_on(0);
    }
    if (WIFSIGNALED(status)) result.end = {-1, WTERMSIG(status)};
    else result.end = {WEXITSTATUS(status), 0};
    result.was_traced = result.end.exit_code != 77;
    return result;
}

#else

inline traced_result in_traced_child(const std::function<int()>&, const interfered_call&) {
    traced_result result;
    result.was_traced = false;
    return result;
}

#endif

}  // namespace ambit_test
