// SPDX-License-Identifier: BSL-1.0
// Every header that is refused_header, one row each: what it says, what the error is, which words the message has.
#include <ambit/checkpoint/safetensors_header.hpp>

#include <catch2/catch.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

using namespace ambit;
using namespace ambit::checkpoint_parts;
using namespace std::string_literals;
using fault = checkpoint_fault;

namespace {

struct refused_header {
    std::string text;
    std::uint64_t data;
    fault kind;
    std::vector<std::string> words;
};

/// A header of one tensor `t`, its fields as given.
std::string one(const std::string& fields) { return R"({"t":{)" + fields + "}}"; }
std::string with_shape(const std::string& shape) {
    return one(R"("dtype":"F32","data_offsets":[0,4],"shape":)" + shape);
}
std::string with_offsets(const std::string& offsets) {
    return one(R"("dtype":"F32","shape":[1],"data_offsets":)" + offsets);
}
std::string f32(const std::string& name, int begin, int end) {
    return '"' + name + R"(":{"dtype":"F32","shape":[)" + std::to_string((end - begin) / 4) +
           R"(],"data_offsets":[)" + std::to_string(begin) + ',' + std::to_string(end) + "]}";
}

void require_refused(const refused_header& row) {
    CAPTURE(row.text.substr(0, 300), row.data);
    try {
        parse_safetensors_header(row.text, row.data, "some/model.safetensors");
        FAIL("the header was accepted");
    } catch (const checkpoint_error& e) {
        CAPTURE(e.what());
        CHECK(e.kind() == row.kind);
        CHECK(e.file() == "some/model.safetensors");
        CHECK_THAT(e.what(), Catch::StartsWith("some/model.safetensors: ") && Catch::Contains("; "));
        for (const std::string& word : row.words) CHECK_THAT(e.what(), Catch::Contains(word));
    }
}

const std::string good = one(R"("dtype":"F32","shape":[1],"data_offsets":[0,4])");

}  // namespace

TEST_CASE("the skeleton of the rows below is accepted") {
    REQUIRE(parse_safetensors_header(good, 4, "m").tensors.size() == 1);
    REQUIRE(parse_safetensors_header(with_shape("[1]"), 4, "m").tensors.size() == 1);
    REQUIRE(parse_safetensors_header(with_offsets("[0,4]"), 4, "m").tensors.size() == 1);
    REQUIRE(
        parse_safetensors_header("{" + f32("b", 4, 8) + "," + f32("a", 0, 4) + "}", 8, "m").tensors.size() ==
        2);
}

TEST_CASE("headers that are not JSON") {
    const std::vector<refused_header> rows = {
        {"", 0, fault::header_syntax, {"does not begin with {"}},
        {" {}", 0, fault::header_syntax, {"does not begin with {"}},
        {"[]", 0, fault::header_syntax, {"does not begin with {"}},
        {"\xEF\xBB\xBF{}", 0, fault::header_syntax, {"does not begin with {"}},
        {"{}\0{}"s, 0, fault::header_syntax, {"zero byte"}},
        {"{", 0, fault::header_syntax, {"not JSON", "byte 1"}},
        {"{}}", 0, fault::header_syntax, {"not JSON", "byte 2"}},
        {"{}{}", 0, fault::header_syntax, {"not JSON"}},
        {"{} x", 0, fault::header_syntax, {"not JSON"}},
        {good.substr(0, good.size() - 1), 4, fault::header_syntax, {"not JSON"}},
        {good.substr(0, good.size() - 1) + ",}", 4, fault::header_syntax, {"not JSON"}},
        {"{'t':1}", 4, fault::header_syntax, {"not JSON"}},
        {"{/* */}", 0, fault::header_syntax, {"not JSON"}},
        {with_shape("[1.]"), 4, fault::header_syntax, {"not JSON"}},
        {with_shape("[+1]"), 4, fault::header_syntax, {"not JSON"}},
        {with_shape("[1,]"), 4, fault::header_syntax, {"not JSON"}},
        {with_shape("[NaN]"), 4, fault::header_syntax, {"not JSON"}},
        {with_shape("[1e999]"), 4, fault::header_syntax, {"not JSON"}},
    };
    for (const refused_header& row : rows) require_refused(row);
}

TEST_CASE("names and texts that are not UTF-8") {
    for (const char* bad :
         {"\xFF", "\xC0\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE2\x82", "\\ud800", "\n"}) {
        const std::string tensor = f32(bad, 0, 4);
        require_refused({"{" + tensor + "}", 4, fault::header_syntax, {"not JSON in UTF-8"}});
        require_refused(
            {R"({"__metadata__":{"key":")"s + bad + "\"}}", 0, fault::header_syntax, {"not JSON in UTF-8"}});
    }
}

TEST_CASE("JSON of another form") {
    const std::vector<refused_header> rows = {
        {R"({"t":null})", 0, fault::header_field, {"null", "in place of a tensor's description", "\"t\""}},
        {R"({"t":true})", 0, fault::header_field, {"true or false", "\"t\""}},
        {R"({"t":1})", 0, fault::header_field, {"a number", "\"t\""}},
        {R"({"t":"F32"})", 0, fault::header_field, {"a string", "\"t\""}},
        {R"({"t":[]})", 0, fault::header_field, {"a list", "\"t\""}},
        {R"({"t":{}})", 0, fault::header_field, {"tensor \"t\" has no dtype"}},
        {one(R"("shape":[1],"data_offsets":[0,4])"), 4, fault::header_field, {"has no dtype"}},
        {one(R"("dtype":"F32","data_offsets":[0,4])"), 4, fault::header_field, {"has no shape"}},
        {one(R"("dtype":"F32","shape":[1])"), 4, fault::header_field, {"has no data_offsets"}},
        {one(R"("dtype":"F32","shape":[1],"offsets":[0,4])"),
         4,
         fault::header_field,
         {"a field \"offsets\""}},
        {one(R"("dtype":"F32","shape":[1],"data_offsets":[0,4],"x":1)"),
         4,
         fault::header_field,
         {"a field \"x\""}},
        {one(R"("dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4])"),
         4,
         fault::header_field,
         {"two fields \"dtype\""}},
        {one(R"("dtype":"F32","shape":[1],"shape":[1],"data_offsets":[0,4])"),
         4,
         fault::header_field,
         {"two fields \"shape\""}},
        {one(R"("dtype":"F32","shape":[1],"data_offsets":[0,4],"data_offsets":[0,4])"),
         4,
         fault::header_field,
         {"two fields \"data_offsets\""}},
        {one(R"("dtype":1,"shape":[1],"data_offsets":[0,4])"),
         4,
         fault::header_field,
         {"a number as a field's value"}},
        {one(R"("dtype":["F32"],"shape":[1],"data_offsets":[0,4])"), 4, fault::header_field, {"a list"}},
        {one(R"("dtype":{"a":1},"shape":[1],"data_offsets":[0,4])"), 4, fault::header_field, {"an object"}},
        {with_shape("1"), 4, fault::header_field, {"a number as a field's value"}},
        {with_shape("\"1\""), 4, fault::header_field, {"a string as a field's value"}},
        {with_shape("[\"1\"]"), 4, fault::header_field, {"a string in a shape"}},
        {with_shape("[[1]]"), 4, fault::header_field, {"a list in a shape"}},
        {with_shape("[{}]"), 4, fault::header_field, {"an object in a shape"}},
        {with_shape("[null]"), 4, fault::header_field, {"null in a shape"}},
        {with_shape("[-1]"), 4, fault::header_field, {"a negative number in a shape"}},
        {with_shape("[1.0]"), 4, fault::header_field, {"no 64-bit integer in a shape"}},
        {with_shape("[1e0]"), 4, fault::header_field, {"no 64-bit integer in a shape"}},
        {with_shape("[18446744073709551616]"), 4, fault::header_field, {"no 64-bit integer in a shape"}},
        {with_offsets("[]"), 4, fault::header_field, {"fewer than two numbers"}},
        {with_offsets("[0]"), 4, fault::header_field, {"fewer than two numbers"}},
        {with_offsets("[0,4,4]"), 4, fault::header_field, {"a third number in data_offsets"}},
        {with_offsets("[-0,4]"), 4, fault::header_field, {"a negative number in data_offsets"}},
        {with_offsets("[0,4.0]"), 4, fault::header_field, {"in data_offsets"}},
        {with_offsets("{\"begin\":0}"), 4, fault::header_field, {"an object as a field's value"}},
        {R"({"__metadata__":1})", 0, fault::header_field, {"__metadata__"}},
        {R"({"__metadata__":["a"]})", 0, fault::header_field, {"__metadata__"}},
        {R"({"__metadata__":{"a":1}})",
         0,
         fault::header_field,
         {"a number as a value of __metadata__", "\"a\""}},
        {R"({"__metadata__":{"a":null}})", 0, fault::header_field, {"null as a value of __metadata__"}},
        {R"({"__metadata__":{"a":{}}})", 0, fault::header_field, {"an object as a value of __metadata__"}},
        {R"({"__metadata__":{"a":["b"]}})", 0, fault::header_field, {"a list as a value of __metadata__"}},
        {R"({"__metadata__":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})",
         4,
         fault::header_field,
         {"__metadata__"}},
    };
    for (const refused_header& row : rows) require_refused(row);
}

TEST_CASE("names that occur twice, however they are spelled") {
    const std::vector<refused_header> rows = {
        {"{" + f32("a", 0, 4) + "," + f32("a", 4, 8) + "}",
         8,
         fault::duplicate_name,
         {"tensor \"a\" occurs twice"}},
        {"{" + f32("a", 0, 4) + "," + f32("b", 4, 8) + "," + f32("\\u0061", 8, 12) + "}",
         12,
         fault::duplicate_name,
         {"tensor \"a\" occurs twice"}},
        {R"({"__metadata__":{"k":"1","k":"2"}})", 0, fault::duplicate_name, {"metadata key \"k\""}},
        {R"({"__metadata__":{},"__metadata__":{}})", 0, fault::duplicate_name, {"two __metadata__"}},
    };
    for (const refused_header& row : rows) require_refused(row);
}

TEST_CASE("dtypes that ambit does not hold name the tensor and what to convert to") {
    for (const char* name :
         {"F16", "BF16", "I8", "I16", "U16", "U32", "U64", "F8_E4M3", "C64", "f32", "float32", "", "F32 "})
        require_refused({one(R"("dtype":")"s + name + R"(","shape":[1],"data_offsets":[0,2])"),
                         2,
                         fault::unsupported_dtype,
                         {"tensor \"t\" has dtype \""s + name + '"', "F32, F64, I32, I64, U8 or BOOL"}});
}

TEST_CASE("shapes that ambit does not hold") {
    const std::vector<refused_header> rows = {
        {with_shape("[0]"), 4, fault::illegal_shape, {"tensor \"t\" has an extent of 0"}},
        {with_shape("[3,0]"), 4, fault::illegal_shape, {"extent of 0"}},
        {with_shape("[1,1,1,1,1,1,1,1,1]"), 4, fault::illegal_shape, {"more than 8 extents"}},
        {with_shape("[18446744073709551615]"), 4, fault::illegal_shape, {"extent of 18446744073709551615"}},
        {with_shape("[1099511627777]"), 4, fault::illegal_shape, {"extent of 1099511627777"}},
        {with_shape("[1099511627776]"), 4, fault::illegal_shape, {"more elements"}},
        {with_shape("[4294967296,4294967296]"), 4, fault::illegal_shape, {"more elements"}},
        // Products that are 0 and 1 in 64 bits.
        {with_shape("[65536,65536,65536,65536]"), 4, fault::illegal_shape, {"more elements"}},
        {with_shape("[274177,67280421310721]"), 4, fault::illegal_shape, {"extent of 67280421310721"}},
        {with_shape("[641,6700417,274177,15665662]"), 4, fault::illegal_shape, {"more elements"}},
    };
    for (const refused_header& row : rows) require_refused(row);
}

TEST_CASE("data ranges that contradict shapes, one another or the file") {
    const std::vector<refused_header> rows = {
        {with_offsets("[4,0]"), 4, fault::wrong_offsets, {"[4, 0]", "end before they begin"}},
        {with_offsets("[0,0]"), 4, fault::wrong_offsets, {"[0, 0]", "take 4 bytes"}},
        {with_offsets("[0,3]"), 4, fault::wrong_offsets, {"[0, 3]", "take 4 bytes"}},
        {with_offsets("[0,8]"), 8, fault::wrong_offsets, {"[0, 8]", "take 4 bytes"}},
        {with_offsets("[0,18446744073709551615]"), 4, fault::wrong_offsets, {"take 4 bytes"}},
        {with_offsets("[18446744073709551615,3]"), 4, fault::wrong_offsets, {"end before they begin"}},
        {with_offsets("[18446744073709551611,18446744073709551615]"),
         4,
         fault::truncated,
         {"has 4 bytes of data"}},
        {with_offsets("[0,4]"), 3, fault::truncated, {"[0, 4]", "has 3 bytes of data", "cut short"}},
        {with_offsets("[0,4]"), 0, fault::truncated, {"has 0 bytes of data"}},
        {with_offsets("[4,8]"), 8, fault::wrong_offsets, {"begins at byte 4", "end at 0", "hole"}},
        {with_offsets("[0,4]"), 5, fault::wrong_offsets, {"take 4 bytes of data", "has 5"}},
        {"{}", 1, fault::wrong_offsets, {"take 0 bytes of data", "has 1"}},
        {"{" + f32("a", 0, 4) + "," + f32("b", 8, 12) + "}",
         12,
         fault::wrong_offsets,
         {"tensor \"b\" begins at byte 8", "end at 4", "hole"}},
        {"{" + f32("a", 0, 8) + "," + f32("b", 4, 8) + "}",
         8,
         fault::wrong_offsets,
         {"tensor \"b\" begins at byte 4", "end at 8", "overlap"}},
        {"{" + f32("a", 0, 4) + "," + f32("b", 0, 4) + "}", 4, fault::wrong_offsets, {"overlap"}},
        {"{" + f32("a", 0, 4) + "," + f32("b", 0, 4) + "}", 8, fault::wrong_offsets, {"overlap"}},
    };
    for (const refused_header& row : rows) require_refused(row);
}

TEST_CASE("nesting and length cost no more than the header itself") {
    const std::string deep(1'000'000, '[');
    require_refused({"{\"t\":" + deep, 0, fault::header_field, {"a list"}});
    std::string objects = "{";
    for (int depth = 0; depth < 100'000; ++depth) objects += "\"a\":{";
    require_refused({objects, 0, fault::header_field, {"a field \"a\""}});
}

TEST_CASE("names of strangers are shortened and stripped of control characters in messages") {
    const std::string name = std::string(200, 'x');
    try {
        parse_safetensors_header("{" + f32(name, 0, 4) + "}", 0, "m");
        FAIL();
    } catch (const checkpoint_error& e) {
        REQUIRE_THAT(e.what(), Catch::Contains(std::string(120, 'x') + "...\""));
        REQUIRE_THAT(e.what(), !Catch::Contains(std::string(121, 'x')));
    }
    require_refused({R"({"a\u001b[31m\u007f":1})", 0, fault::header_field, {"\"a?[31m?\""}});
    REQUIRE(mistake_parts::in_quotes(std::string(119, 'x') + "\u00e9") == '"' + std::string(119, 'x') + "...\"");
    REQUIRE(mistake_parts::in_quotes(std::string(118, 'x') + "\u00e9") == '"' + std::string(118, 'x') + "\u00e9\"");
}

TEST_CASE("what the format allows is read") {
    SECTION("nothing at all") {
        REQUIRE(parse_safetensors_header("{}", 0, "m").tensors.empty());
        REQUIRE(parse_safetensors_header("{ }     \n\t ", 0, "m").tensors.empty());
        REQUIRE(parse_safetensors_header(R"({"__metadata__":{}})", 0, "m").metadata.empty());
    }
    SECTION("text pairs, anywhere in the header") {
        const auto header = parse_safetensors_header(
            "{" + f32("a", 0, 4) + R"(,"__metadata__":{"k":"v","":"","\u00e9\n":"\ud83d\ude00"}})", 4, "m");
        REQUIRE(header.metadata == checkpoint_metadata{{"k", "v"}, {"", ""}, {"\u00e9\n", "\U0001F600"}});
    }
    SECTION("scalars, eight extents, any order of fields and tensors") {
        const auto header = parse_safetensors_header(
            R"({ "z" : {"data_offsets":[0,8], "shape":[], "dtype":"F64"},
                 "a" : {"shape":[1,2,1,2,1,2,1,1], "data_offsets":[8,16], "dtype":"BOOL"} })",
            16, "m");
        REQUIRE(header.tensors.size() == 2);
        REQUIRE(header.tensors[0].name == "a");
        REQUIRE(header.tensors[0].type == boolean);
        REQUIRE(header.tensors[0].extents == shape{1, 2, 1, 2, 1, 2, 1, 1});
        REQUIRE(header.tensors[0].offset == 8);
        REQUIRE(header.tensors[0].size == 8);
        REQUIRE(header.tensors[1].name == "z");
        REQUIRE(header.tensors[1].type == float64);
        REQUIRE(header.tensors[1].extents == shape{});
        REQUIRE(header.tensors[1].offset == 0);
    }
    SECTION("a name may be empty, or hold a zero written as an escape") {
        const auto header =
            parse_safetensors_header("{" + f32("", 0, 4) + "," + f32("a\\u0000b", 4, 8) + "}", 8, "m");
        REQUIRE(header.tensors[0].name.empty());
        REQUIRE(header.tensors[1].name == "a\0b"s);
    }
}

TEST_CASE("dtypes and their names") {
    for (dtype type : {float32, float64, int32, int64, uint8, boolean})
        REQUIRE(dtype_from_safetensors(safetensors_name(type)) == type);
    STATIC_REQUIRE(safetensors_name(float32) == "F32");
    STATIC_REQUIRE(safetensors_name(float64) == "F64");
    STATIC_REQUIRE(safetensors_name(int32) == "I32");
    STATIC_REQUIRE(safetensors_name(int64) == "I64");
    STATIC_REQUIRE(safetensors_name(uint8) == "U8");
    STATIC_REQUIRE(safetensors_name(boolean) == "BOOL");
    STATIC_REQUIRE(dtype_from_safetensors("F16") == dtype::none);
    STATIC_REQUIRE(dtype_from_safetensors("") == dtype::none);
}
