// SPDX-License-Identifier: BSL-1.0
// Passes: the flags reach the mistake and not the correct half; brackets and semicolons of the text are read
// as they are.
// expect: an array \[3; 4\] of \]widgets
// flags: -DMORE=1 -DWORDS="a b"
#ifdef AMBIT_MISTAKE
static_assert(MORE == 0, "[ambit] an array [3; 4] of ]widgets");
#elif defined(MORE) || defined(WORDS)
#error flags reached the correct half
#endif
