// SPDX-License-Identifier: BSL-1.0
// Results go to the standard output at once, when all of them are known.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

namespace tool {

using json = nlohmann::ordered_json;

/// Who reads may have gone (`ambit inspect file | head -1`): that is no error. Throws `refusal` at a full disk.
void print(const std::string& text);
/// Names of other formats may not be UTF-8; JSON has a replacement character for what is not.
void print(const json& value);

}  // namespace tool
