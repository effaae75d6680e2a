// SPDX-License-Identifier: BSL-1.0
// Fails: an error that is not the library's stands beside the expected one, and the case does not announce it.
// expect: widgets_fit
#include "carrier.hpp"

#ifdef AMBIT_MISTAKE
int sizes = box<"small", true>::size;
int other = unknown;
#endif
