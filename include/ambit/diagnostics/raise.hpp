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
#include <string_view>
#include <utility>

namespace AMBIT_NAMESPACE {

/// What a mistake was about, for programs; empty, or of dtype `none`, where it says nothing of the kind.
struct mistake_facts {
    std::string path;     ///< of the variable; else the op, the scope or the name that was asked for
    std::string first;    ///< the line of the earlier of two places, `filter.cpp:5`
    std::string again;    ///< the line that was refused
    tensor_spec asked;    ///< what was asked for
    tensor_spec had;      ///< what is there
    std::string nearest;  ///< the name that was probably meant
};

/// A mistake in a model that was built at run time, or in a call of one. `what()` has its kind, a line for each fact,
/// and what to do.
class model_error : public error {
public:
    model_error(mistake kind, const std::string& text, mistake_facts facts = {})
        : error(text), kind_(kind), facts_(std::move(facts)) {}
    mistake kind() const noexcept { return kind_; }

    /// The same as `what()`, one by one.
    const mistake_facts& facts() const noexcept { return facts_; }

private:
    mistake kind_;
    mistake_facts facts_;
};

}  // namespace ambit

namespace AMBIT_NAMESPACE::mistake_parts {

/// `float32[32, 784]`
inline std::string to_string(const tensor_spec& s) { return std::string(words_of(s).view()); }

/// The report as text: what a terminal shows.
[[gnu::cold]] inline std::string to_string(const reports& mistakes, int index) {
    return std::string(message_of(mistakes, index).view());
}

/// `assign` alone: every program that has a model compiles this, and the functions of the library's string with it.
[[gnu::cold, gnu::noinline]] inline void assign_to(std::string& fact, std::string_view text) {
    fact.assign(text.data(), text.size());
}

/// What programs may ask a report for.
[[gnu::cold]] inline mistake_facts facts_for_programs(const reports& mistakes, int index) {
    using enum detail_tag;
    mistake_facts facts;
    std::string_view subject;
    for (int i = 0; i < mistakes[index].detail_count; ++i) {
        const report_detail& d = mistakes.detail(mistakes[index].first_detail + i);
        const std::string_view text = mistakes.text(d);
        short_text line(text);
        line += ':';
        append_number(line, d.line);
        switch (d.tag) {
            case path: assign_to(facts.path, text); break;
            case name:
            case scope:
            case op: subject = subject.empty() ? text : subject; break;
            case first_at: assign_to(facts.first, line.view()); break;
            case at:
            case again_at:
            case asked_at: assign_to(facts.again, line.view()); break;
            case had: facts.had = d.spec; break;
            case asked: facts.asked = d.spec; break;
            case did_you_mean: assign_to(facts.nearest, text); break;
            default: break;
        }
    }
    if (facts.path.empty()) assign_to(facts.path, subject);
    return facts;
}

[[noreturn, gnu::cold]] inline void raise(const reports& mistakes, int index) {
    throw_or_end(model_error(mistakes[index].kind, to_string(mistakes, index), facts_for_programs(mistakes, index)));
}

}  // namespace ambit::mistake_parts
