// SPDX-License-Identifier: BSL-1.0
// served.cpp with its weights as int8: a quarter of their bytes, in flash and in RAM.
#define AMBIT_SERVED_AS_INT8
#include "served.cpp"
