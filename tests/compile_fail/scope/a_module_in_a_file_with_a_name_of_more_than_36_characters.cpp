// SPDX-License-Identifier: BSL-1.0
// The name of a file, and of a variable, is told to its end. clang shortens longer texts: there it is cut between its
// words.
// expect: error: .*\[ambit\] shape_needed: the variable does not exist yet: give the shape to create it with
// expect(gcc): "encoder_with_relative_attention/gain_of_the_second_residual_connection"
// expect(gcc): "asked at a_module_in_a_file_with_a_name_of_more_than_36_characters\.cpp:18, in encoder_with_relative_attention, opened at a_module_in_a_file_with_a_name_of_more_than_36_characters\.cpp:16"
// expect(clang): \{"encoder_with_relative_attention/"\}, .*\{"gain_of_the_second_residual_"\}, .*\{"connection"\}
// expect(clang): \{"asked at "\}, .*\{"a_module_in_a_file_with_a_name_of_"\}, .*\{"more_than_36_characters\.cpp:18, "\}
// reject: \[\.\.\.\]
// errors: 1
#include <ambit/graphs.hpp>
using namespace ambit;

struct net {
    constexpr tensor operator()(scope& s, tensor x) const {
        auto encoder = s.variable_scope("encoder_with_relative_attention");
#ifdef AMBIT_MISTAKE
        return x * encoder.get_variable("gain_of_the_second_residual_connection");
#else
        return x * encoder.get_variable("gain_of_the_second_residual_connection", {4});
#endif
    }
};
static_assert(expect_valid<net, input<float, 2, 4>>());
