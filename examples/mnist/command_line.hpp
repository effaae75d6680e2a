// SPDX-License-Identifier: BSL-1.0
// The command line.
#pragma once

#include "../command_line.hpp"
#include "options.hpp"

#include <cstdint>
#include <cstdlib>
#include <string>

namespace mnist {

/// Whatever is parsed, goes into `wanted`, which outlives the parsing.
inline void add_options(CLI::App& app, options& wanted) {
    app.set_help_flag("-h,--help", "print this");
    app.get_formatter()->column_width(20);
    const auto add = [&](const char* name, auto& value, const char* kind, const char* what) {
        return app.add_option(name, value, what)->type_name(kind);
    };
    add("--data", wanted.data, "DIR",
        "the MNIST files in idx format, else the directory\n"
        "AMBIT_DATA; without either, digits are drawn by\n"
        "the program");
    app.add_option_function<std::string>(
           "--model",
           [&wanted](const std::string& name) {
               if (name != "dense" && name != "conv")
                   throw CLI::ValidationError("--model", "takes dense or conv, not '" + name + "'");
               wanted.model = name == "dense" ? net_kind::dense : net_kind::conv;
           },
           "dense: 784-500-10; conv: two convolutions, 1024\n"
           "hidden units; dense if not given")
        ->type_name("NET");
    add("--epochs", wanted.epochs, "N",
        "passes over the training digits, 12 (dense) or 8\n"
        "if not given")
        ->check(CLI::Range(1, 10'000).description(""));
    add("--seed", wanted.seed, "N", "of initial values and order, 1 if not given")
        ->check(not_a_seed);
    app.add_flag("--choose", wanted.choose,
                 "leave the last digits alone: train on fewer, report\n"
                 "on the last 1,000 of the training digits, to choose\n"
                 "settings");
    app.add_flag("--ranks", wanted.ranks,
                 "train on all ranks of an MPI job, each with its part\n"
                 "of the digits: mpirun -n 2 mnist --ranks");
    app.add_flag("--compact", wanted.compact,
                 "judge it with weights stored as bfloat16 and int8,\ntoo");
    add("--save", wanted.save, "FILE", "write the trained variables, as safetensors");
    add("--evaluate", wanted.evaluate, "FILE", "read them instead of training");
    add("--pictures", wanted.pictures, "DIR",
        "write learning curve, confusion matrix and misread\n"
        "digits as PNG");
    app.callback([&wanted] {
        if (wanted.ranks && (wanted.evaluate || wanted.choose || wanted.compact))
            throw CLI::ValidationError("--ranks trains: without --choose, --compact and --evaluate");
        if (wanted.evaluate && wanted.save)
            throw CLI::ValidationError("--save has nothing to save when --evaluate replaces training");
        const char* const directory = std::getenv("AMBIT_DATA");
        if (!wanted.data && directory != nullptr && *directory != '\0') wanted.data = directory;
    });
}

}  // namespace mnist
