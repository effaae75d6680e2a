// SPDX-License-Identifier: BSL-1.0
// A model of COUNT dense layers with relu, and a call of it.
#include <ambit/ambit.hpp>

#include <string_view>

using namespace ambit;

struct deep_net {
    constexpr tensor operator()(scope& s, tensor x) const {
        char name[] = "layer_000";
        for (int i = 0; i < COUNT; ++i) {
            for (int digit = 8, rest = i; digit > 5; --digit, rest /= 10)
                name[digit] = static_cast<char>('0' + rest % 10);
            x = relu(dense(s, std::string_view(name, 9), x, 64));
        }
        return x;
    }
};

using net = model<deep_net, input<float, 8, 64>>;
static_assert(net::variables.size() == 2 * COUNT);

float first_of(net& deep, const xt::xtensor<float, 2>& x) { return deep(x)(0, 0); }
