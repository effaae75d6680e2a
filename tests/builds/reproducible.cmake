# SPDX-License-Identifier: BSL-1.0
# Programs of one source for several instruction sets, and one by another compiler, print the same bits. What this
# processor cannot run is left out.
#
#     cmake "-DPROGRAMS=<program>;…" -DOTHER=<compiler or empty> -DSOURCE=<reproducible.cpp> -DINCLUDE=<include folder>
#           -DWORK=<folder> -P reproducible.cmake
cmake_minimum_required(VERSION 3.25)

file(READ /proc/cpuinfo processor)
if(OTHER)
    file(MAKE_DIRECTORY "${WORK}")
    set(options -std=c++20 -O1 -DAMBIT_REPRODUCIBLE -ffp-contract=off "-I${INCLUDE}")
    if(OTHER MATCHES "clang")
        list(APPEND options -fconstexpr-steps=1073741824)
    else()
        list(APPEND options -fconstexpr-ops-limit=4294967296 -fconstexpr-loop-limit=67108864)
    endif()
    if(processor MATCHES " avx2 ")
        list(APPEND options -march=x86-64-v3)
    endif()
    execute_process(COMMAND "${OTHER}" ${options} "${SOURCE}" -o "${WORK}/other" COMMAND_ERROR_IS_FATAL ANY)
    list(APPEND PROGRAMS "${WORK}/other")
endif()

set(ran 0)
foreach(program IN LISTS PROGRAMS)
    if(program MATCHES "v4$" AND NOT processor MATCHES " avx512vl ")
        message(STATUS "${program}: not on this processor")
        continue()
    endif()
    execute_process(COMMAND "${program}" OUTPUT_VARIABLE bits OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
    message(STATUS "${program}: ${bits}")
    if(ran EQUAL 0)
        set(wanted "${bits}")
    elseif(NOT bits STREQUAL wanted)
        message(FATAL_ERROR "${program} gives ${bits}, others give ${wanted}")
    endif()
    math(EXPR ran "${ran} + 1")
endforeach()
if(ran LESS 2)
    message(FATAL_ERROR "nothing was compared")
endif()
