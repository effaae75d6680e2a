// SPDX-License-Identifier: BSL-1.0
// A view of a variable of a model that is gone at the end of the line.
// expect: view_of_a_temporary\.cpp:21:.*error: .*\[ambit\] a view would outlive the temporary model that it is of: give the model a name
// errors(gcc): 1
// errors(clang): 2
#include <ambit/model/model.hpp>
#include <ambit/ops/all.hpp>
using namespace ambit;

struct scales {
    constexpr tensor operator()(scope& s, tensor x) const { return x * s.get_variable("w", {4}); }
};
using net = model<scales, input<float, 4>>;

int main() {
    net named(seed{1});
    static_cast<void>(named.get<"w">());
    static_cast<void>(std::as_const(named).get<"w">());
#ifdef AMBIT_MISTAKE
    net other(seed{1});
    const auto w = other.copy().get<"w">();
#else
    const auto w = named.get<"w">();
#endif
    return w(0) > 0 ? 1 : 0;
}
