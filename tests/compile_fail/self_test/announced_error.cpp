// SPDX-License-Identifier: BSL-1.0
// Passes: the compiler's own error is announced.
// expect: unknown
// errors: 1
// others: 1
#ifdef AMBIT_MISTAKE
int other = unknown;
#endif
