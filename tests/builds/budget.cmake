# SPDX-License-Identifier: BSL-1.0
# Whether a pass costs the compiler what bench/compile/budget.csv says: with 3 % more than its count it compiles, with
# 3 % less it does not. A count that has fallen is told, too: the budget is what the next change is measured by.
#
#     cmake -DCOMPILER=g++ -DRESPONSE=flags.rsp -DBENCH=bench/compile -DCASE=plan -DOPS=100 -P budget.cmake
#
# With TIMES the law is another one: so many times the ops cost at most so many times the count and a tenth.
# A pass that grows with the square is seen where it is more than 1 % of the count of OPS.
cmake_minimum_required(VERSION 3.25)
set(ENV{LC_ALL} C)

if(COMPILER MATCHES "clang")
    set(name "clang[+][+]-16")
    set(limit "-fconstexpr-steps=")
    set(reached "constexpr evaluation hit maximum step limit")
else()
    set(name "g[+][+]")
    set(limit "-fconstexpr-ops-limit=")
    set(reached "constexpr. evaluation operation count exceeds limit")
endif()

file(STRINGS "${BENCH}/budget.csv" row REGEX "^${CASE},${OPS},${name},")
string(REGEX MATCH "^[^,]*,[^,]*,[^,]*,([0-9]+),([0-9]+)," row "${row}")
if(NOT row)
    message(FATAL_ERROR "budget: no count of ${CASE} with ${OPS} ops by ${COMPILER} in ${BENCH}/budget.csv")
endif()
set(count "${CMAKE_MATCH_1}")
set(apart "${CMAKE_MATCH_2}")

function(compile ops most status)
    execute_process(COMMAND "${COMPILER}" "@${RESPONSE}" -fsyntax-only -DPASS=${CASE} -DCOUNT=${ops} "${limit}${most}"
                            "${BENCH}/passes.cpp" RESULT_VARIABLE result ERROR_VARIABLE said OUTPUT_QUIET)
    if(NOT result EQUAL 0 AND NOT said MATCHES "${reached}")
        message(FATAL_ERROR "budget: does not compile, whatever its cost:\n${said}")
    endif()
    set(${status} ${result} PARENT_SCOPE)
endfunction()

if(TIMES)
    math(EXPR ops "${OPS} * ${TIMES}")
    math(EXPR most "${count} * ${TIMES} * 11 / 10")
    compile(${ops} ${most} status)
    if(NOT status EQUAL 0)
        message(FATAL_ERROR "budget: ${CASE} with ${ops} ops takes ${COMPILER} more than ${most} evaluations, "
                            "${OPS} ops ${count}: a pass grows faster than the graph")
    endif()
    return()
endif()

math(EXPR tolerance "${apart} * 3 / 100 + 1")
math(EXPR most "${count} + ${tolerance}")
math(EXPR least "${count} - ${tolerance}")
set(update "if that is meant, run bench/compile/budget.py --update, and say in the commit why")
compile(${OPS} ${most} status)
if(NOT status EQUAL 0)
    message(FATAL_ERROR "budget: ${CASE} with ${OPS} ops takes ${COMPILER} more than ${most} evaluations: ${update}")
endif()
compile(${OPS} ${least} status)
if(status EQUAL 0)
    message(FATAL_ERROR "budget: ${CASE} with ${OPS} ops takes ${COMPILER} less than ${least} evaluations: ${update}")
endif()
