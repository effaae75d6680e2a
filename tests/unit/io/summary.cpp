// SPDX-License-Identifier: BSL-1.0
#include <ambit/io/summary.hpp>
#include <ambit/ops/all.hpp>

#include <catch2/catch.hpp>

using namespace ambit;
using namespace ambit::plan_parts;

namespace {

struct shared_layers {
    struct outputs {
        tensor scores, total;
    };
    constexpr outputs operator()(scope& s, const tensor& x, const tensor& y) const {
        auto layer = s.variable_scope("layer");
        const tensor first = matmul(x, layer.get_variable("weights", {784, 50}));
        layer.reuse_variables();
        const tensor second = matmul(y, layer.get_variable("weights"));
        layer.close();
        const variable step = s.get_variable("step", {}, {.dtype = int32});
        return {first + second, cast(step, float32) + reduce_sum(second)};
    }
};
struct without_variables {
    constexpr tensor operator()(scope&, const tensor& x) const { return x + 1; }
};

}  // namespace

TEST_CASE("a summary lists variables, inputs, outputs, steps and memory", "[io]") {
    model<shared_layers, input<float, 2, 784>, input<float, 2, 784>> net(seed{});
    using net_type = decltype(net);
    const std::string steps =
        std::to_string(plan_of<net_type::graph, all_outputs>::counts.steps);
    const std::string nodes = std::to_string(net_type::graph::counts.nodes);
    CHECK(summary(net) == "  variable        type               elements   uses\n"
                          "  layer/weights   float32[784, 50]     39,200      2\n"
                          "  step            int32[]                   1      1\n"
                          "  parameters   39,201, 156,804 bytes (153.2 KiB)\n"
                          "  input        float32[2, 784]\n"
                          "  input        float32[2, 784]\n"
                          "  output       scores, float32[2, 50]\n"
                          "  output       total, float32[]\n"
                          "  nodes        " + nodes + " in " + steps + " steps\n" +
                          "  arena        " + io_parts::readable_bytes(net_type::arena_bytes) + "\n");
}

TEST_CASE("a summary of a model without variables", "[io]") {
    model<without_variables, input<std::int32_t, 3>> net(seed{});
    CHECK(summary(net) == "  variable   type   elements   uses\n"
                          "  parameters   0, 0 bytes\n"
                          "  input        int32[3]\n"
                          "  output       int32[3]\n"
                          "  nodes        3 in 1 steps\n"
                          "  arena        128 bytes\n");
}

TEST_CASE("numbers for people", "[io]") {
    CHECK(io_parts::grouped(0) == "0");
    CHECK(io_parts::grouped(999) == "999");
    CHECK(io_parts::grouped(1000) == "1,000");
    CHECK(io_parts::grouped(25632) == "25,632");
    CHECK(io_parts::grouped(1234567890) == "1,234,567,890");
    CHECK(io_parts::readable_bytes(0) == "0 bytes");
    CHECK(io_parts::readable_bytes(1023) == "1,023 bytes");
    CHECK(io_parts::readable_bytes(1024) == "1,024 bytes (1 KiB)");
    CHECK(io_parts::readable_bytes(205056) == "205,056 bytes (200.3 KiB)");
    CHECK(io_parts::readable_bytes(1048575) == "1,048,575 bytes (1,024 KiB)");
    CHECK(io_parts::readable_bytes(1048576) == "1,048,576 bytes (1 MiB)");
    CHECK(io_parts::readable_bytes(std::int64_t{3} << 40) == "3,298,534,883,328 bytes (3,145,728 MiB)");
}
