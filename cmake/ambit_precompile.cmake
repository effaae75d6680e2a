# SPDX-License-Identifier: BSL-1.0
# ambit's headers parsed once for all sources of a target:
#
#     ambit_precompile(app)
#     ambit_precompile(app HEADERS ambit/ambit.hpp ambit/io/summary.hpp)
#     ambit_precompile(tests REUSE_FROM app)           # for a target with the same flags: nothing is parsed again
#
# Worth it from four sources on. g++ 12 forgets, in precompiled headers, what its AVX-512 intrinsics say of values left
# unset on purpose: its two warnings about such values are off in the target's sources.
function(ambit_precompile target)
    cmake_parse_arguments(PARSE_ARGV 1 given "" "REUSE_FROM" "HEADERS")
    if(given_UNPARSED_ARGUMENTS OR given_KEYWORDS_MISSING_VALUES)
        message(FATAL_ERROR "ambit_precompile: takes a target, HEADERS headers... and REUSE_FROM a target, not "
                            "'${given_UNPARSED_ARGUMENTS}${given_KEYWORDS_MISSING_VALUES}'")
    endif()
    if(NOT TARGET "${target}")
        message(FATAL_ERROR "ambit_precompile: '${target}' is no target")
    endif()
    if(given_REUSE_FROM)
        if(given_HEADERS)
            message(FATAL_ERROR "ambit_precompile: REUSE_FROM takes the headers of '${given_REUSE_FROM}'; "
                                "HEADERS is for a target that parses its own")
        endif()
        target_precompile_headers("${target}" REUSE_FROM "${given_REUSE_FROM}")
    else()
        if(NOT given_HEADERS)
            set(given_HEADERS ambit/ambit.hpp)
        endif()
        list(TRANSFORM given_HEADERS REPLACE "(.+)" "<\\1>")
        target_precompile_headers("${target}" PRIVATE ${given_HEADERS})
    endif()
    target_compile_options("${target}" PRIVATE
        "$<$<CXX_COMPILER_ID:GNU>:-Wno-uninitialized;-Wno-maybe-uninitialized>")
endfunction()
