// SPDX-License-Identifier: BSL-1.0
// Turns a report into an exception, with the words that the compiler would have printed.
//
//     try { build(module, {spec(float32, {32, 784})}); }
//     catch (const model_error& e) { e.kind() == mistake::variable_exists; e.what(); }
#pragma once

#include <ambit/diagnostics/error.hpp>
#include <ambit/diagnostics/report.hpp>

#include <string>

namespace ambit {

/// A mistake in a model that was built at run time. `what()` has the kind, the advice and a line for each detail.
class model_error : public error {
public:
    model_error(mistake kind, const std::string& text) : error(text), kind_(kind) {}
    mistake kind() const noexcept { return kind_; }

private:
    mistake kind_;
};

/// `float32[32, 784]`
inline std::string to_string(const tensor_spec& s) {
    std::string text{name_of(s.type)};
    text += '[';
    for (int axis = 0; axis < s.extents.rank(); ++axis) {
        if (axis > 0) text += ", ";
        text += std::to_string(s.extents[axis]);
    }
    text += ']';
    return text;
}

namespace detail {
inline std::string spoken(detail_tag tag) {
    std::string words{name_of(tag)};
    for (char& c : words)
        if (c == '_') c = ' ';
    return words;
}
}  // namespace detail

/// The report as text: what a terminal shows.
inline std::string to_string(const reports& all, int index) {
    const report& r = all[index];
    std::string text = "[ambit] ";
    text += name_of(r.kind);
    text += ": ";
    text += advice_for(r.kind);
    for (int i = 0; i < r.detail_count; ++i) {
        const report_detail& d = all.detail(r.first_detail + i);
        text += "\n  " + detail::spoken(d.tag) + ' ';
        switch (d.tag) {
#define AMBIT_TEXT(name) \
    case detail_tag::name: text += all.text(d); break;
#define AMBIT_PLACE(name) \
    case detail_tag::name: (text += all.text(d)) += ':' + std::to_string(d.line); break;
#define AMBIT_SPEC(name) \
    case detail_tag::name: text += to_string(d.spec); break;
#define AMBIT_NUMBER(name) \
    case detail_tag::name: text += std::to_string(d.number); break;
            AMBIT_DETAILS(AMBIT_TEXT, AMBIT_PLACE, AMBIT_SPEC, AMBIT_NUMBER)
#undef AMBIT_TEXT
#undef AMBIT_PLACE
#undef AMBIT_SPEC
#undef AMBIT_NUMBER
        }
    }
    return text;
}

[[noreturn]] inline void raise(const reports& all, int index) {
    throw model_error(all[index].kind, to_string(all, index));
}

}  // namespace ambit
