// SPDX-License-Identifier: BSL-1.0
// What a program does with the results of a module that could not be run adds nothing to what is said of the module.
// expect: module_not_constant<.*"module halves"
// expect: module_call<.*"module adds"
// errors: 3
// others: 1
// lines: 13
#include <ambit/model/model.hpp>
#include <ambit/ops/all.hpp>

#include <iostream>
#include <tuple>
using namespace ambit;

struct halves {
    constexpr std::array<tensor, 2> operator()(scope& s, tensor x) const {
        std::int64_t parts = 2;
#ifdef AMBIT_MISTAKE
        parts = 0;
#endif
        const tensor y = x * s.get_variable("w", {8 / parts});
        return {y, reduce_sum(y)};
    }
};
struct adds {
#ifdef AMBIT_MISTAKE
    constexpr tensor operator()(scope&, tensor x, tensor y) const { return x + y; }
#else
    constexpr tensor operator()(scope& s, tensor x) const { return x + s.get_variable("w", {4}); }
#endif
};

int main() {
    const std::array<float, 8> x{};
    model<halves, input<float, 2, 4>> first(seed{1});
    auto [y, sum] = first(x);
    std::cout << y << sum + 1;
    model<adds, input<float, 2, 4>> second(seed{1});
    auto z = second(x);
    float total = z(1, 2) + second.get<"w">()(0);
    for (const float each : z) total += each;
    const xt::xtensor<float, 2> copied = z * 2;
    return total > sum || second(x)(0, 0) < copied(0, 0) ? 1 : 0;
}
