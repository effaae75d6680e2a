// SPDX-License-Identifier: BSL-1.0
// COUNT variables in one graph, two to a scope: names, sharing and shapes are checked, nothing is run.
#include <ambit/graphs.hpp>

#include <string_view>

using namespace ambit;

struct many_variables {
    constexpr tensor operator()(scope& s, tensor x) const {
        char name[] = "layer_0000";
        for (int i = 0; i < COUNT / 2; ++i) {
            for (int digit = 9, rest = i; digit > 5; --digit, rest /= 10)
                name[digit] = static_cast<char>('0' + rest % 10);
            auto layer = s.variable_scope(std::string_view(name, 10));
            layer.get_variable("weights", {16, 16});
            layer.get_variable("biases", {16});
        }
        return x;
    }
};

using many = graph_of<many_variables, input<float, 1, 16>>;
static_assert(many::value.variables.size() == COUNT / 2 * 2);
