// SPDX-License-Identifier: BSL-1.0
// Reads a net from a file, trains it on handwritten digits, saves it, and loads it back. Whatever is wrong with the
// file is said with its lines: shares_by_mistake.toml and shares_nothing.json show that.
#include "../command_line.hpp"
#include "program.hpp"

#include <filesystem>
#include <iostream>

int main(int count, char** words) {
    CLI::App app("Train a net that a file describes, save it, and load it back", "configured");
    std::filesystem::path file = AMBIT_CONFIGURED_FILES "/digits.toml";
    program_settings said;
    app.set_help_flag("-h,--help", "print this");
    app.add_option("FILE", file, "the net, in JSON or TOML; digits.toml if not given")->type_name("");
    app.add_option("--data", said.data, "the MNIST files in idx format, else AMBIT_DATA; else digits are drawn")
        ->envname("AMBIT_DATA")
        ->type_name("DIR");
    app.add_option("--save", said.save, "write the trained variables, as safetensors, and read them")
        ->type_name("FILE");
    return run_program(app, count, words, [&] {
        if (said.data && said.data->empty()) said.data.reset();
        // What the command line says comes after the file.
        program_settings wanted = ambit::read_config({file, "program"}, program_settings{});
        if (said.data) wanted.data = said.data;
        if (said.save) wanted.save = said.save;
        configured::run(file, wanted);
    });
}
