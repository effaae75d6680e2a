// SPDX-License-Identifier: BSL-1.0
// Fails: the correct half is wrong too.
// expect: widgets_fit
#include "carrier.hpp"

int size = box<"small", true>::size;
