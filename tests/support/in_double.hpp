// SPDX-License-Identifier: BSL-1.0
// A graph of float64 that a test writes, with its variables filled, and what its outputs mean (interpreter.hpp).
//
//     in_double g;
//     const tensor y = dense(g.root, "layer", g.input({2, 3}, numbers<double>(6)), 4);
//     check_close(g.values_of({y})[0], wanted_of(g.held.at("layer/weights:0")));
#pragma once

#include "built_graph.hpp"
#include "interpreter.hpp"
#include "numbers.hpp"

#include <ambit/graph/builder.hpp>

#include <catch2/catch.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace ambit_test {

using list = std::vector<double>;

/// Variables hold other numbers each, between -0.9 and 0.9.
class in_double {
public:
    in_double() : builder(ambit::mistake_parts::on_mistake::raise), root(builder) {}

    ambit::tensor input(const ambit::shape& extents, const list& values) {
        inputs.push_back(bytes_of(values));
        return builder.input({extents, ambit::float64});
    }
    ambit::tensor integers(const std::vector<std::int32_t>& values) {
        inputs.push_back(bytes_of(values));
        return builder.input({{static_cast<std::int64_t>(values.size())}, ambit::int32});
    }

    /// The values of all tensors.
    std::vector<list> values_of(const std::vector<ambit::tensor>& outputs) {
        std::vector<int> ids;
        for (const ambit::tensor& x : outputs) ids.push_back(x.id());
        const built_graph graph(builder, ids);
        std::vector<bytes> variables;
        const auto made = root.global_variables();
        for (int v = 0; v < made.size(); ++v) {
            const list values = numbers<double>(made[v].shape(), 100 + unsigned(v), -0.9, 0.9);
            held[std::string(made[v].name().view())] = values;
            variables.push_back(bytes_of(values));
        }
        const meaning all = unplanned(graph.view(), inputs, variables);
        std::vector<list> results;
        for (const ambit::tensor& x : outputs)
            results.push_back(interpreter_detail::load<double>(all.values[static_cast<std::size_t>(x.id())].data(),
                                                               x.shape().elements()));
        return results;
    }

    std::vector<std::string> paths() const {
        std::vector<std::string> all;
        for (const ambit::variable& v : root.global_variables()) all.emplace_back(v.name().view());
        return all;
    }

    template <class T> static bytes bytes_of(const std::vector<T>& values) {
        bytes memory(values.size() * sizeof(T));
        interpreter_detail::store(memory.data(), values);
        return memory;
    }

    ambit::graph_builder builder;
    ambit::scope root;
    std::vector<bytes> inputs;
    std::map<std::string, list> held;  // by name, once values were asked for
};

inline void check_close(const list& had, const list& wanted) {
    REQUIRE(had.size() == wanted.size());
    for (std::size_t i = 0; i < had.size(); ++i) CHECK(had[i] == Approx(wanted[i]).epsilon(1e-12).margin(1e-14));
}

}  // namespace ambit_test
