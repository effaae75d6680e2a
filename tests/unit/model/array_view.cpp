// SPDX-License-Identifier: BSL-1.0
// Arrays print without another header of xtensor's.
#include <ambit/model/array_view.hpp>

#include <catch2/catch.hpp>

#include <array>
#include <cstdint>
#include <numeric>
#include <sstream>
#include <string>
#include <vector>

using namespace ambit;

namespace {

template <tensor_spec Spec, class T> std::string printed(T* data) {
    std::ostringstream out;
    out << model_parts::view_at<Spec>(data);
    return out.str();
}

}  // namespace

TEST_CASE("arrays print in columns, the braces of each axis around them", "[model]") {
    const std::array<float, 12> x{0.25F, -1, 3, 2, 1e-9F, 1e20F, 7, 8, 9, 10, 11, 12};
    CHECK(printed<tensor_spec{{3}, float32}>(x.data()) == "{0.25,   -1,    3}");
    CHECK(printed<tensor_spec{{1, 1}, float32}>(x.data()) == "{{0.25}}");
    CHECK(printed<tensor_spec{{3, 2}, float32}>(x.data()) == "{{ 0.25,    -1},\n"
                                                            " {    3,     2},\n"
                                                            " {1e-09, 1e+20}}");
    CHECK(printed<tensor_spec{{2, 1, 2}, float32}>(x.data()) == "{{{0.25,   -1}},\n\n {{   3,    2}}}");
    const std::array<bool, 2> flags{true, false};
    CHECK(printed<tensor_spec{{2}, boolean}>(flags.data()) == "{ true, false}");
    const std::array<std::uint8_t, 2> bytes{65, 7};
    CHECK(printed<tensor_spec{{2}, uint8}>(bytes.data()) == "{65,  7}");
    std::array<std::int64_t, 2> large{INT64_MIN, INT64_MAX};
    CHECK(printed<tensor_spec{{2}, int64}>(large.data()) == "{-9223372036854775808,  9223372036854775807}");
}

TEST_CASE("of more than a thousand elements the ends of each axis are printed", "[model]") {
    std::vector<std::int32_t> x(1001);
    std::iota(x.begin(), x.end(), 0);
    CHECK(printed<tensor_spec{{1001}, int32}>(x.data()) == "{   0,    1,    2, ...,  998,  999, 1000}");
    CHECK(printed<tensor_spec{{7, 143}, int32}>(x.data()) == "{{   0,    1,    2, ...,  140,  141,  142},\n"
                                                             " { 143,  144,  145, ...,  283,  284,  285},\n"
                                                             " { 286,  287,  288, ...,  426,  427,  428},\n"
                                                             " ...,\n"
                                                             " { 572,  573,  574, ...,  712,  713,  714},\n"
                                                             " { 715,  716,  717, ...,  855,  856,  857},\n"
                                                             " { 858,  859,  860, ...,  998,  999, 1000}}");
    CHECK(printed<tensor_spec{{500, 2}, int32}>(x.data()).find("...") == std::string::npos);
    CHECK(printed<tensor_spec{{2, 500}, int32}>(x.data()).find("...") == std::string::npos);
}
