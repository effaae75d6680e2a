// SPDX-License-Identifier: BSL-1.0
// Models of one list with other inputs, with another output, with one name, and with none.
// expect: error: .*\[ambit\] models_differ: the models of an any_model have the same inputs and outputs, and each a name of its own
// expect: models_differ<.*"name wide".*"given 2, wanted 1"
// expect: models_differ<.*"name half".*"input 0: had float32\[2, 3\], .*asked float32\[1, 3\]"
// expect: models_differ<.*"name other".*"output 0: had float32\[1, 5\], .*asked float32\[1, 4\]"
// expect: models_differ<.*"name one".*"two models of the list have this .*name"
// expect: models_differ<.*"name \(empty\)".*"the module is made of values: .*named_model<
// expect: "the first of the list is one"
// errors: 5
#include <ambit/model/model.hpp>
#include <ambit/model/any_model.hpp>
#include <ambit/nn/dense.hpp>
#include <ambit/ops/all.hpp>
using namespace ambit;

struct layer {
    int units = 4;
    constexpr tensor operator()(scope& s, tensor x) const { return dense(s, "d", x, units); }
};
struct one {
    constexpr tensor operator()(scope& s, tensor x) const { return dense(s, "d", x, 4); }
};
struct wide {
    constexpr tensor operator()(scope& s, tensor x, tensor y) const { return dense(s, "d", add(x, y), 4); }
};
template <class Module> using of_one = model<Module, input<float, 1, 3>>;
#ifdef AMBIT_MISTAKE
using first = any_model<of_one<one>, model<wide, input<float, 1, 3>, input<float, 1, 3>>>;
using second = any_model<of_one<one>, named_model<"half", model<one, input<float, 2, 3>>>,
                         named_model<"other", of_one<configured<layer{.units = 5}>>>>;
using third = any_model<of_one<one>, of_one<one>>;
using fourth = any_model<of_one<one>, of_one<configured<layer{.units = 4}>>>;
#else
using first = any_model<of_one<one>, named_model<"four", of_one<configured<layer{.units = 4}>>>>;
using second = first;
using third = first;
using fourth = first;
#endif

int main() {
    first a("one", seed{1});
    second b("one", seed{1});
    third c("one", seed{1});
    fourth d("one", seed{1});
}
