# SPDX-License-Identifier: BSL-1.0
# The order of the house: a folder of include/ambit includes only itself and what stands before it, and kernels see
# core alone. Core through plan include no xtensor, xsimd or Hana, so that they stay light. All lie in the namespace of
# their build (core/build.hpp).
#
#     cmake -DINCLUDE=<include folder> -P check_order.cmake
cmake_minimum_required(VERSION 3.25)
set(order core diagnostics scope graph ops autodiff plan kernels model registry nn optim checkpoint io)
set(light core diagnostics scope graph ops autodiff plan)

set(failures "")
set(seen 0)
foreach(folder IN LISTS order)
    list(FIND order ${folder} place)
    file(GLOB headers "${INCLUDE}/ambit/${folder}/*.hpp")
    foreach(header IN LISTS headers)
        math(EXPR seen "${seen} + 1")
        cmake_path(GET header FILENAME name)
        # fixed_string.hpp says why it is the same in all builds.
        file(STRINGS "${header}" plain REGEX "^ *namespace ambit( {|::)")
        if(plain AND NOT name STREQUAL "fixed_string.hpp")
            string(APPEND failures "  ${folder}/${name} has names in `ambit` itself: open AMBIT_NAMESPACE (core/build.hpp)\n")
        endif()
        file(STRINGS "${header}" lines REGEX "^#include")
        foreach(line IN LISTS lines)
            if(line MATCHES "<ambit/([a-z]+)/")
                set(other "${CMAKE_MATCH_1}")
                list(FIND order ${other} other_place)
                if(other_place GREATER place OR other_place EQUAL -1)
                    string(APPEND failures "  ${folder}/${name} includes ${other}/, which stands after it\n")
                elseif(folder STREQUAL "kernels" AND NOT other MATCHES "^(core|kernels)$")
                    string(APPEND failures "  kernels/${name} includes ${other}/: kernels see core alone\n")
                endif()
            elseif(folder IN_LIST light AND line MATCHES "<(xtensor|xsimd|boost)/")
                string(APPEND failures "  ${folder}/${name} includes ${CMAKE_MATCH_1}, which is for the folders behind plan\n")
            endif()
        endforeach()
    endforeach()
endforeach()

if(seen EQUAL 0)
    message(FATAL_ERROR "no headers below ${INCLUDE}/ambit")
endif()
if(failures)
    message(FATAL_ERROR "the order of the folders is broken:\n${failures}")
endif()
message(STATUS "${seen} headers keep the order of the folders")
