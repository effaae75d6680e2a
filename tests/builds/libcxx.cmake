# SPDX-License-Identifier: BSL-1.0
# Compiles a program with another standard library and runs it.
#
#     cmake -DCOMPILER=<clang++-19> -DRESPONSE=<flags> -DSOURCE=<file> -DWORK=<path of the program> -P libcxx.cmake
cmake_minimum_required(VERSION 3.25)
execute_process(COMMAND "${COMPILER}" -stdlib=libc++ -Dalways_inline=unused "@${RESPONSE}" "${SOURCE}" -lz -o "${WORK}"
                COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND "${WORK}" "${WORK}.safetensors" COMMAND_ERROR_IS_FATAL ANY)
# In later standards its headers bring in fewer others.
execute_process(COMMAND "${COMPILER}" -stdlib=libc++ "@${RESPONSE}" -std=c++23 -fsyntax-only "${SOURCE}"
                COMMAND_ERROR_IS_FATAL ANY)
