# SPDX-License-Identifier: BSL-1.0
# A program is not larger than it may be.
#
#     cmake -DPROGRAM=<stripped program> -DMOST=<bytes> -P small_program.cmake
file(SIZE "${PROGRAM}" size)
if(size GREATER MOST)
    message(FATAL_ERROR "the program has ${size} bytes, at most ${MOST} are wanted: "
                        "nm -S --size-sort -C of one that is not stripped says what came in")
endif()
message(STATUS "${size} bytes of at most ${MOST}")
