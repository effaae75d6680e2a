// SPDX-License-Identifier: BSL-1.0
// Where the time of a call goes, step by step, with the user's names of the ops:
//
//     const model_profile measured = profile(filter, image1, image2);
//     std::cout << measured;
//     write_profile_svg(measured, "profile.svg");
//
// The kernels are those of any other call, with a look at the clock before and behind each; what looking takes is
// measured and taken off. So is the most that the processor computes, by fused multiply-adds in registers: a step's
// share of it says how much there is to win.
#pragma once

#include <ambit/diagnostics/terminal.hpp>
#include <ambit/io/planned_graph.hpp>
#include <ambit/io/steps.hpp>
#include <ambit/io/svg.hpp>
#include <ambit/io/text_table.hpp>
#include <ambit/io/whole_file.hpp>
#include <ambit/model/model.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <ostream>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <xsimd/xsimd.hpp>

namespace AMBIT_NAMESPACE {

/// What `profile` measures. Times are seconds of one call, medians of `calls`.
struct model_profile {
    struct step {
        std::string kernel;  ///< as `steps` names it
        std::vector<std::string> ops;  ///< names of the ops that it computes
        dtype type = dtype::none;  ///< of its result
        double seconds = 0;  ///< of all its iterations, if it belongs to a loop
        std::int64_t flops = 0;  ///< floating-point operations (plan/flops.hpp)
        std::int64_t bytes = 0;  ///< of the arrays that it reads and writes, each once

        double flops_a_second() const { return seconds > 0 ? static_cast<double>(flops) / seconds : 0; }
        double bytes_a_second() const { return seconds > 0 ? static_cast<double>(bytes) / seconds : 0; }
    };
    std::vector<step> steps;
    int calls = 0;  ///< that were measured
    double seconds = 0;  ///< of a whole call: the steps, binding arguments, and looking at the clock
    double peak_flops = 0;  ///< a second, float32, of one core

    double seconds_of_steps() const {
        double sum = 0;
        for (const step& one : steps) sum += one.seconds;
        return sum;
    }
    /// Of what the processor could compute meanwhile; of float64 half as much.
    double share_of_peak(const step& one) const {
        const double peak = one.type == dtype::float64 ? peak_flops / 2 : peak_flops;
        return is_floating(one.type) && peak > 0 ? one.flops_a_second() / peak : 0;
    }

    /// A line a step, for so many columns if there are any.
    std::string text(int columns = 0) const;

    friend std::ostream& operator<<(std::ostream& out, const model_profile& shown) {
        return out << shown.text(terminal_width(out));
    }
};

}  // namespace ambit

namespace AMBIT_NAMESPACE::io_parts {

using profile_clock = std::chrono::steady_clock;

/// What runs the steps of a model's plans.
template <class Model> struct kernels_of_model {
    using planned = typename Model::graph;
    using memory = model_parts::model_memory;
    template <class Plan> using steps = model_parts::static_steps<Plan>;
    template <std::uint64_t Selected> static void look_at_findings(const memory& addresses) {
        model_parts::look_at_findings<planned, Selected>(addresses.variables);
    }
};
template <storage Storage, class Module, class... Inputs>
    requires graph_parts::any_batch_inputs<Inputs...>
struct kernels_of_model<stored_model<Storage, Module, Inputs...>> {
    using graph = typename stored_model<Storage, Module, Inputs...>::graph;
    using planned = plan_parts::planned_graph<graph>;
    using memory = model_parts::batch_memory;
    template <class Plan> using steps = model_parts::batch_steps<graph, Plan>;
    template <std::uint64_t Selected> static void look_at_findings(const memory& addresses) {
        model_parts::look_at_findings_of_batch<graph, Selected>(addresses.variables, addresses.batch);
    }
};

template <class Memory> struct timed_memory : Memory {
    profile_clock::duration* spent = nullptr;  // by step
};

/// The steps of a plan, each with a look at the clock before and behind it (model/run_steps.hpp).
template <class Steps> struct timed_steps {
    using plan = typename Steps::plan;
    using memory = timed_memory<typename Steps::memory>;
    using looked_at = void;

    static void run_from_table(const memory& addresses, int step) noexcept {
        const profile_clock::time_point begin = profile_clock::now();
        Steps::run_from_table(addresses, step);
        addresses.spent[step] += profile_clock::now() - begin;
    }
    static std::int64_t trips_of(const memory& addresses, const plan_parts::plan_loop& loop) noexcept {
        return Steps::trips_of(addresses, loop);
    }
    static std::int64_t stride_of(const memory& addresses, int place) noexcept {
        return Steps::stride_of(addresses, place);
    }
};

/// The kernels of a call for all outputs, in the place of the model's own.
template <class Model> struct timed_call {
    using kernels = kernels_of_model<Model>;
    using memory = typename kernels::memory;
    using graph = typename kernels::planned;
    static constexpr std::uint64_t all = plan_parts::all_outputs;
    static constexpr bool has_checks = model_parts::has_checks<graph, all>;
    using part = plan_parts::plan_part;
    using before = plan_of<graph, all, has_checks ? part::before_effects : part::all>;
    using effects = plan_of<graph, all, part::effects>;

    static constexpr int steps() {
        if constexpr (has_checks) return before::counts.steps + effects::counts.steps;
        else return before::counts.steps;
    }

    profile_clock::duration* spent;
    std::int64_t* batch;  ///< of a model with `any_size`: what the call found

    void operator()(const memory& addresses) const {
        if constexpr (requires { addresses.batch; }) *batch = addresses.batch;
        run<before>(addresses, spent);
        if constexpr (has_checks) {
            kernels::template look_at_findings<all>(addresses);
            run<effects>(addresses, spent + before::counts.steps);
        }
    }

private:
    template <class Plan> static void run(const memory& addresses, profile_clock::duration* of_steps) {
        model_parts::run_all<timed_steps<typename kernels::template steps<Plan>>>(
            timed_memory<memory>{addresses, of_steps});
    }
};

inline double seconds_in(profile_clock::duration time) { return std::chrono::duration<double>(time).count(); }

inline double median(std::vector<double> numbers) {
    const auto middle = numbers.begin() + static_cast<std::ptrdiff_t>(numbers.size() / 2);
    std::nth_element(numbers.begin(), middle, numbers.end());
    return *middle;
}

/// What a look at the clock takes: the least of many.
inline double seconds_of_a_look() {
    profile_clock::duration least = std::chrono::seconds(1);
    for (int i = 0; i < 1000; ++i) {
        const profile_clock::time_point begin = profile_clock::now();
        least = (std::min)(least, profile_clock::now() - begin);
    }
    return seconds_in(least);
}

/// Floating-point operations a second that one core does at most: as many independent sums as hide their latency.
[[gnu::noinline]] inline double measured_peak() {
    using batch = xsimd::batch<float>;
    constexpr std::size_t sums = 12;
    constexpr int rounds = 20'000;
    volatile float seen = 0.999F;  // nobody knows its value
    const batch factor(seen), term(1 - seen);
    double most = 0;
    for (int attempt = 0; attempt < 8; ++attempt) {
        std::array<batch, sums> sum;
        for (std::size_t k = 0; k < sums; ++k) sum[k] = batch(static_cast<float>(k));
        const profile_clock::time_point begin = profile_clock::now();
        for (int round = 0; round < rounds; ++round)
            for (std::size_t k = 0; k < sums; ++k) sum[k] = xsimd::fma(sum[k], factor, term);
        const double seconds = seconds_in(profile_clock::now() - begin);
        for (std::size_t k = 1; k < sums; ++k) sum[0] = sum[0] + sum[k];
        seen = sum[0].get(0) > 0 ? 0.999F : 0.998F;
        most = (std::max)(most, 2.0 * batch::size * sums * rounds / seconds);
    }
    return most;
}

/// Bytes of the arrays that a step reads and writes, each once, in all its iterations.
inline std::int64_t traffic_of(const planned_graph& graph, const planned_graph::step& step) {
    const auto value_at = [&](int n) -> const planned_graph::value& {
        return graph.values[static_cast<std::size_t>(n)];
    };
    std::set<int> arrays;
    for (const int n : step.values)
        for (int operand : value_at(n).operands) {
            while (value_at(operand).role == op_role::alias) operand = value_at(operand).operands.front();
            const bool is_inner = std::find(step.values.begin(), step.values.end(), operand) != step.values.end();
            if (!is_inner && !value_at(operand).is_literal) arrays.insert(operand);
        }
    std::int64_t bytes = 0, runs = 1;
    for (const int n : arrays) bytes += value_at(n).spec.bytes();
    for (const int n : step.results) {
        bytes += value_at(n).spec.bytes() * (step.kind == step_kind::copy ? 2 : 1);
        runs = value_at(n).runs;
    }
    return bytes * runs;
}

/// The steps as they are planned; times are to come.
inline model_profile unmeasured(const planned_graph& graph) {
    model_profile made;
    for (const planned_graph::step& planned : graph.steps) {
        model_profile::step& step = made.steps.emplace_back();
        step.kernel = deed_of(graph, planned);
        for (const int n : planned.kind == step_kind::copy ? planned.results : planned.values) {
            const planned_graph::value& value = graph.values[static_cast<std::size_t>(n)];
            step.ops.push_back(value.name);
            step.type = value.spec.type;
            if (planned.kind != step_kind::copy) step.flops += value.flops;
        }
        step.bytes = traffic_of(graph, planned);
    }
    return made;
}

/// The steps of a call, and how often each runs in it.
struct counted_steps {
    model_profile profile;
    std::vector<std::int64_t> runs;

    explicit counted_steps(const planned_graph& graph) : profile(unmeasured(graph)) {
        for (const planned_graph::step& step : graph.steps) {
            const auto& written = step.results;
            runs.push_back(written.empty() ? 1 : graph.values[static_cast<std::size_t>(written.front())].runs);
        }
    }
};

/// Of a model with any batch: planned as the compiler has planned it, at its first sample, and counted along the line
/// through two of them.
template <class Module, class... Inputs> counted_steps steps_to_count(std::int64_t batch) {
    if constexpr (graph_parts::any_batch_inputs<Inputs...>) {
        const std::int64_t first = graph_parts::sample_batches[0], second = graph_parts::sample_batches[1];
        counted_steps counted(graph_at_batch<Module, Inputs...>(first));
        const counted_steps other(graph_at_batch<Module, Inputs...>(second));
        const auto move = [&](std::int64_t& number, std::int64_t at_second) {
            number += (at_second - number) / (second - first) * (batch - first);
        };
        for (std::size_t s = 0; s < counted.runs.size(); ++s) {
            move(counted.profile.steps[s].flops, other.profile.steps[s].flops);
            move(counted.profile.steps[s].bytes, other.profile.steps[s].bytes);
            move(counted.runs[s], other.runs[s]);
        }
        return counted;
    } else {
        return counted_steps(planned_graph(Module{}, std::array<tensor_spec, sizeof...(Inputs)>{Inputs::spec...}));
    }
}

inline std::string digits_of(double number, int digits) {
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%.*f", digits, number);
    return text.data();
}
/// `12.3 ns`, `4.56 µs`: three digits.
inline std::string short_time(double seconds) {
    constexpr std::array<const char*, 4> units{" ns", " µs", " ms", " s"};
    double number = seconds * 1e9;
    std::size_t unit = 0;
    for (; number >= 999.5 && unit + 1 < units.size(); ++unit) number /= 1000;
    return digits_of(number, number < 9.995 ? 2 : number < 99.95 ? 1 : 0) + units[unit];
}

/// Without what lies behind so many columns.
inline std::string cut_lines(std::string_view text, std::size_t columns) {
    std::string cut;
    std::size_t used = 0;
    for (const char letter : text) {
        used = letter == '\n' ? 0 : used + columns_of(std::string_view(&letter, 1));
        if (used <= columns) cut += letter;
    }
    return cut;
}

inline std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
    return text;
}

}  // namespace ambit::io_parts

namespace AMBIT_NAMESPACE {

inline std::string model_profile::text(int columns) const {
    std::vector<std::string> cells{"step", "kernel", "time", "share", "GFLOP/s", "of peak", "GB/s", "ops"};
    const double whole = seconds_of_steps();
    const auto percent = [](double share) { return io_parts::digits_of(100 * share, 0) + " %"; };
    for (std::size_t s = 0; s < steps.size(); ++s) {
        const step& one = steps[s];
        const bool is_measured = one.seconds > 0, computes = is_measured && one.flops > 0;
        cells.insert(cells.end(),
                     {std::to_string(s), one.kernel, is_measured ? io_parts::short_time(one.seconds) : "",
                      is_measured ? percent(one.seconds / whole) : "",
                      computes ? io_parts::digits_of(one.flops_a_second() / 1e9, 1) : "",
                      share_of_peak(one) > 0 ? percent(share_of_peak(one)) : "",
                      is_measured && one.bytes > 0 ? io_parts::digits_of(one.bytes_a_second() / 1e9, 1) : "",
                      io_parts::joined(one.ops)});
    }
    std::string text = io_parts::table(cells, "llrrrrrl");
    if (columns > 0) text = io_parts::cut_lines(text, static_cast<std::size_t>(columns));
    return text + "  a call takes " + io_parts::short_time(seconds) + ", its steps " + io_parts::short_time(whole) +
           " (medians of " + mistake_parts::grouped(calls) + "); the peak is " +
           io_parts::digits_of(peak_flops / 1e9, 0) + " GFLOP/s\n";
}

/// Calls a model for all outputs, operations among them, some hundred times or for a fifth of a second, and measures
/// each step of the calls. Variables change as in other calls. Throws what these throw. With `any_size` it measures the
/// batch of these arguments.
template <storage Storage, class Module, class... Inputs, class... Arguments>
model_profile profile(stored_model<Storage, Module, Inputs...>& net, const Arguments&... arguments) {
    using model = stored_model<Storage, Module, Inputs...>;
    using timed_call = io_parts::timed_call<model>;
    std::vector<io_parts::profile_clock::duration> spent(static_cast<std::size_t>(timed_call::steps()));
    std::int64_t batch = 0;
    const timed_call kernels{spent.data(), &batch};
    for (int i = 0; i < 2; ++i) net.run_by(kernels, arguments...);  // caches, pages, and layouts that kernels keep
    auto [made, runs] = io_parts::steps_to_count<Module, Inputs...>(batch);
    made.peak_flops = io_parts::measured_peak();

    constexpr std::size_t most_calls = 500;
    constexpr double long_enough = 0.2;
    std::vector<std::vector<double>> of_step(spent.size());
    std::vector<double> of_call;
    double passed = 0;
    while (of_call.size() < most_calls && (of_call.size() < 3 || passed < long_enough)) {
        std::fill(spent.begin(), spent.end(), io_parts::profile_clock::duration());
        const auto begin = io_parts::profile_clock::now();
        net.run_by(kernels, arguments...);
        of_call.push_back(io_parts::seconds_in(io_parts::profile_clock::now() - begin));
        passed += of_call.back();
        for (std::size_t s = 0; s < spent.size(); ++s) of_step[s].push_back(io_parts::seconds_in(spent[s]));
    }
    made.calls = static_cast<int>(of_call.size());
    made.seconds = io_parts::median(of_call);
    const double look = io_parts::seconds_of_a_look();
    for (std::size_t s = 0; s < spent.size(); ++s) {
        const double measured = io_parts::median(of_step[s]);
        if (measured > 0)
            made.steps[s].seconds = (std::max)(measured - look * static_cast<double>(runs[s]), 1e-9);
    }
    return made;
}

/// Draws a bar for each step, as long as it takes, in the colour of its scope, whole or not at all. A file that cannot
/// be written is a `file_error`.
inline void write_profile_svg(const model_profile& shown, const std::filesystem::path& path) {
    const double width = 960, left = 250, right = 260, row = 22, top = 44;
    double longest = 0;
    std::vector<std::string> paths;
    for (const auto& step : shown.steps) {
        longest = (std::max)(longest, step.seconds);
        for (const std::string& op : step.ops) paths.push_back(op);
    }
    const io_parts::scope_colours colours(paths);
    const double whole = shown.seconds_of_steps();
    io_parts::svg_picture picture(width, top + row * static_cast<double>(shown.steps.size()) + 12);
    picture.words(12, 20, "a call of " + std::to_string(shown.steps.size()) + " steps, " + io_parts::short_time(whole));
    const std::array<double, 4> columns{width - right + 72, width - right + 128, width - right + 190, width - 16};
    constexpr std::array<const char*, 4> headings{"time", "share", "of peak", "GB/s"};
    for (std::size_t c = 0; c < columns.size(); ++c)
        picture.words(columns[c], 20, headings[c], io_parts::svg_words::to_right, "faint");
    for (std::size_t s = 0; s < shown.steps.size(); ++s) {
        const model_profile::step& step = shown.steps[s];
        const double y = top + row * static_cast<double>(s) - 12;
        const std::string first = step.ops.empty() ? step.kernel : step.ops.front();
        std::string label = first + (step.ops.size() > 1 ? ", " + std::to_string(step.ops.size() - 1) + " more" : "");
        const std::size_t most = io_parts::svg_picture::fitting(left - 48);
        if (label.size() > most) label = "..." + label.substr(label.size() - most + 3);
        picture.words(32, y + 14, std::to_string(s), io_parts::svg_words::to_right, "faint");
        picture.words(40, y + 14, label);
        if (step.seconds <= 0) continue;
        picture.rectangle(left, y + 2, (std::max)((width - left - right) * step.seconds / longest, 1.0), row - 5,
                          colours.of(first), step.kernel + ": " + io_parts::joined(step.ops));
        const auto number = [&](std::size_t column, double value, const char* unit) {
            picture.words(columns[column], y + 14, io_parts::digits_of(value, 0) + unit, io_parts::svg_words::to_right);
        };
        picture.words(columns[0], y + 14, io_parts::short_time(step.seconds), io_parts::svg_words::to_right);
        number(1, 100 * step.seconds / whole, " %");
        if (shown.share_of_peak(step) > 0) number(2, 100 * shown.share_of_peak(step), " %");
        if (step.bytes > 0) number(3, step.bytes_a_second() / 1e9, "");
    }
    const std::string text = picture.text();
    io_parts::write_file(path, std::as_bytes(std::span(text)));
}

}  // namespace ambit
