// SPDX-License-Identifier: BSL-1.0
// A graph that the compiler builds, and lays out only with more evaluation than it allows: the limit is named, with the
// flag that raises it, and nothing else is said of the calls.
// expect: error: .*\[ambit\] compiler_limit: the module needs more evaluation than the compiler allows: raise -fconstexpr-ops-limit and -fconstexpr-loop-limit \(g\+\+\) or -fconstexpr-steps \(clang\)
// expect(gcc): compiler_limit<.*"module sorter".*"its plan".*"-fconstexpr-ops-limit=4294967296 -fconstexpr-loop-limit=67108864"
// expect(clang): compiler_limit<.*"module sorter".*"its plan".*"-fconstexpr-steps=1073741824"
// expect: compiler_limit_of_plan\.cpp:51:
// reject: module_not_constant|input_count
// allow: ambit::plan_parts
// errors: 1
// flags(gcc): -fconstexpr-ops-limit=1000000
// flags(clang): -fconstexpr-steps=100000
#include <ambit/model/model.hpp>
#include <ambit/ops/op.hpp>

#include <cstdint>
#include <string_view>
using namespace ambit;

// An op of a user's whose scratch memory takes long to reckon, which only the plan does.
struct sorted_op : compute_op {
    static constexpr std::string_view name = "sorted";
    using kernel = kernel_tag::custom;
    static constexpr inferred infer(const op_call& call) { return yields(call.operand(0)); }
    static constexpr std::int64_t scratch_bytes(const op_call& call, const tensor_spec&) {
        std::int64_t bytes = 0;
        for (int i = 0; i < 200'000; ++i) bytes = (bytes + call.operand(0).extents.elements()) % 4096;
        return bytes;
    }
    template <class Call, class T> static void run(T* out, const T* in, std::byte*) noexcept { *out = *in; }
};
inline constexpr op_info sorted_info = describe<sorted_op>();
template <> struct ambit::op_of<&sorted_info> { using type = sorted_op; };

constexpr tensor sorted(const tensor& x, const op_options& options = {}, const location& at = location::current()) {
    return make_op(sorted_info, {x}, no_attributes{}, options, at);
}

struct sorter {
    struct outputs { tensor whole, other; };
    constexpr outputs operator()(scope&, tensor x, tensor y) const {
#ifdef AMBIT_MISTAKE
        x = sorted(x);
#endif
        return {x, y};
    }
};

int main() {
    const std::array<float, 8> x{};
    model<sorter, input<float, 2, 4>, input<float, 2, 4>> net(seed{1});
    auto first = net.run<&sorter::outputs::whole>(x);
    auto [whole, other] = net(x, x);
    return whole(0, 0) > first(0, 0) ? 1 : 0;
}
