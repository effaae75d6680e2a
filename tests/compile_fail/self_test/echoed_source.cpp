// SPDX-License-Identifier: BSL-1.0
// Fails: the words stand in the refused source line only.
// expect: words_of_the_source
#ifdef AMBIT_MISTAKE
int words_of_the_source[2] = {1, 2, 3};
#endif
