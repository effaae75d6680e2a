// SPDX-License-Identifier: BSL-1.0
// The content of a file, plain or compressed by gzip, up to a bound. Link with -lz.
//
//     std::vector<std::byte> content = read_gzip("t10k-labels-idx1-ubyte.gz", 10'008);
//     gzip_input input("numbers.gz");                           // or piece by piece
//     auto header = input.read(16), rest = input.read(length_in(header));
#pragma once

#include <ambit/core/input_file.hpp>
#include <ambit/io/file_error.hpp>
#include <ambit/io/whole_file.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <new>
#include <string>
#include <type_traits>
#include <vector>

#include <unistd.h>
#include <zlib.h>

namespace ambit {

namespace detail {
struct gzip_closer {
    void operator()(gzFile file) const { gzclose_r(file); }
};
using gzip_handle = std::unique_ptr<std::remove_pointer_t<gzFile>, gzip_closer>;
}  // namespace detail

/// Content in the order it is stored. A file that does not begin as gzip is taken as it is. Throws `Error`.
template <file_error_type Error = file_error> class gzip_input {
public:
    explicit gzip_input(const std::filesystem::path& file) : file_(file) {
        const input_file input = open_file<Error>(file);
        // zlib closes the descriptor it is given, so it gets one of its own.
        const int copy = ::dup(input.descriptor());
        if (copy < 0)
            throw Error(file_fault::cannot_open, file, "the process has no free file descriptor", "close some files");
        stream_.reset(gzdopen(copy, "rb"));
        if (!stream_) {
            ::close(copy);
            throw std::bad_alloc();
        }
    }

    /// The next `count` bytes, fewer if the content ends. Memory grows with what is there, not with what is asked
    /// for. The checksum is verified by the call that meets the end.
    std::vector<std::byte> read(std::uint64_t count) {
        constexpr std::uint64_t piece = 1 << 18;
        std::vector<std::byte> content;
        int got = 1;
        while (got > 0 && content.size() < count) {
            const std::size_t before = content.size();
            const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(piece, count - before));
            content.resize(before + wanted);
            got = gzread(stream_.get(), content.data() + before, static_cast<unsigned>(wanted));
            content.resize(before + static_cast<std::size_t>(std::max(got, 0)));
        }
        // A stream that breaks off gives all it has first; the error state alone tells it from a complete one.
        int code = Z_OK;
        const char* const reason = gzerror(stream_.get(), &code);
        if (got < 0 || (got == 0 && code != Z_OK))
            throw Error(code == Z_ERRNO ? file_fault::cannot_read : file_fault::corrupt, file_,
                        std::string("the gzip data are damaged: ") + reason, "fetch the file again");
        return content;
    }

private:
    std::filesystem::path file_;
    detail::gzip_handle stream_;
};

/// The first `limit` bytes of the content, fewer if there are fewer: ask for one more than you accept, and a
/// file that would unpack to terabytes costs no more than that. Throws `Error`.
template <file_error_type Error = file_error>
std::vector<std::byte> read_gzip(const std::filesystem::path& file, std::uint64_t limit) {
    return gzip_input<Error>(file).read(limit);
}

}  // namespace ambit
