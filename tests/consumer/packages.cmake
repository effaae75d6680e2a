# SPDX-License-Identifier: BSL-1.0
# Makes the packages, unpacks them, and compiles what a stranger writes first, with the flags that pkg-config says.
#
#     cmake -DAMBIT_SOURCE=. -DWORK=<folder> -DGENERATOR=Ninja -DCOMPILER=g++ -DFAMILY=gcc -P packages.cmake
cmake_minimum_required(VERSION 3.25)

file(REMOVE_RECURSE "${WORK}")
execute_process(COMMAND "${CMAKE_COMMAND}" -S "${AMBIT_SOURCE}" -B "${WORK}/build" -G "${GENERATOR}"
                        "-DCMAKE_CXX_COMPILER=${COMPILER}" -DCMAKE_BUILD_TYPE=Release --log-level=WARNING
                        -DAMBIT_TESTS=OFF -DAMBIT_BENCH=OFF -DAMBIT_EXAMPLES=OFF
                OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
find_program(dpkg_deb dpkg-deb)
set(kinds TGZ)
if(dpkg_deb)
    list(APPEND kinds DEB)
endif()
find_program(pkg_config NAMES pkg-config pkgconf REQUIRED)
foreach(kind IN LISTS kinds)
    execute_process(COMMAND "${CMAKE_CPACK_COMMAND}" --config "${WORK}/build/CPackConfig.cmake" -G ${kind}
                            -B "${WORK}/${kind}"
                    OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
    set(root "${WORK}/${kind}/unpacked here")
    file(MAKE_DIRECTORY "${root}")
    if(kind STREQUAL "DEB")
        file(GLOB package "${WORK}/DEB/libambit-dev_*_all.deb")
        execute_process(COMMAND "${dpkg_deb}" -x "${package}" "${root}" COMMAND_ERROR_IS_FATAL ANY)
        set(prefix "${root}/usr")
    else()
        file(GLOB package "${WORK}/TGZ/ambit-*-any.tar.gz")
        file(ARCHIVE_EXTRACT INPUT "${package}" DESTINATION "${root}")
        file(GLOB prefix "${root}/ambit-*/usr")
    endif()

    set(ENV{PKG_CONFIG_PATH} "${prefix}/share/pkgconfig")
    execute_process(COMMAND "${pkg_config}" --cflags ambit OUTPUT_VARIABLE flags OUTPUT_STRIP_TRAILING_WHITESPACE
                    COMMAND_ERROR_IS_FATAL ANY)
    execute_process(COMMAND "${pkg_config}" --variable=${FAMILY}_flags ambit OUTPUT_VARIABLE limits
                    OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
    if(NOT limits MATCHES "-fconstexpr-")
        message(FATAL_ERROR "pkg-config knows no limits of ${FAMILY}: '${limits}'")
    endif()
    separate_arguments(flags UNIX_COMMAND "${flags}")
    separate_arguments(limits UNIX_COMMAND "${limits}")
    foreach(program IN ITEMS main net)
        set(source "${CMAKE_CURRENT_LIST_DIR}/main.cpp")
        if(program STREQUAL "net")
            set(source "${WORK}/net.cpp")
            file(WRITE "${source}" "#include \"${CMAKE_CURRENT_LIST_DIR}/net.hpp\"\nint main() {}\n")
        endif()
        execute_process(COMMAND "${COMPILER}" -std=c++20 -O0 ${flags} ${limits} "${source}" -o "${WORK}/${kind}/${program}"
                        COMMAND_ERROR_IS_FATAL ANY)
        execute_process(COMMAND "${WORK}/${kind}/${program}" COMMAND_ERROR_IS_FATAL ANY)
    endforeach()
    file(GLOB_RECURSE strays "${prefix}/*.json" "${prefix}/bin/*")
    if(strays)
        message(FATAL_ERROR "the package has more than headers: ${strays}")
    endif()
    message(STATUS "${kind}: ${package}")
endforeach()
