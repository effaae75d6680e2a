// SPDX-License-Identifier: BSL-1.0
// Files of models whose weights are stored as int8, those of products and kernels of convolutions: a quarter of the
// bytes, read as any others, and where they lie.
#include <ambit/checkpoint/load.hpp>
#include <ambit/checkpoint/mapped_checkpoint.hpp>
#include <ambit/checkpoint/save.hpp>
#include <ambit/checkpoint/use_in_place.hpp>
#include <ambit/model/compact_weights.hpp>
#include <ambit/nn/dense.hpp>

#include "../../support/numbers.hpp"
#include "../../support/temporary_directory.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <cstdint>
#include <filesystem>
#include <vector>

using namespace ambit;
using namespace ambit_test;

namespace {

struct reader {
    constexpr tensor operator()(scope& s, const tensor& x) const {
        const tensor image = reshape(x, {-1, 10, 10, 1});
        const tensor filtered = relu(conv2d(image, s.get_variable("kernel", {3, 3, 1, 4}), {.strides = {2, 2}}));
        return dense(s, "logits", dense(s, "hidden", reshape(filtered, {-1, 64}), 64, {.activation = relu}), 10);
    }
};
using floats = model<reader, input<float, 2, 100>>;
using small = model<weights_as<weight_format::int8, reader>, input<float, 2, 100>>;

}  // namespace

TEST_CASE("compact weights are saved and loaded as they are stored", "[checkpoint]") {
    const temporary_directory directory;
    const auto of_floats = directory / "floats.safetensors", compact = directory / "compact.safetensors";
    floats trained(seed{1});
    small served(seed{1});
    take_weights(served, trained);
    save(trained, of_floats);
    save(served, compact);
    const std::int64_t saved = 3 * (64 * 64 + 64 * 10 + 9 * 4) - 4 * (64 + 10 + 4);
    const auto size_of_file = [](const std::filesystem::path& file) {
        return static_cast<std::int64_t>(std::filesystem::file_size(file));
    };
    CHECK(std::abs(size_of_file(of_floats) - size_of_file(compact) - saved) < 64);  // headers

    const std::vector<float> x = numbers<float>(200), expected = elements(served(x));
    small loaded(seed{2});
    static_cast<void>(load(loaded, compact));
    CHECK(same_bits(elements(loaded(x)), expected));

    small in_place(seed{2});
    use_in_place(in_place, map_checkpoint(compact));
    CHECK(same_bits(elements(in_place(x)), expected));

    // Floats are no bytes: they are taken, by way of a model that has them.
    CHECK_THROWS_AS(load(loaded, of_floats), checkpoint_error);
    CHECK(same_bits(elements(loaded(x)), expected));
}
