// SPDX-License-Identifier: BSL-1.0
// What tests of scope programs ask a builder, in both worlds.
//
//     EXPECT(told(builder, 0, mistake::variable_exists, "a/w"));
//     EXPECT(filled_with(builder, v2, constant({1, 2, 3})));
#pragma once

#include <ambit/graph/builder.hpp>

#include <span>
#include <string_view>

namespace ambit_test {

/// The text of the first detail with one of these tags, or none.
template <class... Tags>
constexpr std::string_view text_of_detail(const ambit::mistake_parts::reports& all, int index, Tags... tags) {
    const ambit::mistake_parts::report& r = all[index];
    for (int i = r.first_detail; i < r.first_detail + r.detail_count; ++i)
        if (((all.detail(i).tag == tags) || ...)) return all.text(all.detail(i));
    return {};
}

/// What a mistake is about: a path, a name as it was asked for, the prefix of a scope, or an op.
constexpr std::string_view subject_of(const ambit::mistake_parts::reports& all, int index) {
    using enum ambit::mistake_parts::detail_tag;
    return text_of_detail(all, index, path, name, scope, op);
}

/// Whether a mistake is of this kind, about this, and names the scope that is in the way.
constexpr bool told(const ambit::graph_builder& builder, int index, ambit::mistake kind,
                    std::string_view subject, std::string_view still_open = {}) {
    const ambit::mistake_parts::reports& all = builder.mistakes();
    return index < all.size() && all[index].kind == kind && subject_of(all, index) == subject &&
           text_of_detail(all, index, ambit::mistake_parts::detail_tag::still_open) == still_open;
}

/// Whether a variable gets its first values from this initializer.
constexpr bool filled_with(const ambit::graph_builder& builder, const ambit::variable& v,
                           const ambit::initializer& wanted) {
    const ambit::scope_parts::variable_record& record = builder.variable_at(v.id());
    const std::span<const double> list(builder.values().begin() + record.first_value,
                                       static_cast<std::size_t>(record.value_count));
    return builder.initializer_of(v.id()).with_values(list) == wanted;
}

/// The names of the members of a collection, a space between them.
template <class Member> constexpr ambit::core_parts::short_text names_of(const ambit::core_parts::buffer<Member>& all) {
    ambit::core_parts::short_text text;
    for (int i = 0; i < all.size(); ++i) {
        if (i > 0) text += ' ';
        text += all[i].name();
    }
    return text;
}

}  // namespace ambit_test
