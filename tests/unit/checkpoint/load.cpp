// SPDX-License-Identifier: BSL-1.0
// Saving a model and loading it: checkpoint/save.hpp and checkpoint/load.hpp.
#include <ambit/checkpoint/load.hpp>
#include <ambit/checkpoint/save.hpp>
#include <ambit/ops/all.hpp>

#include "../../support/numbers.hpp"
#include "../../support/temporary_directory.hpp"

#include <catch2/catch.hpp>

using namespace ambit;
using namespace ambit_test;

namespace {

template <bool Extra, int Units, dtype Type> struct layer {
    constexpr tensor operator()(scope& s, const tensor& x) const {
        const variable w =
            s.get_variable("layer/w", {2, Units}, {.initializer = random_normal(), .dtype = Type});
        const variable steps = s.get_variable("steps", {}, {.initializer = constant(7), .dtype = int32});
        tensor total = reduce_sum(cast(w, float32)) + cast(steps, float32);
        if (Extra) total = total + reduce_sum(s.get_variable("extra", {3}, {.initializer = random_normal()}));
        return x * total;
    }
};
template <bool Extra, int Units, dtype Type> using net_of = model<layer<Extra, Units, Type>, input<float, 2>>;
using net = net_of<false, 3, float32>;

template <class Net> std::vector<std::byte> all_bytes(const Net& n) {
    std::vector<std::byte> bytes;
    for (std::size_t v = 0; v < Net::variables.size(); ++v) {
        const std::byte* const at = n.parameters().variables()[v];
        bytes.insert(bytes.end(), at, at + Net::variables[v].bytes());
    }
    return bytes;
}

// Loading this file into a fresh model fails, says so, and changes nothing.
template <class Net = net>
std::string refusal(const std::filesystem::path& file,
                    checkpoint_fault kind = checkpoint_fault::other_variables) {
    Net n(seed{99});
    const auto before = all_bytes(n);
    try {
        load(n, file);
    } catch (const checkpoint_error& e) {
        REQUIRE(e.kind() == kind);
        REQUIRE(e.file() == file);
        REQUIRE(all_bytes(n) == before);
        return e.what();
    }
    return "accepted";
}

}  // namespace

TEST_CASE("a model comes back as it was saved", "[checkpoint]") {
    const temporary_directory directory;
    net first(seed{1}), second(seed{2});
    first.set<"steps">(1234);
    save(first, directory / "model.safetensors");
    REQUIRE(all_bytes(first) != all_bytes(second));
    const float* const address = second.get<"layer/w">().data();
    load(second, directory / "model.safetensors");
    CHECK(all_bytes(first) == all_bytes(second));
    CHECK(second.get<"steps">()() == 1234);
    CHECK(second.get<"layer/w">().data() == address);  // whoever shares the parameters sees it
    CHECK(directory.names() == std::vector<std::string>{"model.safetensors"});

    // Saving again replaces the file, and what is loaded does not depend on what was there.
    save(net(seed{3}), directory / "model.safetensors");
    load(second, directory / "model.safetensors");
    CHECK(all_bytes(second) == all_bytes(net(seed{3})));
}

TEST_CASE("models of another batch or order load the same file", "[checkpoint]") {
    const temporary_directory directory;
    net first(seed{1});
    save(first, directory / "m");
    model<layer<false, 3, float32>, input<float, 5>> wide(seed{2});
    load(wide, directory / "m");
    CHECK(same_bits(elements(wide.get<"layer/w">()), elements(first.get<"layer/w">())));
    stored_model<storage::heap, layer<false, 3, float32>, input<float, 2>> heap(seed{2});
    load(heap, directory / "m");
    CHECK(same_bits(elements(heap.get<"layer/w">()), elements(first.get<"layer/w">())));
}

TEST_CASE("every variable is saved under its path", "[checkpoint]") {
    const temporary_directory directory;
    save(net(seed{1}), directory / "m");
    const safetensors_file file(directory / "m");
    REQUIRE(file.tensors().size() == 2);
    REQUIRE(file.find("layer/w") != nullptr);
    CHECK(file.find("layer/w")->extents == shape{2, 3});
    CHECK(file.find("steps")->type == int32);
    CHECK(file.find("steps")->extents == shape{});
}

TEST_CASE("a file with other variables is refused, and changes nothing", "[checkpoint]") {
    const temporary_directory directory;
    save(net_of<true, 3, float32>(seed{1}), directory / "extra");
    CHECK_THAT(refusal(directory / "extra"), Catch::Contains("it has extra, which the model lacks"));
    save(net(seed{1}), directory / "plain");
    CHECK_THAT((refusal<net_of<true, 3, float32>>(directory / "plain")),
               Catch::Contains("it lacks extra, float32[3]"));
    save(net_of<false, 4, float32>(seed{1}), directory / "wide");
    CHECK_THAT(refusal(directory / "wide"),
               Catch::Contains("it has layer/w as float32[2, 4], the model as float32[2, 3]"));
    save(net_of<false, 3, float64>(seed{1}), directory / "double");
    CHECK_THAT(refusal(directory / "double"),
               Catch::Contains("it has layer/w as float64[2, 3], the model as float32[2, 3]"));
    // All differences at once, and what to do.
    CHECK_THAT((refusal<net_of<true, 3, float32>>(directory / "wide")),
               Catch::Contains("it lacks extra") && Catch::Contains("it has layer/w as float32[2, 4]") &&
                   Catch::EndsWith("load it into the model that it was saved from"));
}

TEST_CASE("a missing, cut or foreign file is refused, and changes nothing", "[checkpoint]") {
    const temporary_directory directory;
    CHECK(refusal(directory / "nothing", checkpoint_fault::cannot_open) != "accepted");
    save(net(seed{1}), directory / "m");
    const std::string whole = contents(directory / "m");
    put(directory / "cut", whole.substr(0, whole.size() - 1));
    CHECK(refusal(directory / "cut", checkpoint_fault::truncated) != "accepted");
    put(directory / "empty", "");
    CHECK(refusal(directory / "empty", checkpoint_fault::truncated) != "accepted");
}

namespace {
struct without_variables {
    constexpr tensor operator()(scope&, const tensor& x) const { return x + 1; }
};
}  // namespace

TEST_CASE("a model without variables is saved and loaded", "[checkpoint]") {
    const temporary_directory directory;
    model<without_variables, input<float, 1>> n(seed{});
    save(n, directory / "m");
    load(n, directory / "m");
    CHECK(safetensors_file(directory / "m").tensors().empty());
}
