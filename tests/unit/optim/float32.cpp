// SPDX-License-Identifier: BSL-1.0
// What float32 makes of many steps, against float64: rounding may not add up in one direction.
#include <ambit/ambit.hpp>

#include <catch2/catch.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

using namespace ambit;
using namespace ambit::op_parts;

namespace {

// A variable for each optimizer, all with the same gradient: the input.
template <dtype Type> struct side_by_side {
    struct outputs {
        tensor loss;
        operation train;
    };
    constexpr outputs operator()(scope& s, const tensor& x) const {
        buffer<operation> all;
        tensor total;
        const auto of = [&](std::string_view name) {
            return s.get_variable(name, {2}, {.initializer = zeros(), .dtype = Type});
        };
        const auto trained = [&](std::string_view name, const auto& optimizer) {
            const variable w = of(name);
            const tensor loss = reduce_sum(w * x);
            total = total.builder() == nullptr ? loss : total + loss;
            buffer<variable> one;
            one.push_back(w);
            all.push_back(minimize(s, loss, optimizer, {.variables = one}));
            return w;
        };
        const variable step = s.variable("step", {}, {.initializer = zeros(), .dtype = int64, .trainable = false});
        const schedule rate = cosine_decay({.initial = 0.01, .steps = 400});
        const variable plain = trained("sgd", sgd{.learning_rate = scheduled(rate, step, {.dtype = Type})});
        trained("momentum", momentum{.momentum = 0.999});
        trained("nesterov", momentum{.momentum = 0.99, .nesterov = true});
        trained("adagrad", adagrad{});
        trained("rmsprop", rmsprop{.decay = 0.999, .momentum = 0.9});
        trained("centered", rmsprop{.decay = 0.99, .centered = true});
        trained("adam", adam{});
        trained("slow_adam", adam{.beta1 = 0.99, .beta2 = 0.9999});
        trained("adamw", adamw(0.001, 0.01));
        buffer<variable> averaged_one;
        averaged_one.push_back(plain);
        all.push_back(exponential_moving_average{.decay = 0.999}.apply(s, averaged_one));
        const variable constant_one = s.get_variable("one", {2}, {.initializer = ones(), .dtype = Type});
        const variable counted = of("counted"), uncounted = of("uncounted");
        all.push_back(assign(uncounted, moving_average(uncounted, constant_one, 0.9999)));
        all.push_back(assign(counted, moving_average(counted, constant_one, 0.01)));
        all.push_back(assign_add(step, 1));
        return {total, grouped(total, all)};
    }
    static constexpr operation grouped(const tensor& of, const buffer<operation>& all) {
        return of.builder()->group({all.begin(), static_cast<std::size_t>(all.size())}, {"train"}, {});
    }
};

constexpr std::array<std::string_view, 12> paths{"sgd",      "momentum", "nesterov",  "adagrad",
                                                 "rmsprop",  "centered", "adam",      "slow_adam",
                                                 "adamw",    "counted",  "uncounted", "sgd/exponential_moving_average"};

template <dtype Type, class T> std::array<std::array<double, 2>, paths.size()> after(int steps) {
    using module = side_by_side<Type>;
    model<module, input<T, 2>> net(seed{1});
    for (int k = 0; k < steps; ++k) {
        // Values of both dtypes.
        const auto near_one = static_cast<float>(1 + 0.25 * std::sin(k)), far = static_cast<float>(1000 + std::cos(k));
        net.template run<&module::outputs::train>(std::array<T, 2>{near_one, far});
    }
    const auto two = [](const auto& v) { return std::array<double, 2>{v(0), v(1)}; };
    return {two(net.template get<"sgd">()),      two(net.template get<"momentum">()),
            two(net.template get<"nesterov">()), two(net.template get<"adagrad">()),
            two(net.template get<"rmsprop">()),  two(net.template get<"centered">()),
            two(net.template get<"adam">()),     two(net.template get<"slow_adam">()),
            two(net.template get<"adamw">()),    two(net.template get<"counted">()),
            two(net.template get<"uncounted">()), two(net.template get<"sgd/exponential_moving_average">())};
}

// Rates that change, gradients that are clipped, and rows of tables: each its own variable or table.
template <dtype Type> struct rates_clips_and_rows {
    struct outputs {
        tensor loss;
        operation train;
    };
    constexpr outputs operator()(scope& s, const tensor& x, const tensor& rows) const {
        buffer<operation> all;
        tensor total;
        const auto minimized = [&](const variable& w, const tensor& loss, const auto& optimizer,
                                   const gradient_clipping& clip) {
            total = total.builder() == nullptr ? loss : total + loss;
            buffer<variable> one;
            one.push_back(w);
            all.push_back(minimize(s, loss, optimizer, {.variables = one, .clip = clip}));
        };
        const auto trained = [&](std::string_view name, const auto& optimizer, const gradient_clipping& clip = {}) {
            const variable w = s.get_variable(name, {2}, {.initializer = zeros(), .dtype = Type});
            minimized(w, reduce_sum(w * x), optimizer, clip);
            return w;
        };
        const variable step = s.variable("step", {}, {.initializer = zeros(), .dtype = int64, .trainable = false});
        const auto at = [&](const schedule& rate) {
            return sgd{.learning_rate = scheduled(rate, step, {.dtype = Type})};
        };
        const variable plain = trained("exponential", at(exponential_decay({.steps = 100, .rate = 0.5})));
        trained("inverse_time", at(inverse_time_decay({.steps = 70})));
        trained("polynomial", at(polynomial_decay({.steps = 70, .power = 2, .cycle = true})));
        trained("linear", at(linear_decay({.steps = 200}).after_warm_up(50)));
        trained("restarts", at(cosine_decay_restarts({.steps = 40, .growth = 1.5, .shrink = 0.7})));
        trained("piecewise", at(piecewise_constant({100, 200}, {0.1, 0.03, 0.007})));
        reduce_on_plateau plateau(s, {.factor = 0.3, .patience = 50, .least = 1e-3, .dtype = Type});
        trained("plateau", sgd{.learning_rate = plateau.rate()});
        trained("by_value", momentum{}, clip_by_value(3.5));
        trained("by_norm", adam{}, clip_by_norm(0.3));
        trained("by_global_norm", momentum{.nesterov = true}, clip_by_global_norm(0.7));

        const auto looked_up = [&](std::string_view name, const auto& optimizer) {
            const variable table = s.get_variable(name, {8, 2}, {.initializer = zeros(), .dtype = Type});
            minimized(table, reduce_sum(gather(table, rows) * x), optimizer, {});
        };
        looked_up("rows_of_sgd", sgd{});
        looked_up("rows_of_adagrad", adagrad{});
        looked_up("rows_of_momentum", momentum{.lazy = true});
        looked_up("rows_of_rmsprop", rmsprop{.momentum = 0.9, .centered = true, .lazy = true});
        looked_up("rows_of_adam", adam{.lazy = true});
        looked_up("whole_of_adam", adam{});

        buffer<variable> averaged_one;
        averaged_one.push_back(plain);
        all.push_back(exponential_moving_average{.decay = 0.999, .num_updates = step}.apply(s, averaged_one));
        all.push_back(plateau.observe(reduce_sum(x) * reduce_sum(x)));
        all.push_back(assign_add(step, 1));
        return {total, side_by_side<Type>::grouped(total, all)};
    }
};

/// Calls `look(path, elements)` for each variable.
template <dtype Type, class T, class Look> void after_more(int steps, const Look& look) {
    using module = rates_clips_and_rows<Type>;
    model<module, input<T, 2>, input<std::int32_t, 2>> net(seed{1});
    for (int k = 0; k < steps; ++k) {
        const auto near_one = static_cast<float>(1 + 0.25 * std::sin(k)), far = static_cast<float>(3 + std::cos(k));
        net.template run<&module::outputs::train>(std::array<T, 2>{near_one, far},
                                                  std::array<std::int32_t, 2>{k % 7, k * k % 5});
    }
    const auto look_at = [&]<fixed_string... Paths>() {
        const auto one = [&](std::string_view path, const auto& view) {
            look(path, std::vector<double>(view.begin(), view.end()));
        };
        (one(Paths.view(), net.template get<Paths>()), ...);
    };
    look_at.template operator()<"exponential", "inverse_time", "polynomial", "linear", "restarts", "piecewise",
                                "plateau", "by_value", "by_norm", "by_global_norm", "rows_of_sgd", "rows_of_adagrad",
                                "rows_of_momentum", "rows_of_rmsprop", "rows_of_adam", "whole_of_adam",
                                "exponential/exponential_moving_average">();
}

}  // namespace

TEST_CASE("three hundred steps of float32 are those of float64", "[optim]") {
    const auto single = after<float32, float>(300);
    const auto exact = after<float64, double>(300);
    for (std::size_t k = 0; k < paths.size(); ++k)
        for (std::size_t i = 0; i < 2; ++i) {
            INFO(paths[k] << ", element " << i);
            CHECK(single[k][i] == Approx(exact[k][i]).epsilon(7e-7));
        }
}

TEST_CASE("so are those with rates that change, clipped gradients and rows of tables", "[optim]") {
    std::map<std::string, std::vector<double>> exact;
    after_more<float64, double>(300, [&](std::string_view path, const std::vector<double>& all) {
        exact[std::string(path)] = all;
    });
    after_more<float32, float>(300, [&](std::string_view path, const std::vector<double>& all) {
        const std::vector<double>& wanted = exact[std::string(path)];
        for (std::size_t i = 0; i < all.size(); ++i) {
            INFO(path << ", element " << i);
            CHECK(all[i] == Approx(wanted[i]).epsilon(7e-7));
        }
    });
    CHECK(exact.size() == 17);
}
