# SPDX-License-Identifier: BSL-1.0
# Tests of what reads and writes files.

# toml++ has options that the shared headers were compiled without.
target_link_libraries(test.unit.config PRIVATE ambit_config)
set_source_files_properties(unit/config/config.cpp unit/config/refused_files.cpp TARGET_DIRECTORY test.unit.config
                            PROPERTIES SKIP_PRECOMPILE_HEADERS ON)
target_link_libraries(test.unit.io PRIVATE ambit_io)
target_link_libraries(test.unit.checkpoint PRIVATE ambit_io ambit_formats)
# Behind precompiled headers g++ 12 takes the name of a type for an array of one character.
set_source_files_properties(unit/checkpoint/saver.cpp TARGET_DIRECTORY test.unit.checkpoint
                            PROPERTIES COMPILE_OPTIONS "$<$<CXX_COMPILER_ID:GNU>:-Wno-stringop-overread>")

# Checkpoints that Python writes and reads, with NumPy: no code of ours judges ours.
set(python_files "${CMAKE_CURRENT_BINARY_DIR}/python_files")
file(MAKE_DIRECTORY "${python_files}")
foreach(task IN ITEMS write read)
    add_test(NAME python.${task}
             COMMAND "${AMBIT_PYTHON}" "${CMAKE_CURRENT_SOURCE_DIR}/python/checkpoints.py" ${task}
                     "${python_files}$<$<STREQUAL:${task},read>:/ours>")
endforeach()
add_test(NAME python.ambit COMMAND test.unit.checkpoint "[.python]")
set_tests_properties(python.write PROPERTIES LABELS unit FIXTURES_SETUP written_by_python)
set_tests_properties(python.ambit PROPERTIES LABELS unit FIXTURES_REQUIRED written_by_python
                     FIXTURES_SETUP written_by_ambit ENVIRONMENT "AMBIT_PYTHON_FILES=${python_files}")
set_tests_properties(python.read PROPERTIES LABELS unit FIXTURES_REQUIRED written_by_ambit)

# Event files as protobuf's own compiler reads them.
find_program(AMBIT_PROTOC NAMES protoc)
if(AMBIT_PROTOC)
    set(event_files "${CMAKE_CURRENT_BINARY_DIR}/event_files")
    add_test(NAME python.events.write COMMAND test.unit.io "[.python]")
    add_test(NAME python.events.read
             COMMAND "${AMBIT_PYTHON}" "${CMAKE_CURRENT_SOURCE_DIR}/python/events.py" "${event_files}"
                     "${AMBIT_PROTOC}")
    set_tests_properties(python.events.write PROPERTIES LABELS unit FIXTURES_SETUP written_events
                         ENVIRONMENT "AMBIT_EVENT_FILES=${event_files}")
    set_tests_properties(python.events.read PROPERTIES LABELS unit FIXTURES_REQUIRED written_events)
endif()

# The fuzzers' inputs, and some made of them; scripts/fuzz has libFuzzer make more.
add_executable(test.replay fuzz/replay.cpp)
target_link_libraries(test.replay PRIVATE ambit_dev ambit_io ambit_formats ambit_config)
target_compile_options(test.replay PRIVATE ${quick})
add_test(NAME fuzz.replay COMMAND test.replay "${CMAKE_CURRENT_SOURCE_DIR}/fuzz/corpus")
set_tests_properties(fuzz.replay PROPERTIES LABELS unit)
