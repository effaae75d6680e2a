// SPDX-License-Identifier: BSL-1.0
// A model as Boost.Hana sees it: its variables as a sequence of (name, view) pairs with their static types, and outputs
// chosen by the names that BOOST_HANA_ADAPT_STRUCT gives them.
//
//     hana::for_each(hana_view(net), hana::fuse([](auto name, auto view) { std::cout << name.c_str() << view; }));
//     auto biases = hana::find_if(hana_view(net), …);
//
//     BOOST_HANA_ADAPT_STRUCT(classifier::outputs, logits, loss);
//     auto loss = net.run<"loss">(images, labels);
//
// A sequence and no hana::map: a map of 1,000 names takes g++ 12 a minute.
#pragma once

#include <ambit/model/model.hpp>

#include <boost/hana/accessors.hpp>
#include <boost/hana/adapt_struct.hpp>
#include <boost/hana/at.hpp>
#include <boost/hana/core/to.hpp>
#include <boost/hana/equal.hpp>
#include <boost/hana/find_if.hpp>
#include <boost/hana/first.hpp>
#include <boost/hana/for_each.hpp>
#include <boost/hana/fuse.hpp>
#include <boost/hana/length.hpp>
#include <boost/hana/pair.hpp>
#include <boost/hana/second.hpp>
#include <boost/hana/string.hpp>
#include <boost/hana/tuple.hpp>

#include <cstddef>
#include <string_view>
#include <utility>

namespace AMBIT_NAMESPACE::model_parts {

template <class Graph, int Variable, std::size_t... I> constexpr auto hana_name(std::index_sequence<I...>) {
    return boost::hana::string<Graph::value.path(Variable)[I]...>{};
}
template <class Graph, int Variable> constexpr auto hana_name() {
    return hana_name<Graph, Variable>(std::make_index_sequence<Graph::value.path(Variable).size()>{});
}

template <class Graph, int... Variable> auto hana_pairs(const auto& memory, std::integer_sequence<int, Variable...>) {
    return boost::hana::make_tuple(
        boost::hana::make_pair(hana_name<Graph, Variable>(),
                               view_at<Graph::value.variables[Variable].spec>(
                                   reinterpret_cast<const element_t<Graph::value.variables[Variable].spec.type>*>(
                                       memory[static_cast<std::size_t>(Variable)])))...);
}

/// Outputs that are adapted for Hana have names.
template <class Outputs>
    requires boost::hana::Struct<Outputs>::value
struct output_names<Outputs> {
    static constexpr int find(std::string_view wanted) {
        for (int k = 0; k < static_cast<int>(output_count<Outputs>); ++k)
            if (name(k) == wanted) return k;
        return -1;
    }
    static constexpr std::string_view name(int output) {
        std::string_view found;
        int position = 0;
        boost::hana::for_each(boost::hana::accessors<Outputs>(), [&](auto accessor) {
            if (position++ == output) found = boost::hana::to<char const*>(boost::hana::first(accessor));
        });
        return found;
    }
};

}  // namespace ambit::model_parts

namespace AMBIT_NAMESPACE {

/// The variables in order of creation, as a `hana::tuple` of `hana::pair`s: name (a `hana::string`) and constant view.
template <storage Storage, class Module, class... Inputs>
auto hana_view(const stored_model<Storage, Module, Inputs...>& model) {
    using built = graph_of<Module, Inputs...>;
    constexpr int count = built::counts.variables;
    return model_parts::hana_pairs<built>(model.addresses_of_variables(), std::make_integer_sequence<int, count>{});
}
template <storage Storage, class Module, class... Inputs>
AMBIT_REFUSES("views would outlive the temporary model that they are of: give the model a name")
auto hana_view(const stored_model<Storage, Module, Inputs...>&& model) {
    return hana_view(model);
}

}  // namespace ambit
