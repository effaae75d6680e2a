// SPDX-License-Identifier: BSL-1.0

#include <ambit/checkpoint/load.hpp>
#include <ambit/checkpoint/save.hpp>
#include <ambit/model/model.hpp>
#include <ambit/ops/all.hpp>

#include "../../../support/shape_rule.hpp"
#include "../../../support/temporary_directory.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <cmath>
#include <limits>
#include <set>
#include <vector>

using namespace ambit;
using namespace ambit::checkpoint_parts;
using namespace ambit_test;
using enum mistake;

namespace {

constexpr tensor_spec state{{2}, dtype::int64};
constexpr random_op::attributes of(double first, double second, dtype type, std::int64_t rows = 3,
                                   std::int64_t columns = 4) {
    return {first, second, static_cast<std::int64_t>(type), 2, {rows, columns}};
}
constexpr double infinite = std::numeric_limits<double>::infinity(),
                 no_number = std::numeric_limits<double>::quiet_NaN();

// Noise of each kind beside a weight.
struct noisy {
    struct outputs {
        tensor uniform, normal, cut, dice, twice;
    };
    constexpr outputs operator()(scope& s, const tensor& x) const {
        auto layer = s.variable_scope("layer");
        const tensor weight = layer.get_variable("weight", {}, {.initializer = constant(1)});
        const tensor uniform = random_uniform(layer, {5, 7}, {.low = -1, .dtype = float64});
        const tensor normal = random_normal(layer, {4}, {.mean = 2, .standard_deviation = 3, .name = "noise"});
        const tensor cut = truncated_normal(layer, {4}, {.name = "noise"});
        const tensor dice = random_uniform(layer, {6}, {.low = 1, .high = 7, .dtype = int64, .seed = 5});
        return {uniform, x * weight + normal, cut, dice, uniform + uniform};
    }
};
using net = model<noisy, input<float, 4>>;
constexpr std::array<float, 4> zero{};

// The same op under the same path, with others around it.
template <bool Others> struct ordered {
    constexpr tensor operator()(scope& s) const {
        if (Others) static_cast<void>(random_normal(s, {3}, {.name = "before"}));
        const tensor kept = random_normal(s, {3}, {.name = "kept"});
        if (Others) return kept + random_normal(s, {3}, {.name = "after"}) * 0;
        return kept;
    }
};

template <class T, class View> std::vector<T> copied(const View& view) { return {view.begin(), view.end()}; }

}  // namespace

TEST_CASE("a draw has the shape and dtype that are asked for", "[ops][random]") {
    STATIC_REQUIRE(gives<random_uniform_op>({state}, of(0, 1, float32), f32(3, 4)));
    STATIC_REQUIRE(gives<random_uniform_op>({state}, of(0, 1, float64), f64(3, 4)));
    STATIC_REQUIRE(gives<random_uniform_op>({state}, of(-5, 5, int32), i32(3, 4)));
    STATIC_REQUIRE(gives<random_uniform_op>({state}, of(-0x1p53, 0x1p53, int64), tensor_spec{{3, 4}, int64}));
    STATIC_REQUIRE(gives<random_normal_op>({state}, of(0, 0, float32), f32(3, 4)));
    STATIC_REQUIRE(gives<truncated_normal_op>({state}, of(-1, 2, float64), f64(3, 4)));
    STATIC_REQUIRE(gives<dropout_mask_op>({state}, of(0.5, 2, float32), f32(3, 4)));
}

TEST_CASE("a draw refuses what it cannot give", "[ops][random]") {
    STATIC_REQUIRE(refuses<random_uniform_op>({state}, of(0, 1, uint8), op_dtype,
                                              "the dtype is float32, float64, int32 or int64"));
    STATIC_REQUIRE(refuses<random_uniform_op>({state}, of(0, 1, boolean), op_dtype,
                                              "the dtype is float32, float64, int32 or int64"));
    STATIC_REQUIRE(refuses<random_normal_op>({state}, of(0, 1, int32), op_dtype, "the dtype is float32 or float64"));
    STATIC_REQUIRE(refuses<dropout_mask_op>({state}, of(0, 1, int32), op_dtype, "the dtype is float32 or float64"));
    STATIC_REQUIRE(refuses<random_uniform_op>({state}, of(1, 1, float32), op_option, "low is 1: below 1"));
    STATIC_REQUIRE(refuses<random_uniform_op>({state}, of(0, no_number, float32), op_option,
                                              "high is NaN: above -1.32922799578492e36 "
                                              "and below 1.32922799578492e36"));
    STATIC_REQUIRE(refuses<random_uniform_op>({state}, of(0, infinite, float32), op_option,
                                              "high is infinity: above -1.32922799578492e36 "
                                              "and below 1.32922799578492e36"));
    STATIC_REQUIRE(refuses<random_uniform_op>({state}, of(-1e37, 1, float32), op_option,
                                              "low is -1e37: above -1.32922799578492e36 "
                                              "and below 1.32922799578492e36"));
    constexpr std::string_view integers = "low and high must be integers of the dtype, at most 2^53";
    STATIC_REQUIRE(refuses<random_uniform_op>({state}, of(0, 2.5, int32), op_option, integers));
    STATIC_REQUIRE(refuses<random_uniform_op>({state}, of(0, 0x1p31 + 1, int32), op_option, integers));
    STATIC_REQUIRE(refuses<random_uniform_op>({state}, of(-0x1p54, 0, int64), op_option, integers));
    STATIC_REQUIRE(refuses<random_normal_op>({state}, of(0, -1, float32), op_option,
                                             "standard_deviation is -1: from 0 to below 1.32922799578492e36"));
    STATIC_REQUIRE(refuses<truncated_normal_op>({state}, of(no_number, 1, float32), op_option,
                                                "mean is NaN: above -1.32922799578492e36 "
                                              "and below 1.32922799578492e36"));
    STATIC_REQUIRE(refuses<random_normal_op>({state}, of(0, infinite, float64), op_option,
                                             "standard_deviation is infinity: from 0 to below 1.07150860718627e301"));
    constexpr std::string_view extents = "every extent is at least 1 and the whole tensor stays below a terabyte";
    STATIC_REQUIRE(refuses<random_normal_op>({state}, of(0, 1, float32, 0), op_shape, extents));
    STATIC_REQUIRE(refuses<random_normal_op>({state}, of(0, 1, float32, std::int64_t{1} << 40, std::int64_t{1} << 40),
                                             op_shape, extents));
    STATIC_REQUIRE(refuses<random_normal_op>({f32(2)}, of(0, 1, float32), op_dtype, "the state is int64 [2]"));
}

TEST_CASE("names of random ops and of their states", "[ops][random]") {
    STATIC_REQUIRE([] {
        graph_builder builder(on_mistake::raise);
        scope s(builder);
        auto layer = s.variable_scope("layer");
        const tensor first = random_uniform(layer, {2}), second = random_uniform(layer, {2});
        const tensor named = random_normal(layer, {2}, {.name = "noise"});
        const buffer<variable> locals = s.local_variables();
        return first.op_name() == "layer/random_uniform" && second.op_name() == "layer/random_uniform_1" &&
               named.op_name() == "layer/noise" && locals.size() == 3 &&
               locals[0].name() == "layer/random_uniform/state:0" &&
               locals[1].name() == "layer/random_uniform_1/state:0" && locals[2].name() == "layer/noise/state:0" &&
               s.global_variables().empty() && s.trainable_variables().empty();
    }());
}

TEST_CASE("states are no parameters", "[ops][random]") {
    STATIC_REQUIRE(net::parameter_count == 1);
    STATIC_REQUIRE(net::variables.size() == 5);
    STATIC_REQUIRE(net::variables[1].local == 1);
    STATIC_REQUIRE(net::variables[1].dtype == dtype::int64);
    const temporary_directory directory;
    net n(seed{1});
    save(n, directory.path() / "noisy.safetensors");
    REQUIRE(safetensors_file(directory.path() / "noisy.safetensors").find("layer/noise/state") == nullptr);
}

TEST_CASE("one seed gives one sequence of calls", "[ops][random]") {
    net a(seed{3}), b(seed{3});
    std::vector<std::vector<double>> calls;
    std::vector<std::vector<float>> normals;
    for (int call = 0; call < 5; ++call) {
        const auto [uniform, normal, cut, dice, twice] = a(zero);
        const auto [uniform_b, normal_b, cut_b, dice_b, twice_b] = b(zero);
        calls.push_back(copied<double>(uniform));
        normals.push_back(copied<float>(normal));
        REQUIRE(copied<double>(uniform_b) == calls.back());
        REQUIRE(copied<float>(normal_b) == normals.back());
        REQUIRE(copied<float>(cut_b) == copied<float>(cut));
        REQUIRE(copied<std::int64_t>(dice_b) == copied<std::int64_t>(dice));
        // One draw a call, whoever reads it.
        for (std::size_t i = 0; i < calls.back().size(); ++i) REQUIRE(twice.data()[i] == 2 * calls.back()[i]);
        for (const double u : calls.back()) REQUIRE((u >= -1 && u < 1));
        for (const float z : cut) REQUIRE(std::abs(z) <= 2);
        for (const std::int64_t side : dice) REQUIRE((side >= 1 && side <= 6));
    }
    for (std::size_t i = 0; i < calls.size(); ++i)
        for (std::size_t j = 0; j < i; ++j) REQUIRE(calls[i] != calls[j]);
    a.reset();
    REQUIRE(copied<double>(std::get<0>(a(zero))) == calls[0]);
    REQUIRE(copied<double>(std::get<0>(a(zero))) == calls[1]);
    net c = a.copy();  // goes on where a is
    REQUIRE(copied<double>(std::get<0>(c(zero))) == calls[2]);
    REQUIRE(copied<double>(std::get<0>(a(zero))) == calls[2]);
    a.initialize(seed{4});
    REQUIRE(copied<double>(std::get<0>(a(zero))) != calls[0]);
    a.initialize(seed{3});
    REQUIRE(copied<double>(std::get<0>(a(zero))) == calls[0]);
}

TEST_CASE("a draw counts the calls that computed it, and no others", "[ops][random]") {
    net a(seed{3}), b(seed{3});
    const std::int64_t key = a.get<"layer/noise/state">()(0);
    REQUIRE(a.get<"layer/noise/state">()(1) == 0);
    REQUIRE((key >= 0 && key < std::int64_t{1} << 53));
    static_cast<void>(a.run<&noisy::outputs::uniform>());
    static_cast<void>(a.run<&noisy::outputs::twice>());
    REQUIRE(a.get<"layer/random_uniform/state">()(1) == 2);
    REQUIRE(a.get<"layer/noise/state">()(1) == 0);
    const auto normal = a.run<&noisy::outputs::normal>(zero);
    REQUIRE(a.get<"layer/noise/state">()(0) == key + 1);
    REQUIRE(a.get<"layer/noise/state">()(1) == 1);
    const auto [uniform_b, normal_b, cut_b, dice_b, twice_b] = b(zero);
    REQUIRE(copied<float>(normal) == copied<float>(normal_b));
    // The other outputs of b were drawn once, of a twice or never.
    static_cast<void>(b.run<&noisy::outputs::uniform>());
    REQUIRE(copied<double>(a.run<&noisy::outputs::uniform>()) == copied<double>(b.run<&noisy::outputs::uniform>()));
}

TEST_CASE("other random ops change nothing", "[ops][random]") {
    model<ordered<false>> alone(seed{9});
    model<ordered<true>> among(seed{9});
    for (int call = 0; call < 3; ++call) REQUIRE(copied<float>(alone()) == copied<float>(among()));
}

TEST_CASE("an own seed, a path and a model's seed each give other numbers", "[ops][random]") {
    struct several {
        struct outputs {
            tensor plain, seeded, other, again;
        };
        constexpr outputs operator()(scope& s) const {
            const tensor plain = random_uniform(s, {8});
            const tensor seeded = random_uniform(s, {8}, {.seed = 1});
            const tensor other = random_uniform(s, {8}, {.seed = 2});
            auto below = s.variable_scope("below");
            const tensor again = random_uniform(below, {8}, {.seed = 2});
            return {plain, seeded, other, again};
        }
    };
    std::set<std::vector<float>> all;
    for (const std::uint64_t s : {0u, 1u, 2u}) {
        model<several> n(seed{s});
        const auto [plain, seeded, other, again] = n();
        for (const auto& it : {copied<float>(plain), copied<float>(seeded), copied<float>(other), copied<float>(again)})
            REQUIRE(all.insert(it).second);
    }
}

TEST_CASE("a scan goes over numbers that are drawn before it", "[ops][random]") {
    struct walk {
        struct outputs {
            tensor steps, places;
        };
        constexpr outputs operator()(scope& s, const tensor& start) const {
            const tensor steps = random_normal(s, {5, 2});
            return {steps,
                    scan(
                        s, [](scope&, const tensor& at, const tensor& step) { return at + step; }, steps, start)};
        }
    };
    model<walk, input<float, 2>> net(seed{1});
    std::vector<float> before;
    for (int call = 0; call < 3; ++call) {
        const auto [steps, places] = net(std::array<float, 2>{10, -10});
        REQUIRE(copied<float>(steps) != before);
        before = copied<float>(steps);
        float x = 10, y = -10;
        for (std::size_t i = 0; i < 5; ++i) {
            REQUIRE(places(i, 0) == (x += steps(i, 0)));
            REQUIRE(places(i, 1) == (y += steps(i, 1)));
        }
    }
}

TEST_CASE("two models on the same parameters draw independent numbers", "[ops][random]") {
    const net trained(seed{1});
    net a(trained.parameters(), seed{2}), b(trained.parameters(), seed{3}), c(trained.parameters(), seed{2});
    double product = 0;
    constexpr int calls = 2000;
    for (int call = 0; call < calls; ++call) {
        const auto x = copied<double>(a.run<&noisy::outputs::uniform>());
        const auto y = copied<double>(b.run<&noisy::outputs::uniform>());
        REQUIRE(copied<double>(c.run<&noisy::outputs::uniform>()) == x);
        REQUIRE(x != y);
        for (std::size_t i = 0; i < x.size(); ++i) product += x[i] * y[i];
    }
    // Each product has mean 0 and deviation 1/3.
    CHECK(std::abs(product) < 5 * std::sqrt(calls * 35.0) / 3);
}

TEST_CASE("a mistake in a draw is told once", "[ops][random]") {
    struct wrong {
        constexpr tensor operator()(scope& s) const {
            return random_uniform(s, {2, 3}, {.low = 2, .name = "noise"}) + 1;
        }
    };
    const reports all = module_run<wrong, 0>(wrong{}, {}, on_mistake::collect).builder().mistakes();
    REQUIRE(all.size() == 1);
    REQUIRE(all[0].kind == op_option);
    REQUIRE(to_string(all, 0).find("low is 2: below 1") != std::string::npos);
    struct unnamed {
        constexpr tensor operator()(scope& s) const { return random_uniform(s, {2, 3}, {.name = "two words"}) + 1; }
    };
    const reports names = module_run<unnamed, 0>(unnamed{}, {}, on_mistake::collect).builder().mistakes();
    REQUIRE(names.size() == 1);
    REQUIRE(names[0].kind == invalid_name);
    struct in_a_body {
        constexpr tensor operator()(scope& s, const tensor& x) const {
            return scan(
                s, [](scope& body, const tensor& h, const tensor& e) { return h + e * random_uniform(body, {2}); }, x,
                reduce_sum(x, {.axes = {0}}));
        }
    };
    const reports body =
        module_run<in_a_body, 1>(in_a_body{}, {tensor_spec{{3, 2}, float32}}, on_mistake::collect).builder().mistakes();
    REQUIRE(body.size() == 1);
    REQUIRE(body[0].kind == loop_assignment);
    struct outer {
        constexpr tensor operator()(scope& s) const {
            auto inner = s.variable_scope("inner");
            return random_uniform(s, {2, 3});
        }
    };
    const reports order = module_run<outer, 0>(outer{}, {}, on_mistake::collect).builder().mistakes();
    REQUIRE(order.size() == 1);
    REQUIRE(order[0].kind == scope_out_of_order);
}
