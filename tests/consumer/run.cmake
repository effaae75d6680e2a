# SPDX-License-Identifier: BSL-1.0
# Builds and runs the stranger's project next to this file, with ambit installed to a fake root or as a
# subdirectory.
cmake_minimum_required(VERSION 3.25)

file(REMOVE_RECURSE "${WORK}")
if(WAY STREQUAL "installed")
    execute_process(COMMAND "${CMAKE_COMMAND}" --install "${AMBIT_BINARY}" --prefix "${WORK}/root"
                    OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
    # Moved, so that nothing can depend on where it was installed first.
    file(RENAME "${WORK}/root" "${WORK}/another root")
    set(where "-DCMAKE_PREFIX_PATH=${WORK}/another root")
else()
    set(where "-DAMBIT_SOURCE=${AMBIT_SOURCE}")
endif()

execute_process(COMMAND "${CMAKE_COMMAND}" -S "${CMAKE_CURRENT_LIST_DIR}" -B "${WORK}/build" -G "${GENERATOR}"
                        "-DCMAKE_CXX_COMPILER=${COMPILER}" -DCMAKE_BUILD_TYPE=Release "${where}"
                COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND "${CMAKE_COMMAND}" --build "${WORK}/build" COMMAND_ERROR_IS_FATAL ANY)
foreach(program IN ITEMS stranger stranger_with_pictures)
    execute_process(COMMAND "${WORK}/build/${program}" COMMAND_ERROR_IS_FATAL ANY)
endforeach()
if(EXISTS "${WORK}/build/stranger_on_ranks")
    # Without a launcher: a job of one rank.
    execute_process(COMMAND "${WORK}/build/stranger_on_ranks" COMMAND_ERROR_IS_FATAL ANY)
endif()
execute_process(COMMAND "${WORK}/build/stranger_with_weights" 0123456789 COMMAND_ERROR_IS_FATAL ANY)
# Another file is embedded anew, also one of the same size.
foreach(content IN ITEMS abcdefghij "a longer one")
    execute_process(COMMAND "${CMAKE_COMMAND}" -E sleep 1.1)
    file(WRITE "${WORK}/build/some weights.safetensors" "${content}")
    execute_process(COMMAND "${CMAKE_COMMAND}" --build "${WORK}/build" --target stranger_with_weights
                    OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
    execute_process(COMMAND "${WORK}/build/stranger_with_weights" "${content}" COMMAND_ERROR_IS_FATAL ANY)
endforeach()
if(WAY STREQUAL "installed")
    execute_process(COMMAND "${WORK}/build/stranger_frozen" COMMAND_ERROR_IS_FATAL ANY)
    # The program that is installed with the examples.
    find_program(ambit_program ambit PATHS "${WORK}/another root/bin" NO_DEFAULT_PATH)
    if(ambit_program)
        execute_process(COMMAND "${ambit_program}" --version COMMAND_ERROR_IS_FATAL ANY)
        # What it begins builds, learns and passes its test.
        execute_process(COMMAND "${ambit_program}" new first-net WORKING_DIRECTORY "${WORK}" OUTPUT_QUIET
                        COMMAND_ERROR_IS_FATAL ANY)
        execute_process(COMMAND "${CMAKE_COMMAND}" -S "${WORK}/first-net" -B "${WORK}/first-net/build" -G "${GENERATOR}"
                                "-DCMAKE_CXX_COMPILER=${COMPILER}" "${where}"
                        OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
        execute_process(COMMAND "${CMAKE_COMMAND}" --build "${WORK}/first-net/build" COMMAND_ERROR_IS_FATAL ANY)
        execute_process(COMMAND "${CMAKE_CTEST_COMMAND}" --test-dir "${WORK}/first-net/build" --output-on-failure
                        COMMAND_ERROR_IS_FATAL ANY)
        execute_process(COMMAND "${WORK}/first-net/build/first-net" WORKING_DIRECTORY "${WORK}"
                        COMMAND_ERROR_IS_FATAL ANY)
    endif()
endif()
if(EXISTS "${WORK}/build/stranger_at_run_time")
    execute_process(COMMAND "${WORK}/build/stranger_at_run_time" 5 COMMAND_ERROR_IS_FATAL ANY)
endif()
