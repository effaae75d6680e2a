// SPDX-License-Identifier: BSL-1.0
// Laws of scopes: random programs do in ambit what a second description of the rules says, statement by statement.
#include "../support/scope_emitter.hpp"
#include "../support/scope_generator.hpp"
#include "../support/scope_interpreter.hpp"
#include "../support/scope_shrinker.hpp"

#include <ambit/registry/build.hpp>

#include <catch2/catch.hpp>

#include <array>
#include <iostream>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

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

// ---- The third world: the same programs on a registry ----------------------------------------------------------

namespace {

// Each runs three times below: 12,000 runs, which is what the sanitizers have time for.
constexpr std::uint64_t registry_programs = 2000;

using ambit::registry_parts::build;
using ambit::registry_parts::variable_pointer;

trace checked_by_registry(const program& p, const ambit::registry& reg) {
    trace seen;
    const auto module = [&](ambit::scope& s, const ambit::tensor& x) {
        seen = seen_by_ambit(p, s, x, ambit::mistake_parts::on_mistake::collect);
        return x;
    };
    static_cast<void>(check(reg, module, {input_of_programs()}));
    return seen;
}

// A module that catches the mistakes of its statements; or one that gives up in the end.
struct program_as_module {
    const program* p;
    trace* seen;
    bool gives_up = false;
    ambit::tensor operator()(ambit::scope& s, const ambit::tensor& x) const {
        *seen = seen_by_ambit(*p, s, x, ambit::mistake_parts::on_mistake::raise);
        if (gives_up) throw std::runtime_error("given up");
        return x;
    }
};

std::string text_of(const ambit::registry& reg) {
    std::string text = std::to_string(reg.bytes());
    for (const auto& v : reg.variables()) {
        text += '\n' + v->path() + ' ' + ambit::mistake_parts::to_string(v->spec()) + ' ' + std::to_string(v->uses());
        text += v->is_trainable() ? " trainable" : v->is_local() ? " local" : "";
        text += ' ' + std::to_string(v->generation()) + ' ' + std::to_string(v->made().line);
        if (!v->is_local())
            text += std::string(reinterpret_cast<const char*>(v->data()), static_cast<std::size_t>(v->bytes()));
    }
    for (const auto& m : reg.contents()->collected) text += '\n' + m.collection + ": " + m.variable->path();
    return text;
}

std::string values_and_paths_of(const ambit::registry& reg) {
    std::string text;
    for (const auto& v : reg.variables()) {
        text += v->path() + ' ';
        if (!v->is_local())
            text += std::string(reinterpret_cast<const char*>(v->data()), static_cast<std::size_t>(v->bytes()));
    }
    for (const auto& m : reg.contents()->collected) text += '\n' + m.collection + ": " + m.variable->path();
    return text;
}

// What a builder says that it has made is what the registry holds.
bool holds_what_was_built(const ambit::registry& reg, const ambit::registry_parts::built_module& built) {
    int kept = 0;
    for (int id = 0; id < built.builder->variable_count(); ++id) {
        const ambit::scope_parts::variable_record& record = built.builder->variable_at(id);
        const bool is_nobodys = record.local && record.made_by_variable;
        const ambit::registry::found v = reg.find(built.builder->path_of(id));
        if (is_nobodys != (v == nullptr)) return false;
        if (is_nobodys) continue;
        ++kept;
        if (v != built.variables[static_cast<std::size_t>(id)]) return false;
        if (v->spec() != record.spec || v->uses() != record.uses) return false;
        if (v->is_trainable() != record.trainable || v->is_local() != record.local) return false;
    }
    return kept == reg.size();
}

}  // namespace

TEST_CASE("on a registry scopes follow the same rules, and again when a module runs again", "[laws]") {
    const std::array inputs{input_of_programs()};
    for (std::uint64_t seed = 0; seed < registry_programs; ++seed) {
        CAPTURE(seed);
        ambit::registry reg(ambit::seed{seed});
        const program told = random_program(seed);
        REQUIRE(checked_by_registry(told, reg) == wanted_of(told, after_mistake::goes_on));
        REQUIRE(reg.size() == 0);

        const program thrown = random_program(seed, false);
        trace seen;
        const auto built = build(reg, program_as_module{&thrown, &seen}, inputs);
        REQUIRE(seen == wanted_of(thrown, after_mistake::throws));
        REQUIRE(holds_what_was_built(reg, built));

        const std::string before = text_of(reg);
        const std::vector<variable_pointer> own = built.fresh;
        const auto again = build(reg, program_as_module{&thrown, &seen}, inputs, {}, &own);
        REQUIRE(seen == wanted_of(thrown, after_mistake::throws));
        REQUIRE(again.fresh.empty());
        REQUIRE(again.variables == built.variables);
        REQUIRE(text_of(reg) == before);
    }
}

TEST_CASE("whatever a module does on a registry that is not empty, what is thrown leaves it as it was", "[laws]") {
    const std::array inputs{input_of_programs()};
    int changed = 0;
    for (std::uint64_t seed = 0; seed < registry_programs; ++seed) {
        CAPTURE(seed);
        ambit::registry reg(ambit::seed{seed});
        trace seen;
        const program first = random_program(seed, false), second = random_program(seed + programs, false);
        build(reg, program_as_module{&first, &seen}, inputs);
        ambit::registry_run_options options;
        if (seed % 3 == 1) options.reuse = true;
        if (seed % 3 == 2) options.reuse = ambit::auto_reuse;

        const std::string before = text_of(reg);
        REQUIRE_THROWS_AS(build(reg, program_as_module{&second, &seen, true}, inputs, options), std::runtime_error);
        REQUIRE(text_of(reg) == before);
        const auto built = build(reg, program_as_module{&second, &seen}, inputs, options);
        REQUIRE(holds_what_was_built(reg, built));
        changed += text_of(reg) != before ? 1 : 0;

        // A copy has the same, and keeps it while the original goes.
        const std::string whole = values_and_paths_of(reg);
        const ambit::registry copy = reg.copy();
        for (const char* const prefix : {"a", "b", "a/b"})
            if (!reg.variables(prefix).empty()) reg.remove(prefix);
        for (const auto& v : reg.variables())
            REQUIRE((v->path() != "a" && !v->path().starts_with("a/") && !v->path().starts_with("b/")));
        reg.clear();
        REQUIRE(values_and_paths_of(copy) == whole);
    }
    CHECK(changed > 1000);
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
        ".get_variable(\"w\", 0.5f)", ".get_variable(\"w\", std::array", ".variable(1)", "\"Variable_1:0\"",
        "s0.set_initializer(", ".set_dtype(", ".set_regularizer(", ".set_custom_getter(", "h1.set_",
        ".auxiliary_name_scope = false", ".unique_op_name(\"w\")", ".current_name_scope()", ".name = \"a/\"",
        ".view() == \"a/",
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
