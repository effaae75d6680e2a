// SPDX-License-Identifier: BSL-1.0
// Memory for what is read before any of it is used. It is not zeroed, and in large pages where the system has them:
// small ones take it longer to hand out than the bytes take to be read.
//
//     const staging_memory all(bytes);
//     file.read(tensor, {all.get(), bytes});
#pragma once

#include <ambit/core/namespaces.hpp>

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <new>

#include <sys/mman.h>

namespace AMBIT_NAMESPACE::checkpoint_parts {

/// At a multiple of 64 bytes. The constructor throws `std::bad_alloc`.
class staging_memory {
public:
    explicit staging_memory(std::size_t bytes) {
        constexpr std::size_t large_page = std::size_t{2} << 20;
        const std::size_t unit = bytes < large_page ? 64 : large_page;
        if (bytes > static_cast<std::size_t>(-1) - unit) throw std::bad_alloc();
        const std::size_t whole = (bytes / unit + 1) * unit;
        memory_.reset(static_cast<std::byte*>(std::aligned_alloc(unit, whole)));
        if (memory_ == nullptr) throw std::bad_alloc();
#if defined(MADV_HUGEPAGE)
        if (unit == large_page) ::madvise(memory_.get(), whole, MADV_HUGEPAGE);  // a wish: small ones do, too
#endif
    }
    std::byte* get() const { return memory_.get(); }

private:
    struct release {
        void operator()(std::byte* memory) const { std::free(memory); }
    };
    std::unique_ptr<std::byte, release> memory_;
};

}  // namespace ambit::checkpoint_parts
