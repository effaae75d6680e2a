// SPDX-License-Identifier: BSL-1.0
// Nets of dense layers 4-16-16-2 and 1-n-n-1 on one sample: back to back, where calls overlap in the processor, and
// dependent, where each input waits for the last output; of these also how long a call takes in the middle, and of the
// slowest thousandth the fastest. The peer is what an engineer writes by hand with fixed-size Eigen.
#include <bench/contender.hpp>
#include <bench/small_net.hpp>

#ifdef AMBIT_HAS_EIGEN
#    include <Eigen/Core>
#endif

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace {

using namespace bench;

// ---- Eigen ------------------------------------------------------------------------------------------------

#ifdef AMBIT_HAS_EIGEN
// Column-major matrices times column vectors, Eigen's home ground: [in, out] row-major is [out, in]
// column-major.
template <class W> class by_eigen {
    template <std::size_t Rows, std::size_t Columns>
    using matrix = Eigen::Matrix<float, static_cast<int>(Rows), static_cast<int>(Columns)>;
    using hidden = matrix<W::hidden, 1>;

public:
    explicit by_eigen(const W& work)
        : first_(work.weights[0].data()),
          second_(work.weights[1].data()),
          third_(work.weights[2].data()),
          first_bias_(work.biases[0].data()),
          second_bias_(work.biases[1].data()),
          third_bias_(work.biases[2].data()) {}
    const float* operator()(const float* x) {
        const hidden one = apply(first_ * Eigen::Map<const matrix<W::in, 1>>(x) + first_bias_);
        const hidden two = apply(second_ * one + second_bias_);
        out_.noalias() = third_ * two + third_bias_;
        return out_.data();
    }

private:
    static hidden apply(const hidden& x) {
        if constexpr (W::function == activation::relu)
            return x.cwiseMax(0.0f);
        else
            return x.array().tanh().matrix();
    }
    matrix<W::hidden, W::in> first_;
    matrix<W::hidden, W::hidden> second_;
    matrix<W::out, W::hidden> third_;
    hidden first_bias_, second_bias_;
    matrix<W::out, 1> third_bias_, out_;
};
#endif

// ---- How long a call takes --------------------------------------------------------------------------------

// Nanoseconds of ten million dependent calls, from the end of one to the end of the next.
struct call_times {
    double middle = 0, slow = 0, worst = 0;
};

// A counter that is finer than the system's clock, which some machines step by 20 ns.
inline std::uint64_t ticks() {
#if defined(__x86_64__)
    return __builtin_ia32_rdtsc();
#else
    return static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
#endif
}

template <class W, class Contender> call_times times_of_calls() {
    using clock = std::chrono::steady_clock;
    constexpr std::size_t calls = 10'000'000;
    Contender contender(the_only<W>());
    std::vector<std::uint64_t> times(calls);
    const clock::time_point begin = clock::now();
    const std::uint64_t first = ticks();
    std::uint64_t last = first;
    for (std::uint64_t& each : times) {
        escape(contender()[0]);
        const std::uint64_t now = ticks();
        each = now - last;
        last = now;
    }
    const double nanoseconds = std::chrono::duration<double, std::nano>(clock::now() - begin).count();
    const double of_a_tick = nanoseconds / static_cast<double>(last - first);
    const auto at = [&](double share) {
        const auto place = times.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(calls - 1));
        std::nth_element(times.begin(), place, times.end());
        return of_a_tick * static_cast<double>(*place);
    };
    return {at(0.5), at(0.999), at(1)};
}

// Two rows, `…_middle` and `…_slow`, whose time is that of a call.
template <class W, class Contender> void enter_times(const std::string& contender) {
    const auto enter_one = [&](const char* row, auto part) {
        benchmark::RegisterBenchmark((W::name() + row + contender).c_str(), [part](benchmark::State& state) {
            Contender checked(the_only<W>());
            if (!check(state, the_only<W>().right, checked.for_check(), 1)) return;
            const call_times times = times_of_calls<W, Contender>();
            for (auto _ : state) state.SetIterationTime(times.*part * 1e-9);
            state.counters["worst_ns"] = times.worst;
        })->UseManualTime()->Iterations(1);
    };
    enter_one("_middle/", &call_times::middle);
    enter_one("_slow/", &call_times::slow);
}

template <class W> void enter_all() {
    using ambit_net = one_sample<W, small_net_by_ambit<W>>;
    enter<W, ambit_net>("ambit");
    if constexpr (W::mode == calls::dependent) enter_times<W, ambit_net>("ambit");
#ifdef AMBIT_HAS_EIGEN
    using eigen_net = one_sample<W, by_eigen<W>>;
    enter<W, eigen_net>("eigen");
    if constexpr (W::mode == calls::dependent) enter_times<W, eigen_net>("eigen");
#endif
}
template <std::size_t In, std::size_t Hidden, std::size_t Out> void enter_net() {
    enter_all<dense_net<activation::relu, calls::back_to_back, In, Hidden, Out>>();
    enter_all<dense_net<activation::relu, calls::dependent, In, Hidden, Out>>();
    enter_all<dense_net<activation::tanh, calls::back_to_back, In, Hidden, Out>>();
    enter_all<dense_net<activation::tanh, calls::dependent, In, Hidden, Out>>();
}

}  // namespace

int main(int count, char** arguments) {
    enter_net<4, 16, 2>();
    enter_net<1, 8, 1>();
    enter_net<1, 16, 1>();
    enter_net<1, 32, 1>();
    enter_net<1, 64, 1>();
    return run(count, arguments);
}
