// SPDX-License-Identifier: BSL-1.0
// Fails: two mistakes do not fit into one line.
// expect: widgets_fit
// lines: 1
#include "carrier.hpp"

#ifdef AMBIT_MISTAKE
int sizes = box<"small", true>::size + box<"tiny", true>::size;
#endif
