# SPDX-License-Identifier: BSL-1.0
# The guide's table of ops is what PROGRAM writes of the sources below ROOT; with WRITE it is written again.
cmake_minimum_required(VERSION 3.25)

set(page "${ROOT}/examples/guide/operations.md")
execute_process(COMMAND "${PROGRAM}" "${ROOT}/include/ambit/ops" OUTPUT_VARIABLE wanted COMMAND_ERROR_IS_FATAL ANY)
if(WRITE)
    file(WRITE "${page}" "${wanted}")
    return()
endif()
file(READ "${page}" written)
if(NOT written STREQUAL wanted)
    message(FATAL_ERROR "operations: the table is not that of the sources: build the target write_operations")
endif()
