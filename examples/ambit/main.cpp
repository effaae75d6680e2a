// SPDX-License-Identifier: BSL-1.0
// The program `ambit`: looks into checkpoints, compares, renames and converts them, imports models of ONNX files, and
// begins projects.
//
//     ambit inspect model.safetensors
#include "../command_line.hpp"
#include "commands.hpp"
#include "output.hpp"
#include "shells.hpp"

#include <ambit/diagnostics/nearest_name.hpp>
#include <ambit/diagnostics/quoted.hpp>

#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

namespace {

constexpr const char* about_formats =
    "Files are safetensors, .npz or .npy of NumPy, or checkpoints of TensorFlow 1,\n"
    "which are named by their prefix: model.ckpt-1000.";

void add_force(CLI::App& command, tool::copy_options& options) {
    command.add_flag("-f,--force", options.replaces, "replace OUT if it is there");
}
void add_json(CLI::App& command, bool& as_json) { command.add_flag("--json", as_json, "print JSON, for programs"); }

/// CLI11 would tell the range with the 309 digits of its end.
std::string check_tolerance(const std::string& text) {
    char* end = nullptr;
    const double value = std::strtod(text.c_str(), &end);
    const bool is_number = !text.empty() && *end == '\0' && value >= 0;
    return is_number ? "" : "takes a number of at least 0, not '" + text + "'";
}

/// A first word that is no command, which CLI11 would take for a superfluous one.
const char* first_word(int count, const char* const* words) {
    return count > 1 && words[1][0] != '-' ? words[1] : nullptr;
}

}  // namespace

int main(int count, char** words) {
    using namespace tool;
    CLI::App app("Look into checkpoints and convert them; import models; begin a project", "ambit");
    app.require_subcommand(0, 1);
    app.set_version_flag("--version", "ambit " AMBIT_VERSION, "print the version");
    app.footer(std::string(about_formats) +
               "\n\nExit codes: 0; 1 where `diff` finds a difference; 2 after a mistake.\n"
               "ambit COMMAND --help says more of each.");
    app.set_help_flag("-h,--help", "print this");
    app.get_formatter()->column_width(26);
    app.get_formatter()->label("SUBCOMMAND", "COMMAND");
    app.get_formatter()->label("Subcommands", "Commands");
    app.get_formatter()->label("REQUIRED", "");

    inspect_options inspected;
    CLI::App& inspecting = *app.add_subcommand("inspect", "Show what is in a checkpoint");
    inspecting.add_option("FILE", inspected.file, "the checkpoint")->required()->type_name("");
    inspecting.add_option("NAME", inspected.names, "tensors, or scopes with all below; else all")->type_name("");
    inspecting.add_flag("--names-only", inspected.reads_no_values, "read no values: no statistics, at once");
    add_json(inspecting, inspected.as_json);
    inspecting.footer(
        "The tree has each tensor's type, size and range, with a histogram from its least\n"
        "to its greatest element; NaN and infinite elements are counted apart. One tensor\n"
        "alone is shown in detail.\n\n"
        "Example: ambit inspect model.safetensors encoder/conv1");

    diff_options compared;
    CLI::App& comparing = *app.add_subcommand("diff", "Show in what two checkpoints differ");
    comparing.add_option("A", compared.a, "a checkpoint")->required()->type_name("");
    comparing.add_option("B", compared.b, "another one, of whatever format")->required()->type_name("");
    comparing.add_option("--absolute", compared.absolute, "elements may be X apart")
        ->check(check_tolerance)
        ->type_name("X");
    comparing.add_option("--relative", compared.relative, "and Y times the greater of them more")
        ->check(check_tolerance)
        ->type_name("Y");
    comparing.add_flag("--any-dtype", compared.any_type, "compare values alone, as of a copy in float16");
    comparing.add_flag("--texts", compared.with_texts, "compare the text pairs, too");
    comparing.add_flag("-q,--quiet", compared.is_quiet, "say nothing: the exit code does");
    add_json(comparing, compared.as_json);
    comparing.footer(
        "Exit code 0 if they are equal, 1 if not, 2 after a mistake. 0 and -0 are equal,\n"
        "and NaN and NaN.\n\n"
        "Example: ambit diff before.safetensors after.safetensors --absolute 1e-6");

    copy_options renamed;
    std::vector<std::string> rules;
    CLI::App& renaming = *app.add_subcommand("rename", "Write a checkpoint with other names");
    renaming.add_option("IN", renamed.from, "the checkpoint")->required()->type_name("");
    renaming.add_option("OUT", renamed.to, "the new file, .safetensors or .npz")->required()->type_name("");
    renaming.add_option("RULE", rules, "OLD=NEW of a tensor, or OLD/=NEW/ of all below")->required()->type_name("");
    add_force(renaming, renamed);
    add_json(renaming, renamed.as_json);
    renaming.footer(
        "A rule whose OLD ends in / or . is for all names that begin so; an empty OLD is\n"
        "for all, an empty NEW takes the beginning away. \\= stands for = in a name. What\n"
        "the file says of its tensors follows. OUT appears complete or not at all.\n\n"
        "Example: ambit rename in.safetensors out.safetensors module.= step=global_step");

    copy_options converted;
    std::vector<std::string> names;
    bool skips = false;
    CLI::App& converting = *app.add_subcommand("convert", "Write a checkpoint in another format");
    converting.add_option("IN", converted.from, "the checkpoint, of any format")->required()->type_name("");
    converting.add_option("OUT", converted.to, "the new file: .safetensors, .npz or .npy")->required()->type_name("");
    converting.add_option("--only", names, "a tensor, or a scope with all below; again for more")
        ->allow_extra_args(false)
        ->type_name("NAME");
    converting.add_flag("--skip", skips, "leave out tensors whose type OUT cannot hold");
    add_force(converting, converted);
    add_json(converting, converted.as_json);
    converting.footer(
        "Elements stay as they are, bit for bit. OUT appears complete or not at all.\n\n"
        "Example: ambit convert model.ckpt-1000 model.safetensors --skip");

#if AMBIT_HAS_ONNX
    import_options imported;
    CLI::App& importing = *app.add_subcommand("import", "Write an ONNX file as a module in C++, and its weights");
    importing.add_option("FILE", imported.file, "the ONNX file")->required()->type_name("");
    importing.add_option("--name", imported.name, "of the struct and of both files; else that of FILE")
        ->type_name("NAME");
    importing.add_option("--extent", imported.extents, "of axes that FILE leaves open: 8, or batch=8; again for more")
        ->allow_extra_args(false)
        ->type_name("EXTENT");
    importing.add_flag("-f,--force", imported.replaces, "replace files that are there");
    importing.footer(
        "NAME.hpp has a struct whose call operator builds the model, a line for each op,\n"
        "NAME.safetensors the weights, under the paths of its variables. Both are written\n"
        "in this folder.\n\n"
        "Example: ambit import resnet18.onnx --extent batch=1");
#endif

    std::string project;
    CLI::App& starting = *app.add_subcommand("new", "Begin a project that builds, tests and runs");
    starting.add_option("NAME", project, "of the project, and of its folder, which is made here")
        ->required()
        ->type_name("");
    starting.footer(
        "A net, a program that teaches it and keeps its weights, a test, and a build by\n"
        "CMake. A folder that is there is not touched.\n\n"
        "Example: ambit new sines");

    std::string shell;
    CLI::App& completing = *app.add_subcommand("completion", "Print what a shell completes words by");
    completing.add_option("SHELL", shell, "bash or zsh")
        ->required()
        ->type_name("")
        ->check(CLI::IsMember({"bash", "zsh"}));
    completing.footer(
        "An installed ambit has both where shells look for them.\n\n"
        "Example: ambit completion zsh > _ambit");

    CLI::App& describing = *app.add_subcommand("manual", "Print the page for man");
    describing.footer("Example: ambit manual | man -l -");

    if (const char* const word = first_word(count, words); word != nullptr) {
        ambit::mistake_parts::nearest_name nearest(word);
        const std::vector<std::string_view> commands{"inspect", "diff",       "rename", "convert",
#if AMBIT_HAS_ONNX
                                                     "import",
#endif
                                                     "new",     "completion", "manual"};
        bool is_command = false;
        for (std::size_t c = 0; c < commands.size(); ++c) {
            nearest.consider(static_cast<int>(c), commands[c]);
            is_command = is_command || commands[c] == word;
        }
        if (!is_command) {
            std::cerr << "ambit: there is no command " << ambit::mistake_parts::in_quotes(word);
            if (nearest.best() >= 0) std::cerr << "; did you mean " << commands[std::size_t(nearest.best())] << '?';
            else std::cerr << "; see ambit --help";
            std::cerr << '\n';
            return 2;
        }
    }
    if (const auto code = parse_command_line(app, count, words)) return *code;
    if (app.get_subcommands().empty()) {
        std::cerr << "ambit: a command is required, such as inspect; see ambit --help\n";
        return 2;
    }
    try {
        if (inspecting.parsed()) return inspect(inspected);
        if (comparing.parsed()) return diff(compared);
        if (renaming.parsed()) return rename(renamed, rules);
#if AMBIT_HAS_ONNX
        if (importing.parsed()) return import_model(imported);
#endif
        if (starting.parsed()) return start(project);
        if (completing.parsed()) return print(shell == "bash" ? bash_completion(app) : zsh_completion(app)), 0;
        if (describing.parsed()) return print(manual_page(app)), 0;
        return convert(converted, names, skips);
    } catch (const std::exception& reason) {
        std::cerr << "ambit: " << reason.what() << '\n';
        return 2;
    }
}
