// SPDX-License-Identifier: BSL-1.0
// Checkpoints as the commands open and read them: of any format, one tensor in memory at a time, with a bar for who
// waits.
//
//     const auto file = open_file(path);
//     reading_bar bar("inspect", bytes);
//     const watched_source watched(*file, bar);
//     watched.read(0, destination);
#pragma once

#include <ambit/checkpoint/tensor_source.hpp>
#include <ambit/diagnostics/nearest_name.hpp>
#include <ambit/diagnostics/quoted.hpp>
#include <ambit/io/progress_bar.hpp>

#include <cstddef>
#include <cstdint>
#include <iostream>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <unistd.h>

namespace tool {

using namespace ambit;

/// Throws `checkpoint_error`. All formats are compiled in one unit, reading.cpp.
std::unique_ptr<tensor_source> open_file(const std::string& file);

/// How much of a long work is done. On a terminal alone, and gone when the work is: results speak for themselves.
class reading_bar {
public:
    reading_bar(const char* work, std::uint64_t bytes) {
        const int width = terminal_width(STDERR_FILENO);
        if (width > 0) bar_.emplace(std::cerr, work, whole_units(bytes), "MiB", width);
    }
    ~reading_bar() {
        if (bar_) bar_->clear();
    }
    reading_bar(const reading_bar&) = delete;
    reading_bar& operator=(const reading_bar&) = delete;

    void advance(std::uint64_t bytes) {
        const std::int64_t before = whole_units(done_);
        done_ += bytes;
        if (bar_) bar_->advance(whole_units(done_) - before);
    }

private:
    static std::int64_t whole_units(std::uint64_t bytes) { return static_cast<std::int64_t>(bytes >> 20); }

    std::optional<progress_bar> bar_;
    std::uint64_t done_ = 0;
};

/// The tensors of a source; whoever reads one moves the bar.
class watched_source final : public element_source {
public:
    watched_source(const tensor_source& file, reading_bar& bar) : file_(file), bar_(bar) {}
    void read(std::size_t tensor, std::span<std::byte> destination) const override {
        // In parts it cannot be: the checksum is that of the whole.
        file_.read(tensor, destination);
        bar_.advance(destination.size());
    }

private:
    const tensor_source& file_;
    reading_bar& bar_;
};

/// What is asked for cannot be done: said on the standard error output, and exit code 2.
struct refusal : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// `name` is `chosen`, or below it: "conv" has "conv/weights", and no "conv1/weights".
inline bool is_at_or_below(std::string_view name, std::string_view chosen) {
    if (!name.starts_with(chosen)) return false;
    return name.size() == chosen.size() || chosen.empty() || chosen.back() == '/' || chosen.back() == '.' ||
           name[chosen.size()] == '/' || name[chosen.size()] == '.';
}

/// `; did you mean "dense/kernel"?`, or nothing
inline std::string suggestion(const tensor_source& file, std::string_view wanted) {
    mistake_parts::nearest_name nearest(wanted);
    const auto all = file.tensors();
    for (std::size_t t = 0; t < all.size(); ++t) nearest.consider(static_cast<int>(t), all[t].name);
    if (nearest.best() < 0) return {};
    return "; did you mean " + mistake_parts::in_quotes(all[static_cast<std::size_t>(nearest.best())].name) + '?';
}

/// The numbers of tensors that have one of these names, or are below it; all, if there are none. Throws `refusal` at a
/// name that chooses nothing.
inline std::vector<std::size_t> chosen_tensors(const tensor_source& file, const std::vector<std::string>& names) {
    const auto all = file.tensors();
    std::vector<bool> is_chosen(all.size(), names.empty());
    for (const std::string& name : names) {
        bool is_found = false;
        for (std::size_t t = 0; t < all.size(); ++t) {
            if (!is_at_or_below(all[t].name, name)) continue;
            is_chosen[t] = is_found = true;
        }
        if (!is_found)
            throw refusal(mistake_parts::shown_path(file.file()) + ": it has no tensor " +
                          mistake_parts::in_quotes(name) + ", and none below" + suggestion(file, name));
    }
    std::vector<std::size_t> chosen;
    for (std::size_t t = 0; t < all.size(); ++t)
        if (is_chosen[t]) chosen.push_back(t);
    return chosen;
}

}  // namespace tool
