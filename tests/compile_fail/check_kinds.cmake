# SPDX-License-Identifier: BSL-1.0
# Each kind of mistake has a refused program: some case expects its sentence, `[ambit] kind: `, of both compilers.
#
#     cmake -DMISTAKES=<include>/ambit/diagnostics/mistakes.hpp -DCASES=<compile_fail folder> -P check_kinds.cmake
cmake_minimum_required(VERSION 3.25)

file(READ "${MISTAKES}" source)
string(REGEX MATCHALL "KIND\\([a-z_]+\\)" kinds "${source}")
list(TRANSFORM kinds REPLACE "KIND\\((.*)\\)" "\\1")
list(LENGTH kinds count)
if(count EQUAL 0)
    message(FATAL_ERROR "no kinds in ${MISTAKES}")
endif()

# Every line that expects something of both compilers.
file(GLOB_RECURSE cases "${CASES}/*.cpp")
list(FILTER cases EXCLUDE REGEX "/self_test/")
set(expected "")
foreach(case IN LISTS cases)
    file(READ "${case}" source)
    string(REGEX MATCHALL "\n// expect: [^\n]*" found "${source}")
    string(APPEND expected "${found}")
endforeach()

set(missing "")
foreach(kind IN LISTS kinds)
    if(NOT expected MATCHES "ambit\\\\\\] ${kind}: ")
        string(APPEND missing "  ${kind}\n")
    endif()
endforeach()
if(missing)
    message(FATAL_ERROR "kinds of mistakes without a refused program:\n${missing}")
endif()
message(STATUS "${count} kinds of mistakes, each with a refused program")
