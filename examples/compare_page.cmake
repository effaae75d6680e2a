# SPDX-License-Identifier: BSL-1.0
# Every block of C++ on PAGE is a run of whole lines of a source below ROOT that our build compiles. Indentation does
# not count: a page shows the inside of a function from the margin on. SPOILT, if it is given, is replaced in every
# block: then the script must find a block that no source has.
cmake_minimum_required(VERSION 3.25)

file(READ "${PAGE}" page)
cmake_path(GET PAGE FILENAME name)

file(GLOB sources "${ROOT}/examples/*.cpp" "${ROOT}/examples/sharing/*.cpp" "${ROOT}/examples/guide/*.cpp"
     "${ROOT}/examples/embedded/*.cpp" "${ROOT}/examples/own_op/*.hpp"
     "${ROOT}/tests/builds/elsewhere*" "${ROOT}/tests/builds/small_target/*.cpp" "${ROOT}/tests/parallel/parallel.cpp"
     "${ROOT}/tests/compile_fail/scope/misspelt_scope.cpp")
set(count 0)
foreach(source IN LISTS sources)
    file(READ "${source}" text)
    string(REGEX REPLACE "\n +" "\n" text_${count} "\n${text}")
    math(EXPR count "${count} + 1")
endforeach()
math(EXPR last "${count} - 1")

set(blocks 0)
set(rest "${page}")
string(FIND "${rest}" "\n```cpp\n" begin)
while(NOT begin EQUAL -1)
    math(EXPR begin "${begin} + 8")
    string(SUBSTRING "${rest}" ${begin} -1 rest)
    string(FIND "${rest}" "```" end)
    string(SUBSTRING "${rest}" 0 ${end} block)
    math(EXPR end "${end} + 3")
    string(SUBSTRING "${rest}" ${end} -1 rest)
    math(EXPR blocks "${blocks} + 1")
    if(DEFINED SPOILT)
        string(REPLACE "${SPOILT}" "spoilt" block "${block}")
    endif()

    string(REGEX REPLACE "\n +" "\n" lines "\n${block}")
    set(is_found FALSE)
    foreach(index RANGE ${last})
        string(FIND "${text_${index}}" "${lines}" at)
        if(NOT at EQUAL -1)
            set(is_found TRUE)
        endif()
    endforeach()
    if(NOT is_found)
        message(NOTICE "${block}")
        message(FATAL_ERROR "page: no source has block ${blocks} of ${name}, which is above")
    endif()
    string(FIND "${rest}" "\n```cpp\n" begin)
endwhile()
if(blocks EQUAL 0)
    message(FATAL_ERROR "page: ${name} has no block of C++")
endif()
message(STATUS "${name}: ${blocks} blocks of C++, all of them compiled")
