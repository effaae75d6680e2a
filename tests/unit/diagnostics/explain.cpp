// SPDX-License-Identifier: BSL-1.0
// What the compiler prints is tested in tests/compile_fail; here, that it is made of the same words as the
// exceptions.
#include <ambit/diagnostics/explain.hpp>
#include <ambit/diagnostics/raise.hpp>
#include <ambit/graph/frozen_graph.hpp>
#include <ambit/ops/all.hpp>

#include <catch2/catch.hpp>

#include <string>
#include <string_view>
#include <type_traits>

using namespace ambit;
using namespace ambit::graph_parts;

namespace {

constexpr reports none() { return {}; }
constexpr reports long_lines() {
    reports all;
    all.begin(mistake::op_shape);
    all.add(detail_tag::op, "image_filters/conv1/conv2d");
    all.add(detail_tag::operand, "image_filters/image", spec(float32, {1, 32, 32, 32}));
    all.add(detail_tag::rule, "a_rule_in_one_word_that_is_longer_than_any_piece_can_be");
    all.begin(mistake::input_count);
    all.add(detail_tag::given, std::int64_t{1});
    all.add(detail_tag::wanted, std::int64_t{2});
    return all;
}

// All that a carrier holds, one after the other.
template <class Carrier> struct texts_of;
template <template <fixed_string...> class Kind, fixed_string... Facts> struct texts_of<Kind<Facts...>> {
    static constexpr std::size_t count = sizeof...(Facts);
    static std::string joined() {
        std::string all;
        ((all += Facts.view()), ...);
        return all;
    }
    static std::size_t longest() {
        std::size_t longest = 0;
        ((longest = Facts.view().size() > longest ? Facts.view().size() : longest), ...);
        return longest;
    }
};
template <class Source, int Number>
using facts_in = texts_of<typename refused_parts::facts<Source, Number>::template carrier<refused_parts::op_shape>>;

struct full_of_mistakes {
    constexpr tensor operator()(scope& s, tensor x, tensor y) const {
        static_cast<void>(s.get_variable("hid den", {4}));
        static_cast<void>(s.get_variable("zero", {0}));
        static_cast<void>(s.get_variable("unknown"));
        static_cast<void>(s.get_variable("list", {4}, {.initializer = constant({1, 2})}));
        auto outer = s.variable_scope("outer");
        static_cast<void>(outer.get_variable("weights", {4, 4}));
        static_cast<void>(outer.get_variable("weights", {4, 4}));
        { auto unnamed = outer.variable_scope("a//b"); }
        {
            auto inner = outer.variable_scope("inner");
            static_cast<void>(outer.get_variable("biases", {4}));
        }
        outer.reuse_variables();
        static_cast<void>(outer.get_variable("wieghts", {4, 4}));
        static_cast<void>(outer.get_variable("weights", {4, 8}));
        static_cast<void>(outer.get_variable("weights", {4, 4}, {.dtype = float64}));
        static_cast<void>(matmul(x, x));
        static_cast<void>(add(x, y));
        static_cast<void>(y * 0.5);
        static_cast<void>(softmax(x, {.axis = 5}));
        static_cast<void>(relu(x, {.name = "_/"}));
        static_cast<void>(maximum(x, tensor{}));
        return matmul(x, outer.get_variable("weights"));
    }
};

}  // namespace

TEST_CASE("a model without mistakes explains to nothing") {
    STATIC_REQUIRE(refused_parts::no_mistakes_in<refused_parts::made_reports<&none>>);
    STATIC_REQUIRE(refused_parts::reports_nothing<&none>);
    STATIC_REQUIRE(!refused_parts::reports_nothing<&long_lines>);
    STATIC_REQUIRE(refused_parts::made_reports<&long_lines>::mistakes.size == 2);
}

TEST_CASE("frozen reports say what the reports say") {
    const reports all = long_lines();
    const auto& frozen = refused_parts::made_reports<&long_lines>::mistakes;
    for (int i = 0; i < 2; ++i) {
        CHECK(frozen[i].kind == all[i].kind);
        CHECK(facts_of(frozen, i).view() == facts_of(all, i).view());
    }
}

namespace {

constexpr place somewhere(int line) {
    place p;
    p.file = "/home/me/image_filter.cpp";
    p.line = line;
    return p;
}

// A report of each kind, with all that any report may say.
constexpr reports one_of_each() {
    reports all;
    const auto say = [&all](mistake kind) {
        all.begin(kind);
        for (int tag = 0; tag <= static_cast<int>(detail_tag::did_you_mean); ++tag) {
            if (tag % 2 == 0) all.add(static_cast<detail_tag>(tag), somewhere(17));
            else all.add(static_cast<detail_tag>(tag), "conv1/weights", spec(float32, {5, 5, 32, 32}));
        }
        all.add(detail_tag::path, name_of(kind));
    };
#define AMBIT_SAY(kind) say(mistake::kind);
    AMBIT_MISTAKES(AMBIT_SAY)
#undef AMBIT_SAY
    return all;
}

std::string without_breaks(std::string_view text) {
    std::string all;
    for (const char c : text)
        if (c != '\n') all += c;
    return all;
}

}  // namespace

TEST_CASE("of each kind, the compiler's text is made of the words of the exception") {
    using source = refused_parts::made_reports<&one_of_each>;
    const reports all = one_of_each();
    int index = 0;
    const auto agrees = [&](mistake kind, std::string_view sentence, const std::string& facts) {
        CAPTURE(name_of(kind));
        std::string thrown;
        try {
            raise(all, index);
        } catch (const model_error& e) {
            CHECK(e.kind() == kind);
            thrown = e.what();
        }
        const std::string tag = "[ambit] " + std::string(name_of(kind)) + ": ";
        CHECK(sentence == tag + std::string(advice_of(kind)));
        // The exception has what to do as a line among the facts.
        REQUIRE(thrown.starts_with(tag));
        std::string said;
        for (std::size_t i = tag.size(); i < thrown.size(); ++i) {
            said += thrown[i];
            if (thrown[i] == '\n') i += 2;
        }
        const std::string advice = std::string(advice_of(kind)) + "\n";
        const auto what_to_do = said.find(advice);
        REQUIRE(what_to_do != said.npos);
        said.erase(what_to_do, advice.size());
        CHECK(without_breaks(said) == facts);
        CHECK(said.find(name_of(kind)) != said.npos);
        CHECK(said.size() > 400);
        ++index;
    };
    // The sentence is the literal of the assertion; the carrier is the type that it names.
#define AMBIT_AGREES(kind)                                                                                       \
    agrees(mistake::kind, AMBIT_SENTENCE(kind),                                                                  \
           texts_of<refused_parts::facts<source, static_cast<int>(mistake::kind) - 1>::carrier<refused_parts::kind>>::joined());
    AMBIT_MISTAKES(AMBIT_AGREES)
#undef AMBIT_AGREES
    CHECK(index == source::mistakes.size);
}

TEST_CASE("a piece ends behind a comma, a parenthesis, a space, a slash or a part of a word, and is short enough for clang") {
    using source = refused_parts::made_reports<&long_lines>;
    std::string facts(facts_of(source::mistakes, 0).view());
    std::erase(facts, '\n');
    CHECK(facts_in<source, 0>::joined() == facts);
    CHECK(facts_in<source, 0>::longest() <= refused_parts::longest_piece);
    CHECK(facts_in<source, 1>::joined() == "given 1, wanted 2");
    CHECK(facts_in<source, 1>::count == 1);
#ifdef __clang__
    CHECK(facts_in<source, 0>::count == 5);
#else
    CHECK(facts_in<source, 0>::count == 2);
#endif
}

TEST_CASE("where a long line is cut") {
    constexpr std::string_view place =
        "first at filter.cpp:5, in image_filters/conv1, opened at filter.cpp:12";
    constexpr std::string_view spec = "weights float32[1, 2, 3, 4, 5, 6, 7, 8] and";
    constexpr std::string_view file = "encoder_with_relative_attention_of_the_small_model.cpp:17, in a";
    constexpr std::string_view extents = "float32[11, 12, 13, 14, 15, 16, 17, 18]";
#ifdef __clang__
    STATIC_REQUIRE(place.substr(0, refused_parts::first_piece(place)) == "first at filter.cpp:5, ");
    STATIC_REQUIRE(spec.substr(0, refused_parts::first_piece(spec)) == "weights ");
    STATIC_REQUIRE(file.substr(0, refused_parts::first_piece(file)) == "encoder_with_relative_attention_of_");
    STATIC_REQUIRE(extents.substr(0, refused_parts::first_piece(extents)) == "float32[11, 12, 13, 14, 15, 16, 17, ");
#else
    STATIC_REQUIRE(refused_parts::first_piece(place) == place.size());
    STATIC_REQUIRE(refused_parts::first_piece(spec) == spec.size());
    STATIC_REQUIRE(refused_parts::first_piece(file) == file.size());
    STATIC_REQUIRE(refused_parts::first_piece(extents) == extents.size());
#endif
    STATIC_REQUIRE(refused_parts::first_piece("short") == 5);
    STATIC_REQUIRE(refused_parts::first_piece("") == 0);
}

TEST_CASE("the compiler and the run-time builder find the same mistakes and say the same words") {
    using graph = graph_of<full_of_mistakes, input<float, 2, 4>, input<std::int32_t, 2, 4>>;
    const auto& frozen = graph::mistakes;
    const reports found = check(full_of_mistakes{}, {spec(float32, {2, 4}), spec(int32, {2, 4})});
    REQUIRE(frozen.size == 16);
    REQUIRE(found.size() == 16);
    constexpr mistake expected[] = {
        mistake::invalid_name,       mistake::invalid_shape,    mistake::shape_needed,
        mistake::initializer_unfit,  mistake::variable_exists,  mistake::invalid_name,
        mistake::scope_out_of_order, mistake::variable_missing, mistake::shape_mismatch,
        mistake::dtype_mismatch,     mistake::op_shape,         mistake::op_dtype,
        mistake::op_dtype,           mistake::op_option,        mistake::invalid_name,
        mistake::foreign_tensor};
    for (int i = 0; i < 16; ++i) {
        CAPTURE(i);
        CHECK(name_of(found[i].kind) == name_of(expected[i]));
        CHECK(frozen[i].kind == found[i].kind);
        CHECK(std::string(facts_of(frozen, i).view()) == std::string(facts_of(found, i).view()));
        CHECK(facts_of(found, i).view().size() > 5);
    }
    CHECK(frozen.size == graph::value.counts.mistakes);
}

TEST_CASE("expect_valid passes what is valid") {
    struct adds {
        constexpr tensor operator()(scope& s, tensor x) const { return x + s.get_variable("bias", {4}); }
    };
    STATIC_REQUIRE(expect_valid<adds, input<float, 2, 4>>());
}
