// SPDX-License-Identifier: BSL-1.0
#include <ambit/graph/frozen_graph.hpp>
#include <ambit/ops/all.hpp>
#include <ambit/plan/grouping.hpp>
#include <ambit/plan/needed.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

using namespace ambit;
using namespace ambit::plan_parts;

namespace {

// Groups of a module as text: each group its root (or `loop`), then its ops and, in brackets, how many values
// the ops read: "matmul+add+relu(1)".
template <class Module, class... Inputs> std::vector<std::string> groups() {
    using graph = graph_of<Module, Inputs...>;
    static_assert(graph::mistakes.size == 0);
    const graph_view view = view_of(graph::value, graph::input_count);
    const buffer<bool> needed = needed_nodes(view, all_outputs);
    const grouping all = group_nodes(view, needed, history_of(view, needed));
    std::vector<std::string> text;
    for (int g = 0; g < all.groups.size(); ++g) {
        const node_group& group = all.groups[g];
        std::string one{group.root >= 0 ? view.node(group.root).op->name : "loop"};
        for (int n = 0; n < view.node_count; ++n)
            if (all.group_of[n] == g && n != group.root) one += '+' + std::string(view.node(n).op->name);
        text.push_back(one + '(' + std::to_string(group.input_count) + ')');
    }
    return text;
}
using list = std::vector<std::string>;

template <std::int64_t... Extent> using f = input<float, Extent...>;

#define MODULE_OF_ONE(name, result)                                    \
    struct name {                                                      \
        constexpr tensor operator()(scope& s, const tensor& x) const { \
            static_cast<void>(s);                                      \
            return result;                                             \
        }                                                              \
    }
#define MODULE_OF_TWO(name, result)                                                     \
    struct name {                                                                       \
        constexpr tensor operator()(scope& s, const tensor& x, const tensor& y) const { \
            static_cast<void>(s);                                                       \
            return result;                                                              \
        }                                                                               \
    }

MODULE_OF_ONE(chain, relu(x + 1) * 2 - x);
MODULE_OF_ONE(dense_layer, relu(matmul(x, s.get_variable("w", {4, 8})) + s.get_variable("b", {8})));
MODULE_OF_ONE(dense_with_bias_add,
              ambit::tanh(bias_add(matmul(x, s.get_variable("w", {4, 8})), s.get_variable("b", {8}))));
MODULE_OF_ONE(conv_layer, relu(conv2d(x, s.get_variable("w", {3, 3, 2, 4}), {.padding = same}) +
                               s.get_variable("b", {4})));
MODULE_OF_TWO(residual, relu(matmul(x, s.get_variable("w", {4, 8})) + y));
MODULE_OF_ONE(column_scaled, matmul(x, s.get_variable("w", {4, 8})) * s.get_variable("c", {2, 1}));
MODULE_OF_ONE(conv_scaled_by_column,
              conv2d(x, s.get_variable("w", {1, 1, 2, 4})) * s.get_variable("c", {5, 1}));
MODULE_OF_ONE(widened, matmul(x, s.get_variable("w", {4, 8})) + s.get_variable("cube", {3, 2, 8}));
MODULE_OF_ONE(reshape_between, relu(reshape(matmul(x, s.get_variable("w", {4, 8})), {16})));
MODULE_OF_ONE(reshape_behind, reshape(relu(matmul(x, s.get_variable("w", {4, 8}))), {16}) + 1);
MODULE_OF_ONE(reshape_of_another, relu(x) + reshape(square(x), {2, 4}));
MODULE_OF_ONE(behind_softmax, softmax(x) * 2);
MODULE_OF_ONE(behind_pool, relu(max_pool(x)));
MODULE_OF_ONE(behind_transpose, transpose(x) + 1);
MODULE_OF_ONE(behind_cast, cast(x, float64) * 2);
MODULE_OF_ONE(scalar_chain, relu(reduce_sum(x) + 1));
MODULE_OF_TWO(two_products, matmul(x, s.get_variable("w", {4, 8})) + matmul(y, s.get_variable("v", {4, 8})));


// Values that are read by a later loop than the one next to them.
MODULE_OF_ONE(centred, (x - reduce_mean(x, {.axes = {1}, .keep_dims = true})) *
                           rsqrt(reduce_max(square(x), {.axes = {1}, .keep_dims = true})));
constexpr tensor shifted_by_row(const tensor& x) {
    const tensor first = relu(x), peak = reduce_max(x, {.axes = {1}, .keep_dims = true});
    return first - exp(peak);
}
MODULE_OF_ONE(sinks, shifted_by_row(x));
MODULE_OF_ONE(sinks_of_two, shifted_by_row(relu(x)) + sqrt(x));
constexpr tensor read_by_two(const tensor& x) {
    const tensor first = square(x), total = reduce_sum(first);
    return first * total;
}
MODULE_OF_ONE(stays_where_two_read, read_by_two(x));
constexpr tensor holds_two(const tensor& x, const tensor& y) {
    const tensor a = matmul(x, y), b = matmul(y, x), both = transpose(a) + transpose(b);
    return both * exp(reduce_sum(transpose(y)));
}
MODULE_OF_TWO(stays_where_more_would_live_on, holds_two(x, y));

// A state that goes from call to call, and what is shown of it; `IsReadBehind`: the state is, once it is given.
template <bool IsReadBehind> struct remembers {
    struct outputs {
        tensor shown;
        operation keep;
    };
    constexpr outputs operator()(scope& s, const tensor& x) const {
        const variable state = s.get_variable("state", {1, 8});
        const auto [forget, show] = split<2>(matmul(x, s.get_variable("w", {4, 16})), -1);
        const tensor kept = sigmoid(forget) * state;
        const tensor next = kept + 1;
        const operation keep = assign(state, next);
        const tensor seen = tanh(next);
        const tensor gate = sigmoid(show);
        const tensor shown = gate * seen;
        if (!IsReadBehind) return {shown, keep};
        const tensor again = reduce_sum(tensor(state));
        return {shown * again, keep};
    }
};

}  // namespace

TEST_CASE("a loop runs as a part of the only one that reads it", "[plan]") {
    CHECK(groups<centred, f<4, 8>>() ==
          list{"reduce_mean(0)", "loop+square(1)", "reduce_max(0)", "loop+rsqrt(1)", "loop+sub+mul(3)"});
    CHECK(groups<sinks, f<4, 8>>() == list{"reduce_max(0)", "loop+exp(1)", "loop+relu+sub(2)"});
    // An assignment is none of its readers, and the product lives on anyway.
    CHECK(groups<remembers<false>, f<1, 4>>() ==
          list{"matmul(0)", "loop+sigmoid+mul+add+tanh+sigmoid+mul(3)"});
    CHECK(groups<remembers<true>, f<1, 4>>().size() == 5);  // the variable is read behind it: two loops
    // The reduction reads the first relu: it stays.
    CHECK(groups<sinks_of_two, f<4, 8>>() ==
          list{"loop+relu+relu(1)", "reduce_max(0)", "loop+exp(1)", "loop+sub+sqrt+add(3)"});
}

TEST_CASE("a loop stays that others read as well, or whose operands would live on", "[plan]") {
    CHECK(groups<stays_where_two_read, f<4, 8>>() == list{"loop+square(1)", "reduce_sum(0)", "loop+mul(2)"});
    CHECK(groups<stays_where_more_would_live_on, f<8, 8>, f<8, 8>>() ==
          list{"matmul(0)", "matmul(0)", "transpose(0)", "transpose(0)", "loop+add(2)", "transpose(0)", "reduce_sum(0)",
               "loop+exp(1)", "loop+mul(2)"});
}

TEST_CASE("elementwise ops run in one loop", "[plan]") {
    CHECK(groups<chain, f<8>>() == list{"loop+add+relu+mul+sub(1)"});  // x; 1 and 2 are no operands
    CHECK(groups<chain, f<>>() == list{"loop+add+relu+mul+sub(1)"});
}

TEST_CASE("bias and activation run in the epilogue", "[plan]") {
    CHECK(groups<dense_layer, f<2, 4>>() == list{"matmul+add+relu(1)"});
    CHECK(groups<dense_with_bias_add, f<2, 4>>() == list{"matmul+bias_add+tanh(1)"});
    CHECK(groups<conv_layer, f<1, 5, 5, 2>>() == list{"conv2d+add+relu(1)"});
    CHECK(groups<residual, f<2, 4>, f<2, 8>>() == list{"matmul+add+relu(1)"});
    CHECK(groups<residual, f<2, 4>, f<>>() == list{"matmul+add+relu(1)"});
    CHECK(groups<column_scaled, f<2, 4>>() == list{"matmul+mul(1)"});
}

TEST_CASE("what does not run along rows has a loop of its own", "[plan]") {
    CHECK(groups<conv_scaled_by_column, f<2, 5, 5, 2>>() == list{"conv2d(0)", "loop+mul(2)"});
    CHECK(groups<conv_scaled_by_column, f<1, 5, 1, 2>>() ==
          list{"conv2d(0)", "loop+mul(2)"});  // widens the image
    CHECK(groups<conv_scaled_by_column, f<2, 1, 5, 2>>() == list{"conv2d(0)", "loop+mul(2)"});
    CHECK(groups<widened, f<2, 4>>() == list{"matmul(0)", "loop+add(2)"});
}

TEST_CASE("a reshape ends a group", "[plan]") {
    CHECK(groups<reshape_between, f<2, 4>>() == list{"matmul(0)", "loop+relu(1)"});
    CHECK(groups<reshape_behind, f<2, 4>>() == list{"matmul+relu(0)", "loop+add(1)"});
    CHECK(groups<reshape_of_another, f<2, 4>>() == list{"loop+square(1)", "loop+relu+add(2)"});
}

TEST_CASE("kernels without an epilogue end a group", "[plan]") {
    CHECK(groups<behind_softmax, f<2, 4>>() == list{"softmax(0)", "loop+mul(1)"});
    CHECK(groups<behind_pool, f<1, 4, 4, 1>>() == list{"max_pool(0)", "loop+relu(1)"});
    CHECK(groups<behind_transpose, f<2, 4>>() == list{"transpose(0)", "loop+add(1)"});
    CHECK(groups<behind_cast, f<2, 4>>() == list{"cast(0)", "loop+mul(1)"});
    CHECK(groups<scalar_chain, f<2, 4>>() == list{"reduce_sum(0)", "loop+add+relu(1)"});
}

TEST_CASE("an op joins the latest of its operands", "[plan]") {
    CHECK(groups<two_products, f<2, 4>, f<2, 4>>() == list{"matmul(0)", "matmul+add(1)"});
}

namespace {

template <int Ops> struct long_chain {
    constexpr tensor operator()(scope&, tensor x) const {
        for (int i = 0; i < Ops; ++i) x = relu(x);
        return x;
    }
};
template <int Operands> struct wide_sum {
    constexpr tensor operator()(scope& s, const tensor& x) const {
        tensor sum = x;
        for (int i = 1; i < Operands; ++i) {
            short_text name("v");
            name += static_cast<char>('a' + i);
            sum = sum + s.get_variable(name, {4});
        }
        return sum;
    }
};

template <int Numbers> struct different_numbers {
    constexpr tensor operator()(scope&, tensor x) const {
        for (int i = 0; i < Numbers; ++i) x = x * (i + 0.5);
        return x * 0.5;
    }
};

struct branches {
    struct outputs {
        tensor a, b;
    };
    constexpr outputs operator()(scope&, const tensor& x, const tensor&) const {
        const tensor h = x + 1;
        return {relu(h), square(h) + x};
    }
};

}  // namespace

TEST_CASE("groups have limits", "[plan]") {
    CHECK(groups<long_chain<max_fused_ops>, f<4>>().size() == 1);
    CHECK(groups<long_chain<max_fused_ops + 1>, f<4>>().size() == 2);
    CHECK(groups<long_chain<3 * max_fused_ops>, f<4>>().size() == 3);
    CHECK(groups<wide_sum<max_fused_inputs>, f<4>>().size() == 1);
    CHECK(groups<wide_sum<max_fused_inputs + 1>, f<4>>().size() == 2);
    CHECK(groups<different_numbers<max_fused_immediates>, f<4>>().size() == 1);
    CHECK(groups<different_numbers<max_fused_immediates + 1>, f<4>>().size() == 2);
}

TEST_CASE("both branches of a value run with it, and what nothing needs does not run", "[plan]") {
    CHECK(groups<branches, f<4>, f<7>>() == list{"loop+add+relu+square+add(1)"});
}
