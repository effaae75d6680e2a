// SPDX-License-Identifier: BSL-1.0
// What libFuzzer calls: one program for all readers, since compiling takes the time. The environment says which:
//
//     AMBIT_READER=npz fuzz corpus/npz
#include "readers.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <string_view>

namespace {
const ambit_test::reader* chosen = nullptr;
}

extern "C" int LLVMFuzzerInitialize(int*, char***) {
    const char* const name = std::getenv("AMBIT_READER");
    for (const ambit_test::reader& it : ambit_test::readers)
        if (name != nullptr && it.name == std::string_view(name)) chosen = &it;
    if (chosen != nullptr) return 0;
    std::fprintf(stderr, "AMBIT_READER is to be one of:");
    for (const ambit_test::reader& it : ambit_test::readers) std::fprintf(stderr, " %s", it.name.data());
    std::fprintf(stderr, "\n");
    std::exit(2);
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    chosen->read(std::as_bytes(std::span(data, size)));
    return 0;
}
