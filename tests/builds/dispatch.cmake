# SPDX-License-Identifier: BSL-1.0
# Runs PROGRAM, which ambit_dispatch has made of parts in the folder OBJECTS, as it is and on processors that QEMU
# plays: each is given its part, all compute the same, and a part on a processor that is too old says so.
cmake_minimum_required(VERSION 3.25)

foreach(tag IN ITEMS x86_64_v2 x86_64_v3)
    execute_process(COMMAND "${NM}" --extern-only --defined-only --format=posix "${OBJECTS}/${tag}.o"
                    OUTPUT_VARIABLE symbols COMMAND_ERROR_IS_FATAL ANY)
    string(REGEX REPLACE " [^\n]*" "" symbols "${symbols}")
    if(NOT symbols STREQUAL "lanes_${tag}\nscore_${tag}\n")
        message(FATAL_ERROR "dispatch: ${tag} exports more or less than its functions:\n${symbols}")
    endif()
endforeach()

execute_process(COMMAND "${PROGRAM}" OUTPUT_VARIABLE here COMMAND_ERROR_IS_FATAL ANY)
if(NOT here MATCHES "^[48] lanes:( -?[0-9]+\\.[0-9]+)+\n$")
    message(FATAL_ERROR "dispatch: the program says ${here}")
endif()
string(REGEX MATCH ":.*$" numbers "${here}")
if(NOT QEMU)
    message(STATUS "qemu-x86_64 is not here: no other processor was tried")
    return()
endif()
foreach(case IN ITEMS "Nehalem 4 lanes" "Haswell 8 lanes")
    string(REGEX MATCH "^([^ ]+) (.*)$" ignored "${case}")
    set(processor "${CMAKE_MATCH_1}")
    set(wanted "${CMAKE_MATCH_2}${numbers}")
    execute_process(COMMAND "${QEMU}" -cpu ${processor} "${PROGRAM}" OUTPUT_VARIABLE there ERROR_QUIET
                    COMMAND_ERROR_IS_FATAL ANY)
    if(NOT there STREQUAL wanted)
        message(FATAL_ERROR "dispatch: on ${processor} the program says ${there}instead of ${wanted}")
    endif()
endforeach()
foreach(case IN ITEMS "Nehalem;AVX2;part" "qemu64;older than all that the program was compiled for")
    list(POP_FRONT case processor words)
    execute_process(COMMAND "${QEMU}" -cpu ${processor} "${PROGRAM}" ${case} OUTPUT_QUIET ERROR_VARIABLE said
                    RESULT_VARIABLE ended)
    if(ended EQUAL 0 OR NOT said MATCHES "\\[ambit\\] this processor .*${words}")
        message(FATAL_ERROR "dispatch: on ${processor} the program ends with ${ended} and says ${said}")
    endif()
endforeach()
