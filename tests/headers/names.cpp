// SPDX-License-Identifier: BSL-1.0
// Names of a user's own. Every page writes `using namespace ambit`, many programs write `using namespace std` above their
// includes: names that everybody gives must mean the user's, wherever they are declared, and no header may mind either.
#include <algorithm>
#include <array>
#include <cmath>
#include <span>
#include <string>
#include <string_view>
#include <vector>

using namespace std;

struct module { int weight = 1; };
struct text { string characters; };
struct graph { vector<int> edges; };
struct node { int id = 0; };
struct report { string line; };
struct region { int begin = 0; };
enum class detail { none };
namespace kernels { constexpr int width = 3; }
constexpr int operand = 2;
int element(int index) { return index + 1; }

#include "every_header.hpp"

using namespace ambit;

struct place { int x = 0; };
struct plan_step { int number = 0; };
struct names { vector<string> all; };
struct table { int rows = 0; };
struct lints { int found = 0; };
struct option { string word; };
struct layout { int columns = 0; };
struct grouping { int groups = 0; };
struct placement { int at = 0; };
struct buffer { vector<char> bytes; };
struct row_access { int row = 0; };
int count(int number) { return number; }
int random_number() { return 4; }
string grouped(int number) { return to_string(number); }
bool holds(int number) { return number > 0; }
int index_of(const vector<int>& of, int value) { return static_cast<int>(find(of.begin(), of.end(), value) - of.begin()); }
int raise(int number) { return number + 1; }
bool refused(int number) { return number < 0; }
bool is_index(int number) { return number >= 0; }

namespace {

// What users write keeps its name: of these, a program's own lie in a namespace or a function of its own.
namespace physics {
struct momentum { double value = 0; };
enum class boolean { no, yes };
constexpr bool same(double a, double b) { return a <= b && a >= b; }
}  // namespace physics

struct regression {
    struct outputs {
        tensor loss;
        operation train;
    };
    constexpr outputs operator()(scope& s, tensor images) const {
        const tensor edges = conv(s, "edges", images, 2, {3, 3}, {.padding = same});
        const tensor loss = reduce_mean(square(edges));
        return {loss, minimize(s, loss, momentum{.learning_rate = 0.1})};
    }
};

// Functions that are called as some that ambit refuses, with a sentence of what is meant: they come first.
namespace own {

constexpr tensor conv2d(scope& s, string_view name, const tensor& image, int filters, int size) {
    return conv(s, name, image, filters, {size, size});
}
constexpr tensor dense(scope& s, string_view name, const tensor& x, int hidden, int units) {
    return ambit::dense(s, name, matmul(x, s.get_variable("in", {x.shape()[-1], hidden})), units);
}
constexpr tensor linear(string_view, span<const tensor> parts) { return parts[0] + parts[1]; }
constexpr tensor batch_norm(const tensor& x, float scale) { return x * scale; }
template <class Condition, class Then, class Else>
constexpr tensor cond(const Condition& condition, const Then& then, const Else& otherwise) {
    return where(condition, then(), otherwise());
}
template <class Step, class List, class State>
constexpr tensor scan(const Step& step, const List& list, const State& begin) {
    State state = begin;
    for (const auto& element : list) state = step(state, element);
    return state;
}
template <class Net> void save(const Net& net) { ambit::save(net, "own.safetensors"); }
template <class Net> void load(Net& net) { static_cast<void>(ambit::load(net, "own.safetensors")); }
template <class Net> void keep(Net& net) {
    save(net);
    load(net);
}

struct layers {
    constexpr tensor operator()(scope& s, tensor image) const {
        const tensor flat = reshape(conv2d(s, "conv", image, 2, 3), {1, -1});
        const tensor x = batch_norm(dense(s, "dense", flat, 3, 4), 2);
        const tensor both = linear("sum", array<tensor, 2>{x, x});
        const tensor part = cond(both > 0, [&] { return both; }, [&] { return x; });
        return scan([](const tensor& sum, const tensor& next) { return sum + next; }, array<tensor, 2>{part, x}, x);
    }
};

}  // namespace own

}  // namespace

static_assert(expect_valid<own::layers, input<float, 1, 4, 4, 1>>());

// Compiled, never called.
float step_beside_names_of_a_users_own(const xt::xtensor<float, 4>& images) {
    const module own;
    const text words{"words"};
    const graph none;
    const report line{words.characters};
    const node first{element(operand)};
    const region whole{};
    const placement here{layout{3}.columns};
    const auto at = place{own.weight}.x + plan_step{}.number + table{}.rows + lints{}.found + grouping{}.groups + here.at;
    const auto rest = buffer{}.bytes.size() + names{}.all.size() + option{}.word.size() + line.line.size();
    const bool is_counted = holds(count(5)) && !refused(5) && is_index(raise(random_number()));
    const bool is_so = is_counted && index_of(none.edges, first.id) == whole.begin;
    const int known = kernels::width + row_access{}.row + static_cast<int>(grouped(at).size() + rest);
    const bool is_yes = physics::boolean::yes == physics::boolean::no || physics::same(physics::momentum{}.value, 0);
    model<regression, input<float, 2, 8, 8, 1>> net(seed{1});
    own::keep(net);
    const float loss = net.run<&regression::outputs::train, &regression::outputs::loss>(images);
    return is_so && is_yes && detail{} == detail::none ? loss : static_cast<float>(known);
}
