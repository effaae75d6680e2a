// SPDX-License-Identifier: BSL-1.0
// The content of a file, plain or compressed by gzip, up to a bound. Link with -lz.
//
//     std::vector<std::byte> content = read_gzip("t10k-labels-idx1-ubyte.gz", 10'008);
//     gzip_input input("numbers.gz");                           // or piece by piece
//     auto header = input.read(16), rest = input.read(length_in(header));
#pragma once

#include <ambit/core/standard.hpp>
#include <ambit/files/input_file.hpp>
#include <ambit/io/file_error.hpp>
#include <ambit/io/whole_file.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <new>
#include <span>
#include <string>
#include <system_error>
#include <vector>

#include <zlib.h>

namespace AMBIT_NAMESPACE::io_parts {

struct inflate_closer {
    void operator()(z_stream* stream) const {
        inflateEnd(stream);
        delete stream;
    }
};
using inflate_handle = std::unique_ptr<z_stream, inflate_closer>;

/// Ready for a part of a gzip file.
inline inflate_handle start_inflate() {
    auto stream = std::make_unique<z_stream>();
    constexpr int largest_window = 15, gzip_alone = 16;
    if (inflateInit2(stream.get(), largest_window + gzip_alone) != Z_OK) throw std::bad_alloc();
    return inflate_handle(stream.release());
}

/// Content in the order it is stored. A file that begins with the two bytes of gzip is unpacked; any other is taken as
/// it is. Compressed files may have several parts, whose contents follow one another; what follows a part is another
/// complete part or damage, zeros as well (tapes padded with them; no file needs to). Throws `Error`.
template <file_error_type Error = file_error> class gzip_input {
public:
    explicit gzip_input(const std::filesystem::path& file) : file_(file), input_(open_file<Error>(file)) {
        fill();
        if (left_.size() >= 2 && left_[0] == std::byte{0x1F} && left_[1] == std::byte{0x8B}) stream_ = start_inflate();
    }

    /// The next `count` bytes, fewer if the content ends. Memory grows with what is there, not with what is asked
    /// for. The checksum of a part is verified by the call that meets its end.
    std::vector<std::byte> read(std::uint64_t count) {
        constexpr std::size_t smallest_piece = 1 << 12, largest_piece = 1 << 18;
        std::vector<std::byte> content;
        std::size_t got = 1;
        while (got > 0 && content.size() < count) {
            const std::size_t before = content.size(), piece = std::clamp(before, smallest_piece, largest_piece);
            content.resize(before + static_cast<std::size_t>(std::min<std::uint64_t>(piece, count - before)));
            const std::span<std::byte> to = std::span(content).subspan(before);
            got = stream_ ? unpack(to) : copy(to);
            content.resize(before + got);
        }
        return content;
    }

private:
    /// The next bytes of the file into an empty buffer; false if there are none.
    bool fill() {
        buffer_.resize(1 << 16);
        try {
            buffer_.resize(input_.read_at(offset_, buffer_));
        } catch (const std::system_error& reason) {
            throw Error(file_fault::cannot_read, file_, reason.what(), "check the device");
        }
        offset_ += buffer_.size();
        left_ = buffer_;
        return !left_.empty();
    }

    /// Both fill `to` as far as the content goes and return the number of bytes.
    std::size_t copy(std::span<std::byte> to) {
        std::size_t done = 0;
        while (done < to.size() && (!left_.empty() || fill())) {
            const std::size_t count = (std::min)(to.size() - done, left_.size());
            std::copy_n(left_.begin(), count, to.begin() + static_cast<std::ptrdiff_t>(done));
            left_ = left_.subspan(count);
            done += count;
        }
        return done;
    }
    std::size_t unpack(std::span<std::byte> to) {
        stream_->next_out = reinterpret_cast<Bytef*>(to.data());
        stream_->avail_out = static_cast<uInt>(to.size());
        while (stream_->avail_out > 0) {
            if (left_.empty() && !fill()) {
                if (!in_part_ && parts_ > 0) break;
                fail("the file ends too early");
            }
            if (!in_part_ && parts_ > 0) inflateReset(stream_.get());
            in_part_ = true;
            stream_->next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(left_.data()));
            stream_->avail_in = static_cast<uInt>(left_.size());
            const int code = inflate(stream_.get(), Z_NO_FLUSH);
            left_ = left_.last(stream_->avail_in);
            if (code == Z_MEM_ERROR) throw std::bad_alloc();
            if (code == Z_STREAM_END) {
                in_part_ = false;
                ++parts_;
            } else if (code != Z_OK && code != Z_BUF_ERROR) {
                fail(stream_->msg != nullptr ? stream_->msg : "they cannot be unpacked");
            }
        }
        return to.size() - stream_->avail_out;
    }

    [[noreturn]] void fail(const char* reason) const {
        const std::string where =
            parts_ == 0 ? "" : "what follows part " + std::to_string(parts_) + " is no other complete part: ";
        throw Error(file_fault::corrupt, file_, "the gzip data are damaged: " + where + reason, "fetch the file again");
    }

    std::filesystem::path file_;
    input_file input_;
    std::uint64_t offset_ = 0;  // of what is behind the buffer
    std::vector<std::byte> buffer_;
    std::span<const std::byte> left_;  // of the buffer
    inflate_handle stream_;  // null if the file is not compressed
    bool in_part_ = false;
    std::uint64_t parts_ = 0;  // complete
};

}  // namespace ambit::io_parts

namespace AMBIT_NAMESPACE {

/// The first `limit` bytes of the content, fewer if there are fewer: ask for one more than you accept, and a
/// file that would unpack to terabytes costs no more than that. Throws `Error`.
template <io_parts::file_error_type Error = file_error>
std::vector<std::byte> read_gzip(const std::filesystem::path& file, std::uint64_t limit) {
    return io_parts::gzip_input<Error>(file).read(limit);
}

}  // namespace ambit
