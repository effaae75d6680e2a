// SPDX-License-Identifier: BSL-1.0
// What a function of ops makes of inputs of given specs: the spec of its result, or the words of its refusal.
//
//     STATIC_REQUIRE(spec_of([](scope&, auto& x) { return tile(x[0], {2}); }, {f32(3)}) == f32(6));
//     CHECK_THAT(refusal([](scope&, auto& x) { return tile(x[0], {}); }, {f32(3)}), Contains("a number of times"));
#pragma once

#include <ambit/graph/builder.hpp>

#include <initializer_list>
#include <string>

namespace ambit_test {

/// Of dtype none if anything was refused.
template <class F> constexpr ambit::tensor_spec spec_of(F f, std::initializer_list<ambit::tensor_spec> inputs) {
    ambit::graph_builder builder(ambit::mistake_parts::on_mistake::collect);
    ambit::scope root(builder);
    ambit::core_parts::buffer<ambit::tensor> x;
    for (const ambit::tensor_spec& spec : inputs) x.push_back(builder.input(spec));
    const ambit::tensor y = f(root, x);
    return builder.mistakes().empty() ? y.spec() : ambit::tensor_spec{};
}

/// How many mistakes are reported.
template <class F> constexpr int mistakes_of(F f, std::initializer_list<ambit::tensor_spec> inputs) {
    ambit::graph_builder builder(ambit::mistake_parts::on_mistake::collect);
    ambit::scope root(builder);
    ambit::core_parts::buffer<ambit::tensor> x;
    for (const ambit::tensor_spec& spec : inputs) x.push_back(builder.input(spec));
    static_cast<void>(f(root, x));
    return builder.mistakes().size();
}

/// What the first mistake says; "accepted" if there is none.
template <class F> std::string refusal(F f, std::initializer_list<ambit::tensor_spec> inputs) {
    try {
        ambit::graph_builder builder(ambit::mistake_parts::on_mistake::raise);
        ambit::scope root(builder);
        ambit::core_parts::buffer<ambit::tensor> x;
        for (const ambit::tensor_spec& spec : inputs) x.push_back(builder.input(spec));
        static_cast<void>(f(root, x));
        return "accepted";
    } catch (const ambit::model_error& e) {
        return e.what();
    }
}

}  // namespace ambit_test
