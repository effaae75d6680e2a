// SPDX-License-Identifier: BSL-1.0
// The first instructions of a program on a Cortex-M, and the last ones: memory is made ready, constructors run, `main`
// is called, and the host is told how it ended and how deep the stack has been.
#include "program.hpp"

#include <cstddef>
#include <cstdint>

int main();

extern "C" {

extern std::uint32_t data_in_flash, data_begin, data_end, bss_begin, bss_end, stack_begin, stack_end;
extern void (*constructors_begin[])();
extern void (*constructors_end[])();

void* __dso_handle = nullptr;
/// The program never ends, so that nothing is to be destroyed.
int __aeabi_atexit(void*, void (*)(void*), void*) { return 0; }

[[noreturn]] void end_program(bool is_well) {
    ask_host(0x18, reinterpret_cast<const void*>(is_well ? 0x20026 : 0x20023));
    for (;;) {}
}

[[noreturn]] void abort() {
    print("aborted\n");
    end_program(false);
}

[[noreturn]] void fault() {
    print("fault\n");
    end_program(false);
}

constexpr std::uint32_t unused = 0xA5A5A5A5;

[[noreturn]] void reset() {
    // Coprocessors 10 and 11, the floating-point unit.
    *reinterpret_cast<volatile std::uint32_t*>(0xE000ED88) |= 0xF << 20;
    asm volatile("dsb\n isb");
    const std::uint32_t* from = &data_in_flash;
    for (std::uint32_t* to = &data_begin; to < &data_end;) *to++ = *from++;
    for (std::uint32_t* to = &bss_begin; to < &bss_end;) *to++ = 0;
    std::uint32_t* here = nullptr;
    asm volatile("mov %0, sp" : "=r"(here));
    for (std::uint32_t* to = &stack_begin; to < here - 16;) *to++ = unused;
    for (auto* f = constructors_begin; f < constructors_end; ++f) (*f)();
    const int result = main();
    const std::uint32_t* deepest = &stack_begin;
    while (*deepest == unused) ++deepest;
    print("stack", reinterpret_cast<std::uintptr_t>(&stack_end) - reinterpret_cast<std::uintptr_t>(deepest));
    end_program(result == 0);
}

[[gnu::section(".vectors"), gnu::used]] const void* const vectors[16] = {
    &stack_end, reinterpret_cast<const void*>(&reset), reinterpret_cast<const void*>(&fault),
    reinterpret_cast<const void*>(&fault), reinterpret_cast<const void*>(&fault),
    reinterpret_cast<const void*>(&fault), reinterpret_cast<const void*>(&fault)};

}  // extern "C"
