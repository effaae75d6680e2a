// SPDX-License-Identifier: BSL-1.0
// What was found in a checkpoint, for people.
#pragma once

#include "contents.hpp"
#include "page.hpp"

#include <string>

namespace tool {

/// The file, who saved it, and a tree of its tensors; of one tensor all that is known.
std::string text_of(const contents& found, const page& out);

}  // namespace tool
