// SPDX-License-Identifier: BSL-1.0
// Turns a report into an exception, with the words that the compiler would have printed.
//
//     try { module_run run(module, {spec(float32, {32, 784})}); }
//     catch (const model_error& e) { e.kind() == mistake::variable_exists; e.what(); }
#pragma once

#include <ambit/core/throw_or_end.hpp>
#include <ambit/diagnostics/error.hpp>
#include <ambit/diagnostics/words.hpp>

#include <string>

namespace AMBIT_NAMESPACE {

/// A mistake in a model that was built at run time, or in a call of one. `what()` has its kind, a line for each fact,
/// and what to do.
class model_error : public error {
public:
    model_error(mistake kind, const std::string& text) : error(text), kind_(kind) {}
    mistake kind() const noexcept { return kind_; }

private:
    mistake kind_;
};

}  // namespace ambit

namespace AMBIT_NAMESPACE::mistake_parts {

/// `float32[32, 784]`
inline std::string to_string(const tensor_spec& s) { return std::string(words_of(s).view()); }

/// The report as text: what a terminal shows.
inline std::string to_string(const reports& all, int index) { return std::string(message_of(all, index).view()); }

[[noreturn]] inline void raise(const reports& all, int index) {
    throw_or_end(model_error(all[index].kind, to_string(all, index)));
}

}  // namespace ambit::mistake_parts
