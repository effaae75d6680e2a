// SPDX-License-Identifier: BSL-1.0
#include <ambit/scope/reuse_rules.hpp>

#include "both_worlds.hpp"

#include <concepts>

using namespace ambit;
using namespace ambit::scope_parts;
using enum reuse_mode;

TEST_CASE("inherited reuse is never weakened") {
    constexpr reuse_option inherits{}, no = false, yes = true, either = auto_reuse;
    //                     option.inside(around)
    STATIC_REQUIRE(inherits.inside(create) == create);
    STATIC_REQUIRE(inherits.inside(reuse) == reuse);
    STATIC_REQUIRE(inherits.inside(automatic) == automatic);
    STATIC_REQUIRE(no.inside(create) == create);
    STATIC_REQUIRE(no.inside(reuse) == reuse);
    STATIC_REQUIRE(no.inside(automatic) == automatic);
    STATIC_REQUIRE(yes.inside(create) == reuse);
    STATIC_REQUIRE(yes.inside(reuse) == reuse);
    STATIC_REQUIRE(yes.inside(automatic) == reuse);
    STATIC_REQUIRE(either.inside(create) == automatic);
    STATIC_REQUIRE(either.inside(reuse) == reuse);
    STATIC_REQUIRE(either.inside(automatic) == automatic);
}

TEST_CASE("the reuse option takes a bool, auto_reuse or the flag of a scope") {
    STATIC_REQUIRE(std::convertible_to<bool, reuse_option>);
    STATIC_REQUIRE(std::convertible_to<auto_reuse_t, reuse_option>);
    // Numbers and text are refused with a sentence: tests/compile_fail/ops/spellings.cpp.
    for (const reuse_mode mode : {create, reuse, automatic}) {
        CHECK(reuse_option(mode).inside(create) == mode);
        CHECK(reuse_option(mode).inside(reuse) == reuse);
    }
}

namespace {

// All requests at once: mode, whether the variable exists, whether a shape is given, whether shape and dtype
// agree.
template <class F> constexpr bool for_all_requests(F holds) {
    for (const reuse_mode mode : {create, reuse, automatic})
        for (int bits = 0; bits < 16; ++bits) {
            const variable_request request{mode, (bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0,
                                           (bits & 8) != 0};
            if (!holds(request, judge(request))) return false;
        }
    return true;
}

}  // namespace

TEST_CASE("a scope that does not reuse creates, and refuses what exists") {
    STATIC_REQUIRE(judge({.mode = create, .exists = false, .has_shape = true}) == mistake::none);
    STATIC_REQUIRE(judge({.mode = create, .exists = true, .has_shape = true}) == mistake::variable_exists);
    STATIC_REQUIRE(for_all_requests([](const variable_request& r, mistake verdict) {
        return r.mode != create || !r.exists || verdict == mistake::variable_exists;
    }));
}

TEST_CASE("a scope that reuses returns what exists, and never creates") {
    STATIC_REQUIRE(judge({.mode = reuse, .exists = true, .has_shape = true}) == mistake::none);
    STATIC_REQUIRE(judge({.mode = reuse, .exists = true, .has_shape = false}) == mistake::none);
    STATIC_REQUIRE(for_all_requests([](const variable_request& r, mistake verdict) {
        return r.mode != reuse || r.exists || verdict == mistake::variable_missing;
    }));
}

TEST_CASE("auto_reuse creates or returns") {
    STATIC_REQUIRE(judge({.mode = automatic, .exists = false, .has_shape = true}) == mistake::none);
    STATIC_REQUIRE(judge({.mode = automatic, .exists = true, .has_shape = true}) == mistake::none);
    STATIC_REQUIRE(judge({.mode = automatic, .exists = true, .has_shape = false}) == mistake::none);
    STATIC_REQUIRE(for_all_requests([](const variable_request& r, mistake verdict) {
        return r.mode != automatic ||
               (verdict != mistake::variable_exists && verdict != mistake::variable_missing);
    }));
}

TEST_CASE("what is shared has the shape and the dtype that were asked for; shape is checked first") {
    for (const reuse_mode mode : {reuse, automatic}) {
        CHECK(judge({mode, true, true, false, true}) == mistake::shape_mismatch);
        CHECK(judge({mode, true, true, true, false}) == mistake::dtype_mismatch);
        CHECK(judge({mode, true, true, false, false}) == mistake::shape_mismatch);
    }
    STATIC_REQUIRE(judge({reuse, true, false, true, false}) == mistake::dtype_mismatch);
}

TEST_CASE("nothing is created without a shape") {
    STATIC_REQUIRE(for_all_requests([](const variable_request& r, mistake verdict) {
        const bool creates = !r.exists && r.mode != reuse;
        return (verdict == mistake::shape_needed) == (creates && !r.has_shape);
    }));
}

TEST_CASE("what variable() made is never returned by get_variable") {
    STATIC_REQUIRE(judge({.mode = create, .exists = true, .is_made_by_variable = true}) == mistake::variable_exists);
    STATIC_REQUIRE(judge({.mode = automatic, .exists = true, .is_made_by_variable = true}) == mistake::variable_exists);
    STATIC_REQUIRE(judge({.mode = reuse, .exists = true, .is_made_by_variable = true}) == mistake::variable_missing);
}
