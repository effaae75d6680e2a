// SPDX-License-Identifier: BSL-1.0
// Fails: a case without an expectation proves nothing.
// reject: nobody says this
#include "carrier.hpp"

#ifdef AMBIT_MISTAKE
int size = box<"small", true>::size;
#endif
