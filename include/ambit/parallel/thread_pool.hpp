// SPDX-License-Identifier: BSL-1.0
// Threads for steps that are large enough to be split, by oneTBB.
//
//     thread_pool pool(4);                                        // the thread that calls, and three more
//
// They are started by the first call that has work for them, sleep when there is none, and belong to TBB: pools of one
// program share them.
#pragma once

#include <ambit/diagnostics/error.hpp>

#include <tbb/blocked_range.h>
#include <tbb/global_control.h>
#include <tbb/info.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace AMBIT_NAMESPACE::parallel_parts {

/// What a thread wrote before it hands work over, the others see, and what they wrote, it sees when the work is done.
/// TBB says so, too, where a thread sanitizer does not look: the library is not compiled with it.
class handed_over {
public:
    handed_over() noexcept { begun_.store(1, std::memory_order_release); }
    template <class Work> void run(const Work& work) {
        static_cast<void>(begun_.load(std::memory_order_acquire));
        work();
        ended_.fetch_add(1, std::memory_order_release);
    }
    void wait_is_over() noexcept { static_cast<void>(ended_.load(std::memory_order_acquire)); }

private:
    std::atomic<int> begun_{0}, ended_{0};
};

}  // namespace ambit::parallel_parts

namespace AMBIT_NAMESPACE {

/// A pool cannot have so many threads.
class thread_pool_error : public error {
public:
    using error::error;
};

/// A number of threads, that of the caller among them. Several models, and several threads that call them, may share
/// one. A pool outlives the parallel models that use it.
class thread_pool {
public:
    static constexpr int most_threads = 1024;

    /// As many threads as this process may run at a time.
    thread_pool() : thread_pool(tbb::info::default_concurrency()) {}

    /// From 1 to 1024; else a `thread_pool_error`. More threads than processors help nobody, but change no result.
    explicit thread_pool(int threads) : size_(checked(threads)), arena_(threads) {
        if (threads > tbb::info::default_concurrency())
            allowed_.emplace(tbb::global_control::max_allowed_parallelism, static_cast<std::size_t>(threads));
    }
    thread_pool(const thread_pool&) = delete;
    thread_pool& operator=(const thread_pool&) = delete;

    int size() const noexcept { return size_; }

    /// Calls `f()` as one of the pool's threads, where `for_parts` may be called, and waits for it. Where others have
    /// taken all places, one of them does it.
    template <class F> void enter(const F& f) {
        parallel_parts::handed_over work;
        arena_.execute([&] { work.run(f); });
        work.wait_is_over();
    }

    /// Calls `f(thread, first, last)` for ranges of the parts [0, parts), of `grain` parts or more, until all are done;
    /// `thread` is from 0 to below `size()`, and no other call has the same one meanwhile.
    template <class F> void for_parts(std::int64_t parts, std::int64_t grain, const F& f) const {
        if (size_ == 1) return f(0, std::int64_t{0}, parts);
        using range = tbb::blocked_range<std::int64_t>;
        parallel_parts::handed_over work;
        tbb::parallel_for(range(0, parts, static_cast<std::size_t>(grain)), [&](const range& some) {
            work.run([&] { f(tbb::this_task_arena::current_thread_index(), some.begin(), some.end()); });
        });
        work.wait_is_over();
    }

private:
    static int checked(int threads) {
        if (threads >= 1 && threads <= most_threads) return threads;
        throw thread_pool_error("[ambit] a pool of " + std::to_string(threads) + " threads: from 1 to " +
                                std::to_string(most_threads) + ", the calling thread among them");
    }

    int size_;
    tbb::task_arena arena_;
    std::optional<tbb::global_control> allowed_;
};

}  // namespace ambit
