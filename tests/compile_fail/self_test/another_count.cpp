// SPDX-License-Identifier: BSL-1.0
// Fails: one error is promised, two are reported.
// expect: widgets_fit
// errors: 1
#include "carrier.hpp"

#ifdef AMBIT_MISTAKE
int sizes = box<"small", true>::size + box<"tiny", true>::size;
#endif
