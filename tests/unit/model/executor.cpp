// SPDX-License-Identifier: BSL-1.0
#include <ambit/autodiff/gradients.hpp>
#include <ambit/model/model.hpp>
#include <ambit/ops/all.hpp>

#include "../../support/numbers.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <set>
#include <utility>

using namespace ambit;
using namespace ambit::plan_parts;
using namespace ambit_test;

namespace {

using list = std::vector<float>;

// `Layers` times: a product, then a softmax, which nothing fuses with.
template <int Layers> struct tower {
    constexpr tensor operator()(scope& s, tensor x) const {
        const tensor w = s.get_variable("w", {3, 3}, {.initializer = random_normal()});
        for (int i = 0; i < Layers; ++i) x = softmax(relu(matmul(x, w) + i) * 3);
        return x;
    }
};
template <int Layers> using tower_net = model<tower<Layers>, input<float, 2, 3>>;
template <class Net>
constexpr int steps_of = plan_of<typename Net::graph, all_outputs>::counts.steps;

}  // namespace

TEST_CASE("a plan with many steps runs from a table, with the same values", "[model]") {
    // Two steps a layer: eight layers are the largest tower that is expanded inline.
    STATIC_REQUIRE(steps_of<tower_net<8>> == model_parts::most_inline_steps);
    STATIC_REQUIRE(steps_of<tower_net<9>> > model_parts::most_inline_steps);
    tower_net<8> inline_net(seed{4});
    tower_net<9> table_net(seed{4});
    tower_net<1> one_layer(seed{4});
    const list x = numbers<float>(6);
    // The ninth layer alone, on the result of eight: adds 8 before the activation.
    const list eight = elements(inline_net(x)), nine = elements(table_net(x));
    const auto w = one_layer.get<"w">();
    for (std::size_t row = 0; row < 2; ++row) {
        std::array<double, 3> h{};
        double total = 0;
        for (std::size_t j = 0; j < 3; ++j) {
            for (std::size_t k = 0; k < 3; ++k) h[j] += double(eight[row * 3 + k]) * double(w(k, j));
            h[j] = std::exp(3 * std::max(h[j] + 8, 0.0));
            total += h[j];
        }
        for (std::size_t j = 0; j < 3; ++j) CHECK(nine[row * 3 + j] == Approx(h[j] / total).epsilon(1e-4));
    }
}

namespace {

// The columns of a matrix one by one, from the last to the first: a sequence whose steps are unrolled. (Rows are read
// where they lie, without a step of their own.)
template <int Columns> struct horner {
    constexpr tensor operator()(scope&, tensor columns) const {
        const auto parts = unstack(columns, 1);
        tensor sum = reverse(parts[Columns - 1], {0});
        for (int i = Columns - 1; i-- > 0;) sum = sum * 0.5f + parts[i];
        return sum;
    }
};
template <class Net> std::set<model_parts::kernel_function> view_kernels() {
    using plan = plan_of<typename Net::graph, all_outputs>;
    return []<int... Step>(std::integer_sequence<int, Step...>) {
        std::set<model_parts::kernel_function> found;
        ((plan::value.steps[Step].kind == step_kind::compute
              ? static_cast<void>(found.insert(model_parts::kernel_of<plan, Step>::find()))
              : void()),
         ...);
        return found;
    }(std::make_integer_sequence<int, plan::counts.steps>{});
}

}  // namespace

TEST_CASE("views of other places are one kernel, inline and from a table", "[model]") {
    using few = model<horner<5>, input<float, 3, 5>>;
    using many = model<horner<20>, input<float, 3, 20>>;
    STATIC_REQUIRE(steps_of<few> <= model_parts::most_inline_steps);
    STATIC_REQUIRE(steps_of<many> > model_parts::most_inline_steps);
    CHECK(view_kernels<many>().size() == view_kernels<few>().size());
    const auto expect_sums = [](auto& net, const list& columns) {
        const list sums = elements(net(columns));
        const std::size_t count = columns.size() / 3;
        for (std::size_t j = 0; j < 3; ++j) {
            double sum = double(columns[count * (3 - j) - 1]);  // the last column is seen backwards
            for (std::size_t i = count - 1; i-- > 0;) sum = sum / 2 + double(columns[count * j + i]);
            CHECK(double(sums[j]) == Approx(sum));
        }
    };
    few inline_net(seed{1});
    many table_net(seed{1});
    expect_sums(inline_net, numbers<float>(15));
    expect_sums(table_net, numbers<float>(60));
}

namespace {

// Sixteen outputs and a long chain: more steps than run inline, and a part of them that does.
struct many_steps {
    struct outputs {
        tensor first, middle, last;
    };
    constexpr outputs operator()(scope&, const tensor& x) const {
        tensor h = softmax(x);
        const tensor first = h;
        for (int i = 0; i < 10; ++i) h = softmax(h * 2);
        const tensor middle = h;
        for (int i = 0; i < 10; ++i) h = softmax(h * 3);
        return {first, middle, h};
    }
};

}  // namespace

TEST_CASE("a table's plan and an inline part of it agree", "[model]") {
    using out = many_steps::outputs;
    using net = model<many_steps, input<float, 17>>;
    STATIC_REQUIRE(steps_of<net> > model_parts::most_inline_steps);
    STATIC_REQUIRE(plan_of<net::graph, 1>::counts.steps == 1);
    net n(seed{});
    const list x = numbers<float>(17);
    const auto all = n(x);
    const list first = elements(std::get<0>(all)), middle = elements(std::get<1>(all)),
               last = elements(std::get<2>(all));
    CHECK(same_bits(elements(n.run<&out::first>(x)), first));
    CHECK(same_bits(elements(n.run<&out::middle>(x)), middle));
    CHECK(same_bits(elements(n.run<&out::last>(x)), last));
}

namespace {

// An op of a user, with two operands of different dtypes and a kernel of its own: out[i] = table[index[i]].
struct pick_op : compute_op {
    static constexpr std::string_view name = "pick";
    using kernel = kernel_tag::custom;
    static constexpr inferred infer(const op_call& call) {
        return yields({call.extents(1), call.type(0)});
    }
    template <class Call, class T>
    static void run(T* out, const T* table, const std::int32_t* index) noexcept {
        for (std::int64_t i = 0; i < Call::value.result.extents.elements(); ++i)
            out[i] =
                table[std::clamp<std::int64_t>(index[i], 0, Call::value.operands[0].extents.elements() - 1)];
    }
};
constexpr op_info pick_info = describe<pick_op>();

// An elementwise op of a user, with words and three operands, for scalars only.
struct blend_op : elementwise_op {
    static constexpr std::string_view name = "blend";
    static constexpr bool vectorizable = false;
    struct attributes {
        double scale;
    };
    static constexpr inferred infer(const op_call& call) { return yields(call.operand(0)); }
    template <class V> static constexpr V apply(const attributes& a, const V& x, const V& y, const V& z) {
        static_assert(std::is_arithmetic_v<V>);
        return static_cast<V>((x * y + z) * static_cast<V>(a.scale));
    }
};
constexpr op_info blend_info = describe<blend_op>();

// One with a condition, and one with a result, of bool.
struct gated_op : elementwise_op {
    static constexpr std::string_view name = "gated";
    static constexpr inferred infer(const op_call& call) { return yields(call.operand(1)); }
    template <class M, class V> static constexpr V apply(const M& open, const V& x) {
        using math::select;
        return select(open, x, V(element_zero<V>()));
    }
    template <class V> static constexpr math::element_of_t<V> element_zero() { return 0; }
};
constexpr op_info gated_info = describe<gated_op>();
struct is_large_op : elementwise_op {
    static constexpr std::string_view name = "is_large";
    static constexpr bool vectorizable = false;
    static constexpr inferred infer(const op_call& call) { return yields({call.extents(0), boolean}); }
    static constexpr bool apply(float x) { return x > 2; }
};
constexpr op_info is_large_info = describe<is_large_op>();

struct uses_flags {
    struct outputs {
        tensor large, gated;
    };
    constexpr outputs operator()(scope&, const tensor& open, const tensor& x) const {
        const auto at = location::current();
        const tensor gated = make_op(gated_info, {open, x}, no_attributes{}, {}, at);
        return {make_op(is_large_info, {gated * 2}, no_attributes{}, {}, at), gated};
    }
};

struct uses_own_ops {
    constexpr tensor operator()(scope&, const tensor& table, const tensor& index) const {
        const tensor picked = make_op(pick_info, {table, index}, no_attributes{}, {}, location::current());
        return relu(make_op(blend_info, {picked, picked + 1, picked}, blend_op::attributes{0.5}, {},
                            location::current()));
    }
};

}  // namespace

template <> struct ambit::op_of<&pick_info> {
    using type = pick_op;
};
template <> struct ambit::op_of<&blend_info> {
    using type = blend_op;
};

template <> struct ambit::op_of<&gated_info> {
    using type = gated_op;
};
template <> struct ambit::op_of<&is_large_info> {
    using type = is_large_op;
};

TEST_CASE("a user's ops take and give bool, fused", "[model]") {
    using net = model<uses_flags, input<bool, 5>, input<float, 5>>;
    STATIC_REQUIRE(steps_of<net> == 1);
    net n(seed{});
    const auto [large, gated] = n(std::array{true, false, true, false, true}, std::array{0.5F, 9.0F, 1.5F, 3.0F, -4.0F});
    CHECK(elements(large) == std::vector<bool>{false, false, true, false, false});
    CHECK(elements(gated) == list{0.5F, 0, 1.5F, 0, -4});
    CHECK(elements(n.run<&uses_flags::outputs::gated>(std::array{true, false, true, true, true},
                                                      std::array{1.0F, 2.0F, 3.0F, 4.0F, 5.0F})) == list{1, 0, 3, 4, 5});
}

TEST_CASE("a user's ops run like ours", "[model]") {
    model<uses_own_ops, input<float, 4>, input<std::int32_t, 5>> n(seed{});
    const auto y = n(std::array<float, 4>{1, -2, 3, 10}, std::array<std::int32_t, 5>{3, 0, 1, 99, 2});
    // (x (x + 1) + x) / 2, not below zero
    CHECK(elements(y) == list{60, 1.5F, 0, 60, 7.5F});
}

namespace {

struct thirteen_outputs {  // a product and twelve ops behind it, all of them asked for
    using outputs = std::array<tensor, 13>;
    constexpr outputs operator()(scope& s, const tensor& x) const {
        outputs all;
        all[0] = matmul(x, s.get_variable("w", {2, 3}, {.initializer = ones()}));
        for (std::size_t i = 1; i < 13; ++i) all[i] = i % 2 == 0 ? square(all[i - 1]) : -all[i - 1];
        return all;
    }
};

}  // namespace

TEST_CASE("a group may store its accumulator and every op", "[model]") {
    using net = model<thirteen_outputs, input<float, 1, 2>>;
    STATIC_REQUIRE(steps_of<net> == 1);
    net n(seed{});
    const auto all = n(std::array<float, 2>{0.5F, 0.5F});
    CHECK(elements(std::get<0>(all)) == list(3, 1));
    CHECK(elements(std::get<7>(all)) == list(3, -1));
    CHECK(elements(std::get<12>(all)) == list(3, 1));
}

namespace {

// Sums over more than a block, each of which keeps something beside its result in the arena.
struct long_sums {
    struct outputs { tensor by_filter, by_channel, segments, picked; };
    static constexpr std::int64_t places = 600 * 4 * 4;
    constexpr outputs operator()(scope& s, tensor images, tensor ids) const {
        const auto initializer = constant(1);
        const variable filter = s.get_variable("filter", {3, 3, 1, 2}, {.initializer = initializer});
        const variable taps = s.get_variable("taps", {3, 3, 1, 1}, {.initializer = initializer});
        const variable row = s.get_variable("row", {3}, {.initializer = initializer});
        const tensor filtered = reduce_sum(conv2d(images, filter));
        const tensor by_taps = reduce_sum(depthwise_conv2d(images, taps));
        const tensor values = reshape(slice(images, {0, 0, 0, 0}, {600, 4, 4, 1}), {places});
        const tensor rows = reduce_sum(gather(row, ids) * values);
        return {gradients(filtered, std::array{filter})[0], gradients(by_taps, std::array{taps})[0],
                unsorted_segment_sum(values, ids, 3), gradients(rows, std::array{row})[0]};
    }
};

}  // namespace

TEST_CASE("sums of thousands are exact", "[model]") {
    const std::vector<float> images(600 * 5 * 5, 0.3F);
    std::vector<std::int32_t> ids(long_sums::places, 2);
    model<long_sums, input<float, 600, 5, 5, 1>, input<std::int32_t, long_sums::places>> n(seed{});
    const auto [by_filter, by_channel, segments, picked] = n(images, ids);
    const auto are_sums = [](const auto& all, double terms) {
        for (const float sum : elements(all)) CHECK(double(sum) / double(0.3F) == Approx(terms).epsilon(2e-6));
    };
    are_sums(by_filter, 600 * 3 * 3);
    are_sums(by_channel, 600 * 3 * 3);
    CHECK(elements(segments)[0] == 0);
    CHECK(double(elements(segments)[2]) / double(0.3F) == Approx(long_sums::places).epsilon(2e-6));
    CHECK(elements(picked) == elements(segments));
}
