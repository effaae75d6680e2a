// SPDX-License-Identifier: BSL-1.0
// A broken rule as a value. The static world turns it into a compile error (explain.hpp), the dynamic one
// throws it (raise.hpp); both say the same sentence and the same facts in the same order (words.hpp).
//
//     reports mistakes;
//     mistakes.begin(mistake::variable_exists);
//     mistakes.add(detail_tag::path, "conv1/weights");
//     mistakes.add(detail_tag::first_at, first_place);
#pragma once

#include <ambit/core/buffer.hpp>
#include <ambit/core/hash.hpp>
#include <ambit/core/place.hpp>
#include <ambit/core/tensor_spec.hpp>
#include <ambit/diagnostics/kinds.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace AMBIT_NAMESPACE::mistake_parts {

/// One fact of a report. Text lies in the pool of its `reports`.
struct report_detail {
    detail_tag tag = detail_tag::path;
    int text_begin = 0;
    int text_length = 0;
    int line = 0;  // of a place, whose base name is the text
    std::int64_t number = 0;  // of a place, how many characters its folder has, which stand before the text
    tensor_spec spec;
};

/// One mistake: a kind and a run of details.
struct report {
    mistake kind = mistake::none;
    int first_detail = 0;
    int detail_count = 0;
    int more = 0;  // mistakes of this kind that are counted here and not told
};

/// Mistakes of one kind that are told; the last of them says how many more there are.
inline constexpr int most_told = 8;

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

    /// The file of a place as the compiler spells it.
    constexpr std::string_view file(const report_detail& d) const {
        const auto folder = static_cast<int>(d.number);
        return {text_.begin() + d.text_begin - folder, static_cast<std::size_t>(d.text_length + folder)};
    }

    constexpr void begin(mistake kind) { reports_.push_back({kind, details_.size(), 0}); }

    [[gnu::cold]] constexpr void add(detail_tag tag, std::string_view text) {
        report_detail d;
        d.tag = tag;
        d.text_begin = text_.size();
        d.text_length = static_cast<int>(text.size());
        text_.append(text.data(), d.text_length);
        details_.push_back(d);
        ++reports_.back().detail_count;
    }

    [[gnu::cold]] constexpr void add(detail_tag tag, std::string_view text, const tensor_spec& spec) {
        add(tag, text);
        details_.back().spec = spec;
    }

    constexpr void add(detail_tag tag, const tensor_spec& spec) { add(tag, {}, spec); }

    constexpr void add(detail_tag tag, const place& where) {
        const std::string_view file = where.file, name = where.base_name();
        const std::size_t folder = where.line > 0 ? file.size() - name.size() : 0;
        text_.append(file.data(), static_cast<int>(folder));
        add(tag, name);
        details_.back().line = where.line;
        details_.back().number = static_cast<std::int64_t>(folder);
    }

    constexpr void add(detail_tag tag, std::int64_t number) {
        add(tag, std::string_view());
        details_.back().number = number;
    }

    /// Ends the last report. It is forgotten if an earlier one says the same, since a mistake in a loop is told once,
    /// and only counted if enough of its kind are told.
    constexpr void settle_last() {
        const int last = size() - 1;
        int told = 0, nearest = -1;
        for (int i = 0; i < last; ++i) {
            if (reports_[i].kind != reports_[last].kind) continue;
            if (says_the_same(reports_[i], reports_[last])) return keep_first(last);
            ++told;
            nearest = i;
        }
        if (told < most_told) return;
        if (is_new(hash_of(reports_[last]))) ++reports_[nearest].more;
        keep_first(last);
    }

    /// Counts mistakes that are of the kind of the last report and not told.
    constexpr void add_more(int count) { reports_.back().more += count; }

    constexpr void keep_first(int count) {
        if (count >= size()) return;
        const int first = reports_[count].first_detail;
        if (first < details_.size()) text_.truncate(begin_of(details_[first]));
        details_.truncate(first);
        reports_.truncate(count);
    }

    constexpr void clear() {
        reports_.clear();
        details_.clear();
        text_.clear();
        counted_.clear();
        counted_size_ = 0;
    }

private:
    /// Where the text of a detail begins, or the folder before it.
    static constexpr int begin_of(const report_detail& d) {
        return d.line > 0 ? d.text_begin - static_cast<int>(d.number) : d.text_begin;
    }
    constexpr bool says_the_same(const report& a, const report& b) const {
        if (a.kind != b.kind || a.detail_count != b.detail_count) return false;
        for (int i = 0; i < a.detail_count; ++i) {
            const report_detail& x = details_[a.first_detail + i];
            const report_detail& y = details_[b.first_detail + i];
            if (x.tag != y.tag || x.line != y.line || x.number != y.number || x.spec != y.spec || text(x) != text(y))
                return false;
        }
        return true;
    }

    constexpr std::uint64_t hash_of(const report& r) const {
        std::uint64_t hash = fnv1a_of_nothing;
        const auto add = [&hash](std::uint64_t word) { hash = fnv1a_with(hash, word); };
        add(static_cast<std::uint64_t>(r.kind));
        for (int i = 0; i < r.detail_count; ++i) {
            const report_detail& d = details_[r.first_detail + i];
            add(static_cast<std::uint64_t>(d.tag));
            add(static_cast<std::uint64_t>(d.line));
            add(static_cast<std::uint64_t>(d.number));
            add(static_cast<std::uint64_t>(d.spec.type));
            for (int axis = 0; axis < d.spec.extents.rank(); ++axis)
                add(static_cast<std::uint64_t>(d.spec.extents[axis]));
            for (const char c : text(d)) add(static_cast<unsigned char>(c));
        }
        return hash == 0 ? 1 : hash ^ hash >> 32;
    }

    /// Whether this hash of a report is met for the first time; it is remembered, in an open table.
    constexpr bool is_new(std::uint64_t hash) {
        if (2 * (counted_size_ + 1) > counted_.size()) {
            buffer<std::uint64_t> smaller;
            smaller.swap(counted_);
            counted_.resize(smaller.empty() ? 32 : 2 * smaller.size(), 0);
            for (const std::uint64_t old : smaller)
                if (old != 0) counted_[slot_of(old)] = old;
        }
        const int slot = slot_of(hash);
        if (counted_[slot] == hash) return false;
        counted_[slot] = hash;
        ++counted_size_;
        return true;
    }
    constexpr int slot_of(std::uint64_t hash) const {
        const auto mask = static_cast<std::uint64_t>(counted_.size() - 1);
        auto slot = static_cast<int>(hash & mask);
        while (counted_[slot] != 0 && counted_[slot] != hash) slot = static_cast<int>((std::uint64_t(slot) + 1) & mask);
        return slot;
    }

    buffer<report> reports_;
    buffer<report_detail> details_;
    buffer<char> text_;
    buffer<std::uint64_t> counted_;  // hashes of those that were counted and not told
    int counted_size_ = 0;
};

}  // namespace ambit::mistake_parts

namespace AMBIT_NAMESPACE {

using mistake_parts::reports;  // what `check` gives

}  // namespace ambit
