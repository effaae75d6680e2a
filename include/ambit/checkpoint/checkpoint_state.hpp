// SPDX-License-Identifier: BSL-1.0
// Which checkpoints there are in a directory: the file `checkpoint` in it, in the form of TensorFlow 1, which reads
// ours as we read its.
//
//     if (const auto file = latest_checkpoint("train")) restore(net, *file);
//
//     model_checkpoint_path: "model.ckpt-1000.safetensors"
//     all_model_checkpoint_paths: "model.ckpt-500.safetensors"
//     all_model_checkpoint_paths: "model.ckpt-1000.safetensors"
//     all_model_checkpoint_timestamps: 1711711711.5
//     all_model_checkpoint_timestamps: 1711711722.5
//     last_preserved_timestamp: 1711711000
//     # ambit wrote "model.ckpt-500.safetensors": 40216 bytes that begin with 5c1d0a8f
//     # ambit wrote "model.ckpt-1000.safetensors": 40216 bytes that begin with e3069283
//
// Paths are relative to the directory, which may be moved or copied with all it holds. The comments say how to know
// again what a saver wrote, by its size and the CRC-32C of its first 64 KiB, which hold the checksums of the others: a
// file that is another one by now is not its own any more.
#pragma once

#include <ambit/checkpoint/checkpoint_error.hpp>
#include <ambit/checkpoint/checksums.hpp>
#include <ambit/checkpoint/written_file.hpp>
#include <ambit/files/crc32c.hpp>
#include <ambit/files/input_file.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <locale>
#include <optional>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace AMBIT_NAMESPACE::checkpoint_parts {

/// What a file is known by.
struct file_mark {
    std::uint64_t bytes = 0;
    std::uint32_t begins = 0;
    friend bool operator==(const file_mark&, const file_mark&) = default;
};

/// None if there is no regular file of its own, or it cannot be read. A link is none.
inline std::optional<file_mark> mark_of(const std::string& file) {
    struct stat status {};
    if (::lstat(file.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
    try {
        const file_parts::input_file opened(file);
        std::vector<std::byte> start(static_cast<std::size_t>((std::min<std::uint64_t>)(opened.size(), 64 * 1024)));
        start.resize(opened.read_at(0, start));
        return file_mark{opened.size(), file_parts::crc32c(start)};
    } catch (const std::system_error&) {
        return std::nullopt;
    }
}

/// A checkpoint that a directory lists.
struct listed_checkpoint {
    std::string path;  // relative, but for those of others
    double time = 0;  // seconds since 1970
    std::optional<file_mark> mark;  // of one that a saver wrote
};

struct checkpoint_state {
    std::string latest;
    std::vector<listed_checkpoint> all;  // the oldest first
    std::optional<double> last_preserved;
};

/// `train/` of `train/model.ckpt`; nothing of a name alone.
inline std::string directory_of(const std::string& path) { return path.substr(0, path.rfind('/') + 1); }

// ---- the text -------------------------------------------------------------------------------------------------------

inline void append_quoted(std::string& text, std::string_view name) {
    text += '"';
    for (const char c : name) {
        const auto code = static_cast<unsigned char>(c);
        if (code < 0x20 || code == 0x7F) {
            text += '\\';
            for (const int shift : {6, 3, 0}) text += static_cast<char>('0' + (code >> shift & 7));
            continue;
        }
        if (c == '"' || c == '\\') text += '\\';
        text += c;
    }
    text += '"';
}

/// Takes a quoted text from the front of a line; false if there is none.
inline bool take_quoted(std::string_view& line, std::string& name) {
    name.clear();
    if (line.empty() || (line.front() != '"' && line.front() != '\'')) return false;
    const char quote = line.front();
    for (std::size_t at = 1; at < line.size(); ++at) {
        if (line[at] == quote) {
            line.remove_prefix(at + 1);
            return true;
        }
        if (line[at] != '\\') {
            name += line[at];
            continue;
        }
        if (++at == line.size()) return false;
        int code = 0, digits = 0;
        for (; digits < 3 && at < line.size() && line[at] >= '0' && line[at] <= '7'; ++digits, ++at)
            code = 8 * code + (line[at] - '0');
        if (digits > 0) {
            name += static_cast<char>(code);
            --at;
        } else {
            const char c = line[at];
            name += c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c;
        }
    }
    return false;
}

inline bool take(std::string_view& line, std::string_view words) {
    if (!line.starts_with(words)) return false;
    line.remove_prefix(words.size());
    return true;
}

template <class Number> bool take_number(std::string_view& line, Number& number, auto... base) {
    const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), number, base...);
    if (error != std::errc{}) return false;
    line.remove_prefix(static_cast<std::size_t>(end - line.data()));
    return true;
}

/// By a stream, since libc++ has no `from_chars` of them. What is no time becomes 0, before all others: some would have
/// more digits than a line of ours.
inline bool take_seconds(std::string_view line, double& seconds) {
    std::istringstream stream{std::string(line)};
    stream.imbue(std::locale::classic());
    if (!(stream >> seconds)) return false;
    if (!(seconds >= 1e-6 && seconds <= 1e15)) seconds = 0;
    return true;
}

/// Lines that say something else are passed over.
inline checkpoint_state parse_state(std::string_view text) {
    checkpoint_state state;
    std::size_t timed = 0;
    while (!text.empty()) {
        std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix((std::min)(line.size() + 1, text.size()));
        std::string name;
        double time = 0;
        file_mark mark;
        if (take(line, "model_checkpoint_path: ")) {
            if (take_quoted(line, name)) state.latest = name;
        } else if (take(line, "all_model_checkpoint_paths: ")) {
            if (take_quoted(line, name)) state.all.push_back({name, 0, std::nullopt});
        } else if (take(line, "all_model_checkpoint_timestamps: ")) {
            if (take_seconds(line, time) && timed < state.all.size()) state.all[timed++].time = time;
        } else if (take(line, "last_preserved_timestamp: ")) {
            if (take_seconds(line, time)) state.last_preserved = time;
        } else if (take(line, "# ambit wrote ") && take_quoted(line, name) && take(line, ": ") &&
                   take_number(line, mark.bytes) && take(line, " bytes that begin with ") &&
                   take_number(line, mark.begins, 16)) {
            for (listed_checkpoint& listed : state.all)
                if (listed.path == name) listed.mark = mark;
        }
    }
    return state;
}

inline std::string text_of(const checkpoint_state& state) {
    const auto number = [](double x) {
        std::array<char, 64> digits{};
        return std::string(
            digits.data(),
            std::to_chars(digits.data(), digits.data() + digits.size(), x, std::chars_format::fixed).ptr);
    };
    std::string text = "model_checkpoint_path: ";
    append_quoted(text, state.latest);
    for (const listed_checkpoint& listed : state.all)
        append_quoted(text += "\nall_model_checkpoint_paths: ", listed.path);
    for (const listed_checkpoint& listed : state.all)
        text += "\nall_model_checkpoint_timestamps: " + number(listed.time);
    if (state.last_preserved) text += "\nlast_preserved_timestamp: " + number(*state.last_preserved);
    for (const listed_checkpoint& listed : state.all) {
        if (!listed.mark) continue;
        append_quoted(text += "\n# ambit wrote ", listed.path);
        append_checksum(text += ": " + std::to_string(listed.mark->bytes) + " bytes that begin with ",
                        listed.mark->begins);
    }
    return text + '\n';
}

// ---- the file -------------------------------------------------------------------------------------------------------

/// An empty state if there is no such file. Throws `checkpoint_error` if it cannot be read.
inline checkpoint_state read_state(const std::string& file) {
    constexpr std::uint64_t most = 16 << 20;
    try {
        const file_parts::input_file opened(file);
        const std::uint64_t size = opened.size();
        if (size > most)
            throw checkpoint_error(checkpoint_fault::unsupported, file,
                                   "a list of checkpoints of " + std::to_string(size) + " bytes",
                                   "this is another file of that name: give the list another one");
        std::string text(static_cast<std::size_t>(size), '\0');
        text.resize(opened.read_at(0, std::as_writable_bytes(std::span(text))));
        return parse_state(text);
    } catch (const std::system_error& reason) {
        if (reason.code() == std::errc::no_such_file_or_directory) return {};
        throw checkpoint_error(checkpoint_fault::cannot_read, file, reason.what(),
                               "check the path and its permissions");
    }
}

/// While it lives, no other saver changes a list in this directory: one that did so between reading and writing would
/// undo what was added meanwhile. Where the file system cannot lock directories (some of networks) nobody waits.
class lists_held {
public:
    explicit lists_held(const std::string& directory)
        : directory_(file_parts::uninterrupted([&] {
              return ::open(directory.empty() ? "." : directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
          })) {
        if (directory_ >= 0) static_cast<void>(file_parts::uninterrupted([&] { return ::flock(directory_, LOCK_EX); }));
    }
    lists_held(const lists_held&) = delete;
    lists_held& operator=(const lists_held&) = delete;
    ~lists_held() {
        if (directory_ >= 0) ::close(directory_);
    }

private:
    int directory_;
};

inline void write_state(const std::string& file, const checkpoint_state& state) {
    const std::string text = text_of(state);
    write_file(file, [&](file_parts::atomic_file& output) { output.write(std::as_bytes(std::span(text))); });
}

/// Where a listed path is now: in the directory, or, of TensorFlow's, where it says, or its name in the directory; of
/// its checkpoints the index. None if it is nowhere.
inline std::optional<std::string> found_in(const std::string& directory, const std::string& path) {
    const auto is_file = [](const std::string& file) {
        struct stat status {};
        return file.find('\0') == std::string::npos && ::stat(file.c_str(), &status) == 0 && S_ISREG(status.st_mode);
    };
    if (path.empty()) return std::nullopt;
    const std::string here = directory + path.substr(path.rfind('/') + 1);
    for (const std::string& place : {path.front() == '/' ? path : directory + path, here})
        for (const char* ending : {"", ".index"})
            if (is_file(place + ending)) return place + ending;
    return std::nullopt;
}

}  // namespace ambit::checkpoint_parts

namespace AMBIT_NAMESPACE {

/// The newest checkpoint of a directory, as its list says, or the newest of those listed that is still there; none if
/// there is no list, or nothing of it. The path begins with the directory as it is given. Throws `checkpoint_error` if
/// the list is there and cannot be read.
inline std::optional<std::string> latest_checkpoint(std::string directory, const std::string& list = "checkpoint") {
    if (!directory.empty() && directory.back() != '/') directory += '/';
    const checkpoint_parts::checkpoint_state state = checkpoint_parts::read_state(directory + list);
    if (auto file = checkpoint_parts::found_in(directory, state.latest)) return file;
    for (auto listed = state.all.rbegin(); listed != state.all.rend(); ++listed)
        if (auto file = checkpoint_parts::found_in(directory, listed->path)) return file;
    return std::nullopt;
}

}  // namespace ambit
