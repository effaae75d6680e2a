// SPDX-License-Identifier: BSL-1.0
// Passes: both compilers report each broken carrier once, and name it.
// expect: \[ambit\] widgets_fit: take a larger box
// expect: widgets_fit<text<6>{"small"}, true>::holds
// expect: widgets_fit<text<5>{"tiny"}, true>::holds
// expect(gcc): In instantiation of
// expect(clang): due to requirement
// reject: larger box.*widgets_fit: take
// errors: 2
// lines: 4
#include "carrier.hpp"

#ifdef AMBIT_MISTAKE
int sizes = box<"small", true>::size + box<"tiny", true>::size;
#else
int sizes = box<"small", false>::size + box<"tiny", false>::size;
#endif
