// SPDX-License-Identifier: BSL-1.0
#include <ambit/scope/custom_getter.hpp>

#include <ambit/graph/builder.hpp>
#include <ambit/graph/collect.hpp>
#include <ambit/ops/all.hpp>

#include "both_worlds.hpp"

#include <array>

using namespace ambit;
using namespace ambit::graph_parts;

namespace {

constexpr variable frozen(const variable_getter& next, const variable_call& call) {
    variable_call changed = call;
    changed.options.trainable = false;
    return next(changed);
}

constexpr variable named(const variable_getter& next, const variable_call& call, std::string_view suffix) {
    short_text path(call.path);
    path += suffix;
    variable_call changed = call;
    changed.path = path;
    return next(changed);
}
constexpr variable inner_named(const variable_getter& next, const variable_call& call) {
    return named(next, call, "/inner");
}
constexpr variable outer_named(const variable_getter& next, const variable_call& call) {
    return named(next, call, "/outer");
}
constexpr variable rectified(const variable_getter& next, const variable_call& call) {
    const variable v = next(call);
    return v.seen_as(relu(v));
}
constexpr variable two(const variable_getter& next, const variable_call& call) {
    static_cast<void>(named(next, call, "_deviation"));
    return named(next, call, "_mean");
}
constexpr variable half_as_wide(const variable_getter& next, const variable_call& call) {
    variable_call changed = call;
    changed.extents = shape{(*call.extents)[0] / 2};
    return next(changed);
}

constexpr int chains_from_the_inside_out() {
    graph_builder builder;
    scope s(builder);
    auto a = s.variable_scope("a", {.custom_getter = outer_named});
    auto b = a.variable_scope("b", {.custom_getter = inner_named});
    EXPECT(b.get_variable("w", {2}).name() == "a/b/w/inner/outer:0");
    b.close();
    EXPECT(a.get_variable("w", {2}).name() == "a/w/outer:0");
    auto plain = a.variable_scope("plain");
    EXPECT(plain.get_variable("w", {2}).name() == "a/plain/w/outer:0");
    EXPECT(builder.mistakes().empty());
    return 0;
}

constexpr int changes_what_is_asked_for() {
    graph_builder builder;
    scope s(builder);
    {
        auto encoder = s.variable_scope("encoder", {.trainable = true, .custom_getter = frozen});
        EXPECT(!encoder.get_variable("w", {2}).is_trainable());
        EXPECT(!encoder.get_variable("v", {2}, {.trainable = true}).is_trainable());
    }
    {
        auto half = s.variable_scope("half", {.custom_getter = half_as_wide});
        EXPECT(half.get_variable("w", {6}).shape() == shape{3});
    }
    {
        auto noisy = s.variable_scope("noisy", {.custom_getter = two});
        EXPECT(noisy.get_variable("w", {2}).name() == "noisy/w_mean:0");
        noisy.reuse_variables();
        EXPECT(noisy.get_variable("w").name() == "noisy/w_mean:0");
        EXPECT(s.global_variables("noisy/w_deviation").size() == 1);
    }
    EXPECT(s.get_variable("w", {2}).is_trainable());
    EXPECT(builder.mistakes().empty());
    return 0;
}

constexpr int puts_an_op_in_between() {
    graph_builder builder;
    scope s(builder);
    auto a = s.variable_scope("a", {.custom_getter = rectified});
    const variable w = a.get_variable("w", {2});
    EXPECT(w.name() == "a/w:0");
    EXPECT(w.shape() == shape{2});
    EXPECT(tensor(w).op_name() == "a/relu");
    EXPECT(tensor(w) == tensor(w));
    EXPECT(builder.mistakes().empty());
    return 0;
}

constexpr int keeps_the_rules_of_the_scope() {
    graph_builder builder;
    scope s(builder);
    scope_handle handle = [&] {
        auto a = s.variable_scope("a", {.custom_getter = inner_named});
        static_cast<void>(a.get_variable("w", {2}));
        return a.handle();
    }();
    {
        auto again = s.variable_scope(handle);
        again.get_variable("w", {2});
        EXPECT(builder.mistakes()[0].kind == mistake::variable_exists);
        again.reuse_variables();
        EXPECT(again.get_variable("w", {2}).name() == "a/w/inner:0");
        again.get_variable("other", {2});
        EXPECT(builder.mistakes()[1].kind == mistake::variable_missing);
        again.get_variable("w", {3});
        EXPECT(builder.mistakes()[2].kind == mistake::shape_mismatch);
        again.get_variable("not legal", {3});
        EXPECT(builder.mistakes()[3].kind == mistake::invalid_name);
    }
    auto by_name = s.variable_scope("a");  // forgets the getter
    EXPECT(by_name.get_variable("w", {2}).name() == "a/w:0");
    EXPECT(by_name.variable("v", {2}).name() == "a_1/v:0");
    EXPECT(builder.mistakes().size() == 4);
    return 0;
}

// Sees the flag, and shares where the scope would create.
constexpr variable shares_or_creates(const variable_getter& next, const variable_call& call) {
    variable_call changed = call;
    if (call.reuse == reuse_mode::create) changed.reuse = reuse_mode::automatic;
    return next(changed);
}
constexpr variable named_by_its_flag(const variable_getter& next, const variable_call& call) {
    short_text path(call.path);
    path += call.reuse == reuse_mode::create ? "_create" : call.reuse == reuse_mode::reuse ? "_reuse" : "_automatic";
    variable_call changed = call;
    changed.path = path;
    changed.reuse = reuse_mode::automatic;
    return next(changed);
}

constexpr int sees_the_reuse_flag() {
    graph_builder builder;
    scope s(builder);
    auto a = s.variable_scope("a", {.custom_getter = named_by_its_flag});
    EXPECT(a.get_variable("w", {2}).name() == "a/w_create:0");
    {
        auto b = a.variable_scope("b", {.reuse = auto_reuse});
        EXPECT(b.get_variable("w", {2}).name() == "a/b/w_automatic:0");
    }
    a.reuse_variables();
    EXPECT(a.get_variable("w", {2}).name() == "a/w_reuse:0");
    a.close();
    auto c = s.variable_scope("c", {.custom_getter = shares_or_creates});
    const variable w = c.get_variable("w", {2});
    EXPECT(c.get_variable("w", {2}) == w);  // what it hands on counts
    c.reuse_variables();
    EXPECT(builder.mistakes().empty());
    c.get_variable("other", {2});
    EXPECT(builder.mistakes()[0].kind == mistake::variable_missing);
    return 0;
}

constexpr tensor no_loss(const tensor& values, double) { return reduce_sum(values); }

constexpr int defaults_are_set_on_an_open_scope_or_a_handle() {
    graph_builder builder;
    scope s(builder);
    auto a = s.variable_scope("a", {.custom_getter = inner_named});
    auto before = a.variable_scope("before");
    scope_handle early = before.handle();
    before.close();
    a.set_initializer(ones());
    a.set_dtype(float64);
    a.set_regularizer(regularizer{&no_loss, 1});
    const variable w = a.get_variable("w", {2});
    EXPECT(builder.initializer_of(w.id()) == ones() && w.dtype() == float64);
    EXPECT(s.regularization_losses().size() == 1);
    a.set_custom_getter(named_by_its_flag);  // in the place of the chain
    EXPECT(a.get_variable("w", {2}).name() == "a/w_create:0");
    {
        auto inherits = a.variable_scope("inherits");
        EXPECT(inherits.get_variable("v", {2}).name() == "a/inherits/v_create:0");
        EXPECT(inherits.get_variable("u", {2}).dtype() == float64);
    }
    a.set_custom_getter(nullptr);
    a.set_regularizer(no_regularizer);
    a.set_initializer(from_value(std::array{1.f, 2.f}));
    EXPECT(a.get_variable("given").spec() == spec(float32, {2}));
    EXPECT(s.regularization_losses().size() == 4);
    scope_handle later = a.handle();
    a.close();
    later.set_dtype(int32);
    later.set_initializer(zeros());
    auto again = s.variable_scope(later);
    EXPECT(again.get_variable("count", {1}).dtype() == int32);
    // What was opened before keeps what it inherited, and so does what is around.
    auto kept = again.variable_scope(early);
    EXPECT(kept.get_variable("v", {2}).name() == "a/before/v/inner:0");
    EXPECT(kept.get_variable("u", {2}).dtype() == float32);
    kept.close();
    again.close();
    EXPECT(s.get_variable("v", {2}).dtype() == float32);
    s.set_dtype(int64);  // the root has defaults, too
    EXPECT(s.get_variable("n", {2}).dtype() == int64);
    EXPECT(builder.mistakes().empty());
    return 0;
}

}  // namespace

TEST_CASE("defaults on a scope: custom getters see the reuse flag") { IN_BOTH_WORLDS(sees_the_reuse_flag); }
TEST_CASE("defaults on a scope: set on an open scope or a handle") {
    IN_BOTH_WORLDS(defaults_are_set_on_an_open_scope_or_a_handle);
}
TEST_CASE("defaults on a scope: custom getters chain from the inside out") { IN_BOTH_WORLDS(chains_from_the_inside_out); }
TEST_CASE("defaults on a scope: a custom getter changes what is asked for") { IN_BOTH_WORLDS(changes_what_is_asked_for); }
TEST_CASE("defaults on a scope: a custom getter puts an op in between") { IN_BOTH_WORLDS(puts_an_op_in_between); }
TEST_CASE("defaults on a scope: the rules hold behind a custom getter") { IN_BOTH_WORLDS(keeps_the_rules_of_the_scope); }
