// SPDX-License-Identifier: BSL-1.0
// Results of models that are gone at the end of the line: of a call, of what is named by member and by name, and all
// variables for Boost.Hana. Numbers are returned as they are.
// expect: results_of_a_temporary\.cpp:41:.*error: .*\[ambit\] results are views, which would outlive the temporary model: give the model a name
// expect: results_of_a_temporary\.cpp:42:.*error: .*\[ambit\] results are views, which would outlive the temporary model: give the model a name
// expect: results_of_a_temporary\.cpp:43:.*error: .*\[ambit\] results are views, which would outlive the temporary model: give the model a name
// expect: results_of_a_temporary\.cpp:44:.*error: .*\[ambit\] views would outlive the temporary model that they are of: give the model a name
#include <ambit/model/model.hpp>
#include <ambit/model/hana_view.hpp>
#include <ambit/ops/arithmetic/mul.hpp>
#include <ambit/ops/reductions/reduce.hpp>
using namespace ambit;

struct scales {
    struct outputs {
        tensor all, sum;
    };
    constexpr outputs operator()(scope& s, tensor x) const {
        const tensor all = x * s.get_variable("w", {4});
        return {all, reduce_sum(all)};
    }
};
BOOST_HANA_ADAPT_STRUCT(scales::outputs, all, sum);
struct sums {
    constexpr tensor operator()(scope&, tensor x) const { return reduce_sum(x); }
};
using net = model<scales, input<float, 4>>;

int main() {
    const std::array<float, 4> x{};
    net named(seed{1});
    float sum = model<sums, input<float, 4>>(seed{1})(x);
    sum += named.copy().run<&scales::outputs::sum>(x);
    sum += named.copy().run<"sum">(x);
    float kept[5];
    named.copy().run_into(std::span<float, 4>(kept, 4), kept[4], x);
    const auto shared = named.copy().parameters();
    const auto all = named.run<"all">(x);
    const auto views = hana_view(named);
#ifdef AMBIT_MISTAKE
    const auto of_a_call = std::get<0>(net(seed{1})(x));
    const auto by_member = named.copy().run<&scales::outputs::all>(x);
    const auto by_name = std::move(named).run<"sum", "all">(x);
    const auto of_variables = hana_view(net(shared));
#endif
    return sum > 0 ? 1 : 0;
}
