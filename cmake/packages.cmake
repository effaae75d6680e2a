# SPDX-License-Identifier: BSL-1.0
# What is installed for builds without CMake, and the packages that `cpack` makes: ambit is headers, so one of each is
# for all machines.
#
#     pkg-config --cflags ambit                            # and flags of a compiler, for its limits and faults:
#     pkg-config --variable=gcc_flags ambit
#     cpack --config build/release/CPackConfig.cmake -G "DEB;TGZ"

list(JOIN ambit_gcc_budgets " " gcc_flags)
string(APPEND gcc_flags " ${ambit_gcc_12_options}")
list(JOIN ambit_clang_budgets " " clang_flags)
string(CONFIGURE [=[
prefix=${pcfiledir}/../..
includedir=${prefix}/@CMAKE_INSTALL_INCLUDEDIR@
gcc_flags=@gcc_flags@
clang_flags=@clang_flags@

Name: ambit
Description: @PROJECT_DESCRIPTION@
Version: @PROJECT_VERSION@
Requires: xsimd >= 8.1 xtensor >= 0.24 nlohmann_json >= 3.11
Cflags: -I${includedir}
]=] ambit_pkg_config @ONLY)
file(GENERATE OUTPUT ambit.pc CONTENT "${ambit_pkg_config}")
# Two folders below the prefix, whatever that will be.
install(FILES "${PROJECT_BINARY_DIR}/ambit.pc" DESTINATION share/pkgconfig)

if(PROJECT_IS_TOP_LEVEL)
    set(CPACK_PACKAGE_NAME ambit)
    set(CPACK_PACKAGE_VENDOR "the authors of ambit")
    set(CPACK_PACKAGE_CONTACT "the authors of ambit <ambit@localhost>")
    set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
    set(CPACK_RESOURCE_FILE_LICENSE "${PROJECT_SOURCE_DIR}/LICENSE")
    set(CPACK_GENERATOR "TGZ;DEB")
    set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
    set(CPACK_DEBIAN_PACKAGE_SECTION libdevel)
    set(CPACK_DEBIAN_PACKAGE_NAME libambit-dev)
    set(CPACK_DEBIAN_PACKAGE_DEPENDS
        "libboost-dev (>= 1.74), libxsimd-dev (>= 8.1), libxtensor-dev (>= 0.24), nlohmann-json3-dev (>= 3.11)")
    set(CPACK_DEBIAN_PACKAGE_SUGGESTS
        "libpng-dev, libjpeg-dev, zlib1g-dev, libzip-dev, libsnappy-dev, libtomlplusplus-dev, pkg-config")
    set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
    # With a library or a program among them, the packages are for one kind of machine.
    if(NOT AMBIT_DYNAMIC AND NOT AMBIT_EXAMPLES)
        set(CPACK_DEBIAN_PACKAGE_ARCHITECTURE all)
        set(CPACK_SYSTEM_NAME any)
    endif()
    include(CPack)
endif()
