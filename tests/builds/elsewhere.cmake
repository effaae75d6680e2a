# SPDX-License-Identifier: BSL-1.0
# Kernels are in the unit that compiles them, and in no other.
#
#     cmake -DNM=nm -DKERNELS=<object> -DUSER=<object> -P elsewhere.cmake
execute_process(COMMAND "${NM}" --demangle "${KERNELS}" OUTPUT_VARIABLE compiled COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND "${NM}" --demangle "${USER}" OUTPUT_VARIABLE used COMMAND_ERROR_IS_FATAL ANY)
if(NOT compiled MATCHES " [TW] [^\n]*kernels_of<[^\n]*::run")
    message(FATAL_ERROR "the unit that compiles the kernels has none:\n${compiled}")
endif()
if(NOT used MATCHES " U [^\n]*kernels_of<[^\n]*::run")
    message(FATAL_ERROR "the unit that uses them asks for none:\n${used}")
endif()
if(used MATCHES "[^\n]* [TtWwVu] [^\n]*(kernel_parts|_kernel<|run_call|run_plan)[^\n]*")
    message(FATAL_ERROR "the unit that only uses a model has kernels of it:\n${CMAKE_MATCH_0}")
endif()
