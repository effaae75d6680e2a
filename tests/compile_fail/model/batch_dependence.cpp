// SPDX-License-Identifier: BSL-1.0
// Modules in which the batch is in more than extents of a + b * batch: each names the op, or the variable, and what it
// is at several batches.
// expect: error: .*\[ambit\] batch_dependence: extents are a \+ b \* batch, nothing else may depend on it: keep its axis, or give its size
// expect: batch_dependence<.*"op tanh".*"at batch_dependence\.cpp:[0-9]+".*"tanh float32\[2, 4\] at a batch of 2".*"relu float32\[3, 4\] at a batch of 3"
// expect: batch_dependence<.*"legal at a batch of 2, .*not at one of 3".*"op_shape".*"op reshape\(
// expect: batch_dependence<.*"op matmul".*float32\[3, 3\] at a batch of 3".*"the batch is in two of its extents"
// expect: batch_dependence<.*"rows/scale".*"float32\[2, 1\] at a batch of 2".*"float32\[3, 1\] at a batch of 3"
// expect: batch_dependence<.*"op slice".*"float32\[3, 4\] at a batch of 3".*"float32\[9, 4\] at a batch of 1021"
// expect: batch_dependence<.*"op slice".*"its rule of shapes refuses a .*of 1"
// expect: batch_dependence<.*"legal at a batch of 2, .*not at one of 3".*float32\[2, 4\]
// expect: batch_dependence<.*"op constant".*"the value 0\.25 at a batch of 2"
// expect: batch_dependence<.*"op scan/stacked".*float32\[3, 3\] at a batch of 3".*"the batch is in two of its extents"
// expect: batch_dependence<.*"op doubled".*"its kernel takes its shapes from .*the compiler: let it have run
// errors: 10
#include <ambit/model/model.hpp>
#include <ambit/ops/all.hpp>
using namespace ambit;

struct branches {
    constexpr tensor operator()(scope&, tensor x) const { return x.shape()[0] > 2 ? relu(x) : tanh(x); }
};
struct folds {
    constexpr tensor operator()(scope&, tensor x) const { return reshape(x, {x.shape()[0] / 2, 8}); }
};
struct all_pairs {
    constexpr tensor operator()(scope&, tensor x) const { return matmul(x, x, {.transpose_b = true}); }
};
struct of_the_batch {
    constexpr tensor operator()(scope& s, tensor x) const {
        auto rows = s.variable_scope("rows");
        return mul(x, rows.get_variable("scale", {x.shape()[0], 1}));
    }
};
struct bounded {
    constexpr tensor operator()(scope&, tensor x) const {
        return slice(x, {0, 0}, {x.shape()[0] < 9 ? x.shape()[0] : 9, 4});
    }
};
struct second_row {
    constexpr tensor operator()(scope&, tensor x) const { return slice(x, {1, 0}, {1, 4}); }
};
struct two_rows {
    constexpr tensor operator()(scope& s, tensor x) const { return x + s.get_variable("rows", {2, 4}); }
};
struct squared {
    constexpr tensor operator()(scope&, tensor x) const { return x * (1.0 / double(x.shape()[0] * x.shape()[0])); }
};
struct all_at_each {
    constexpr tensor operator()(scope& s, tensor x) const {
        tensor column = reduce_sum(x, {.axes = 1});
        return scan(s, [](scope&, tensor all, tensor row) { return all + reduce_sum(row); }, x, column);
    }
};
struct doubled_op : compute_op {
    static constexpr std::string_view name = "doubled";
    using kernel = kernel_tag::custom;
    using attributes = no_attributes;
    static constexpr inferred infer(const op_call& call) { return yields(call.operand(0)); }
    template <class Call, class T> static void run(T* out, const T* in) noexcept {
        for (std::int64_t i = 0; i < Call::value.result.extents.elements(); ++i) out[i] = 2 * in[i];
    }
};
inline constexpr op_info doubled_info = describe<doubled_op>();
template <> struct ambit::op_of<&doubled_info> {
    using type = doubled_op;
};
struct by_a_user {
    constexpr tensor operator()(scope&, tensor x) const { return make_op(doubled_info, {x}, no_attributes{}, {}, {}); }
};
#ifdef AMBIT_MISTAKE
using rows = input<float, any_size, 4>;
#else
using rows = input<float, 2, 4>;
#endif

int main() {
    static_cast<void>(expect_valid<branches, rows>());
    static_cast<void>(expect_valid<folds, rows>());
    static_cast<void>(expect_valid<all_pairs, rows>());
    static_cast<void>(expect_valid<of_the_batch, rows>());
    static_cast<void>(expect_valid<bounded, rows>());
    static_cast<void>(expect_valid<second_row, rows>());
    static_cast<void>(expect_valid<two_rows, rows>());
    static_cast<void>(expect_valid<squared, rows>());
    static_cast<void>(expect_valid<all_at_each, rows>());
    model<by_a_user, rows> net(
#ifdef AMBIT_MISTAKE
        largest_batch{2},
#endif
        seed{});
    net(std::array<float, 8>{});
}
