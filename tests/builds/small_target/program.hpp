// SPDX-License-Identifier: BSL-1.0
// What the programs for small machines need of the machine: a line of output and an end. On a desktop the C library's;
// on a Cortex-M those of semihosting, which QEMU plays: no file, no heap, no C library's streams.
#pragma once

#include <bit>
#include <cstdint>

#if defined(__arm__)

inline int ask_host(int operation, const void* argument) {
    register int r0 asm("r0") = operation;
    register const void* r1 asm("r1") = argument;
    asm volatile("bkpt 0xAB" : "+r"(r0) : "r"(r1) : "memory");
    return r0;
}
inline void print(const char* text) { ask_host(0x04, text); }

#else

#include <cstdio>

inline void print(const char* text) { std::fputs(text, stdout); }

#endif

/// A name and 16 digits of base 16.
inline void print(const char* name, std::uint64_t number) {
    char text[] = " 0000000000000000\n";
    for (int i = 16; i > 0; --i, number >>= 4) text[i] = "0123456789abcdef"[number & 15];
    print(name);
    print(text);
}

/// What the compiler knows of the memory of a model whose arena and local variables are in it, and of its variables.
template <class Memory> void print_memory() {
    print("variables", static_cast<std::uint64_t>(Memory::parameters));
    print("net", static_cast<std::uint64_t>(Memory::arena + Memory::local_variables + Memory::members));
}

/// A number for all bits of some floats.
class bits {
public:
    void add(float x) { hash_ = (hash_ ^ std::bit_cast<std::uint32_t>(x)) * 0x100000001B3; }
    std::uint64_t value() const { return hash_; }

private:
    std::uint64_t hash_ = 0xCBF29CE484222325;
};
