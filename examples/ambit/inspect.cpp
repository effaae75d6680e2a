// SPDX-License-Identifier: BSL-1.0
// `ambit inspect`: what is in a checkpoint.
#include "commands.hpp"
#include "contents.hpp"
#include "inspect_text.hpp"
#include "output.hpp"
#include "page.hpp"
#include "reading.hpp"

#include <cstddef>
#include <cstdint>
#include <iostream>
#include <string>
#include <utility>

namespace tool {

namespace {

/// Whole numbers as such, up to all that 64 bits hold.
json number_of(long double value, element_type type) {
    if (!is_integer(type)) return static_cast<double>(value);
    if (value < 0) return static_cast<std::int64_t>(value);
    return static_cast<std::uint64_t>(value);
}

json value_of(const contents& found) {
    json all;
    all["file"] = found.file.file();
    all["format"] = found.file.format();
    const std::string saver = saved_by(found.file);
    all["saved_by"] = saver.empty() ? json() : json(saver);
    all["checksum"] = found.file.checksum().empty() ? json() : json(found.file.checksum());
    all["metadata"] = json::object();
    for (const auto& [key, value] : found.file.metadata()) all["metadata"][key] = value;
    all["tensors"] = json::array();
    for (std::size_t i = 0; i < found.tensors.size(); ++i) {
        const stored_tensor& stored = found[i];
        json tensor;
        tensor["name"] = stored.name;
        tensor["type"] = name_of(stored.type);
        tensor["type_in_file"] = stored.type_name;
        tensor["shape"] = stored.extents;
        tensor["bytes"] = stored.bytes;
        tensor["of_optimizer"] = found.tensors[i].is_of_optimizer;
        if (!found.tensors[i].failure.empty()) tensor["error"] = found.tensors[i].failure;
        if (const auto& of = found.tensors[i].statistics) {
            json numbers{
                {"elements", of->elements}, {"nan", of->not_numbers}, {"infinite", of->infinite}, {"zeros", of->zeros}};
            if (of->finite() > 0) {
                numbers["min"] = number_of(of->least, stored.type);
                numbers["max"] = number_of(of->greatest, stored.type);
                numbers["mean"] = static_cast<double>(of->mean);
                numbers["std"] = static_cast<double>(of->deviation);
                numbers["histogram"] = of->histogram;
            }
            tensor["statistics"] = std::move(numbers);
        }
        all["tensors"].push_back(std::move(tensor));
    }
    return all;
}

}  // namespace

int inspect(const inspect_options& wanted) {
    const auto file = open_file(wanted.file);
    const contents found = look_at(*file, wanted);
    if (wanted.as_json) {
        print(value_of(found));
    } else {
        print(text_of(found, page_of_output()));
    }
    constexpr std::size_t most_failures = 8;
    std::size_t failures = 0;
    for (const looked_at& it : found.tensors)
        if (!it.failure.empty() && ++failures <= most_failures) std::cerr << "ambit: " << it.failure << '\n';
    if (failures > most_failures) std::cerr << "ambit: and " << failures - most_failures << " more like these\n";
    return failures > 0 ? 2 : 0;
}

}  // namespace tool
