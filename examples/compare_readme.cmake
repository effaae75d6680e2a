# SPDX-License-Identifier: BSL-1.0
# The README's first block of C++ is PROGRAM, from its first #include on.
cmake_minimum_required(VERSION 3.25)

file(READ "${README}" readme)
file(READ "${PROGRAM}" program)

string(FIND "${readme}" "```cpp\n" begin)
if(begin EQUAL -1)
    message(FATAL_ERROR "readme: no block of C++ in ${README}")
endif()
math(EXPR begin "${begin} + 7")
string(SUBSTRING "${readme}" ${begin} -1 readme)
string(FIND "${readme}" "```" end)
string(SUBSTRING "${readme}" 0 ${end} block)

string(FIND "${program}" "#include" begin)
string(SUBSTRING "${program}" ${begin} -1 program)
if(NOT block STREQUAL program)
    message(NOTICE "${block}")
    message(FATAL_ERROR "readme: the first block of C++, above, is not ${PROGRAM}")
endif()
