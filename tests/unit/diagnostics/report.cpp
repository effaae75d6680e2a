// SPDX-License-Identifier: BSL-1.0
#include <ambit/diagnostics/report.hpp>

#include <catch2/catch.hpp>

using namespace ambit;
using namespace ambit::mistake_parts;

namespace {

constexpr place somewhere(const char* file, int line) {
    place p;
    p.file = file;
    p.line = line;
    return p;
}

constexpr reports two_of_a_kind(int second_line) {
    reports all;
    for (const int line : {5, second_line}) {
        all.begin(mistake::variable_exists);
        all.add(detail_tag::path, "conv1/weights");
        all.add(detail_tag::first_at, somewhere("/home/me/filter.cpp", line));
        all.add(detail_tag::had, spec(float32, {2, 3}));
    }
    all.settle_last();
    return all;
}

constexpr bool details_come_back() {
    const reports all = two_of_a_kind(6);
    if (all.size() != 2 || all.details() != 6 || all[1].first_detail != 3 || all[1].detail_count != 3)
        return false;
    const report_detail& where = all.detail(4);
    return all[0].kind == mistake::variable_exists && all.text(all.detail(3)) == "conv1/weights" &&
           all.text(where) == "filter.cpp" && where.line == 6 && all.detail(5).spec == spec(float32, {2, 3});
}

}  // namespace

TEST_CASE("a report keeps its details in order") { STATIC_REQUIRE(details_come_back()); }

TEST_CASE("what was said before is dropped") {
    STATIC_REQUIRE(two_of_a_kind(5).size() == 1);
    STATIC_REQUIRE(two_of_a_kind(5).details() == 3);
    STATIC_REQUIRE(two_of_a_kind(6).size() == 2);
}

TEST_CASE("equal details of another kind, tag, text, number or spec are another mistake") {
    const auto differ = [](auto make) {
        reports all;
        make(all, true);
        make(all, false);
        all.settle_last();
        return all.size() == 2;
    };
    CHECK(differ([](reports& r, bool b) { r.begin(b ? mistake::op_shape : mistake::op_dtype); }));
    CHECK(differ([](reports& r, bool b) {
        r.begin(mistake::op_shape);
        r.add(b ? detail_tag::op : detail_tag::name, "x");
    }));
    CHECK(differ([](reports& r, bool b) {
        r.begin(mistake::op_shape);
        r.add(detail_tag::op, b ? "x" : "y");
    }));
    CHECK(differ([](reports& r, bool b) {
        r.begin(mistake::op_shape);
        r.add(detail_tag::given, std::int64_t{b});
    }));
    CHECK(differ([](reports& r, bool b) {
        r.begin(mistake::op_shape);
        r.add(detail_tag::had, spec(float32, {b ? 1 : 2}));
    }));
    CHECK(differ([](reports& r, bool b) {
        r.begin(mistake::op_shape);
        if (b) r.add(detail_tag::op, "x");
    }));
}

TEST_CASE("reports can be cut short and cleared") {
    reports all = two_of_a_kind(6);
    all.keep_first(5);
    CHECK(all.size() == 2);
    all.keep_first(1);
    CHECK(all.size() == 1);
    CHECK(all.details() == 3);
    all.clear();
    CHECK(all.empty());
    CHECK(all.details() == 0);
}

namespace {

/// So many mistakes of two kinds, in turn; each is said twice.
constexpr reports many(int count) {
    reports all;
    for (int i = 0; i < count; ++i) {
        for (const mistake kind : {mistake::variable_exists, mistake::op_shape, mistake::variable_exists}) {
            all.begin(kind);
            all.add(detail_tag::path, "conv1/weights");
            all.add(detail_tag::again_at, somewhere("/home/me/filter.cpp", i + 1));
            all.settle_last();
        }
    }
    return all;
}

}  // namespace

TEST_CASE("eight of a kind are told, the others counted, repeated ones neither") {
    STATIC_REQUIRE(many(most_told).size() == 2 * most_told);
    STATIC_REQUIRE(many(most_told)[2 * most_told - 1].more == 0);
    for (const int count : {9, 100, 1'000}) {
        const reports all = many(count);
        REQUIRE(all.size() == 2 * most_told);
        CHECK(all.details() == 4 * most_told);
        CHECK(all.characters().size() == 2 * most_told * 32);
        for (int i = 0; i < all.size(); ++i) CHECK(all[i].more == (i < 2 * most_told - 2 ? 0 : count - most_told));
    }
}
