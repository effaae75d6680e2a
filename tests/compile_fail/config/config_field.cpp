// SPDX-License-Identifier: BSL-1.0
// Fields that a file cannot say: a pointer, a struct that was not adapted, and one inside a list.
// expect: error: .*\[ambit\] config_field: a field is a bool, a number, a std::string, an enumeration with config_words, a struct adapted with BOOST_HANA_ADAPT_STRUCT, or a std::optional, std::vector or std::array of those
// expect: read_field.*const char ?\*
// expect: read_field.*interval
// errors: 2
#include <ambit/config/adapted.hpp>

#include <boost/hana/adapt_struct.hpp>

#include <optional>
#include <string>
#include <vector>

struct interval {
    double first = 0, last = 1;
};
#ifndef AMBIT_MISTAKE
BOOST_HANA_ADAPT_STRUCT(interval, first, last);
#endif
struct settings {
#ifdef AMBIT_MISTAKE
    const char* folder = nullptr;
#else
    std::string folder;
#endif
    std::optional<std::vector<interval>> parts;
};
BOOST_HANA_ADAPT_STRUCT(settings, folder, parts);

int main() { return static_cast<int>(ambit::read_config<settings>("settings.json").folder[0]); }
