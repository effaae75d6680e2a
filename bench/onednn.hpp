// SPDX-License-Identifier: BSL-1.0
// oneDNN in as few words as a contender needs. Its C++ interface of version 2 (Debian 12) is not that of 3.
//
//     memory a = onednn::over(workload.a.data(), {{32, 784}, f32, tag::ab});
//     memory packed = onednn::reordered(b, description.weights_desc());
#pragma once

#include <dnnl.hpp>

#include <unordered_map>

static_assert(DNNL_VERSION_MAJOR == 2, "bench: written for oneDNN 2");

namespace bench::onednn {

using dnnl::memory;
using tag = memory::format_tag;
inline constexpr memory::data_type f32 = memory::data_type::f32;

inline dnnl::engine& processor() {
    static dnnl::engine engine(dnnl::engine::kind::cpu, 0);
    return engine;
}
inline dnnl::stream& stream() {
    static dnnl::stream stream(processor());
    return stream;
}

/// Memory of the caller. oneDNN takes inputs without `const`.
inline memory over(const float* data, const memory::desc& description) {
    return {description, processor(), const_cast<float*>(data)};
}

/// A copy in another layout; the same memory if the layout is the same.
inline memory reordered(memory from, const memory::desc& to) {
    if (from.get_desc() == to) return from;
    memory copy(to, processor());
    dnnl::reorder(from, copy).execute(stream(), from, copy);
    stream().wait();
    return copy;
}

inline const float* data_of(const memory& of) { return static_cast<const float*>(of.get_data_handle()); }

/// A primitive and its operands. On a processor `execute` returns when the result is there.
struct step {
    dnnl::primitive primitive;
    std::unordered_map<int, memory> operands;

    void run() const { primitive.execute(stream(), operands); }
};

}  // namespace bench::onednn
