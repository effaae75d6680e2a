// SPDX-License-Identifier: BSL-1.0
#include <ambit/scope/initializer.hpp>

#include <catch2/catch.hpp>

#include <array>
#include <cstdint>
#include <limits>

using namespace ambit;
using namespace ambit::scope_parts;

namespace {

using enum initializer_mismatch;

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double first_element(const shape&, std::int64_t element, random_stream&) {
    return element == 0 ? 1 : 0;
}
constexpr double second_element(const shape&, std::int64_t element, random_stream&) {
    return element == 1 ? 1 : 0;
}

template <initializer Value> struct as_template_argument {};

// How a builder takes options: a list written in place lives as long as the call.
struct options {
    initializer init = zeros();
};
constexpr double sum_of_list(const options& o) {
    double sum = 0;
    for (const double value : o.init.values()) sum += value;
    return sum;
}

template <class Options, class... Arguments>
concept made_from = requires(Arguments... arguments) {
    Options{arguments...};
};

template <class Options> constexpr bool made_by_name_only = made_from<Options> && !made_from<Options, int> &&
                                                            !made_from<Options, int, int> &&
                                                            !made_from<Options, double>;

}  // namespace

TEST_CASE("initializers: factories say what they make", "[scope][initializer]") {
    STATIC_REQUIRE(zeros() == constant(0));
    STATIC_REQUIRE(ones() == constant(1));
    STATIC_REQUIRE(random_uniform().kind == initializer_kind::random_uniform);
    STATIC_REQUIRE(random_uniform().first == 0);
    STATIC_REQUIRE(random_uniform().second == 1);
    STATIC_REQUIRE(random_uniform({.low = -2, .high = 3}).first == -2);
    STATIC_REQUIRE(random_uniform({.low = -2, .high = 3}).second == 3);
    STATIC_REQUIRE(random_normal() == random_normal({.mean = 0, .standard_deviation = 1}));
    STATIC_REQUIRE(random_normal({.mean = 0, .standard_deviation = 0.1, .seed = 7}).seed == 7);
    STATIC_REQUIRE(random_normal({.standard_deviation = 2}).second == 2);
    STATIC_REQUIRE(truncated_normal({.standard_deviation = 2}).kind == initializer_kind::truncated_normal);
    STATIC_REQUIRE(orthogonal({.gain = 1.5}).first == 1.5);
    STATIC_REQUIRE(identity().first == 1);
    STATIC_REQUIRE(custom(first_element).function == first_element);

    // The families are variance scaling by other names.
    using enum fan_mode;
    using enum random_distribution;
    STATIC_REQUIRE(variance_scaling() == variance_scaling({.scale = 1, .mode = fan_in, .distribution = random_distribution::truncated_normal}));
    STATIC_REQUIRE(glorot_uniform() == variance_scaling({.mode = fan_avg, .distribution = uniform}));
    STATIC_REQUIRE(glorot_normal() == variance_scaling({.mode = fan_avg}));
    STATIC_REQUIRE(he_uniform({.seed = 3}) ==
                   variance_scaling({.scale = 2, .distribution = uniform, .seed = 3}));
    STATIC_REQUIRE(he_normal() == variance_scaling({.scale = 2, .mode = fan_in}));
    STATIC_REQUIRE(variance_scaling({.distribution = untruncated_normal}) != variance_scaling());

    STATIC_REQUIRE(default_initializer(float32) == glorot_uniform());
    STATIC_REQUIRE(default_initializer(float64) == glorot_uniform());
    STATIC_REQUIRE(default_initializer(int32) == zeros());
    STATIC_REQUIRE(default_initializer(uint8) == zeros());
    STATIC_REQUIRE(default_initializer(boolean) == zeros());
}

TEST_CASE("equality is of bits and of elements", "[scope][initializer]") {
    STATIC_REQUIRE(constant(0.0) != constant(-0.0));
    STATIC_REQUIRE(constant(math::not_a_number) == constant(math::not_a_number));
    STATIC_REQUIRE(random_normal({.seed = 0}) != random_normal());
    STATIC_REQUIRE(random_normal({.seed = 1}) != random_normal({.seed = 2}));
    STATIC_REQUIRE(random_normal() != truncated_normal());
    STATIC_REQUIRE(random_normal() != random_normal({.mean = 1}));
    STATIC_REQUIRE(random_normal() != random_normal({.standard_deviation = 2}));
    STATIC_REQUIRE(constant({1, 2}) == constant({1, 2}));
    STATIC_REQUIRE(constant({1, 2}) != constant({1, 3}));
    STATIC_REQUIRE(constant({1, 2}) != constant({1, 2, 3}));
    STATIC_REQUIRE(constant({1}) != constant(1));
    CHECK(custom(first_element) == custom(first_element));
    CHECK(custom(first_element) != custom(second_element));
}

TEST_CASE("a list is the caller's until it is copied", "[scope][initializer]") {
    STATIC_REQUIRE(sum_of_list({.init = constant({1.0, 2.5, 4.0})}) == 7.5);
    STATIC_REQUIRE(sum_of_list({.init = constant(std::array{1.0, 2.0})}) == 3);

    static constexpr double pool[] = {0, 3, 4, 5};
    static constexpr initializer kept = constant({3, 4}).with_values({pool + 1, 2});
    STATIC_REQUIRE(kept == constant({3, 4}));
    STATIC_REQUIRE(kept.values().data() == pool + 1);
    STATIC_REQUIRE(random_normal({.seed = 3}).with_values({}) == random_normal({.seed = 3}));
    STATIC_REQUIRE(kept.with_values({}).kind == initializer_kind::list);
}

TEST_CASE("an initializer is a structural value, options are made by name", "[scope][initializer]") {
    STATIC_REQUIRE(sizeof(as_template_argument<glorot_uniform({.seed = 3})>) == 1);
    STATIC_REQUIRE(made_by_name_only<random_uniform_options>);
    STATIC_REQUIRE(made_by_name_only<random_normal_options>);
    STATIC_REQUIRE(made_by_name_only<variance_scaling_options>);
    STATIC_REQUIRE(made_by_name_only<seed_options>);
    STATIC_REQUIRE(made_by_name_only<orthogonal_options>);
    STATIC_REQUIRE(made_by_name_only<identity_options>);
    STATIC_REQUIRE(made_from<std::array<int, 2>, int, int>);  // the concept can say yes
}

TEST_CASE("initializers: what fits which variable", "[scope][initializer]") {
    constexpr shape scalar{}, vector{3}, matrix{2, 3}, window{5, 5, 3, 8};

    STATIC_REQUIRE(mismatch(zeros(), scalar, boolean) == none);
    STATIC_REQUIRE(mismatch(constant(2.5), vector, float32) == none);
    STATIC_REQUIRE(mismatch(constant(2.5), vector, int32) == value_does_not_fit);
    STATIC_REQUIRE(mismatch(constant(255), vector, uint8) == none);
    STATIC_REQUIRE(mismatch(constant(256), vector, uint8) == value_does_not_fit);
    STATIC_REQUIRE(mismatch(constant(-1), vector, uint8) == value_does_not_fit);
    STATIC_REQUIRE(mismatch(constant(2147483647), vector, int32) == none);
    STATIC_REQUIRE(mismatch(constant(2147483648), vector, int32) == value_does_not_fit);
    STATIC_REQUIRE(mismatch(constant(-2147483648), vector, int32) == none);
    STATIC_REQUIRE(mismatch(constant(0x1p62), vector, int64) == none);
    STATIC_REQUIRE(mismatch(constant(0x1p63), vector, int64) == value_does_not_fit);
    STATIC_REQUIRE(mismatch(constant(2), vector, boolean) == value_does_not_fit);
    STATIC_REQUIRE(mismatch(constant(math::not_a_number), vector, int64) == value_does_not_fit);
    STATIC_REQUIRE(mismatch(constant(infinity), vector, int32) == value_does_not_fit);
    STATIC_REQUIRE(mismatch(constant(math::not_a_number), vector, float32) == none);
    STATIC_REQUIRE(mismatch(constant(-infinity), vector, float32) == none);
    STATIC_REQUIRE(mismatch(constant(1e300), vector, float32) == value_does_not_fit);
    STATIC_REQUIRE(mismatch(constant(1e300), vector, float64) == none);
    STATIC_REQUIRE(mismatch(constant(1e-60), vector, float32) == value_does_not_fit);  // it would be 0
    STATIC_REQUIRE(mismatch(constant(1e-60), vector, float64) == none);
    constexpr std::int64_t odd = (std::int64_t{1} << 53) + 1;
    STATIC_REQUIRE(mismatch(constant(odd), vector, int64) == value_is_rounded);
    STATIC_REQUIRE(mismatch(constant(odd), vector, float64) == value_is_rounded);
    STATIC_REQUIRE(mismatch(constant(odd - 1), vector, int64) == none);
    STATIC_REQUIRE(mismatch(constant(16777217), vector, float32) == value_is_rounded);
    STATIC_REQUIRE(mismatch(constant(16777217.0), vector, float32) == none);
    STATIC_REQUIRE(mismatch(constant(16777217), vector, int32) == none);
    STATIC_REQUIRE(mismatch(constant(std::uint64_t{1} << 63), vector, int64) == value_is_rounded);

    STATIC_REQUIRE(mismatch(constant({1, 2, 3}), vector, int32) == none);
    STATIC_REQUIRE(mismatch(constant({1, 2, 3, 4, 5, 6}), matrix, float32) == none);
    STATIC_REQUIRE(mismatch(constant({1}), scalar, float32) == none);
    STATIC_REQUIRE(mismatch(constant({1, 2}), vector, float32) == list_has_another_size);
    STATIC_REQUIRE(mismatch(constant({1}), vector, float32) == list_has_another_size);
    STATIC_REQUIRE(mismatch(constant({1, 2, 3.5}), vector, int32) == value_does_not_fit);

    STATIC_REQUIRE(mismatch(random_normal(), vector, float64) == none);
    STATIC_REQUIRE(mismatch(random_normal(), vector, int32) == random_needs_a_float);
    STATIC_REQUIRE(mismatch(random_uniform(), vector, uint8) == random_needs_a_float);
    STATIC_REQUIRE(mismatch(glorot_uniform(), matrix, boolean) == random_needs_a_float);
    STATIC_REQUIRE(mismatch(orthogonal(), matrix, int64) == random_needs_a_float);

    STATIC_REQUIRE(mismatch(random_uniform({.low = 1, .high = 1}), vector, float32) ==
                   parameter_is_out_of_range);
    STATIC_REQUIRE(mismatch(random_uniform({.low = 2}), vector, float32) == parameter_is_out_of_range);
    STATIC_REQUIRE(mismatch(random_normal({.standard_deviation = 0}), vector, float32) == none);
    STATIC_REQUIRE(mismatch(random_normal({.standard_deviation = -1}), vector, float32) ==
                   parameter_is_out_of_range);
    STATIC_REQUIRE(mismatch(truncated_normal({.standard_deviation = -1}), vector, float32) ==
                   parameter_is_out_of_range);
    STATIC_REQUIRE(mismatch(random_normal({.mean = infinity}), vector, float32) == parameter_is_out_of_range);
    STATIC_REQUIRE(mismatch(random_normal({.mean = math::not_a_number}), vector, float32) ==
                   parameter_is_out_of_range);
    STATIC_REQUIRE(mismatch(random_uniform({.low = 0, .high = 1e300}), vector, float32) ==
                   parameter_is_out_of_range);
    STATIC_REQUIRE(mismatch(random_uniform({.low = 0, .high = 1e300}), vector, float64) == none);
    STATIC_REQUIRE(mismatch(random_uniform({.low = -1.7e308, .high = 1.7e308}), vector, float64) ==
                   parameter_is_out_of_range);
    STATIC_REQUIRE(mismatch(variance_scaling({.scale = 0}), matrix, float32) == parameter_is_out_of_range);
    STATIC_REQUIRE(mismatch(variance_scaling({.scale = -1}), matrix, float32) == parameter_is_out_of_range);

    STATIC_REQUIRE(mismatch(identity(), matrix, int32) == none);
    STATIC_REQUIRE(mismatch(identity({.gain = 0.5}), matrix, int32) == value_does_not_fit);
    STATIC_REQUIRE(mismatch(identity(), vector, float32) == identity_needs_a_matrix);
    STATIC_REQUIRE(mismatch(identity(), window, float32) == identity_needs_a_matrix);
    STATIC_REQUIRE(mismatch(orthogonal(), matrix, float32) == none);
    STATIC_REQUIRE(mismatch(orthogonal(), window, float32) == none);
    STATIC_REQUIRE(mismatch(orthogonal(), vector, float32) == orthogonal_needs_two_axes);
    STATIC_REQUIRE(mismatch(orthogonal(), scalar, float32) == orthogonal_needs_two_axes);
    STATIC_REQUIRE(mismatch(custom(first_element), vector, int32) == none);

    STATIC_REQUIRE(fits(ones(), matrix, boolean));
    STATIC_REQUIRE(!fits(random_normal(), matrix, boolean));
}
