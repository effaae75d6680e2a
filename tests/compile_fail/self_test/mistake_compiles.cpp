// SPDX-License-Identifier: BSL-1.0
// Fails: nothing is wrong with the mistake.
// expect: widgets_fit
#include "carrier.hpp"

#ifdef AMBIT_MISTAKE
int size = box<"small", false>::size;
#endif
