// SPDX-License-Identifier: BSL-1.0
// One filter for two images: the story of TensorFlow 1's how-to "Sharing Variables". As plain functions the filter
// makes its variables at each call; a dictionary shares them and spoils the function; a scope shares them and does not.
#include "expect.hpp"

#include <ambit/ambit.hpp>

#include <boost/hana/at_key.hpp>
#include <boost/hana/contains.hpp>
#include <boost/hana/map.hpp>
#include <boost/hana/pair.hpp>
#include <boost/hana/string.hpp>
#include <boost/hana/value.hpp>

#include <xtensor/xrandom.hpp>

using namespace ambit;
using examples::holds;

constexpr shape kernel{5, 5, 4, 4};
constexpr shape bias{4};
using image = input<float, 1, 8, 8, 4>;

struct results { tensor first, second; };

constexpr tensor conv_relu(tensor x, tensor weights, tensor biases) {
    tensor response = conv2d(x, weights, {.strides = {1, 1}, .padding = same});
    return relu(response + biases);
}

// ---- The problem: every call makes its own variables ---------------------------------------------------------

namespace plain {

constexpr tensor image_filter(scope& s, tensor x) {
    variable conv1_weights = s.variable("conv1_weights", kernel, {.initializer = random_normal()});
    variable conv1_biases = s.variable("conv1_biases", bias, {.initializer = zeros()});
    tensor conv1 = conv_relu(x, conv1_weights, conv1_biases);
    variable conv2_weights = s.variable("conv2_weights", kernel, {.initializer = random_normal()});
    variable conv2_biases = s.variable("conv2_biases", bias, {.initializer = zeros()});
    return conv_relu(conv1, conv2_weights, conv2_biases);
}

struct two_images {
    constexpr results operator()(scope& s, tensor image1, tensor image2) const {
        tensor first = image_filter(s, image1);      // makes four variables,
        return {first, image_filter(s, image2)};     // and four more
    }
};
using net = model<two_images, image, image>;

constexpr void eight_variables() {
    graph_builder graph;
    scope s(graph);
    two_images{}(s, graph.input(image::spec), graph.input(image::spec));
    const auto made = s.global_variables();
    EXPECT(made.size() == 8);
    EXPECT(made[0].name() == "conv1_weights:0");
    EXPECT(made[3].name() == "conv2_biases:0");
    EXPECT(made[4].name() == "conv1_weights_1:0");
    EXPECT(made[7].name() == "conv2_biases_1:0");
}
static_assert(holds(eight_variables));
static_assert(net::variables.size() == 8);

}  // namespace plain

// ---- A dictionary --------------------------------------------------------------------------------------------

namespace dictionary {

namespace hana = boost::hana;
constexpr auto conv1_weights = BOOST_HANA_STRING("conv1_weights");
constexpr auto conv1_biases = BOOST_HANA_STRING("conv1_biases");
constexpr auto conv2_weights = BOOST_HANA_STRING("conv2_weights");
constexpr auto conv2_biases = BOOST_HANA_STRING("conv2_biases");
constexpr auto conv2_wieghts = BOOST_HANA_STRING("conv2_wieghts");  // no key: misspelt

constexpr auto make_variables(scope& s) {
    return hana::make_map(
        hana::make_pair(conv1_weights, s.variable("conv1_weights", kernel, {.initializer = random_normal()})),
        hana::make_pair(conv1_biases, s.variable("conv1_biases", bias, {.initializer = zeros()})),
        hana::make_pair(conv2_weights, s.variable("conv2_weights", kernel, {.initializer = random_normal()})),
        hana::make_pair(conv2_biases, s.variable("conv2_biases", bias, {.initializer = zeros()})));
}
using variables_of_filter = decltype(make_variables(std::declval<scope&>()));

template <class Map, class Key>
    requires(decltype(hana::contains(std::declval<Map>(), Key{}))::value)
constexpr variable at(const Map& variables, Key key) {
    return variables[key];
}

constexpr tensor image_filter(tensor x, const variables_of_filter& variables) {
    tensor conv1 = conv_relu(x, at(variables, conv1_weights), at(variables, conv1_biases));
    return conv_relu(conv1, at(variables, conv2_weights), at(variables, conv2_biases));
}

// A wrong key does not compile.
template <class Map, class Key>
concept has_key = requires(const Map& variables, Key key) { at(variables, key); };
static_assert(has_key<variables_of_filter, decltype(conv2_weights)>);
static_assert(!has_key<variables_of_filter, decltype(conv2_wieghts)>);

struct two_images {
    constexpr results operator()(scope& s, tensor image1, tensor image2) const {
        const auto variables = make_variables(s);    // the caller has to make what the filter needs,
        tensor first = image_filter(image1, variables);
        return {first, image_filter(image2, variables)};  // and to hand it on
    }
};
using net = model<two_images, image, image>;

constexpr void four_variables() {
    module_run run(two_images{}, {image::spec, image::spec});
    EXPECT(run.builder().variable_count() == 4);
}
static_assert(holds(four_variables));
static_assert(net::variables.size() == 4);

}  // namespace dictionary

// ---- Scopes --------------------------------------------------------------------------------------------------

namespace scopes {

constexpr tensor convolution(scope& s, tensor x) {
    variable weights = s.get_variable("weights", kernel, {.initializer = random_normal()});
    variable biases = s.get_variable("biases", bias, {.initializer = constant(0)});
    return conv_relu(x, weights, biases);
}

constexpr tensor image_filter(scope& s, tensor x) {
    auto conv1 = s.variable_scope("conv1");
    x = convolution(conv1, x);                       // conv1/weights, conv1/biases
    conv1.close();
    auto conv2 = s.variable_scope("conv2");
    return convolution(conv2, x);                    // conv2/weights, conv2/biases
}

struct without_reuse {
    constexpr results operator()(scope& s, tensor image1, tensor image2) const {
        tensor first = image_filter(s, image1);
        return {first, image_filter(s, image2)};     // refused: conv1/weights exists
    }
};

constexpr void four_mistakes() {
    const reports mistakes = check(without_reuse{}, {image::spec, image::spec});
    EXPECT(mistakes.size() == 4);
    EXPECT(mistakes[0].kind == mistake::variable_exists);
    EXPECT(mistakes.text(mistakes.detail(mistakes[0].first_detail)) == "conv1/weights");
    EXPECT(mistakes.text(mistakes.detail(mistakes[3].first_detail)) == "conv2/biases");
}
static_assert(holds(four_mistakes));

struct with_reuse {
    constexpr results operator()(scope& s, tensor image1, tensor image2) const {
        auto filters = s.variable_scope("image_filters");
        tensor first = image_filter(filters, image1);
        filters.reuse_variables();
        return {first, image_filter(filters, image2)};
    }
};
using net = model<with_reuse, image, image>;

constexpr void four_variables() {
    graph_builder graph;
    scope s(graph);
    auto [first, second] = with_reuse{}(s, graph.input(image::spec), graph.input(image::spec));
    const auto made = s.global_variables();
    EXPECT(made.size() == 4);
    EXPECT(made[0].name() == "image_filters/conv1/weights:0");
    EXPECT(made[1].name() == "image_filters/conv1/biases:0");
    EXPECT(made[2].name() == "image_filters/conv2/weights:0");
    EXPECT(made[3].name() == "image_filters/conv2/biases:0");
    EXPECT(first.op_name() == "image_filters/conv2/relu");
    EXPECT(second.op_name() == "image_filters/conv2_1/relu");
}
static_assert(holds(four_variables));
static_assert(net::variables.size() == 4);

// The same as lints: each explains itself when it fails.
static_assert(expect_variables<net, "image_filters/conv1/weights", "image_filters/conv1/biases",
                               "image_filters/conv2/weights", "image_filters/conv2/biases">());
static_assert(expect_shared<net, "image_filters/conv1/weights", 2>());
static_assert(expect_parameters<net, 2 * (5 * 5 * 4 * 4 + 4)>());

}  // namespace scopes

// ---- Numbers -------------------------------------------------------------------------------------------------

void the_same_image_twice() {
    const xt::xtensor<float, 4> picture = xt::random::rand<float>({1, 8, 8, 4});
    const auto tell_means = [](const char* how, const auto& first, const auto& second) {
        std::cout << "  " << how << xt::mean(first)() << "  " << xt::mean(second)() << '\n';
    };

    plain::net apart(seed{1});
    const auto [plain1, plain2] = apart(picture, picture);
    tell_means("plain functions  ", plain1, plain2);
    EXPECT(plain1 != plain2);  // two filters

    dictionary::net by_key(seed{1});
    const auto [key1, key2] = by_key(picture, picture);
    tell_means("a dictionary     ", key1, key2);
    EXPECT(key1 == key2);  // one filter

    scopes::net by_scope(seed{1});
    const auto [scope1, scope2] = by_scope(picture, picture);
    tell_means("scopes           ", scope1, scope2);
    EXPECT(scope1 == scope2);

    // Random values follow the path. Given the same values, the two ways of sharing are the same filter.
    by_key.set<"conv1_weights">(by_scope.get<"image_filters/conv1/weights">());
    by_key.set<"conv2_weights">(by_scope.get<"image_filters/conv2/weights">());
    const auto [same1, same2] = by_key(picture, picture);
    EXPECT(same1 == scope1);
    EXPECT(same2 == scope2);
}

int main() {
    return examples::tell({
        {"Plain functions, called twice", plain::eight_variables},
        {"A dictionary of variables", dictionary::four_variables},
        {"Scopes without reuse: refused", scopes::four_mistakes},
        {"Scopes with reuse", scopes::four_variables},
        {"The same image twice", the_same_image_twice},
    });
}
