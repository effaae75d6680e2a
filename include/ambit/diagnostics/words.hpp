// SPDX-License-Identifier: BSL-1.0
// What a report says, in words, for the compiler's text and for the exception's: what happened to what, where, what
// was asked and had, what to do.
//
//     [ambit] variable_exists: image_filters/conv1/weights
//       first at filter.cpp:5, in image_filters/conv1, opened at filter.cpp:12
//       again at filter.cpp:5, in image_filters/conv1_1, opened at filter.cpp:12
//       set reuse on the scope, or give the variable another name
//
// What makes words is cold: it is compiled into every file that has a model, and faster so.
#pragma once

#include <ambit/math/number_text.hpp>
#include <ambit/core/short_text.hpp>
#include <ambit/diagnostics/report.hpp>

#include <cstdint>
#include <string_view>

namespace AMBIT_NAMESPACE::mistake_parts {

/// How a detail follows the one before it: on a line of its own unless it belongs to that one.
constexpr std::string_view joint(detail_tag before, detail_tag now) {
    using enum detail_tag;
    const bool after_place =
        before == at || before == first_at || before == again_at || before == asked_at || before == created_at;
    switch (now) {
        case operand: return before == op ? "(" : ", ";
        case wanted: return ", ";
        case had: return before == input || before == output ? ": " : "\n";
        case asked: return before == input || before == output ? ": " : before == had ? ", " : "\n";
        case in_scope: return after_place ? ", " : "\n";
        case opened_at:
            return before == in_scope || before == still_open || before == scope || after_place ? ", " : "\n";
        default: return "\n";
    }
}

constexpr std::string_view words_before(detail_tag tag) {
    using enum detail_tag;
    switch (tag) {
        case module: return "module ";
        case path: return "";
        case name: return "name ";
        case scope: return "scope ";
        case op: return "op ";
        case operand: return "";
        case input: return "input ";
        case output: return "output ";
        case given: return "given ";
        case wanted: return "wanted ";
        case had: return "had ";
        case asked: return "asked ";
        case rule: return "";
        case at: return "at ";
        case first_at: return "first at ";
        case again_at: return "again at ";
        case asked_at: return "asked at ";
        case created_at: return "created at ";
        case in_scope: return "in ";
        case opened_at: return "opened at ";
        case closed_at: return "closed at ";
        case still_open: return "still open: ";
        case did_you_mean: return "did you mean ";
    }
    return "";
}

/// What a line of a report is about, which is the order of the lines.
enum class line_part : int { what, where, why, nearest };

constexpr line_part part_of(detail_tag first_of_line) {
    using enum detail_tag;
    switch (first_of_line) {
        case at:
        case first_at:
        case again_at:
        case asked_at:
        case created_at:
        case in_scope:
        case opened_at:
        case closed_at:
        case still_open: return line_part::where;
        case had:
        case asked:
        case rule: return line_part::why;
        case did_you_mean: return line_part::nearest;
        default: return line_part::what;
    }
}

/// Text of the user's, without what would break the line.
constexpr void append_in_line(short_text& out, std::string_view text) {
    for (const char c : text) out += static_cast<unsigned char>(c) < ' ' || c == '\x7f' ? '?' : c;
}

constexpr void begin_line(short_text& out, std::string_view line_break) {
    if (!out.empty()) out += line_break;
}

/// `float32`; `none` is the dtype of a C++ type that no tensor holds.
constexpr std::string_view words_of(dtype type) {
    return type == dtype::none ? "a type that no tensor holds" : name_of(type);
}

/// `float32[32, 784]`, `float32[any_size, 784]`
[[gnu::cold]] constexpr short_text words_of(const tensor_spec& s) {
    short_text out(name_of(s.type));
    out += '[';
    for (int axis = 0; axis < s.extents.rank(); ++axis) {
        if (axis > 0) out += ", ";
        if (s.extents[axis] == any_size) out += "any_size";
        else append_number(out, s.extents[axis]);
    }
    out += ']';
    return out;
}

/// A last line for things that are not listed.
constexpr void add_more(reports& mistakes, int count) {
    if (count <= 0) return;
    short_text line("and ");
    append_grouped(line, count);
    line += " more";
    mistakes.add(detail_tag::rule, line);
}

/// One detail, without what joins it to the one before.
[[gnu::cold]] constexpr void append_detail(short_text& out, const report_detail& d, std::string_view text) {
    using enum detail_tag;
    out += words_before(d.tag);
    append_in_line(out, text);
    switch (d.tag) {
        case name:
            if (text.empty()) out += "(empty)";
            break;
        case input:
        case output:
        case given:
        case wanted: append_number(out, d.number); break;
        case operand:
            if (!text.empty()) out += ' ';
            out += words_of(d.spec);
            break;
        case had:
        case asked:
            if (text.empty()) out += words_of(d.spec);
            break;
        case at:
        case first_at:
        case again_at:
        case asked_at:
        case created_at:
        case opened_at:
        case closed_at:
            out += ':';
            append_number(out, d.line);
            break;
        case did_you_mean: out += '?'; break;
        default: break;
    }
}

/// The lines of a report that are about `wanted`.
template <class All>
[[gnu::cold]] constexpr void append_part(short_text& out, const All& all, const report& r, line_part wanted,
                                         std::string_view line_break) {
    line_part part = line_part::what;
    for (int i = 0; i < r.detail_count; ++i) {
        const report_detail& d = all.detail(r.first_detail + i);
        const std::string_view between =
            i == 0 ? std::string_view("\n") : joint(all.detail(r.first_detail + i - 1).tag, d.tag);
        const bool begins = between == "\n";
        if (begins) part = part_of(d.tag);
        if (part != wanted) continue;
        if (begins) begin_line(out, line_break);
        else out += between;
        append_detail(out, d, all.text(d));
        const bool ends = i + 1 == r.detail_count || all.detail(r.first_detail + i + 1).tag != detail_tag::operand;
        if (d.tag == detail_tag::operand && ends) out += ')';
    }
}

/// `and 92 more of this kind`
[[gnu::cold]] constexpr void append_count(short_text& out, const report& r, std::string_view line_break) {
    if (r.more == 0) return;
    begin_line(out, line_break);
    out += "and ";
    append_grouped(out, r.more);
    out += " more of this kind";
}

/// The facts of a report, a line each. `All` is `reports` or its frozen form.
template <class All> [[gnu::cold]] constexpr short_text facts_of(const All& all, int index) {
    const report& r = all[index];
    short_text out;
    for (const line_part part : {line_part::what, line_part::where, line_part::why, line_part::nearest})
        append_part(out, all, r, part, "\n");
    append_count(out, r, "\n");
    return out;
}

/// A report as it is thrown, and as compilers print it that take a text which a program has made: kind and facts, then
/// what to do.
template <class All> [[gnu::cold]] constexpr short_text message_of(const All& all, int index) {
    const report& r = all[index];
    short_text facts;
    for (const line_part part : {line_part::what, line_part::where, line_part::why})
        append_part(facts, all, r, part, "\n  ");
    begin_line(facts, "\n  ");
    facts += advice_of(r.kind);
    append_part(facts, all, r, line_part::nearest, "\n  ");
    append_count(facts, r, "\n  ");
    short_text out("[ambit] ");
    out += name_of(r.kind);
    out += ": ";
    out += facts;
    return out;
}

}  // namespace ambit::mistake_parts
