// SPDX-License-Identifier: BSL-1.0
// An op of a user with a kernel of its own, options and scratch memory, between two ops of ours.
#include <ambit/ambit.hpp>

#include <array>
#include <cstdint>

#include <catch2/catch.hpp>

namespace {

struct scaled_sum_op : ambit::compute_op {
    static constexpr std::string_view name = "scaled_sum";
    using kernel = ambit::kernel_tag::custom;
    struct attributes {
        double factor;
        std::int64_t shift;
    };

    static constexpr ambit::inferred infer(const ambit::op_call& call) { return ambit::yields(call.operand(0)); }
    static constexpr std::int64_t scratch_bytes(const ambit::op_call& call, const ambit::tensor_spec&) {
        return call.operand(0).bytes();
    }

    template <class Call, class T> static void run(T* out, const T* a, const T* b, std::byte* scratch) noexcept {
        constexpr attributes options = Call::value.template attributes<attributes>();
        constexpr std::int64_t size = Call::value.result.extents.elements();
        T* const sums = reinterpret_cast<T*>(scratch);
        for (std::int64_t i = 0; i < size; ++i) sums[i] = a[i] + b[i];
        for (std::int64_t i = 0; i < size; ++i)
            out[i] = sums[size - 1 - i] * static_cast<T>(options.factor) + static_cast<T>(options.shift);
    }
};
// Rows of an array, each less its first element; the extents may be known at run time only.
struct from_first_op : ambit::compute_op {
    static constexpr std::string_view name = "from_first";
    using kernel = ambit::kernel_tag::custom;
    using attributes = ambit::no_attributes;

    static constexpr ambit::inferred infer(const ambit::op_call& call) { return ambit::yields(call.operand(0)); }
    template <class T> static void run(const ambit::custom_call& call, T* out, const T* in) noexcept {
        const std::int64_t columns = call.operands[0].extents[1], count = call.result.extents.elements();
        for (std::int64_t i = 0; i < count; ++i) out[i] = in[i] - in[i / columns * columns];
    }
};
inline constexpr ambit::op_info from_first_info = ambit::describe<from_first_op>();

struct rows_from_first {
    constexpr ambit::tensor operator()(ambit::scope&, ambit::tensor x) const {
        return ambit::make_op(from_first_info, {x + 1.0F}, ambit::no_attributes{}, {}, {}) * 2.0F;
    }
};

inline constexpr ambit::op_info scaled_sum_info = ambit::describe<scaled_sum_op>();

struct scaled_and_doubled {
    constexpr ambit::tensor operator()(ambit::scope&, ambit::tensor a, ambit::tensor b) const {
        const ambit::tensor sum = ambit::make_op(scaled_sum_info, {relu(a), b}, scaled_sum_op::attributes{2.5, 1}, {}, {});
        return sum * 2;
    }
};

}  // namespace

template <> struct ambit::op_of<&from_first_info> {
    using type = from_first_op;
};
template <> struct ambit::op_of<&scaled_sum_info> {
    using type = scaled_sum_op;
};

TEST_CASE("a custom op is given its operands, its options and its scratch memory") {
    ambit::model<scaled_and_doubled, ambit::input<float, 3>, ambit::input<float, 3>> net(ambit::seed{});
    const std::array<float, 3> a{1, -2, 3}, b{1, 1, 1};
    const auto out = net(a, b);
    CHECK(out(0) == 22);
    CHECK(out(1) == 7);
    CHECK(out(2) == 12);
    // Two values and the scratch memory, all at once: relu(a), the sum; the output has a place of its own.
    CHECK(net.arena_bytes >= 4 * 64);
}

// A kernel that takes its extents from the compiler, of what does not grow with the batch.
struct rows_times_sums {
    constexpr ambit::tensor operator()(ambit::scope& s, ambit::tensor x) const {
        const ambit::tensor w = s.get_variable("w", {3}, {.initializer = ambit::constant(2.0)});
        return x * ambit::make_op(scaled_sum_info, {w, w + 1.0F}, scaled_sum_op::attributes{0.5, 1}, {}, {});
    }
};

TEST_CASE("a custom op that does not grow with the batch takes its extents from the compiler") {
    ambit::model<rows_times_sums, ambit::input<float, ambit::any_size, 3>> net(ambit::largest_batch{4}, ambit::seed{});
    const auto out = net(std::array<float, 6>{1, 2, 4, 10, 20, 40});
    CHECK(out(0, 2) == 14);
    CHECK(out(1, 0) == 35);
}

TEST_CASE("a custom op is given the extents of the batch of a call") {
    ambit::model<rows_from_first, ambit::input<float, ambit::any_size, 3>> net(ambit::largest_batch{4}, ambit::seed{});
    const std::array<float, 3> one{1, 2, 4};
    const std::array<float, 6> two{1, 2, 4, 10, 20, 40};
    CHECK(net(one)(0, 2) == 6);
    const auto out = net(two);
    CHECK(out(0, 1) == 2);
    CHECK(out(1, 0) == 0);
    CHECK(out(1, 2) == 60);
}
