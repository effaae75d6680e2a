# SPDX-License-Identifier: BSL-1.0
# A program whose symbols say which ops each kernel computes, for profilers and debuggers:
#
#     ambit_name_kernels(app)
#
#     $ perf record ./app && perf report
#         60.21%  app  ambit:gradients/matmul_2+adam/moving_average_2+square+moving_average_3+sqrt_1+mul+…
#         26.83%  app  ambit:hidden/matmul+bias_add+relu
#
# Each step of a model is compiled as a function of its own (AMBIT_NAMED_KERNELS, include/ambit/model/named_kernel.hpp),
# and its symbol is written anew when the program is linked. A build to look at: equal layers are compiled once each.
# For static models; for programs and shared libraries with their symbols, not linked with --strip-all.
if(CMAKE_SCRIPT_MODE_FILE AND AMBIT_NAMED_PROGRAM)
    cmake_minimum_required(VERSION 3.25)
    # Run by the build, with AMBIT_NM and AMBIT_OBJCOPY. In a symbol, the name is the first argument of `named_kernel`:
    # a code for each character.
    execute_process(COMMAND "${AMBIT_NM}" -p "${AMBIT_NAMED_PROGRAM}"
                    OUTPUT_VARIABLE symbols COMMAND_ERROR_IS_FATAL ANY)
    string(REGEX MATCHALL "[^ \n]*12named_kernelIXtl[^\n]*3runE[^ \n]*" symbols "${symbols}")
    list(REMOVE_DUPLICATES symbols)
    set(renamed "")
    set(taken "")
    foreach(symbol IN LISTS symbols)
        if(NOT symbol MATCHES "12named_kernelIXtl[^E]*EEEtlA[0-9]+_c((Lc[0-9]+E)+)E")
            continue()
        endif()
        string(REGEX MATCHALL "[0-9]+" codes "${CMAKE_MATCH_1}")
        list(REMOVE_ITEM codes 0)
        string(ASCII ${codes} name)
        string(REGEX REPLACE "[^-+/._A-Za-z0-9:]" "_" name "ambit:${name}")
        # The same op in the calls of several models, or for several outputs.
        set(unique "${name}")
        set(count 1)
        while(unique IN_LIST taken)
            math(EXPR count "${count} + 1")
            set(unique "${name}~${count}")  # a file of symbols ends lines at #
        endwhile()
        list(APPEND taken "${unique}")
        string(APPEND renamed "${symbol} ${unique}\n")
    endforeach()
    if(renamed)
        file(WRITE "${AMBIT_NAMED_PROGRAM}.names" "${renamed}")
        execute_process(COMMAND "${AMBIT_OBJCOPY}" "--redefine-syms=${AMBIT_NAMED_PROGRAM}.names"
                                "${AMBIT_NAMED_PROGRAM}" COMMAND_ERROR_IS_FATAL ANY)
        file(REMOVE "${AMBIT_NAMED_PROGRAM}.names")
    endif()
    return()
endif()

set(AMBIT_NAME_KERNELS_SCRIPT "${CMAKE_CURRENT_LIST_FILE}" CACHE INTERNAL "")

function(ambit_name_kernels target)
    if(ARGN)
        message(FATAL_ERROR "ambit_name_kernels: takes one target, not '${target};${ARGN}'")
    endif()
    if(NOT TARGET "${target}")
        message(FATAL_ERROR "ambit_name_kernels: there is no target '${target}'")
    endif()
    get_target_property(type "${target}" TYPE)
    if(NOT type MATCHES "^(EXECUTABLE|SHARED_LIBRARY|MODULE_LIBRARY)$")
        message(FATAL_ERROR "ambit_name_kernels: '${target}' is no program or shared library, which is where symbols "
                            "are written anew; of a static library give it the programs that link it")
    endif()
    if(NOT CMAKE_NM OR NOT CMAKE_OBJCOPY)
        message(FATAL_ERROR "ambit_name_kernels: nm or objcopy was not found (Debian's package binutils has them)")
    endif()
    target_compile_definitions("${target}" PRIVATE AMBIT_NAMED_KERNELS)
    add_custom_command(TARGET "${target}" POST_BUILD
                       COMMAND "${CMAKE_COMMAND}" "-DAMBIT_NAMED_PROGRAM=$<TARGET_FILE:${target}>"
                               "-DAMBIT_NM=${CMAKE_NM}" "-DAMBIT_OBJCOPY=${CMAKE_OBJCOPY}"
                               -P "${AMBIT_NAME_KERNELS_SCRIPT}"
                       COMMENT "Naming the kernels of ${target}" VERBATIM)
endfunction()
