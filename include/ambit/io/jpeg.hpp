// SPDX-License-Identifier: BSL-1.0
// JPEG pictures from bytes, through libjpeg. Link with -ljpeg.
//
//     pixels picture = decode_jpeg(bytes, 3, path);       // path only names the file in messages
#pragma once

#include <ambit/core/standard.hpp>
#include <ambit/io/file_error.hpp>
#include <ambit/io/pixels.hpp>

#include <array>
#include <csetjmp>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include <jpeglib.h>

#include <jerror.h>

namespace AMBIT_NAMESPACE::io_parts {

/// libjpeg reports errors by longjmp. Each call that can fail stands in a member function marked noinline,
/// which holds the setjmp and no object with a destructor; all memory belongs to the objects around it.
class jpeg_reader {
public:
    explicit jpeg_reader(std::span<const std::byte> file) : file_(file) {
        info_.err = jpeg_std_error(&errors_);
        errors_.error_exit = fail;
        errors_.emit_message = judge;
        progress_.progress_monitor = watch_scans;
        info_.client_data = this;
    }
    jpeg_reader(const jpeg_reader&) = delete;
    jpeg_reader& operator=(const jpeg_reader&) = delete;
    ~jpeg_reader() { jpeg_destroy_decompress(&info_); }

    /// Up to the first scan. False means that libjpeg gave up; `message` says why.
    [[gnu::noinline]] bool read_header() {
        if (setjmp(jump_)) return false;
        jpeg_create_decompress(&info_);
        info_.progress = &progress_;
        jpeg_mem_src(&info_, reinterpret_cast<const unsigned char*>(file_.data()), file_.size());
        jpeg_read_header(&info_, TRUE);
        return true;
    }

    /// Blocks of 8 x 8 samples, of all components. Each takes at least one bit of the file: a code for its mean.
    std::uint64_t blocks() const {
        std::uint64_t count = 0;
        for (int component = 0; component < info_.num_components; ++component)
            count +=
                std::uint64_t{info_.comp_info[component].width_in_blocks} * info_.comp_info[component].height_in_blocks;
        return count;
    }

    /// libjpeg reads on where data of this kind end too early, and cannot say so.
    bool is_arithmetic() const { return info_.arith_code != 0; }

    /// CMYK pictures have no conversion to grey or RGB without a colour profile.
    bool is_grey_or_colour() const {
        return info_.jpeg_color_space == JCS_GRAYSCALE || info_.jpeg_color_space == JCS_YCbCr ||
               info_.jpeg_color_space == JCS_RGB;
    }

    /// All rows, one after the other; `row` has room for one of them, `out` for all.
    [[gnu::noinline]] bool read_rows(int channels, JSAMPLE* row, float* out) {
        if (setjmp(jump_)) return false;
        info_.out_color_space = channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
        info_.dct_method = JDCT_ISLOW;
        jpeg_start_decompress(&info_);
        while (info_.output_scanline < info_.output_height) {
            const std::size_t samples = std::size_t{info_.output_width} * static_cast<std::size_t>(channels);
            float* const begin = out + info_.output_scanline * samples;
            jpeg_read_scanlines(&info_, &row, 1);
            for (std::size_t index = 0; index < samples; ++index)
                begin[index] = static_cast<float>(row[index]) / static_cast<float>(MAXJSAMPLE);
        }
        jpeg_finish_decompress(&info_);
        // A component without a scan would be grey.
        if (has_several_scans_ && seen_ + 1U != 1U << info_.num_components) {
            std::snprintf(message_.data(), message_.size(), "a colour is missing");
            return false;
        }
        return true;
    }

    std::size_t height() const { return info_.image_height; }
    std::size_t width() const { return info_.image_width; }
    const char* message() const { return message_.data(); }

private:
    // Progressive photographs have about ten scans. Each one costs a pass over the whole picture, however few
    // bytes it has, so that a small file could keep a processor busy for hours.
    static constexpr int most_scans = 100;

    static jpeg_reader& self(j_common_ptr info) { return *static_cast<jpeg_reader*>(info->client_data); }

    [[noreturn]] static void fail(j_common_ptr info) {
        (*info->err->format_message)(info, self(info).message_.data());
        std::longjmp(self(info).jump_, 1);
    }

    /// libjpeg goes on after damage, with grey where data is missing. Remarks that cost no data may pass: bytes before
    /// the picture that belong to nothing. Behind the first scan they are data of the picture that nothing takes.
    static void judge(j_common_ptr info, int level) {
        if (level >= 0) return;
        const int code = info->err->msg_code;
        const bool stray = code == JWRN_EXTRANEOUS_DATA && self(info).info_.input_scan_number == 0;
        if (!stray && code != JWRN_ADOBE_XFORM && code != JWRN_JFIF_MAJOR) fail(info);
    }

    /// libjpeg calls it between two pieces of work on a file of several scans.
    static void watch_scans(j_common_ptr info) {
        jpeg_reader& reader = self(info);
        const jpeg_decompress_struct& state = reader.info_;
        reader.has_several_scans_ = jpeg_has_multiple_scans(&reader.info_) != 0;
        for (int i = 0; i < state.comps_in_scan; ++i)
            if (state.Ss == 0) reader.seen_ |= 1U << state.cur_comp_info[i]->component_index;
        if (state.input_scan_number <= most_scans) return;
        std::snprintf(reader.message_.data(), reader.message_.size(), "more than %d scans", most_scans);
        std::longjmp(reader.jump_, 1);
    }

    std::span<const std::byte> file_;
    jpeg_decompress_struct info_{};
    jpeg_error_mgr errors_{};
    jpeg_progress_mgr progress_{};
    std::jmp_buf jump_;
    std::array<char, JMSG_LENGTH_MAX> message_{};
    bool has_several_scans_ = false;
    unsigned seen_ = 0;  // components that a scan has given means to, a bit each
};

}  // namespace ambit::io_parts

namespace AMBIT_NAMESPACE {

/// The bytes that every JPEG file begins with.
inline bool is_jpeg(std::span<const std::byte> file) {
    return file.size() >= 3 && file[0] == std::byte{0xFF} && file[1] == std::byte{0xD8} && file[2] == std::byte{0xFF};
}

/// Reads grey and colour pictures, baseline or progressive. `channels` is 1 (luma) or 3 (RGB); a sample is its value
/// over 255. Orientation and colour profiles are ignored; CMYK and arithmetic coding are refused. Throws `image_error`;
/// `file` names the picture in it.
///
/// Damage is refused wherever libjpeg finds it and would go on, with grey or with what is left: data that end too early
/// or go on behind what they describe (by more than the seven bytes that libjpeg reads in advance), restart markers out
/// of order, a colour without data. Behind its end mark a file may go on: cameras put further pictures there. Comments
/// and application data are skipped. Memory: 12 bytes a pixel (4 for one channel), 2 more a sample for pictures of
/// several scans, of which there may be 100; at most `max_image_pixels`, and no more than a file of this size can hold.
inline pixels decode_jpeg(std::span<const std::byte> bytes, int channels, const std::filesystem::path& file) {
    io_parts::check_channels(channels, file);
    io_parts::jpeg_reader reader(bytes);
    const auto fail = [&](const std::string& reason) {
        throw image_error(file_fault::corrupt, file, "the JPEG picture is damaged: " + reason,
                          "fetch it or save it again");
    };
    if (!reader.read_header()) fail(reader.message());
    io_parts::check_extents(reader.height(), reader.width(), file);
    if (!reader.is_grey_or_colour())
        throw image_error(file_fault::unsupported, file, "the JPEG picture has neither grey nor RGB colours",
                          "convert it to RGB");
    if (reader.is_arithmetic())
        throw image_error(file_fault::unsupported, file, "the JPEG picture uses arithmetic coding",
                          "save it with Huffman coding, as most programs do");
    if (reader.blocks() / 8 > bytes.size())
        fail(std::to_string(bytes.size()) + " bytes cannot hold " + std::to_string(reader.height()) + " x " +
             std::to_string(reader.width()) + " pixels");

    pixels picture{reader.height(), reader.width(), static_cast<std::size_t>(channels), {}};
    picture.values.resize(picture.height * picture.width * picture.channels);
    std::vector<JSAMPLE> row(picture.width * picture.channels);
    if (!reader.read_rows(channels, row.data(), picture.values.data())) fail(reader.message());
    return picture;
}

}  // namespace ambit
