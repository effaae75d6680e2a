// SPDX-License-Identifier: BSL-1.0
#include <ambit/diagnostics/kinds.hpp>

#include <catch2/catch.hpp>

#include <set>
#include <string>

using namespace ambit;
using namespace ambit::mistake_parts;

namespace {
#define AMBIT_LIST(kind) mistake::kind,
constexpr mistake all_kinds[] = {AMBIT_MISTAKES(AMBIT_LIST)};
#undef AMBIT_LIST
}  // namespace

TEST_CASE("tags are stable") {
    STATIC_REQUIRE(name_of(mistake::none) == "none");
    STATIC_REQUIRE(name_of(mistake::variable_exists) == "variable_exists");
    STATIC_REQUIRE(name_of(mistake::parameters_lack) == "parameters_lack");
    STATIC_REQUIRE(sentence_of(mistake::none).empty());
    STATIC_REQUIRE(sentence_of(mistake::variable_exists) ==
                   "[ambit] variable_exists: set reuse on the scope, or give the variable another name");
}

TEST_CASE("each kind has a sentence of its own that begins with its tag") {
    std::set<std::string> tags, sentences;
    for (const mistake kind : all_kinds) {
        const std::string tag(name_of(kind)), sentence(sentence_of(kind));
        CAPTURE(tag);
        CHECK(kind != mistake::none);
        CHECK(sentence.starts_with("[ambit] " + tag + ": "));
        CHECK(sentence.size() > tag.size() + 30);
        // Flags are given whole, to be pasted.
        const bool has_flags = kind == mistake::module_not_constant || kind == mistake::compiler_limit;
        CHECK(sentence.size() < (has_flags ? 220 : 120));
        CHECK(sentence.back() != '.');
        CHECK(tags.insert(tag).second);
        CHECK(sentences.insert(sentence.substr(sentence.find(": "))).second);
    }
    CHECK(tags.size() == 55);
}
