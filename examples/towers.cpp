// SPDX-License-Identifier: BSL-1.0
// An ensemble of as many towers as the command line says: they share a first layer, and each has a last one of its own.
#include <ambit/ambit.hpp>
#include <ambit/registry.hpp>

#include <array>
#include <exception>
#include <iostream>
#include <string>

#include <xtensor/xmath.hpp>
#include <xtensor/xtensor.hpp>

using namespace ambit;

struct tower {
    int number = 0;
    constexpr tensor operator()(scope& s, tensor x) const {
        tensor features;
        {
            auto shared = s.variable_scope("shared", {.reuse = auto_reuse});   // made by the first, used by all
            features = tanh(dense(shared, "features", x, 16));
        }
        auto own = s.variable_scope(name("tower_", number));
        return dense(own, "answer", features, 1);
    }
};

struct ensemble {                                              // the same kind of module, with a count from outside
    int towers = 2;
    struct outputs { tensor answer, loss; operation train; };
    constexpr outputs operator()(scope& s, tensor x, tensor wanted) const {
        tensor sum = tower{0}(s, x);
        for (int i = 1; i < towers; ++i) sum = sum + tower{i}(s, x);
        tensor answer = sum / towers;
        tensor loss   = mean_squared_error(answer, wanted);
        return {answer, loss, minimize(s, loss, adam{.learning_rate = 0.02})};
    }
};

int main(int count, char** words) try {
    const int towers = count > 1 ? std::stoi(words[1]) : 3;
    if (towers < 1) throw error("there is one tower or more");
    xt::xtensor<float, 2> x = xt::arange(64.f).reshape({64, 1}) / 32.f - 1.f;
    xt::xtensor<float, 2> wanted = xt::sin(2.f * x);

    registry reg(seed{1}, {.byte_limit = 1 << 20});                // looked at before anything is allocated
    dynamic_model net(reg, ensemble{towers}, {{"x", spec(float32, {64, 1})}, {"wanted", spec(float32, {64, 1})}});
    float loss = 0;
    for (int step = 0; step < 400; ++step)
        loss = net.run({"train", "loss"}, {{"x", x}, {"wanted", wanted}})["loss"].number<float>();
    std::cout << towers << " towers, loss " << loss << '\n';
    for (const auto& v : reg.collection(collections::trainable_variables))
        std::cout << "  " << v->path() << ", " << v->elements() << " elements, used " << v->uses() << " times\n";

    model<tower, input<float, 1, 1>> first(seed{2});               // one tower, built by the compiler,
    bind(first, reg, "");                                          // on the variables that were trained
    std::cout << "tower 0 says " << first(std::array{0.5f})(0, 0) << " at 0.5\n";

    try {
        dynamic_model again(reg, ensemble{towers}, {spec(float32, {1, 1}), spec(float32, {1, 1})});
    } catch (const model_error& e) {
        std::cout << e.what() << '\n';                             // sharing by accident, in the words of the compiler
    }
    return loss < 0.01f ? 0 : 1;
} catch (const std::exception& e) {
    std::cerr << "towers: " << e.what() << '\n';
    return 1;
}
