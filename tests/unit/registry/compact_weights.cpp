// SPDX-License-Identifier: BSL-1.0
// Compact weights of dynamic models: the numbers of a static model that has them, at any batch, and what is refused.
#include <ambit/registry/compact_weights.hpp>

#include <ambit/nn/conv.hpp>
#include <ambit/nn/dense.hpp>
#include <ambit/registry/bridges.hpp>
#include <ambit/registry/dynamic_model.hpp>

#include "../../support/numbers.hpp"
#include "support.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <limits>
#include <span>
#include <vector>

using namespace ambit;
using namespace ambit_test;

namespace {

using enum weight_format;
using list = std::vector<float>;

/// A signal, an image and rows. Of one example the first convolution has 64 pixels and more, the second has fewer.
struct net {
    int channels = 9;
    constexpr tensor operator()(scope& s, const tensor& x) const {
        tensor h = relu(conv2d(x, s.get_variable("first", {3, 3, 1, channels}), {.padding = same}));
        h = max_pool(h, {.window = {2, 2}, .strides = {2, 2}});
        h = tanh(conv2d(h, s.get_variable("second", {3, 3, channels, 37}), {.strides = {2, 2}}));
        h = conv1d(reshape(h, {-1, 4, 37}), s.get_variable("line", {2, 37, 5}));
        return dense(s, "last", flatten(h), 6);
    }
};
template <int Batch> using image = input<float, Batch, 12, 12, 1>;
tensor_spec images(int batch) { return spec(float32, {batch, 12, 12, 1}); }

template <weight_format Format> void check_alike() {
    CAPTURE(Format == int8);
    model<net, image<3>> exact(seed{1});
    model<weights_as<Format, net>, image<3>> early(seed{1});
    take_weights(early, exact);

    registry floats(seed{1}), bytes(seed{2});
    mount(floats, "", exact);
    dynamic_model late(bytes, weights_as<Format, net>{{.channels = 9}}, {images(3)});
    CHECK(bytes.find("second")->spec() == tensor_spec{contract_parts::compact_shape(Format, 81, 37), uint8});
    take_weights(bytes, floats);

    const list x = numbers<float>(3 * 144, 4, -1, 1), is = elements(early(x));
    REQUIRE(is.size() == 18);
    CHECK_FALSE(same_bits(is, elements(exact(x))));
    const auto of_three = late(x).template elements<float>();
    REQUIRE(of_three.size() == is.size());
    for (std::size_t i = 0; i < is.size(); ++i) CHECK(of_three[i] == Approx(is[i]).margin(1e-5));

    // The module runs again for another batch.
    const auto of_one = late(list(x.begin(), x.begin() + 144)).template elements<float>();
    REQUIRE(of_one.size() == 6);
    for (std::size_t i = 0; i < of_one.size(); ++i) CHECK(of_one[i] == Approx(is[i]).margin(1e-5));

    // A static model serves with what the registry stores.
    model<weights_as<Format, net>, image<3>> bound(seed{9});
    bind(bound, bytes, "");
    CHECK(same_bits(is, elements(bound(x))));
}

}  // namespace

TEST_CASE("dynamic models with compact weights compute what static ones do", "[registry]") {
    check_alike<bfloat16>();
    check_alike<int8>();
}

TEST_CASE("a registry of floats has no compact weights besides, and nothing is made", "[registry]") {
    registry reg(seed{1});
    dynamic_model floats(reg, net{}, {images(1)});
    const model_error e = thrown_by([&] {
        dynamic_model small(reg, weights_as<int8, net>{}, {images(1)}, {.reuse = true});
    });
    CHECK(e.kind() == mistake::dtype_mismatch);
    CHECK(says(e, "first"));
    CHECK(says(e, "compact weights lie in a registry of their own"));
    CHECK(reg.find("first")->spec() == spec(float32, {3, 3, 1, 9}));

    registry bytes(seed{1});
    dynamic_model small(bytes, weights_as<int8, net>{}, {images(1)});
    const model_error again = thrown_by([&] { dynamic_model(bytes, net{}, {images(1)}, {.reuse = true}); });
    CHECK(again.kind() == mistake::shape_mismatch);
    CHECK(says(again, "uint8[13, 9]"));
}

TEST_CASE("weights that a registry cannot take are named, and nothing is written", "[registry]") {
    registry floats(seed{1}), bytes(seed{1});
    dynamic_model exact(floats, net{}, {images(1)});
    dynamic_model small(bytes, weights_as<int8, net>{}, {images(1)});
    take_weights(bytes, floats);
    const auto stored = [&] {
        const auto v = bytes.find("first");
        return std::vector<std::byte>(v->data(), v->data() + v->bytes());
    };
    const std::vector<std::byte> before = stored();
    floats.set("first", numbers<float>(81, 2));

    const auto copy = floats.copy();
    floats.edit<float>("last/weights", [](auto w) { w(2, 3) = std::numeric_limits<float>::infinity(); });
    CHECK_THROWS_WITH(take_weights(bytes, floats), Catch::Contains("weights 'last/weights': element 15 is inf"));
    CHECK(stored() == before);

    registry other(seed{1});
    dynamic_model wide(other, net{.channels = 10}, {images(1)});
    const model_error e = thrown_by([&] { take_weights(bytes, other); });
    CHECK(e.kind() == mistake::dtype_mismatch);
    CHECK(says(e, "float32[3, 3, 1, 10]"));
    const model_error none = thrown_by([&] { take_weights(bytes, registry(seed{1})); });
    CHECK(none.kind() == mistake::path_unknown);
    CHECK(stored() == before);

    take_weights(bytes, copy);
    CHECK_FALSE(stored() == before);
    registry third(seed{5});
    dynamic_model alike(third, weights_as<int8, net>{}, {images(1)});
    take_weights(third, bytes);
    const list x = numbers<float>(144, 4, -1, 1);
    const auto expected = small(x).elements<float>(), is = alike(x).elements<float>();
    CHECK(same_bits(list(expected.begin(), expected.end()), list(is.begin(), is.end())));
}
