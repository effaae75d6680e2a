// SPDX-License-Identifier: BSL-1.0
// How far a long loop is: a bar that redraws itself on a terminal, plain lines anywhere else.
//
//     progress_bar bar(std::cerr, "epoch 1/8", 9000, "examples", terminal_width(STDERR_FILENO));
//     for (…) bar.advance(32, {{"loss", mean_loss}, {"accuracy", mean_accuracy}});
//     bar.finish();
//
//     epoch 1/8 [#######-------]  50 %  loss 0.2716  accuracy 0.9219  19,480 examples/s  0.2 s left
//     epoch 1/8: 9,000 examples, loss 0.2031, accuracy 0.9402, 19,512 examples/s, 0.5 s
#pragma once

#include <ambit/core/standard.hpp>
#include <ambit/diagnostics/grouped_number.hpp>
#include <ambit/diagnostics/terminal.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <initializer_list>
#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace AMBIT_NAMESPACE {

/// A number that is shown beside the bar.
struct measurement {
    std::string_view name;
    double value;
};

}  // namespace ambit

namespace AMBIT_NAMESPACE::io_parts {

/// `0.4 s`, `12 s`, `2 min 05 s`, `1 h 02 min`
inline std::string duration_in_words(double seconds) {
    const auto whole = static_cast<std::int64_t>(std::clamp(seconds, 0.0, 1e15) + 0.5);
    std::array<char, 48> text{};
    if (seconds < 9.95) std::snprintf(text.data(), text.size(), "%.1f s", (std::max)(seconds, 0.0));
    else if (whole < 60) std::snprintf(text.data(), text.size(), "%d s", static_cast<int>(whole));
    else if (whole < 3600)
        std::snprintf(text.data(), text.size(), "%d min %02d s", static_cast<int>(whole / 60),
                      static_cast<int>(whole % 60));
    else
        std::snprintf(text.data(), text.size(), "%lld h %02d min", static_cast<long long>(whole / 3600),
                      static_cast<int>(whole / 60 % 60));
    return text.data();
}

inline std::string four_decimals(double value) {
    std::array<char, 400> text{};  // the largest double has 309 digits before the point
    std::snprintf(text.data(), text.size(), "%.4f", value);
    return text.data();
}

}  // namespace ambit::io_parts

namespace AMBIT_NAMESPACE {

/// Where a loop stands, as text.
struct progress {
    std::string_view title, unit;
    std::int64_t done, total;
    double seconds;
    std::span<const measurement> values;

    std::string rate() const {
        const double each_second = seconds > 0 ? static_cast<double>(done) / seconds : 0;
        return io_parts::grouped(static_cast<std::int64_t>((std::min)(each_second, 1e15))) + ' ' + std::string(unit) +
               "/s";
    }

    std::string plain_line() const {
        std::string text = std::string(title) + ": " + io_parts::grouped(done) +
                           (done < total ? " of " + io_parts::grouped(total) : std::string()) + ' ' + std::string(unit);
        for (const auto& [name, value] : values)
            text += ", " + std::string(name) + ' ' + io_parts::four_decimals(value);
        return text + ", " + rate() + ", " + io_parts::duration_in_words(seconds);
    }

    /// At most `width` columns: the bar takes what the words leave, up to 40, and they are cut if they leave nothing.
    std::string bar_line(int width) const {
        const double share =
            total > 0 ? std::clamp(static_cast<double>(done) / static_cast<double>(total), 0.0, 1.0) : 1;
        std::array<char, 8> percent{};
        std::snprintf(percent.data(), percent.size(), "%3d %%", static_cast<int>(100 * share));
        std::string words = percent.data();
        for (const auto& [name, value] : values)
            words += "  " + std::string(name) + ' ' + io_parts::four_decimals(value);
        words += "  " + rate();
        if (done < total && done > 0) words += "  " + io_parts::duration_in_words(seconds * (1 / share - 1)) + " left";
        std::string text = std::string(title) + ' ';
        const int left = width - static_cast<int>(text.size() + words.size()) - 3;
        if (left >= 5) {
            const auto bar = static_cast<std::size_t>((std::min)(left, 40));
            const auto full = static_cast<std::size_t>(share * static_cast<double>(bar));
            text += '[' + std::string(full, '#') + std::string(bar - full, '-') + "] ";
        }
        text += words;
        if (static_cast<int>(text.size()) > width) text.resize(static_cast<std::size_t>((std::max)(width, 0)));
        return text;
    }
};

/// Draws on a stream: on a terminal ten times a second, else a line every ten seconds and one at the end.
template <class Clock> class basic_progress_bar {
public:
    /// `width` is that of the terminal, 0 if the stream is none. `total` counts units, such as examples.
    basic_progress_bar(std::ostream& out, std::string title, std::int64_t total, std::string unit, int width)
        : out_(&out),
          title_(std::move(title)),
          unit_(std::move(unit)),
          total_(total),
          width_(width),
          start_(Clock::now()),
          drawn_(start_) {}

    basic_progress_bar(const basic_progress_bar&) = delete;
    basic_progress_bar& operator=(const basic_progress_bar&) = delete;
    /// A bar that an exception leaves behind stays on a line of its own.
    ~basic_progress_bar() {
        if (columns_ > 0) *out_ << '\n' << std::flush;
    }

    void advance(std::int64_t count, std::initializer_list<measurement> values = {}) {
        done_ += count;
        values_.assign(values.begin(), values.end());
        const auto now = Clock::now();
        const auto pause = width_ > 0 ? std::chrono::milliseconds(100) : std::chrono::milliseconds(10'000);
        if (now - drawn_ >= pause && done_ < total_) draw(now);
    }

    /// The last line; call once.
    void finish() {
        draw(Clock::now());
        if (width_ > 0) *out_ << '\n' << std::flush;
        columns_ = 0;
    }

    /// Instead of the last line: takes the bar away, and leaves the line to what comes next.
    void clear() {
        if (columns_ > 0) *out_ << '\r' << std::string(columns_, ' ') << '\r' << std::flush;
        columns_ = 0;
    }

    double seconds() const { return std::chrono::duration<double>(Clock::now() - start_).count(); }

private:
    void draw(typename Clock::time_point now) {
        drawn_ = now;
        const progress at{title_, unit_, done_, total_, std::chrono::duration<double>(now - start_).count(), values_};
        if (width_ == 0) {
            *out_ << at.plain_line() << std::endl;
            return;
        }
        // The last column stays empty: some terminals go to the next line when it is written.
        const std::string line = at.bar_line(width_ - 1);
        const std::size_t columns = line.size();
        *out_ << '\r' << line << std::string(columns < columns_ ? columns_ - columns : 0, ' ') << std::flush;
        columns_ = columns;
    }

    std::ostream* out_;
    std::string title_, unit_;
    std::int64_t total_, done_ = 0;
    int width_;
    std::size_t columns_ = 0;
    typename Clock::time_point start_, drawn_;
    std::vector<measurement> values_;
};

using progress_bar = basic_progress_bar<std::chrono::steady_clock>;

}  // namespace ambit
