// SPDX-License-Identifier: BSL-1.0
// PNG pictures from and to bytes, through libpng. Link with -lpng.
//
//     pixels picture = decode_png(bytes, 3, path);        // path only names the file in messages
//     std::vector<std::byte> file = encode_png(picture, path);
#pragma once

#include <ambit/core/standard.hpp>
#include <ambit/io/file_error.hpp>
#include <ambit/io/pixels.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <csetjmp>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <new>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <png.h>

namespace AMBIT_NAMESPACE::io_parts {

// libpng reports errors by longjmp. Each call that can fail stands in a member function marked noinline,
// which holds the setjmp and no object with a destructor; all memory belongs to the objects around it.

/// Where libpng's messages go.
struct png_message {
    std::array<char, 128> text{};

    [[noreturn]] static void fail(png_structp png, png_const_charp reason) {
        auto& message = *static_cast<png_message*>(png_get_error_ptr(png));
        std::snprintf(message.text.data(), message.text.size(), "%s", reason);
        png_longjmp(png, 1);
    }
    static void ignore(png_structp, png_const_charp) {}
};

/// Bytes of the content of the chunk that `file` begins with.
inline std::size_t png_chunk_length(std::span<const std::byte> file) {
    std::size_t number = 0;
    for (const std::byte byte : file.first(4)) number = number << 8 | std::to_integer<std::size_t>(byte);
    return number;
}

/// Whether `file` begins with a chunk of the picture's data.
inline bool is_png_data(std::span<const std::byte> file) { return std::memcmp(file.data() + 4, "IDAT", 4) == 0; }

class png_reader {
public:
    /// `one_chunk_of_data`: `bytes` come from `with_png_data_in_one_chunk`.
    explicit png_reader(std::span<const std::byte> bytes, bool one_chunk_of_data = false)
        : left_(bytes), has_checksums_(!one_chunk_of_data) {
        // What libpng only warns of is damage, too: it would leave out or make up part of the picture.
        png_ = png_create_read_struct(PNG_LIBPNG_VER_STRING, &message_, png_message::fail, png_message::fail);
        if (png_) info_ = png_create_info_struct(png_);
        if (info_) return;
        png_destroy_read_struct(&png_, nullptr, nullptr);
        throw std::bad_alloc();
    }
    png_reader(const png_reader&) = delete;
    png_reader& operator=(const png_reader&) = delete;
    ~png_reader() { png_destroy_read_struct(&png_, &info_, nullptr); }

    /// Up to the first row. False means that libpng gave up; `message` says why.
    [[gnu::noinline]] bool read_header() {
        if (setjmp(png_jmpbuf(png_))) return false;
        png_set_user_limits(png_, PNG_UINT_31_MAX, PNG_UINT_31_MAX);  // the caller judges the extents
        png_set_benign_errors(png_, 0);
        const int unfit = has_checksums_ ? PNG_CRC_ERROR_QUIT : PNG_CRC_QUIET_USE;
        png_set_crc_action(png_, unfit, unfit);
        // A chunk of data is inflated as a whole: libpng looks at no more than one piece behind the last pixel.
        png_set_compression_buffer_size(png_, (std::min)(left_.size() + 1, std::size_t{PNG_UINT_31_MAX}));
        // Chunks that are no part of the picture are skipped, only their checksum is computed: libpng would take
        // memory for what they announce, and inflate text and profiles. Then their size does not matter.
        png_set_keep_unknown_chunks(png_, PNG_HANDLE_CHUNK_NEVER, nullptr, -1);
        png_set_chunk_malloc_max(png_, 0);
        png_set_read_fn(png_, &left_, take);
        png_read_info(png_, info_);
        return true;
    }

    /// Asks for rows of palette indices of 8 bits, else for grey or RGB rows of 8 or 16 bits without alpha.
    [[gnu::noinline]] bool prepare_rows() {
        if (setjmp(png_jmpbuf(png_))) return false;
        // Expanding a palette is left to the caller: libpng would make up colours for indices beyond it.
        if (png_get_color_type(png_, info_) == PNG_COLOR_TYPE_PALETTE) png_set_packing(png_);
        else png_set_expand_gray_1_2_4_to_8(png_);
        png_set_strip_alpha(png_);
        png_set_interlace_handling(png_);
        png_read_update_info(png_, info_);
        return true;
    }

    [[gnu::noinline]] bool read_rows(png_bytepp rows) {
        if (setjmp(png_jmpbuf(png_))) return false;
        png_read_image(png_, rows);
        for (std::span<const std::byte> rest = left_; rest.size() >= 12;) {
            const std::size_t length = png_chunk_length(rest);
            has_unread_data_ = has_unread_data_ || (length > 0 && is_png_data(rest));
            rest = rest.subspan(length > rest.size() - 12 ? rest.size() : length + 12);
        }
        png_read_end(png_, nullptr);
        if (!left_.empty()) png_error(png_, "the file goes on behind the end of the picture");
        return true;
    }

    /// Whether there are chunks of data into which libpng did not look, since no pixel is in them: they may be the end
    /// of the compressed data, or too many.
    bool has_unread_data() const { return has_unread_data_; }

    /// The colours of palette indices; empty for other pictures.
    std::span<const png_color> palette() const {
        png_colorp colours = nullptr;
        int count = 0;
        if (png_get_color_type(png_, info_) != PNG_COLOR_TYPE_PALETTE) return {};
        png_get_PLTE(png_, info_, &colours, &count);
        return {colours, static_cast<std::size_t>(count)};
    }

    std::size_t height() const { return png_get_image_height(png_, info_); }
    std::size_t width() const { return png_get_image_width(png_, info_); }
    std::size_t channels() const { return png_get_channels(png_, info_); }
    std::size_t bytes_per_sample() const { return png_get_bit_depth(png_, info_) / 8U; }
    std::size_t row_bytes() const { return png_get_rowbytes(png_, info_); }
    const char* message() const { return message_.text.data(); }

private:
    static void take(png_structp png, png_bytep destination, std::size_t count) {
        auto& left = *static_cast<std::span<const std::byte>*>(png_get_io_ptr(png));
        if (count > left.size()) png_error(png, "the file ends too early");
        std::memcpy(destination, left.data(), count);
        left = left.subspan(count);
    }

    std::span<const std::byte> left_;
    bool has_checksums_;
    bool has_unread_data_ = false;
    png_message message_;
    png_structp png_ = nullptr;
    png_infop info_ = nullptr;
};

/// The same picture with one chunk of data, whose checksum is left out: `file` has been read, and all of its are right.
inline std::vector<std::byte> with_png_data_in_one_chunk(std::span<const std::byte> file) {
    constexpr std::size_t signature_bytes = 8;
    std::vector<std::byte> result(file.begin(), file.begin() + signature_bytes);
    std::size_t data_at = 0, data_bytes = 0;
    for (file = file.subspan(signature_bytes); !file.empty();) {
        const std::span<const std::byte> chunk = file.first(png_chunk_length(file) + 12);
        file = file.subspan(chunk.size());
        if (!is_png_data(chunk)) {
            result.insert(result.end(), chunk.begin(), chunk.end());
            continue;
        }
        if (data_at == 0) {
            data_at = result.size();
            result.insert(result.end(), chunk.begin(), chunk.begin() + 8);
        } else {
            result.resize(result.size() - 4);  // over the checksum of the chunk before
        }
        result.insert(result.end(), chunk.begin() + 8, chunk.end());
        data_bytes += chunk.size() - 12;
    }
    for (std::size_t index = 0; index < 4; ++index) result[data_at + index] = std::byte(data_bytes >> (24 - 8 * index));
    return result;
}

class png_writer {
public:
    png_writer() {
        png_ = png_create_write_struct(PNG_LIBPNG_VER_STRING, &message_, png_message::fail, png_message::ignore);
        if (png_) info_ = png_create_info_struct(png_);
        if (info_) return;
        png_destroy_write_struct(&png_, nullptr);
        throw std::bad_alloc();
    }
    png_writer(const png_writer&) = delete;
    png_writer& operator=(const png_writer&) = delete;
    ~png_writer() { png_destroy_write_struct(&png_, &info_); }

    [[gnu::noinline]] bool write(std::uint32_t height, std::uint32_t width, int colour, png_bytepp rows) {
        if (setjmp(png_jmpbuf(png_))) return false;
        png_set_user_limits(png_, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
        png_set_write_fn(png_, &result_, append, flush);
        png_set_IHDR(png_, info_, width, height, 8, colour, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
                     PNG_FILTER_TYPE_DEFAULT);
        png_write_info(png_, info_);
        png_write_image(png_, rows);
        png_write_end(png_, info_);
        return true;
    }

    std::vector<std::byte> take_result() { return std::move(result_); }
    const char* message() const { return message_.text.data(); }

private:
    static void append(png_structp png, png_bytep bytes, std::size_t count) {
        if (!grow(*static_cast<std::vector<std::byte>*>(png_get_io_ptr(png)), bytes, count))
            png_error(png, "not enough memory");  // after the catch: longjmp must not leave one
    }
    static void flush(png_structp) {}

    static bool grow(std::vector<std::byte>& result, const png_byte* bytes, std::size_t count) noexcept {
        try {
            const auto* first = reinterpret_cast<const std::byte*>(bytes);
            result.insert(result.end(), first, first + count);
            return true;
        } catch (...) {
            return false;
        }
    }

    std::vector<std::byte> result_;
    png_message message_;
    png_structp png_ = nullptr;
    png_infop info_ = nullptr;
};

/// The nearest of 256 levels; values outside [0, 1] are clamped, NaN is 0.
inline png_byte level_of(float value) {
    if (!(value > 0.0F)) return 0;
    return value >= 1.0F ? 255 : static_cast<png_byte>(std::lround(value * 255.0F));
}

}  // namespace ambit::io_parts

namespace AMBIT_NAMESPACE {

/// The bytes that every PNG file begins with.
inline bool is_png(std::span<const std::byte> file) {
    return file.size() >= 8 && png_sig_cmp(reinterpret_cast<const png_byte*>(file.data()), 0, 8) == 0;
}

/// Reads grey, RGB and palette pictures of 1 to 16 bits, interlaced or not. Alpha and transparency are dropped, gamma
/// and colour profiles are ignored: a sample is its stored value over the largest possible. `channels` is 1 or 3; grey
/// is repeated for 3, colour becomes luma for 1. Throws `image_error`; `file` names the picture in it.
///
/// Damage is refused wherever it is: checksums of all chunks, rows that are missing, data beyond the picture, indices
/// beyond the palette, anything behind the end. Chunks of text, profiles and the like are skipped without inflating
/// them. Memory: 12 bytes a pixel (4 for one channel), and up to 14 more while decoding; at most `max_image_pixels`,
/// and no more than a file of this size can hold.
inline pixels decode_png(std::span<const std::byte> bytes, int channels, const std::filesystem::path& file) {
    io_parts::check_channels(channels, file);
    io_parts::png_reader reader(bytes);
    const auto fail = [&](const std::string& reason) {
        throw image_error(file_fault::corrupt, file, "the PNG picture is damaged: " + reason,
                          "fetch it or save it again");
    };
    const auto ensure = [&](bool succeeded) {
        if (!succeeded) fail(reader.message());
    };
    ensure(reader.read_header());
    io_parts::check_extents(reader.height(), reader.width(), file);
    // Deflate, which PNG uses, makes at most 1032 bytes of one (zlib's technical details): a small file that
    // promises a large picture is known before anything is allocated for it.
    if (reader.height() * (reader.row_bytes() + 1) / 1032 > bytes.size())
        fail(std::to_string(bytes.size()) + " bytes cannot hold " + std::to_string(reader.height()) + " x " +
             std::to_string(reader.width()) + " pixels");
    ensure(reader.prepare_rows());

    const std::size_t height = reader.height(), width = reader.width(), stored = reader.channels();
    const std::size_t sample_bytes = reader.bytes_per_sample(), row_bytes = reader.row_bytes();
    const std::span<const png_color> palette = reader.palette();
    std::vector<png_byte> samples(height * row_bytes);
    std::vector<png_bytep> rows(height);
    for (std::size_t row = 0; row < height; ++row) rows[row] = samples.data() + row * row_bytes;
    ensure(reader.read_rows(rows.data()));
    if (reader.has_unread_data()) {
        const std::vector<std::byte> whole = io_parts::with_png_data_in_one_chunk(bytes);
        io_parts::png_reader again(whole, true);
        if (!again.read_header() || !again.prepare_rows() || !again.read_rows(rows.data())) fail(again.message());
    }

    pixels picture{height, width, static_cast<std::size_t>(channels), {}};
    picture.values.resize(height * width * picture.channels);
    float* out = picture.values.data();
    const auto put = [&](float red, float green, float blue) {
        if (channels == 1) {
            *out++ = io_parts::luma(red, green, blue);
            return;
        }
        for (const float sample : {red, green, blue}) *out++ = sample;
    };
    for (std::size_t pixel = 0; pixel < height * width; ++pixel) {
        const auto sample = [&](std::size_t channel) {
            const png_byte* at = &samples[(pixel * stored + channel) * sample_bytes];
            return sample_bytes == 1 ? static_cast<float>(at[0]) / 255.0F
                                     : static_cast<float>(at[0] * 256 + at[1]) / 65535.0F;
        };
        if (!palette.empty()) {
            if (samples[pixel] >= palette.size()) fail("an index lies beyond the palette");
            const png_color colour = palette[samples[pixel]];
            put(static_cast<float>(colour.red) / 255.0F, static_cast<float>(colour.green) / 255.0F,
                static_cast<float>(colour.blue) / 255.0F);
        } else if (stored == 1 && channels == 1) {
            *out++ = sample(0);
        } else {
            put(sample(0), sample(stored == 1 ? 0 : 1), sample(stored == 1 ? 0 : 2));
        }
    }
    return picture;
}

/// The PNG file of a grey (1 channel) or RGB (3 channels) picture, 8 bits a sample: values outside [0, 1] are
/// clamped, NaN becomes 0. Throws `image_error`; `file` names the picture in it.
inline std::vector<std::byte> encode_png(const pixels& picture, const std::filesystem::path& file) {
    io_parts::check_channels(static_cast<std::int64_t>(picture.channels), file);
    io_parts::check_extents(picture.height, picture.width, file);
    if (picture.values.size() != picture.height * picture.width * picture.channels)
        throw image_error(file_fault::bad_argument, file,
                          "the picture has " + std::to_string(picture.values.size()) + " samples",
                          "give it height x width x channels of them");
    const std::size_t row_bytes = picture.width * picture.channels;
    std::vector<png_byte> samples(picture.values.size());
    for (std::size_t index = 0; index < samples.size(); ++index)
        samples[index] = io_parts::level_of(picture.values[index]);
    std::vector<png_bytep> rows(picture.height);
    for (std::size_t row = 0; row < picture.height; ++row) rows[row] = samples.data() + row * row_bytes;

    io_parts::png_writer writer;
    if (!writer.write(static_cast<std::uint32_t>(picture.height), static_cast<std::uint32_t>(picture.width),
                      picture.channels == 1 ? PNG_COLOR_TYPE_GRAY : PNG_COLOR_TYPE_RGB, rows.data()))
        throw image_error(file_fault::cannot_write, file,
                          std::string("the picture cannot be encoded: ") + writer.message(), "write a smaller one");
    return writer.take_result();
}

}  // namespace ambit
