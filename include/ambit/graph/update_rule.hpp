// SPDX-License-Identifier: BSL-1.0
// What `minimize` does otherwise where several machines train one model (distributed/): a builder has such a rule, and
// that of a plain model leaves everything as it is.
#pragma once

#include <ambit/core/buffer.hpp>
#include <ambit/graph/tensor.hpp>

#include <cstdint>

namespace AMBIT_NAMESPACE::graph_parts {

/// Where a gradient lies among those that travel together: its bucket, and the byte in it at which it begins.
struct place_in_bucket {
    std::int64_t bucket = 0, offset = 0;
};

struct update_rule {
    using buffer = core_parts::buffer<tensor>;
    using places = core_parts::buffer<place_in_bucket>;

    /// What gradients become before they are clipped, and where they lie.
    void (*gradients)(buffer& gradients, places& of) = &leave;
    /// Whether they are used here; else all that is asked of a step is that there are such values.
    bool updates = true;

    /// Whether a machine updates a part of each variable: then gradients are of that part, and so are slots.
    bool has_parts = false;
    tensor (*part_of)(const tensor& value) = &same;
    /// Of a scalar that each machine has of its parts, the largest and the sum over all machines.
    tensor (*largest)(const tensor& own) = &same;
    tensor (*total)(const tensor& own) = &same;
    /// Variables as wholes again, where `next` has what their parts become, and `before` what they were.
    void (*wholes)(buffer& next, const buffer& before, const places& of) = &leave_parts;

private:
    static constexpr void leave(buffer&, places&) {}
    static constexpr tensor same(const tensor& value) { return value; }
    static constexpr void leave_parts(buffer&, const buffer&, const places&) {}
};

}  // namespace ambit::graph_parts
