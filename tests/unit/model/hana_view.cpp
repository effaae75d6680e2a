// SPDX-License-Identifier: BSL-1.0
#include <ambit/ambit.hpp>
#include <ambit/model/hana_view.hpp>

#include <array>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

using namespace ambit;
namespace hana = boost::hana;

namespace {

struct classifier {
    struct outputs {
        tensor hidden, probabilities;
    };
    constexpr outputs operator()(scope& s, tensor x, tensor unused_by_hidden) const {
        const tensor h = relu(dense(s, "hidden", x, 4));
        return {h, softmax(dense(s, "logits", h, 3) + unused_by_hidden)};
    }
};

}  // namespace

BOOST_HANA_ADAPT_STRUCT(classifier::outputs, hidden, probabilities);

namespace {
using net_type = model<classifier, input<float, 2, 5>, input<float, 3>>;
}

TEST_CASE("a model is a sequence of names and views, in order of creation") {
    const net_type net(seed{3});
    std::vector<std::string> names;
    std::vector<std::size_t> sizes;
    hana::for_each(hana_view(net), hana::fuse([&](auto name, auto view) {
                       names.emplace_back(hana::to<const char*>(name));
                       sizes.push_back(view.size());
                   }));
    CHECK(names == std::vector<std::string>{"hidden/weights", "hidden/biases", "logits/weights", "logits/biases"});
    CHECK(sizes == std::vector<std::size_t>{20, 4, 12, 3});
    STATIC_REQUIRE(decltype(hana::length(hana_view(net)))::value == 4);
}

TEST_CASE("a variable is found by its name, with the type of its view, and the view reads the model's memory") {
    net_type net(seed{3});
    const auto found = hana::find_if(hana_view(net), [](const auto& pair) {
        return hana::first(pair) == BOOST_HANA_STRING("logits/biases");
    });
    const auto biases = hana::second(found.value());
    STATIC_REQUIRE(std::is_same_v<std::remove_const_t<decltype(biases)>, decltype(net.get<"logits/biases">())>);
    net.set<"logits/biases">(std::array<float, 3>{1, 2, 3});
    CHECK(biases(2) == 3);
}

TEST_CASE("outputs are chosen by name, and only what they depend on is asked for") {
    net_type net(seed{3});
    const std::array<float, 10> x{1, 2, 3, 4, 5, -1, -2, -3, -4, -5};
    const std::array<float, 3> shift{0, 1, 2};
    const auto by_name = net.run<"hidden">(x);
    const std::vector<float> hidden(by_name.begin(), by_name.end());
    const auto by_member = net.run<&classifier::outputs::hidden>(x);
    CHECK(hidden == std::vector<float>(by_member.begin(), by_member.end()));
    const auto both = net.run<"probabilities", "hidden">(x, shift);
    CHECK(std::get<0>(both)(1, 0) + std::get<0>(both)(1, 1) + std::get<0>(both)(1, 2) == Approx(1));
    CHECK(std::get<1>(both)(0, 0) == hidden[0]);
}
