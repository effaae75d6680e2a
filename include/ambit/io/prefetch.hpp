// SPDX-License-Identifier: BSL-1.0
// Items made ahead on a thread of their own, while the caller works on the one before.
//
//     prefetch<batch> batches(3, [&](batch& b) { return read_next(file, b); });      // false: there is none
//     while (batch* b = batches.next()) train(*b);
#pragma once

#include <ambit/core/build.hpp>
#include <ambit/core/standard.hpp>

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

namespace AMBIT_NAMESPACE {

/// Has so many items, made once and used in turn: nothing is allocated from then on. `fill` runs on the thread, never
/// twice at the same time; what it throws ends the items, and `next` throws it once those before it are used up. The
/// destructor waits for a `fill` that is under way, not for items that nobody asked for. One caller at a time.
template <class Item> class prefetch {
public:
    /// At least 2 are taken: one to fill, one that the caller has.
    template <class Fill>
    prefetch(std::size_t items, Fill fill)
        : count_((std::max)(items, std::size_t{2})),
          items_(std::make_unique<Item[]>(count_)),
          worker_([this, fill = std::move(fill)]() mutable { work(fill); }) {}
    ~prefetch() {
        {
            const std::lock_guard lock(mutex_);
            stopped_ = true;
        }
        changed_.notify_all();
        worker_.join();
    }

    prefetch(const prefetch&) = delete;
    prefetch& operator=(const prefetch&) = delete;

    /// Waits for the next item, which is the caller's until the next call; null after the last one.
    Item* next() {
        std::unique_lock lock(mutex_);
        returned_ = taken_;
        changed_.notify_all();
        changed_.wait(lock, [&] { return made_ > taken_ || ended_; });
        if (made_ > taken_) return &items_[taken_++ % count_];
        if (failure_) std::rethrow_exception(failure_);
        return nullptr;
    }

private:
    template <class Fill> void work(Fill& fill) {
        for (;;) {
            {
                std::unique_lock lock(mutex_);
                changed_.wait(lock, [&] { return stopped_ || made_ - returned_ < count_; });
                if (stopped_) return;
            }
            bool filled = false;
            std::exception_ptr failure;
            try {
                filled = fill(items_[made_ % count_]);  // only this thread changes made_
            } catch (...) {
                failure = std::current_exception();
            }
            const std::lock_guard lock(mutex_);
            if (filled) ++made_;
            ended_ = !filled;
            failure_ = failure;
            changed_.notify_all();
            if (ended_) return;
        }
    }

    std::size_t count_;
    std::unique_ptr<Item[]> items_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::uint64_t made_ = 0, taken_ = 0, returned_ = 0;
    bool ended_ = false, stopped_ = false;
    std::exception_ptr failure_;
    std::thread worker_;  // last: it uses all of the others. std::jthread is an experiment of libc++ 19
};

}  // namespace ambit
