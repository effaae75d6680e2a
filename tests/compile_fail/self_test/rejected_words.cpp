// SPDX-License-Identifier: BSL-1.0
// Fails: the text has a word that it must not have.
// expect: widgets_fit
// reject: larger +box
#include "carrier.hpp"

#ifdef AMBIT_MISTAKE
int size = box<"small", true>::size;
#endif
