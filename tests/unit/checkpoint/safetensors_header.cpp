// SPDX-License-Identifier: BSL-1.0
// Every header that is refused_header, one row each: what it says, what the error is, which words the message has.
#include <ambit/checkpoint/safetensors_header.hpp>

#include <catch2/catch.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

using namespace ambit;
using namespace ambit::checkpoint_parts;
using namespace std::string_literals;
using fault = checkpoint_fault;

namespace {

using extents = std::vector<std::int64_t>;

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

TEST_CASE("dtypes that ambit does not hold are listed, of the size that their offsets say") {
    const auto parsed = [](const std::string& type, const char* shape, int bytes) {
        return parse_safetensors_header(
            one(R"("dtype":")" + type + R"(","shape":)" + shape + R"(,"data_offsets":[0,)" + std::to_string(bytes) +
                "]"),
            static_cast<std::uint64_t>(bytes), "m");
    };
    for (const auto& [name, type, size] : std::vector<std::tuple<const char*, element_type, int>>{
             {"F16", element_type::float16, 2},
             {"BF16", element_type::bfloat16, 2},
             {"I8", element_type::int8, 1},
             {"I16", element_type::int16, 2},
             {"U16", element_type::uint16, 2},
             {"U32", element_type::uint32, 4},
             {"U64", element_type::uint64, 8},
             {"F8_E4M3", element_type::float8_e4m3, 1},
             {"F8_E5M2", element_type::float8_e5m2, 1},
             {"C64", element_type::complex64, 8}}) {
        CAPTURE(name);
        const stored_tensor tensor = parsed(name, "[3]", 3 * size).tensors[0];
        CHECK(tensor.type == type);
        CHECK(tensor.type_name == name);
        CHECK(dtype_from(tensor.type) == dtype::none);
        CHECK(size_of(tensor.type) == static_cast<std::uint64_t>(size));
        require_refused({one(R"("dtype":")"s + name + R"(","shape":[3],"data_offsets":[0,100])"),
                         100,
                         fault::wrong_offsets,
                         {"shape and dtype take " + std::to_string(3 * size) + " bytes"}});
    }
    // Names that this version does not know: two elements may share a byte.
    for (const char* name : {"F4", "F6_E2M3", "F8_E8M0", "f32", "float32", "", "F32 ", "other"}) {
        CAPTURE(name);
        const stored_tensor tensor = parsed(name, "[2,3]", 3).tensors[0];
        CHECK(tensor.type == element_type::other);
        CHECK(tensor.type_name == name);
        CHECK(tensor.bytes == 3);
        CHECK(tensor.extents == extents{2, 3});
    }
}

TEST_CASE("shapes that ambit does not hold are listed") {
    const auto parsed = [](const std::string& shape, int bytes) {
        return parse_safetensors_header(
            one(R"("dtype":"U8","shape":)" + shape + R"(,"data_offsets":[0,)" + std::to_string(bytes) + "]"),
            static_cast<std::uint64_t>(bytes), "m");
    };
    CHECK(parsed("[0]", 0).tensors[0].extents == extents{0});
    CHECK(parsed("[9223372036854775807,2,0]", 0).tensors[0].bytes == 0);
    CHECK(parsed("[1,1,1,1,1,1,1,1,1,2]", 2).tensors[0].extents.size() == 10);
    // Without elements they take no place: anywhere between the others, but not within one, nor behind all.
    const auto placed = [](int at) {
        return "{" + f32("a", 0, 4) + "," + f32("z", at, at) + "," + f32("b", 4, 8) + "}";
    };
    for (const int at : {0, 4, 8}) CHECK(parse_safetensors_header(placed(at), 8, "m").tensors[2].bytes == 0);
    require_refused({placed(2), 8, fault::wrong_offsets, {"tensor \"z\" begins at byte 2"}});
    require_refused({placed(12), 8, fault::truncated, {"[12, 12]"}});
}

TEST_CASE("shapes whose product is more than a file can hold") {
    const std::vector<refused_header> rows = {
        {with_shape("[0]"), 4, fault::wrong_offsets, {"take 0 bytes"}},
        {with_shape("[1,1,1,1,1,1,1,1,2]"), 4, fault::wrong_offsets, {"take 8 bytes"}},
        {with_shape("[18446744073709551615]"), 4, fault::illegal_shape, {"extent of 18446744073709551615"}},
        {with_shape("[9223372036854775808]"), 4, fault::illegal_shape, {"extent of 9223372036854775808"}},
        {with_shape("[9223372036854775807]"),
         4,
         fault::illegal_shape,
         {"tensor \"t\" is said to be float32[9223372036854775807], which takes more bytes than 63 bits can count"}},
        {with_shape("[1099511627776]"), 4, fault::wrong_offsets, {"take 4398046511104 bytes"}},
        {with_shape("[4294967296,4294967296]"), 4, fault::illegal_shape, {"which takes more bytes"}},
        // Products that are 0 and 1 in 64 bits.
        {with_shape("[65536,65536,65536,65536]"), 4, fault::illegal_shape, {"which takes more bytes"}},
        {with_shape("[274177,67280421310721]"), 4, fault::illegal_shape, {"which takes more bytes"}},
        {one(R"("dtype":"?","data_offsets":[0,4],"shape":[274177,67280421310721])"),
         4,
         fault::illegal_shape,
         {"which takes more bytes"}},
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
        REQUIRE(header.tensors[0].type == element_type::boolean);
        REQUIRE(header.tensors[0].extents == extents{1, 2, 1, 2, 1, 2, 1, 1});
        REQUIRE(header.offsets[0] == 8);
        REQUIRE(header.tensors[0].bytes == 8);
        REQUIRE(header.tensors[1].name == "z");
        REQUIRE(header.tensors[1].type == element_type::float64);
        REQUIRE(header.tensors[1].extents == extents{});
        REQUIRE(header.offsets[1] == 0);
    }
    SECTION("a name may be empty, or hold a zero written as an escape") {
        const auto header =
            parse_safetensors_header("{" + f32("", 0, 4) + "," + f32("a\\u0000b", 4, 8) + "}", 8, "m");
        REQUIRE(header.tensors[0].name.empty());
        REQUIRE(header.tensors[1].name == "a\0b"s);
    }
}

TEST_CASE("dtypes and their names") {
    for (int i = 1; i <= static_cast<int>(last_element_type); ++i) {
        const auto type = static_cast<element_type>(i);
        if (type != element_type::complex128)
            REQUIRE(element_type_from_safetensors(safetensors_name(type)) == type);
    }
    for (dtype type : {float32, float64, int32, int64, uint8, boolean}) {
        REQUIRE(dtype_from(element_type_from(type)) == type);
        REQUIRE(name_of(element_type_from(type)) == name_of(type));
        REQUIRE(size_of(element_type_from(type)) == static_cast<std::uint64_t>(size_of(type)));
    }
    STATIC_REQUIRE(safetensors_name(element_type::float32) == "F32");
    STATIC_REQUIRE(safetensors_name(element_type::float64) == "F64");
    STATIC_REQUIRE(safetensors_name(element_type::int32) == "I32");
    STATIC_REQUIRE(safetensors_name(element_type::int64) == "I64");
    STATIC_REQUIRE(safetensors_name(element_type::uint8) == "U8");
    STATIC_REQUIRE(safetensors_name(element_type::boolean) == "BOOL");
    STATIC_REQUIRE(dtype_from(element_type_from_safetensors("F16")) == dtype::none);
    STATIC_REQUIRE(element_type_from_safetensors("") == element_type::other);
    STATIC_REQUIRE(element_type_from(dtype::none) == element_type::other);
}
