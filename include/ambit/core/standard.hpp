// SPDX-License-Identifier: BSL-1.0
// Says in one sentence what a build lacks that cannot compile ambit. Every header that users include comes here first.
#pragma once

#if !defined(__cplusplus) || __cplusplus < 202002L
#error "[ambit] C++20 is needed: compile with -std=c++20 or newer"
// A file that cannot be there ends the compilation: hundreds of errors about concepts would hide the sentence.
#include <ambit/needs_cxx20>
#endif
