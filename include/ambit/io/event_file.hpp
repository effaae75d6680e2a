// SPDX-License-Identifier: BSL-1.0
// Event files, which TensorBoard shows: numbers over steps, how the values of an array are spread, and the graph.
//
//     event_file events("runs/first");                                   // a new file in that folder
//     events.add_graph(net);
//     for (std::int64_t step = 0; step < steps; ++step) {
//         events.add_scalar("loss", t.run<&o::loss, &o::train>(x), step);
//         events.add_histogram("hidden/weights", t.get<"hidden/weights">(), step);
//     }
//
// `tensorboard --logdir runs` reads them while they are written. Source of the format: TensorFlow's
// util/event.proto, framework/summary.proto, framework/graph.proto and lib/io/record_writer.h.
#pragma once

#include <ambit/core/utf8.hpp>
#include <ambit/files/crc32c.hpp>
#include <ambit/files/file_descriptor.hpp>
#include <ambit/io/file_error.hpp>
#include <ambit/io/planned_graph.hpp>
#include <ambit/io/protobuf_writer.hpp>
#include <ambit/model/model.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <fcntl.h>
#include <sys/types.h>
#include <unistd.h>

namespace AMBIT_NAMESPACE::io_parts {

/// A record as TensorFlow frames it: length, its checksum, the bytes, theirs. A checksum is turned and shifted, since
/// sums of bytes that hold sums say little.
inline std::string framed(const std::string& record) {
    const auto checksum = [](std::string_view bytes) {
        const std::uint32_t sum = file_parts::crc32c(std::as_bytes(std::span(bytes)));
        return (sum >> 15 | sum << 17) + 0xA282EAD8U;
    };
    const auto append = [](std::string& to, std::uint64_t value, int count) {
        for (int i = 0; i < count; ++i, value >>= 8) to += static_cast<char>(value & 255);
    };
    std::string all;
    append(all, record.size(), 8);
    append(all, checksum(std::string_view(all).substr(0, 8)), 4);
    all += record;
    append(all, checksum(record), 4);
    return all;
}

/// How values are spread, in TensorFlow's buckets: their limits grow by a tenth from 1e-12 to 1e20, on both sides of 0.
class histogram {
public:
    template <class T> explicit histogram(std::span<const T> values) : counts_(limits().size(), 0) {
        for (const T element : values) {
            const auto value = static_cast<double>(element);
            if (!std::isfinite(value)) continue;  // TensorBoard shows none
            least_ = count_ == 0 ? value : (std::min)(least_, value);
            greatest_ = count_ == 0 ? value : (std::max)(greatest_, value);
            ++count_;
            sum_ += value;
            squares_ += value * value;
            const auto bucket = std::upper_bound(limits().begin(), limits().end() - 1, value) - limits().begin();
            ++counts_[static_cast<std::size_t>(bucket)];
        }
    }

    protobuf_writer message() const {
        protobuf_writer written;
        written.number(1, least_);
        written.number(2, greatest_);
        written.number(3, static_cast<double>(count_));
        written.number(4, sum_);
        written.number(5, squares_);
        // Without the empty buckets at both ends, but for one before the first.
        std::size_t begin = 0, end = counts_.size();
        while (begin < end && !(counts_[begin] > 0)) ++begin;
        while (end > begin && !(counts_[end - 1] > 0)) --end;
        if (begin == end) begin = 0, end = 1;
        else if (begin > 0) --begin;
        written.numbers(6, std::span(limits()).subspan(begin, end - begin));
        written.numbers(7, std::span(counts_).subspan(begin, end - begin));
        return written;
    }

private:
    static const std::vector<double>& limits() {
        static const std::vector<double> all = [] {
            std::vector<double> above;
            for (double limit = 1e-12; limit < 1e20; limit *= 1.1) above.push_back(limit);
            above.push_back((std::numeric_limits<double>::max)());
            std::vector<double> both;
            for (std::size_t i = above.size(); i-- > 0;) both.push_back(-above[i]);
            both.push_back(0);
            both.insert(both.end(), above.begin(), above.end());
            return both;
        }();
        return all;
    }

    std::vector<double> counts_;
    std::int64_t count_ = 0;
    double least_ = 0, greatest_ = 0, sum_ = 0, squares_ = 0;
};

/// TensorFlow's number for a type.
constexpr int type_in_graph(dtype type) {
    switch (type) {
        case float32: return 1;
        case float64: return 2;
        case int32: return 3;
        case uint8: return 4;
        case int64: return 9;
        case boolean: return 10;
        default: return 0;
    }
}

/// Ops with the names that the user gave them, what they read, element types and shapes.
inline protobuf_writer graph_message(const planned_graph& graph) {
    const auto attribute = [](protobuf_writer& node, std::string_view name, const protobuf_writer& value) {
        protobuf_writer entry;
        entry.text(1, name);
        entry.message(2, value);
        node.message(5, entry);
    };
    const auto name_of = [&](std::size_t n) -> std::string {
        const planned_graph::value& value = graph.values[n];
        if (!value.name.empty()) return value.name;
        return std::string(value.op) + '_' + std::to_string(n);
    };
    protobuf_writer message;
    for (std::size_t n = 0; n < graph.values.size(); ++n) {
        const planned_graph::value& value = graph.values[n];
        protobuf_writer node, type, list, shapes, extents;
        node.text(1, name_of(n));
        node.text(2, value.op);
        for (const int operand : value.operands) node.text(3, name_of(static_cast<std::size_t>(operand)));
        if (type_in_graph(value.spec.type) != 0) {
            type.whole(6, type_in_graph(value.spec.type));
            attribute(node, "dtype", type);
            for (int axis = 0; axis < value.spec.extents.rank(); ++axis) {
                protobuf_writer extent;
                extent.whole(1, value.spec.extents[axis]);
                extents.message(2, extent);
            }
            list.message(7, extents);
            shapes.message(1, list);
            attribute(node, "_output_shapes", shapes);
        }
        message.message(1, node);
    }
    protobuf_writer versions;
    versions.whole(1, 1);
    message.message(4, versions);
    return message;
}

}  // namespace ambit::io_parts

namespace AMBIT_NAMESPACE {

/// A new file of events in a folder, which is made if it is missing; one thread writes to it. Each call writes its
/// record whole or, where the device is full, not at all, so that what a crashed process leaves can be read. Tags are
/// UTF-8. Throws a `file_error` of kind `cannot_open`, `cannot_write`, `disk_full` or `bad_argument`.
class event_file {
public:
    explicit event_file(const std::filesystem::path& folder) {
        std::error_code failure;
        // With a zero byte it is another folder to the system; what opens the file refuses it.
        if (folder.string().find('\0') == std::string::npos) std::filesystem::create_directories(folder, failure);
        // TensorBoard reads files with this word in their name, in the order of the names; no two have the same.
        static std::atomic<int> next = 0;
        std::array<char, 32> time{};
        std::snprintf(time.data(), time.size(), "%010lld", static_cast<long long>(now()));
        path_ = folder / ("events.out.tfevents." + std::string(time.data()) + ".ambit." + std::to_string(::getpid()) +
                          '.' + std::to_string(next++));
        try {
            file_ = {::open(file_parts::path_for_system(path_.string()), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666),
                     "cannot create"};
        } catch (const std::system_error& e) {
            core_parts::throw_or_end(file_error(file_fault::cannot_open, path_, e.what(),
                                                "give a folder that can be written to"));
        }
        io_parts::protobuf_writer event;
        event.number(1, now());
        event.text(3, "brain.Event:2");
        write(event);
    }

    /// A number at a step.
    void add_scalar(std::string_view tag, double value, std::int64_t step) {
        io_parts::protobuf_writer shown = tagged(tag);
        shown.number(2, static_cast<float>(value));
        write_value(shown, step);
    }

    /// How the elements of an array are spread at a step: of what a model returns, `std::span`, `std::vector`, … What
    /// is infinite or NaN is left out.
    template <class Array> void add_histogram(std::string_view tag, const Array& values, std::int64_t step) {
        io_parts::protobuf_writer shown = tagged(tag);
        shown.message(5, io_parts::histogram(std::span<const std::remove_cvref_t<decltype(*values.data())>>(
                                                 values.data(), values.size()))
                             .message());
        write_value(shown, step);
    }

    /// The ops of a model, in boxes by their scopes.
    template <storage Storage, class Module, class... Inputs>
    void add_graph(const stored_model<Storage, Module, Inputs...>& net) {
        write_graph(io_parts::graph_of_model<stored_model<Storage, Module, Inputs...>, Module, Inputs...>(net));
    }
    /// Those of a module that needs no model: `add_graph(two_images{}, {spec(float32, {1, 32, 32, 32}), …})`.
    template <class Module, std::size_t Inputs>
        requires graph_parts::module<Module, Inputs>
    void add_graph(const Module& module, const tensor_spec (&inputs)[Inputs]) {
        write_graph(io_parts::planned_graph(module, std::to_array(inputs)));
    }

    const std::filesystem::path& path() const { return path_; }

private:
    static double now() {
        return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
    }
    /// Readers stop at a text that is not UTF-8, and show nothing of what follows.
    io_parts::protobuf_writer tagged(std::string_view tag) const {
        if (!core_parts::is_utf8(tag))
            core_parts::throw_or_end(file_error(file_fault::bad_argument, path_,
                                                "the tag " + mistake_parts::in_quotes(tag) + " is not UTF-8",
                                                "encode it so"));
        io_parts::protobuf_writer value;
        value.text(1, tag);
        return value;
    }
    void write_value(const io_parts::protobuf_writer& value, std::int64_t step) {
        io_parts::protobuf_writer summary, event;
        summary.message(1, value);
        event.number(1, now());
        event.whole(2, step);
        event.message(5, summary);
        write(event);
    }
    void write_graph(const io_parts::planned_graph& graph) {
        io_parts::protobuf_writer event;
        event.number(1, now());
        event.message(4, io_parts::graph_message(graph));
        write(event);
    }
    void write(const io_parts::protobuf_writer& event) {
        const std::string record = io_parts::framed(event.bytes());
        try {
            file_.write_all_at(bytes_, std::as_bytes(std::span(record)));
            bytes_ += record.size();
        } catch (const std::system_error& e) {
            // A part would hide the records behind it; where it cannot be cut off, the next one is written over it.
            static_cast<void>(file_parts::uninterrupted(
                [&] { return ::ftruncate(file_.get(), static_cast<off_t>(bytes_)); }));
            const bool is_full = file_parts::is_out_of_space(e.code());
            core_parts::throw_or_end(file_error(is_full ? file_fault::disk_full : file_fault::cannot_write, path_,
                                                e.what(), is_full ? "free some space" : "look at the device"));
        }
    }

    std::filesystem::path path_;
    file_parts::file_descriptor file_;
    std::uint64_t bytes_ = 0;  // of whole records
};

}  // namespace ambit
