# SPDX-License-Identifier: BSL-1.0
# Each kind of mistake has a refused program: some case expects its sentence, `[ambit] kind: `, of both compilers. One
# that only a program at run time can make is asked for by a unit test of the registry or of models.
#
#     cmake -DMISTAKES=<include>/ambit/diagnostics/mistakes.hpp -DCASES=<compile_fail folder>
#           -DUNIT=<unit tests> -P check_kinds.cmake
cmake_minimum_required(VERSION 3.25)

file(READ "${MISTAKES}" source)
string(FIND "${source}" "#define AMBIT_THROWN_MISTAKES" thrown_begin)
string(SUBSTRING "${source}" ${thrown_begin} -1 thrown)
string(SUBSTRING "${source}" 0 ${thrown_begin} source)
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

string(REGEX MATCHALL "KIND\\([a-z_]+\\)" thrown_kinds "${thrown}")
list(TRANSFORM thrown_kinds REPLACE "KIND\\((.*)\\)" "\\1")
file(GLOB tests "${UNIT}/registry/*.cpp" "${UNIT}/model/*.cpp")
set(asked_for "")
foreach(test IN LISTS tests)
    file(READ "${test}" source)
    string(APPEND asked_for "${source}")
endforeach()
foreach(kind IN LISTS thrown_kinds)
    if(NOT asked_for MATCHES "mistake::${kind}[^a-z_]")
        string(APPEND missing "  ${kind}, which is thrown\n")
    endif()
endforeach()
if(missing)
    message(FATAL_ERROR "kinds of mistakes without a refused program or a test:\n${missing}")
endif()
message(STATUS "${count} kinds of mistakes, each with a refused program")
