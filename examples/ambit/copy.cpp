// SPDX-License-Identifier: BSL-1.0
// `ambit rename` and `ambit convert`: a checkpoint as another file, one tensor in memory at a time.
#include "commands.hpp"
#include "output.hpp"
#include "page.hpp"
#include "reading.hpp"
#include "rename_rules.hpp"

#include <ambit/checkpoint/checkpoint_writer.hpp>
#include <ambit/checkpoint/npy_header.hpp>
#include <ambit/checkpoint/roles.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sys/stat.h>

namespace tool {

namespace {

using checkpoint_parts::shown_path;

/// The formats to write, by the ends of names.
constexpr std::string_view extensions[] = {".safetensors", ".npz", ".npy"};

std::string_view extension_of(const std::string& file) {
    for (const std::string_view extension : extensions)
        if (file.ends_with(extension)) return extension;
    throw refusal(shown_path(file) + ": its name ends in none of .safetensors, .npz and .npy, which say the format");
}
bool can_hold(std::string_view extension, element_type type) {
    return !(extension == ".safetensors" ? checkpoint_parts::safetensors_name(type) : checkpoint_parts::npy_name(type))
                .empty();
}

/// Before anything is read: the place is free, and is not the file that is read.
void check_place(const tensor_source& from, const copy_options& wanted) {
    struct stat here {
    }, there{};
    if (::stat(wanted.to.c_str(), &there) != 0) return;  // what else is wrong with it, the writer says
    if (::stat(from.file().c_str(), &here) == 0 && here.st_dev == there.st_dev && here.st_ino == there.st_ino)
        throw refusal(shown_path(wanted.to) + ": it is the file that is read; write to another, then move it");
    if (S_ISREG(there.st_mode) && !wanted.replaces)
        throw refusal(shown_path(wanted.to) + ": there is such a file; --force replaces it");
}

/// Why a tensor cannot be copied, and what then.
refusal not_held(const tensor_source& from, const stored_tensor& tensor, std::string_view extension,
                 std::string_view advice) {
    const bool has_objects = checkpoint_parts::has_python_objects(tensor);
    return refusal(shown_path(from.file()) + ": tensor " + mistake_parts::in_quotes(tensor.name) + " is of " +
                   mistake_parts::in_quotes(tensor.type_name) +
                   (has_objects ? ", objects of Python's, which are not read"
                                : ", which " + std::string(extension) + " files lack") +
                   "; " + std::string(advice));
}

struct copied {
    std::vector<std::size_t> tensors;
    std::vector<std::string> names;  ///< of them, in the new file
    checkpoint_metadata metadata;
};

void write(const tensor_source& from, const copied& copy, const copy_options& wanted) {
    std::uint64_t bytes = 0;
    for (const std::size_t t : copy.tensors) bytes += from.tensors()[t].bytes;
    reading_bar bar("copy", bytes);
    const watched_source watched(from, bar);
    std::vector<tensor_entry> entries;
    for (std::size_t i = 0; i < copy.tensors.size(); ++i)
        entries.emplace_back(copy.names[i], from.tensors()[copy.tensors[i]], watched, copy.tensors[i]);
    write_checkpoint(wanted.to, entries, copy.metadata);
}

std::string wrote(const tensor_source& from, const copied& copy, const copy_options& wanted) {
    std::uint64_t bytes = 0;
    for (const std::size_t t : copy.tensors) bytes += from.tensors()[t].bytes;
    return "wrote " + shown_path(wanted.to) + ": " + counted(copy.tensors.size(), "tensor") + ", " +
           short_bytes(bytes) + '\n';
}

json value_of(const tensor_source& from, const copied& copy, const copy_options& wanted) {
    std::uint64_t bytes = 0;
    for (const std::size_t t : copy.tensors) bytes += from.tensors()[t].bytes;
    return {{"from", from.file()}, {"to", wanted.to}, {"tensors", copy.tensors.size()}, {"bytes", bytes}};
}

// ---- Text pairs that speak of tensors ---------------------------------------------------------------------------

/// The names in a list with blanks between them, as `name` has them now; without those that it has none for.
template <class Name> std::string renamed_list(std::string_view list, const Name& name) {
    std::string result;
    while (!list.empty()) {
        const std::size_t length = (std::min)(list.find(' '), list.size());
        const std::string now = name(list.substr(0, length));
        if (!now.empty()) (result += result.empty() ? "" : " ") += now;
        list.remove_prefix((std::min)(length + 1, list.size()));
    }
    return result;
}

bool is_role(std::string_view key) {
    return std::any_of(std::begin(checkpoint_parts::listed_roles), std::end(checkpoint_parts::listed_roles),
                       [&](checkpoint_parts::variable_role role) { return key == checkpoint_parts::role_key(role); });
}

checkpoint_metadata renamed_texts(const tensor_source& file, rename_rules& rules) {
    checkpoint_metadata texts;
    const auto add = [&](const std::string& key, std::string value) {
        if (!texts.emplace(key, std::move(value)).second)
            throw refusal("two text pairs would have the key " + mistake_parts::in_quotes(key));
    };
    for (const auto& [key, value] : file.metadata()) {
        const bool is_alias =
            !key.starts_with(checkpoint_parts::own_keys) && file.find(key) == nullptr && file.find(value) != nullptr;
        if (is_role(key)) add(key, renamed_list(value, [&](std::string_view name) { return rules.apply(name); }));
        else if (key.starts_with(checkpoint_parts::local_key))
            add(std::string(checkpoint_parts::local_key) + rules.apply(key.substr(checkpoint_parts::local_key.size())),
                value);
        else if (is_alias) add(rules.apply(key), rules.apply(value));  // two names of one variable
        else add(key, value);
    }
    return texts;
}

}  // namespace

int rename(const copy_options& wanted, const std::vector<std::string>& texts) {
    rename_rules rules(texts);
    const std::string_view extension = extension_of(wanted.to);
    const auto file = open_file(wanted.from);
    check_place(*file, wanted);
    copied copy;
    std::map<std::string, std::string_view> old_names;
    std::vector<std::pair<std::string_view, std::string>> renamed;
    for (std::size_t t = 0; t < file->tensors().size(); ++t) {
        const stored_tensor& tensor = file->tensors()[t];
        if (!can_hold(extension, tensor.type))
            throw not_held(*file, tensor, extension, "convert the file first, with --skip");
        std::string name = rules.apply(tensor.name);
        if (name.empty()) throw refusal("tensor " + mistake_parts::in_quotes(tensor.name) + " would have no name");
        const auto [there, is_first] = old_names.emplace(name, tensor.name);
        if (!is_first)
            throw refusal("tensors " + mistake_parts::in_quotes(there->second) + " and " +
                          mistake_parts::in_quotes(tensor.name) + " would both be " + mistake_parts::in_quotes(name));
        if (name != tensor.name) renamed.emplace_back(tensor.name, name);
        copy.tensors.push_back(t);
        copy.names.push_back(std::move(name));
    }
    copy.metadata = renamed_texts(*file, rules);
    rules.expect_all_used(*file);
    write(*file, copy, wanted);

    if (wanted.as_json) {
        json value = value_of(*file, copy, wanted);
        value["renamed"] = json::object();
        for (const auto& [old_name, name] : renamed) value["renamed"][std::string(old_name)] = name;
        print(value);
        return 0;
    }
    const page out = page_of_output();
    constexpr std::size_t most_lines = 8;
    std::string text = wrote(*file, copy, wanted) + "  renamed: " + grouped(renamed.size()) + '\n';
    std::size_t longest = 0;
    const std::size_t room = out.width / 2 - 4;
    for (std::size_t i = 0; i < (std::min)(renamed.size(), most_lines); ++i)
        longest = (std::max)(longest, columns_of(cut_to(shown_name(renamed[i].first), room)));
    for (std::size_t i = 0; i < (std::min)(renamed.size(), most_lines); ++i)
        text += "    " + padded(cut_to(shown_name(renamed[i].first), room), longest) + "  " +
                out.styled(style::cyan, cut_to(shown_name(renamed[i].second), room)) + '\n';
    if (renamed.size() > most_lines) text += "    and " + grouped(renamed.size() - most_lines) + " more\n";
    print(text);
    return 0;
}

int convert(const copy_options& wanted, const std::vector<std::string>& names, bool skips) {
    const std::string_view extension = extension_of(wanted.to);
    const auto file = open_file(wanted.from);
    check_place(*file, wanted);
    copied copy;
    std::vector<std::string> left_out;
    for (const std::size_t t : chosen_tensors(*file, names)) {
        const stored_tensor& tensor = file->tensors()[t];
        if (can_hold(extension, tensor.type)) {
            copy.tensors.push_back(t);
            copy.names.push_back(tensor.name);
        } else if (skips) {
            left_out.push_back(tensor.name);
        } else {
            throw not_held(*file, tensor, extension, "--skip leaves such tensors out");
        }
    }
    if (extension != ".npy") {  // which have no place for text pairs
        const auto if_copied = [&](std::string_view name) {  // names are in order
            const bool is_there = std::binary_search(copy.names.begin(), copy.names.end(), name);
            return is_there ? std::string(name) : std::string();
        };
        for (const auto& [key, value] : file->metadata())
            copy.metadata[key] = is_role(key) ? renamed_list(value, if_copied) : value;
        std::erase_if(copy.metadata, [](const auto& pair) { return is_role(pair.first) && pair.second.empty(); });
    }
    const std::size_t lost_texts = file->metadata().size() - copy.metadata.size();
    write(*file, copy, wanted);

    if (wanted.as_json) {
        json value = value_of(*file, copy, wanted);
        value["left_out"] = left_out;
        print(value);
        return 0;
    }
    const page out = page_of_output();
    std::string text = wrote(*file, copy, wanted);
    if (!left_out.empty()) text += "  left out: " + grouped(left_out.size()) + '\n';
    for (const std::string& name : left_out) text += "    " + cut_to(shown_name(name), out.width - 4) + '\n';
    if (extension == ".npy" && lost_texts > 0) text += "  left out: " + counted(lost_texts, "text pair") + '\n';
    print(text);
    return 0;
}

}  // namespace tool
