# SPDX-License-Identifier: BSL-1.0
# The program `ambit`: what it is installed with, and its tests.
set_target_properties(ambit_program PROPERTIES OUTPUT_NAME ambit)
target_link_libraries(ambit_program PRIVATE ambit_formats)
if(TARGET example_headers)
    target_compile_options(ambit_program PRIVATE "$<$<CONFIG:Release>:-O0>")  # beside tests: it computes nothing
endif()
target_compile_definitions(ambit_program PRIVATE "AMBIT_VERSION=\"${PROJECT_VERSION}\"")
# `ambit import`, where ONNX's messages are; the tests have compiled what it needs.
if(TARGET ambit_onnx_tests)
    target_link_libraries(ambit_program PRIVATE ambit_onnx_tests ambit_dynamic_tests)
elseif(AMBIT_ONNX)
    target_link_libraries(ambit_program PRIVATE ambit_onnx)
endif()
if(TARGET ambit_onnx_tests OR AMBIT_ONNX)
    target_compile_definitions(ambit_program PRIVATE AMBIT_HAS_ONNX=1)
else()
    target_compile_definitions(ambit_program PRIVATE AMBIT_HAS_ONNX=0)
    set_source_files_properties(ambit/import.cpp PROPERTIES HEADER_FILE_ONLY ON)
endif()
# What `ambit new` writes.
set(starter_files "")
foreach(file IN ITEMS CMakeLists.txt README.md main.cpp net.hpp test.cpp gitignore)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "ambit/starter/${file}")
    file(READ ambit/starter/${file} text)
    string(REGEX REPLACE "^gitignore$" ".gitignore" name "${file}")
    string(APPEND starter_files "    starter_file{\"${name}\", R\"starter_file(${text})starter_file\"},\n")
endforeach()
file(CONFIGURE OUTPUT starter/starter_files.hpp @ONLY CONTENT [=[
#pragma once
#include <string_view>
struct starter_file {
    std::string_view name, text;
};
inline constexpr starter_file starter_files[] = {
@starter_files@};
]=])
target_include_directories(ambit_program PRIVATE "${CMAKE_CURRENT_BINARY_DIR}/starter")
install(TARGETS ambit_program)
# What shells complete words by, and the page for `man`: the program writes them.
set(described "")
foreach(file IN ITEMS "ambit.bash completion bash" "_ambit completion zsh" "ambit.1 manual")
    separate_arguments(words UNIX_COMMAND "${file}")
    list(POP_FRONT words name)
    set(name "${CMAKE_CURRENT_BINARY_DIR}/described/${name}")
    list(APPEND described "${name}")
    add_custom_command(OUTPUT "${name}" COMMAND ambit_program ${words} > "${name}" DEPENDS ambit_program VERBATIM)
endforeach()
file(MAKE_DIRECTORY "${CMAKE_CURRENT_BINARY_DIR}/described")
add_custom_target(describe_program ALL DEPENDS ${described})
list(POP_FRONT described bash zsh manual)
install(FILES "${bash}" DESTINATION "${CMAKE_INSTALL_DATADIR}/bash-completion/completions" RENAME ambit)
install(FILES "${zsh}" DESTINATION "${CMAKE_INSTALL_DATADIR}/zsh/site-functions")
install(FILES "${manual}" DESTINATION "${CMAKE_INSTALL_MANDIR}/man1")
if(AMBIT_TESTS)
    add_test(NAME example.ambit COMMAND "${AMBIT_PYTHON}" "${CMAKE_CURRENT_SOURCE_DIR}/ambit/test/program.py"
                                        $<TARGET_FILE:ambit_program> "${PROJECT_SOURCE_DIR}/tests")
    add_test(NAME example.ambit.shells COMMAND "${AMBIT_PYTHON}" "${CMAKE_CURRENT_SOURCE_DIR}/ambit/test/shells.py"
                                               $<TARGET_FILE:ambit_program>)
    set_tests_properties(example.ambit example.ambit.shells PROPERTIES LABELS example)
    if(TARGET ambit_onnx_tests)
        # A file that test.onnx has written.
        add_test(NAME example.ambit.import COMMAND ambit_program import images.onnx --name small_net --force
                 WORKING_DIRECTORY "${PROJECT_BINARY_DIR}/tests/onnx_written")
        set_tests_properties(example.ambit.import PROPERTIES LABELS example FIXTURES_REQUIRED written_as_onnx
            PASS_REGULAR_EXPRESSION "wrote small_net.hpp and small_net.safetensors: 4 variables, [0-9]+ parameters")
    endif()
endif()
