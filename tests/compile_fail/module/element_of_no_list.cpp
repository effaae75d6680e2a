// SPDX-License-Identifier: BSL-1.0
// The first variable below a prefix that none has: the line that asks for it is named. Of gradients by none the list is
// told, and what the module does with them is not.
// expect: error: .*\[ambit\] module_not_constant:
// expect: module_not_constant<.*"module penalty"
// expect: list_has_no_such_element
// expect(gcc): element_of_no_list\.cpp:28:.* in .constexpr. expansion of .*operator
// expect(clang): element_of_no_list\.cpp:28:.* in call to .*operator
// expect: no_variables<.*"op gradients".*"at element_of_no_list\.cpp:35"
// allow: ambit::core_parts
// others: 1
// errors: 3
#include <ambit/graphs.hpp>
#include <ambit/autodiff/gradients.hpp>
using namespace ambit;

#ifdef AMBIT_MISTAKE
constexpr const char* part = "critics";
#else
constexpr const char* part = "critic";
#endif

struct penalty {
    constexpr tensor operator()(scope& s, tensor x) const {
        const tensor y = x * s.get_variable("critic/w", {4});
        static_cast<void>(y);
        const auto all = s.trainable_variables(part);
        return reduce_sum(square(all[0]));
    }
};
static_assert(expect_valid<penalty, input<float, 4>>());
struct slope {
    constexpr tensor operator()(scope& s, tensor x) const {
        const tensor loss = reduce_sum(x * s.get_variable("critic/w", {4}));
        return relu(gradients(loss, s.trainable_variables(part))[0]) + x;
    }
};
static_assert(expect_valid<slope, input<float, 4>>());
