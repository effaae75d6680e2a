// SPDX-License-Identifier: BSL-1.0
// Fails: both words are said, but not in one line.
// expect: first words.*second words
#ifdef AMBIT_MISTAKE
static_assert(false, "first words");
static_assert(false, "second words");
#endif
