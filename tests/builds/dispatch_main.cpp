// SPDX-License-Identifier: BSL-1.0
// Prints what the functions of dispatch.cpp say that this processor was given; with an argument, those for AVX2,
// whatever the processor.
#include <array>
#include <cstdio>

extern "C" {
void score(const float* in, float* out);
int lanes();
void score_x86_64_v3(const float* in, float* out);
}

int main(int count, char**) {
    const std::array<float, 8> in{1, 2, 3, 4, 5, 6, 7, 8};
    std::array<float, 4> out{};
    if (count > 1) score_x86_64_v3(in.data(), out.data());
    else score(in.data(), out.data());
    std::printf("%d lanes:", lanes());
    for (const float value : out) std::printf(" %.4f", static_cast<double>(value));
    std::printf("\n");
}
