// SPDX-License-Identifier: BSL-1.0
// Whether the plugin keeps its word: a process that the system would kill at its first call of it runs thousands of
// blocks, and whatever allocates or locks is counted.
#include <array>
#include <atomic>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include <dlfcn.h>
#include <linux/seccomp.h>
#include <lv2/core/lv2.h>
#include <pthread.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

// In place of the C library's, which the plugin would find here.
extern "C" void* __libc_malloc(std::size_t);

namespace {

std::atomic<int> allocations{0}, locks{0};

// Answers 0 if the blocks were run.
int run_blocks(const LV2_Descriptor& plugin, LV2_Handle handle) {
    static std::array<float, 64> in, out;
    static float which = 0, gain = 0;
    plugin.connect_port(handle, 0, in.data());
    plugin.connect_port(handle, 1, out.data());
    plugin.connect_port(handle, 2, &which);
    plugin.connect_port(handle, 3, &gain);
    for (std::size_t i = 0; i < in.size(); ++i) in[i] = 0.3F * std::sin(0.05F * static_cast<float>(i));
    const pid_t child = fork();
    if (child == 0) {
        if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT) != 0) syscall(SYS_exit, 3);
        const int allocated = allocations, locked = locks;
        for (int net = 0; net < 2; ++net) {
            which = static_cast<float>(net);
            for (std::uint32_t block = 0; block < 2000; ++block) plugin.run(handle, block % 64 + 1);
        }
        // `exit` of this thread alone: what ends a process is not allowed either.
        syscall(SYS_exit, allocations != allocated ? 1 : locks != locked ? 2 : 0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    if (WIFSIGNALED(status)) std::fprintf(stderr, "run() called the system: signal %d\n", WTERMSIG(status));
    else if (WEXITSTATUS(status) == 1) std::fprintf(stderr, "run() allocated\n");
    else if (WEXITSTATUS(status) == 2) std::fprintf(stderr, "run() took a lock\n");
    else if (WEXITSTATUS(status) == 3) std::fprintf(stderr, "this system does not let a process give its calls up\n");
    return WIFSIGNALED(status) ? 1 : WEXITSTATUS(status);
}

}  // namespace

extern "C" void* malloc(std::size_t bytes) noexcept {
    ++allocations;
    return __libc_malloc(bytes);
}
extern "C" int pthread_mutex_lock(pthread_mutex_t* mutex) noexcept {
    ++locks;
    return reinterpret_cast<int (*)(pthread_mutex_t*)>(dlsym(RTLD_NEXT, "pthread_mutex_lock"))(mutex);
}

int main(int count, char** words) {
    if (count != 3) {
        std::fprintf(stderr, "real_time PLUGIN BUNDLE\n");
        return 2;
    }
    void* const library = dlopen(words[1], RTLD_NOW);
    if (library == nullptr) {
        std::fprintf(stderr, "%s\n", dlerror());
        return 2;
    }
    const auto find = reinterpret_cast<LV2_Descriptor_Function>(dlsym(library, "lv2_descriptor"));
    const LV2_Descriptor* const plugin = find != nullptr ? find(0) : nullptr;
    const LV2_Feature* const none = nullptr;
    const LV2_Handle handle = plugin != nullptr ? plugin->instantiate(plugin, 48'000, words[2], &none) : nullptr;
    if (handle == nullptr || allocations == 0) {
        std::fprintf(stderr, "no instance, or its allocations are not seen\n");
        return 2;
    }
    if (const int code = run_blocks(*plugin, handle)) return code;
    plugin->cleanup(handle);
    std::puts("4000 blocks without a call of the system, an allocation or a lock");
    return 0;
}
