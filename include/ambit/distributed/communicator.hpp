// SPDX-License-Identifier: BSL-1.0
// The ranks of an MPI job that compute together, and what they tell each other.
//
//     communicator ranks(mpi, {.deadline = std::chrono::seconds(30)});
//     auto y = ranks.run([&] { return net(x); });                  // collectives in net go over these ranks
//     double loss = ranks.mean(own_loss);
//
// A model has no communicator: whoever calls it says over which ranks. While `run` calls a function, the ops of
// distributed/collectives.hpp in models that this thread calls use the communicator; elsewhere they are those of a
// single rank. A kernel cannot throw, so what a collective meets in it is thrown when `run` ends.
#pragma once

#include <ambit/core/dtype.hpp>
#include <ambit/distributed/distributed_error.hpp>
#include <ambit/distributed/environment.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <exception>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <sched.h>

namespace AMBIT_NAMESPACE {

struct communicator_options {
    /// How long a rank waits for the others in a collective; then it listens for a tenth of that who is there at all.
    std::chrono::milliseconds deadline = std::chrono::minutes(5);
};

class communicator;

}  // namespace ambit

namespace AMBIT_NAMESPACE::distributed_parts {

/// The ranks of the call that this thread is in, or none.
inline thread_local communicator* bound_communicator = nullptr;

inline MPI_Datatype mpi_type(dtype type) {
    switch (type) {
        case dtype::float32: return MPI_FLOAT;
        case dtype::float64: return MPI_DOUBLE;
        case dtype::int32: return MPI_INT32_T;
        case dtype::int64: return MPI_INT64_T;
        default: return MPI_BYTE;
    }
}

/// Sets a variable for as long as it lives.
template <class T> class set_while {
public:
    set_while(T& variable, T value) : variable_(&variable), before_(std::exchange(variable, value)) {}
    set_while(const set_while&) = delete;
    set_while& operator=(const set_while&) = delete;
    ~set_while() { *variable_ = before_; }

private:
    T* variable_;
    T before_;
};

}  // namespace ambit::distributed_parts

namespace AMBIT_NAMESPACE {

/// A group of ranks with a context of its own: what it sends meets nobody else's messages. All ranks make it, call its
/// functions and run its models in the same order. One thread at a time uses it.
class communicator {
public:
    /// All ranks of the job, or those of a communicator of the user's, which is duplicated.
    explicit communicator(const mpi_environment&, const communicator_options& options = {})
        : communicator(MPI_COMM_WORLD, options) {}
    explicit communicator(MPI_Comm ranks, const communicator_options& options = {}) : deadline_(options.deadline) {
        MPI_Comm_dup(ranks, &ranks_);
        MPI_Comm_set_errhandler(ranks_, MPI_ERRORS_RETURN);
        MPI_Comm_dup(ranks, &notes_);
        MPI_Comm_set_errhandler(notes_, MPI_ERRORS_RETURN);
        MPI_Comm_rank(ranks_, &rank_);
        MPI_Comm_size(ranks_, &size_);
        heard_.resize(static_cast<std::size_t>(size_));
    }
    communicator(const communicator&) = delete;
    communicator& operator=(const communicator&) = delete;
    ~communicator() {
        int is_over = 0;
        MPI_Finalized(&is_over);
        if (failure_ || is_over != 0) {
            static_cast<void>(staging_.release());  // a collective that was given up may still write to it
            return;
        }
        MPI_Comm_free(&ranks_);
        MPI_Comm_free(&notes_);
    }

    int rank() const noexcept { return rank_; }
    int size() const noexcept { return size_; }
    bool is_root() const noexcept { return rank_ == 0; }
    /// How many calls were begun with `run`.
    std::int64_t step() const noexcept { return step_; }

    /// Calls a function whose models communicate over these ranks, and answers what it answers. Throws a
    /// `distributed_error` if a collective failed.
    template <class Call> decltype(auto) run(Call&& call) {
        throw_failure();
        ++step_;
        const distributed_parts::set_while<communicator*> bound(distributed_parts::bound_communicator, this);
        if constexpr (std::is_void_v<std::invoke_result_t<Call>>) {
            std::forward<Call>(call)();
            throw_failure();
        } else {
            decltype(auto) result = std::forward<Call>(call)();
            throw_failure();
            return result;
        }
    }

    // ---- what programs exchange --------------------------------------------------------------------------------

    /// Returns when all ranks are here.
    void barrier() {
        collective("a barrier", [this](MPI_Request* request) { return MPI_Ibarrier(ranks_, request); });
        throw_failure();
    }
    /// The sum, or the mean, of the numbers of all ranks: the same on each of them.
    double sum(double number) {
        all_reduce(&number, 1, dtype::float64);
        throw_failure();
        return number;
    }
    double mean(double number) { return sum(number) / size_; }

    /// The bytes of one rank for all.
    void broadcast(std::span<std::byte> bytes, int root = 0) {
        broadcast(bytes.data(), static_cast<std::int64_t>(bytes.size()), root);
        throw_failure();
    }

    /// The values of all ranks, in the order of the ranks.
    template <class T>
        requires(std::is_trivially_copyable_v<T>)
    std::vector<T> all_gather(const T& value) {
        std::vector<T> all(static_cast<std::size_t>(size_), value);
        all_gather(reinterpret_cast<const std::byte*>(&value), reinterpret_cast<std::byte*>(all.data()),
                   std::int64_t{sizeof(T)});
        throw_failure();
        return all;
    }
    /// The same of as many values on each rank.
    template <class T>
        requires(std::is_trivially_copyable_v<T>)
    std::vector<T> all_gather(std::span<const T> values) {
        std::vector<T> all(values.size() * static_cast<std::size_t>(size_));
        all_gather(reinterpret_cast<const std::byte*>(values.data()), reinterpret_cast<std::byte*>(all.data()),
                   static_cast<std::int64_t>(values.size_bytes()));
        throw_failure();
        return all;
    }

    /// Calls a function on rank 0, for all: one that writes a file, or reads it. If it throws, rank 0 throws the same,
    /// and all others a `distributed_error` of kind `failed_on_root` with its words.
    template <class Call> void on_root(Call&& call) {
        std::exception_ptr caught;
        std::string words;
        if (is_root()) try {
                std::forward<Call>(call)();
            } catch (const std::exception& e) {
                caught = std::current_exception();
                words = e.what();
            }
        std::int64_t length = caught ? static_cast<std::int64_t>(words.size()) + 1 : 0;
        broadcast(std::as_writable_bytes(std::span(&length, 1)));
        if (length == 0) return;
        words.resize(static_cast<std::size_t>(length));
        broadcast(std::as_writable_bytes(std::span(words)));
        if (caught) std::rethrow_exception(caught);
        words.pop_back();
        refuse(distributed_fault::failed_on_root, "rank 0 has failed: " + words, "see what it says");
    }

    /// Throws a `distributed_error` of this rank at this step: what all ranks have found out alike.
    [[noreturn, gnu::cold]] void refuse(distributed_fault kind, std::string_view found, std::string_view advice) const {
        throw distributed_error(kind, rank_, size_, step_, found, advice);
    }

    // ---- what kernels call -------------------------------------------------------------------------------------
    // These do not throw: false says that there is a failure, now or from before, and that memory was left as it is.

    /// Each element becomes the sum of those of all ranks.
    bool all_reduce(void* values, std::int64_t count, dtype type) noexcept {
        if (size_ == 1) return true;
        const std::int64_t bytes = count * size_of(type);
        std::byte* const staged = stage(values, bytes, bytes);
        const bool is_done = collective("all_reduce", count, [&](MPI_Request* request) {
            return MPI_Iallreduce(MPI_IN_PLACE, staged, static_cast<int>(count), distributed_parts::mpi_type(type),
                                  MPI_SUM, ranks_, request);
        });
        if (is_done) std::memcpy(values, staged, static_cast<std::size_t>(bytes));
        return is_done;
    }

    /// The bytes of one rank for all.
    bool broadcast(void* values, std::int64_t bytes, int root) noexcept {
        if (!has_rank(root)) return false;
        if (size_ == 1) return true;
        std::byte* const staged = stage(values, bytes, bytes);
        const bool is_done = collective("broadcast", bytes, [&](MPI_Request* request) {
            return MPI_Ibcast(staged, static_cast<int>(bytes), MPI_BYTE, root, ranks_, request);
        });
        if (is_done) std::memcpy(values, staged, static_cast<std::size_t>(bytes));
        return is_done;
    }

    /// The bytes of all ranks one behind the other.
    bool all_gather(const std::byte* own, std::byte* all, std::int64_t bytes) noexcept {
        if (bytes == 0) return !failure_;  // then there may be no memory to be copied to
        std::byte* const staged = stage(own, bytes, bytes * (size_ + 1));
        const bool is_done = collective("all_gather", bytes, [&](MPI_Request* request) {
            return MPI_Iallgather(staged, static_cast<int>(bytes), MPI_BYTE, staged + bytes, static_cast<int>(bytes),
                                  MPI_BYTE, ranks_, request);
        });
        if (is_done) std::memcpy(all, staged + bytes, static_cast<std::size_t>(bytes * size_));
        return is_done;
    }

    /// Of the sums over all ranks, `count` for each of them, this rank's.
    bool reduce_scatter(const void* all, void* own, std::int64_t count, dtype type) noexcept {
        const std::int64_t bytes = count * size_of(type);
        std::byte* const staged = stage(all, bytes * size_, bytes * (size_ + 1));
        const bool is_done = collective("reduce_scatter", count, [&](MPI_Request* request) {
            return MPI_Ireduce_scatter_block(staged, staged + bytes * size_, static_cast<int>(count),
                                             distributed_parts::mpi_type(type), MPI_SUM, ranks_, request);
        });
        if (is_done) std::memcpy(own, staged + bytes * size_, static_cast<std::size_t>(bytes));
        return is_done;
    }

    /// Gives another rank some bytes, and gets as many from it.
    bool exchange(const std::byte* own, std::byte* theirs, std::int64_t bytes, int other) noexcept {
        std::byte* const sent = stage(own, bytes, 2 * bytes);
        const int count = static_cast<int>(bytes);
        MPI_Request receives = MPI_REQUEST_NULL, sends = MPI_REQUEST_NULL;
        const bool is_done =
            begins("an exchange", bytes,
                   [&] { return MPI_Irecv(sent + bytes, count, MPI_BYTE, other, 0, ranks_, &receives); }) &&
            begins("an exchange", bytes, [&] { return MPI_Isend(sent, count, MPI_BYTE, other, 0, ranks_, &sends); }) &&
            finish("an exchange", receives) && finish("an exchange", sends);
        if (is_done) std::memcpy(theirs, sent + bytes, static_cast<std::size_t>(bytes));
        return is_done;
    }

    /// Begins a sum in place, which goes on while the program does. The memory stays where it is until `finish`, or for
    /// ever if that answers false.
    bool begin_all_reduce(std::byte* values, std::int64_t count, dtype type, MPI_Request& request) noexcept {
        return begins("all_reduce", count, [&] {
            return MPI_Iallreduce(MPI_IN_PLACE, values, static_cast<int>(count), distributed_parts::mpi_type(type),
                                  MPI_SUM, ranks_, &request);
        });
    }
    /// The same of sums of which each rank gets its own `count`; and of bytes of all ranks, with this rank's in place.
    bool begin_reduce_scatter(const std::byte* all, std::byte* own, std::int64_t count, dtype type,
                              MPI_Request& request) noexcept {
        return begins("reduce_scatter", count, [&] {
            return MPI_Ireduce_scatter_block(all, own, static_cast<int>(count), distributed_parts::mpi_type(type),
                                             MPI_SUM, ranks_, &request);
        });
    }
    bool begin_all_gather(std::byte* all, std::int64_t bytes, MPI_Request& request) noexcept {
        return begins("all_gather", bytes, [&] {
            return MPI_Iallgather(MPI_IN_PLACE, 0, MPI_BYTE, all, static_cast<int>(bytes), MPI_BYTE, ranks_, &request);
        });
    }
    /// Lets MPI go on with it.
    void poke(MPI_Request& request) noexcept {
        int is_done = 0;
        if (!failure_ && request != MPI_REQUEST_NULL) MPI_Test(&request, &is_done, MPI_STATUS_IGNORE);
    }
    /// Waits for its end, or the deadline.
    bool finish(std::string_view called, MPI_Request& request) noexcept;

    /// Whether the job has as many ranks as a module was made for, and whether it has a certain one.
    bool has_ranks(std::int64_t wanted) noexcept {
        return wanted == size_ ? !failure_ : fails_with_ranks(wanted);
    }
    bool has_rank(std::int64_t wanted) noexcept {
        return wanted >= 0 && wanted < size_ ? !failure_ : fails_without_rank(wanted);
    }

    bool has_failed() const noexcept { return failure_.has_value(); }
    /// Throws what a collective has met, if any has.
    void throw_failure() const {
        if (failure_) throw *failure_;
    }

private:
    /// Keeps the first failure.
    [[gnu::cold]] void fail(distributed_fault kind, const std::string& found, std::string_view advice) noexcept {
        if (!failure_) failure_.emplace(kind, rank_, size_, step_, found, advice);
    }

    /// Memory of the communicator's own, with a copy of the first bytes: if a collective is given up, MPI keeps it.
    std::byte* stage(const void* values, std::int64_t copied, std::int64_t bytes) {
        if (bytes > staged_bytes_) {
            staging_.reset();
            staging_ = std::make_unique<std::byte[]>(static_cast<std::size_t>(bytes));
            staged_bytes_ = bytes;
        }
        if (copied > 0) std::memcpy(staging_.get(), values, static_cast<std::size_t>(copied));
        return staging_.get();
    }

    template <class Start> bool begins(std::string_view called, std::int64_t count, const Start& start) noexcept {
        if (failure_) return false;
        if (count > (std::numeric_limits<int>::max)()) return fails_as_too_large(called, count);
        return succeeds(called, start());
    }
    template <class Start> bool collective(std::string_view called, std::int64_t count, const Start& start) noexcept {
        MPI_Request request = MPI_REQUEST_NULL;
        return begins(called, count, [&] { return start(&request); }) && finish(called, request);
    }
    template <class Start> bool collective(std::string_view called, const Start& start) noexcept {
        return collective(called, 0, start);
    }

    bool succeeds(std::string_view called, int code) noexcept {
        return code == MPI_SUCCESS || fails_with(called, code);
    }
    /// These tell what has failed, and answer false.
    [[gnu::cold]] bool fails_as_too_large(std::string_view called, std::int64_t count) noexcept {
        fail(distributed_fault::too_large, std::string(called) + " of " + std::to_string(count) + " elements",
             "MPI counts up to 2^31 - 1 of them: make several");
        return false;
    }
    [[gnu::cold]] bool fails_with_ranks(std::int64_t wanted) noexcept {
        fail(distributed_fault::rank_count, "the module is made for " + std::to_string(wanted) + " ranks",
             "start as many, or say .ranks = " + std::to_string(size_));
        return false;
    }
    [[gnu::cold]] bool fails_without_rank(std::int64_t wanted) noexcept {
        fail(distributed_fault::rank_count, "there is no rank " + std::to_string(wanted), "ranks count from 0 on");
        return false;
    }
    [[gnu::cold]] bool fails_with(std::string_view called, int code) noexcept {
        char text[MPI_MAX_ERROR_STRING] = {};
        int length = 0;
        MPI_Error_string(code, text, &length);
        fail(distributed_fault::failed_call,
             std::string(called) + " failed: " + std::string(text, static_cast<std::size_t>(length)),
             "go on from a checkpoint, in a new job");
        distributed_parts::was_given_up = true;
        return false;
    }
    [[gnu::cold]] bool fails_at_deadline(std::string_view called) noexcept {
        const std::string silent = silent_ranks();
        fail(distributed_fault::deadline,
             std::string(called) + " was not finished after " + std::to_string(deadline_.count()) + " ms" +
                 (silent.empty() ? "" : ", and nothing was heard of rank " + silent),
             "go on from a checkpoint, in a new job");
        distributed_parts::was_given_up = true;
        return false;
    }

    // ---- who is there ------------------------------------------------------------------------------------------
    // A rank that waits tells so to all others from time to time, with the number of the collective. So one whose
    // deadline passes can name those of which it heard nothing: neither that they wait for the same, nor, since it
    // began to listen, that they wait for anything.

    void tell_others() {
        note_ = waits_;
        for (int other = 0; other < size_; ++other) {
            if (other == rank_) continue;
            MPI_Request sent = MPI_REQUEST_NULL;
            MPI_Isend(&note_, 1, MPI_INT64_T, other, 0, notes_, &sent);
            if (sent != MPI_REQUEST_NULL) MPI_Request_free(&sent);
        }
    }
    void hear_others() {
        for (;;) {
            int is_there = 0;
            MPI_Status status;
            MPI_Iprobe(MPI_ANY_SOURCE, 0, notes_, &is_there, &status);
            if (is_there == 0) return;
            heard_note& heard = heard_[static_cast<std::size_t>(status.MPI_SOURCE)];
            MPI_Recv(&heard.waits, 1, MPI_INT64_T, status.MPI_SOURCE, 0, notes_, MPI_STATUS_IGNORE);
            heard.is_new = true;
        }
    }
    [[gnu::cold]] void ask_others(bool is_first_time) {
        if (is_first_time) {
            hear_others();
            for (heard_note& heard : heard_) heard.is_new = false;
        }
        hear_others();
        tell_others();
    }
    [[gnu::cold]] std::string silent_ranks() {
        // What was sent arrives while MPI is called.
        const auto begin = std::chrono::steady_clock::now();
        while (std::chrono::steady_clock::now() - begin < deadline_ / 10) {
            hear_others();
            sched_yield();
        }
        std::string names;
        for (int other = 0; other < size_; ++other)
            if (const heard_note& heard = heard_[static_cast<std::size_t>(other)];
                other != rank_ && heard.waits < waits_ && !heard.is_new)
                names += (names.empty() ? "" : ", ") + std::to_string(other);
        return names;
    }

    MPI_Comm ranks_ = MPI_COMM_NULL;
    MPI_Comm notes_ = MPI_COMM_NULL;
    int rank_ = 0;
    int size_ = 1;
    std::int64_t step_ = 0;
    std::chrono::milliseconds deadline_;
    std::optional<distributed_error> failure_;
    std::unique_ptr<std::byte[]> staging_;
    std::int64_t staged_bytes_ = 0;
    std::int64_t waits_ = 0;  // collectives that were waited for: the same number on all ranks
    std::int64_t note_ = 0;
    struct heard_note {
        std::int64_t waits = 0;
        bool is_new = false;
    };
    std::vector<heard_note> heard_;
};

inline bool communicator::finish(std::string_view called, MPI_Request& request) noexcept {
    if (failure_) return false;
    ++waits_;
    const auto begin = std::chrono::steady_clock::now();
    std::int64_t told = 0;  // how often
    for (int tests = 0;; ++tests) {
        int is_done = 0;
        if (!succeeds(called, MPI_Test(&request, &is_done, MPI_STATUS_IGNORE))) return false;
        if (is_done != 0) return true;
        if (tests < 50) continue;  // most are done by then; where ranks share a processor each test gives it away
        const auto waited = std::chrono::steady_clock::now() - begin;
        if (waited > deadline_) return fails_at_deadline(called);
        if (waited > deadline_ / 10 * (told + 1)) ask_others(told++ == 0);
        sched_yield();
    }
}

}  // namespace ambit
