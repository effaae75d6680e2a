// SPDX-License-Identifier: BSL-1.0
// Checkpoints of 1 GiB against what the system and one checksum take for as many bytes. Files lie in the directory for
// temporary files. Times are those of the clock: most of them is waiting.
#include <ambit/ambit.hpp>
#include <ambit/checkpoint/load.hpp>
#include <ambit/checkpoint/mapped_checkpoint.hpp>
#include <ambit/checkpoint/saver.hpp>

#include <bench/contender.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

namespace {

using namespace ambit;

/// 16 variables of 64 MiB.
constexpr std::int64_t variables = 16, rows = 4096;
struct large {
    constexpr tensor operator()(scope& s, const tensor& x) const {
        tensor y = x;
        for (std::int64_t v = 0; v < variables; ++v) {
            const char name = static_cast<char>('a' + v);
            y = matmul(y, s.get_variable({&name, 1}, {rows, rows}, {.initializer = constant(1.0 / 64)}));
        }
        return y;
    }
};
using net = model<large, input<float, 1, rows>>;
constexpr std::size_t bytes = std::size_t{1} << 30;

/// The directory of this run, and in it the checkpoint of a model.
class workplace {
public:
    workplace() : path_(std::filesystem::temp_directory_path() / ("ambit-bench-" + std::to_string(::getpid()))) {
        std::filesystem::create_directory(path_);
        for (std::size_t v = 0; v < net_.variables.size(); ++v) {
            auto* const values = reinterpret_cast<float*>(net_.parameters().variables()[v]);
            for (std::size_t i = 0; i < bytes / variables / sizeof(float); ++i)
                values[i] = static_cast<float>((i * 7 + v) % 1024) / 1024;
        }
        save(net_, file());
        sum_ = sum_of(net_);
    }
    ~workplace() { std::filesystem::remove_all(path_); }
    static workplace& get() {
        static workplace here;
        return here;
    }

    net& model() { return net_; }
    std::string file() const { return path_ / "model.safetensors"; }
    std::string other(const char* name) const { return path_ / name; }

    /// One pass over all weights, and whether they are right.
    static double sum_of(std::span<const std::byte> part) {
        const auto* const values = reinterpret_cast<const float*>(part.data());
        float sums[16] = {};
        for (std::size_t i = 0; i + 16 <= part.size() / sizeof(float); i += 16)
            for (std::size_t k = 0; k < 16; ++k) sums[k] += values[i + k];
        double sum = 0;
        for (const float each : sums) sum += static_cast<double>(each);
        return sum;
    }
    static double sum_of(const net& of) {
        double sum = 0;
        for (const std::byte* const it : of.parameters().variables()) sum += sum_of({it, bytes / variables});
        return sum;
    }
    bool is_right(double sum) const { return sum > 0.999 * sum_ && sum < 1.001 * sum_; }

private:
    std::filesystem::path path_;
    net net_{seed{1}};
    double sum_ = 0;
};

int opened(const std::string& file, int flags) {
    const int found = ::open(file.c_str(), flags | O_CLOEXEC, 0600);
    if (found < 0) throw std::runtime_error("cannot open " + file);
    return found;
}

/// Runs `once` until it was timed for long enough. It answers whether its result is right; what is not to be timed it
/// does in `afterwards`.
template <class Once, class Afterwards> void measure(benchmark::State& state, Once&& once, Afterwards&& afterwards) {
    using clock = std::chrono::steady_clock;
    bool is_right = once();
    afterwards();
    for (auto _ : state) {
        const clock::time_point begin = clock::now();
        is_right = once() && is_right;
        state.SetIterationTime(std::chrono::duration<double>(clock::now() - begin).count());
        afterwards();
    }
    if (!is_right) state.SkipWithError("the weights are others");
    state.counters["checked"] = 1;
    state.counters["elapsed"] = 1;
    state.SetBytesProcessed(static_cast<std::int64_t>(bytes) * static_cast<std::int64_t>(state.iterations()));
}
template <class Once> void enter(const std::string& name, Once once) {
    benchmark::RegisterBenchmark(("checkpoint/" + name).c_str(), [once](benchmark::State& state) {
        measure(state, [&] { return once(workplace::get()); }, [] {});
    })->UseManualTime()->Iterations(1);
}

std::vector<std::byte>& buffer() {
    static std::vector<std::byte> memory(bytes);
    return memory;
}

void enter_all() {
    // Open, compare the checksums, one pass over all weights.
    enter("read_1_gib/ambit", [](workplace& here) {
        const std::unique_ptr<tensor_source> file = open_checkpoint(here.file());
        double sum = 0;
        for (std::size_t t = 0; t < file->tensors().size(); ++t) {
            const std::span<std::byte> part = std::span(buffer()).subspan(t * (bytes / variables), bytes / variables);
            file->read(t, part);
            sum += workplace::sum_of(part);
        }
        return here.is_right(sum);
    });
    enter("load_1_gib/ambit", [](workplace& here) {
        static_cast<void>(load(here.model(), here.file()));
        return here.is_right(workplace::sum_of(here.model()));
    });
    for (const char* const name : {"read_1_gib/read", "load_1_gib/read"})
        enter(name, [](workplace& here) {
            const int file = opened(here.file(), O_RDONLY);
            std::size_t done = 0;
            const auto header = static_cast<std::size_t>(::lseek(file, 0, SEEK_END)) - bytes;
            ::lseek(file, static_cast<off_t>(header), SEEK_SET);
            while (done < bytes) {
                const ssize_t count = ::read(file, buffer().data() + done, bytes - done);
                if (count <= 0) return false;
                done += static_cast<std::size_t>(count);
            }
            ::close(file);
            const std::uint32_t sum = file_parts::crc32c(buffer());
            bench::escape(&sum);
            return here.is_right(workplace::sum_of(buffer()));
        });

    enter("map_1_gib/ambit", [](workplace& here) {
        const auto file = map_checkpoint(here.file());
        return file->tensors().size() == variables && file->in_place(0).size() == bytes / variables;
    });
    enter("map_1_gib/5_ms", [](workplace&) {
        const auto begin = std::chrono::steady_clock::now();
        while (std::chrono::steady_clock::now() - begin < std::chrono::milliseconds(5)) {}
        return true;
    });

    enter("save_1_gib/ambit", [](workplace& here) {
        save(here.model(), here.other("saved"));
        return std::filesystem::file_size(here.other("saved")) > bytes;
    });
    enter("save_1_gib/write", [](workplace& here) {
        const int file = opened(here.other("written"), O_WRONLY | O_CREAT | O_TRUNC);
        std::uint32_t sum = 0;
        for (const std::byte* const it : here.model().parameters().variables()) {
            const std::span<const std::byte> part(it, bytes / variables);
            sum = file_parts::crc32c(part, sum);
            for (std::size_t done = 0; done < part.size();) {
                const ssize_t count = ::write(file, part.data() + done, part.size() - done);
                if (count <= 0) return false;
                done += static_cast<std::size_t>(count);
            }
        }
        bench::escape(&sum);
        return ::fsync(file) == 0 && ::close(file) == 0;
    });

    // How long a training waits for a save in the background: for the copy.
    benchmark::RegisterBenchmark("checkpoint/copy_1_gib/ambit", [](benchmark::State& state) {
        workplace& here = workplace::get();
        saver checkpoints({.max_to_keep = 1, .asynchronous = true});
        std::int64_t step = 0;
        measure(
            state,
            [&] {
                checkpoints.save(here.model(), here.other("copied"), ++step);
                return true;
            },
            [&] { checkpoints.wait(); });
    })->UseManualTime()->Iterations(1);
    enter("copy_1_gib/memcpy", [](workplace& here) {
        std::size_t done = 0;
        for (const std::byte* const it : here.model().parameters().variables()) {
            std::memcpy(buffer().data() + done, it, bytes / variables);
            done += bytes / variables;
        }
        bench::escape(buffer().data());
        return true;
    });
}

}  // namespace

int main(int count, char** arguments) {
    enter_all();
    return bench::run(count, arguments);
}
