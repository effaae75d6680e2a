# SPDX-License-Identifier: BSL-1.0
# Sources compiled for several processors in one program, which takes the best that the processor at hand has:
#
#     ambit_dispatch(app SOURCES net.cpp FUNCTIONS score train ARCHITECTURES x86-64 x86-64-v3 x86-64-v4)
#
# where net.cpp defines `extern "C" void score(...)` and `train`, and other sources of `app` call them. What else it
# defines, or instantiates of the standard library, is no other file's: each of its objects exports its functions alone,
# as `score_x86_64_v3`. Which one `score` is, is settled when the program starts. A processor that has none of the
# ARCHITECTURES is told so by the first call, which ends the program. All sources see the options of `app`. For ELF
# systems with glibc on x86-64; ARCHITECTURES are names of -march among x86-64, x86-64-v2, x86-64-v3 and x86-64-v4.
function(ambit_dispatch target)
    cmake_parse_arguments(PARSE_ARGV 1 given "" "" "SOURCES;FUNCTIONS;ARCHITECTURES")
    foreach(list IN ITEMS SOURCES FUNCTIONS ARCHITECTURES)
        if(NOT given_${list})
            message(FATAL_ERROR "ambit_dispatch: takes a target, SOURCES, FUNCTIONS and ARCHITECTURES; there are no "
                                "${list}")
        endif()
    endforeach()
    if(given_UNPARSED_ARGUMENTS)
        message(FATAL_ERROR "ambit_dispatch: '${given_UNPARSED_ARGUMENTS}' belongs to no list")
    endif()
    if(NOT TARGET "${target}")
        message(FATAL_ERROR "ambit_dispatch: '${target}' is no target")
    endif()
    foreach(function IN LISTS given_FUNCTIONS)
        if(NOT function MATCHES "^[A-Za-z_][A-Za-z0-9_]*$")
            message(FATAL_ERROR "ambit_dispatch: '${function}' is no name of an extern \"C\" function")
        endif()
    endforeach()
    # LLVM's linker has no --force-group-allocation.
    find_program(AMBIT_GNU_LINKER NAMES x86_64-linux-gnu-ld.bfd ld.bfd)
    find_program(AMBIT_GNU_OBJCOPY NAMES x86_64-linux-gnu-objcopy objcopy)
    mark_as_advanced(AMBIT_GNU_LINKER AMBIT_GNU_OBJCOPY)
    if(NOT CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64" OR NOT AMBIT_GNU_LINKER OR NOT AMBIT_GNU_OBJCOPY)
        message(FATAL_ERROR "ambit_dispatch: needs x86-64 and GNU's ld and objcopy (binutils)")
    endif()

    # What each asks of a processor, by the names that both compilers know.
    set(needs_x86-64)
    set(needs_x86-64-v2 sse4.2 popcnt)
    set(needs_x86-64-v3 ${needs_x86-64-v2} avx2 fma bmi bmi2)
    set(needs_x86-64-v4 ${needs_x86-64-v3} avx512f avx512bw avx512cd avx512dq avx512vl)

    set(folder "${CMAKE_CURRENT_BINARY_DIR}/${target}_dispatch")
    set(declarations "")
    set(choices "")
    # The best one is asked for first.
    foreach(architecture IN ITEMS x86-64-v4 x86-64-v3 x86-64-v2 x86-64)
        if(NOT architecture IN_LIST given_ARCHITECTURES)
            continue()
        endif()
        list(REMOVE_ITEM given_ARCHITECTURES "${architecture}")
        string(MAKE_C_IDENTIFIER "${architecture}" tag)
        set(part "${target}_for_${tag}")
        add_library(${part} OBJECT ${given_SOURCES})
        foreach(property IN ITEMS COMPILE_OPTIONS COMPILE_DEFINITIONS COMPILE_FEATURES INCLUDE_DIRECTORIES
                                  LINK_LIBRARIES)
            set_property(TARGET ${part} PROPERTY ${property} "$<TARGET_PROPERTY:${target},${property}>")
        endforeach()
        # Symbols that are to be unique in a process cannot be made local.
        target_compile_options(${part} PRIVATE -march=${architecture} $<$<CXX_COMPILER_ID:GNU>:-fno-gnu-unique>)
        set(kept "")
        foreach(function IN LISTS given_FUNCTIONS)
            target_compile_definitions(${part} PRIVATE ${function}=${function}_${tag})
            list(APPEND kept --keep-global-symbol=${function}_${tag})
            string(APPEND declarations "void ${function}_${tag}();\n")
        endforeach()
        # Groups of sections that other objects have, too, are dissolved first: the linker would keep one of each.
        set(whole "${folder}/${tag}.whole.o")
        set(object "${folder}/${tag}.o")
        add_custom_command(OUTPUT "${object}"
            COMMAND "${AMBIT_GNU_LINKER}" -r --force-group-allocation -o "${whole}" $<TARGET_OBJECTS:${part}>
            COMMAND "${AMBIT_GNU_OBJCOPY}" ${kept} "${whole}" "${object}"
            DEPENDS ${part} $<TARGET_OBJECTS:${part}> COMMAND_EXPAND_LISTS VERBATIM)
        set_source_files_properties("${object}" PROPERTIES EXTERNAL_OBJECT ON GENERATED ON)
        target_sources(${target} PRIVATE "${object}")

        set(condition "true")
        foreach(feature IN LISTS needs_${architecture})
            string(APPEND condition " && __builtin_cpu_supports(\"${feature}\")")
        endforeach()
        string(APPEND choices "    if (${condition}) return NAME##_${tag};\n")
    endforeach()
    if(given_ARCHITECTURES)
        message(FATAL_ERROR "ambit_dispatch: '${given_ARCHITECTURES}' is not among x86-64, x86-64-v2, x86-64-v3, "
                            "x86-64-v4")
    endif()

    string(REPLACE "\n" " \\\n" choices "${choices}")
    set(selected "")
    foreach(function IN LISTS given_FUNCTIONS)
        string(APPEND selected "SELECTED(${function})\n")
    endforeach()
    file(CONFIGURE OUTPUT "${folder}/selected.cpp" @ONLY CONTENT [=[
// Generated by ambit_dispatch.
#include <cstdio>
#include <cstdlib>
extern "C" {
@declarations@}
namespace {
void refuse() {
    std::fputs("[ambit] this processor is older than all that the program was compiled for\n", stderr);
    std::abort();
}
}  // namespace
// Runs while the program is being loaded: it may call nothing.
#define SELECTED(NAME) \
extern "C" { \
static void (*choose_##NAME())() { \
    __builtin_cpu_init(); \
@choices@    return refuse; \
} \
void NAME() __attribute__((ifunc("choose_" #NAME))); \
}
@selected@]=])
    target_sources(${target} PRIVATE "${folder}/selected.cpp")
    # Whoever compiles the program for one processor compiles this for any.
    set_source_files_properties("${folder}/selected.cpp" PROPERTIES COMPILE_OPTIONS -march=x86-64
                                SKIP_PRECOMPILE_HEADERS ON)
endfunction()
