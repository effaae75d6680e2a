// SPDX-License-Identifier: BSL-1.0
// Fails: the mistake is refused, but not with these words.
// expect: take a larger box
// expect: take a smaller box
#include "carrier.hpp"

#ifdef AMBIT_MISTAKE
int size = box<"small", true>::size;
#else
int size = box<"small", false>::size;
#endif
