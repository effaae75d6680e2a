// SPDX-License-Identifier: BSL-1.0
// What a call throws when a value is not what a check op wants it to be.
//
//     try { net.run<&outputs::train>(images, labels); }
//     catch (const non_finite_error& e) { log(e.op(), e.count(), e.first()); net.initialize(seed{2}); }
//
// No assignment of that call has taken effect: variables, those of random ops too, are as they were before it, and the
// model can be called again. The views that earlier calls returned, and memory given to `run_into`, hold what the call
// computed.
#pragma once

#include <ambit/core/build.hpp>
#include <ambit/diagnostics/error.hpp>

#include <cstdint>
#include <string>
#include <utility>

namespace AMBIT_NAMESPACE {

/// `what()` has the op, how many elements failed, and the first of them with its place.
class check_error : public error {
public:
    check_error(std::string op, std::int64_t count, std::int64_t first, double value, const std::string& text)
        : error(text), op_(std::move(op)), count_(count), first_(first), value_(value) {}

    /// The path of the op, `encoder/check_finite`.
    const std::string& op() const noexcept { return op_; }
    /// How many elements failed.
    std::int64_t count() const noexcept { return count_; }
    /// The place of the first in row-major order, and what it is.
    std::int64_t first() const noexcept { return first_; }
    double value() const noexcept { return value_; }

private:
    std::string op_;
    std::int64_t count_;
    std::int64_t first_;
    double value_;
};

/// Of `check_finite`.
class non_finite_error : public check_error {
public:
    using check_error::check_error;
};

/// Of `check_range`.
class out_of_range_error : public check_error {
public:
    using check_error::check_error;
};

}  // namespace ambit
