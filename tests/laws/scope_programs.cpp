// SPDX-License-Identifier: BSL-1.0
// Laws of scopes: random programs do in ambit what a second description of the rules says, statement by statement.
#include "../support/scope_emitter.hpp"
#include "../support/scope_generator.hpp"
#include "../support/scope_interpreter.hpp"
#include "../support/scope_shrinker.hpp"

#include <catch2/catch.hpp>

#include <iostream>
#include <map>
#include <string>

using namespace ambit_test;

namespace {

constexpr std::uint64_t programs = 5000;

trace seen_by_ambit(const program& p, after_mistake policy) {
    return seen_by_ambit(p, policy == after_mistake::throws ? ambit::mistake_parts::on_mistake::raise
                                                            : ambit::mistake_parts::on_mistake::collect);
}

bool agrees(const program& p, after_mistake policy) {
    return wanted_of(p, policy) == seen_by_ambit(p, policy);
}

// Says on the terminal, whose lines Catch would break, what there is to read: the smallest program that shows the
// difference, and both traces.
void show_difference(const program& p, after_mistake policy) {
    const program small = shrunk(p, [&](const program& smaller) { return !agrees(smaller, policy); });
    std::cout << "\nseed " << p.seed << '\n'
              << as_function(small, "smallest", {}) << "\nwanted\n"
              << text_of(wanted_of(small, policy)) << "\nseen\n"
              << text_of(seen_by_ambit(small, policy));
}

// The kind of the first mistake that is told or thrown.
std::string first_kind(const trace& all) {
    for (const observation& o : all)
        if (const std::size_t at = o.expression.find("mistake::"); at != std::string::npos)
            return o.expression.substr(at, o.expression.find(',', at) - at);
    return "none";
}

}  // namespace

TEST_CASE("scopes follow their rules, mistakes and all", "[laws]") {
    for (std::uint64_t seed = 0; seed < programs; ++seed) {
        const program p = random_program(seed);
        if (!agrees(p, after_mistake::goes_on)) {
            show_difference(p, after_mistake::goes_on);
            FAIL("seed " << seed);
        }
    }
    SUCCEED();
}

TEST_CASE("a thrown mistake leaves scopes, names and flags as they were", "[laws]") {
    for (std::uint64_t seed = 0; seed < programs; ++seed) {
        const program p = random_program(seed, false);
        if (!agrees(p, after_mistake::throws)) {
            show_difference(p, after_mistake::throws);
            FAIL("seed " << seed);
        }
        REQUIRE(first_kind(seen_by_ambit(p, after_mistake::throws)) ==
                first_kind(wanted_of(p, after_mistake::goes_on)));
    }
}

TEST_CASE("random scope programs have what the rules are about", "[laws]") {
    // The laws above would hold for programs that do nothing, too.
    const char* const wanted[] = {
        "mistake::variable_exists", "mistake::variable_missing", "mistake::shape_mismatch",
        "mistake::dtype_mismatch", "mistake::invalid_name", "mistake::invalid_shape", "mistake::shape_needed",
        "mistake::initializer_unfit", "mistake::scope_out_of_order", "mistake::collection_member", "mistake::op_shape", "mistake::op_dtype",
        "is_inert",
        // sharing, and names that count up
        "uses == 3", "reuse_mode::reuse", "reuse_mode::automatic", "_1/", "_2\"", "_1_1",
        // what scopes say of variables, and getters change
        "!v", "constant({1, 2, 3})", "parameter == 2", ".is_local() &&", "_p_q", "_q_p",
        // collections with members
        "/Regularizer/reduce_sum:0", "/Regularizer/reduce_max:0", ".losses(\"\")) == \"a",
        "<variable>(\"mine\", \"\")) == \"a", "<tensor>(\"mine\", \"\")) == \"a",
        "trainable_variables(\"a\")) == \"a", "local_variables(\"\")) == \"a",
        "add_to_collection(\"trainable_variables\", v", "add_to_collection(\"losses\", v",
        // statements
        "= make_template(\"", "= make_template(s0", ".unique_name", "default_name", ".name_scope(\"a/\")",
        ".name_scope(\"\")", ".original_name_scope());", ".variable(\"w\", 0.5f)", ".get_local_variable(",
        "variable_scope(h1", ".close()"};
    std::map<std::string, int> found;
    int without_mistakes = 0, with_many = 0, statements = 0;
    for (std::uint64_t seed = 0; seed < programs; ++seed) {
        const program p = random_program(seed);
        const trace all = wanted_of(p, after_mistake::goes_on);
        const std::string text = text_of(all) + as_function(p, "wanted", all);
        for (const char* const words : wanted) found[words] += text.find(words) != std::string::npos ? 1 : 0;
        without_mistakes += text.find("told(") == std::string::npos ? 1 : 0;
        with_many += text.find("told(builder, 4,") != std::string::npos ? 1 : 0;
        statements += size_of(p.body);
    }
    for (const char* const words : wanted) {
        CAPTURE(words);
        CHECK(found[words] >= 25);
    }
    CHECK(without_mistakes > 1500);
    CHECK(with_many > 100);
    CHECK(statements > 60000);
}
