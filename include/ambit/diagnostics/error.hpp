// SPDX-License-Identifier: BSL-1.0
// The base of every exception that ambit throws on purpose: `catch (const ambit::error& e)` catches them all.
#pragma once

#include <ambit/core/build.hpp>

#include <stdexcept>

namespace AMBIT_NAMESPACE {

/// Something outside the library's control is wrong: a model's description, a file, a picture, an argument.
/// `what()` is written for the person who reads it: what was asked, what was there, what to do. Each derived
/// class adds a kind to switch over. Operations that throw it leave the objects they were called on as they
/// were. Failures of the machine keep their standard types (`std::bad_alloc`).
class error : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

}  // namespace ambit
