// SPDX-License-Identifier: BSL-1.0
// Trains the network of the tutorial for CIFAR-10, in towers, and says how well it tells what it has not seen.
#include "../command_line.hpp"
#include "options.hpp"

#include <ambit/diagnostics/error.hpp>

#include <cstdint>
#include <string>

namespace {

using namespace cifar10;

void add_options(CLI::App& app, options& wanted) {
    app.set_help_flag("-h,--help", "print this");
    app.get_formatter()->column_width(20);
    app.add_option("--data", wanted.data,
                   "the files of CIFAR-10's binary version; else patterns\nare drawn by the program")
        ->type_name("DIR");
    app.add_option("--steps", wanted.steps, "of training, 64 pictures each; 500 if not given")
        ->type_name("N")
        ->check(CLI::Range(std::int64_t{1}, std::int64_t{10'000'000}).description(""));
    app.add_option("--towers", wanted.towers,
                   "1, 2, 4 or 8 that share the variables and, equally,\n"
                   "the pictures of a step; 2, if not given, were made\n"
                   "by the compiler, the others are made now")
        ->type_name("N")
        ->check([](const std::string& text) -> std::string {
            if (text == "1" || text == "2" || text == "4" || text == "8") return {};
            return "takes 1, 2, 4 or 8, not '" + text + "'";
        });
    app.add_flag("--ranks", wanted.ranks,
                 "a tower of 32 pictures on each rank of an MPI job:\nmpirun -n 2 cifar10 --ranks");
    app.add_option("--seed", wanted.seed, "of initial values and pictures, 1 if not given")
        ->type_name("N")
        ->check(not_a_seed);
    app.add_option("--train-dir", wanted.train_dir, "keep checkpoints there, and go on from the latest")
        ->type_name("DIR");
    app.add_option("--save", wanted.save, "write the trained variables, as safetensors")->type_name("FILE");
    app.add_option("--evaluate", wanted.evaluate, "read them instead of training")->type_name("FILE");
    app.add_option("--pictures", wanted.pictures, "with --ranks, draw there how the speed grows")->type_name("DIR");
    app.callback([&wanted] {
        if (wanted.evaluate && (wanted.save || wanted.train_dir || wanted.towers))
            throw CLI::ValidationError(
                "--evaluate replaces training: there is nothing for --save, --train-dir or --towers");
        if (wanted.ranks && (wanted.evaluate || wanted.train_dir || wanted.towers))
            throw CLI::ValidationError(
                "--ranks trains a tower on each rank: without --towers, --train-dir and --evaluate");
        if (wanted.pictures && !wanted.ranks)
            throw CLI::ValidationError("--pictures draws how the speed grows with ranks: give --ranks, too");
    });
}

void run(const options& wanted) {
    if (wanted.ranks) {
#ifdef AMBIT_HAS_MPI
        run_on_ranks(wanted);
#else
        throw ambit::error("--ranks: this program was built without an MPI (libopenmpi-dev)");
#endif
    } else if (wanted.towers.value_or(2) == 2) run_compiled(wanted);
    else run_on_registry(wanted);
}

}  // namespace

int main(int count, char** words) {
    CLI::App app("Train the network of TensorFlow's tutorial for CIFAR-10, in towers that share one\nset of variables",
                 "cifar10");
    options wanted;
    add_options(app, wanted);
    return run_program(app, count, words, [&] { run(wanted); });
}
