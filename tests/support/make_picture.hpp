// SPDX-License-Identifier: BSL-1.0
// PNG and JPEG files of every kind that the readers meet, made by the libraries directly.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include <jpeglib.h>
#include <png.h>
#include <zlib.h>

namespace ambit_test {

struct png_recipe {
    std::uint32_t height = 1, width = 1;
    int depth = 8;
    int colour = PNG_COLOR_TYPE_GRAY;
    std::vector<std::vector<unsigned char>> rows;  // as the file holds them
    std::vector<png_color> palette = {};
    std::vector<unsigned char> transparency = {};  // of palette entries
    bool interlaced = false;
    bool gamma = false;
};

/// The file. Errors of the library end the test program: the recipes are ours.
inline std::string make_png(png_recipe recipe) {
    std::string file;
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
    png_infop info = png_create_info_struct(png);
    png_set_write_fn(
        png, &file,
        [](png_structp writer, png_bytep bytes, std::size_t count) {
            static_cast<std::string*>(png_get_io_ptr(writer))
                ->append(reinterpret_cast<const char*>(bytes), count);
        },
        [](png_structp) {});
    png_set_IHDR(png, info, recipe.width, recipe.height, recipe.depth, recipe.colour,
                 recipe.interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
                 PNG_FILTER_TYPE_DEFAULT);
    if (recipe.gamma) png_set_gAMA(png, info, 1.0);
    if (!recipe.palette.empty())
        png_set_PLTE(png, info, recipe.palette.data(), static_cast<int>(recipe.palette.size()));
    if (!recipe.transparency.empty())
        png_set_tRNS(png, info, recipe.transparency.data(), static_cast<int>(recipe.transparency.size()),
                     nullptr);
    png_set_check_for_invalid_index(png, 0);  // some recipes are wrong on purpose
    png_write_info(png, info);
    std::vector<png_bytep> rows;
    for (auto& row : recipe.rows) rows.push_back(row.data());
    png_write_image(png, rows.data());
    png_write_end(png, info);
    png_destroy_write_struct(&png, &info);
    return file;
}

/// A chunk of a PNG file, with its checksum.
inline std::string png_chunk(const std::string& type, const std::string& content) {
    const auto big_endian = [](unsigned long number) {
        std::string bytes;
        for (const int shift : {24, 16, 8, 0}) bytes += static_cast<char>(number >> shift & 0xFF);
        return bytes;
    };
    const std::string checked = type + content;
    return big_endian(content.size()) + checked +
           big_endian(crc32(0, reinterpret_cast<const Bytef*>(checked.data()), static_cast<uInt>(checked.size())));
}

/// In zlib's form, as PNG has it.
inline std::string zlib_compressed(const std::string& content) {
    uLongf size = compressBound(static_cast<uLong>(content.size()));
    std::string result(size, '\0');
    compress2(reinterpret_cast<Bytef*>(result.data()), &size, reinterpret_cast<const Bytef*>(content.data()),
              static_cast<uLong>(content.size()), Z_BEST_COMPRESSION);
    result.resize(size);
    return result;
}

struct jpeg_recipe {
    std::uint32_t height = 1, width = 1;
    int components = 3;
    J_COLOR_SPACE given = JCS_RGB;
    bool progressive = false;
    int quality = 100;
    std::vector<unsigned char> samples;  // height x width x components
    bool arithmetic = false;
    unsigned restart_interval = 0;  // blocks between two restart markers
    bool separate_scans = false;  // of each component; not for progressive ones
};

inline std::string make_jpeg(jpeg_recipe recipe) {
    jpeg_compress_struct info{};
    jpeg_error_mgr errors{};
    info.err = jpeg_std_error(&errors);
    jpeg_create_compress(&info);
    unsigned char* buffer = nullptr;
    unsigned long size = 0;
    jpeg_mem_dest(&info, &buffer, &size);
    info.image_height = recipe.height;
    info.image_width = recipe.width;
    info.input_components = recipe.components;
    info.in_color_space = recipe.given;
    jpeg_set_defaults(&info);
    for (int component = 0; component < info.num_components; ++component)
        info.comp_info[component].h_samp_factor = info.comp_info[component].v_samp_factor = 1;
    jpeg_set_quality(&info, recipe.quality, TRUE);
    // One scan for the mean of each block, one for the rest: the least that is progressive.
    static const jpeg_scan_info two_scans[] = {{1, {0, 0, 0, 0}, 0, 0, 0, 0}, {1, {0, 0, 0, 0}, 1, 63, 0, 0}};
    if (recipe.progressive && recipe.components == 1) {
        info.scan_info = two_scans;
        info.num_scans = 2;
    } else if (recipe.progressive) {
        jpeg_simple_progression(&info);
    }
    static const jpeg_scan_info three_scans[] = {{1, {0, 0, 0, 0}, 0, 63, 0, 0}, {1, {1, 0, 0, 0}, 0, 63, 0, 0},
                                                 {1, {2, 0, 0, 0}, 0, 63, 0, 0}};
    if (recipe.separate_scans) {
        info.scan_info = three_scans;
        info.num_scans = info.num_components;
    }
    info.arith_code = recipe.arithmetic ? TRUE : FALSE;
    info.restart_interval = recipe.restart_interval;
    jpeg_start_compress(&info, TRUE);
    const std::size_t row_bytes = std::size_t{recipe.width} * static_cast<std::size_t>(recipe.components);
    while (info.next_scanline < info.image_height) {
        JSAMPROW row = recipe.samples.data() + info.next_scanline * row_bytes;
        jpeg_write_scanlines(&info, &row, 1);
    }
    jpeg_finish_compress(&info);
    std::string file(reinterpret_cast<const char*>(buffer), size);
    jpeg_destroy_compress(&info);
    std::free(buffer);
    return file;
}

}  // namespace ambit_test
