// SPDX-License-Identifier: BSL-1.0
#include "shells.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tool {

namespace {

/// `text` with each of `from` written as it is beside it.
std::string escaped(std::string_view text, const std::vector<std::pair<char, std::string_view>>& marks) {
    std::string out;
    for (const char c : text) {
        std::string_view written(&c, 1);
        for (const auto& [from, to] : marks)
            if (c == from) written = to;
        out += written;
    }
    return out;
}

std::vector<const CLI::App*> commands_of(const CLI::App& app) {
    return app.get_subcommands([](const CLI::App*) { return true; });
}

bool takes_files(const CLI::App& command) {
    const std::string& name = command.get_name();
    return name != "new" && name != "completion" && name != "manual";
}

/// `--json --force -f`
std::string options_of(const CLI::App& command) {
    std::string words;
    for (const CLI::Option* option : command.get_options()) {
        for (const std::string& name : option->get_lnames()) words += "--" + name + ' ';
        for (const std::string& name : option->get_snames()) words += '-' + name + ' ';
    }
    if (!words.empty()) words.pop_back();
    return words;
}

std::string names_of(const std::vector<const CLI::App*>& commands) {
    std::string names;
    for (const CLI::App* command : commands) names += command->get_name() + ' ';
    names.pop_back();
    return names;
}

}  // namespace

std::string bash_completion(const CLI::App& app) {
    std::string cases;
    for (const CLI::App* command : commands_of(app)) {
        cases += "        " + command->get_name() + ") words=\"" + options_of(*command) + "\"";
        if (command->get_name() == "completion") cases += "; [[ $current == -* ]] || words=\"bash zsh\"";
        else if (takes_files(*command)) cases += "; files=yes";
        cases += " ;;\n";
    }
    return "# Completes words behind `ambit`: source it, or let bash-completion find it.\n"
           "_ambit() {\n"
           "    local current=\"${COMP_WORDS[COMP_CWORD]}\" words= files=\n"
           "    if ((COMP_CWORD == 1)); then\n"
           "        words=\"" +
           names_of(commands_of(app)) + ' ' + options_of(app) +
           "\"\n"
           "    else case \"${COMP_WORDS[1]}\" in\n" +
           cases +
           "    esac fi\n"
           "    COMPREPLY=()\n"
           "    if [[ -n $files && $current != -* ]]; then\n"
           "        compopt -o filenames 2> /dev/null\n"
           "        mapfile -t COMPREPLY < <(compgen -f -- \"$current\")\n"
           "    else\n"
           "        mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$current\")\n"
           "    fi\n"
           "}\n"
           "complete -F _ambit ambit\n";
}

std::string zsh_completion(const CLI::App& app) {
    // Within single quotes, in brackets, before colons.
    const std::vector<std::pair<char, std::string_view>> marks{
        {'\'', "'\\''"}, {'[', "\\["}, {']', "\\]"}, {':', "\\:"}, {'\\', "\\\\"}};
    std::string names, cases;
    for (const CLI::App* command : commands_of(app)) {
        names += "        '" + command->get_name() + ':' + escaped(command->get_description(), marks) + "'\n";
        cases += "        " + command->get_name() + ") _arguments";
        for (const CLI::Option* option : command->get_options()) {
            const std::string about = '[' + escaped(option->get_description(), marks) + ']';
            const std::string value = option->get_items_expected_max() > 0 ? ':' + option->get_type_name() + ':' : "";
            for (const std::string& name : option->get_lnames()) cases += " '--" + name + about + value + '\'';
            for (const std::string& name : option->get_snames()) cases += " '-" + name + about + value + '\'';
        }
        if (command->get_name() == "completion") cases += " '2:shell:(bash zsh)'";
        else if (takes_files(*command)) cases += " '*:file:_files'";
        cases += " ;;\n";
    }
    return "#compdef ambit\n"
           "_ambit() {\n"
           "    local -a commands=(\n" +
           names +
           "    )\n"
           "    if ((CURRENT == 2)); then _describe command commands; return; fi\n"
           "    case $words[2] in\n" +
           cases +
           "    esac\n"
           "}\n"
           "_ambit \"$@\"\n";
}

namespace {

/// As troff reads it: no hyphens for minus signs, no requests in text.
std::string troff(std::string_view text) {
    std::string out = escaped(text, {{'\\', "\\e"}, {'-', "\\-"}});
    for (std::size_t line = 0; line < out.size();) {
        if (out[line] == '.' || out[line] == '\'') out.insert(line, "\\&");
        line = out.find('\n', line);
        line = line == out.npos ? out.size() : line + 1;
    }
    return out;
}

/// Paragraphs of a footer.
std::string paragraphs(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const std::size_t end = text.find("\n\n");
        out += ".PP\n" + troff(text.substr(0, end)) + '\n';
        text.remove_prefix(end == text.npos ? text.size() : end + 2);
    }
    return out;
}

std::string options_page(const CLI::App& command) {
    std::string page;
    for (const CLI::Option* option : command.get_options()) {
        std::string names;
        const auto add = [&](const std::string& name) { names += (names.empty() ? "" : ", ") + name; };
        for (const std::string& name : option->get_snames()) add('-' + name);
        for (const std::string& name : option->get_lnames()) add("--" + name);
        const bool is_positional = names.empty();
        if (is_positional) names = option->get_name(true);
        std::string tag = std::string(is_positional ? "\\fI" : "\\fB") + troff(names) + "\\fR";
        if (!is_positional && option->get_items_expected_max() > 0)
            tag += " \\fI" + troff(option->get_type_name()) + "\\fR";
        page += ".TP\n" + tag + '\n' + troff(option->get_description()) + '\n';
    }
    return page;
}

}  // namespace

std::string manual_page(const CLI::App& app) {
    std::string page = ".TH AMBIT 1 \"\" \"ambit " AMBIT_VERSION "\"\n.SH NAME\nambit \\- " +
                       troff(app.get_description()) +
                       "\n.SH SYNOPSIS\n.B ambit\n.I COMMAND\n[\\fIOPTIONS\\fR] \\fIWORDS\\fR...\n.SH DESCRIPTION\n" +
                       paragraphs(app.get_footer()) + options_page(app) + ".SH COMMANDS\n";
    for (const CLI::App* command : commands_of(app)) {
        std::string words;
        for (const CLI::Option* option : command->get_options())
            if (option->get_positional())
                words += ' ' + option->get_name(true) + (option->get_items_expected_max() > 1 ? "..." : "");
        page += ".SS " + troff("ambit " + command->get_name() + words) + '\n' + troff(command->get_description()) +
                ".\n" + options_page(*command) + paragraphs(command->get_footer());
    }
    return page;
}

}  // namespace tool
