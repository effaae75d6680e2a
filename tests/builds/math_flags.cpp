// SPDX-License-Identifier: BSL-1.0
// A program that is built with flags that change arithmetic: it prints what the construction of its model throws.
#include <ambit/ambit.hpp>

#include <cstdio>

using namespace ambit;

struct doubled {
    constexpr tensor operator()(scope&, tensor x) const { return x * 2; }
};

int main() {
    try {
        model<doubled, input<float, 4>> net(seed{1});
        std::puts("a model was constructed");
    } catch (const arithmetic_error& e) {
        std::puts(e.what());
    }
}
