// SPDX-License-Identifier: BSL-1.0
#include <ambit/ops/norm.hpp>

#include <ambit/autodiff/gradients.hpp>
#include <ambit/model/model.hpp>
#include <ambit/ops/all.hpp>

#include "../../support/numbers.hpp"

#include <catch2/catch.hpp>

#include <array>

using namespace ambit;
using namespace ambit_test;

namespace {

struct lengths {
    struct outputs {
        tensor all, rows, units, columns, slopes;
    };
    constexpr outputs operator()(scope& s) const {
        const variable x = s.get_variable("x", {3, 2}, {.dtype = float64});
        const tensor units = l2_normalize(x);
        const tensor loss = reduce_sum(units);
        return {norm(x), norm(x, {.axes = -1, .keep_dims = true}), units, l2_normalize(x, {.axes = 0}),
                gradients(loss, s.trainable_variables())[0]};
    }
};

}  // namespace

TEST_CASE("lengths, and vectors of length 1", "[ops]") {
    model<lengths> net(seed{1});
    net.set<"x">(std::array<double, 6>{3, 4, 0, 0, 0, 12});
    const auto [all, rows, units, columns, slopes] = net();
    CHECK(all == 13);
    CHECK(elements(rows) == std::vector<double>{5, 0, 12});
    CHECK(elements(units) == std::vector<double>{3.0 / 5, 4.0 / 5, 0, 0, 0, 1});
    CHECK(columns(0, 0) == 1);
    CHECK(columns(2, 1) == Approx(12 / std::sqrt(160.0)));
    // (1 - u Σu) / length; 1 / sqrt(epsilon) where the vector is 0.
    const std::vector<double> wanted{(1 - 0.6 * 1.4) / 5, (1 - 0.8 * 1.4) / 5, 1e6, 1e6, 1.0 / 12, 0};
    for (std::size_t i = 0; i < 6; ++i) CHECK(slopes.data()[i] == Approx(wanted[i]).margin(1e-12));
}
