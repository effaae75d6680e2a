// SPDX-License-Identifier: BSL-1.0
#include "inspect_text.hpp"

#include "name_tree.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tool {

namespace {

/// Text pairs that are for people, and not told in other words.
bool is_shown(std::string_view key) { return !key.starts_with(checkpoint_parts::own_keys); }

/// Indented by two, with commas between; on more lines if one is too short.
std::string wrapped(const std::vector<std::string>& words, std::size_t width) {
    std::string text, line = "  ";
    for (std::size_t w = 0; w < words.size(); ++w) {
        const std::string word = words[w] + (w + 1 < words.size() ? "," : "");
        if (line.size() > 2 && columns_of(line) + 1 + columns_of(word) > width) {
            text += std::exchange(line, "    ") + '\n';
            line += word;
            continue;
        }
        line += (line.size() > 2 ? " " : "") + word;
    }
    return text + line + '\n';
}

std::string heading(const contents& found, const page& out) {
    const tensor_source& file = found.file;
    std::uint64_t bytes = 0, of_optimizer = 0;
    for (std::size_t i = 0; i < found.tensors.size(); ++i) {
        bytes += found[i].bytes;
        of_optimizer += found.tensors[i].is_of_optimizer ? 1U : 0U;
    }
    std::string text = out.styled(style::bold, cut_front_to(mistake_parts::shown_path(file.file()), out.width)) + '\n';
    std::vector<std::string> origin{std::string(file.format())};
    if (const std::string saver = saved_by(file); !saver.empty()) origin.push_back("saved by " + saver);
    if (const std::string step = text_at(file.metadata(), checkpoint_parts::step_key); !step.empty())
        origin.push_back("step " + cut_to(mistake_parts::visible(step, 40), 24));
    if (!file.checksum().empty()) origin.push_back(std::string(file.checksum()) + " of each tensor");
    text += wrapped(origin, out.width);
    std::string count = counted(found.tensors.size(), "tensor");
    if (found.tensors.size() < file.tensors().size()) count += " of " + grouped(file.tensors().size());
    std::vector<std::string> size{count, mistake_parts::readable_bytes(static_cast<std::int64_t>(bytes))};
    if (of_optimizer > 0) size.push_back(grouped(of_optimizer) + " of an optimizer");
    text += wrapped(size, out.width);
    for (const auto& [key, value] : file.metadata()) {
        if (!is_shown(key)) continue;
        const std::string name = cut_to(shown_name(key), out.width / 2);
        const std::size_t room = out.width - (std::min)(out.width, columns_of(name) + 4);
        text +=
            "  " + out.styled(style::cyan, name) + "  " + cut_to(mistake_parts::in_quotes(value, 1000), room) + '\n';
    }
    return text;
}

// ---- One tensor a row -------------------------------------------------------------------------------------------

/// Heights of the bars; what is there at all is seen.
std::string bars_of(const tensor_statistics& of, bool unicode) {
    static constexpr const char* high[] = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    static constexpr const char* plain[] = {" ", ".", ".", ":", ":", "+", "+", "#", "#"};
    const std::uint64_t most = *std::max_element(of.histogram.begin(), of.histogram.end());
    std::string bars;
    for (const std::uint64_t count : of.histogram) {
        const long double share = static_cast<long double>(count) / static_cast<long double>(most);
        bars += (unicode ? high : plain)[static_cast<int>(std::ceil(8 * share))];
    }
    return bars;
}

struct range_text {
    std::string least, bars, greatest;  ///< or all of it in `least`, without bars
    std::size_t columns(std::size_t widest_least) const {
        if (bars.empty()) return columns_of(least);
        return widest_least + 2 + columns_of(bars) + columns_of(greatest);
    }
};

range_text range_of(const tensor_statistics& of, bool unicode) {
    if (of.elements == 0) return {"no elements", "", ""};
    if (of.finite() == 0) return {"no finite element", "", ""};
    if (of.elements == 1) return {"= " + short_number(of.least), "", ""};
    if (of.is_constant()) return {"all " + short_number(of.least), "", ""};
    return {short_number(of.least), bars_of(of, unicode), short_number(of.greatest)};
}

/// `2 NaN, 1 infinite`
std::string flaws_of(const tensor_statistics& of) {
    std::string text;
    if (of.not_numbers > 0) text = grouped(of.not_numbers) + " NaN";
    if (of.infinite > 0) text += (text.empty() ? "" : ", ") + grouped(of.infinite) + " infinite";
    return text;
}

std::string moments_of(const tensor_statistics& of) {
    if (of.finite() < 2 || of.is_constant()) return {};
    return "mean " + short_number(of.mean) + ", std " + short_number(of.deviation);
}

struct table_row {
    std::string branch, below, name, type, bytes, moments, flaws;
    range_text range;
    bool is_tensor = false;

    std::size_t note_columns() const {
        return columns_of(moments) + columns_of(flaws) + (moments.empty() || flaws.empty() ? 0 : 2);
    }
};

/// The rows, their columns aligned: name, type and size, then the range, then the rest. What a page is too narrow for
/// stands below, the same of all rows.
class tensor_table {
public:
    tensor_table(const contents& found, const page& out) : found_(found), out_(out) {
        std::vector<std::string_view> names;
        for (std::size_t i = 0; i < found.tensors.size(); ++i) names.emplace_back(found[i].name);
        rows_ = tree_of(names, out.shows_unicode);
        for (const tree_row& row : rows_) widen_for(row_of(row));
        range_ = (std::max)(words_, bars_ > 0 ? least_ + 2 + bars_ + greatest_ : 0);
        const std::size_t facts = columns_of_facts();
        range_fits_ = facts + 2 + range_ <= out.width;
        note_fits_ = range_fits_ && facts + 4 + range_ + note_ <= out.width;
        margin_ = (std::min)(name_ + 2, out.width / 4);
        both_fit_below_ = !range_fits_ && margin_ + 4 + range_ + note_ <= out.width;
    }

    std::string text() {
        for (const tree_row& from : rows_) {
            const table_row row = row_of(from);
            line_ =
                out_.styled(style::dim, row.branch) + out_.styled(row.is_tensor ? style::plain : style::bold, row.name);
            if (row.is_tensor) append_columns(row);
            text_ += line_ + '\n';
        }
        return std::move(text_);
    }

private:
    std::size_t columns_of_facts() const { return name_ + type_ + bytes_ + 4; }

    /// Made when it is needed: there may be a million.
    table_row row_of(const tree_row& from) const {
        const std::size_t widest_name = out_.width * 2 / 5, widest_type = out_.width * 3 / 10;
        table_row row;
        row.branch = from.branch;
        row.below = from.below;
        const std::size_t branch = columns_of(row.branch);
        if (!from.tensor) {
            row.name = cut_to(shown_name(from.name), out_.width - (std::min)(out_.width - 8, branch));
            return row;
        }
        row.is_tensor = true;
        row.name = cut_to(shown_name(from.name), widest_name - (std::min)(widest_name - 8, branch));
        const looked_at& it = found_.tensors[*from.tensor];
        const stored_tensor& stored = found_[*from.tensor];
        // The type of a foreign file is a text like others.
        row.type = cut_to(mistake_parts::visible(checkpoint_parts::type_and_shape(stored), 400), widest_type);
        row.bytes = short_bytes(stored.bytes);
        if (!it.failure.empty()) row.flaws = "cannot be read";
        if (it.statistics) {
            row.range = range_of(*it.statistics, out_.shows_unicode);
            row.moments = moments_of(*it.statistics);
            row.flaws = flaws_of(*it.statistics);
        }
        return row;
    }

    void widen_for(const table_row& row) {
        if (!row.is_tensor) return;
        const auto widen = [](std::size_t& width, std::size_t columns) { width = (std::max)(width, columns); };
        widen(name_, columns_of(row.branch) + columns_of(row.name));
        widen(type_, columns_of(row.type));
        widen(bytes_, columns_of(row.bytes));
        widen(note_, row.note_columns());
        if (row.range.bars.empty()) return widen(words_, columns_of(row.range.least));
        widen(least_, columns_of(row.range.least));
        widen(bars_, columns_of(row.range.bars));
        widen(greatest_, columns_of(row.range.greatest));
    }

    void append_columns(const table_row& row) {
        line_ += std::string(name_ - columns_of(row.branch) - columns_of(row.name) + 2, ' ');
        line_ += padded(row.type, type_) + "  " + padded_left(row.bytes, bytes_);
        used_ = columns_of_facts();
        std::string range = row.range.least;
        if (!row.range.bars.empty())
            range = padded_left(row.range.least, least_) + ' ' + out_.styled(style::cyan, row.range.bars) + ' ' +
                    row.range.greatest;
        append(row, range, row.range.columns(least_), range_fits_, columns_of_facts());
        const std::size_t place = note_fits_ ? columns_of_facts() + 2 + range_ : used_;
        const std::string moments = out_.styled(style::dim, row.moments), flaws = out_.styled(style::red, row.flaws);
        if (note_fits_ || both_fit_below_ || margin_of(row) + row.note_columns() <= out_.width) {
            const std::string comma = moments.empty() || flaws.empty() ? "" : ", ";
            append(row, moments + comma + flaws, row.note_columns(), note_fits_ || both_fit_below_, place);
        } else {
            append(row, moments, columns_of(row.moments), false, 0);
            append(row, flaws, columns_of(row.flaws), false, 0);
        }
    }

    std::size_t margin_of(const table_row& row) const { return (std::max)(columns_of(row.below), margin_); }

    /// Words of so many columns, on this line at a place, or on the next.
    void append(const table_row& row, const std::string& words, std::size_t columns, bool fits, std::size_t place) {
        if (words.empty()) return;
        if (fits) {
            line_ += std::string(place + 2 - used_, ' ') + words;
            used_ = place + 2 + columns;
            return;
        }
        text_ += line_ + '\n';
        line_ = out_.styled(style::dim, row.below) + std::string(margin_of(row) - columns_of(row.below), ' ') + words;
        used_ = margin_of(row) + columns;
    }

    const contents& found_;
    const page& out_;
    std::vector<tree_row> rows_;
    std::size_t name_ = 0, type_ = 0, bytes_ = 0, note_ = 0, margin_ = 0;  // columns
    std::size_t words_ = 0, least_ = 0, bars_ = 0, greatest_ = 0, range_ = 0;  // of ranges
    bool range_fits_ = false, note_fits_ = false, both_fit_below_ = false;
    std::string text_, line_;
    std::size_t used_ = 0;  // of the line
};

// ---- One tensor, in detail --------------------------------------------------------------------------------------

std::string detail_of(const contents& found, const page& out) {
    const stored_tensor& stored = found[0];
    const looked_at& it = found.tensors[0];
    std::string text = out.styled(style::bold, cut_to(shown_name(stored.name), out.width)) + '\n';
    const auto line = [&](const char* what, const std::string& value, style how = style::plain) {
        text += "  " + padded(what, 11) + out.styled(how, cut_to(value, out.width - 13)) + '\n';
    };
    line("type", mistake_parts::visible(checkpoint_parts::type_and_shape(stored), 400));
    line("bytes", grouped(stored.bytes));
    if (it.is_of_optimizer) line("role", "state of an optimizer");
    if (!it.failure.empty()) line("elements", "cannot be read", style::red);
    if (!it.statistics) return text;
    const tensor_statistics& of = *it.statistics;
    line("elements", grouped(of.elements) + (of.zeros > 0 ? ", " + grouped(of.zeros) + " of them 0" : ""));
    if (const std::string flaws = flaws_of(of); !flaws.empty()) line("not finite", flaws, style::red);
    if (of.finite() == 0) return text;
    line("least", short_number(of.least));
    line("greatest", short_number(of.greatest));
    line("mean", short_number(of.mean));
    line("std", short_number(of.deviation));
    if (of.is_constant() || of.finite() < 2) return text;

    text += '\n';
    std::vector<std::string> starts, counts;
    std::size_t start_columns = 0, count_columns = 0;
    const long double width = (of.greatest - of.least) / static_cast<long double>(of.histogram.size());
    for (std::size_t bin = 0; bin < of.histogram.size(); ++bin) {
        starts.push_back(short_number(of.least + width * static_cast<long double>(bin)));
        counts.push_back(grouped(of.histogram[bin]));
        start_columns = (std::max)(start_columns, starts.back().size());
        count_columns = (std::max)(count_columns, counts.back().size());
    }
    const std::uint64_t most = *std::max_element(of.histogram.begin(), of.histogram.end());
    const std::size_t room = (std::min<std::size_t>)(out.width - start_columns - count_columns - 6, 60);
    for (std::size_t bin = 0; bin < of.histogram.size(); ++bin) {
        const long double share = static_cast<long double>(of.histogram[bin]) / static_cast<long double>(most);
        auto filled = static_cast<std::size_t>(share * static_cast<long double>(room) + 0.5L);
        if (filled == 0 && of.histogram[bin] > 0) filled = 1;
        std::string bar;
        for (std::size_t i = 0; i < filled; ++i) bar += out.shows_unicode ? "█" : "#";
        text += "  " + padded_left(starts[bin], start_columns) + "  " + padded_left(counts[bin], count_columns) +
                (bar.empty() ? "" : "  " + out.styled(style::cyan, bar)) + '\n';
    }
    return text;
}

}  // namespace

std::string text_of(const contents& found, const page& out) {
    std::string text = heading(found, out);
    if (found.tensors.empty()) return text;
    return text + '\n' + (found.tensors.size() == 1 ? detail_of(found, out) : tensor_table(found, out).text());
}

}  // namespace tool
