// SPDX-License-Identifier: BSL-1.0
// A model whose batch is known at run time only, made without its largest batch, copied, called while it is constant,
// stored where its arena has no place, or asked for what depends on the largest batch: a sentence each.
// expect: any_size_spellings\.cpp:36:.* error: .*\[ambit\] a model with any_size begins with its largest batch: net server\(largest_batch{32}, seed{1}\)
// expect: any_size_spellings\.cpp:37:.* error: .*\[ambit\] a model with any_size begins with its largest batch: net server\(largest_batch{32}, seed{1}\)
// expect: any_size_spellings\.cpp:38:.* error: .*\[ambit\] a model with any_size begins with its largest batch: net\(largest_batch{32}, other\.parameters\(\)\)
// expect: any_size_spellings\.cpp:39:.* error: .*\[ambit\] a model is copied in a word: auto second = net\.copy\(\); or shares: net\(largest_batch{9}, parameters\)
// expect: any_size_spellings\.cpp:40:.* error: .*\[ambit\] a model is copied in a word: second = net\.copy\(\)
// expect: any_size_spellings\.cpp:41:.* error: .*\[ambit\] run computes the outputs that it names: net\.run<&outputs::loss>\(x\); net\(x\) computes all
// expect: any_size_spellings\.cpp:43:.* error: .*\[ambit\] a call writes into the model's memory, which is constant here: take it by reference, net& first
// expect: any_size_spellings\.cpp:44:.* error: .*\[ambit\] a call writes into the model's memory, which is constant here: take it by reference, net& first
// expect: error: .*\[ambit\] a model with any_size takes its arena from the heap, for its largest batch: model<module, inputs\.\.\.>
// expect: error: .*\[ambit\] kernels_elsewhere: kernels of a model with any_size are compiled where it is called
// expect: error: .*\[ambit\] expect_arena: the arena of a model with any_size depends on its largest batch: static_assert\(net::arena_bytes\(64\) <= 256_KiB\)
// reject: no match|no viable|candidate
#include <ambit/model/model.hpp>
#include <ambit/ops/all.hpp>
#include <ambit/plan/lints.hpp>
using namespace ambit;

struct layer {
    struct outputs { tensor doubled; };
    constexpr outputs operator()(scope& s, tensor x) const { return {x * s.get_variable("w", {4})}; }
};
struct other_layer : layer {};
using net = model<layer, input<float, any_size, 4>>;
using net_elsewhere = model<other_layer, input<float, any_size, 4>>;
#ifdef AMBIT_MISTAKE
template <> inline constexpr bool ambit::kernels_elsewhere<net_elsewhere> = true;
#endif

int main() {
    const std::array<float, 8> x{};
    net first(largest_batch{2}, seed{1});
#ifdef AMBIT_MISTAKE
    net of_a_seed(seed{1});
    net of_nothing;
    net sharing(first.parameters());
    auto copied = first;
    sharing = first;
    first.run(x);
    const net& constant = first;
    constant(x);
    constant.run<&layer::outputs::doubled>(x);
    stored_model<storage::in_place, layer, input<float, any_size, 4>> inside(largest_batch{2}, seed{1});
    net_elsewhere elsewhere(largest_batch{2}, seed{1});
    elsewhere(x);
    expect_arena<net, 256>();
#else
    net sharing(largest_batch{2}, first.parameters());
    sharing = first.copy();
    static_assert(net::arena_bytes(2) <= 256);
    net_elsewhere elsewhere(largest_batch{2}, seed{1});
    elsewhere(x);
    return sharing.run<&layer::outputs::doubled>(x)(0, 0) > 0 ? 1 : 0;
#endif
}
