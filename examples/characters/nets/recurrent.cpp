// SPDX-License-Identifier: BSL-1.0
#include "learned_net.hpp"
#include "recurrent_net.hpp"

std::unique_ptr<characters::text_net> characters::make_recurrent_net(std::uint64_t seed) {
    return std::make_unique<learned_net<recurrent::net>>(seed);
}
