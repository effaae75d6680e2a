// SPDX-License-Identifier: BSL-1.0
// A Boost.Hana map of COUNT names, and a lookup in it: names as types, for comparison with names as values.
#include <boost/hana.hpp>

#include <utility>

namespace hana = boost::hana;

constexpr char digit(int number, int place) {
    for (; place > 0; --place) number /= 10;
    return static_cast<char>('0' + number % 10);
}
template <int I>
using name = hana::string<'l', 'a', 'y', 'e', 'r', '_', digit(I, 3), digit(I, 2), digit(I, 1), digit(I, 0)>;

template <int... I> auto make(std::integer_sequence<int, I...>) {
    return hana::make_map(hana::make_pair(name<I>{}, I)...);
}

int last() {
    const auto names = make(std::make_integer_sequence<int, COUNT>{});
    return names[name<COUNT - 1>{}];
}
