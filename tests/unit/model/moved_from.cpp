// SPDX-License-Identifier: BSL-1.0
// Built without NDEBUG, whatever the others are (tests/CMakeLists.txt).
#include "../../support/child_process.hpp"

#include <ambit/checkpoint/save.hpp>
#include <ambit/io/summary.hpp>
#include <ambit/model/hana_view.hpp>
#include <ambit/model/model.hpp>
#include <ambit/ops/arithmetic/mul.hpp>
#include <ambit/ops/control/assign.hpp>
#include <ambit/ops/reductions/reduce.hpp>
#include <ambit/registry/dynamic_model.hpp>
#include <ambit/registry/registry.hpp>

#include <catch2/catch.hpp>

#include <csignal>
#include <functional>
#include <string>
#include <utility>
#include <vector>

using namespace ambit;

namespace {

struct scales {
    struct outputs {
        tensor all, sum;
    };
    constexpr outputs operator()(scope& s, tensor x) const {
        const tensor all = x * s.get_variable("w", {4}, {.initializer = constant(2)});
        return {all, reduce_sum(all)};
    }
};
struct sums {
    constexpr tensor operator()(scope&, tensor x) const { return reduce_sum(x); }
};
template <class Module> using net_of = model<Module, input<float, 4>>;

using list = std::vector<float>;  // its size is known at run time: such a call may throw
const list x{1, 2, 3, 4};

void expect_refused(const std::string& what, const std::function<void()>& use) {
    INFO(what);
    try {
        use();
        FAIL_CHECK("not refused");
    } catch (const model_error& e) {
        CHECK(e.kind() == mistake::moved_from);
        CHECK(e.what() == std::string(mistake_parts::sentence_of(mistake::moved_from)));
    }
}

template <class Net> void expect_empty(Net& empty) {
    float kept[5];
    std::span<float, 4> all(kept, 4);
    expect_refused("call", [&] { empty(x); });
    expect_refused("run", [&] { empty.template run<&scales::outputs::sum>(x); });
    expect_refused("run_into", [&] { empty.run_into(all, kept[4], x); });
    expect_refused("get", [&] { empty.template get<"w">(); });
    expect_refused("set", [&] { empty.template set<"w">(x); });
    expect_refused("edit", [&] { empty.template edit<"w">([](auto) { FAIL("there is nothing to edit"); }); });
    expect_refused("save", [&] { save(empty, "/nowhere"); });
    expect_refused("initialize", [&] { empty.initialize(seed{2}); });
    expect_refused("reset", [&] { empty.reset(); });
    expect_refused("copy", [&] { static_cast<void>(empty.copy()); });
    expect_refused("parameters", [&] { static_cast<void>(empty.parameters()); });
    expect_refused("assign", [&] { empty.assign(Net(seed{1}).parameters()); });
    expect_refused("summary", [&] { static_cast<void>(summary(empty)); });
    expect_refused("hana_view", [&] { hana_view(empty); });
}

}  // namespace

TEST_CASE("a model that was moved from is refused until another is assigned to it", "[model]") {
    net_of<scales> first(seed{1});
    net_of<scales> second(std::move(first));
    CHECK(second.run<&scales::outputs::sum>(x) == 20);
    expect_empty(first);

    net_of<scales> third(seed{1});
    third = std::move(second);
    expect_empty(second);
    second = third.copy();
    CHECK(second.run<&scales::outputs::sum>(x) == 20);
    CHECK(third.run<&scales::outputs::sum>(x) == 20);

    stored_model<storage::heap, scales, input<float, 4>> on_heap(seed{1});
    auto moved = std::move(on_heap);
    expect_empty(on_heap);
    CHECK(moved.run<&scales::outputs::sum>(x) == 20);

    // Without variables, too.
    net_of<sums> adds(seed{1});
    const net_of<sums> other(std::move(adds));
    expect_refused("call", [&] { adds(x); });
    expect_refused("copy", [&] { static_cast<void>(adds.copy()); });
}

TEST_CASE("parameters that were moved from are refused", "[model]") {
    const net_of<scales> net(seed{1});
    auto shared = net.parameters();
    const auto kept = std::move(shared);
    CHECK(shared.memory() == nullptr);
    expect_refused("model", [&] { net_of<scales> over(shared); });
    expect_refused("model of another batch", [&] { model<scales, input<float, 2, 4>> over(shared); });
    expect_refused("copy", [&] { static_cast<void>(shared.copy()); });
    expect_refused("initialize", [&] { shared.initialize(seed{1}); });
    expect_refused("variables", [&] { static_cast<void>(shared.variables()); });
    net_of<scales> assigned(seed{3});
    expect_refused("assign", [&] { assigned.assign(shared); });
    shared = kept;
    CHECK(net_of<scales>(shared).run<&scales::outputs::sum>(x) == 20);
}

TEST_CASE("a call that is noexcept ends the program where its model was moved from", "[model]") {
    net_of<scales> first(seed{1});
    const net_of<scales> second(std::move(first));
    const std::array<float, 4> known{1, 2, 3, 4};
    STATIC_REQUIRE(noexcept(first(known)));
    const auto ended = ambit_test::in_child([&] {
        first(known);
        return 0;
    });
    CHECK(ended.signal == SIGABRT);
}

TEST_CASE("a registry and a dynamic model that were moved from are refused", "[model]") {
    registry reg(seed{1});
    dynamic_model net(reg, scales{}, {spec(float32, {4})});
    dynamic_model moved = std::move(net);
    expect_refused("call", [&] { net(x); });
    expect_refused("run", [&] { net.run({"sum"}, x); });
    expect_refused("run by name", [&] { net.run({"sum"}, {{"x", x}}); });
    expect_refused("reset", [&] { net.reset(); });
    expect_refused("inputs", [&] { static_cast<void>(net.inputs()); });
    expect_refused("variables", [&] { static_cast<void>(net.variables()); });
    CHECK(moved(x)[1].number<float>() == 20);
    net = std::move(moved);
    CHECK(net(x)[1].number<float>() == 20);

    registry kept = std::move(reg);
    expect_refused("get", [&] { reg.get<float>("w"); });
    expect_refused("set", [&] { reg.set("w", x); });
    expect_refused("variables", [&] { static_cast<void>(reg.variables()); });
    expect_refused("copy", [&] { static_cast<void>(reg.copy()); });
    expect_refused("share", [&] { static_cast<void>(reg.share()); });
    expect_refused("initialize", [&] { reg.initialize(seed{2}); });
    expect_refused("model", [&] { dynamic_model other(reg, scales{}, {spec(float32, {4})}); });
    CHECK(kept.get<float>("w")(0) == 2);
}
