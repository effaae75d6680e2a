// SPDX-License-Identifier: BSL-1.0
// Fails: the second expectation would never be read.
// expect: widgets_fit
// expect (gcc): widgets_fit
#include "carrier.hpp"

#ifdef AMBIT_MISTAKE
int size = box<"small", true>::size;
#endif
