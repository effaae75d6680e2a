// SPDX-License-Identifier: BSL-1.0
// How errors leave a function in builds with exceptions and in those without.
#pragma once

#include <ambit/core/build.hpp>
#include <ambit/core/standard.hpp>

#include <cstdio>
#include <cstdlib>

namespace AMBIT_NAMESPACE::core_parts {

/// Throws. Under -fno-exceptions the words of the exception go to the standard error output, and the program ends:
/// there is nobody to tell, and nothing may go on as if nothing had been.
template <class Error> [[noreturn, gnu::cold]] void throw_or_end(const Error& error) {
#if defined(__cpp_exceptions)
    throw error;
#else
    std::fputs(error.what(), stderr);
    std::fputc('\n', stderr);
    std::abort();
#endif
}

}  // namespace ambit::core_parts
