# SPDX-License-Identifier: BSL-1.0
# Two object files of one source, for two instruction sets: the linker keeps one of each weak symbol, and none of those
# that both have is ambit's.
#
#     cmake -DNM=<nm> "-DOBJECTS=<object>;<object>" -P instruction_sets.cmake
cmake_minimum_required(VERSION 3.25)

foreach(object IN LISTS OBJECTS)
    execute_process(COMMAND "${NM}" "${object}" OUTPUT_VARIABLE symbols COMMAND_ERROR_IS_FATAL ANY)
    string(REGEX MATCHALL "[ \n][WwVvu] [^\n]+" weak "\n${symbols}")
    list(TRANSFORM weak REPLACE "^[ \n][WwVvu] " "")
    list(FILTER weak INCLUDE REGEX "5ambit")
    list(LENGTH weak count)
    if(count LESS 10)
        message(FATAL_ERROR "${object} has ${count} weak symbols of ambit: nothing was looked at")
    endif()
    if(NOT DEFINED first)
        set(first ${weak})
    else()
        foreach(symbol IN LISTS weak)
            if(symbol IN_LIST first)
                string(APPEND shared "  ${symbol}\n")
            endif()
        endforeach()
    endif()
endforeach()
if(shared)
    message(FATAL_ERROR "two instruction sets share code:\n${shared}")
endif()
message(STATUS "no code of ambit in both of ${OBJECTS}")
