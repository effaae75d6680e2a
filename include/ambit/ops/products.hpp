// SPDX-License-Identifier: BSL-1.0
// Products of matrices and of batches of them.
#pragma once

#include <ambit/ops/op.hpp>

#include <string_view>

namespace AMBIT_NAMESPACE {

struct matmul_options {
    bool transpose_a = false;
    bool transpose_b = false;
    std::string_view name = {};
};

constexpr tensor matmul(const tensor& a, const tensor& b, const matmul_options& options = {},
                        const location& at = location::current());

}  // namespace ambit
