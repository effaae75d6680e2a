// SPDX-License-Identifier: BSL-1.0
#include <ambit/nn/recurrent/dropout_cell.hpp>

#include <ambit/ambit.hpp>
#include <ambit/nn/recurrent.hpp>

#include "../../support/numbers.hpp"

#include <catch2/catch.hpp>

#include <cstddef>
#include <cstdint>
#include <set>
#include <vector>

using namespace ambit;
using namespace ambit_test;

namespace {

constexpr std::int64_t steps = 6, units = 200;

// A cell that hands on what it reads, and forgets.
constexpr basic_rnn_cell hands_on(std::string_view name) {
    return basic_rnn_cell(units, {.activation = [](const tensor& x, const auto&...) { return x; },
                                  .kernel = ambit::identity(),
                                  .name = name});
}

struct dropped {
    bool variational = false;
    struct outputs {
        tensor by_input, by_output, state, one_by_one;
    };
    constexpr outputs operator()(scope& s, const tensor& xs) const {
        dropout_cell in(hands_on("in"), {.input = 0.25, .variational = variational});
        dropout_cell out(hands_on("out"), {.output = 0.25, .variational = variational});
        dropout_cell state(hands_on("state"), {.state = 0.25, .variational = variational});
        dropout_cell alone(hands_on("alone"), {.input = 0.25, .variational = variational});
        const tensor by_input = dynamic_rnn(s, in, xs).outputs;
        const tensor by_output = dynamic_rnn(s, out, xs).outputs;
        const tensor last = dynamic_rnn(s, state, xs).state;
        const auto written = static_rnn(s, alone, unstack(xs, 1));
        return {by_input, by_output, last, stack(written.outputs, 1)};
    }
};
template <bool Variational>
using net = model<configured<dropped{.variational = Variational}>, input<float, 1, steps, units>>;
using row = std::vector<float>;

/// The rows of a sequence of ones, each element of which was dropped or scaled.
std::vector<row> rows_of(const row& all) {
    std::vector<row> rows;
    for (std::size_t first = 0; first < all.size(); first += units)
        rows.emplace_back(all.begin() + std::int64_t(first), all.begin() + std::int64_t(first + units));
    for (const row& r : rows) {
        int zeros = 0;
        for (const float x : r) {
            REQUIRE((x == 0.0F || x == Approx(4.0 / 3)));
            zeros += x == 0.0F ? 1 : 0;
        }
        CHECK(zeros > 200 / 4 - 25);  // four standard deviations
        CHECK(zeros < 200 / 4 + 25);
    }
    return rows;
}

template <bool Variational> void check_masks() {
    net<Variational> dropping(seed{3});
    const row ones(steps * units, 1);
    std::vector<std::vector<row>> calls;
    for (int call = 0; call < 2; ++call) {
        const auto [by_input, by_output, state, one_by_one] = dropping(ones);
        for (const auto& sequence : {rows_of(elements(by_input)), rows_of(elements(by_output)),
                                     rows_of(elements(one_by_one))}) {
            const std::set<row> different(sequence.begin(), sequence.end());
            CHECK(different.size() == std::size_t(Variational ? 1 : steps));
            calls.push_back(sequence);
        }
        calls.push_back(rows_of(elements(state)));
    }
    for (std::size_t i = 0; i < 4; ++i) CHECK(calls[i] != calls[4 + i]);
}

}  // namespace

TEST_CASE("a cell drops what it reads, says and remembers, anew in each step", "[nn][recurrent]") {
    check_masks<false>();
}

TEST_CASE("variational dropout has one mask for all steps, another in the next call", "[nn][recurrent]") {
    check_masks<true>();
}
