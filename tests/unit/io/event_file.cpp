// SPDX-License-Identifier: BSL-1.0
// What tests/python/events.py reads by other means, and what cannot be written.
#include <ambit/io/event_file.hpp>

#include <ambit/ops/all.hpp>

#include "../../support/child_process.hpp"
#include "../../support/temporary_directory.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <cstdlib>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <string>
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

/// The whole records of a file; -1 if anything else is in it.
int count_of_records(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    const std::string all(std::istreambuf_iterator<char>(in), {});
    int count = 0;
    for (std::size_t at = 0; at < all.size(); ++count) {
        std::uint64_t length = 0;
        if (all.size() - at < sizeof length) return -1;
        std::memcpy(&length, all.data() + at, sizeof length);
        if (all.size() - at < 16 || length > all.size() - at - 16) return -1;
        const std::string record = all.substr(at + 12, static_cast<std::size_t>(length));
        if (io_parts::framed(record) != all.substr(at, 16 + record.size())) return -1;
        at += 16 + record.size();
    }
    return count;
}

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

TEST_CASE("of a record that does not fit nothing is left", "[io][event_file]") {
    const temporary_directory directory;
    const child_result child = in_child([&] {
        event_file events(directory.path());
        limit_file_size(300, true);
        events.add_scalar("loss", 1, 1);
        try {
            events.add_histogram("values", std::vector<float>{-1e9F, 1e9F}, 1);
            return 1;
        } catch (const file_error& e) {
            if (e.kind() != file_fault::disk_full) return 2;
        }
        if (count_of_records(events.path()) != 2) return 3;
        events.add_scalar("loss", 0.5, 2);
        return count_of_records(events.path()) == 3 ? 0 : 4;
    });
    CHECK(child.exit_code == 0);
}

TEST_CASE("a tag that is not UTF-8 is refused before it is written", "[io][event_file]") {
    const temporary_directory directory;
    event_file events(directory.path());
    try {
        events.add_scalar("loss \xFF", 1, 1);
        FAIL("written");
    } catch (const file_error& e) {
        CHECK(e.kind() == file_fault::bad_argument);
    }
    CHECK_THROWS_AS(events.add_histogram("\xC3", std::vector<float>{1.0F}, 1), file_error);
    CHECK(count_of_records(events.path()) == 1);
    events.add_scalar("Verlust \xC3\xBC", 1, 1);
    CHECK(count_of_records(events.path()) == 2);
}
