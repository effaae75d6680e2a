// SPDX-License-Identifier: BSL-1.0
// Inputs of text, of numbers that no tensor has, and of what is no number: of each the type, and what there is.
// expect: input_elements\.cpp:26
// expect(gcc): input<std::.*string.*, 2, 4>
// expect(clang): input<std::basic_string<char>, 2, 4>
// expect: input<long double, 2, 4>
// expect: input<int ?\*, 2, 4>
// expect: error: .*\[ambit\] no tensor has elements of this type: an input's are float, double, std::int32_t, 
// errors: 3
// reject: constraint failure|constraints not satisfied|is invalid|cannot convert
#include <ambit/model/model.hpp>
#include <ambit/ops/all.hpp>

#include <string>
using namespace ambit;

struct net {
    constexpr tensor operator()(scope&, tensor x) const { return x; }
};
#ifndef AMBIT_MISTAKE
model<net, input<float, 2, 4>> of_floats(seed{1});
model<net, input<double, 2, 4>> of_doubles(seed{1});
static_assert(expect_valid<net, input<std::uint8_t, 2, 4>>());
#else
model<net, input<std::string, 2, 4>> of_text(seed{1});
model<net, input<long double, 2, 4>> of_long_doubles(seed{1});
static_assert(expect_valid<net, input<int*, 2, 4>>());
#endif
