// SPDX-License-Identifier: BSL-1.0
// A broken rule as a value. The static world turns it into a compile error (explain.hpp), the dynamic one
// throws it (raise.hpp); both say the same sentence and the same facts in the same order (words.hpp).
//
//     reports all;
//     all.begin(mistake::variable_exists);
//     all.add(detail_tag::path, "conv1/weights");
//     all.add(detail_tag::first_at, first_place);
#pragma once

#include <ambit/core/buffer.hpp>
#include <ambit/core/place.hpp>
#include <ambit/core/tensor_spec.hpp>
#include <ambit/diagnostics/kinds.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace ambit {

/// One fact of a report. Text lies in the pool of its `reports`.
struct report_detail {
    detail_tag tag = detail_tag::path;
    int text_begin = 0;
    int text_length = 0;
    int line = 0;  // of a place, whose base name is the text
    std::int64_t number = 0;
    tensor_spec spec;
};

/// One mistake: a kind and a run of details.
struct report {
    mistake kind = mistake::none;
    int first_detail = 0;
    int detail_count = 0;
};

/// The mistakes of one model, in the order in which they were found.
class reports {
public:
    constexpr int size() const { return reports_.size(); }
    constexpr bool empty() const { return reports_.empty(); }
    constexpr const report& operator[](int index) const { return reports_[index]; }
    constexpr const report_detail& detail(int index) const { return details_[index]; }
    constexpr int details() const { return details_.size(); }
    constexpr const buffer<char>& characters() const { return text_; }
    constexpr std::string_view text(const report_detail& d) const {
        return {text_.begin() + d.text_begin, static_cast<std::size_t>(d.text_length)};
    }

    constexpr void begin(mistake kind) { reports_.push_back({kind, details_.size(), 0}); }

    constexpr void add(detail_tag tag, std::string_view text) {
        report_detail d;
        d.tag = tag;
        d.text_begin = text_.size();
        d.text_length = static_cast<int>(text.size());
        text_.append(text.data(), d.text_length);
        details_.push_back(d);
        ++reports_.back().detail_count;
    }

    constexpr void add(detail_tag tag, std::string_view text, const tensor_spec& spec) {
        add(tag, text);
        details_.back().spec = spec;
    }

    constexpr void add(detail_tag tag, const tensor_spec& spec) { add(tag, {}, spec); }

    constexpr void add(detail_tag tag, const place& where) {
        add(tag, where.base_name());
        details_.back().line = where.line;
    }

    constexpr void add(detail_tag tag, std::int64_t number) {
        add(tag, std::string_view());
        details_.back().number = number;
    }

    /// Forgets the last report if an earlier one says the same: a mistake in a loop is told once.
    constexpr void drop_repeated() {
        for (int i = 0; i + 1 < size(); ++i) {
            if (!says_the_same(reports_[i], reports_.back())) continue;
            keep_first(size() - 1);
            return;
        }
    }

    constexpr void keep_first(int count) {
        if (count >= size()) return;
        details_.truncate(reports_[count].first_detail);
        reports_.truncate(count);
    }

    constexpr void clear() {
        reports_.clear();
        details_.clear();
        text_.clear();
    }

private:
    constexpr bool says_the_same(const report& a, const report& b) const {
        if (a.kind != b.kind || a.detail_count != b.detail_count) return false;
        for (int i = 0; i < a.detail_count; ++i) {
            const report_detail& x = details_[a.first_detail + i];
            const report_detail& y = details_[b.first_detail + i];
            if (x.tag != y.tag || x.line != y.line || x.number != y.number || x.spec != y.spec ||
                text(x) != text(y))
                return false;
        }
        return true;
    }

    buffer<report> reports_;
    buffer<report_detail> details_;
    buffer<char> text_;
};

}  // namespace ambit
