// SPDX-License-Identifier: BSL-1.0
// Results of models of any batch, of one of several and of dynamic ones that are gone at the end of the line; a view of
// a registry that is; batches of a set that is; and calls of a constant dynamic model. Numbers are returned still.
// expect: other_temporaries\.cpp:78:.*error: .*\[ambit\] results are views, which would outlive the temporary model
// expect: other_temporaries\.cpp:79:.*error: .*\[ambit\] results are views, which would outlive the temporary model
// expect: other_temporaries\.cpp:80:.*error: .*\[ambit\] results are views, which would outlive the temporary model
// expect: other_temporaries\.cpp:81:.*error: .*\[ambit\] results are views, which would outlive the temporary model
// expect: other_temporaries\.cpp:82:.*error: .*\[ambit\] results are views, which would outlive the temporary model
// expect: other_temporaries\.cpp:83:.*error: .*\[ambit\] results are views, which would outlive the temporary model
// expect: other_temporaries\.cpp:84:.*error: .*\[ambit\] results are views, which would outlive the temporary model
// expect: other_temporaries\.cpp:85:.*error: .*\[ambit\] results are views, which would outlive the temporary model
// expect: other_temporaries\.cpp:86:.*error: .*\[ambit\] results are views, which would outlive the temporary model
// expect: other_temporaries\.cpp:87:.*error: .*\[ambit\] results are views, which would outlive the temporary model
// expect: other_temporaries\.cpp:88:.*error: .*\[ambit\] a call writes into the model's memory, which is constant here
// expect: other_temporaries\.cpp:89:.*error: .*\[ambit\] a call writes into the model's memory, which is constant here
// expect: other_temporaries\.cpp:90:.*error: .*\[ambit\] a view would outlive the temporary registry that it is of
// expect: other_temporaries\.cpp:91:.*error: .*\[ambit\] batches would outlive the temporary set that they are of
// allow: basic_string_view
// reject: no match|no viable|candidate|ambiguous|deleted
#include <ambit/io/batches.hpp>
#include <ambit/model/any_model.hpp>
#include <ambit/model/hana_view.hpp>
#include <ambit/ops/arithmetic/mul.hpp>
#include <ambit/ops/reductions/reduce.hpp>
#include <ambit/registry.hpp>

#include <array>
#include <string>
#include <utility>
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
using batched = model<scales, input<float, any_size, 4>>;
using batched_sum = model<sums, input<float, any_size, 4>>;
template <class Module> using on_four = model<Module, input<float, 4>>;
template <class Module> using one_of_two =
    any_model<named_model<"a", on_four<Module>>, named_model<"b", on_four<Module>>>;
using one_of = one_of_two<scales>;
using one_sum = one_of_two<sums>;

struct zeros_of_four {
    std::size_t size() const { return 2; }
    std::size_t elements() const { return 4; }
    std::int32_t label(std::size_t) const { return 0; }
    void copy_example(std::size_t, float* to) const { to[0] = to[1] = to[2] = to[3] = 0; }
    std::string extents_in_words() const { return "4"; }
};

float all_of(registry& reg) {
    const std::array<float, 4> x{};
    batched many(largest_batch{2}, seed{1});
    one_of one("a", seed{1});
    const auto dynamic = [&] { return dynamic_model(reg, scales{}, {spec(float32, {4})}); };
    dynamic_model net = dynamic();
    const zeros_of_four set;
    float sum = batched_sum(largest_batch{2}, seed{1})(x) + one_sum("a", seed{1})(x);
    sum += many.copy().run<&scales::outputs::sum>(x) + many.copy().run<"sum">(x);
    sum += one.copy().run<&scales::outputs::sum>(x) + one.copy().run<"sum">(x);
    static_cast<void>(many(x));
    static_cast<void>(one.run<"all">(x));
    static_cast<void>(net.run({"all"}, x));
    static_cast<void>(reg.get<float>("w"));
    batches<1, 4> kept(set);
#ifdef AMBIT_MISTAKE
    const dynamic_model& constant = net;
    static_cast<void>(many.copy()(x));
    static_cast<void>(many.copy().run<&scales::outputs::all>(x));
    static_cast<void>(std::move(many).run<"all">(x));
    static_cast<void>(one.copy()(x));
    static_cast<void>(one.copy().run<&scales::outputs::all>(x));
    static_cast<void>(one.copy().run<"all">(x));
    static_cast<void>(dynamic()(x));
    static_cast<void>(dynamic().run({"all"}, x));
    static_cast<void>(dynamic().run({"all"}, {{"x", x}}));
    static_cast<void>(dynamic().run_list({}));
    static_cast<void>(constant(x));
    static_cast<void>(constant.run({"all"}, {{"x", x}}));
    static_cast<void>(reg.copy().get<float>("w"));
    batches<1, 4> lost(zeros_of_four{});
#endif
    return sum;
}
