// SPDX-License-Identifier: BSL-1.0
// A net whose weights are part of the program: no file is read when it runs, and nothing is copied. In CMake:
//
//     ambit_embed_checkpoint(embedded embedded/exclusive_or.safetensors NAME weights::exclusive_or)
#include <exclusive_or.hpp>  // written by the build

#include <ambit/ambit.hpp>
#include <ambit/checkpoint/use_in_place.hpp>

#include <array>
#include <iostream>

using namespace ambit;

struct one_but_not_both {
    constexpr tensor operator()(scope& s, tensor x) const {
        const tensor hidden = dense(s, "hidden", x, 2, {.activation = relu});
        return dense(s, "answer", hidden, 1);
    }
};

int main() {
    model<one_but_not_both, input<float, 1, 2>> net(seed{1});
    use_in_place(net, weights::exclusive_or);  // a std::span<const std::byte>; load(net, …) would copy
    std::cout << summary(net);
    int right = 0;
    for (const auto& [a, b] : {std::array{0.f, 0.f}, {0.f, 1.f}, {1.f, 0.f}, {1.f, 1.f}}) {
        const float answer = net(std::array{a, b})(0, 0);
        std::cout << a << " or " << b << ", not both: " << answer << '\n';
        right += (answer > 0.5f) == ((a > 0.5f) != (b > 0.5f)) ? 1 : 0;
    }
    return right == 4 ? 0 : 1;
}
