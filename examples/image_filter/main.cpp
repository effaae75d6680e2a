// SPDX-License-Identifier: BSL-1.0
// Two pictures of any size through one shared two-layer filter: blurred, then as coloured edges.
//
//     image_filter photograph.jpg drawing.png results/
#include "../command_line.hpp"
#include "filter.hpp"
#include "sheet.hpp"
#include "tiles.hpp"

#include <ambit/io/images.hpp>
#include <ambit/io/raw_image.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <iomanip>
#include <iostream>
#include <string>

namespace {

using namespace image_filter;
namespace fs = std::filesystem;

const fs::path samples = "/usr/share/matplotlib/mpl-data/sample_data";

picture read(const fs::path& file) {
    if (file.extension() != ".gz") return read_image(file, 3);
    constexpr int brightest = 215;  // of the slice in python-matplotlib-data, far below what 16 bits hold
    const picture grey =
        read_raw_image(file, 256, 256, sample_format::uint16_big_endian, {.white = brightest});
    return xt::broadcast(grey, {std::size_t{256}, std::size_t{256}, std::size_t{3}});
}

/// `s1045` of `/data/s1045.ima.gz`.
std::string name_of_picture(const fs::path& file) {
    const fs::path name = file.stem();
    return file.extension() == ".gz" ? name.stem().string() : name.string();
}

template <auto Blurred, auto Edges>
void process(image_filter::filter& net, const picture& original, const fs::path& results) {
    const auto start = std::chrono::steady_clock::now();
    const stages result = filter_picture<Blurred, Edges>(net, original);
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;

    const std::int64_t height = height_of(original), width = width_of(original);
    std::cout << "  " << width << " x " << height << " pixels, " << tiles_along(width) * tiles_along(height)
              << " tiles: " << 1e3 * elapsed.count() << " ms, "
              << 1e-6 * static_cast<double>(width * height) / elapsed.count() << " megapixels/s\n";
    const auto write = [&](const std::string& kind, const picture& values) {
        const fs::path file = results.string() + '-' + kind + ".png";
        write_png(file, values);
        std::cout << "  " << std::left << std::setw(9) << kind << file.string() << '\n';
    };
    write("blurred", result.blurred);
    write("edges", result.edges);
    write("sheet", side_by_side({original, result.blurred, result.edges}, 900));
}

void run(const fs::path& file1, const fs::path& file2, const fs::path& directory) {
    const picture picture1 = read(file1), picture2 = read(file2);  // both, before anything is written
    std::string name1 = name_of_picture(file1), name2 = name_of_picture(file2);
    if (name1 == name2) {
        name1 += "-1";
        name2 += "-2";
    }

    image_filter::filter net(seed{1});
    std::cout << "The filter, its variables used by both pictures:\n\n"
              << summary(net) << std::fixed << std::setprecision(1);
    fs::create_directories(directory);
    using outputs = two_images::outputs;
    std::cout << '\n' << file1.string() << '\n';
    process<&outputs::blurred1, &outputs::edges1>(net, picture1, directory / name1);
    std::cout << '\n' << file2.string() << '\n';
    process<&outputs::blurred2, &outputs::edges2>(net, picture2, directory / name2);
}

}  // namespace

int main(int count, char** words) {
    CLI::App app("Blur two pictures and find their edges, with the same filter", "image_filter");
    fs::path file1 = samples / "grace_hopper.jpg", file2 = samples / "s1045.ima.gz", directory = fs::current_path();
    app.set_help_flag("-h,--help", "print this");
    CLI::Option* const first = app.add_option("picture", file1, "a picture")->type_name("");
    CLI::Option* const second = app.add_option("other", file2, "another one")->type_name("");
    first->needs(second);
    app.add_option("directory", directory, "where the results go, PNG files; else the current one")->type_name("");
    app.footer("A picture is PNG, JPEG, or a raw slice: 256 x 256 samples of 16 bits, big-endian,\n"
               "in a .gz file. Without pictures it takes two from Debian's package\n"
               "python-matplotlib-data.");
    return run_program(app, count, words, [&] { run(file1, file2, directory); });
}
