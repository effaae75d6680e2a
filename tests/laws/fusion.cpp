// SPDX-License-Identifier: BSL-1.0
// Fused = unfused: what a group stores on the way changes nothing, a model that is asked for some of its
// outputs computes the same bits, and a chain of models with one op each agrees within the bounds of the ops.
#include <ambit/model/model.hpp>
#include <ambit/ops/all.hpp>

#include "../support/numbers.hpp"

#include <catch2/catch.hpp>

using namespace ambit;
using namespace ambit::plan_parts;
using namespace ambit_test;

namespace {

template <std::int64_t... Extent> using f = input<float, Extent...>;
using list = std::vector<float>;

// A dense layer with all kinds of operands in its epilogue, then a loop with broadcasting, then reductions.
struct values {
    tensor product, biased, activated, scaled, residual, centred, squared, clipped, total;
};
constexpr values all_values(scope& s, const tensor& x, const tensor& y) {
    const initializer some = random_normal();
    values v;
    v.product = matmul(x, s.get_variable("w", {7, 17}, {.initializer = some}));
    v.biased = v.product + s.get_variable("b", {17}, {.initializer = some});
    v.activated = ambit::tanh(v.biased);
    v.scaled = v.activated * s.get_variable("c", {3, 1}, {.initializer = some});
    v.residual = v.scaled + y;
    v.centred = v.residual - reduce_mean(v.residual, {.axes = 0, .keep_dims = true});
    v.squared = square(v.centred);
    v.clipped = clip(v.squared + v.activated, -0.5, 0.75);
    v.total = reduce_sum(v.clipped);
    return v;
}

struct only_the_end {
    constexpr tensor operator()(scope& s, const tensor& x, const tensor& y) const {
        return all_values(s, x, y).total;
    }
};
struct everything {
    using outputs = values;
    constexpr outputs operator()(scope& s, const tensor& x, const tensor& y) const {
        return all_values(s, x, y);
    }
};

using fused = model<only_the_end, f<3, 7>, f<3, 17>>;
using unfused = model<everything, f<3, 7>, f<3, 17>>;

// The same for a convolution.
struct image_values {
    tensor product, biased, activated, pooled, doubled;
};
constexpr image_values all_image_values(scope& s, const tensor& x) {
    image_values v;
    v.product =
        conv2d(x, s.get_variable("k", {3, 3, 3, 5}, {.initializer = random_normal()}), {.padding = same});
    v.biased = bias_add(v.product, s.get_variable("b", {5}, {.initializer = random_normal()}));
    v.activated = ambit::sigmoid(v.biased);
    v.pooled = max_pool(v.activated);
    v.doubled = v.pooled * 2 + v.pooled;
    return v;
}
struct image_end {
    constexpr tensor operator()(scope& s, const tensor& x) const { return all_image_values(s, x).doubled; }
};
struct image_everything {
    using outputs = image_values;
    constexpr outputs operator()(scope& s, const tensor& x) const { return all_image_values(s, x); }
};

}  // namespace

TEST_CASE("stored intermediates change no bit", "[laws]") {
    fused end(seed{3});
    unfused all(seed{3});
    for (unsigned round = 0; round < 5; ++round) {
        const list x = numbers<float>(21, round), y = numbers<float>(51, round + 10);
        CHECK(same_bits(elements(end(x, y)), elements(std::get<8>(all(x, y)))));
    }
    model<image_end, f<1, 6, 7, 3>> image_of_end(seed{3});
    model<image_everything, f<1, 6, 7, 3>> image_of_all(seed{3});
    const list x = numbers<float>(126);
    CHECK(same_bits(elements(image_of_end(x)), elements(std::get<4>(image_of_all(x)))));
}

TEST_CASE("a part of the outputs has the bits of all of them", "[laws]") {
    unfused all(seed{3});
    const list x = numbers<float>(21, 1), y = numbers<float>(51, 2);
    const auto results = all(x, y);
    const auto wanted =
        std::apply([](const auto&... each) { return std::tuple(elements(each)...); }, results);
    CHECK(same_bits(elements(all.run<&values::product>(x)), std::get<0>(wanted)));
    CHECK(same_bits(elements(all.run<&values::biased>(x)), std::get<1>(wanted)));
    CHECK(same_bits(elements(all.run<&values::scaled>(x)), std::get<3>(wanted)));
    CHECK(same_bits(elements(all.run<&values::clipped>(x, y)), std::get<7>(wanted)));
    const auto [total, activated] = all.run<&values::total, &values::activated>(x, y);
    CHECK(same_bits(elements(total), std::get<8>(wanted)));
    CHECK(same_bits(elements(activated), std::get<2>(wanted)));
}

namespace {

// Masks read, made and stored in the epilogue of a product whose rows end in parts of vectors, and behind it.
struct masked_values {
    tensor above, both, chosen, kept, flags;
};
constexpr masked_values all_masked_values(scope& s, const tensor& x, const tensor& column, const tensor& row) {
    const tensor product = matmul(x, s.get_variable("w", {7, 23}, {.initializer = random_normal()}));
    masked_values v;
    v.above = product > 0.25;
    v.both = v.above & column;
    v.chosen = where(v.both, product, -1);
    v.kept = where(row | is_nan(v.chosen), v.chosen * 2, v.chosen);
    v.flags = ~(v.kept < product) ^ row;
    return v;
}
struct masked_end {
    constexpr tensor operator()(scope& s, const tensor& x, const tensor& column, const tensor& row) const {
        return all_masked_values(s, x, column, row).flags;
    }
};
struct masked_everything {
    using outputs = masked_values;
    constexpr outputs operator()(scope& s, const tensor& x, const tensor& column, const tensor& row) const {
        return all_masked_values(s, x, column, row);
    }
};

}  // namespace

TEST_CASE("masks in an epilogue are those of the elements", "[laws]") {
    using of_rows = input<bool, 5, 1>;
    using of_columns = input<bool, 23>;
    using net = model<masked_everything, f<5, 7>, of_rows, of_columns>;
    STATIC_REQUIRE(plan_of<net::graph, all_outputs>::counts.steps == 1);
    net all(seed{3});
    model<masked_end, f<5, 7>, of_rows, of_columns> end(seed{3});
    const list w = elements(all.get<"w">());
    std::array<bool, 5> column{true, false, true, true, false};
    std::array<bool, 23> row{};
    for (std::size_t i = 0; i < 23; ++i) row[i] = i % 3 == 0;
    for (unsigned round = 0; round < 5; ++round) {
        const list x = numbers<float>(35, round);
        const auto [above, both, chosen, kept, flags] = all(x, column, row);
        CHECK(elements(end(x, column, row)) == elements(flags));
        for (std::size_t i = 0; i < 5; ++i) {
            for (std::size_t j = 0; j < 23; ++j) {
                CAPTURE(round, i, j);
                double product = 0;
                for (std::size_t k = 0; k < 7; ++k) product += double(x[i * 7 + k]) * double(w[k * 23 + j]);
                const std::size_t at = i * 23 + j;
                const bool is_above = product > 0.25, is_chosen = is_above && column[i];
                REQUIRE(std::fabs(product - 0.25) > 1e-5);
                const double value = is_chosen ? product : -1, result = row[j] ? 2 * value : value;
                CHECK(above.data()[at] == is_above);
                CHECK(both.data()[at] == is_chosen);
                CHECK(chosen.data()[at] == Approx(value).epsilon(1e-4).margin(1e-5));
                CHECK(kept.data()[at] == Approx(result).epsilon(1e-4).margin(1e-5));
                const float compared = is_chosen ? chosen.data()[at] : static_cast<float>(product);
                CHECK(flags.data()[at] == ((kept.data()[at] >= compared) != row[j]));
            }
        }
    }
}

namespace {

#define STAGE(name, ...)                                                                                    \
    struct name {                                                                                           \
        constexpr tensor operator()(scope&, const tensor& a, const tensor& b) const { return __VA_ARGS__; } \
    }
STAGE(product_stage, matmul(a, b));
STAGE(add_stage, a + b);
STAGE(mul_stage, a * b);
STAGE(sub_stage, a - b);
struct tanh_stage { constexpr tensor operator()(scope&, const tensor& a) const { return ambit::tanh(a); } };
struct mean_stage {
    constexpr tensor operator()(scope&, const tensor& a) const {
        return reduce_mean(a, {.axes = 0, .keep_dims = true});
    }
};
struct square_stage { constexpr tensor operator()(scope&, const tensor& a) const { return square(a); } };
struct clip_stage {
    constexpr tensor operator()(scope&, const tensor& a) const { return clip(a, -0.5, 0.75); }
};
#undef STAGE

template <class Module, class... Inputs, class... X> list stage(const X&... x) {
    model<Module, Inputs...> net(seed{});
    return elements(net(x...));
}

}  // namespace

TEST_CASE("one op at a time gives the values of the whole", "[laws]") {
    unfused all(seed{3});
    using wide = f<3, 17>;
    const list x = numbers<float>(21, 1), y = numbers<float>(51, 2);
    const list w = elements(all.get<"w">()), b = elements(all.get<"b">()), c = elements(all.get<"c">());
    const list product = stage<product_stage, f<3, 7>, f<7, 17>>(x, w);
    const list biased = stage<add_stage, wide, f<17>>(product, b);
    const list activated = stage<tanh_stage, wide>(biased);
    const list scaled = stage<mul_stage, wide, f<3, 1>>(activated, c);
    const list residual = stage<add_stage, wide, wide>(scaled, y);
    const list centred = stage<sub_stage, wide, f<1, 17>>(residual, stage<mean_stage, wide>(residual));
    const list squared = stage<square_stage, wide>(centred);
    const list clipped = stage<clip_stage, wide>(stage<add_stage, wide, wide>(squared, activated));
    const auto results = all(x, y);
    CHECK(same_bits(elements(std::get<0>(results)), product));
    CHECK(same_bits(elements(std::get<1>(results)), biased));
    // From tanh on the two differ by units in the last place of numbers up to 20, since batches of other
    // widths round differently inside of tanh.
    const auto close = [](const list& is, const list& should) {
        for (std::size_t i = 0; i < is.size(); ++i)
            if (std::fabs(is[i] - should[i]) > 1e-5F * (1 + std::fabs(should[i]))) return false;
        return is.size() == should.size();
    };
    CHECK(close(elements(std::get<2>(results)), activated));
    CHECK(close(elements(std::get<3>(results)), scaled));
    CHECK(close(elements(std::get<4>(results)), residual));
    CHECK(close(elements(std::get<5>(results)), centred));
    CHECK(close(elements(std::get<6>(results)), squared));
    CHECK(close(elements(std::get<7>(results)), clipped));
}

namespace {

struct every_shape {
    struct outputs {
        tensor product, pooled, reduced, kept, softened, places, turned, converted, stretched, scalar,
            convolved;
    };
    constexpr outputs operator()(scope&, const tensor& x, const tensor& image) const {
        return {matmul(x, x, {.transpose_b = true}),
                avg_pool(image, {.window = {2, 3}, .strides = {2, 2}, .padding = same}),
                reduce_max(image, {.axes = {1, 3}}),
                reduce_sum(x, {.axes = 1, .keep_dims = true}),
                softmax(x),
                argmax(x, 0),
                transpose(image, {3, 0, 2, 1}),
                cast(x, uint8),
                x + reshape(x, {3, 1, 5}),
                reduce_mean(x),
                conv2d(image, reshape(image, {2, 2, 5, 3}), {.strides = {1, 2}})};
    }
};

// Runs into memory between guards, all set before; counts elements that were not written and guards that
// were.
template <class T, std::size_t Size> struct guarded {
    static constexpr std::size_t margin = 64;
    static constexpr T untouched = static_cast<T>(77);
    std::vector<T> memory = std::vector<T>(Size + 2 * margin, untouched);
    std::span<T, Size> inside() { return std::span<T, Size>(memory.data() + margin, Size); }
    bool is_right() const {
        for (std::size_t i = 0; i < margin; ++i)
            if (memory[i] != untouched || memory[margin + Size + i] != untouched) return false;
        for (std::size_t i = margin; i < margin + Size; ++i)
            if (memory[i] == untouched) return false;
        return true;
    }
};

}  // namespace

TEST_CASE("kernels write exactly the elements of the inferred shape", "[laws]") {
    using net = model<every_shape, f<3, 5>, f<1, 4, 3, 5>>;
    static constexpr auto shape_of = [](int k) {
        return net::graph::value.nodes[net::graph::value.outputs[k]].result.extents;
    };
    STATIC_REQUIRE(shape_of(0) == shape{3, 3});
    STATIC_REQUIRE(shape_of(1) == shape{1, 2, 2, 5});
    STATIC_REQUIRE(shape_of(2) == shape{1, 3});
    STATIC_REQUIRE(shape_of(3) == shape{3, 1});
    STATIC_REQUIRE(shape_of(4) == shape{3, 5});
    STATIC_REQUIRE(shape_of(5) == shape{5});
    STATIC_REQUIRE(shape_of(6) == shape{5, 1, 3, 4});
    STATIC_REQUIRE(shape_of(7) == shape{3, 5});
    STATIC_REQUIRE(shape_of(8) == shape{3, 3, 5});
    STATIC_REQUIRE(shape_of(9) == shape{});
    STATIC_REQUIRE(shape_of(10) == shape{1, 3, 1, 3});
    net n(seed{});
    guarded<float, 9> product;
    guarded<float, 20> pooled;
    guarded<float, 3> reduced, kept;
    guarded<float, 15> softened;
    guarded<std::int32_t, 5> places;
    guarded<float, 60> turned;
    guarded<std::uint8_t, 15> converted;
    guarded<float, 45> stretched;
    guarded<float, 1> scalar;
    guarded<float, 9> convolved;
    n.run_into(product.inside(), pooled.inside(), reduced.inside(), kept.inside(), softened.inside(),
               places.inside(), turned.inside(), converted.inside(), stretched.inside(), scalar.inside()[0],
               convolved.inside(), numbers<float>(15), numbers<float>(60));
    CHECK(product.is_right());
    CHECK(pooled.is_right());
    CHECK(reduced.is_right());
    CHECK(kept.is_right());
    CHECK(softened.is_right());
    CHECK(places.is_right());
    CHECK(turned.is_right());
    CHECK(converted.is_right());
    CHECK(stretched.is_right());
    CHECK(scalar.is_right());
    CHECK(convolved.is_right());
}
