// SPDX-License-Identifier: BSL-1.0
#include "learned_net.hpp"
#include "transformer_net.hpp"

std::unique_ptr<characters::text_net> characters::make_transformer(std::uint64_t seed) {
    return std::make_unique<learned_net<transformer::net>>(seed);
}
