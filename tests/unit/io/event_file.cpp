// SPDX-License-Identifier: BSL-1.0
// What tests/python/events.py reads by other means, and what cannot be written.
#include <ambit/io/event_file.hpp>

#include <ambit/ops/all.hpp>

#include "../../support/temporary_directory.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <limits>
#include <vector>

using namespace ambit;
using namespace ambit_test;

namespace {

struct layer {
    constexpr tensor operator()(scope& s, const tensor& x) const {
        auto in = s.variable_scope("layer");
        return relu(matmul(x, in.get_variable("weights", {3, 4})));
    }
};
using net = model<layer, input<float, 2, 3>>;

}  // namespace

TEST_CASE("an event file for another program", "[.python]") {
    const char* const folder = std::getenv("AMBIT_EVENT_FILES");
    REQUIRE(folder != nullptr);
    event_file events(folder);
    events.add_scalar("loss", 0.5, 0);
    events.add_scalar("loss", -2.25, 7);
    const float no_number = std::numeric_limits<float>::quiet_NaN();
    events.add_histogram("values", std::array{-1.0F, 0.0F, 0.25F, 0.25F, 100.0F, no_number}, 3);
    events.add_histogram("nothing", std::vector<double>(), 3);
    events.add_graph(net(seed{1}));
}

TEST_CASE("event files have names of their own", "[io][event_file]") {
    const temporary_directory directory;
    const auto folder = directory.path() / "runs" / "first";
    event_file first(folder), second(folder);
    CHECK(first.path() != second.path());
    const auto before = std::filesystem::file_size(first.path());
    net shown(seed{1});
    first.add_histogram("weights", shown.get<"layer/weights">(), 1);
    first.add_graph(shown);
    first.add_graph(layer{}, {spec(float32, {2, 3})});
    CHECK(std::filesystem::file_size(first.path()) > before + 100);
    CHECK(std::filesystem::file_size(second.path()) == before);
}

TEST_CASE("a folder that cannot be made is told", "[io][event_file]") {
    const temporary_directory directory;
    const auto file = directory.path() / "file";
    std::filesystem::copy_file(event_file(directory.path()).path(), file);
    try {
        event_file events(file / "runs");
        FAIL("written below a file");
    } catch (const file_error& e) {
        CHECK(e.kind() == file_fault::cannot_open);
        CHECK(e.file().string().find("tfevents") != std::string::npos);
    }
    // With a zero byte it names none, and the one in front of it is not made.
    CHECK_THROWS_AS(event_file(directory.path() / std::string("runs\0first", 10)), file_error);
    CHECK_FALSE(std::filesystem::exists(directory.path() / "runs"));
}
