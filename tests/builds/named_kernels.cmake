# SPDX-License-Identifier: BSL-1.0
# The symbols of a program tell its ops: each kernel of both models has the paths of what it computes, and those alone.
#
#     cmake -DNM=<nm> -DPROGRAM=<program> -P named_kernels.cmake
cmake_minimum_required(VERSION 3.25)

execute_process(COMMAND "${NM}" "${PROGRAM}" OUTPUT_VARIABLE symbols COMMAND_ERROR_IS_FATAL ANY)
string(REGEX MATCHALL "ambit:[a-z][^\n]*" named "${symbols}")
list(SORT named)
set(wanted "")
foreach(name IN ITEMS again/matmul+bias_add+relu_1 hidden/matmul+bias_add+relu logits/matmul+bias_add softmax)
    list(APPEND wanted "ambit:${name}" "ambit:${name}~2")
endforeach()
if(NOT named STREQUAL wanted)
    message(FATAL_ERROR "kernels are named\n  ${named}\nwhere the ops are\n  ${wanted}")
endif()
if(symbols MATCHES "12named_kernel[^\n]*3runE")
    message(FATAL_ERROR "a kernel has kept its mangled name")
endif()
