// SPDX-License-Identifier: BSL-1.0
// `ambit diff`: in what two checkpoints differ.
#include "commands.hpp"
#include "numbers.hpp"
#include "output.hpp"
#include "page.hpp"
#include "reading.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iostream>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tool {

namespace {

/// The words are those of `load_report`, with A as what is wanted and B as the file.
enum class outcome { missing, unexpected, other_shape, other_type, other_values };
constexpr const char* titles[] = {"missing in B", "unexpected in B", "of another shape in B", "of another dtype in B",
                                  "of other values in B"};
constexpr const char* keys[] = {"missing", "unexpected", "other_shape", "other_dtype", "other_values"};

struct value_difference {
    std::uint64_t elements = 0, differing = 0;
    std::uint64_t unmatched = 0;  ///< of those: NaN or infinite in one of them
    long double absolute = 0, relative = 0;  ///< the largest, of finite elements
    std::uint64_t place = 0;  ///< of the largest absolute one
    bool has_numbers = true;
};

struct difference {
    outcome what;
    const stored_tensor* a = nullptr;
    const stored_tensor* b = nullptr;
    std::optional<value_difference> values;
    std::string nearest;
};

struct comparison {
    const tensor_source &a, &b;
    std::vector<difference> differences;
    std::vector<std::string> texts;  ///< keys of text pairs that differ
    std::size_t equal = 0;
    bool is_equal() const { return differences.empty() && texts.empty(); }
};

/// Elements as numbers: 0 and -0 are equal, and so are NaN and NaN.
value_difference compare_numbers(const stored_tensor& a, std::span<const std::byte> of_a, const stored_tensor& b,
                                 std::span<const std::byte> of_b, const diff_options& by) {
    const auto size_a = static_cast<std::size_t>(size_of(parts_of(a.type)));
    const auto size_b = static_cast<std::size_t>(size_of(parts_of(b.type)));
    value_difference found;
    found.elements = of_a.size() / size_a;
    std::array<long double, chunk_elements> from_a{}, from_b{};
    for (std::size_t begin = 0; begin < found.elements; begin += chunk_elements) {
        const std::size_t count = (std::min<std::size_t>)(chunk_elements, found.elements - begin);
        read_numbers<long double>(a.type, of_a.subspan(begin * size_a, count * size_a), {from_a.data(), count});
        read_numbers<long double>(b.type, of_b.subspan(begin * size_b, count * size_b), {from_b.data(), count});
        for (std::size_t i = 0; i < count; ++i) {
            const long double left = from_a[i], right = from_b[i];
            if (math::equals(left, right) || (std::isnan(left) && std::isnan(right))) continue;
            if (!std::isfinite(left) || !std::isfinite(right)) {
                ++found.differing;
                ++found.unmatched;
                continue;
            }
            const long double greater = (std::max)(std::fabs(left), std::fabs(right));
            const long double apart = std::fabs(left - right);
            if (apart <= static_cast<long double>(by.absolute) + static_cast<long double>(by.relative) * greater)
                continue;
            ++found.differing;
            if (apart > found.absolute) {
                found.absolute = apart;
                found.place = begin + i;
            }
            found.relative = (std::max)(found.relative, apart / greater);
        }
    }
    return found;
}

class comparer {
public:
    comparer(const tensor_source& a, const tensor_source& b, const diff_options& by)
        : by_(by), found_{a, b, {}, {}, 0}, bar_("diff", bytes_to_read()), read_a_(a, bar_), read_b_(b, bar_) {}

    comparison compare() {
        // Both are in order of name.
        const auto all_a = found_.a.tensors(), all_b = found_.b.tensors();
        std::size_t i = 0, j = 0;
        while (i < all_a.size() || j < all_b.size()) {
            if (j == all_b.size() || (i < all_a.size() && all_a[i].name < all_b[j].name))
                found_.differences.push_back({outcome::missing, &all_a[i++], nullptr, {}, {}});
            else if (i == all_a.size() || all_b[j].name < all_a[i].name)
                found_.differences.push_back({outcome::unexpected, nullptr, &all_b[j++], {}, {}});
            else compare_tensor(i++, j++);
        }
        suggest();
        if (by_.with_texts) compare_texts();
        return std::move(found_);
    }

private:
    std::uint64_t bytes_to_read() const {
        std::uint64_t bytes = 0;
        for (const stored_tensor& tensor : found_.a.tensors())
            if (const stored_tensor* const other = found_.b.find(tensor.name)) bytes += tensor.bytes + other->bytes;
        return bytes;
    }

    void compare_tensor(std::size_t i, std::size_t j) {
        const stored_tensor &a = found_.a.tensors()[i], &b = found_.b.tensors()[j];
        if (a.extents != b.extents) {
            found_.differences.push_back({outcome::other_shape, &a, &b, {}, {}});
            return;
        }
        const bool is_other_type = a.type != b.type || (a.type == element_type::other && a.type_name != b.type_name);
        const value_difference values = compare_values(i, j, is_other_type);
        if (is_other_type && !(by_.any_type && values.has_numbers))
            found_.differences.push_back({outcome::other_type, &a, &b, values, {}});
        else if (values.differing > 0) found_.differences.push_back({outcome::other_values, &a, &b, values, {}});
        else ++found_.equal;
    }

    value_difference compare_values(std::size_t i, std::size_t j, bool is_other_type) {
        const stored_tensor &a = found_.a.tensors()[i], &b = found_.b.tensors()[j];
        const bool are_parts = parts_of(a.type) != a.type, are_parts_there = parts_of(b.type) != b.type;
        const bool are_numbers = has_numbers(a.type) && has_numbers(b.type) && are_parts == are_parts_there;
        if (!are_numbers && is_other_type) return {0, 0, 0, 0, 0, 0, false};
        elements_a_.resize(static_cast<std::size_t>(a.bytes));
        elements_b_.resize(static_cast<std::size_t>(b.bytes));
        read_a_.read(i, elements_a_);
        read_b_.read(j, elements_b_);
        if (!is_other_type && elements_a_ == elements_b_) return {};
        if (!are_numbers) return {1, 1, 0, 0, 0, 0, false};
        return compare_numbers(a, elements_a_, b, elements_b_, by_);
    }

    /// What is missing may have another name in B.
    void suggest() {
        constexpr int most_suggestions = 64;
        int suggested = 0;
        for (difference& it : found_.differences) {
            if (it.what != outcome::missing || suggested++ == most_suggestions) continue;
            mistake_parts::nearest_name nearest(it.a->name);
            for (std::size_t d = 0; d < found_.differences.size(); ++d)
                if (found_.differences[d].what == outcome::unexpected)
                    nearest.consider(static_cast<int>(d), found_.differences[d].b->name);
            if (nearest.best() >= 0) it.nearest = found_.differences[static_cast<std::size_t>(nearest.best())].b->name;
        }
    }

    void compare_texts() {
        checkpoint_metadata all = found_.a.metadata();
        all.insert(found_.b.metadata().begin(), found_.b.metadata().end());
        for (const auto& [key, value] : all) {
            const auto a = found_.a.metadata().find(key), b = found_.b.metadata().find(key);
            if (a == found_.a.metadata().end() || b == found_.b.metadata().end() || a->second != b->second)
                found_.texts.push_back(key);
        }
    }

    const diff_options& by_;
    comparison found_;
    reading_bar bar_;
    watched_source read_a_, read_b_;
    std::vector<std::byte> elements_a_, elements_b_;
};

// ---- For people -------------------------------------------------------------------------------------------------

/// `[3, 4]`, the indices of an element.
std::vector<std::int64_t> indices_of(std::uint64_t element, const stored_tensor& tensor) {
    if (parts_of(tensor.type) != tensor.type) element /= 2;
    std::vector<std::int64_t> indices(tensor.extents.size());
    for (std::size_t axis = indices.size(); axis-- > 0;) {
        const auto extent = static_cast<std::uint64_t>(tensor.extents[axis]);
        indices[axis] = static_cast<std::int64_t>(element % extent);
        element /= extent;
    }
    return indices;
}

std::string spec_of(const stored_tensor& tensor) {
    return cut_to(mistake_parts::visible(checkpoint_parts::type_and_shape(tensor), 200), 40);
}

/// Words that belong on one line each, if not all do.
std::vector<std::string> notes_of(const difference& it) {
    std::vector<std::string> notes;
    if (it.what == outcome::other_shape || it.what == outcome::other_type) notes.push_back("there " + spec_of(*it.b));
    if (!it.nearest.empty()) notes.push_back("did you mean " + mistake_parts::in_quotes(it.nearest, 48) + "?");
    if (!it.values) return notes;
    const value_difference& values = *it.values;
    if (!values.has_numbers) {
        if (it.what == outcome::other_values) notes.emplace_back("other bytes");
        return notes;
    }
    if (values.differing == 0) {
        notes.emplace_back("the same values");
        return notes;
    }
    notes.push_back(grouped(values.differing) + " of " + grouped(values.elements));
    if (values.absolute > 0) {
        std::string place;
        for (const std::int64_t index : indices_of(values.place, *it.a))
            place += (place.empty() ? "" : ", ") + std::to_string(index);
        notes.push_back("up to " + short_number(values.absolute) + " at [" + place + "], relative " +
                        short_number(values.relative));
    }
    if (values.unmatched > 0) notes.push_back(grouped(values.unmatched) + " NaN or infinite in one of them");
    return notes;
}

std::string text_of(const comparison& found, const page& out) {
    std::string text;
    for (const auto& [letter, file] : {std::pair('A', &found.a), std::pair('B', &found.b)}) {
        const std::string count = "  " + counted(file->tensors().size(), "tensor");
        const std::size_t room = out.width - count.size() - 3;
        text += out.styled(style::bold, std::string(1, letter)) + "  " +
                cut_front_to(mistake_parts::shown_path(file->file()), room) + count + '\n';
    }
    for (std::size_t kind = 0; kind < std::size(titles); ++kind) {
        std::vector<const difference*> group;
        for (const difference& it : found.differences)
            if (it.what == static_cast<outcome>(kind)) group.push_back(&it);
        if (group.empty()) continue;
        text += "  " + out.styled(style::red, std::string(titles[kind]) + ": " + grouped(group.size())) + '\n';
        std::size_t longest_name = 0, longest_spec = 0;
        const auto name_of_row = [&](const difference& it) {
            return cut_to(shown_name((it.a != nullptr ? it.a : it.b)->name), out.width - 6);
        };
        for (const difference* it : group) {
            const std::size_t name = columns_of(name_of_row(*it));
            const std::size_t spec = columns_of(spec_of(it->a != nullptr ? *it->a : *it->b));
            if (name <= out.width / 2) longest_name = (std::max)(longest_name, name);
            if (spec <= 24) longest_spec = (std::max)(longest_spec, spec);
        }
        for (const difference* it : group) {
            std::string line = "    " + padded(name_of_row(*it), longest_name);
            // On this line if it fits, else on one more.
            const auto append = [&](const std::string& words, std::size_t width, std::string_view between) {
                if (columns_of(line) + between.size() + columns_of(words) <= out.width) {
                    line += std::string(between) + padded(words, width);
                    return;
                }
                line.erase(line.find_last_not_of(' ') + 1);
                text += line + '\n';
                line = "      " + words;
            };
            append(spec_of(it->a != nullptr ? *it->a : *it->b), longest_spec, "  ");
            std::string_view between = "  ";
            for (const std::string& note : notes_of(*it)) append(note, 0, std::exchange(between, ", "));
            line.erase(line.find_last_not_of(' ') + 1);
            text += line + '\n';
        }
    }
    if (!found.texts.empty())
        text += "  " + out.styled(style::red, "other texts: " + grouped(found.texts.size())) + '\n';
    for (const std::string& key : found.texts) text += "    " + cut_to(shown_name(key), out.width - 4) + '\n';
    text += "  " + out.styled(found.is_equal() ? style::green : style::plain, "equal: " + grouped(found.equal)) + '\n';
    return text;
}

// ---- As a value -------------------------------------------------------------------------------------------------

json value_of(const comparison& found) {
    json all;
    all["a"] = found.a.file();
    all["b"] = found.b.file();
    all["is_equal"] = found.is_equal();
    all["equal"] = found.equal;
    for (const char* key : keys) all[key] = json::array();
    for (const difference& it : found.differences) {
        json entry;
        entry["name"] = (it.a != nullptr ? it.a : it.b)->name;
        for (const auto& [letter, tensor] : {std::pair("a", it.a), std::pair("b", it.b)})
            if (tensor != nullptr)
                entry[letter] = {
                    {"type", name_of(tensor->type)}, {"type_in_file", tensor->type_name}, {"shape", tensor->extents}};
        if (!it.nearest.empty()) entry["nearest"] = it.nearest;
        if (it.values && it.values->has_numbers) {
            entry["elements"] = it.values->elements;
            entry["differing"] = it.values->differing;
            entry["not_finite_in_one"] = it.values->unmatched;
            entry["largest_absolute"] = static_cast<double>(it.values->absolute);
            entry["largest_relative"] = static_cast<double>(it.values->relative);
            if (it.values->absolute > 0) entry["largest_absolute_at"] = indices_of(it.values->place, *it.a);
        }
        all[keys[static_cast<int>(it.what)]].push_back(std::move(entry));
    }
    all["other_texts"] = found.texts;
    return all;
}

}  // namespace

int diff(const diff_options& wanted) {
    const auto a = open_file(wanted.a);
    const auto b = open_file(wanted.b);
    const comparison found = comparer(*a, *b, wanted).compare();
    if (wanted.as_json) print(value_of(found));
    else if (!wanted.is_quiet) print(text_of(found, page_of_output()));
    return found.is_equal() ? 0 : 1;
}

}  // namespace tool
