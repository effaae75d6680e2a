# SPDX-License-Identifier: BSL-1.0
# Models of thousands of nodes without the compiler's evaluation of them.
#
#     ambit_freeze(program HEADER net.hpp MODELS trainer server:logits)
#
# builds a small program of `net.hpp` that runs the modules of these models, plans their graphs, and writes what it
# found as constants; all sources of `program` then begin with them, and with `net.hpp`. A mistake in a module ends the
# build as `net.hpp:12: error: [ambit] variable_exists: …`. Models are named by what the header calls them, `using
# trainer = ambit::model<…>`, which it only names: what is asked of them, a static_assert for one, stands in sources.
#
# A call for some outputs, `net.run<&outputs::logits>(x)`, is planned ahead where it is named, `server:logits` or
# `trainer:train,loss`; else the compiler reads it off what was frozen. All outputs need no naming.
#
# Every target whose sources use a model of the header and that is linked into one program with `program` is frozen,
# too. The function is called where the target is made.
function(ambit_freeze target)
    cmake_parse_arguments(PARSE_ARGV 1 freeze "" "HEADER" "MODELS")
    if(NOT TARGET "${target}" OR NOT freeze_HEADER OR NOT freeze_MODELS OR freeze_UNPARSED_ARGUMENTS)
        message(FATAL_ERROR "ambit_freeze(<target> HEADER <header> MODELS <model>[:<output>,<output>...]...): "
                            "the target is one that exists; given: ${ARGN}")
    endif()
    cmake_path(ABSOLUTE_PATH freeze_HEADER BASE_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}" NORMALIZE
               OUTPUT_VARIABLE header)
    if(NOT EXISTS "${header}")
        message(FATAL_ERROR "ambit_freeze: there is no ${header}")
    endif()
    cmake_path(GET header STEM stem)
    set(program "${target}.freeze.${stem}")
    set(folder "${CMAKE_CURRENT_BINARY_DIR}/${target}.frozen")

    set(models "")
    foreach(entry IN LISTS freeze_MODELS)
        set(model "${entry}")
        set(outputs "")
        if(entry MATCHES "^(.*[^:]):([^:]+)$")
            set(model "${CMAKE_MATCH_1}")
            set(outputs "${CMAKE_MATCH_2}")
        endif()
        string(MAKE_C_IDENTIFIER "${model}" calls)
        if(NOT model IN_LIST models)
            list(APPEND models "${model}")
            set(calls_${calls} "")
        endif()
        if(outputs)
            string(APPEND calls_${calls} "\"${outputs}\", ")
        endif()
    endforeach()
    set(added "")
    foreach(model IN LISTS models)
        string(MAKE_C_IDENTIFIER "${model}" calls)
        string(APPEND added "    file.add<${model}>(\"${model}\", {${calls_${calls}}});\n")
    endforeach()
    file(GENERATE OUTPUT "${folder}/${stem}.cpp" CONTENT
"#include \"${header}\"

#include <ambit/freeze/frozen_file.hpp>

int main(int, char** arguments) {
    ambit::frozen_file file(\"${header}\");
${added}    return file.write(arguments[1]);
}
")

    # Compiled as the target's sources are, but for the processor, which changes no graph. To compile it takes longer
    # than to run it.
    add_executable(${program} "${folder}/${stem}.cpp")
    target_link_libraries(${program} PRIVATE ambit::ambit)
    target_include_directories(${program} PRIVATE "$<TARGET_PROPERTY:${target},INCLUDE_DIRECTORIES>")
    target_compile_definitions(${program} PRIVATE "$<TARGET_PROPERTY:${target},COMPILE_DEFINITIONS>")
    target_compile_options(${program} PRIVATE -O0)
    get_target_property(standard ${target} CXX_STANDARD)
    if(standard)
        set_target_properties(${program} PROPERTIES CXX_STANDARD ${standard})
    endif()
    # It finds the names of ops by their symbols.
    set_target_properties(${program} PROPERTIES ENABLE_EXPORTS ON CXX_VISIBILITY_PRESET default
                                                VISIBILITY_INLINES_HIDDEN OFF)
    target_link_libraries(${program} PRIVATE ${CMAKE_DL_LIBS})

    set(frozen "${folder}/${stem}.hpp")
    add_custom_command(OUTPUT "${frozen}" COMMAND ${program} "${frozen}" DEPENDS ${program}
                       COMMENT "Freezing the models of ${stem}" VERBATIM)
    target_sources(${target} PRIVATE "${frozen}")
    # All sources, not only those that include the header: in one program a model has one definition.
    target_compile_options(${target} PRIVATE "$<$<COMPILE_LANGUAGE:CXX>:SHELL:-include \"${frozen}\">")
endfunction()
