// Learns the sine of 64 numbers, keeps what it has learned in a file, and says some sines.
#include "net.hpp"

#include <ambit/checkpoint/save.hpp>

#include <array>
#include <cmath>
#include <exception>
#include <iostream>

int main() try {
    std::array<float, 64> x{}, wanted{};
    for (int i = 0; i < 64; ++i) {
        x[i] = -3.0F + 6.0F * static_cast<float>(i) / 63.0F;
        wanted[i] = std::sin(x[i]);
    }
    trainer training(ambit::seed{1});
    predictor sine(training.parameters());  // the same variables, by name: it sees each step at once
    std::cout << summary(sine);
    using out = learner::outputs;
    for (int step = 0; step <= 1000; ++step) {
        const float loss = training.run<&out::loss, &out::train>(x, wanted);
        if (step % 200 == 0) std::cout << "step " << step << ", loss " << loss << '\n';
    }
    save(sine, "starter.safetensors");
    for (const float angle : {-2.0F, 0.5F, 1.5F})
        std::cout << "sin " << angle << " is about " << sine(std::array{angle})(0, 0) << '\n';
    return 0;
} catch (const std::exception& reason) {
    std::cerr << reason.what() << '\n';
    return 1;
}
